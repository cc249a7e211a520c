//! The methods of `bots`.

use crate::dispatch::Entry;

pub(super) fn entries() -> Vec<Entry> {
    Vec::new()
}
