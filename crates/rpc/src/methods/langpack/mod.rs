//! The methods of `langpack`.

use crate::dispatch::Entry;

pub(super) fn entries() -> Vec<Entry> {
    Vec::new()
}
