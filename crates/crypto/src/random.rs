//! Randomness as an argument.

/// A source of random bytes. In production the system's generator; in tests and simulation a seeded one.
///
/// Implemented for closures: `&mut |out: &mut [u8]| ...`.
pub trait Random {
    /// Fills `out` with random bytes.
    fn fill(&mut self, out: &mut [u8]);
}

impl<F: FnMut(&mut [u8])> Random for F {
    fn fill(&mut self, out: &mut [u8]) {
        self(out);
    }
}
