//! Sessions that are held: protocol state, the connection they last spoke on, and what waits for them.

mod missed;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use mtproto::session::{Resent, RpcAnswer, Session};
use parking_lot::Mutex;
use tokio::sync::{Notify, Semaphore};

pub(crate) use self::missed::Missing;

use self::missed::Missed;
use crate::clock::SystemRandom;
use crate::delivery::{Lane, Narrowed};
use crate::keys::KeyEntry;
use crate::metrics::count;
use crate::outbox::Outbox;
use crate::{Gateway, limits};

/// One session of one key.
pub(crate) struct LiveSession {
    pub(crate) key: Arc<KeyEntry>,
    pub(crate) id: i64,
    protocol: Mutex<Session>,
    link: Mutex<Link>,
    /// Gets updates: it made a request outside `invokeWithoutUpdates`.
    wants_updates: AtomicBool,
    /// What could not be pushed: the client is told to catch up as soon as it reads again.
    missed: Mutex<Missed>,
    /// Whether `missed` holds anything, to be read without its lock.
    missed_some: AtomicBool,
    /// Destroyed or dropped: nothing is delivered to it any more.
    ended: AtomicBool,
    timer_set: AtomicBool,
    /// Requests that wait for their turn, in order of their message ids.
    pub(crate) queue: Mutex<Queue>,
    /// File requests, which need no order, run side by side up to a bound.
    pub(crate) files: Arc<Semaphore>,
    /// Monotonic nanoseconds of the last packet.
    heard: AtomicI64,
    /// Rings when a request was answered: for HTTP and for `invokeAfterMsg`.
    pub(crate) answered: Notify,
}

/// Requests in order.
#[derive(Default)]
pub(crate) struct Queue {
    pub(crate) waiting: VecDeque<(i64, Vec<u8>)>,
    pub(crate) running: bool,
}

#[derive(Default)]
struct Link {
    /// Its open connections, the one that it spoke on last at the end.
    outboxes: Vec<Arc<Outbox>>,
    /// It had a connection before this one: what was not acknowledged on that one is sent again.
    was_connected: bool,
    /// Over HTTP there is no connection to write on: packets are fetched by the next request.
    http: bool,
}

impl LiveSession {
    pub(crate) fn new(key: Arc<KeyEntry>, id: i64, mono: Duration) -> Arc<Self> {
        let mut protocol = Session::new(key.key.id(), key.first_salt, id, &mut SystemRandom);
        protocol.refuse_up_to(key.seen_before(id));
        let session = Self {
            key,
            id,
            protocol: Mutex::new(protocol),
            link: Mutex::default(),
            wants_updates: AtomicBool::new(false),
            missed: Mutex::default(),
            missed_some: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            timer_set: AtomicBool::new(false),
            queue: Mutex::default(),
            files: Arc::new(Semaphore::new(limits::PARALLEL_FILES)),
            heard: AtomicI64::new(0),
            answered: Notify::new(),
        };
        session.hear(mono);
        Arc::new(session)
    }

    /// For fan-out: locks the session for one update of `length` bytes, if it may be written to its socket at once.
    pub(crate) fn lane(&self, length: usize) -> Option<Lane<'_>> {
        let outbox = self.outbox()?;
        if outbox.backlog() + length > limits::PUSH_BACKLOG || self.missed_some() {
            return None;
        }
        // Whoever holds several sessions waits for none.
        let protocol = self.protocol.try_lock()?;
        protocol.may_write_push().then(|| Lane::new(self, protocol, outbox))
    }

    /// Works on the protocol's state.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Session) -> T) -> T {
        work(&mut self.protocol.lock())
    }

    /// Notes that the client spoke, on this connection.
    pub(crate) fn attach(&self, outbox: &Arc<Outbox>, mono: Duration) {
        self.hear(mono);
        let mut link = self.link.lock();
        if link.outboxes.last().is_some_and(|held| Arc::ptr_eq(held, outbox)) {
            return;
        }
        let again = std::mem::replace(&mut link.was_connected, true);
        link.outboxes.retain(|held| !Arc::ptr_eq(held, outbox) && !held.is_closed());
        link.outboxes.push(Arc::clone(outbox));
        let spare = link.outboxes.len().saturating_sub(limits::SESSION_CONNECTIONS);
        link.outboxes.drain(..spare);
        link.http = false;
        drop(link);
        if again {
            self.resend();
        }
        // Requests that waited for room in the old connection go on in this one.
        self.answered.notify_waiters();
    }

    /// Notes that the client spoke over HTTP.
    pub(crate) fn attach_http(&self, mono: Duration) {
        self.hear(mono);
        let mut link = self.link.lock();
        link.outboxes.clear();
        link.http = true;
    }

    fn hear(&self, mono: Duration) {
        self.heard.store(i64::try_from(mono.as_nanos()).unwrap_or(i64::MAX), Ordering::Relaxed);
    }

    /// The connection it can be written to.
    pub(crate) fn outbox(&self) -> Option<Arc<Outbox>> {
        self.link.lock().outboxes.last().filter(|outbox| !outbox.is_closed()).map(Arc::clone)
    }

    /// The connection went away. Nothing of it is held any longer, so that its socket closes. True if the session goes on on
    /// another one, which has to be flushed: a late packet on the old one may have come after the first on the new one.
    pub(crate) fn detach(&self, outbox: &Arc<Outbox>) -> bool {
        let mut link = self.link.lock();
        let was_used = link.outboxes.last().is_some_and(|held| Arc::ptr_eq(held, outbox));
        link.outboxes.retain(|held| !Arc::ptr_eq(held, outbox) && !held.is_closed());
        let goes_on = was_used && !link.outboxes.is_empty();
        drop(link);
        if goes_on {
            self.resend();
        }
        goes_on
    }

    /// Ends its connections.
    pub(crate) fn close_connections(&self) {
        self.link.lock().outboxes.iter().for_each(|outbox| outbox.close());
    }

    /// Queues what was sent on another connection and not acknowledged.
    fn resend(&self) {
        if self.with(Session::reconnected) == Resent::Some {
            self.note_missed(Missing::Everything);
        }
    }

    /// Whether the client speaks on another connection, as far as is known.
    pub(crate) fn is_elsewhere(&self, outbox: &Arc<Outbox>) -> bool {
        self.outbox().is_some_and(|used| !Arc::ptr_eq(&used, outbox))
    }

    /// Bytes that wait for this client, sealed or not.
    pub(crate) fn backlog(&self) -> usize {
        let unsent = self.with(|protocol| protocol.waiting_bytes());
        unsent + self.outbox().map_or(0, |outbox| outbox.backlog())
    }

    pub(crate) fn is_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    pub(crate) fn is_orphan(&self, mono: Duration) -> bool {
        let heard = Duration::from_nanos(
            u64::try_from(self.heard.load(Ordering::Relaxed)).unwrap_or_default(),
        );
        self.outbox().is_none() && mono.saturating_sub(heard) > limits::ORPHAN_SESSION
    }

    /// True if it did not want updates before.
    pub(crate) fn start_updates(&self) -> bool {
        !self.wants_updates.swap(true, Ordering::Relaxed)
    }

    /// True if it wanted updates before.
    pub(crate) fn stop_updates(&self) -> bool {
        self.wants_updates.swap(false, Ordering::Relaxed)
    }

    pub(crate) fn note_missed(&self, what: Missing) {
        let mut missed = self.missed.lock();
        missed.add(what);
        self.missed_some.store(true, Ordering::Release);
        drop(missed);
        // Over HTTP it is told in the answer that is held.
        self.answered.notify_waiters();
    }

    pub(crate) fn missed_some(&self) -> bool {
        self.missed_some.load(Ordering::Acquire)
    }

    fn take_missed(&self) -> Missed {
        if !self.missed_some() {
            return Missed::default();
        }
        let mut missed = self.missed.lock();
        self.missed_some.store(false, Ordering::Release);
        std::mem::take(&mut *missed)
    }
}

impl Gateway {
    /// The session of this id, made if it is new.
    pub(crate) fn session(self: &Arc<Self>, key: &Arc<KeyEntry>, id: i64) -> Arc<LiveSession> {
        let mono = self.clocks.now().mono;
        let mut sessions = key.sessions.lock();
        if let Some(session) = sessions.get(&id) {
            return Arc::clone(session);
        }
        if sessions.len() >= limits::SESSIONS_PER_KEY
            && let Some(oldest) = sessions
                .values()
                .min_by_key(|session| {
                    (session.outbox().is_some(), session.heard.load(Ordering::Relaxed))
                })
                .map(|session| session.id)
            && let Some(dropped) = sessions.remove(&oldest)
        {
            key.retire(&dropped, mono);
            self.end_session(&dropped);
        }
        let session = LiveSession::new(Arc::clone(key), id, mono);
        sessions.insert(id, Arc::clone(&session));
        count(&self.metrics.sessions);
        session
    }

    /// What is left to do when a session was taken from its key.
    pub(crate) fn end_session(&self, session: &Arc<LiveSession>) {
        session.ended.store(true, Ordering::Release);
        session.answered.notify_waiters();
        self.delivery.remove(session);
        self.metrics.sessions.fetch_sub(1, Ordering::Relaxed);
    }

    /// Ends a session. True if it existed.
    pub(crate) fn destroy_session(&self, key: &KeyEntry, id: i64) -> bool {
        let mut sessions = key.sessions.lock();
        let Some(session) = sessions.remove(&id) else { return false };
        key.retire(&session, self.clocks.now().mono);
        drop(sessions);
        self.end_session(&session);
        true
    }

    /// Answers a request and writes what waits.
    pub(crate) fn answer(
        self: &Arc<Self>,
        session: &Arc<LiveSession>,
        msg_id: i64,
        answer: RpcAnswer,
    ) {
        let now = self.clocks.now();
        session.with(|protocol| protocol.answer(now, msg_id, answer));
        self.flush(session);
        session.answered.notify_waiters();
    }

    /// Pushes an update, or notes what was missed.
    pub(crate) fn push(
        self: &Arc<Self>,
        session: &Arc<LiveSession>,
        body: &Arc<[u8]>,
        about: Missing,
    ) {
        let now = self.clocks.now();
        let http = session.link.lock().http;
        let room = session
            .outbox()
            .is_some_and(|outbox| outbox.backlog() + body.len() <= limits::PUSH_BACKLOG);
        let taken =
            (room || http) && session.with(|protocol| protocol.push(now, Arc::clone(body))).is_ok();
        if !taken {
            count(&self.metrics.pushes_dropped_total);
            return session.note_missed(about);
        }
        count(&self.metrics.pushes_total);
        if http {
            session.answered.notify_waiters();
        } else {
            self.flush(session);
        }
    }

    /// Tells a session what it missed.
    pub(crate) fn tell_missed(self: &Arc<Self>, session: &LiveSession, now: mtproto::Now) {
        let missed = session.take_missed();
        if missed.is_nothing() {
            return;
        }
        let say = |body: &[u8]| session.with(|protocol| protocol.push(now, Arc::from(body)));
        // Without room even for this, the next flush tries again.
        if missed.account && say(&UPDATES_TOO_LONG.to_le_bytes()).is_err() {
            session.note_missed(Missing::Account);
        }
        let channels = match session.key.known_user() {
            Some(user) if missed.every_channel => self.delivery.channels_of(user),
            _ => missed.channels,
        };
        if channels.is_empty() {
            return;
        }
        let updates = rpc::updates::channels_too_long(&self.core, &channels);
        let body = Narrowed::new(&updates).of(session.key.layer(), &self.metrics);
        if body.is_some_and(|body| say(&body).is_err()) {
            channels.iter().for_each(|channel| session.note_missed(Missing::Channel(*channel)));
        }
    }

    /// Writes what waits for a session, and sets a timer for what may wait a little.
    pub(crate) fn flush(self: &Arc<Self>, session: &Arc<LiveSession>) {
        let Some(outbox) = session.outbox() else { return };
        let now = self.clocks.now();
        if outbox.backlog() <= limits::DRAINED {
            self.tell_missed(session, now);
        }
        // Sealing under the lock keeps packets in the order of their message ids.
        let deadline = session.with(|protocol| {
            self.write_waiting(session, protocol, &outbox, now);
            protocol.deadline()
        });
        if let Some(deadline) = deadline
            && !session.timer_set.swap(true, Ordering::AcqRel)
        {
            self.flush_later(session, deadline);
        }
    }

    /// Seals and writes whatever waits, in the order of its message ids.
    fn write_waiting(
        &self,
        session: &LiveSession,
        protocol: &mut Session,
        outbox: &Arc<Outbox>,
        now: mtproto::Now,
    ) {
        while protocol.wants_flush(now.mono)
            && let Some(mut packet) = protocol.next_packet(now, &self.salts, &mut SystemRandom)
        {
            if crypto::seal(&session.key.key, crypto::Sender::Server, &mut packet).is_ok() {
                outbox.send_owned(packet);
            }
        }
    }

    fn flush_later(self: &Arc<Self>, session: &Arc<LiveSession>, deadline: Duration) {
        let (gateway, session): (Arc<Self>, Weak<LiveSession>) =
            (Arc::clone(self), Arc::downgrade(session));
        let at = self.clocks.at(deadline);
        tokio::spawn(async move {
            tokio::time::sleep_until(at).await;
            if let Some(session) = session.upgrade() {
                session.timer_set.store(false, Ordering::Release);
                gateway.flush(&session);
            }
        });
    }

    /// Forgets sessions whose client has been gone for long, and keys that nobody uses.
    pub(crate) fn sweep(self: &Arc<Self>) {
        let mono = self.clocks.now().mono;
        for key in self.keys.all() {
            self.end_binding(&key);
            let gone: Vec<Arc<LiveSession>> = {
                let mut sessions = key.sessions.lock();
                let orphans: Vec<i64> = sessions
                    .values()
                    .filter(|session| session.is_orphan(mono))
                    .map(|session| session.id)
                    .collect();
                orphans.iter().filter_map(|id| sessions.remove(id)).collect()
            };
            for session in &gone {
                self.end_session(session);
            }
        }
        self.keys.sweep(mono);
    }
}

/// `updatesTooLong`: the client fetches the difference. The same number in every layer.
pub(crate) const UPDATES_TOO_LONG: u32 = 0xe317_af7e;
