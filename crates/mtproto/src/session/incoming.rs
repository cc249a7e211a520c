//! Checking what a client sends, in the order of the protocol's security guidelines
//! (<https://core.telegram.org/mtproto/security_guidelines>).

use std::borrow::Cow;

use crypto::Random;
use tl_codec::{Budget, GZIP_PACKED, InflateLimits, Reader, Writer, inflate};

use super::body::Body;
use super::checks::BadMessage;
use super::limits::{FUTURE, MAX_CONTAINER, MAX_RUNNING, PAST};
use super::outgoing::Voice;
use super::packet::{packet_len, write_packet};
use super::seen::{Answer, Mark};
use super::service::Class;
use super::{Event, Incoming, RpcAnswer, Salts, Session};
use crate::Now;
use crate::schema::{BAD_MSG_NOTIFICATION, BAD_SERVER_SALT, MSG_CONTAINER, RPC_ERROR};

/// One message, alone or out of a container.
#[derive(Debug)]
pub(super) struct Message<'a> {
    pub(super) msg_id: i64,
    pub(super) seq_no: i32,
    pub(super) body: Cow<'a, [u8]>,
}

impl Message<'_> {
    /// Content-related messages want acknowledgement.
    const fn is_content(&self) -> bool {
        self.seq_no % 2 != 0
    }
}

impl Session {
    /// Takes a message that was opened under this session's key. What it leads to comes back as events; what the client has
    /// to be told is queued.
    pub fn handle(&mut self, now: Now, incoming: Incoming, salts: &Salts) -> Vec<Event> {
        let mut events = Vec::new();
        if incoming.session_id != self.session_id || incoming.auth_key_id != self.auth_key_id {
            // The gateway's directory found another session than the packet names: nothing of it is for us.
            return events;
        }
        let (msg_id, seq_no) = (incoming.msg_id, incoming.seq_no);
        if !salts.accepts(self.auth_key_id, incoming.salt, now.wall, self.first_salt) {
            self.refuse_salt(now, (msg_id, seq_no), salts, &mut events);
            return events;
        }
        let mut budget = Budget::for_request(incoming.body().len());
        if constructor(incoming.body()) == Some(MSG_CONTAINER) {
            self.take_container(now, &incoming, salts, &mut budget, &mut events);
        } else {
            let message = Message { msg_id, seq_no, body: Cow::Owned(incoming.into_body()) };
            self.take_message(now, message, salts, &mut budget, &mut events);
        }
        self.seen.prune(now.wall.before(PAST).msg_id());
        events
    }

    fn take_container(
        &mut self,
        now: Now,
        incoming: &Incoming,
        salts: &Salts,
        budget: &mut Budget,
        events: &mut Vec<Event>,
    ) {
        let header = (incoming.msg_id, incoming.seq_no);
        let parts = match self.admit_container(now, header, incoming.body()) {
            Ok(parts) => parts,
            Err(code) => return self.refuse(now, header, code, events),
        };
        if self.seen.mark(header.0).is_none() {
            self.seen.insert(header.0, header.1, Mark::Container);
        }
        let first = parts.first().map_or(header.0, |part| part.msg_id);
        self.announce(now, first, salts);
        for part in parts {
            self.take_message(now, part, salts, budget, events);
        }
    }

    /// The messages inside, in the order of their ids.
    fn admit_container<'a>(
        &self,
        now: Now,
        (msg_id, seq_no): (i64, i32),
        body: &'a [u8],
    ) -> Result<Vec<Message<'a>>, BadMessage> {
        check_parity(msg_id)?;
        match self.seen.mark(msg_id) {
            // The very same packet once more: what is inside is known, too.
            Some(Mark::Container) => {}
            Some(_) => return Err(BadMessage::ContainerIdSeen),
            None => {
                self.check_time(now, msg_id)?;
                self.seen.check_order(msg_id, seq_no)?;
            }
        }
        if seq_no % 2 != 0 {
            return Err(BadMessage::EvenSeqNoExpected);
        }
        let mut parts = read_container(body).map_err(|_| BadMessage::Container)?;
        let is_sound = parts.len() <= MAX_CONTAINER
            && parts
                .iter()
                .all(|part| part.msg_id < msg_id && constructor(&part.body) != Some(MSG_CONTAINER));
        if !is_sound {
            return Err(BadMessage::Container);
        }
        parts.sort_by_key(|part| part.msg_id);
        Ok(parts)
    }

    fn take_message(
        &mut self,
        now: Now,
        message: Message<'_>,
        salts: &Salts,
        budget: &mut Budget,
        events: &mut Vec<Event>,
    ) {
        let header = (message.msg_id, message.seq_no);
        if let Err(code) = check_parity(message.msg_id) {
            return self.refuse(now, header, code, events);
        }
        if let Some(mark) = self.seen.mark(message.msg_id) {
            return self.repeat(now, message, mark, budget, events);
        }
        let placed =
            self.check_time(now, header.0).and_then(|()| self.seen.check_order(header.0, header.1));
        if let Err(code) = placed {
            return self.refuse(now, header, code, events);
        }
        let opened = unwrap(message.body, budget);
        let class = opened.as_deref().map_or(Class::Request, Class::of);
        let message = Message {
            body: opened.unwrap_or_default(),
            ..Message { body: Cow::Borrowed(&[]), ..message }
        };
        match class {
            Class::Container => return self.refuse(now, header, BadMessage::Container, events),
            Class::Request if !message.is_content() => {
                return self.refuse(now, header, BadMessage::OddSeqNoExpected, events);
            }
            // mtcute numbers its acknowledgements like requests; nothing depends on it, so they pass.
            Class::Request | Class::Service => {}
        }
        self.announce(now, header.0, salts);
        if message.is_content() {
            self.outgoing.acknowledge(now.mono, header.0);
        }
        match class {
            Class::Request => self.begin(now, message, events),
            Class::Service | Class::Container => {
                self.serve(now, &message, salts, events);
            }
        }
    }

    /// Starts a request, or answers at once that it cannot be started.
    fn begin(&mut self, now: Now, message: Message<'_>, events: &mut Vec<Event>) {
        let is_busy = self.seen.running() >= MAX_RUNNING;
        self.seen.insert(message.msg_id, message.seq_no, Mark::Running { dropped: false });
        if message.body.is_empty() {
            self.answer(now, message.msg_id, error(400, "INPUT_FETCH_FAIL"));
        } else if is_busy {
            self.answer(now, message.msg_id, error(420, "FLOOD_WAIT_1"));
        } else {
            events.push(Event::Request { msg_id: message.msg_id, body: message.body.into_owned() });
        }
    }

    /// A message id that was used before: acknowledged again, and answered with what was answered.
    fn repeat(
        &mut self,
        now: Now,
        message: Message<'_>,
        mark: Mark,
        budget: &mut Budget,
        events: &mut Vec<Event>,
    ) {
        let msg_id = message.msg_id;
        if message.is_content() {
            self.outgoing.acknowledge(now.mono, msg_id);
        }
        let Mark::Answered { answer, .. } = mark else {
            return;
        };
        match answer {
            Answer::Kept(own) => {
                self.outgoing.say_again(own);
            }
            Answer::Acknowledged => {}
            Answer::Gone => {
                // Running it again could do it twice; the official answer to a lost one makes clients ask anew.
                let mut body = Writer::new();
                body.u32(RPC_ERROR);
                body.i32(-503);
                body.string("Timeout");
                let body = Body::rpc_result(msg_id, body.into_bytes());
                self.outgoing.say(now, Voice::Answer, false, body, None);
            }
            Answer::TooLarge => {
                if let Some(body) = unwrap(message.body, budget) {
                    self.seen.set(msg_id, Mark::Running { dropped: false });
                    events.push(Event::Request { msg_id, body: body.into_owned() });
                }
            }
        }
    }

    fn check_time(&self, now: Now, msg_id: i64) -> Result<(), BadMessage> {
        if msg_id < now.wall.before(PAST).msg_id() {
            return Err(BadMessage::MsgIdTooLow);
        }
        if msg_id > now.wall.after(FUTURE).msg_id() {
            return Err(BadMessage::MsgIdTooHigh);
        }
        if self.seen.is_below(msg_id) {
            return Err(BadMessage::TooOld);
        }
        Ok(())
    }

    fn refuse(&mut self, now: Now, header: (i64, i32), code: BadMessage, events: &mut Vec<Event>) {
        let body = refusal_body(header, code, None).into();
        self.outgoing.say(now, Voice::Answer, false, body, None);
        events.push(Event::Refused(code));
    }

    fn refuse_salt(
        &mut self,
        now: Now,
        header: (i64, i32),
        salts: &Salts,
        events: &mut Vec<Event>,
    ) {
        let salt = self.current_salt(now, salts);
        let body = refusal_body(header, BadMessage::Salt, Some(salt)).into();
        self.outgoing.say(now, Voice::Answer, false, body, None);
        events.push(Event::Refused(BadMessage::Salt));
    }

    /// Why a packet does not tell where its client is now: its salt or its id is not of this time. Anybody may have recorded it long
    /// ago, and play it on a connection of their own.
    #[must_use]
    pub fn staleness(&self, now: Now, incoming: &Incoming, salts: &Salts) -> Option<BadMessage> {
        if !salts.accepts(self.auth_key_id, incoming.salt, now.wall, self.first_salt) {
            return Some(BadMessage::Salt);
        }
        self.check_time(now, incoming.msg_id).err()
    }

    /// The refusal of such a packet, alone and not sealed yet: what else waits is not for the connection that it came on.
    pub fn refusal(
        &mut self,
        now: Now,
        incoming: &Incoming,
        why: BadMessage,
        salts: &Salts,
        rng: &mut dyn Random,
    ) -> Vec<u8> {
        let salt = self.current_salt(now, salts);
        let header = (incoming.msg_id, incoming.seq_no);
        let body = refusal_body(header, why, (why == BadMessage::Salt).then_some(salt));
        let (msg_id, seq_no) = self.outgoing.next_id(now, Voice::Answer, false);
        let mut packet = Vec::with_capacity(packet_len(body.len()));
        write_packet([salt, self.session_id, msg_id], seq_no, &[&body], rng, &mut packet);
        packet
    }
}

/// `bad_msg_notification`, or with the right salt `bad_server_salt`.
fn refusal_body(header: (i64, i32), code: BadMessage, salt: Option<i64>) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.u32(if salt.is_some() { BAD_SERVER_SALT } else { BAD_MSG_NOTIFICATION });
    writer.i64(header.0);
    writer.i32(header.1);
    writer.i32(code.code());
    salt.into_iter().for_each(|salt| writer.i64(salt));
    writer.into_bytes()
}

pub(super) fn error(code: i32, text: &str) -> RpcAnswer {
    RpcAnswer::Error { code, text: text.to_owned() }
}

pub(super) fn constructor(body: &[u8]) -> Option<u32> {
    body.first_chunk().map(|id| u32::from_le_bytes(*id))
}

const fn check_parity(msg_id: i64) -> Result<(), BadMessage> {
    if msg_id % 4 == 0 { Ok(()) } else { Err(BadMessage::MsgIdParity) }
}

/// The body without `gzip_packed` around it; one level only. `None` when it cannot be opened, or is empty.
fn unwrap<'a>(body: Cow<'a, [u8]>, budget: &mut Budget) -> Option<Cow<'a, [u8]>> {
    match constructor(&body)? {
        GZIP_PACKED => {
            let mut reader = Reader::new(&body);
            reader.u32().ok()?;
            let packed = reader.bytes().ok()?;
            reader.finish().ok()?;
            let opened = inflate(packed, InflateLimits::REQUEST, budget).ok()?;
            constructor(&opened).filter(|inner| *inner != GZIP_PACKED)?;
            Some(Cow::Owned(opened))
        }
        _ => Some(body),
    }
}

/// `msg_container messages:vector<message>`, each `msg_id:long seqno:int bytes:int body:Object`.
fn read_container(body: &[u8]) -> tl_codec::Result<Vec<Message<'_>>> {
    let mut reader = Reader::new(body);
    reader.u32()?;
    let count = reader.bare_vector_len()?;
    let mut parts = Vec::with_capacity(count.min(MAX_CONTAINER));
    for _ in 0..count.min(MAX_CONTAINER + 1) {
        let (msg_id, seq_no) = (reader.i64()?, reader.i32()?);
        let len = usize::try_from(reader.u32()?).unwrap_or(usize::MAX);
        parts.push(Message { msg_id, seq_no, body: Cow::Borrowed(reader.raw(len)?) });
    }
    if count <= MAX_CONTAINER {
        reader.finish()?;
    }
    Ok(parts)
}
