//! The system's clock and randomness, behind the ports of the services.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use model::UnixTime;

/// The system's random generator.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SystemRandom;

#[expect(
    clippy::expect_used,
    reason = "without the system's generator nothing is safe, so nothing goes on"
)]
fn fill(out: &mut [u8]) {
    getrandom::fill(out).expect("the system's random generator works");
}

impl crypto::Random for SystemRandom {
    fn fill(&mut self, out: &mut [u8]) {
        fill(out);
    }
}

impl services::ports::Entropy for SystemRandom {
    fn fill(&self, out: &mut [u8]) {
        fill(out);
    }
}

/// The system's clocks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// Monotonic time counts from here.
    pub(crate) fn start() -> Self {
        Self { started: Instant::now() }
    }
}

impl services::ports::Clock for SystemClock {
    fn now(&self) -> UnixTime {
        UnixTime(self.now_ms() / 1000)
    }

    fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    fn monotonic_ms(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}
