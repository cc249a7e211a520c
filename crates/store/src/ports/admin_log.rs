//! What admins are told of a channel. Entries are written by the acts that they tell of, in the same transaction.

use async_trait::async_trait;
use model::admin_log::Entry;
use model::{ChannelId, UnixTime};

use crate::Result;

/// The admins' log of channels: at most `model::admin_log::ENTRIES` of each, numbered from 1 without a number given twice.
///
/// The texts that an edit keeps go with their message, and everything goes with its channel.
#[async_trait]
pub trait AdminLogStore: Send + Sync {
    /// The entries of a channel that are newer than `after` and, unless it is 0, older than `before`, newest first.
    async fn admin_log(
        &self,
        channel: ChannelId,
        before: i64,
        after: i64,
        limit: i32,
    ) -> Result<Vec<Entry>>;

    /// Forgets entries of before `until`, the oldest first, at most `limit`; answers how many.
    async fn forget_admin_log(&self, until: UnixTime, limit: i32) -> Result<usize>;
}
