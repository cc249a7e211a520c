//! SQLite does what the in-memory reference does, whatever people do.

use proptest::prelude::{any, proptest};
use proptest::test_runner::Config;
use store::conformance::box_model::{Run, Step};
use store::memory::MemoryStore;

proptest! {
    #![proptest_config(Config { cases: 24, failure_persistence: None, ..Config::default() })]

    #[test]
    fn sqlite_boxes_equal_the_reference(
        steps in proptest::collection::vec(any::<Step>(), 1..100),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let (sqlite, _dir) = super::sqlite().await;
            Run::play(&[MemoryStore::stores(), sqlite], &steps).await;
        });
    }
}
