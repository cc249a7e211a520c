//! How many messages of key exchanges an address may send: they cost RSA and powers before anybody is known.

use std::collections::HashMap;
use std::time::Duration;

use crate::limits::{HANDSHAKE_BURST, HANDSHAKE_ORIGINS, HANDSHAKE_REFILL};

/// A bucket for each origin, kept as the moment at which it is full again.
#[derive(Default)]
pub(crate) struct Flood {
    full_at: HashMap<u64, Duration>,
}

impl Flood {
    /// Takes one message of an origin out of its bucket; false when that is empty.
    pub(crate) fn takes(&mut self, origin: u64, now: Duration) -> bool {
        if self.full_at.len() >= HANDSHAKE_ORIGINS {
            self.full_at.retain(|_, at| *at > now);
        }
        let full_at = self.full_at.get(&origin).copied().unwrap_or_default().max(now);
        let next = full_at + HANDSHAKE_REFILL;
        if next - now > HANDSHAKE_REFILL * HANDSHAKE_BURST {
            return false;
        }
        // Without room for one more origin the bound of the pool holds alone.
        if self.full_at.len() < HANDSHAKE_ORIGINS || self.full_at.contains_key(&origin) {
            self.full_at.insert(origin, next);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_a_burst_and_then_a_pace() {
        let (mut flood, start) = (Flood::default(), Duration::from_secs(1000));
        for _ in 0..HANDSHAKE_BURST {
            assert!(flood.takes(1, start));
        }
        assert!(!flood.takes(1, start));
        assert!(flood.takes(2, start), "others have their own");
        assert!(flood.takes(1, start + HANDSHAKE_REFILL));
        assert!(!flood.takes(1, start + HANDSHAKE_REFILL));
    }
}
