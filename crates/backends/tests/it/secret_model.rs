//! SQLite does what the in-memory reference does, whatever devices do with their secret chats.

use proptest::prelude::{any, proptest};
use proptest::test_runner::{Config, RngSeed};
use store::conformance::secret_model::{Step, play};
use store::memory::MemoryStore;

proptest! {
    #![proptest_config(Config {
        cases: 24, failure_persistence: None, rng_seed: RngSeed::Fixed(4), ..Config::default()
    })]

    #[test]
    fn sqlite_secret_chats_equal_the_reference(
        steps in proptest::collection::vec(any::<Step>(), 1..150),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let (sqlite, _dir) = super::sqlite().await;
            play(&[MemoryStore::stores(), sqlite], &steps).await;
        });
    }
}
