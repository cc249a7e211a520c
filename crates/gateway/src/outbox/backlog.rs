//! Bytes that a socket has not taken yet.

/// Bytes in order. What was written from the front is only counted off, not moved away.
#[derive(Default)]
pub(super) struct Backlog {
    bytes: Vec<u8>,
    written: usize,
}

impl Backlog {
    pub(super) fn len(&self) -> usize {
        self.bytes.len() - self.written
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What waits.
    pub(super) fn rest(&self) -> &[u8] {
        self.bytes.get(self.written..).unwrap_or_default()
    }

    /// This many bytes from the front are written. Without any left, no memory is held.
    pub(super) fn advance(&mut self, count: usize) {
        self.written += count.min(self.len());
        if self.is_empty() {
            *self = Self::default();
        }
    }

    /// Where more is appended.
    pub(super) fn end(&mut self) -> &mut Vec<u8> {
        // Rarely: as many bytes are moved as were written since the last time.
        if self.written > self.bytes.len() / 2 {
            self.bytes.drain(..self.written);
            self.written = 0;
        }
        &mut self.bytes
    }

    pub(super) fn extend(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.end().extend_from_slice(bytes);
        }
    }

    /// As [`Backlog::extend`] with `bytes` from `written` on, which stay where they are if nothing else waits.
    pub(super) fn take_in(&mut self, bytes: Vec<u8>, written: usize) {
        if self.is_empty() {
            *self = Self { written: written.min(bytes.len()), bytes };
            self.advance(0);
        } else {
            self.extend(bytes.get(written..).unwrap_or_default());
        }
    }

    /// All that waits.
    pub(super) fn take(&mut self) -> Vec<u8> {
        let Self { mut bytes, written } = std::mem::take(self);
        bytes.drain(..written);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_leave_in_the_order_in_which_they_came() {
        let mut backlog = Backlog::default();
        backlog.take_in(vec![1, 2, 3, 4], 1);
        backlog.extend(&[5]);
        backlog.advance(2);
        backlog.take_in(vec![6, 7, 8], 1);
        assert_eq!((backlog.rest(), backlog.len()), (&[4, 5, 7, 8][..], 4));
        backlog.advance(3);
        assert_eq!(backlog.take(), [8]);
        assert!(backlog.is_empty());
    }

    #[test]
    fn nothing_that_waits_holds_no_memory() {
        let mut backlog = Backlog::default();
        backlog.take_in(vec![1, 2], 2);
        assert_eq!(backlog.bytes.capacity(), 0);
        backlog.extend(&[1, 2, 3]);
        backlog.advance(3);
        assert_eq!((backlog.bytes.capacity(), backlog.written), (0, 0));
    }
}
