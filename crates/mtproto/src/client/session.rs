//! A client's session.

use core::fmt;

use crypto::{AuthKey, Error, HEADER_LEN, Random, Sender};
use tl_codec::{Budget, GZIP_PACKED, InflateLimits, Reader, Writer, inflate};

use crate::schema::{
    BAD_MSG_NOTIFICATION, BAD_SERVER_SALT, DESTROY_AUTH_KEY_FAIL, DESTROY_AUTH_KEY_NONE,
    DESTROY_AUTH_KEY_OK, DESTROY_SESSION_NONE, DESTROY_SESSION_OK, FUTURE_SALTS, MSG_CONTAINER,
    MSGS_ACK, MSGS_STATE_INFO, NEW_SESSION_CREATED, PONG, RPC_ERROR, RPC_RESULT,
};
use crate::session::{FutureSalt, MESSAGE_HEADER, write_any_packet};
use crate::{MsgIds, Now};

/// What a server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientEvent {
    /// A result, unpacked.
    Answer {
        /// The request.
        req_msg_id: i64,
        /// The TL bytes.
        body: Vec<u8>,
    },
    /// `rpc_error`.
    Error {
        /// The request.
        req_msg_id: i64,
        /// Such as 400.
        code: i32,
        /// Such as `PEER_ID_INVALID`.
        text: String,
    },
    /// `bad_msg_notification`.
    BadMsg {
        /// The message refused.
        bad_msg_id: i64,
        /// Why.
        code: i32,
    },
    /// `bad_server_salt`; the session uses the new one from now on.
    BadSalt {
        /// The message refused, to be sent again.
        bad_msg_id: i64,
    },
    /// `new_session_created`; its salt is used from now on.
    NewSession {
        /// The first message the server knows.
        first_msg_id: i64,
        /// The session's unique id.
        unique_id: i64,
    },
    /// `msgs_ack`.
    Acks(Vec<i64>),
    /// `pong`.
    Pong {
        /// The ping's message.
        msg_id: i64,
        /// The ping's number.
        ping_id: i64,
    },
    /// `future_salts`.
    FutureSalts {
        /// The request.
        req_msg_id: i64,
        /// The salts.
        salts: Vec<FutureSalt>,
    },
    /// `msgs_state_info`.
    States {
        /// The request.
        req_msg_id: i64,
        /// A byte for each id asked.
        info: Vec<u8>,
    },
    /// `destroy_session_ok` or `_none`.
    SessionDestroyed {
        /// The session named.
        session_id: i64,
        /// Whether there was one.
        existed: bool,
    },
    /// `destroy_auth_key_ok`, `_none` or `_fail`: the constructor.
    KeyDestroyed(u32),
    /// Anything else: an update.
    Update(Vec<u8>),
}

/// One message of a server, out of its container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerMessage {
    /// Its id.
    pub msg_id: i64,
    /// Its number.
    pub seq_no: i32,
    /// Its body.
    pub body: Vec<u8>,
}

/// The fields of a message as they are sealed, right or wrong.
#[derive(Debug, Clone)]
pub struct RawMessage {
    /// Server salt.
    pub salt: i64,
    /// Session id.
    pub session_id: i64,
    /// Message id.
    pub msg_id: i64,
    /// Sequence number.
    pub seq_no: i32,
    /// The length named; `None` for the real one.
    pub len: Option<i32>,
    /// The body.
    pub body: Vec<u8>,
    /// Bytes of padding; `None` for the least that fits.
    pub padding: Option<usize>,
}

impl RawMessage {
    /// Seals it as a client does.
    ///
    /// # Errors
    /// [`Error::Length`] when body and padding do not fill blocks.
    pub fn seal(&self, key: &AuthKey, rng: &mut dyn Random) -> Result<Vec<u8>, Error> {
        let mut packet = vec![0; HEADER_LEN];
        for field in [self.salt, self.session_id, self.msg_id] {
            packet.extend_from_slice(&field.to_le_bytes());
        }
        packet.extend_from_slice(&self.seq_no.to_le_bytes());
        let len = self.len.unwrap_or_else(|| i32::try_from(self.body.len()).unwrap_or(i32::MAX));
        packet.extend_from_slice(&len.to_le_bytes());
        packet.extend_from_slice(&self.body);
        let plain = MESSAGE_HEADER + self.body.len();
        let padding = self.padding.unwrap_or_else(|| crypto::padded_len(plain) - plain);
        let start = packet.len();
        packet.resize(start + padding, 0);
        rng.fill(packet.get_mut(start..).unwrap_or_default());
        crypto::seal(key, Sender::Client, &mut packet)?;
        Ok(packet)
    }
}

/// A client's side of one session.
pub struct ClientSession {
    auth_key: AuthKey,
    session_id: i64,
    salt: i64,
    ids: MsgIds,
    content_count: i32,
    queue: Vec<ServerMessage>,
    acks: Vec<i64>,
}

impl fmt::Debug for ClientSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSession(<redacted>)")
    }
}

impl ClientSession {
    /// A fresh session.
    #[must_use]
    pub const fn new(auth_key: AuthKey, session_id: i64, salt: i64) -> Self {
        Self {
            auth_key,
            session_id,
            salt,
            ids: MsgIds::new(),
            content_count: 0,
            queue: Vec::new(),
            acks: Vec::new(),
        }
    }

    /// The key.
    #[must_use]
    pub const fn auth_key(&self) -> &AuthKey {
        &self.auth_key
    }

    /// The salt in use.
    #[must_use]
    pub const fn salt(&self) -> i64 {
        self.salt
    }

    /// The session id.
    #[must_use]
    pub const fn id(&self) -> i64 {
        self.session_id
    }

    /// Forgets what waits to be acknowledged, as if it had been lost on the way.
    pub fn forget_acks(&mut self) {
        self.acks.clear();
    }

    /// Queues a request; gives its message id.
    pub fn request(&mut self, now: Now, body: Vec<u8>) -> i64 {
        self.queue(now, body, true)
    }

    /// Queues a message that wants no acknowledgement.
    pub fn notice(&mut self, now: Now, body: Vec<u8>) -> i64 {
        self.queue(now, body, false)
    }

    fn queue(&mut self, now: Now, body: Vec<u8>, content: bool) -> i64 {
        let (msg_id, seq_no) = self.next_id(now, content);
        self.queue.push(ServerMessage { msg_id, seq_no, body });
        msg_id
    }

    /// A fresh id and number, for a message that the caller builds.
    pub fn next_id(&mut self, now: Now, content: bool) -> (i64, i32) {
        let seq_no = self.content_count * 2 + i32::from(content);
        self.content_count += i32::from(content);
        (self.ids.client(now.wall), seq_no)
    }

    /// All that waits, acknowledgements included, sealed: one message or a container. `None` when nothing waits.
    ///
    /// # Errors
    /// [`Error::Library`].
    pub fn next_packet(
        &mut self,
        now: Now,
        rng: &mut dyn Random,
    ) -> Result<Option<Vec<u8>>, Error> {
        if !self.acks.is_empty() {
            let mut writer = Writer::new();
            writer.u32(MSGS_ACK);
            writer.vector_len(self.acks.len());
            for id in self.acks.drain(..) {
                writer.i64(id);
            }
            self.queue(now, writer.into_bytes(), false);
        }
        let mut parts = core::mem::take(&mut self.queue);
        let message = match parts.len() {
            0 => return Ok(None),
            1 => parts.remove(0),
            _ => {
                let (msg_id, seq_no) = self.next_id(now, false);
                ServerMessage { msg_id, seq_no, body: container(&parts) }
            }
        };
        let mut packet = Vec::new();
        let fields = [self.salt, self.session_id, message.msg_id];
        write_any_packet(fields, message.seq_no, &[&message.body], rng, &mut packet);
        crypto::seal(&self.auth_key, Sender::Client, &mut packet)?;
        Ok(Some(packet))
    }

    /// Opens a packet: the messages in it, out of their container.
    ///
    /// # Errors
    /// [`Error::Refused`] for whatever is wrong.
    pub fn open_messages(&mut self, mut packet: Vec<u8>) -> Result<Vec<ServerMessage>, Error> {
        let opened = crypto::open(&self.auth_key, Sender::Server, &mut packet)?;
        let (session_id, whole) = read_message(opened.plain).map_err(|_| Error::Refused)?;
        if session_id != self.session_id {
            return Err(Error::Refused);
        }
        let messages = match whole.body.first_chunk().map(|id| u32::from_le_bytes(*id)) {
            Some(MSG_CONTAINER) => read_container(&whole.body).map_err(|_| Error::Refused)?,
            _ => vec![whole],
        };
        self.acks.extend(
            messages.iter().filter(|message| message.seq_no % 2 != 0).map(|message| message.msg_id),
        );
        Ok(messages)
    }

    /// Opens a packet and understands what is in it.
    ///
    /// # Errors
    /// [`Error::Refused`] for whatever is wrong.
    pub fn open(&mut self, packet: Vec<u8>) -> Result<Vec<ClientEvent>, Error> {
        let messages = self.open_messages(packet)?;
        messages
            .into_iter()
            .map(|message| self.understand(&message.body).map_err(|_| Error::Refused))
            .collect()
    }

    /// What one message says.
    ///
    /// # Errors
    /// Whatever is wrong with the bytes.
    pub fn understand(&mut self, body: &[u8]) -> tl_codec::Result<ClientEvent> {
        let mut reader = Reader::trusted(body);
        let event = match reader.u32()? {
            RPC_RESULT => {
                let req_msg_id = reader.i64()?;
                rpc_result(req_msg_id, reader.raw_rest())?
            }
            BAD_MSG_NOTIFICATION => {
                let bad_msg_id = reader.i64()?;
                reader.i32()?;
                ClientEvent::BadMsg { bad_msg_id, code: reader.i32()? }
            }
            BAD_SERVER_SALT => {
                let bad_msg_id = reader.i64()?;
                reader.i64()?;
                self.salt = reader.i64()?;
                ClientEvent::BadSalt { bad_msg_id }
            }
            NEW_SESSION_CREATED => {
                let (first_msg_id, unique_id) = (reader.i64()?, reader.i64()?);
                self.salt = reader.i64()?;
                ClientEvent::NewSession { first_msg_id, unique_id }
            }
            MSGS_ACK => ClientEvent::Acks(read_ids(&mut reader)?),
            PONG => ClientEvent::Pong { msg_id: reader.i64()?, ping_id: reader.i64()? },
            FUTURE_SALTS => {
                let req_msg_id = reader.i64()?;
                reader.i32()?;
                ClientEvent::FutureSalts { req_msg_id, salts: read_salts(&mut reader)? }
            }
            MSGS_STATE_INFO => {
                ClientEvent::States { req_msg_id: reader.i64()?, info: reader.bytes()?.to_vec() }
            }
            id @ (DESTROY_SESSION_OK | DESTROY_SESSION_NONE) => ClientEvent::SessionDestroyed {
                session_id: reader.i64()?,
                existed: id == DESTROY_SESSION_OK,
            },
            id @ (DESTROY_AUTH_KEY_OK | DESTROY_AUTH_KEY_NONE | DESTROY_AUTH_KEY_FAIL) => {
                ClientEvent::KeyDestroyed(id)
            }
            _ => {
                reader.raw_rest();
                ClientEvent::Update(body.to_vec())
            }
        };
        reader.finish()?;
        Ok(event)
    }
}

/// The session id, and the message.
fn read_message(plain: &[u8]) -> tl_codec::Result<(i64, ServerMessage)> {
    let mut reader = Reader::trusted(plain);
    reader.i64()?;
    Ok((reader.i64()?, read_part(&mut reader)?))
}

fn read_part(reader: &mut Reader<'_>) -> tl_codec::Result<ServerMessage> {
    let (msg_id, seq_no) = (reader.i64()?, reader.i32()?);
    let len = usize::try_from(reader.u32()?).unwrap_or(usize::MAX);
    Ok(ServerMessage { msg_id, seq_no, body: reader.raw(len)?.to_vec() })
}

fn read_container(body: &[u8]) -> tl_codec::Result<Vec<ServerMessage>> {
    let mut reader = Reader::trusted(body);
    reader.u32()?;
    let count = reader.bare_vector_len()?;
    let parts = (0..count).map(|_| read_part(&mut reader)).collect::<tl_codec::Result<_>>()?;
    reader.finish()?;
    Ok(parts)
}

/// A `msg_container` of these messages.
pub(super) fn container(parts: &[ServerMessage]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.u32(MSG_CONTAINER);
    writer.bare_vector_len(parts.len());
    for part in parts {
        writer.i64(part.msg_id);
        writer.i32(part.seq_no);
        writer.u32(u32::try_from(part.body.len()).unwrap_or(u32::MAX));
        writer.raw(&part.body);
    }
    writer.into_bytes()
}

fn rpc_result(req_msg_id: i64, result: &[u8]) -> tl_codec::Result<ClientEvent> {
    let mut reader = Reader::trusted(result);
    match reader.peek_u32()? {
        RPC_ERROR => {
            reader.u32()?;
            Ok(ClientEvent::Error { req_msg_id, code: reader.i32()?, text: reader.string()? })
        }
        GZIP_PACKED => {
            reader.u32()?;
            let limits =
                InflateLimits { max_output_bytes: 1 << 26, max_ratio: usize::MAX, parts: &[] };
            let body = inflate(reader.bytes()?, limits, &mut Budget::unlimited())?;
            Ok(ClientEvent::Answer { req_msg_id, body })
        }
        _ => Ok(ClientEvent::Answer { req_msg_id, body: result.to_vec() }),
    }
}

fn read_ids(reader: &mut Reader<'_>) -> tl_codec::Result<Vec<i64>> {
    let count = reader.vector_len()?;
    (0..count).map(|_| reader.i64()).collect()
}

fn read_salts(reader: &mut Reader<'_>) -> tl_codec::Result<Vec<FutureSalt>> {
    let count = reader.bare_vector_len()?;
    (0..count)
        .map(|_| {
            Ok(FutureSalt {
                valid_since: reader.i32()?,
                valid_until: reader.i32()?,
                salt: reader.i64()?,
            })
        })
        .collect()
}
