//! Service messages: what the protocol answers without the API.

use std::time::Duration;

use tl_codec::{Reader, Writer};

use super::body::Body;
use super::incoming::{Message, constructor, error};
use super::limits::{MAX_DISCONNECT_DELAY, MAX_IDS};
use super::outgoing::Voice;
use super::seen::{Answer, Mark};
use super::{Event, HttpWait, Salts, Session};
use crate::Now;
use crate::schema::{
    BAD_MSG_NOTIFICATION, BAD_SERVER_SALT, DESTROY_AUTH_KEY, DESTROY_SESSION, DESTROY_SESSION_NONE,
    FUTURE_SALTS, GET_FUTURE_SALTS, HTTP_WAIT, MSG_CONTAINER, MSG_DETAILED_INFO,
    MSG_NEW_DETAILED_INFO, MSG_RESEND_ANS_REQ, MSG_RESEND_REQ, MSGS_ACK, MSGS_ALL_INFO,
    MSGS_STATE_INFO, MSGS_STATE_REQ, NEW_SESSION_CREATED, PING, PING_DELAY_DISCONNECT, PONG,
    RPC_ANSWER_DROPPED, RPC_ANSWER_DROPPED_RUNNING, RPC_ANSWER_UNKNOWN, RPC_DROP_ANSWER,
};

/// How a message is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A container: never inside another one, nor packed.
    Container,
    /// Of the API: always content-related.
    Request,
    /// Of the protocol; clients differ on whether it is content-related.
    Service,
}

impl Class {
    pub(super) fn of(body: &[u8]) -> Self {
        match constructor(body) {
            Some(MSG_CONTAINER) => Self::Container,
            Some(
                MSGS_ACK
                | HTTP_WAIT
                | PING
                | PING_DELAY_DISCONNECT
                | PONG
                | GET_FUTURE_SALTS
                | DESTROY_SESSION
                | DESTROY_AUTH_KEY
                | RPC_DROP_ANSWER
                | MSGS_STATE_REQ
                | MSGS_STATE_INFO
                | MSGS_ALL_INFO
                | MSG_RESEND_REQ
                | MSG_RESEND_ANS_REQ
                | MSG_DETAILED_INFO
                | MSG_NEW_DETAILED_INFO
                | BAD_MSG_NOTIFICATION
                | BAD_SERVER_SALT
                | NEW_SESSION_CREATED,
            ) => Self::Service,
            _ => Self::Request,
        }
    }
}

/// A service message, read to its end.
#[derive(Debug)]
enum Call {
    Acks(Vec<i64>),
    StateRequest(Vec<i64>),
    AllInfo(Vec<(i64, u8)>),
    Resend(Vec<i64>),
    ResendAnswers(Vec<i64>),
    DropAnswer(i64),
    FutureSalts(i32),
    Ping {
        ping_id: i64,
        disconnect_delay: Option<i32>,
    },
    DestroySession(i64),
    DestroyAuthKey,
    HttpWait(HttpWait),
    /// An answer to what we never ask.
    Idle,
}

impl Call {
    /// Reads all of it; nothing is done before that.
    fn read(body: &[u8]) -> tl_codec::Result<Self> {
        let mut reader = Reader::new(body);
        let call = match reader.u32()? {
            MSGS_ACK => Self::Acks(ids(&mut reader)?),
            MSGS_STATE_REQ => Self::StateRequest(ids(&mut reader)?),
            MSGS_ALL_INFO => {
                let own = ids(&mut reader)?;
                Self::AllInfo(own.into_iter().zip(reader.bytes()?.iter().copied()).collect())
            }
            MSG_RESEND_REQ => Self::Resend(ids(&mut reader)?),
            MSG_RESEND_ANS_REQ => Self::ResendAnswers(ids(&mut reader)?),
            RPC_DROP_ANSWER => Self::DropAnswer(reader.i64()?),
            GET_FUTURE_SALTS => Self::FutureSalts(reader.i32()?),
            PING => Self::Ping { ping_id: reader.i64()?, disconnect_delay: None },
            PING_DELAY_DISCONNECT => {
                Self::Ping { ping_id: reader.i64()?, disconnect_delay: Some(reader.i32()?) }
            }
            DESTROY_SESSION => Self::DestroySession(reader.i64()?),
            DESTROY_AUTH_KEY => Self::DestroyAuthKey,
            HTTP_WAIT => {
                let mut number = || reader.i32().map(|value| u32::try_from(value).unwrap_or(0));
                let (max_delay_ms, wait_after_ms, max_wait_ms) = (number()?, number()?, number()?);
                Self::HttpWait(HttpWait { max_delay_ms, wait_after_ms, max_wait_ms })
            }
            _ => {
                reader.raw_rest();
                Self::Idle
            }
        };
        reader.finish()?;
        Ok(call)
    }
}

impl Session {
    /// Takes a service message that passed all checks.
    pub(super) fn serve(
        &mut self,
        now: Now,
        message: &Message<'_>,
        salts: &Salts,
        events: &mut Vec<Event>,
    ) {
        let msg_id = message.msg_id;
        self.seen.insert(msg_id, message.seq_no, Mark::Quiet);
        let Ok(call) = Call::read(&message.body) else {
            self.seen.set(msg_id, Mark::Running { dropped: false });
            return self.answer(now, msg_id, error(400, "INPUT_FETCH_FAIL"));
        };
        match call {
            Call::Acks(own) => own.into_iter().for_each(|own| self.client_has(own)),
            Call::StateRequest(ids) => {
                let info: Vec<u8> = ids.into_iter().map(|id| self.state_of(id)).collect();
                self.say_state(now, msg_id, &info);
            }
            Call::AllInfo(states) => {
                for (own, _) in states.into_iter().filter(|(_, state)| state & 7 == 4) {
                    self.client_has(own);
                }
            }
            Call::Resend(wanted) => self.resend(now, msg_id, &wanted),
            Call::ResendAnswers(requests) => self.resend_answers(&requests),
            Call::DropAnswer(request) => self.drop_answer(now, msg_id, request, events),
            Call::FutureSalts(count) => self.say_future_salts(now, msg_id, count, salts),
            Call::Ping { ping_id, disconnect_delay } => {
                self.pong(now, msg_id, ping_id);
                if let Some(delay) = disconnect_delay {
                    let delay = u64::try_from(delay).unwrap_or(0).min(MAX_DISCONNECT_DELAY);
                    events.push(Event::CloseAfter(now.mono + Duration::from_secs(delay)));
                }
            }
            Call::DestroySession(session_id) => {
                self.destroy_session(now, msg_id, session_id, events);
            }
            Call::DestroyAuthKey => {
                self.seen.set(msg_id, Mark::Running { dropped: false });
                events.push(Event::DestroyAuthKey { msg_id });
            }
            Call::HttpWait(wait) => events.push(Event::HttpWait(wait)),
            Call::Idle => {}
        }
    }

    /// The client has one of our messages.
    fn client_has(&mut self, own: i64) {
        if let Some(request) = self.outgoing.acknowledged(own) {
            self.seen.set_answer(request, Answer::Acknowledged);
        }
    }

    /// The state byte of a client's message: 1 forgotten, 2 not received, 3 not received and too high, 4 received; 16 needs
    /// no acknowledgement, 32 the request runs or ran, 64 its answer exists, 128 the client has it.
    fn state_of(&self, msg_id: i64) -> u8 {
        match self.seen.mark(msg_id) {
            Some(Mark::Container | Mark::Quiet) => 4 | 16,
            Some(Mark::Running { .. }) => 4 | 32,
            Some(Mark::Answered { answer: Answer::Acknowledged, .. }) => 4 | 32 | 64 | 128,
            Some(Mark::Answered { .. }) => 4 | 32 | 64,
            None if self.seen.is_below(msg_id) || msg_id < self.seen.lowest() => 1,
            None if msg_id > self.seen.highest() => 3,
            None => 2,
        }
    }

    fn say_state(&mut self, now: Now, req_msg_id: i64, info: &[u8]) {
        let mut writer = Writer::new();
        writer.u32(MSGS_STATE_INFO);
        writer.i64(req_msg_id);
        writer.bytes(info);
        self.outgoing.say(now, Voice::Answer, false, writer.into_bytes().into(), None);
    }

    /// Sends again what there is. If a copy is gone, or an id is not ours, the states of all are told, too.
    fn resend(&mut self, now: Now, msg_id: i64, wanted: &[i64]) {
        let found = wanted.iter().filter(|own| self.outgoing.say_again(**own)).count();
        if found < wanted.len() {
            let info: Vec<u8> = wanted.iter().map(|id| self.state_of(*id)).collect();
            self.say_state(now, msg_id, &info);
        }
    }

    fn resend_answers(&mut self, requests: &[i64]) {
        for request in requests {
            if let Some(Mark::Answered { answer: Answer::Kept(own), .. }) = self.seen.mark(*request)
            {
                self.outgoing.say_again(own);
            }
        }
    }

    fn drop_answer(&mut self, now: Now, msg_id: i64, request: i64, events: &mut Vec<Event>) {
        let mut result = Writer::new();
        match self.seen.mark(request) {
            Some(Mark::Running { .. }) => {
                result.u32(RPC_ANSWER_DROPPED_RUNNING);
                self.seen.set(request, Mark::Running { dropped: true });
                events.push(Event::DropAnswer { msg_id: request });
            }
            Some(Mark::Answered { ok, answer: Answer::Kept(own) }) => {
                let (seq_no, bytes) = self.outgoing.body_len(own).unwrap_or_default();
                result.u32(RPC_ANSWER_DROPPED);
                result.i64(own);
                result.i32(seq_no);
                result.i32(i32::try_from(bytes).unwrap_or(i32::MAX));
                self.outgoing.withdraw(own);
                self.seen.set(request, Mark::Answered { ok, answer: Answer::Acknowledged });
            }
            _ => result.u32(RPC_ANSWER_UNKNOWN),
        }
        let body = Body::rpc_result(msg_id, result.into_bytes());
        self.say_answer(now, msg_id, true, body);
    }

    /// `salts` is a bare vector of bare `future_salt`, and the whole stands alone, not inside an `rpc_result`.
    fn say_future_salts(&mut self, now: Now, msg_id: i64, count: i32, salts: &Salts) {
        let list = salts.future(self.auth_key_id, now.wall, count);
        let mut writer = Writer::new();
        writer.u32(FUTURE_SALTS);
        writer.i64(msg_id);
        writer.i32(now.wall.tl_date());
        writer.bare_vector_len(list.len());
        for salt in list {
            writer.i32(salt.valid_since);
            writer.i32(salt.valid_until);
            writer.i64(salt.salt);
        }
        self.outgoing.say(now, Voice::Answer, false, writer.into_bytes().into(), None);
        self.outgoing.needs_no_ack(msg_id);
    }

    fn pong(&mut self, now: Now, msg_id: i64, ping_id: i64) {
        let mut writer = Writer::new();
        writer.u32(PONG);
        writer.i64(msg_id);
        writer.i64(ping_id);
        self.outgoing.say(now, Voice::Answer, false, writer.into_bytes().into(), None);
        self.outgoing.needs_no_ack(msg_id);
    }

    fn destroy_session(&mut self, now: Now, msg_id: i64, session_id: i64, events: &mut Vec<Event>) {
        self.seen.set(msg_id, Mark::Running { dropped: false });
        if session_id == self.session_id {
            // Never the session it came in.
            let mut writer = Writer::new();
            writer.u32(DESTROY_SESSION_NONE);
            writer.i64(session_id);
            self.say_answer(now, msg_id, true, writer.into_bytes().into());
        } else {
            events.push(Event::DestroySession { msg_id, session_id });
        }
    }
}

fn ids(reader: &mut Reader<'_>) -> tl_codec::Result<Vec<i64>> {
    let count = reader.vector_len()?;
    let len = count.min(MAX_IDS);
    reader.charge(len * 8)?;
    let mut ids = Vec::with_capacity(len);
    for _ in 0..len {
        ids.push(reader.i64()?);
    }
    // More than the protocol allows leaves trailing bytes, which the caller refuses.
    Ok(ids)
}
