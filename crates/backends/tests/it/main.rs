//! The backends pass the store's suite, and keep their promises when the disk does not.
#![cfg(test)]

mod box_costs;
mod box_model;
mod channel_audience;
mod channel_costs;
mod channel_model;
mod history_costs;
mod hot_posts;
mod reference;
mod sealed_backup;
mod search_costs;
mod secret_model;

use store::Stores;
use tempfile::TempDir;

#[expect(clippy::unused_async, reason = "the suite awaits every maker")]
async fn sqlite() -> (Stores, TempDir) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let stores = backends::open(dir.path(), backends::ViewKey::of_tools(), &|_, _| {})
        .expect("an empty folder opens");
    (stores, dir)
}

store::conformance_suite!(sqlite);
