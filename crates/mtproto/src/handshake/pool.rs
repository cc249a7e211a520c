//! What the works of key exchanges draw on: the server's RSA keys, and pairs (a, g^a) made ahead of time.

use std::time::Duration;

use crypto::{DhPair, RsaKeyPair};

use super::limits::ANSWER_TICK;

/// The server's RSA keys; there is at least one.
#[derive(Debug)]
pub struct Keys {
    first: RsaKeyPair,
    more: Vec<RsaKeyPair>,
}

impl Keys {
    /// The key that new clients are built with, and older ones that are still accepted.
    #[must_use]
    pub const fn new(first: RsaKeyPair, more: Vec<RsaKeyPair>) -> Self {
        Self { first, more }
    }

    /// The fingerprints, the first key's first: what resPQ offers.
    #[must_use]
    pub fn fingerprints(&self) -> Vec<i64> {
        self.iter().map(RsaKeyPair::fingerprint).collect()
    }

    /// All keys, the first one first.
    pub fn iter(&self) -> impl Iterator<Item = &RsaKeyPair> {
        core::iter::once(&self.first).chain(&self.more)
    }

    /// The key of this fingerprint, or the first one together with `false`: the work is done all the same.
    pub(super) fn find(&self, fingerprint: i64) -> (&RsaKeyPair, bool) {
        self.iter()
            .find(|key| key.fingerprint() == fingerprint)
            .map_or((&self.first, false), |key| (key, true))
    }
}

/// Pairs (a, g^a) that an idle core makes beforehand. Each is used once and wiped; none is stored.
#[derive(Debug)]
pub struct DhPool {
    pairs: Vec<DhPair>,
    capacity: usize,
}

impl DhPool {
    /// An empty pool that wants `capacity` pairs.
    #[must_use]
    pub const fn new(capacity: usize) -> Self {
        Self { pairs: Vec::new(), capacity }
    }

    /// Whether an idle core should make another one.
    #[must_use]
    pub const fn wants_more(&self) -> bool {
        self.pairs.len() < self.capacity
    }

    /// Takes in a fresh pair from [`DhPair::generate`]; beyond the capacity it is dropped.
    pub fn put(&mut self, pair: DhPair) {
        if self.wants_more() {
            self.pairs.push(pair);
        }
    }

    /// Takes a pair out for one exchange. `None` when the pool is empty: the work then makes its own.
    pub fn take(&mut self) -> Option<DhPair> {
        self.pairs.pop()
    }

    /// Pairs in stock.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }
}

/// The monotonic time at which the answer to a work that ended at `mono` leaves: the next multiple of 25 ms.
#[must_use]
pub fn answer_tick(mono: Duration) -> Duration {
    let tick = ANSWER_TICK.as_nanos();
    let next = mono.as_nanos().div_ceil(tick).saturating_mul(tick);
    u64::try_from(next).map_or(mono, Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_leave_on_the_next_tick() {
        let at = Duration::from_millis;
        assert_eq!(answer_tick(at(0)), at(0));
        assert_eq!(answer_tick(at(1)), at(25));
        assert_eq!(answer_tick(at(25)), at(25));
        assert_eq!(answer_tick(at(51)), at(75));
    }

    #[test]
    fn a_pool_gives_each_pair_once_and_keeps_its_bound() {
        let mut state = 0_u8;
        let mut rng = |out: &mut [u8]| {
            state = state.wrapping_add(1);
            out.fill(state);
        };
        let mut pool = DhPool::new(1);
        pool.put(DhPair::generate(&mut rng).unwrap());
        pool.put(DhPair::generate(&mut rng).unwrap());
        assert!(!pool.wants_more());
        assert!(pool.take().is_some());
        assert!(pool.take().is_none());
    }
}
