//! Channels and supergroups: made, described, joined, managed. Their messages go through `messages`, like all others.

use model::channel::{Channel, Participant};
use model::{ChannelId, UserId};

use crate::{Core, Error, Result};

/// A channel that `viewer` may read, and their relation to it.
///
/// # Errors
/// `ChannelInvalid` if it does not exist; `ChannelPrivate` if the viewer may not read it (not public, banned, deleted).
pub async fn visible(core: &Core, viewer: UserId, channel: ChannelId) -> Result<(Channel, Option<Participant>)> {
    let (channel, participant) = known(core, viewer, channel).await?;
    channel.check_view(participant.as_ref(), core.now()).map_err(|_| Error::ChannelPrivate)?;
    Ok((channel, participant))
}

/// A channel that exists and was not deleted, with the viewer's relation to it, whether they may read it or not.
///
/// # Errors
/// `ChannelInvalid`; `ChannelPrivate` if it was deleted.
pub async fn known(core: &Core, viewer: UserId, channel: ChannelId) -> Result<(Channel, Option<Participant>)> {
    let found = core.stores.channels.channels(&[channel]).await?.pop().ok_or(Error::ChannelInvalid)?;
    if found.deleted {
        return Err(Error::ChannelPrivate);
    }
    let participant = core.stores.channels.participant(channel, viewer).await?;
    Ok((found, participant))
}
