//! What the operator's commands and the background work need of a store.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use model::UnixTime;
use model::media::BlobHash;

use super::expiry_keys::{EndHour, ExpiryKeys};
use crate::Result;

/// How far a long work has come, for showing.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// What `hoopoe check` found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// Boxes, logs and blobs looked at.
    pub checked: u64,
    /// One line for each fault, without user content.
    pub faults: Vec<String>,
}

/// A blob that a copy of the database names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptBlob {
    /// Address.
    pub blob: BlobHash,
    /// The hour of its end, if everything that names it ends.
    pub end: Option<EndHour>,
}

/// Time that passed while the server was looking, by a wall clock that may jump.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CountedTime {
    /// The clock when it was looked at last.
    pub seen: UnixTime,
    /// How far it went on without being counted, seconds.
    pub passed_over_s: i64,
}

/// What [`UpkeepStore::count_time`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counting {
    /// The clock, less all that was not counted.
    pub time: UnixTime,
    /// The step that was not counted this time, seconds.
    pub jump_s: Option<i64>,
}

impl CountedTime {
    /// Looks at the clock. A step of more than `most_s` is no time that passed here, and a step back takes away what was passed over
    /// before: so a jump and its correction leave everything as it was.
    #[must_use]
    pub fn look(before: Option<Self>, now: UnixTime, most_s: i64) -> (Self, Counting) {
        let before = before.unwrap_or(Self { seen: now, passed_over_s: 0 });
        let step = now.0.saturating_sub(before.seen.0);
        let jump_s = (step > most_s).then_some(step);
        let more = if step < 0 { step } else { jump_s.unwrap_or(0) };
        let passed_over_s = before.passed_over_s.saturating_add(more).max(0);
        let time = UnixTime(now.0.saturating_sub(passed_over_s));
        (Self { seen: now, passed_over_s }, Counting { time, jump_s })
    }
}

/// Upkeep of a store.
#[async_trait]
pub trait UpkeepStore: Send + Sync {
    /// Counts a start of the process, durably; never answers the same number twice.
    async fn next_boot_epoch(&self) -> Result<i64>;

    /// Notes a time that was reached, durably; answers the highest ever noted.
    async fn raise_clock(&self, at: UnixTime) -> Result<UnixTime>;

    /// Notes the wall clock's time, durably; answers what of it was [counted](CountedTime).
    async fn count_time(&self, now: UnixTime, most_s: i64) -> Result<Counting>;

    /// Verifies the store: structure of the database, pts without holes, marks within bounds.
    async fn check(&self, progress: Progress<'_>) -> Result<CheckReport>;

    /// Writes a consistent copy of the database to a new file, while work goes on. What has an end is sealed in it. Answers
    /// the blobs that the copy names; who is to copy them keeps them [from being destroyed](super::Blobs::hold_all) meanwhile.
    async fn backup(
        &self,
        target: &Path,
        keys: Arc<dyn ExpiryKeys>,
        progress: Progress<'_>,
    ) -> Result<Vec<KeptBlob>>;

    /// A number of the store's own counters (statements, commits, rows), for metrics and counted tests.
    fn counters(&self) -> Vec<(&'static str, u64)>;

    /// Truncates logs and does other work that is due.
    async fn tidy(&self) -> Result<()>;
}
