//! Channels and supergroups: made, described, joined, managed. Their messages go through `messages`, like all others.
//!
//! Rights are decided by the rules of `model::channel` inside the store's transaction, which also writes the service message
//! where the protocol has one, and the account events by which those concerned learn to read the channel's present state.

pub mod admin_log;
pub mod admins;
pub mod create;
pub mod delete;
pub mod discussion;
pub mod full;
pub mod lists;
pub mod manage;
pub mod members;
pub mod names;
pub mod owner;
pub mod posts;
pub mod read;
pub mod send_as;
pub mod similar;
pub mod views;

use model::channel::{Channel, Participant};
use model::event::{AccountEntry, AccountEvent, Ephemeral};
use model::rights::{AdminRights, Denial};
use model::{ChannelId, UserId, limits};
use store::ports::Notice;
use store::ports::acts::Moved;
use store::ports::channels::ParticipantFilter;

use crate::messages::Effect;
use crate::{Caller, Core, Error, Result, account_events};

/// Members up to which each gets an event that is kept. In larger channels those who are connected hear of a change, and all
/// others read it when they open the channel: a change costs the same whatever the audience.
const KEPT_FOR_EACH: i32 = 200;

/// What a change of a channel did: what the caller's answer tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// Which channel.
    pub channel: ChannelId,
    /// The service message.
    pub effect: Effect,
    /// What else the caller's devices are told.
    pub event: Option<AccountEvent>,
    /// People who could not be added because their privacy forbids it.
    pub missing: Vec<UserId>,
}

/// A channel that `viewer` may read, and their relation to it.
///
/// # Errors
/// `ChannelInvalid` if it does not exist; `ChannelPrivate` if the viewer may not read it (not public, banned, deleted).
pub async fn visible(
    core: &Core,
    viewer: UserId,
    channel: ChannelId,
) -> Result<(Channel, Option<Participant>)> {
    let (channel, participant) = known(core, viewer, channel).await?;
    let guest = is_guest(core, viewer, &channel, participant.as_ref()).await?;
    channel
        .check_view_as(participant.as_ref(), guest, core.now())
        .map_err(|_| Error::ChannelPrivate)?;
    Ok((channel, participant))
}

/// The admins of a channel that have this right, as one of them asks.
pub(crate) async fn admins_with(
    core: &Core,
    id: ChannelId,
    admin: UserId,
    right: impl Fn(AdminRights) -> bool,
) -> Result<Vec<UserId>> {
    let channels = &core.stores.channels;
    let Some(channel) = channels.channels(&[id]).await?.pop() else { return Ok(Vec::new()) };
    let filter = ParticipantFilter::Admins;
    let (admins, _) =
        channels.participants(id, admin, filter, &[], (0, limits::CHANNEL_ADMINS + 1)).await?;
    let has = |row: &&Participant| channel.admin_rights(row.user, Some(row)).is_some_and(&right);
    Ok(admins.iter().filter(has).map(|row| row.user).collect())
}

/// Whether the viewer comes to a private group as a reader of the channel that is discussed there.
pub(crate) async fn is_guest(
    core: &Core,
    viewer: UserId,
    channel: &Channel,
    participant: Option<&Participant>,
) -> Result<bool> {
    // Whoever may look without it is not asked.
    if channel.username.is_some() || channel.hosts_readers_of(participant).is_none() {
        return Ok(false);
    }
    Ok(core.stores.channels.is_guest(channel.id, viewer, core.now()).await?)
}

/// A channel that exists and was not deleted, with the viewer's relation to it, whether they may read it or not.
///
/// # Errors
/// `ChannelInvalid`; `ChannelPrivate` if it was deleted.
pub async fn known(
    core: &Core,
    viewer: UserId,
    channel: ChannelId,
) -> Result<(Channel, Option<Participant>)> {
    let found =
        core.stores.channels.channels(&[channel]).await?.pop().ok_or(Error::ChannelInvalid)?;
    if found.deleted {
        return Err(Error::ChannelPrivate);
    }
    let participant = core.stores.channels.participant(channel, viewer).await?;
    Ok((found, participant))
}

/// Channels have errors of their own.
pub(crate) fn refused(error: store::Error) -> Error {
    match error {
        store::Error::NotFound => Error::ChannelInvalid,
        store::Error::Denied(Denial::Private) => Error::ChannelPrivate,
        store::Error::Denied(Denial::NotParticipant) => Error::NotParticipant,
        error => error.into(),
    }
}

/// Tells of an act that is done: the people whose relation to the channel changed, and the gateways whom its news concern.
pub(crate) fn tell_people(
    core: &Core,
    caller: Caller,
    channel: &Channel,
    moved: &Moved,
    events: Vec<(UserId, AccountEntry)>,
) -> AccountEvent {
    let (channel, departures) = (channel.id, channel.departures);
    for user in moved.everyone() {
        let member = moved.came.contains(&user);
        core.publish(Notice::Membership { user, channel, member, departures });
    }
    account_events::tell(core, events, caller.origin());
    AccountEvent::Channel { channel }
}

/// Tells everyone in a channel of a change that no message tells of.
pub(crate) async fn tell_everyone(
    core: &Core,
    caller: Caller,
    channel: &Channel,
    event: AccountEvent,
) -> Result<AccountEvent> {
    if channel.participants <= KEPT_FOR_EACH {
        let members =
            core.stores.channels.member_ids(channel.id, UserId(i64::MIN), KEPT_FOR_EACH).await?;
        account_events::record_for(core, members, &event, caller.origin()).await?;
    } else {
        account_events::record(core, vec![(caller.user, event.clone())], caller.origin()).await?;
        let changed = Ephemeral::ChannelChanged { channel: channel.id };
        core.publish(Notice::EphemeralToChannel {
            channel: channel.id,
            event: changed,
            origin: caller.origin(),
        });
    }
    Ok(event)
}
