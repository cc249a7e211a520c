//! Up to which date the events of accounts are settled: none that is older is still to come.
//!
//! Clients name the date up to which they know account events, and nothing else. An event is stamped before it waits for its commit, so
//! that a date that was answered meanwhile would pass over it. So what is written gets no date before one that was told, and what is
//! told is no date after one that is written and not committed.

use model::UnixTime;

/// How far a date that was told holds up what is written, seconds. More is no wait for a commit: the clock went back.
const HELD_S: i64 = 600;

/// What was told, and what is under way. One for each store.
#[derive(Debug, Default)]
pub struct Settled {
    /// The latest date that was told.
    told: UnixTime,
    /// The earliest date that was given to something not committed.
    under_way: Option<UnixTime>,
}

impl Settled {
    /// The date that may be told now. Events that are read afterwards, and those from this date on that are read later, are all.
    pub fn tell(&mut self, now: UnixTime) -> UnixTime {
        self.told = if self.told.0 - now.0 > HELD_S { now } else { self.told.max(now) };
        self.under_way.map_or(now, |earliest| earliest.min(now))
    }

    /// The date of an event that is written now and was to have the date `at`.
    pub fn stamp(&mut self, at: UnixTime) -> UnixTime {
        let date = if self.told.0 - at.0 > HELD_S { at } else { self.told.max(at) };
        self.under_way = Some(self.under_way.map_or(date, |earliest| earliest.min(date)));
        date
    }

    /// Everything that was stamped is committed, or will never be.
    pub fn settle(&mut self) {
        self.under_way = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_dated_before_what_was_told() {
        let mut settled = Settled::default();
        assert_eq!(settled.stamp(UnixTime(100)), UnixTime(100));
        settled.settle();
        assert_eq!(settled.tell(UnixTime(105)), UnixTime(105));
        assert_eq!(settled.stamp(UnixTime(101)), UnixTime(105));
        assert_eq!(settled.stamp(UnixTime(106)), UnixTime(106));
    }

    #[test]
    fn nothing_is_told_past_what_is_under_way() {
        let mut settled = Settled::default();
        settled.stamp(UnixTime(102));
        settled.stamp(UnixTime(100));
        assert_eq!(settled.tell(UnixTime(105)), UnixTime(100));
        assert_eq!(settled.tell(UnixTime(99)), UnixTime(99));
        settled.settle();
        assert_eq!(settled.tell(UnixTime(106)), UnixTime(106));
    }

    /// Events would be told of again and again until their date.
    #[test]
    fn a_clock_that_went_back_leaves_no_dates_in_the_future() {
        let mut settled = Settled::default();
        settled.tell(UnixTime(1_000_000));
        assert_eq!(settled.stamp(UnixTime(100)), UnixTime(100));
        settled.settle();
        assert_eq!(settled.tell(UnixTime(101)), UnixTime(101));
        assert_eq!(settled.stamp(UnixTime(100)), UnixTime(101));
    }
}
