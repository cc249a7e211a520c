//! What the targets share: a seeded generator, a clock that stands, and bytes taken off an input's front.

use std::time::Duration;

use mtproto::{Now, WallTime};

/// Repeats itself for the same seed.
#[derive(Debug)]
pub struct Seeded(pub u64);

impl crypto::Random for Seeded {
    fn fill(&mut self, out: &mut [u8]) {
        for byte in out {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            *byte = self.0.to_be_bytes()[0];
        }
    }
}

/// A moment `secs` seconds after the start of virtual time.
#[must_use]
pub fn at(secs: u64) -> Now {
    Now { wall: WallTime::from_unix_secs(1_800_000_000 + secs), mono: Duration::from_secs(secs) }
}

/// An input that is eaten from its front; what is missing is zero.
#[derive(Debug)]
pub struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        self.array::<1>()[0]
    }

    /// The next `N` bytes.
    pub fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        let taken = self.bytes(N);
        out[..taken.len()].copy_from_slice(taken);
        out
    }

    /// The next bytes, `len` at most.
    pub fn bytes(&mut self, len: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(len.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// Whether nothing is left.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
