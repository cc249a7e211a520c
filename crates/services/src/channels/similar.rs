//! Channels like one that somebody reads.

use model::{ChannelId, limits};

use super::visible;
use crate::{Caller, Core, Result};

/// Channels shown at most.
const SHOWN: i32 = 10;

/// Public channels that subscribers of this one are in as well. It tells of channels only, never of people, and nobody is
/// watched for it: it is read from who is subscribed now.
///
/// # Errors
/// `ChannelInvalid`, `ChannelPrivate`.
pub async fn similar(core: &Core, caller: Caller, id: ChannelId) -> Result<Vec<ChannelId>> {
    visible(core, caller.user, id).await?;
    let limit = SHOWN.min(limits::HISTORY_PAGE);
    Ok(core.stores.statistics.similar_channels(id, caller.user, limit).await?)
}
