//! The methods of `account`.

use crate::dispatch::Entry;

pub(super) fn entries() -> Vec<Entry> {
    Vec::new()
}
