//! Putting frames around payloads.

use crypto::Random;

use super::{Framing, MAX_PACKET};

/// Writes frames of one kind, in one direction.
#[derive(Debug)]
pub(crate) struct Encoder {
    framing: Framing,
    /// Number of the next full frame.
    sequence: u32,
}

/// A frame that was opened in an output buffer and wants closing.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct FrameMark {
    start: usize,
    padding: usize,
}

/// What stands before a payload: up to eight bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct FrameHead {
    bytes: [u8; 8],
    len: usize,
}

impl FrameHead {
    /// The bytes.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [u8] {
        self.bytes.get_mut(..self.len).unwrap_or_default()
    }

    fn put(&mut self, bytes: &[u8]) {
        for (place, byte) in self.bytes.iter_mut().skip(self.len).zip(bytes) {
            *place = *byte;
        }
        self.len += bytes.len();
    }
}

fn pad(count: usize, rng: &mut dyn Random, out: &mut Vec<u8>) {
    let mut padding = [0; 15];
    rng.fill(&mut padding);
    out.extend(padding.iter().take(count));
}

impl FrameMark {
    /// Where the frame begins in its buffer.
    pub(crate) const fn start(self) -> usize {
        self.start
    }
}

impl Encoder {
    pub(crate) const fn new(framing: Framing) -> Self {
        Self { framing, sequence: 0 }
    }

    /// Appends what stands before a payload of `len` bytes, a multiple of 4.
    pub(crate) fn open(
        &mut self,
        len: usize,
        quick_ack: bool,
        rng: &mut dyn Random,
        out: &mut Vec<u8>,
    ) -> FrameMark {
        let start = out.len();
        let (head, padding) = self.head(len, quick_ack, rng);
        out.extend_from_slice(head.as_slice());
        FrameMark { start, padding }
    }

    /// Puts behind the payload what stands there, and answers what stands before it.
    pub(crate) fn enclose(&mut self, payload: &mut Vec<u8>, rng: &mut dyn Random) -> FrameHead {
        let (head, padding) = self.head(payload.len(), false, rng);
        match self.framing {
            Framing::Full => {
                let mut crc = crc32fast::Hasher::new();
                crc.update(head.as_slice());
                crc.update(payload);
                payload.extend_from_slice(&crc.finalize().to_le_bytes());
            }
            Framing::PaddedIntermediate => pad(padding, rng, payload),
            Framing::Abridged | Framing::Intermediate => {}
        }
        head
    }

    /// The head of the next frame, and how much padding goes behind its payload.
    fn head(&mut self, len: usize, quick_ack: bool, rng: &mut dyn Random) -> (FrameHead, usize) {
        debug_assert!(len.is_multiple_of(4) && len <= 16 * MAX_PACKET);
        let flag = u32::from(quick_ack) << 31;
        let mut head = FrameHead::default();
        let mut padding = 0;
        match self.framing {
            Framing::Abridged => {
                let words = u32::try_from(len / 4).unwrap_or(u32::MAX);
                let top = u8::from(quick_ack) << 7;
                match u8::try_from(words) {
                    Ok(short @ ..0x7f) => head.put(&[short | top]),
                    _ => {
                        let [a, b, c, _] = words.to_le_bytes();
                        head.put(&[0x7f | top, a, b, c]);
                    }
                }
            }
            Framing::Full => {
                let total = u32::try_from(len + 12).unwrap_or(u32::MAX);
                head.put(&total.to_le_bytes());
                head.put(&self.sequence.to_le_bytes());
                self.sequence = self.sequence.wrapping_add(1);
            }
            Framing::Intermediate | Framing::PaddedIntermediate => {
                if self.framing == Framing::PaddedIntermediate {
                    let mut byte = [0];
                    rng.fill(&mut byte);
                    padding = usize::from(byte[0] & 15);
                }
                let len = u32::try_from(len + padding).unwrap_or(u32::MAX) | flag;
                head.put(&len.to_le_bytes());
            }
        }
        (head, padding)
    }

    /// Appends what stands behind the payload.
    pub(crate) fn close(&self, mark: FrameMark, rng: &mut dyn Random, out: &mut Vec<u8>) {
        match self.framing {
            Framing::Full => {
                let crc = crc32fast::hash(out.get(mark.start..).unwrap_or_default());
                out.extend_from_slice(&crc.to_le_bytes());
            }
            Framing::PaddedIntermediate => pad(mark.padding, rng, out),
            Framing::Abridged | Framing::Intermediate => {}
        }
    }

    /// A quick ack as this framing writes it; the full framing has none.
    pub(crate) fn quick_ack(&self, token: u32) -> Option<[u8; 4]> {
        match self.framing {
            Framing::Abridged => Some(token.to_be_bytes()),
            Framing::Intermediate | Framing::PaddedIntermediate => Some(token.to_le_bytes()),
            Framing::Full => None,
        }
    }
}
