//! Wrong guesses of secrets, counted exactly over a moving day.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use model::{AuthKeyId, UnixTime};

use crate::rate_limit::Subject;
use crate::sign_in::Device;
use crate::{Core, Error, Result};

/// The window, seconds.
const DAY_S: i64 = 24 * 3600;
/// Subjects remembered before old ones are swept.
const SWEEP_AT: usize = 50_000;
/// Wrong codes and passwords of one device within 24 hours, whosever they were meant to be: two numbers' worth.
const KEY_A_DAY: usize = 30;
/// Those of one address: a household or an office guesses less, and a stranger with one address finds a code in 10,000 days.
const ADDRESS_A_DAY: usize = 100;

/// When each subject's secret was guessed wrongly, over the last 24 hours.
pub(crate) struct Guesses<K> {
    wrong: HashMap<K, VecDeque<UnixTime>>,
}

impl<K> Default for Guesses<K> {
    fn default() -> Self {
        Self { wrong: HashMap::new() }
    }
}

impl<K: Hash + Eq> Guesses<K> {
    /// Notes a wrong guess.
    pub(crate) fn note(&mut self, subject: K, now: UnixTime) {
        if self.wrong.len() >= SWEEP_AT {
            self.wrong.retain(|_, times| times.back().is_some_and(|last| last.0 + DAY_S > now.0));
        }
        let times = self.wrong.entry(subject).or_default();
        times.retain(|at| at.0 + DAY_S > now.0);
        times.push_back(now);
    }

    /// Seconds until another guess is allowed, if `most` were wrong within 24 hours.
    pub(crate) fn locked_for(&self, subject: &K, most: usize, now: UnixTime) -> Option<u32> {
        let times = self.wrong.get(subject)?;
        let recent: Vec<UnixTime> =
            times.iter().copied().filter(|at| at.0 + DAY_S > now.0).collect();
        // With one guess more than allowed on the list, the first to leave it is not the first of all.
        let first = recent.get(recent.len().checked_sub(most)?)?;
        u32::try_from(first.0 + DAY_S - now.0).ok()
    }

    /// Takes back a guess that turned out to be none.
    fn take_back(&mut self, subject: &K, at: UnixTime) {
        let Some(times) = self.wrong.get_mut(subject) else { return };
        if let Some(place) = times.iter().rposition(|noted| *noted == at) {
            times.remove(place);
        }
        if times.is_empty() {
            self.wrong.remove(subject);
        }
    }

    /// Forgets a subject's guesses: another factor proved who it is.
    pub(crate) fn clear(&mut self, subject: &K) {
        self.wrong.remove(subject);
    }
}

/// Wrong guesses by who makes them: each number and account has its own bound, which a guesser of many gets around.
#[derive(Default)]
pub(crate) struct Guessers {
    keys: Guesses<AuthKeyId>,
    addresses: Guesses<Subject>,
}

impl Guessers {
    fn locked_for(&self, device: Device, per_address: bool, now: UnixTime) -> Option<u32> {
        let key = self.keys.locked_for(&device.key, KEY_A_DAY, now);
        let address = Subject::address(device.ip);
        let address = self.addresses.locked_for(&address, ADDRESS_A_DAY, now);
        key.max(address.filter(|_| per_address))
    }
}

/// A guess of a device under way. It counts as wrong from the start, so that guesses in parallel are counted too.
#[must_use]
pub(crate) struct Guess<'a> {
    core: &'a Core,
    device: Device,
    at: UnixTime,
}

impl<'a> Guess<'a> {
    /// Begins a guess.
    ///
    /// # Errors
    /// [`Error::FloodWait`] after too many wrong ones of the device, or of its address where the policy limits addresses.
    pub(crate) fn begin(core: &'a Core, device: Device) -> Result<Self> {
        let at = core.now();
        let guessers = &mut *core.memory.guessers.lock();
        if let Some(seconds) = guessers.locked_for(device, core.policy.limit_sign_in, at) {
            return Err(Error::FloodWait(seconds));
        }
        guessers.keys.note(device.key, at);
        guessers.addresses.note(Subject::address(device.ip), at);
        Ok(Self { core, device, at })
    }

    /// Ends it: what was no wrong secret does not count.
    pub(crate) fn end<T>(self, result: Result<T>) -> Result<T> {
        let wrong = matches!(
            result,
            Err(Error::CodeInvalid | Error::PasswordInvalid | Error::RecoveryCodeInvalid)
        );
        if !wrong {
            let guessers = &mut *self.core.memory.guessers.lock();
            guessers.keys.take_back(&self.device.key, self.at);
            guessers.addresses.take_back(&Subject::address(self.device.ip), self.at);
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_and_an_address_are_locked_by_themselves() {
        let mut guessers = Guessers::default();
        let device =
            |key, ip: &str| Device { key: AuthKeyId(key), ip: ip.parse().expect("an address") };
        let now = UnixTime(1000);
        for _ in 0..KEY_A_DAY {
            guessers.keys.note(AuthKeyId(1), now);
        }
        for _ in 0..ADDRESS_A_DAY {
            guessers.addresses.note(Subject::address(device(2, "2001:db8::1").ip), now);
        }
        let locked = Some(86_400);
        assert_eq!(guessers.locked_for(device(1, "192.0.2.1"), true, now), locked);
        assert_eq!(guessers.locked_for(device(3, "192.0.2.1"), true, now), None);
        // What one customer gets is one address.
        assert_eq!(guessers.locked_for(device(3, "2001:db8:0:ff::2"), true, now), locked);
        assert_eq!(guessers.locked_for(device(3, "2001:db8:0:ff::2"), false, now), None);
        guessers.keys.take_back(&AuthKeyId(1), now);
        assert_eq!(guessers.locked_for(device(1, "192.0.2.1"), true, now), None);
    }

    #[test]
    fn the_lock_opens_when_the_first_guess_is_a_day_old() {
        let mut guesses = Guesses::default();
        for at in [100, 200, 300] {
            assert_eq!(guesses.locked_for(&1, 3, UnixTime(at)), None);
            guesses.note(1, UnixTime(at));
        }
        assert_eq!(guesses.locked_for(&1, 3, UnixTime(300)), Some(86_200));
        assert_eq!(guesses.locked_for(&1, 3, UnixTime(86_499)), Some(1));
        assert_eq!(guesses.locked_for(&1, 3, UnixTime(86_500)), None);
        guesses.note(1, UnixTime(86_500));
        assert_eq!(guesses.locked_for(&1, 3, UnixTime(86_500)), Some(100));
        assert_eq!(guesses.locked_for(&2, 3, UnixTime(86_500)), None);
        guesses.clear(&1);
        assert_eq!(guesses.locked_for(&1, 3, UnixTime(86_500)), None);
    }
}
