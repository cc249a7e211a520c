//! What is shown of groups: the full description, lists, who is online.

use std::collections::{BTreeMap, BTreeSet};

use model::account::{NotifyScope, NotifySettings};
use model::channel::Participant;
use model::chat::{Chat, Importer, Invite};
use model::media::Photo;
use model::{ChannelId, ChatId, MessageId, Peer, UserId, limits};

use super::{is_met, joined, known};
use crate::channels::visible;
use crate::messages::{history, schedule};
use crate::{Caller, Core, Error, Result, presence, views};

/// Members of a channel of whom it is looked up whether they are online.
const LOOKED_AT: i32 = 1000;
/// Join requests shown with the full description.
const RECENT_REQUESTS: i32 = 5;

/// Everything about a group that one member sees.
#[derive(Clone, Debug, PartialEq)]
pub struct Full {
    /// The group.
    pub chat: Chat,
    /// Its photo.
    pub photo: Option<Photo>,
    /// The viewer is in it: else members are hidden.
    pub member: bool,
    /// The viewer's permanent link, for admins.
    pub invite: Option<Invite>,
    /// The newest pinned message.
    pub pinned: Option<MessageId>,
    /// The viewer has scheduled messages in it.
    pub has_scheduled: bool,
    /// The viewer's notification settings.
    pub notify: NotifySettings,
    /// The archive or the main list.
    pub folder: i32,
    /// People who wait for approval, for admins.
    pub requests: i32,
    /// The latest of them.
    pub requesters: Vec<UserId>,
}

/// The full description of a group.
///
/// # Errors
/// `ChatInvalid` for strangers.
pub async fn full(core: &Core, caller: Caller, id: ChatId) -> Result<Full> {
    let peer = Peer::Chat(id);
    let chat = known(core, id).await?;
    let member = chat.member(caller.user).is_some();
    let dialog = core.stores.dialogs.peer_dialogs(caller.user, &[peer]).await?.dialogs.pop();
    // Those who left keep their history, and see of the group what they knew.
    let was_in = dialog.as_ref().is_some_and(|dialog| dialog.top_message.0 != 0);
    if !member && !was_in {
        return Err(Error::ChatInvalid);
    }
    let photos = core.stores.media.photos(&chat.photo.into_iter().collect::<Vec<_>>()).await?;
    let mut full = Full {
        photo: photos.into_iter().next(),
        member,
        invite: None,
        pinned: history::pinned(core, caller, peer).await?,
        has_scheduled: schedule::has_some(core, caller.user, peer).await?,
        notify: core.stores.accounts.notify_settings(caller.user, NotifyScope::Peer(peer)).await?,
        folder: dialog.map_or(0, |dialog| dialog.folder),
        requests: 0,
        requesters: Vec::new(),
        chat,
    };
    if full.chat.is_admin(caller.user) {
        let links =
            core.stores.chats.invites(peer, caller.user, false, limits::HISTORY_PAGE).await?;
        full.invite = links.into_iter().find(|invite| invite.permanent);
        let (waiting, count) =
            core.stores.chats.importers(peer, None, true, RECENT_REQUESTS).await?;
        full.requests = count;
        full.requesters = waiting.into_iter().map(|Importer { user, .. }| user).collect();
    }
    Ok(full)
}

/// The groups of these ids that the caller is or was in.
///
/// # Errors
/// `LimitInvalid` for too many; `ChatInvalid` if one does not exist.
pub async fn chats(core: &Core, caller: Caller, ids: &[ChatId]) -> Result<Vec<ChatId>> {
    if ids.len() > limits::IDS_PER_CALL {
        return Err(Error::LimitInvalid);
    }
    let mut visible = Vec::with_capacity(ids.len());
    for chat in core.stores.chats.chats(ids).await? {
        if is_met(core, caller.user, &chat).await? {
            visible.push(chat.id);
        }
    }
    if visible.len() < ids.len() && visible.is_empty() {
        return Err(Error::ChatInvalid);
    }
    Ok(visible)
}

/// Groups and supergroups that both the caller and `user` are in, newest id first, below `max_id` (0: all).
///
/// # Errors
/// `UserInvalid` for oneself.
pub async fn common(
    core: &Core,
    caller: Caller,
    user: UserId,
    max_id: i64,
    limit: i32,
) -> Result<Vec<Peer>> {
    if user == caller.user {
        return Err(Error::UserInvalid);
    }
    let mut common = all_common(core, caller.user, user).await?;
    common.sort_by_key(|peer| std::cmp::Reverse(peer.id()));
    common.retain(|peer| max_id <= 0 || peer.id() < max_id);
    common.truncate(usize::try_from(limit.clamp(1, limits::DIALOG_PAGE)).unwrap_or(1));
    Ok(common)
}

/// Groups that two people are both in, as far as `viewer` may know: neither broadcast channels, whose members do not see each other,
/// nor supergroups that hide theirs from the viewer.
pub(crate) async fn all_common(core: &Core, viewer: UserId, user: UserId) -> Result<Vec<Peer>> {
    let mine = core.stores.chats.chats_of(viewer).await?;
    let theirs = core.stores.chats.chats_of(user).await?;
    let mut common: Vec<Peer> =
        mine.into_iter().filter(|chat| theirs.contains(chat)).map(Peer::Chat).collect();
    let mine = core.stores.channels.channels_of(viewer).await?;
    let theirs = core.stores.channels.channels_of(user).await?;
    let shared: Vec<_> = mine.into_iter().filter(|channel| theirs.contains(channel)).collect();
    if shared.is_empty() {
        return Ok(common);
    }
    let rows = core.stores.channels.participations(viewer, &shared).await?;
    let rows: BTreeMap<ChannelId, Participant> = rows.into_iter().collect();
    for channel in core.stores.channels.channels(&shared).await? {
        let shown = channel.check_members_shown(viewer, rows.get(&channel.id)).is_ok();
        if shown && !channel.broadcast && !channel.deleted {
            common.push(Peer::Channel(channel.id));
        }
    }
    Ok(common)
}

/// How many members of a group are online, as far as the caller may know, who counts. Of the many of a channel the first are looked at.
///
/// # Errors
/// `PeerInvalid` for a person, `ChatInvalid`, `ChannelInvalid`, `ChannelPrivate`.
pub async fn onlines(core: &Core, caller: Caller, peer: Peer) -> Result<i32> {
    let members = match peer {
        Peer::User(_) => return Err(Error::PeerInvalid),
        Peer::Chat(chat) => {
            let chat = joined(core, caller, chat).await?;
            chat.members.iter().map(|member| member.user).collect()
        }
        Peer::Channel(channel) => {
            visible(core, caller.user, channel).await?;
            let first = UserId(i64::MIN);
            core.stores.channels.member_ids(channel, first, LOOKED_AT).await?
        }
    };
    let own = members.contains(&caller.user);
    let online: BTreeSet<UserId> = members
        .into_iter()
        .filter(|user| *user != caller.user && presence::online_until(core, *user).is_some())
        .collect();
    let others = views::count_online(core, caller.user, &online).await?;
    Ok(i32::try_from(others + usize::from(own)).unwrap_or(i32::MAX))
}
