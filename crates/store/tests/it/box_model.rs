//! Devices that follow the events of the in-memory reference end with what it has.

use proptest::prelude::{any, proptest};
use proptest::test_runner::Config;
use store::conformance::box_model::{Run, Step};
use store::memory::MemoryStore;

proptest! {
    #![proptest_config(Config { cases: 100, failure_persistence: None, ..Config::default() })]

    #[test]
    fn devices_end_with_what_the_server_has(
        steps in proptest::collection::vec(any::<Step>(), 1..120),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(Run::play(&[MemoryStore::stores()], &steps));
    }
}
