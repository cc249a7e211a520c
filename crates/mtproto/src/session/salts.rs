//! Server salts: what binds a packet to half an hour and to this boot.

use core::fmt;

use crypto::hmac_sha256;
use zeroize::Zeroizing;

use super::limits::{MAX_FUTURE_SALTS, MIN_FUTURE_SALTS, SALT_SLOT};
use crate::WallTime;

/// How early before its slot a salt is taken already: clocks of clients differ.
const EARLY_SECS: u64 = 60;

/// The source of all salts of this node and boot.
///
/// A salt is HMAC(node secret, `auth_key_id` | slot of 30 minutes | boot epoch). After a restart every old salt is refused,
/// and recorded packets with it, although the window of seen message ids is gone.
pub struct Salts {
    secret: Zeroizing<[u8; 32]>,
    boot_epoch: u64,
}

/// The salt that a key exchange ends with, as long as this boot lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstSalt {
    /// [`Established::first_salt`](crate::handshake::Established::first_salt).
    pub salt: i64,
    /// When the key was made. The salt is taken for an hour, as long as any other.
    pub made: WallTime,
}

/// A salt with its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FutureSalt {
    /// Unix time from which to use it.
    pub valid_since: i32,
    /// Unix time until which it is taken.
    pub valid_until: i32,
    /// The salt.
    pub salt: i64,
}

impl Salts {
    /// `boot_epoch` has to differ for every start of the process: a counter in the store, or the time of start.
    #[must_use]
    pub fn new(node_secret: [u8; 32], boot_epoch: u64) -> Self {
        Self { secret: Zeroizing::new(node_secret), boot_epoch }
    }

    /// The salt of this moment.
    #[must_use]
    pub fn current(&self, auth_key_id: u64, now: WallTime) -> i64 {
        self.of_slot(auth_key_id, slot(now))
    }

    /// Whether a message with this salt is taken: the current slot's, the one before, or the next a minute early.
    #[must_use]
    pub fn accepts(
        &self,
        auth_key_id: u64,
        salt: i64,
        now: WallTime,
        first: Option<FirstSalt>,
    ) -> bool {
        let slot = slot(now);
        let is_early = now.unix_secs() % SALT_SLOT.as_secs() >= SALT_SLOT.as_secs() - EARLY_SECS;
        salt == self.of_slot(auth_key_id, slot)
            || salt == self.of_slot(auth_key_id, slot.wrapping_sub(1))
            || (is_early && salt == self.of_slot(auth_key_id, slot + 1))
            || first
                .is_some_and(|first| salt == first.salt && now < first.made.after(SALT_SLOT * 2))
    }

    /// The salts of this slot and the following ones: at least 2, at most 64.
    #[must_use]
    pub fn future(&self, auth_key_id: u64, now: WallTime, count: i32) -> Vec<FutureSalt> {
        let count = u64::try_from(count).unwrap_or(0).clamp(MIN_FUTURE_SALTS, MAX_FUTURE_SALTS);
        let first = slot(now);
        (first..first + count)
            .map(|slot| FutureSalt {
                valid_since: start_of(slot),
                valid_until: start_of(slot + 2),
                salt: self.of_slot(auth_key_id, slot),
            })
            .collect()
    }

    pub(super) fn of_slot(&self, auth_key_id: u64, slot: u64) -> i64 {
        let parts = [auth_key_id.to_le_bytes(), slot.to_le_bytes(), self.boot_epoch.to_le_bytes()];
        let mac = hmac_sha256(self.secret.as_slice(), &[&parts[0], &parts[1], &parts[2]]);
        let mut salt = [0; 8];
        for (to, from) in salt.iter_mut().zip(mac) {
            *to = from;
        }
        i64::from_le_bytes(salt)
    }
}

impl fmt::Debug for Salts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salts(<redacted>)")
    }
}

pub(super) const fn slot(now: WallTime) -> u64 {
    now.unix_secs() / SALT_SLOT.as_secs()
}

fn start_of(slot: u64) -> i32 {
    i32::try_from(slot * SALT_SLOT.as_secs()).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: u64 = 7;

    fn salts() -> Salts {
        Salts::new([1; 32], 1)
    }

    fn at(secs: u64) -> WallTime {
        WallTime::from_unix_secs(1_800_000_000 + secs)
    }

    #[test]
    fn a_salt_outlives_its_slot_by_one_slot() {
        let salt = salts().current(KEY, at(10));
        assert!(salts().accepts(KEY, salt, at(1799), None));
        assert!(salts().accepts(KEY, salt, at(3599), None));
        assert!(!salts().accepts(KEY, salt, at(3600), None));
    }

    #[test]
    fn the_next_salt_is_taken_a_minute_early() {
        let salt = salts().current(KEY, at(1800));
        assert!(!salts().accepts(KEY, salt, at(1739), None));
        assert!(salts().accepts(KEY, salt, at(1740), None));
    }

    #[test]
    fn salts_differ_by_key_and_boot() {
        let salt = salts().current(KEY, at(0));
        assert!(!salts().accepts(KEY + 1, salt, at(0), None));
        assert!(!Salts::new([1; 32], 2).accepts(KEY, salt, at(0), None));
        assert!(!Salts::new([2; 32], 1).accepts(KEY, salt, at(0), None));
    }

    #[test]
    fn the_first_salt_lasts_an_hour() {
        let first = Some(FirstSalt { salt: 99, made: at(100) });
        assert!(salts().accepts(KEY, 99, at(3699), first));
        assert!(!salts().accepts(KEY, 99, at(3700), first));
        assert!(!salts().accepts(KEY, 99, at(100), None));
    }

    #[test]
    fn future_salts_overlap_and_are_at_least_two() {
        for (asked, given) in [(-5, 2), (0, 2), (1, 2), (10, 10), (1000, 64)] {
            let list = salts().future(KEY, at(10), asked);
            assert_eq!(list.len(), given);
            for pair in list.windows(2) {
                assert_eq!(pair[1].valid_since - pair[0].valid_since, 1800);
                assert!(pair[0].valid_until > pair[1].valid_since);
            }
            assert_eq!(list[0].salt, salts().current(KEY, at(10)));
        }
    }
}
