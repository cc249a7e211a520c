//! The methods of `users`.

use crate::dispatch::Entry;

pub(super) fn entries() -> Vec<Entry> {
    Vec::new()
}
