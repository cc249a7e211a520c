//! Admins made and unmade, members restricted, removed and freed.

use model::channel::{Channel, Participant, row_of};
use model::ids::SERVICE_USER;
use model::rights::{AdminRights, BannedRights, Denial};
use model::{ChannelId, Peer, UnixTime, UserId};
use store::ports::acts::ChannelAct;
use store::ports::channels::AdminGrant;

use super::{Changed, refused, tell_people, visible};
use crate::label::label;
use crate::messages::told_channel_act;
use crate::{Caller, Core, Error, Result, views};

/// Characters of the title beside an admin's name.
const RANK_CHARS: usize = 16;
/// A restriction that would end sooner than this is for ever, seconds: the official rule.
const SHORTEST_S: i64 = 30;
/// And one that would last longer than this.
const LONGEST_S: i64 = 366 * 24 * 3600;

/// Gives admin rights, changes or takes them. Without a `rank` the present one stays. Outsiders come in.
///
/// # Errors
/// `ChannelInvalid`, `ChannelPrivate`, `UserInvalid`, `LimitInvalid` for a long rank, `PrivacyRestricted`, `Denied`.
pub async fn set_admin(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    user: UserId,
    rights: AdminRights,
    rank: Option<String>,
) -> Result<Changed> {
    let (channel, own) = visible(core, caller.user, id).await?;
    let rank = rank.map(|rank| label(&rank));
    if rank.as_ref().is_some_and(|rank| rank.chars().count() > RANK_CHARS) {
        return Err(Error::LimitInvalid);
    }
    let before = core.stores.channels.participant(id, user).await.map_err(refused)?;
    let was_member = before.as_ref().is_some_and(Participant::is_member);
    if !was_member && !rights.is_empty() {
        // Asked first, so that nobody but admins learns anything of a stranger's privacy here.
        channel.check_admin(caller.user, own.as_ref(), |rights| rights.add_admins)?;
        let view = views::user(core, caller.user, user).await?;
        // Neither lends its name to a channel.
        if view.user.deleted || user == SERVICE_USER {
            return Err(Error::UserInvalid);
        }
        if !view.invitable {
            return Err(Error::PrivacyRestricted);
        }
    }
    let rank = match rank {
        Some(rank) => Some(rank).filter(|rank| !rank.is_empty()),
        None => before.and_then(|row| row.rank),
    };
    let act = ChannelAct::Promote(AdminGrant { user, rights, rank });
    act_on(core, caller, id, act).await
}

/// Restricts, removes (`view_messages`) or frees somebody, or a channel that people write as in a supergroup: once that is banned, its
/// owner writes there as no channel.
///
/// # Errors
/// `ChannelInvalid`, `ChannelPrivate`, `Denied`; `PeerInvalid` for a group.
pub async fn restrict(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    whom: Peer,
    rights: BannedRights,
) -> Result<Changed> {
    visible(core, caller.user, id).await?;
    let user = row(whom)?;
    let rights = BannedRights { until: ending(rights.until, core.now()), ..rights };
    act_on(core, caller, id, ChannelAct::Restrict(user, rights)).await
}

/// The number of the row of a person, or of a channel that is written as.
pub(super) fn row(whom: Peer) -> Result<UserId> {
    match whom {
        Peer::User(user) => Ok(user),
        Peer::Channel(name) => Ok(row_of(name)),
        Peer::Chat(_) => Err(Error::PeerInvalid),
    }
}

fn ending(until: UnixTime, now: UnixTime) -> UnixTime {
    let lasts = until.0.saturating_sub(now.0);
    if (SHORTEST_S..=LONGEST_S).contains(&lasts) { until } else { UnixTime(0) }
}

/// Acts, then tells the person concerned, the caller's other devices, and in a supergroup everyone if somebody came or went.
pub(super) async fn act_on(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    act: ChannelAct,
) -> Result<Changed> {
    let told = core.stores.channels.act_in_channel(id, caller.user, act, core.now()).await;
    let told = told.map_err(refused)?;
    let event = tell_people(core, caller, &told.channel, &told.moved, told.events);
    let effect = told_channel_act(core, caller, id, told.posted);
    Ok(Changed { channel: id, effect, event: Some(event), missing: Vec::new() })
}

/// Whether somebody is an admin of the channel, with any right.
pub(super) fn check_is_admin(
    channel: &Channel,
    user: UserId,
    row: Option<&Participant>,
) -> Result<()> {
    match channel.admin_rights(user, row) {
        Some(_) => Ok(()),
        None => Err(Error::Denied(Denial::AdminRequired)),
    }
}
