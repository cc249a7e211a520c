//! Everything about a channel that one viewer sees.

use model::account::{NotifyScope, NotifySettings};
use model::channel::{Channel, Participant};
use model::chat::Invite;
use model::media::Photo;
use model::rights::AdminRights;
use model::{ChannelId, ChatId, MessageId, Peer, UnixTime, UserId, limits};
use store::ports::channels::ParticipantFilter;

use super::{refused, send_as, visible};
use crate::messages::{history, schedule};
use crate::{Caller, Core, Result, chats};

/// The full description.
#[derive(Clone, Debug, PartialEq)]
pub struct Full {
    /// The channel.
    pub channel: Channel,
    /// The viewer's rights, if they are an admin.
    pub rights: Option<AdminRights>,
    /// Its photo.
    pub photo: Option<Photo>,
    /// The viewer's read mark; for outsiders everything counts as read.
    pub read_inbox_max: MessageId,
    /// What others read of the viewer's messages.
    pub read_outbox_max: MessageId,
    /// Messages after the read mark.
    pub unread_count: i32,
    /// The archive or the main list.
    pub folder: i32,
    /// The viewer's notification settings.
    pub notify: NotifySettings,
    /// The newest pinned message.
    pub pinned: Option<MessageId>,
    /// The newest message that is hidden from the viewer, 0 for none.
    pub hidden_until: MessageId,
    /// Removed and restricted people, for admins.
    pub kicked: Option<(i32, i32)>,
    /// The viewer's permanent link, for admins who may invite.
    pub invite: Option<Invite>,
    /// The basic group it came from, and the newest message that the viewer has of it.
    pub migrated_from: Option<(ChatId, MessageId)>,
    /// The viewer has scheduled messages in it.
    pub has_scheduled: bool,
    /// Until when slow mode holds up the viewer's next message, if it does.
    pub next_send: Option<UnixTime>,
    /// People who wait for approval, for the same.
    pub requests: i32,
    /// The latest of them.
    pub requesters: Vec<UserId>,
    /// In whose name the viewer writes, where there is a choice: clients offer one only if this is there.
    pub send_as: Option<Peer>,
}

/// The full description of a channel that the caller may read.
///
/// # Errors
/// `ChannelInvalid`, `ChannelPrivate`.
pub async fn full(core: &Core, caller: Caller, id: ChannelId) -> Result<Full> {
    let (channel, row) = visible(core, caller.user, id).await?;
    let peer = Peer::Channel(id);
    let is_member = row.as_ref().is_some_and(Participant::is_member);
    let dialog = core
        .stores
        .dialogs
        .peer_dialogs(caller.user, &[peer])
        .await?
        .dialogs
        .pop()
        .filter(|_| is_member);
    let rights = channel.admin_rights(caller.user, row.as_ref());
    let photos = core.stores.media.photos(&channel.photo.into_iter().collect::<Vec<_>>()).await?;
    let (requests, requesters) = chats::join::pending(core, caller.user, peer).await?;
    Ok(Full {
        hidden_until: channel.hidden_until(caller.user, row.as_ref()),
        photo: photos.into_iter().next(),
        read_inbox_max: dialog.as_ref().map_or(channel.top_message, |dialog| dialog.read_inbox_max),
        read_outbox_max: dialog
            .as_ref()
            .map_or(channel.top_message, |dialog| dialog.read_outbox_max),
        unread_count: dialog.as_ref().map_or(0, |dialog| dialog.unread_count),
        folder: dialog.as_ref().map_or(0, |dialog| dialog.folder),
        notify: core.stores.accounts.notify_settings(caller.user, NotifyScope::Peer(peer)).await?,
        pinned: history::pinned(core, caller, peer).await?,
        kicked: if rights.is_some() { Some(kicked(core, caller, id).await?) } else { None },
        invite: match rights {
            Some(rights) if rights.invite_users => permanent(core, caller, peer).await?,
            _ => None,
        },
        migrated_from: migrated_from(core, caller, &channel).await?,
        has_scheduled: schedule::has_some(core, caller.user, peer).await?,
        next_send: next_send(core, caller, &channel, row.as_ref()).await?,
        send_as: send_as::default_name(core, caller.user, &channel, row.as_ref()).await?,
        requests,
        requesters,
        rights,
        channel,
    })
}

async fn next_send(
    core: &Core,
    caller: Caller,
    channel: &Channel,
    row: Option<&Participant>,
) -> Result<Option<UnixTime>> {
    if !channel.has_slow_mode(caller.user, row) {
        return Ok(None);
    }
    let last = core.stores.channels.wrote_last(channel.id, caller.user).await?;
    let next = last.map(|last| UnixTime(last.0 + i64::from(channel.slow_mode_s)));
    Ok(next.filter(|next| *next > core.now()))
}

/// The numbers of a group's messages differ from box to box.
async fn migrated_from(
    core: &Core,
    caller: Caller,
    channel: &Channel,
) -> Result<Option<(ChatId, MessageId)>> {
    let Some((chat, _)) = channel.migrated_from else { return Ok(None) };
    let dialog = core.stores.dialogs.peer_dialogs(caller.user, &[Peer::Chat(chat)]).await?;
    let newest = dialog.dialogs.first().map(|dialog| dialog.top_message);
    Ok(newest.filter(|id| id.0 > 0).map(|id| (chat, id)))
}

/// How many were removed, and how many restricted.
async fn kicked(core: &Core, caller: Caller, id: ChannelId) -> Result<(i32, i32)> {
    let count = |filter| core.stores.channels.participants(id, caller.user, filter, &[], (0, 1));
    let (_, removed) = count(ParticipantFilter::Kicked(String::new())).await.map_err(refused)?;
    let (_, restricted) = count(ParticipantFilter::Banned(String::new())).await.map_err(refused)?;
    Ok((removed, restricted))
}

async fn permanent(core: &Core, caller: Caller, peer: Peer) -> Result<Option<Invite>> {
    let links = core.stores.chats.invites(peer, caller.user, false, limits::HISTORY_PAGE).await?;
    Ok(links.into_iter().find(|invite| invite.permanent))
}
