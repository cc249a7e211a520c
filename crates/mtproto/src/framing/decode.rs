//! Cutting frames out of a buffer.
//!
//! ```text
//! abridged      n 1 (words; 7f: n in 3 more bytes) | payload          top bit of n: quick ack wanted
//! intermediate  n 4 (bytes) | payload                                 top bit of n: quick ack wanted
//! padded        n 4 (bytes) | payload | padding 0 to 15               top bit of n: quick ack wanted
//! full          n 4 (bytes, all of it) | seq 4 | payload | crc-32 4   over n, seq and payload
//! ```

use core::ops::Range;

use super::{CloseReason, Framing, MAX_PACKET};

/// Reads frames of one kind, in one direction.
#[derive(Debug)]
pub(crate) struct Decoder {
    framing: Framing,
    /// Number of the next full frame.
    sequence: u32,
    /// Towards a client a set top bit is a quick ack itself; towards a server it asks for one.
    for_client: bool,
}

/// What the front of the buffer holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// A frame of `total` bytes with this payload.
    Frame {
        payload: Range<usize>,
        total: usize,
        quick_ack: bool,
    },
    /// A quick ack of four bytes, towards a client only.
    QuickAck(u32),
    Incomplete,
    Close(CloseReason),
}

impl Decoder {
    pub(crate) const fn new(framing: Framing, for_client: bool) -> Self {
        Self { framing, sequence: 0, for_client }
    }

    /// Looks at the front of `buffer`. The caller drops `total` bytes (four for a quick ack) before the next call.
    pub(crate) fn cut(&mut self, buffer: &[u8]) -> Cut {
        let Some(&first) = buffer.first() else {
            return Cut::Incomplete;
        };
        if self.framing == Framing::Abridged {
            return self.abridged(first, buffer);
        }
        let Some(word) = buffer.first_chunk::<4>() else {
            return Cut::Incomplete;
        };
        let word = u32::from_le_bytes(*word);
        if self.framing == Framing::Full {
            return self.full(word, buffer);
        }
        if self.for_client && word >> 31 == 1 {
            return Cut::QuickAck(word);
        }
        self.measured(word & 0x7fff_ffff, 4, word >> 31 == 1, buffer)
    }

    fn abridged(&self, first: u8, buffer: &[u8]) -> Cut {
        if self.for_client && first >> 7 == 1 {
            return buffer
                .first_chunk()
                .map_or(Cut::Incomplete, |word| Cut::QuickAck(u32::from_be_bytes(*word)));
        }
        let quick_ack = first >> 7 == 1;
        match (first & 0x7f, buffer) {
            (0x7f, &[_, a, b, c, ..]) => {
                self.measured(u32::from_le_bytes([a, b, c, 0]) * 4, 4, quick_ack, buffer)
            }
            (0x7f, _) => Cut::Incomplete,
            (words, _) => self.measured(u32::from(words) * 4, 1, quick_ack, buffer),
        }
    }

    /// A payload of `len` bytes behind a head of `head`.
    fn measured(&self, len: u32, head: usize, quick_ack: bool, buffer: &[u8]) -> Cut {
        let len = match self.length(len) {
            Ok(len) => len,
            Err(reason) => return Cut::Close(reason),
        };
        let total = head + len;
        let Some(payload) = buffer.get(head..total) else {
            return Cut::Incomplete;
        };
        let padding =
            if self.framing == Framing::PaddedIntermediate { padding(payload) } else { 0 };
        Cut::Frame { payload: head..total - padding, total, quick_ack }
    }

    fn full(&mut self, word: u32, buffer: &[u8]) -> Cut {
        let total = match word
            .checked_sub(12)
            .ok_or(CloseReason::Length)
            .and_then(|len| self.length(len))
        {
            Ok(len) => len + 12,
            Err(reason) => return Cut::Close(reason),
        };
        let Some((covered, crc)) = buffer.get(..total).and_then(<[u8]>::split_last_chunk::<4>)
        else {
            return Cut::Incomplete;
        };
        if crc32fast::hash(covered).to_le_bytes() != *crc {
            return Cut::Close(CloseReason::Crc);
        }
        if covered.get(4..8) != Some(&self.sequence.to_le_bytes()) {
            return Cut::Close(CloseReason::Sequence);
        }
        self.sequence = self.sequence.wrapping_add(1);
        Cut::Frame { payload: 8..total - 4, total, quick_ack: false }
    }

    fn length(&self, len: u32) -> Result<usize, CloseReason> {
        let words_only = self.framing != Framing::PaddedIntermediate;
        let len = usize::try_from(len).map_err(|_| CloseReason::TooLong)?;
        match len {
            ..4 => Err(CloseReason::Length),
            _ if len > MAX_PACKET => Err(CloseReason::TooLong),
            _ if words_only && !len.is_multiple_of(4) => Err(CloseReason::Length),
            _ => Ok(len),
        }
    }
}

/// How many bytes at the end of a padded payload are padding.
///
/// The frame does not say; the payload does: an encrypted packet is a header and whole blocks, a plain message names its
/// length, and a transport error has four bytes.
fn padding(payload: &[u8]) -> usize {
    let len = payload.len();
    let real = match payload.first_chunk::<20>() {
        None => 4,
        Some(head) if head[..8] == [0; 8] => {
            let body = u32::from_le_bytes([head[16], head[17], head[18], head[19]]);
            usize::try_from(body).unwrap_or(usize::MAX).saturating_add(20)
        }
        Some(_) if len < 24 => 4,
        Some(_) => len - (len - 24) % 16,
    };
    // A plain message that lies about its length keeps its padding, and is refused for it above.
    len.checked_sub(real).filter(|padding| *padding < 16).unwrap_or_default()
}
