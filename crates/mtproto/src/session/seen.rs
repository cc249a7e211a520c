//! The window of message ids that a client used, and what became of each.

use std::collections::BTreeMap;

use super::checks::BadMessage;
use super::limits::MAX_SEEN;

/// What became of a request, for `invokeAfterMsg`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    /// It runs.
    Pending,
    /// It was answered with a result.
    Ok,
    /// It was answered with an error, or dropped.
    Failed,
    /// No such request was received, or it is forgotten.
    Unknown,
}

/// What is remembered of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// A container.
    Container,
    /// A message that needs no answer.
    Quiet,
    /// A request under way; nobody waits for it when `dropped`.
    Running { dropped: bool },
    /// A request with its answer.
    Answered { ok: bool, answer: Answer },
}

/// Where an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// Kept under this own message id.
    Kept(i64),
    /// The client acknowledged it.
    Acknowledged,
    /// Too large to keep: asked again, the request runs again.
    TooLarge,
    /// Given up for want of room, or dropped by the client.
    Gone,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    seq_no: i32,
    mark: Mark,
}

#[derive(Debug, Default)]
pub(super) struct Seen {
    entries: BTreeMap<i64, Entry>,
    /// Ids up to here may have been forgotten.
    floor: i64,
    running: usize,
}

impl Seen {
    pub(super) fn mark(&self, msg_id: i64) -> Option<Mark> {
        self.entries.get(&msg_id).map(|entry| entry.mark)
    }

    /// Whether an id is below the window: it cannot be known whether it was received.
    pub(super) const fn is_below(&self, msg_id: i64) -> bool {
        msg_id <= self.floor
    }

    pub(super) fn raise_floor(&mut self, msg_id: i64) {
        self.floor = self.floor.max(msg_id);
    }

    pub(super) const fn running(&self) -> usize {
        self.running
    }

    /// The highest id remembered.
    pub(super) fn highest(&self) -> i64 {
        self.entries.last_key_value().map_or(self.floor, |(id, _)| *id)
    }

    /// The lowest id remembered.
    pub(super) fn lowest(&self) -> i64 {
        self.entries.first_key_value().map_or(self.floor, |(id, _)| *id)
    }

    /// Whether the number fits between the neighbours by id. As each message that was let in fits, the nearest ones speak
    /// for all.
    pub(super) fn check_order(&self, msg_id: i64, seq_no: i32) -> Result<(), BadMessage> {
        let clashes =
            |lower: i32, higher: i32| lower > higher || (lower == higher && lower % 2 != 0);
        if let Some((_, before)) = self.entries.range(..msg_id).next_back()
            && clashes(before.seq_no, seq_no)
        {
            return Err(BadMessage::SeqNoTooLow);
        }
        if let Some((_, after)) = self.entries.range(msg_id..).next()
            && clashes(seq_no, after.seq_no)
        {
            return Err(BadMessage::SeqNoTooHigh);
        }
        Ok(())
    }

    pub(super) fn insert(&mut self, msg_id: i64, seq_no: i32, mark: Mark) {
        self.running += usize::from(matches!(mark, Mark::Running { .. }));
        if let Some(old) = self.entries.insert(msg_id, Entry { seq_no, mark }) {
            self.running -= usize::from(matches!(old.mark, Mark::Running { .. }));
        }
        while self.entries.len() > MAX_SEEN && self.forget_oldest() {}
    }

    pub(super) fn set(&mut self, msg_id: i64, mark: Mark) {
        if let Some(entry) = self.entries.get_mut(&msg_id) {
            self.running -= usize::from(matches!(entry.mark, Mark::Running { .. }));
            self.running += usize::from(matches!(mark, Mark::Running { .. }));
            entry.mark = mark;
        }
    }

    /// Changes where the answer of a request is, if it has one.
    pub(super) fn set_answer(&mut self, msg_id: i64, answer: Answer) {
        if let Some(Entry { mark: Mark::Answered { answer: place, .. }, .. }) =
            self.entries.get_mut(&msg_id)
        {
            *place = answer;
        }
    }

    /// Forgets finished messages before `limit`: the check of time refuses them from then on.
    pub(super) fn prune(&mut self, limit: i64) {
        while let Some((id, entry)) = self.entries.first_key_value() {
            let is_kept = matches!(
                entry.mark,
                Mark::Running { .. } | Mark::Answered { answer: Answer::Kept(_), .. }
            );
            if *id >= limit || is_kept {
                return;
            }
            self.forget_first();
        }
    }

    /// Forgets the oldest message that nobody waits for: a request that runs is still to be answered, and there is a bound of its
    /// own on those. False if there is none.
    fn forget_oldest(&mut self) -> bool {
        let is_over = |entry: &Entry| !matches!(entry.mark, Mark::Running { .. });
        let oldest = self.entries.iter().find(|(_, entry)| is_over(entry)).map(|(id, _)| *id);
        if let Some(id) = oldest {
            self.entries.remove(&id);
            self.floor = self.floor.max(id);
        }
        oldest.is_some()
    }

    fn forget_first(&mut self) {
        if let Some((id, entry)) = self.entries.pop_first() {
            self.running -= usize::from(matches!(entry.mark, Mark::Running { .. }));
            self.floor = self.floor.max(id);
        }
    }

    pub(super) fn finished(&self, msg_id: i64) -> Finished {
        match self.mark(msg_id) {
            Some(Mark::Running { .. }) => Finished::Pending,
            Some(Mark::Answered { ok: true, .. } | Mark::Quiet) => Finished::Ok,
            Some(Mark::Answered { ok: false, .. }) => Finished::Failed,
            Some(Mark::Container) | None => Finished::Unknown,
        }
    }
}
