//! All public channels, in chunks of a sitemap.

use model::ChannelId;
pub use store::ports::channels::Listed;

use crate::{Core, Result};

/// Ids in one chunk.
pub const CHUNK: i64 = 5_000;

/// The numbers of the chunks that hold channels: ids are given in order, so that the newest public channel tells.
///
/// # Errors
/// Those of the store.
pub async fn chunks(core: &Core) -> Result<std::ops::RangeInclusive<i64>> {
    let all = ChannelId(0)..ChannelId(i64::MAX);
    let oldest = store::ports::channels::FIRST_CHANNEL / CHUNK;
    let newest = core.stores.channels.public_channels(all, 1).await?.pop();
    let end = newest.map_or(oldest, |channel| (channel.id.0 / CHUNK).max(oldest));
    Ok(oldest..=end)
}

/// The public channels of a chunk, newest first.
///
/// # Errors
/// Those of the store.
pub async fn channels_in_chunk(core: &Core, chunk: i64) -> Result<Vec<Listed>> {
    let start = chunk.saturating_mul(CHUNK);
    let ids = ChannelId(start)..ChannelId(start.saturating_add(CHUNK));
    let limit = i32::try_from(CHUNK).unwrap_or(i32::MAX);
    Ok(core.stores.channels.public_channels(ids, limit).await?)
}
