//! Wrong guesses of secrets, counted exactly over a moving day.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use model::UnixTime;

/// The window, seconds.
const DAY_S: i64 = 24 * 3600;
/// Subjects remembered before old ones are swept.
const SWEEP_AT: usize = 50_000;

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

    /// Forgets a subject's guesses: another factor proved who it is.
    pub(crate) fn clear(&mut self, subject: &K) {
        self.wrong.remove(subject);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
