//! Upkeep of a store that ends with its process.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use model::UnixTime;

use super::MemoryStore;
use crate::ports::upkeep::{CheckReport, CountedTime, Counting, KeptBlob, Progress};
use crate::ports::{ExpiryKeys, UpkeepStore};
use crate::{Error, Result};

/// The count of starts.
#[derive(Default)]
pub(super) struct Upkeep {
    boot_epoch: i64,
    clock: UnixTime,
    counted: Option<CountedTime>,
}

#[async_trait]
impl UpkeepStore for MemoryStore {
    async fn next_boot_epoch(&self) -> Result<i64> {
        let upkeep = &mut self.state.lock().upkeep;
        upkeep.boot_epoch += 1;
        Ok(upkeep.boot_epoch)
    }

    async fn raise_clock(&self, at: UnixTime) -> Result<UnixTime> {
        let upkeep = &mut self.state.lock().upkeep;
        upkeep.clock = upkeep.clock.max(at);
        Ok(upkeep.clock)
    }

    async fn count_time(&self, now: UnixTime, most_s: i64) -> Result<Counting> {
        let upkeep = &mut self.state.lock().upkeep;
        let (counted, counting) = CountedTime::look(upkeep.counted, now, most_s);
        upkeep.counted = Some(counted);
        Ok(counting)
    }

    /// What lives in memory has no structure on a disk that could be damaged.
    async fn check(&self, _progress: Progress<'_>) -> Result<CheckReport> {
        Ok(CheckReport::default())
    }

    async fn backup(
        &self,
        _target: &Path,
        _keys: Arc<dyn ExpiryKeys>,
        _progress: Progress<'_>,
    ) -> Result<Vec<KeptBlob>> {
        Err(Error::Unavailable("a store in memory has no backup".to_owned()))
    }

    fn counters(&self) -> Vec<(&'static str, u64)> {
        vec![("calls", self.state.calls.load(std::sync::atomic::Ordering::Relaxed))]
    }

    async fn tidy(&self) -> Result<()> {
        Ok(())
    }
}
