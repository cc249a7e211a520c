//! From packet to message: what is checked before a session is found.
//!
//! ```text
//! auth_key_id 8 | msg_key 16 | encrypted: salt 8 | session_id 8 | msg_id 8 | seq_no 4 | length 4 | body | padding 12..1024
//! ```

use core::fmt;
use core::ops::Range;

use crypto::{AuthKey, MIN_PACKET, Sender};
use tl_codec::Reader;

use crate::framing::MAX_PACKET;
use crate::plain::{self, PlainMessage};

/// Bytes of the encrypted part before the body.
pub(crate) const MESSAGE_HEADER: usize = 32;
const PADDING: core::ops::RangeInclusive<usize> = 12..=1024;

/// What a packet is, by its first eight bytes.
#[derive(Debug, PartialEq, Eq)]
pub enum PacketKind<'a> {
    /// A message of the key exchange.
    Plain(PlainMessage<'a>),
    /// A message under this key: look it up, then [`open_packet`].
    Encrypted {
        /// The key's id.
        auth_key_id: u64,
    },
    /// Neither. Answer -404, as for an unknown key.
    Malformed,
}

impl<'a> PacketKind<'a> {
    /// Looks at a packet.
    #[must_use]
    pub fn of(packet: &'a [u8]) -> Self {
        match packet.first_chunk().map(|id| u64::from_le_bytes(*id)) {
            None => PacketKind::Malformed,
            Some(0) => plain::parse(packet).map_or(PacketKind::Malformed, PacketKind::Plain),
            Some(auth_key_id) => PacketKind::Encrypted { auth_key_id },
        }
    }
}

/// A message that was opened: its key was right, and its lengths hold.
pub struct Incoming {
    /// The key it came under.
    pub auth_key_id: u64,
    /// Server salt; checked by the session.
    pub salt: i64,
    /// Which session it belongs to.
    pub session_id: i64,
    /// Message id; checked by the session.
    pub msg_id: i64,
    /// Sequence number; checked by the session.
    pub seq_no: i32,
    /// Token for [`Framer::encode_quick_ack`](crate::framing::Framer::encode_quick_ack).
    pub quick_ack: u32,
    packet: Vec<u8>,
    body: Range<usize>,
}

impl Incoming {
    /// The TL bytes.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.packet.get(self.body.clone()).unwrap_or_default()
    }

    /// A message as if it had been opened: salt, session id, message id and number, for fuzzing without a cipher.
    #[cfg(fuzzing)]
    #[must_use]
    pub fn for_fuzzing(auth_key_id: u64, fields: (i64, i64, i64, i32), body: &[u8]) -> Self {
        let (salt, session_id, msg_id, seq_no) = fields;
        let (packet, body) = (body.to_vec(), 0..body.len());
        Self { auth_key_id, salt, session_id, msg_id, seq_no, quick_ack: 0, packet, body }
    }

    /// The TL bytes in the packet's own buffer.
    pub(super) fn into_body(self) -> Vec<u8> {
        let mut packet = self.packet;
        packet.truncate(self.body.end);
        packet.drain(..self.body.start);
        packet
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Incoming({:016x}, {}, {} bytes)", self.msg_id, self.seq_no, self.body.len())
    }
}

/// A packet that is not what it claims to be. There is one kind, on purpose: answer -404 and count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a packet under this key")]
pub struct OpenError;

/// Opens an encrypted packet. It is decrypted and hashed as a whole before anything in it is looked at.
///
/// # Errors
/// [`OpenError`] for whatever is wrong.
pub fn open_packet(key: &AuthKey, mut packet: Vec<u8>) -> Result<Incoming, OpenError> {
    if !(MIN_PACKET..=MAX_PACKET).contains(&packet.len()) {
        return Err(OpenError);
    }
    let opened = crypto::open(key, Sender::Client, &mut packet).map_err(|_| OpenError)?;
    let (quick_ack, plain_len) = (opened.quick_ack, opened.plain.len());
    let mut reader = Reader::new(opened.plain);
    let (salt, session_id, msg_id, seq_no, len) = header(&mut reader).map_err(|_| OpenError)?;
    let len = usize::try_from(len).map_err(|_| OpenError)?;
    let padding = (plain_len - MESSAGE_HEADER).checked_sub(len).ok_or(OpenError)?;
    if !len.is_multiple_of(4) || !PADDING.contains(&padding) {
        return Err(OpenError);
    }
    let start = crypto::HEADER_LEN + MESSAGE_HEADER;
    let body = start..start + len;
    Ok(Incoming {
        auth_key_id: key.id(),
        salt,
        session_id,
        msg_id,
        seq_no,
        quick_ack,
        packet,
        body,
    })
}

fn header(reader: &mut Reader<'_>) -> tl_codec::Result<(i64, i64, i64, i32, i32)> {
    Ok((reader.i64()?, reader.i64()?, reader.i64()?, reader.i32()?, reader.i32()?))
}

/// An unsealed packet: room for the header, the message with a body of several parts, random padding. `out` grows by [`packet_len`] of the body.
pub(crate) fn write_packet(
    fields: [i64; 3],
    seq_no: i32,
    body: &[&[u8]],
    rng: &mut dyn crypto::Random,
    out: &mut Vec<u8>,
) {
    let body_len = body.iter().map(|part| part.len()).sum();
    let len = packet_len(body_len);
    out.reserve(len);
    let end = out.len() + len;
    out.extend_from_slice(&[0; crypto::HEADER_LEN]);
    for field in fields {
        out.extend_from_slice(&field.to_le_bytes());
    }
    out.extend_from_slice(&seq_no.to_le_bytes());
    out.extend_from_slice(&u32::try_from(body_len).unwrap_or(u32::MAX).to_le_bytes());
    body.iter().for_each(|part| out.extend_from_slice(part));
    let padding = out.len();
    out.resize(end, 0);
    rng.fill(out.get_mut(padding..).unwrap_or_default());
}

/// Length of a packet with a body of `body` bytes.
#[must_use]
pub const fn packet_len(body: usize) -> usize {
    crypto::HEADER_LEN + crypto::padded_len(MESSAGE_HEADER + body)
}
