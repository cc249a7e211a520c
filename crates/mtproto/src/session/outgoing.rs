//! What a session has to say: what waits, what is kept until acknowledged, and how it leaves.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use tl_codec::Writer;

use super::body::Body;
use super::kept::ByMsgId;
use super::limits::{
    ACK_DELAY, FRESH, MAX_ACKS, MAX_CONTAINER, MAX_CONTAINER_BYTES, MAX_IDS, MAX_KEPT,
    MAX_KEPT_BYTES, MAX_KEPT_MESSAGE,
};
use crate::schema::{MSG_CONTAINER, MSGS_ACK};
use crate::{MsgIds, Now};

/// The header of one message to a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageHeader {
    /// The salt of this moment.
    pub salt: i64,
    /// The session.
    pub session_id: i64,
    /// A fresh id.
    pub msg_id: i64,
    /// The number that goes with it.
    pub seq_no: i32,
}

/// Whether a message is an answer or is said unasked: it decides the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    Answer,
    Notice,
}

struct Message {
    seq_no: i32,
    body: Body,
    /// The request that it answers.
    request: Option<i64>,
    is_waiting: bool,
    /// Too large to keep is no reason to lose it: it answers what must not run twice.
    must_keep: bool,
}

impl Message {
    /// Content-related messages have odd numbers, are acknowledged, and are kept until then.
    const fn is_content(&self) -> bool {
        self.seq_no % 2 != 0
    }
}

/// A message whose copy was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Forgotten {
    pub(super) request: Option<i64>,
    pub(super) too_large: bool,
}

/// What leaves as one encrypted message.
pub(super) struct Bundle {
    pub(super) msg_id: i64,
    pub(super) seq_no: i32,
    pub(super) body: Body,
}

#[derive(Default)]
pub(super) struct Outgoing {
    ids: MsgIds,
    content_count: u32,
    messages: ByMsgId<Message>,
    waiting: VecDeque<i64>,
    waiting_bytes: usize,
    kept_bytes: usize,
    acks: BTreeSet<i64>,
    acks_since: Option<Duration>,
    /// Copies of news, which answer nothing, were given up since the last connection began.
    pub(super) gave_up_news: bool,
    /// Copies of answers given up since the session last asked.
    pub(super) forgotten: Vec<Forgotten>,
}

impl Outgoing {
    /// A fresh id and number.
    pub(super) fn next_id(&mut self, now: Now, voice: Voice, content: bool) -> (i64, i32) {
        let msg_id = match voice {
            Voice::Answer => self.ids.answer(now.wall),
            Voice::Notice => self.ids.notice(now.wall),
        };
        let twice = i32::try_from(self.content_count & 0x3fff_ffff).unwrap_or_default() * 2;
        self.content_count = self.content_count.wrapping_add(u32::from(content));
        (msg_id, twice + i32::from(content))
    }

    /// Puts a message into the queue.
    pub(super) fn say(
        &mut self,
        now: Now,
        voice: Voice,
        content: bool,
        body: Body,
        request: Option<i64>,
    ) -> i64 {
        let (msg_id, seq_no) = self.next_id(now, voice, content);
        self.waiting_bytes += body.len();
        self.waiting.push_back(msg_id);
        let must_keep = request.is_some();
        self.messages
            .insert(msg_id, Message { seq_no, body, request, is_waiting: true, must_keep });
        msg_id
    }

    /// This answer may be forgotten when it is large: it can be made anew.
    pub(super) fn may_forget_large(&mut self, msg_id: i64) {
        if let Some(message) = self.messages.get_mut(msg_id) {
            message.must_keep = false;
        }
    }

    /// Registers a content message that the gateway sends by itself.
    pub(super) fn sent_elsewhere(&mut self, msg_id: i64, seq_no: i32, body: Body) {
        if seq_no % 2 != 0 {
            let message =
                Message { seq_no, body, request: None, is_waiting: false, must_keep: false };
            self.messages.insert(msg_id, message);
            self.keep(msg_id);
        }
    }

    pub(super) const fn waiting_bytes(&self) -> usize {
        self.waiting_bytes
    }

    pub(super) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    pub(super) fn body_len(&self, msg_id: i64) -> Option<(i32, usize)> {
        self.messages.get(msg_id).map(|message| (message.seq_no, message.body.len()))
    }

    /// A client's message is to be acknowledged.
    pub(super) fn acknowledge(&mut self, now: Duration, msg_id: i64) {
        if self.acks.len() < MAX_IDS {
            self.acks.insert(msg_id);
            self.acks_since.get_or_insert(now);
        }
    }

    /// An answer is on its way, which acknowledges by itself.
    pub(super) fn needs_no_ack(&mut self, msg_id: i64) {
        self.acks.remove(&msg_id);
        if self.acks.is_empty() {
            self.acks_since = None;
        }
    }

    /// When waiting acknowledgements have to leave.
    pub(super) fn acks_due(&self) -> Option<Duration> {
        let since = self.acks_since?;
        Some(if self.acks.len() >= MAX_ACKS { since } else { since + ACK_DELAY })
    }

    /// The client acknowledged one of our messages. Gives the request that it answered.
    pub(super) fn acknowledged(&mut self, msg_id: i64) -> Option<i64> {
        let message = self.take(msg_id)?;
        message.request
    }

    /// Takes a message back before it is acknowledged.
    pub(super) fn withdraw(&mut self, msg_id: i64) {
        self.take(msg_id);
    }

    fn take(&mut self, msg_id: i64) -> Option<Message> {
        let message = self.messages.remove(msg_id)?;
        if message.is_waiting {
            self.waiting_bytes -= message.body.len();
            self.waiting.retain(|waiting| *waiting != msg_id);
        } else {
            self.kept_bytes -= message.body.len();
        }
        Some(message)
    }

    /// Queues a message that was sent before. False when there is no copy.
    pub(super) fn say_again(&mut self, msg_id: i64) -> bool {
        let Some(message) = self.messages.get_mut(msg_id) else {
            return false;
        };
        if !message.is_waiting {
            message.is_waiting = true;
            self.kept_bytes -= message.body.len();
            self.waiting_bytes += message.body.len();
            self.waiting.push_back(msg_id);
        }
        true
    }

    /// Queues all that was sent and not acknowledged, oldest first.
    pub(super) fn say_all_again(&mut self) {
        let sent: Vec<i64> = self
            .messages
            .iter()
            .filter(|(_, message)| !message.is_waiting)
            .map(|(id, _)| id)
            .collect();
        for msg_id in sent {
            self.say_again(msg_id);
        }
    }

    /// What leaves next: one message, or a container of all that waits and fits.
    pub(super) fn next_bundle(&mut self, now: Now) -> Option<Bundle> {
        let mut parts: Vec<Bundle> = Vec::new();
        let mut bytes = 0;
        if !self.acks.is_empty() {
            let body: Body = self.take_acks().into();
            let (msg_id, seq_no) = self.next_id(now, Voice::Notice, false);
            bytes += body.len();
            parts.push(Bundle { msg_id, seq_no, body });
        }
        while let Some(&msg_id) = self.waiting.front() {
            let len = self.messages.get(msg_id).map_or(0, |message| message.body.len());
            if !parts.is_empty()
                && (parts.len() >= MAX_CONTAINER || bytes + len > MAX_CONTAINER_BYTES)
            {
                break;
            }
            self.waiting.pop_front();
            if let Some(message) = self.messages.get_mut(msg_id) {
                message.is_waiting = false;
                self.waiting_bytes -= len;
                bytes += len;
                parts.push(Bundle { msg_id, seq_no: message.seq_no, body: message.body.clone() });
                self.keep(msg_id);
            }
        }
        let fresh = now.wall.before(FRESH).msg_id();
        match parts.as_slice() {
            [] => None,
            [only] if only.msg_id >= fresh => parts.pop(),
            _ => {
                let body = container(&parts, bytes).into();
                let (msg_id, seq_no) = self.next_id(now, Voice::Notice, false);
                Some(Bundle { msg_id, seq_no, body })
            }
        }
    }

    fn take_acks(&mut self) -> Vec<u8> {
        let ids = core::mem::take(&mut self.acks);
        self.acks_since = None;
        let mut writer = Writer::with_capacity(16 + ids.len() * 8);
        writer.u32(MSGS_ACK);
        writer.vector_len(ids.len());
        for id in ids {
            writer.i64(id);
        }
        writer.into_bytes()
    }

    /// A message has been sent: keeps its copy if it wants acknowledgement and there is room, at the cost of the oldest.
    fn keep(&mut self, msg_id: i64) {
        let Some(message) = self.messages.get(msg_id) else {
            return;
        };
        let too_large = message.body.len() > MAX_KEPT_MESSAGE && !message.must_keep;
        self.kept_bytes += message.body.len();
        if !message.is_content() || too_large {
            self.forget(msg_id, too_large);
        }
        while self.kept_bytes > MAX_KEPT_BYTES
            || self.messages.len() - self.waiting.len() > MAX_KEPT
        {
            let oldest =
                self.messages.iter().find(|(_, message)| !message.is_waiting).map(|(id, _)| id);
            let Some(oldest) = oldest else {
                return;
            };
            self.forget(oldest, false);
        }
    }

    fn forget(&mut self, msg_id: i64, too_large: bool) {
        let Some(message) = self.take(msg_id) else { return };
        if message.request.is_some() {
            self.forgotten.push(Forgotten { request: message.request, too_large });
        } else {
            self.gave_up_news |= message.is_content();
        }
    }
}

fn container(parts: &[Bundle], bytes: usize) -> Vec<u8> {
    let mut writer = Writer::with_capacity(8 + parts.len() * 16 + bytes);
    writer.u32(MSG_CONTAINER);
    writer.bare_vector_len(parts.len());
    for Bundle { msg_id, seq_no, body } in parts {
        writer.i64(*msg_id);
        writer.i32(*seq_no);
        writer.u32(u32::try_from(body.len()).unwrap_or(u32::MAX));
        body.write(&mut writer);
    }
    writer.into_bytes()
}
