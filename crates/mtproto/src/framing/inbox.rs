//! Bytes that were read and not yet used.

use core::ops::Range;

/// A buffer that is eaten from the front without moving its rest each time.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    buffer: Vec<u8>,
    used: usize,
}

impl Inbox {
    /// Appends, and gives what was appended for decryption in place.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> &mut [u8] {
        let start = self.buffer.len();
        self.buffer.extend_from_slice(bytes);
        self.buffer.get_mut(start..).unwrap_or_default()
    }

    /// What is not used yet.
    pub(crate) fn rest(&self) -> &[u8] {
        self.buffer.get(self.used..).unwrap_or_default()
    }

    pub(crate) fn rest_mut(&mut self) -> &mut [u8] {
        self.buffer.get_mut(self.used..).unwrap_or_default()
    }

    pub(crate) fn skip(&mut self, bytes: usize) {
        self.used = self.used.saturating_add(bytes).min(self.buffer.len());
    }

    /// Takes a frame of `total` bytes off the front and gives its payload, without a copy when it is all there is.
    pub(crate) fn take(&mut self, payload: Range<usize>, total: usize) -> Vec<u8> {
        if self.used == 0 && self.buffer.len() == total {
            let mut whole = core::mem::take(&mut self.buffer);
            whole.truncate(payload.end);
            whole.drain(..payload.start);
            return whole;
        }
        let bytes = self.rest().get(payload).unwrap_or_default().to_vec();
        self.skip(total);
        bytes
    }

    /// Moves the rest to the front, once a round of reading. An empty buffer gives its memory back: most connections are
    /// idle most of the time.
    pub(crate) fn settle(&mut self) {
        if self.used == self.buffer.len() {
            self.clear();
        } else {
            self.buffer.drain(..self.used);
            self.used = 0;
        }
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn into_rest(mut self) -> Vec<u8> {
        self.settle();
        self.buffer
    }
}
