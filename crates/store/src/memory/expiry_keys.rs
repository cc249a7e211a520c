//! Keys of hours that end with their process.

use std::collections::BTreeMap;

use model::UnixTime;
use parking_lot::Mutex;

use crate::ports::expiry_keys::{EndHour, ExpiryKeys};
use crate::{Error, Result};

/// The reference: a number stands for a key, and what is sealed is readable, as it never leaves the process.
#[derive(Default)]
pub struct LocalExpiryKeys {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    last: u64,
    /// Hours before this one are over.
    current: Option<EndHour>,
    keys: BTreeMap<EndHour, u64>,
}

fn header(key: u64, context: &[u8]) -> Vec<u8> {
    let mut header = key.to_le_bytes().to_vec();
    header.extend(u64::try_from(context.len()).unwrap_or(u64::MAX).to_le_bytes());
    header.extend_from_slice(context);
    header
}

impl ExpiryKeys for LocalExpiryKeys {
    fn seal(&self, hour: EndHour, context: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let state = &mut *self.state.lock();
        if state.current.is_some_and(|current| hour < current) && !state.keys.contains_key(&hour) {
            return Err(Error::NotFound);
        }
        let key = *state.keys.entry(hour).or_insert_with(|| {
            state.last += 1;
            state.last
        });
        let mut sealed = header(key, context);
        sealed.extend_from_slice(plain);
        Ok(sealed)
    }

    fn open(&self, hour: EndHour, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        let key = self.state.lock().keys.get(&hour).copied().ok_or(Error::NotFound)?;
        let plain = sealed.strip_prefix(header(key, context).as_slice());
        plain.map(<[u8]>::to_vec).ok_or_else(|| Error::Corrupt("not sealed by this key".to_owned()))
    }

    fn destroy_past(&self, now: UnixTime) -> Result<usize> {
        let state = &mut *self.state.lock();
        state.current = state.current.max(Some(EndHour::of(now)));
        let before = state.keys.len();
        state.keys.retain(|hour, _| !hour.is_past(now));
        Ok(before - state.keys.len())
    }
}
