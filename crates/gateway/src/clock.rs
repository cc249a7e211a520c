//! The two clocks, read in one place.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use mtproto::{Now, WallTime};

/// Reads the clocks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clocks {
    start: Instant,
}

impl Clocks {
    /// Monotonic time counts from here.
    pub(crate) fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// This instant.
    pub(crate) fn now(self) -> Now {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let nanos = u64::try_from(wall.as_nanos()).unwrap_or(u64::MAX);
        Now { wall: WallTime::from_unix_nanos(nanos), mono: self.start.elapsed() }
    }

    /// When a monotonic deadline comes.
    pub(crate) fn at(self, mono: std::time::Duration) -> tokio::time::Instant {
        tokio::time::Instant::from_std(self.start + mono)
    }
}

/// The system's randomness, as `mtproto` and `crypto` take it.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct SystemRandom;

impl crypto::Random for SystemRandom {
    fn fill(&mut self, out: &mut [u8]) {
        crypto_fill(out);
    }
}

/// The system's randomness for the paddings of one batch, fetched in one call.
pub(crate) struct BatchRandom {
    bytes: [u8; 1024],
    used: usize,
}

impl Default for BatchRandom {
    fn default() -> Self {
        Self { bytes: [0; 1024], used: 1024 }
    }
}

impl crypto::Random for BatchRandom {
    fn fill(&mut self, out: &mut [u8]) {
        if self.bytes.len() - self.used < out.len() {
            crypto_fill(&mut self.bytes);
            self.used = 0;
        }
        let end = self.used + out.len();
        match self.bytes.get(self.used..end) {
            Some(fresh) => {
                out.copy_from_slice(fresh);
                self.used = end;
            }
            // More than one fetch holds.
            None => crypto_fill(out),
        }
    }
}

#[expect(
    clippy::expect_used,
    reason = "without the system's generator nothing is safe, so nothing goes on"
)]
fn crypto_fill(out: &mut [u8]) {
    getrandom::fill(out).expect("the system's random generator works");
}

/// Wall time, where no gateway is at hand.
pub(crate) fn wall_now() -> WallTime {
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    WallTime::from_unix_nanos(u64::try_from(wall.as_nanos()).unwrap_or(u64::MAX))
}
