//! What a connection's packets lead to: a step of a key exchange, or a message of a session.

use std::net::IpAddr;
use std::sync::{Arc, Weak};
use std::time::Duration;

use model::AuthKeyId;
use mtproto::framing::{Packet, TransportError};
use mtproto::session::{
    BadMessage, DestroyOutcome, Event, HttpWait, Incoming, PacketKind, open_packet,
};
use tokio::sync::watch;

use crate::clock::SystemRandom;
use crate::handshakes::HandshakeAnswer;
use crate::keys::{KeyEntry, KeyError};
use crate::metrics::count;
use crate::outbox::Outbox;
use crate::sessions::LiveSession;
use crate::{Gateway, limits};

/// Whether a connection goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Read,
    Close,
}

/// The receiving side of a connection.
pub(super) struct Connection {
    gateway: Arc<Gateway>,
    outbox: Arc<Outbox>,
    ip: IpAddr,
    sessions: Vec<Weak<LiveSession>>,
    key: Option<Arc<KeyEntry>>,
    close_at: Option<Duration>,
    bad: u32,
    handshakes: u32,
}

impl Connection {
    pub(super) const fn new(gateway: Arc<Gateway>, outbox: Arc<Outbox>, ip: IpAddr) -> Self {
        Self {
            gateway,
            outbox,
            ip,
            sessions: Vec::new(),
            key: None,
            close_at: None,
            bad: 0,
            handshakes: 0,
        }
    }

    /// When `ping_delay_disconnect` ends it, in monotonic time.
    pub(super) const fn close_at(&self) -> Option<Duration> {
        self.close_at
    }

    pub(super) async fn handle_all(&mut self, packets: Vec<Packet>) -> Next {
        for packet in packets {
            if self.handle(packet).await == Next::Close {
                return Next::Close;
            }
        }
        Next::Read
    }

    async fn handle(&mut self, packet: Packet) -> Next {
        match PacketKind::of(&packet.bytes) {
            // What is rare is boxed: every idle connection holds room for what is not.
            PacketKind::Plain(_) => Box::pin(self.exchange_keys(&packet.bytes)).await,
            PacketKind::Encrypted { auth_key_id } => self.encrypted(auth_key_id, packet).await,
            PacketKind::Malformed => self.refuse(TransportError::NOT_FOUND),
        }
    }

    async fn exchange_keys(&mut self, packet: &[u8]) -> Next {
        self.handshakes += 1;
        if self.handshakes > limits::HANDSHAKES_PER_CONNECTION {
            return self.refuse(TransportError::FLOOD);
        }
        match self.gateway.key_exchange(self.ip, packet).await {
            HandshakeAnswer::Packet(answer) => self.outbox.send(&answer),
            HandshakeAnswer::Error(error) => return self.refuse(error),
            HandshakeAnswer::Nothing => {}
        }
        Next::Read
    }

    async fn encrypted(&mut self, auth_key_id: u64, packet: Packet) -> Next {
        let key = match self.key(AuthKeyId(auth_key_id)).await {
            Ok(key) => key,
            Err(KeyError::Unknown) => return self.refuse(TransportError::NOT_FOUND),
            Err(KeyError::Unavailable) => return Next::Close,
        };
        let Ok(incoming) = open_packet(&key.key, packet.bytes) else {
            return self.refuse(TransportError::NOT_FOUND);
        };
        if packet.quick_ack {
            self.outbox.send_quick_ack(incoming.quick_ack);
        }
        let session = self.gateway.session(&key, incoming.session_id);
        // Whoever recorded a packet may play it anywhere: one that is not of now does not take a session from its connection.
        if session.is_elsewhere(&self.outbox)
            && let Some((why, refusal)) = self.gateway.refuse_stale(&session, &incoming)
        {
            self.outbox.send_owned(refusal);
            return self.note_bad(u32::from(why != BadMessage::Salt));
        }
        let now = self.gateway.clocks.now();
        session.attach(&self.outbox, now.mono);
        if !self.sessions.iter().any(|held| held.as_ptr() == Arc::as_ptr(&session)) {
            self.sessions.retain(|held| held.strong_count() > 0);
            self.sessions.push(Arc::downgrade(&session));
        }
        let outcome = self.gateway.handle_incoming(&session, incoming, self.ip).await;
        if let Some(at) = outcome.close_at {
            self.close_at = Some(at);
        }
        // What is right makes up for what was wrong before: a connection may last for months.
        self.bad = match outcome.refused {
            0 => self.bad.saturating_sub(1),
            refused => self.bad + refused,
        };
        if outcome.close || self.bad > limits::BAD_PACKETS {
            return Next::Close;
        }
        Next::Read
    }

    /// A connection speaks with one key, or two while a temporary one is bound.
    async fn key(&mut self, id: AuthKeyId) -> Result<Arc<KeyEntry>, KeyError> {
        if let Some(key) =
            self.key.as_ref().filter(|key| key.id == id && key.expires.is_none() && !key.is_gone())
        {
            return Ok(Arc::clone(key));
        }
        let key = Box::pin(self.gateway.keys.find(id, self.gateway.clocks.now().mono)).await?;
        self.key = Some(Arc::clone(&key));
        Ok(key)
    }

    fn refuse(&mut self, error: TransportError) -> Next {
        self.outbox.send_error(error);
        self.note_bad(1)
    }

    fn note_bad(&mut self, packets: u32) -> Next {
        self.bad += packets;
        if self.bad > limits::BAD_PACKETS { Next::Close } else { Next::Read }
    }

    /// While much waits to be written, nothing more is read. False if the connection should end.
    pub(super) async fn wait_for_room(&self, stopped: &mut watch::Receiver<bool>) -> bool {
        loop {
            let changed = self.outbox.changed.notified();
            if self.outbox.backlog() <= limits::ANSWER_BACKLOG || self.outbox.is_closed() {
                break;
            }
            tokio::select! {
                () = changed => {},
                () = tokio::time::sleep(limits::SILENCE) => return false,
                _ = stopped.changed() => return false,
            }
        }
        self.tell_missed();
        true
    }

    /// A reader that caught up hears what it missed.
    pub(super) fn tell_missed(&self) {
        for session in self.sessions.iter().filter_map(Weak::upgrade) {
            if session.missed_some() {
                self.gateway.flush(&session);
            }
        }
    }

    /// The connection is gone; its sessions stay for a while.
    pub(super) async fn end(self) {
        self.outbox.drain(Duration::from_secs(1)).await;
        self.outbox.close();
        for session in self.sessions.iter().filter_map(Weak::upgrade) {
            if session.detach(&self.outbox) {
                self.gateway.flush(&session);
            }
        }
    }
}

/// What a message led to, besides answers.
#[derive(Debug, Default)]
pub(super) struct Handled {
    pub(super) close_at: Option<Duration>,
    pub(super) close: bool,
    pub(super) refused: u32,
    pub(super) http_wait: Option<HttpWait>,
    /// Requests that will be answered.
    pub(super) requests: u32,
}

impl Gateway {
    /// The sealed refusal of a packet that does not tell where its client is now, and why it is refused.
    pub(super) fn refuse_stale(
        &self,
        session: &LiveSession,
        incoming: &Incoming,
    ) -> Option<(BadMessage, Vec<u8>)> {
        let now = self.clocks.now();
        let (why, mut packet) = session.with(|protocol| {
            let why = protocol.staleness(now, incoming, &self.salts)?;
            let salts = &self.salts;
            Some((why, protocol.refusal(now, incoming, why, salts, &mut SystemRandom)))
        })?;
        count(&self.metrics.bad_messages_total);
        crypto::seal(&session.key.key, crypto::Sender::Server, &mut packet).ok()?;
        Some((why, packet))
    }

    /// Gives a message to its session and does what it asks.
    pub(super) async fn handle_incoming(
        self: &Arc<Self>,
        session: &Arc<LiveSession>,
        incoming: Incoming,
        ip: IpAddr,
    ) -> Handled {
        let now = self.clocks.now();
        let events = session.with(|protocol| protocol.handle(now, incoming, &self.salts));
        let mut handled = Handled::default();
        for event in events {
            match event {
                Event::Request { msg_id, body } => {
                    handled.requests += 1;
                    self.enqueue(session, ip, msg_id, body);
                }
                Event::CloseAfter(at) => handled.close_at = Some(at),
                Event::DestroySession { msg_id, session_id } => {
                    let existed = self.destroy_session(&session.key, session_id);
                    session.with(|protocol| {
                        protocol.session_destroyed(now, msg_id, session_id, existed);
                    });
                }
                Event::DestroyAuthKey { msg_id } => {
                    let outcome = Box::pin(self.destroy_key(session)).await;
                    session.with(|protocol| protocol.auth_key_destroyed(now, msg_id, outcome));
                    handled.close = true;
                }
                // A running request is cheap to finish; its answer is dropped by the session.
                Event::DropAnswer { .. } => {}
                Event::HttpWait(wait) => handled.http_wait = Some(wait),
                Event::Refused(why) => {
                    // Salts end by themselves: some clients learn of the next one only so.
                    handled.refused += u32::from(why != BadMessage::Salt);
                    count(&self.metrics.bad_messages_total);
                }
            }
        }
        self.flush(session);
        handled
    }

    async fn destroy_key(self: &Arc<Self>, session: &Arc<LiveSession>) -> DestroyOutcome {
        let id = session.key.id;
        match services::devices::destroy_key(&self.core, id).await {
            Ok(true) => {}
            Ok(false) => return DestroyOutcome::None,
            Err(_) => return DestroyOutcome::Fail,
        }
        let mut ended = Vec::new();
        // A temporary key may ask, too: it belongs to another one, or to none yet.
        for entry in self.keys.of_permanent(id).into_iter().chain(self.keys.in_use(id)) {
            self.keys.forget(entry.id);
            ended.extend(entry.sessions.lock().drain().map(|(_, session)| session));
        }
        for other in &ended {
            self.end_session(other);
            // The session that asked still gets its answer.
            if !Arc::ptr_eq(other, session)
                && let Some(outbox) = other.outbox()
            {
                outbox.close();
            }
        }
        DestroyOutcome::Ok
    }
}
