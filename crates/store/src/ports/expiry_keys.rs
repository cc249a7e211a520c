//! Keys of the hours in which things end.
//!
//! A copy of the store that is kept elsewhere, a backup, cannot be swept. What has a known end is sealed in it with the key of
//! the hour of that end; the keys stay with the store and are destroyed as their hours pass, and with a key goes everything
//! that it sealed, wherever the copies are (docs/adr/0012-backups-are-sealed-by-the-hour.md).

use model::UnixTime;

use crate::Result;

const HOUR_S: i64 = 3600;

/// The hour in which something ends, counted from 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndHour(pub i64);

impl EndHour {
    /// The hour of an end.
    #[must_use]
    pub const fn of(end: UnixTime) -> Self {
        Self(end.0.div_euclid(HOUR_S))
    }

    /// Whether all of it is over.
    #[must_use]
    pub const fn is_past(self, now: UnixTime) -> bool {
        self.0 < Self::of(now).0
    }
}

/// A key for each hour. The methods wait for the disk: call them where that is allowed.
pub trait ExpiryKeys: Send + Sync {
    /// Seals bytes with the key of an hour, which is made, durably, at its first use. `context` says what they are, and has to
    /// be given again.
    ///
    /// # Errors
    /// `NotFound` for an hour that [was over](Self::destroy_past) and has no key; `Unavailable` if a new key cannot be kept.
    fn seal(&self, hour: EndHour, context: &[u8], plain: &[u8]) -> Result<Vec<u8>>;

    /// Opens what [`seal`](Self::seal) made.
    ///
    /// # Errors
    /// `NotFound` if the hour's key is not there; `Corrupt` for changed bytes or another context.
    fn open(&self, hour: EndHour, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>>;

    /// Destroys the keys of all hours that are over. Answers how many.
    ///
    /// # Errors
    /// `Unavailable` if one could not be destroyed.
    fn destroy_past(&self, now: UnixTime) -> Result<usize>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_past_when_its_last_second_is() {
        let hour = EndHour::of(UnixTime(7200));
        assert_eq!(hour, EndHour::of(UnixTime(10_799)));
        assert!(!hour.is_past(UnixTime(10_799)));
        assert!(hour.is_past(UnixTime(10_800)));
        assert_eq!(EndHour::of(UnixTime(-1)), EndHour(-1));
    }
}
