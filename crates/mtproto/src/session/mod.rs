//! The server's state of one session: one (auth key, session id).
//!
//! <https://core.telegram.org/mtproto/description>, `.../service_messages`, `.../service_messages_about_messages`.
//!
//! Order of calls: [`open_packet`] makes an [`Incoming`] of what the framer cut out; [`Session::handle`] checks it and
//! gives [`Event`]s; the gateway answers by [`Session::answer`], tells news by [`Session::push`], and takes packets from
//! [`Session::next_packet`] whenever [`Session::wants_flush`] says so or [`Session::deadline`] has come. A session outlives
//! its connections: for a new one call [`Session::reconnected`].

mod answers;
mod body;
mod checks;
mod incoming;
mod kept;
pub mod limits;
mod outgoing;
mod packet;
mod salts;
mod seen;
mod service;

use core::fmt;
use std::sync::Arc;
use std::time::Duration;

use crypto::Random;
use tl_codec::Writer;

pub use answers::{DestroyOutcome, RpcAnswer};
pub use checks::BadMessage;
pub use outgoing::MessageHeader;
pub use packet::{Incoming, OpenError, PacketKind, open_packet, packet_len};
pub use salts::{FirstSalt, FutureSalt, Salts};
pub use seen::Finished;

use crate::Now;
use crate::schema::{DESTROY_SESSION_NONE, DESTROY_SESSION_OK, NEW_SESSION_CREATED};
use body::Body;
use limits::MAX_WAITING_BYTES;
use outgoing::{Outgoing, Voice};
use packet::write_packet;
use seen::{Answer, Mark, Seen};

pub(crate) use packet::{MESSAGE_HEADER, write_packet as write_any_packet};

/// What a session asks of its gateway. Requests come in the order of their message ids.
#[derive(PartialEq, Eq)]
pub enum Event {
    /// A request of the API, unwrapped from container and gzip. To be answered once by [`Session::answer`].
    Request {
        /// Its message id, which the answer names.
        msg_id: i64,
        /// The TL bytes, from the constructor on.
        body: Vec<u8>,
    },
    /// `ping_delay_disconnect`: close this connection at that monotonic time, unless another such event moves it.
    CloseAfter(Duration),
    /// The client asks to end another session of the same key. Answer by [`Session::session_destroyed`].
    DestroySession {
        /// Message id of the request.
        msg_id: i64,
        /// The session to end; never this one.
        session_id: i64,
    },
    /// The client asks to forget its auth key. Answer by [`Session::auth_key_destroyed`], flush, then close.
    DestroyAuthKey {
        /// Message id of the request.
        msg_id: i64,
    },
    /// Nobody waits for the answer of this running request any more: it may be cancelled. It still has to be answered once;
    /// the answer is then dropped.
    DropAnswer {
        /// Message id of the request whose answer is not wanted.
        msg_id: i64,
    },
    /// `http_wait`: how long an HTTP answer may be held. Without meaning on other transports.
    HttpWait(HttpWait),
    /// A message was refused with this code, and the client was told. Count them: many close the connection.
    Refused(BadMessage),
}

impl fmt::Debug for Event {
    /// Without the content of requests.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request { msg_id, body } => {
                write!(f, "Request({msg_id:016x}, {} bytes)", body.len())
            }
            Self::CloseAfter(deadline) => write!(f, "CloseAfter({deadline:?})"),
            Self::DestroySession { msg_id, .. } => write!(f, "DestroySession({msg_id:016x})"),
            Self::DestroyAuthKey { msg_id } => write!(f, "DestroyAuthKey({msg_id:016x})"),
            Self::DropAnswer { msg_id } => write!(f, "DropAnswer({msg_id:016x})"),
            Self::HttpWait(wait) => write!(f, "{wait:?}"),
            Self::Refused(code) => write!(f, "Refused({code:?})"),
        }
    }
}

/// The three numbers of `http_wait`, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpWait {
    /// Longest delay before anything is sent that waits.
    pub max_delay_ms: u32,
    /// Pause after the last message before sending.
    pub wait_after_ms: u32,
    /// Longest wait when there is nothing to send.
    pub max_wait_ms: u32,
}

/// News were not taken: too much waits for this client already. Tell it to catch up once it reads again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{MAX_WAITING_BYTES} bytes wait for this session already")]
pub struct QueueFull;

/// How much of what a client may not have is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Resent {
    /// All of it.
    All,
    /// Copies of some news were given up for want of room: tell the client to catch up.
    Some,
}

/// The server's side of one session.
pub struct Session {
    auth_key_id: u64,
    first_salt: Option<FirstSalt>,
    session_id: i64,
    unique_id: i64,
    is_announced: bool,
    seen: Seen,
    outgoing: Outgoing,
    /// The salt of a slot, since it goes into every message.
    salt: Option<(u64, i64)>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session(<redacted>)")
    }
}

impl Session {
    /// A session that has said nothing yet. `first_salt` belongs to keys made in this boot only: see [`FirstSalt`].
    #[must_use]
    pub fn new(
        auth_key_id: u64,
        first_salt: Option<FirstSalt>,
        session_id: i64,
        rng: &mut dyn Random,
    ) -> Self {
        let mut unique_id = [0; 8];
        rng.fill(&mut unique_id);
        Self {
            auth_key_id,
            first_salt,
            session_id,
            unique_id: i64::from_le_bytes(unique_id),
            is_announced: false,
            seen: Seen::default(),
            outgoing: Outgoing::default(),
            salt: None,
        }
    }

    /// The session id, as the client chose it.
    #[must_use]
    pub const fn id(&self) -> i64 {
        self.session_id
    }

    /// The key that the session belongs to.
    #[must_use]
    pub const fn auth_key_id(&self) -> u64 {
        self.auth_key_id
    }

    /// The highest message id that was received, 0 if none was.
    #[must_use]
    pub fn highest_seen(&self) -> i64 {
        self.seen.highest()
    }

    /// Refuses message ids up to this one (20): an earlier session of the same number may have received them.
    pub fn refuse_up_to(&mut self, msg_id: i64) {
        self.seen.raise_floor(msg_id);
    }

    /// What became of a request, for `invokeAfterMsg`.
    #[must_use]
    pub fn finished(&self, msg_id: i64) -> Finished {
        self.seen.finished(msg_id)
    }

    /// Requests that run.
    #[must_use]
    pub const fn running(&self) -> usize {
        self.seen.running()
    }

    /// Bytes that wait to be sent. A gateway whose socket does not take more leaves them here.
    #[must_use]
    pub const fn waiting_bytes(&self) -> usize {
        self.outgoing.waiting_bytes()
    }

    /// Answers a request. Only the first answer counts; a dropped one is not sent.
    pub fn answer(&mut self, now: Now, msg_id: i64, answer: RpcAnswer) {
        let ok = answer.is_ok();
        let is_repeatable = matches!(answer, RpcAnswer::Result { repeatable: true, .. });
        if self.ends_running(msg_id) {
            let body = answer.into_rpc_result(msg_id);
            let own = self.say_answer(now, msg_id, ok, body);
            if is_repeatable {
                self.outgoing.may_forget_large(own);
            }
        }
    }

    /// Answers [`Event::DestroySession`].
    pub fn session_destroyed(&mut self, now: Now, msg_id: i64, session_id: i64, existed: bool) {
        if self.ends_running(msg_id) {
            let mut writer = Writer::new();
            writer.u32(if existed { DESTROY_SESSION_OK } else { DESTROY_SESSION_NONE });
            writer.i64(session_id);
            self.say_answer(now, msg_id, true, writer.into_bytes().into());
        }
    }

    /// Answers [`Event::DestroyAuthKey`], bare: inside an `rpc_result` clients do not see it.
    pub fn auth_key_destroyed(&mut self, now: Now, msg_id: i64, outcome: DestroyOutcome) {
        if self.ends_running(msg_id) {
            let body = outcome.constructor().to_le_bytes().to_vec();
            self.say_answer(now, msg_id, true, body.into());
        }
    }

    /// Whether the request runs and its answer is wanted. A dropped one ends here.
    fn ends_running(&mut self, msg_id: i64) -> bool {
        match self.seen.mark(msg_id) {
            Some(Mark::Running { dropped: false }) => true,
            Some(Mark::Running { dropped: true }) => {
                self.seen.set(msg_id, Mark::Answered { ok: false, answer: Answer::Acknowledged });
                false
            }
            _ => false,
        }
    }

    fn say_answer(&mut self, now: Now, msg_id: i64, ok: bool, body: Body) -> i64 {
        let own = self.outgoing.say(now, Voice::Answer, true, body, Some(msg_id));
        self.outgoing.needs_no_ack(msg_id);
        self.seen.set(msg_id, Mark::Answered { ok, answer: Answer::Kept(own) });
        own
    }

    /// Queues an update for this client: boxed `Updates`, in the client's layer.
    ///
    /// # Errors
    /// [`QueueFull`]: then nothing was queued.
    pub fn push(&mut self, now: Now, body: Arc<[u8]>) -> Result<(), QueueFull> {
        if self.outgoing.waiting_bytes() + body.len() > MAX_WAITING_BYTES {
            return Err(QueueFull);
        }
        self.outgoing.say(now, Voice::Notice, true, body.into(), None);
        Ok(())
    }

    /// A new connection serves this session: what was sent and not acknowledged is queued again.
    pub fn reconnected(&mut self) -> Resent {
        self.outgoing.say_all_again();
        if core::mem::take(&mut self.outgoing.gave_up_news) { Resent::Some } else { Resent::All }
    }

    /// Whether [`next_packet`](Self::next_packet) should be called now.
    #[must_use]
    pub fn wants_flush(&self, mono: Duration) -> bool {
        self.outgoing.has_waiting() || self.outgoing.acks_due().is_some_and(|due| due <= mono)
    }

    /// When to call [`next_packet`](Self::next_packet) although nothing else happens.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        self.outgoing.acks_due()
    }

    /// The next packet to send: all that waits, in one container if it is more than one message. It is not sealed yet:
    /// [`crypto::seal`] it with [`crypto::Sender::Server`]. `None` when nothing waits.
    pub fn next_packet(
        &mut self,
        now: Now,
        salts: &Salts,
        rng: &mut dyn Random,
    ) -> Option<Vec<u8>> {
        let bundle = self.outgoing.next_bundle(now)?;
        self.settle();
        let salt = self.current_salt(now, salts);
        let mut packet = Vec::with_capacity(packet_len(bundle.body.len()));
        write_packet(
            [salt, self.session_id, bundle.msg_id],
            bundle.seq_no,
            &bundle.body.parts(),
            rng,
            &mut packet,
        );
        Some(packet)
    }

    /// Whether an update may skip the queue: nothing waits that should leave before it or with it.
    #[must_use]
    pub fn may_write_push(&self) -> bool {
        !self.outgoing.has_waiting()
    }

    /// For fan-out: appends an unsealed packet of [`packet_len`] bytes that holds one update, and keeps the update until it is
    /// acknowledged. Use [`push`](Self::push) when not [`may_write_push`](Self::may_write_push).
    pub fn write_push(
        &mut self,
        now: Now,
        salts: &Salts,
        body: &Arc<[u8]>,
        rng: &mut dyn Random,
        out: &mut Vec<u8>,
    ) {
        let header = self.next_message_header(now, salts);
        write_packet(
            [header.salt, header.session_id, header.msg_id],
            header.seq_no,
            &[body],
            rng,
            out,
        );
        self.sent(header, Arc::clone(body));
    }

    /// The header of one content-related message that the caller builds and sends by itself. Tell by [`sent`](Self::sent).
    pub fn next_message_header(&mut self, now: Now, salts: &Salts) -> MessageHeader {
        let (msg_id, seq_no) = self.outgoing.next_id(now, Voice::Notice, true);
        MessageHeader {
            salt: self.current_salt(now, salts),
            session_id: self.session_id,
            msg_id,
            seq_no,
        }
    }

    /// Keeps the body that went out under `header` until it is acknowledged.
    pub fn sent(&mut self, header: MessageHeader, body: Arc<[u8]>) {
        self.outgoing.sent_elsewhere(header.msg_id, header.seq_no, body.into());
        self.settle();
    }

    fn current_salt(&mut self, now: Now, salts: &Salts) -> i64 {
        let slot = salts::slot(now.wall);
        match self.salt {
            Some((known, salt)) if known == slot => salt,
            _ => {
                let salt = salts.of_slot(self.auth_key_id, slot);
                self.salt = Some((slot, salt));
                salt
            }
        }
    }

    /// Tells once that the server knows nothing of messages before `first_msg_id`.
    fn announce(&mut self, now: Now, first_msg_id: i64, salts: &Salts) {
        if self.is_announced {
            return;
        }
        self.is_announced = true;
        let mut writer = Writer::new();
        writer.u32(NEW_SESSION_CREATED);
        writer.i64(first_msg_id);
        writer.i64(self.unique_id);
        writer.i64(self.current_salt(now, salts));
        self.outgoing.say(now, Voice::Notice, true, writer.into_bytes().into(), None);
    }

    /// Marks the requests whose answers were given up.
    fn settle(&mut self) {
        for forgotten in self.outgoing.forgotten.drain(..) {
            if let Some(request) = forgotten.request {
                let place = if forgotten.too_large { Answer::TooLarge } else { Answer::Gone };
                self.seen.set_answer(request, place);
            }
        }
    }
}
