//! The in-memory reference passes the suite.
#![cfg(test)]

mod box_model;

use store::Stores;
use store::memory::MemoryStore;

#[expect(clippy::unused_async, reason = "the suite awaits every maker")]
async fn memory() -> (Stores, ()) {
    (MemoryStore::stores(), ())
}

store::conformance_suite!(memory);
