//! Title, photo, description and settings of a channel; its end.

use model::channel::Channel;
use model::event::AccountEvent;
use model::rights::{BannedRights, Denial};
use model::{ChannelId, Peer, PhotoId, UnixTime, UserId, limits};
use store::ports::Notice;
use store::ports::acts::ChannelAct;
use store::ports::channels::ChannelChange;

use super::{Changed, refused, tell_everyone, tell_people, visible};
use crate::messages::told_channel_act;
use crate::{Caller, Core, Error, Result, account_events, chats};

/// Pauses that may stand between two messages of a member, seconds: those that official clients offer.
const SLOW_MODES_S: [i32; 8] = [0, 5, 10, 30, 60, 300, 900, 3600];
/// Members told at once of a channel's end.
const TELL_BATCH: i32 = 500;
/// Emoji that may be named as allowed reactions.
const REACTIONS: usize = 100;

async fn change(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    change: ChannelChange,
) -> Result<Channel> {
    visible(core, caller.user, id).await?;
    let change = ChannelChange { at: core.now(), ..change };
    let changed = core.stores.channels.change_channel(id, caller.user, change).await;
    if changed == Err(store::Error::Conflict) {
        return Err(Error::ChatLinkExists);
    }
    changed.map_err(not_outsiders)
}

/// To outsiders of a public channel it is the admins' affair, as to everyone else.
fn not_outsiders(error: store::Error) -> Error {
    match refused(error) {
        Error::NotParticipant => Error::Denied(Denial::AdminRequired),
        error => error,
    }
}

/// Changes what no service message tells of.
async fn quietly(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    changes: ChannelChange,
) -> Result<AccountEvent> {
    let channel = change(core, caller, id, changes).await?;
    tell_everyone(core, caller, &channel, AccountEvent::Channel { channel: id }).await
}

pub(crate) async fn announced(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    act: ChannelAct,
) -> Result<Changed> {
    visible(core, caller.user, id).await?;
    let told = core.stores.channels.act_in_channel(id, caller.user, act, core.now()).await;
    let told = told.map_err(not_outsiders)?;
    let event = tell_people(core, caller, &told.channel, &told.moved, told.events);
    let effect = told_channel_act(core, caller, id, told.posted);
    Ok(Changed { channel: id, effect, event: Some(event), missing: Vec::new() })
}

/// Settings that only one kind of channel has.
async fn check_kind(core: &Core, caller: Caller, id: ChannelId, broadcast: bool) -> Result<()> {
    let (channel, _) = visible(core, caller.user, id).await?;
    if channel.broadcast == broadcast { Ok(()) } else { Err(Error::ChannelInvalid) }
}

/// Whether the caller may change title, description and photo: asked before a picture is made of an upload.
///
/// # Errors
/// `ChannelInvalid`, `ChannelPrivate`, `Denied`.
pub async fn check_describe(core: &Core, caller: Caller, id: ChannelId) -> Result<()> {
    let (channel, row) = visible(core, caller.user, id).await?;
    channel
        .check_describe(caller.user, row.as_ref(), core.now())
        .map_err(|_| Error::Denied(Denial::AdminRequired))
}

/// Sets the title.
///
/// # Errors
/// `TitleInvalid`, `ChannelInvalid`, `ChannelPrivate`, `NotModified`, `Denied`; the latter four from all functions here.
pub async fn set_title(core: &Core, caller: Caller, id: ChannelId, title: &str) -> Result<Changed> {
    let title = chats::title(title)?;
    announced(core, caller, id, ChannelAct::Title(title)).await
}

/// Sets or removes the photo.
///
/// # Errors
/// See [`set_title`].
pub async fn set_photo(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    photo: Option<PhotoId>,
) -> Result<Changed> {
    announced(core, caller, id, ChannelAct::Photo(photo)).await
}

/// Sets the description.
///
/// # Errors
/// `ChatAboutTooLong`; see [`set_title`].
pub async fn set_about(core: &Core, caller: Caller, id: ChannelId, text: &str) -> Result<()> {
    let changes = ChannelChange { about: Some(chats::about(text)?), ..ChannelChange::default() };
    quietly(core, caller, id, changes).await.map(drop)
}

/// Sets what plain members may not do. Reading cannot be forbidden to all, and the restriction has no end.
///
/// # Errors
/// See [`set_title`].
pub async fn set_default_rights(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    rights: BannedRights,
) -> Result<AccountEvent> {
    check_kind(core, caller, id, false).await?;
    let rights = BannedRights { view_messages: false, until: UnixTime(0), ..rights };
    let changes = ChannelChange { default_banned: Some(rights), ..ChannelChange::default() };
    let channel = change(core, caller, id, changes).await?;
    tell_everyone(
        core,
        caller,
        &channel,
        AccountEvent::ChatDefaultBannedRights { peer: Peer::Channel(id) },
    )
    .await
}

/// Sets which reactions are allowed: `None` all, else these.
///
/// # Errors
/// `ReactionInvalid` for too many; see [`set_title`].
pub async fn set_reactions(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    allowed: Option<Vec<String>>,
) -> Result<AccountEvent> {
    if allowed.as_ref().is_some_and(|allowed| allowed.len() > REACTIONS) {
        return Err(Error::ReactionInvalid);
    }
    let changes = ChannelChange { reactions: Some(allowed), ..ChannelChange::default() };
    quietly(core, caller, id, changes).await
}

/// Protects the content, or frees it.
///
/// # Errors
/// See [`set_title`].
pub async fn set_noforwards(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    noforwards: bool,
) -> Result<AccountEvent> {
    let changes = ChannelChange { noforwards: Some(noforwards), ..ChannelChange::default() };
    quietly(core, caller, id, changes).await
}

/// Whether posts of a broadcast channel carry their author's name, and lead to the profile.
///
/// # Errors
/// See [`set_title`].
pub async fn set_signatures(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    signatures: bool,
    profiles: bool,
) -> Result<AccountEvent> {
    check_kind(core, caller, id, true).await?;
    let changes = ChannelChange {
        signatures: Some(signatures),
        signature_profiles: Some(signatures && profiles),
        ..ChannelChange::default()
    };
    quietly(core, caller, id, changes).await
}

/// Whether newcomers of a supergroup see what was before them.
///
/// # Errors
/// See [`set_title`].
pub async fn set_prehistory_hidden(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    hidden: bool,
) -> Result<AccountEvent> {
    check_kind(core, caller, id, false).await?;
    let changes = ChannelChange { prehistory_hidden: Some(hidden), ..ChannelChange::default() };
    quietly(core, caller, id, changes).await
}

/// Whether joining a supergroup needs approval.
///
/// # Errors
/// See [`set_title`].
pub async fn set_join_request(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    needed: bool,
) -> Result<AccountEvent> {
    check_kind(core, caller, id, false).await?;
    let changes = ChannelChange { join_request: Some(needed), ..ChannelChange::default() };
    quietly(core, caller, id, changes).await
}

/// Whether only admins see who is in a supergroup.
///
/// # Errors
/// `ParticipantsTooFew` where everyone knows everyone; see [`set_title`].
pub async fn set_participants_hidden(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    hidden: bool,
) -> Result<AccountEvent> {
    check_kind(core, caller, id, false).await?;
    let (channel, row) = visible(core, caller.user, id).await?;
    channel.check_admin(caller.user, row.as_ref(), |rights| rights.ban_users)?;
    if hidden && !channel.participants_hidden && channel.participants < limits::HIDING_MEMBERS {
        return Err(Error::ParticipantsTooFew);
    }
    let changes = ChannelChange { participants_hidden: Some(hidden), ..ChannelChange::default() };
    quietly(core, caller, id, changes).await
}

/// Whether only members write in a discussion group.
///
/// # Errors
/// `ChatInvalid` for a group that is linked to no channel; see [`set_title`].
pub async fn set_join_to_send(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    members_only: bool,
) -> Result<AccountEvent> {
    check_kind(core, caller, id, false).await?;
    let (channel, _) = visible(core, caller.user, id).await?;
    if channel.linked.is_none() {
        return Err(Error::ChatInvalid);
    }
    let changes = ChannelChange { join_to_send: Some(members_only), ..ChannelChange::default() };
    quietly(core, caller, id, changes).await
}

/// The pause between two messages of a member of a supergroup, seconds; 0 for none.
///
/// # Errors
/// `LimitInvalid` for a pause that is not offered; see [`set_title`].
pub async fn set_slow_mode(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    seconds: i32,
) -> Result<AccountEvent> {
    check_kind(core, caller, id, false).await?;
    if !SLOW_MODES_S.contains(&seconds) {
        return Err(Error::LimitInvalid);
    }
    let changes = ChannelChange { slow_mode_s: Some(seconds), ..ChannelChange::default() };
    quietly(core, caller, id, changes).await
}

/// Deletes a channel for good; the owner only. Everyone is told.
///
/// # Errors
/// `ChannelInvalid`, `ChannelPrivate`, `Denied`.
pub async fn delete(core: &Core, caller: Caller, id: ChannelId) -> Result<AccountEvent> {
    visible(core, caller.user, id).await?;
    let deleted = core.stores.channels.delete_channel(id, caller.user).await;
    let departures = deleted.map_err(refused)?.departures;
    let event = AccountEvent::Channel { channel: id };
    let mut after = UserId(i64::MIN);
    loop {
        let members = core.stores.channels.member_ids(id, after, TELL_BATCH).await?;
        let Some(last) = members.last() else { return Ok(event) };
        after = *last;
        account_events::record_for(core, members.iter().copied(), &event, caller.origin()).await?;
        for user in members {
            core.publish(Notice::Membership { user, channel: id, member: false, departures });
        }
    }
}
