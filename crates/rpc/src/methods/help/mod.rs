//! The methods of `help`.

use crate::dispatch::Entry;

pub(super) fn entries() -> Vec<Entry> {
    Vec::new()
}
