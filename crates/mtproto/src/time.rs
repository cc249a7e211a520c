//! Time as an argument, and the message ids made of it.

use std::time::Duration;

/// Wall time: nanoseconds since the Unix epoch. Message ids, salts and expiry need it; timeouts do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct WallTime(u64);

impl WallTime {
    /// From nanoseconds since the Unix epoch.
    #[must_use]
    pub const fn from_unix_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// From whole seconds since the Unix epoch.
    #[must_use]
    pub const fn from_unix_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1_000_000_000))
    }

    /// Nanoseconds since the Unix epoch.
    #[must_use]
    pub const fn unix_nanos(self) -> u64 {
        self.0
    }

    /// Whole seconds since the Unix epoch.
    #[must_use]
    pub const fn unix_secs(self) -> u64 {
        self.0 / 1_000_000_000
    }

    /// Seconds as the protocol's `int`, pinned to its range.
    #[must_use]
    pub fn tl_date(self) -> i32 {
        i32::try_from(self.unix_secs()).unwrap_or(i32::MAX)
    }

    /// This time and `span` more.
    #[must_use]
    pub fn after(self, span: Duration) -> Self {
        let nanos = u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(nanos))
    }

    /// This time less `span`, the epoch at the least.
    #[must_use]
    pub fn before(self, span: Duration) -> Self {
        let nanos = u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
        Self(self.0.saturating_sub(nanos))
    }

    /// The lowest message id of this instant: unix time * 2^32, with the two low bits clear.
    #[must_use]
    pub fn msg_id(self) -> i64 {
        let secs = self.unix_secs() & 0x7fff_ffff;
        let fraction = ((self.0 % 1_000_000_000) << 32) / 1_000_000_000;
        i64::try_from((secs << 32) | (fraction & !3)).unwrap_or(i64::MAX & !3)
    }
}

/// The two clocks of one instant. `mono` counts from any fixed start and never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Now {
    /// Wall time.
    pub wall: WallTime,
    /// Monotonic time since a start that the caller chose.
    pub mono: Duration,
}

/// Makes message ids that strictly increase, even when the wall clock goes back.
///
/// <https://core.telegram.org/mtproto/description#message-identifier-msg-id>: a server's answers are 1 modulo 4, what it
/// says unasked is 3 modulo 4, a client's messages are 0 modulo 4.
#[derive(Debug, Clone, Copy, Default)]
pub struct MsgIds {
    last: i64,
}

impl MsgIds {
    /// A generator that has given nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { last: 0 }
    }

    /// An id for an answer to a client's message: 1 modulo 4.
    pub fn answer(&mut self, wall: WallTime) -> i64 {
        self.next(wall, 1)
    }

    /// An id for what the server says unasked: 3 modulo 4.
    pub fn notice(&mut self, wall: WallTime) -> i64 {
        self.next(wall, 3)
    }

    /// An id for a client's message: 0 modulo 4.
    pub fn client(&mut self, wall: WallTime) -> i64 {
        self.next(wall, 0)
    }

    fn next(&mut self, wall: WallTime, remainder: i64) -> i64 {
        let fresh = wall.msg_id() | remainder;
        let id =
            if fresh > self.last { fresh } else { (self.last & !3).saturating_add(4) | remainder };
        self.last = id;
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_increase_when_the_clock_goes_back() {
        let mut ids = MsgIds::new();
        let late = ids.answer(WallTime::from_unix_secs(2_000));
        let early = ids.notice(WallTime::from_unix_secs(1_000));
        assert!(early > late);
        assert_eq!((late % 4, early % 4), (1, 3));
    }

    #[test]
    fn an_id_holds_seconds_in_its_upper_half() {
        let half = WallTime::from_unix_nanos(7_500_000_000);
        assert_eq!(half.msg_id(), (7 << 32) | (1 << 31));
    }
}
