//! Bounds of one request: how deep, how long, how much memory.

use crate::{Error, Result};

/// Bounds of shape, the same for every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Levels of nested types.
    pub depth: u32,
    /// Elements in one vector.
    pub vector_len: usize,
}

impl Limits {
    /// For what peers send. 32 levels is four times what the deepest honest request needs (a keyboard in a quick reply);
    /// 16,384 elements is three times the largest address book that clients upload in one piece.
    pub const REQUEST: Self = Self { depth: 32, vector_len: 16_384 };
    /// For what we wrote ourselves: answers on their way to another layer. Web pages nest deeper than requests.
    pub const ANSWER: Self = Self { depth: 64, vector_len: 1 << 20 };
}

/// Memory that one request may still take, in bytes.
///
/// The allowance is [`Budget::FLOOR`] and [`Budget::PER_BYTE`] times the bytes received; everything that decoding
/// allocates, inflated streams included, is taken from it *before* it is allocated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    left: usize,
}

impl Budget {
    /// What every request may take, however short it is: a request of a few bytes still needs its struct.
    pub const FLOOR: usize = 256 * 1024;
    /// Bytes of memory for each byte received.
    pub const PER_BYTE: usize = 8;

    /// The budget of a request of `received` bytes.
    #[must_use]
    pub const fn for_request(received: usize) -> Self {
        Self { left: Self::FLOOR.saturating_add(received.saturating_mul(Self::PER_BYTE)) }
    }

    /// No bound, for bytes that we wrote ourselves.
    #[must_use]
    pub const fn unlimited() -> Self {
        Self { left: usize::MAX }
    }

    /// Exactly this many bytes.
    #[must_use]
    pub const fn of(bytes: usize) -> Self {
        Self { left: bytes }
    }

    /// Takes `bytes` from the budget.
    ///
    /// # Errors
    /// [`Error::Budget`] if less is left.
    pub const fn charge(&mut self, bytes: usize) -> Result<()> {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(Error::Budget { wanted: bytes, left: self.left }),
        }
    }

    /// Adds to the budget what the caller has bounded in another way (a file's part, by its size).
    pub const fn grant(&mut self, bytes: usize) {
        self.left = self.left.saturating_add(bytes);
    }

    /// What is left, in bytes.
    #[must_use]
    pub const fn left(&self) -> usize {
        self.left
    }
}
