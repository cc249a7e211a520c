//! Channels like one that somebody reads.

use model::{ChannelId, limits};

use super::visible;
use crate::{Caller, Core, Result};

/// Channels shown at most.
const SHOWN: i32 = 10;
/// Members of a channel of which anything is told.
const LEAST_MEMBERS: i32 = 10;

/// Public channels that subscribers of this one are in as well. It tells of channels only, never of people, and nobody is
/// watched for it: it is read from who is subscribed now. Of a group, of a channel that is not public or of one with few
/// subscribers nothing is told: whoever made it for one person would read what that person follows.
///
/// # Errors
/// `ChannelInvalid`, `ChannelPrivate`.
pub async fn similar(core: &Core, caller: Caller, id: ChannelId) -> Result<Vec<ChannelId>> {
    let (channel, _) = visible(core, caller.user, id).await?;
    if !channel.broadcast || channel.username.is_none() || channel.participants < LEAST_MEMBERS {
        return Ok(Vec::new());
    }
    let limit = SHOWN.min(limits::HISTORY_PAGE);
    Ok(core.stores.statistics.similar_channels(id, caller.user, limit).await?)
}
