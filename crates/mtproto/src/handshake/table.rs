//! The table of exchanges under way, bounded in total, per origin and in time.

use std::collections::BTreeMap;
use std::time::Duration;

use crypto::Pq;

use super::work::Agreed;

/// Names one exchange, and not a later one with the same nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket {
    origin: u64,
    nonce: [u8; 16],
    serial: u64,
}

impl Ticket {
    pub(super) const fn nonce(&self) -> [u8; 16] {
        self.nonce
    }
}

/// Where an exchange stands. Each stage owns exactly what the next one needs.
#[derive(Debug)]
pub(super) enum Stage {
    /// resPQ is sent.
    Asked(Pq),
    /// server_DH_params_ok is sent, or dh_gen_retry.
    Offered(Box<Agreed>),
    /// The key is made and waits for the verdict of the store.
    Made(Box<Agreed>),
    /// Work runs.
    Busy,
    /// The last answer is sent.
    Over,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) ticket: Ticket,
    pub(super) server_nonce: [u8; 16],
    /// SHA-256 of the last request, so that the same bytes get the same answer.
    pub(super) request: [u8; 32],
    /// The answer to it; `None` while work runs.
    pub(super) reply: Option<Vec<u8>>,
    pub(super) stage: Stage,
}

#[derive(Debug)]
pub(super) struct Table {
    entries: BTreeMap<(u64, [u8; 16]), Entry>,
    /// By age: serials only grow.
    ages: BTreeMap<u64, (Duration, Ticket)>,
    /// Serials of each origin, oldest first.
    origins: BTreeMap<(u64, u64), ()>,
    per_origin: BTreeMap<u64, usize>,
    next_serial: u64,
    max_total: usize,
    max_per_origin: usize,
}

impl Table {
    pub(super) const fn new(max_total: usize, max_per_origin: usize) -> Self {
        Self {
            entries: BTreeMap::new(),
            ages: BTreeMap::new(),
            origins: BTreeMap::new(),
            per_origin: BTreeMap::new(),
            next_serial: 0,
            max_total,
            max_per_origin,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn find_mut(&mut self, origin: u64, nonce: [u8; 16]) -> Option<&mut Entry> {
        self.entries.get_mut(&(origin, nonce))
    }

    pub(super) fn get_mut(&mut self, ticket: Ticket) -> Option<&mut Entry> {
        self.entries.get_mut(&(ticket.origin, ticket.nonce)).filter(|entry| entry.ticket == ticket)
    }

    /// Adds an exchange that is not there yet, at the cost of the oldest when there are too many.
    pub(super) fn insert(
        &mut self,
        now: Duration,
        key: (u64, [u8; 16]),
        entry: impl FnOnce(Ticket) -> Entry,
    ) {
        let (origin, nonce) = key;
        if self.per_origin.get(&origin).is_some_and(|count| *count >= self.max_per_origin.max(1)) {
            let oldest = self
                .origins
                .range((origin, 0)..=(origin, u64::MAX))
                .next()
                .map(|((_, serial), ())| *serial);
            self.remove_serial(oldest);
        }
        if self.entries.len() >= self.max_total.max(1) {
            let oldest = self.ages.keys().next().copied();
            self.remove_serial(oldest);
        }
        let ticket = Ticket { origin, nonce, serial: self.next_serial };
        self.next_serial += 1;
        self.ages.insert(ticket.serial, (now, ticket));
        self.origins.insert((origin, ticket.serial), ());
        *self.per_origin.entry(origin).or_default() += 1;
        self.entries.insert(key, entry(ticket));
    }

    fn remove_serial(&mut self, serial: Option<u64>) {
        let ticket = serial.and_then(|serial| self.ages.get(&serial)).map(|(_, ticket)| *ticket);
        if let Some(ticket) = ticket {
            self.remove(ticket);
        }
    }

    pub(super) fn remove(&mut self, ticket: Ticket) {
        if self.ages.remove(&ticket.serial).is_none() {
            return;
        }
        self.entries.remove(&(ticket.origin, ticket.nonce));
        self.origins.remove(&(ticket.origin, ticket.serial));
        if let Some(count) = self.per_origin.get_mut(&ticket.origin) {
            *count -= 1;
            if *count == 0 {
                self.per_origin.remove(&ticket.origin);
            }
        }
    }

    /// Forgets what was opened before `limit`.
    pub(super) fn expire(&mut self, limit: Duration) {
        while let Some((_, (opened, ticket))) = self.ages.first_key_value() {
            if *opened >= limit {
                return;
            }
            let ticket = *ticket;
            self.remove(ticket);
        }
    }
}
