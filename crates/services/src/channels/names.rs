//! Public names of channels, and links to their messages.

use model::channel::{Channel, Participant};
use model::event::AccountEvent;
use model::rights::Denial;
use model::{ChannelId, MessageId, Peer};

use super::{tell_everyone, visible};
use crate::{Caller, Core, Error, Result, messages, profile};

/// Public channels that one account may own, as the official server has it (`channels_public_limit_default`).
pub(super) const PUBLIC_PER_OWNER: usize = 10;

fn check_owner(caller: Caller, channel: &Channel, row: Option<&Participant>) -> Result<()> {
    let owns = channel.creator == caller.user && row.is_some_and(Participant::is_member);
    if owns { Ok(()) } else { Err(Error::Denied(Denial::AdminRequired)) }
}

/// Whether a public name could be taken for a channel. `None` asks for a channel that is to be made.
///
/// # Errors
/// `UsernameInvalid`, `PublicChannelsTooMuch`, `ChannelInvalid`, `ChannelPrivate`, `Denied`.
pub async fn is_free(
    core: &Core,
    caller: Caller,
    channel: Option<ChannelId>,
    name: &str,
) -> Result<bool> {
    if let Some(channel) = channel {
        let (channel, row) = visible(core, caller.user, channel).await?;
        check_owner(caller, &channel, row.as_ref())?;
        check_room(core, caller, &channel).await?;
    }
    profile::check_username(name)?;
    let owner = core.stores.accounts.resolve_username(name).await?;
    Ok(owner.is_none_or(|owner| Some(owner) == channel.map(Peer::Channel)))
}

/// A channel's public name, for its owner.
///
/// # Errors
/// `ChannelInvalid`, `ChannelPrivate`, `Denied`.
pub async fn own(core: &Core, caller: Caller, id: ChannelId) -> Result<Option<String>> {
    let (channel, row) = visible(core, caller.user, id).await?;
    check_owner(caller, &channel, row.as_ref())?;
    Ok(channel.username)
}

/// Sets a channel's public name; an empty one clears it. The owner only.
///
/// # Errors
/// `UsernameInvalid`, `UsernameOccupied`, `PublicChannelsTooMuch`, `NotModified`, `ChannelInvalid`, `ChannelPrivate`, `Denied`.
pub async fn set(core: &Core, caller: Caller, id: ChannelId, name: &str) -> Result<AccountEvent> {
    let (channel, row) = visible(core, caller.user, id).await?;
    check_owner(caller, &channel, row.as_ref())?;
    let name = name.trim_start_matches('@');
    if !name.is_empty() {
        profile::check_username(name)?;
        check_room(core, caller, &channel).await?;
    }
    let new = Some(name.to_owned()).filter(|name| !name.is_empty());
    let channels = &core.stores.channels;
    match channels.set_channel_username(id, caller.user, new, core.now()).await {
        Err(store::Error::Conflict) => return Err(Error::UsernameOccupied),
        set => set?,
    }
    tell_everyone(core, caller, &channel, AccountEvent::Channel { channel: id }).await
}

/// A channel that is public already may change its name whatever the number of others.
async fn check_room(core: &Core, caller: Caller, channel: &Channel) -> Result<()> {
    if channel.username.is_some() {
        return Ok(());
    }
    check_limit(core, caller).await
}

/// Whether the caller may make one more channel public.
///
/// # Errors
/// `PublicChannelsTooMuch`.
pub async fn check_limit(core: &Core, caller: Caller) -> Result<()> {
    let public = core.stores.channels.public_channels_of(caller.user).await?;
    if public.len() < PUBLIC_PER_OWNER { Ok(()) } else { Err(Error::PublicChannelsTooMuch) }
}

/// The public channels that the caller owns.
///
/// # Errors
/// Those of the store.
pub async fn owned_public(core: &Core, caller: Caller) -> Result<Vec<ChannelId>> {
    Ok(core.stores.channels.public_channels_of(caller.user).await?)
}

/// A link to a message, by the channel's public name or else its number: that one opens only for members.
///
/// # Errors
/// `MessageIdInvalid`, `ChannelInvalid`, `ChannelPrivate`.
pub async fn message_link(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    message: MessageId,
) -> Result<String> {
    let (channel, _) = visible(core, caller.user, id).await?;
    messages::one(core, caller.user, Peer::Channel(id), message).await?;
    let prefix = core.policy.link_prefix.trim_end_matches('/');
    Ok(match &channel.username {
        Some(name) => format!("{prefix}/{name}/{}", message.0),
        None => format!("{prefix}/c/{}/{}", id.0, message.0),
    })
}
