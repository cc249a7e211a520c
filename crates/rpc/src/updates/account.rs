//! Account events. They name what changed; what it is now is read when the update is built, so that late readers get the
//! present state, and the same event twice does no harm.

use model::event::AccountEvent;
use model::{ChatId, MessageId, Peer, UserId};
use services::messages::{self, poll, schedule};
use services::views::{self, PeerSet};
use services::{Core, chats, dialogs, updates};
use tl_api::{enums, types};

use super::{Gathered, Viewer};
use crate::RpcError;
use crate::convert::media::FileContext;
use crate::convert::messages::{self as shown, reactions as message_reactions};
use crate::convert::peers::peer;
use crate::convert::{chats as groups, date, dialogs as lists, polls, settings};

/// Adds one update for each event that still says something. Of equal events the last one is enough.
pub(super) async fn add(
    core: &Core,
    viewer: Viewer,
    events: impl Iterator<Item = &AccountEvent> + Send,
    gathered: &mut Gathered,
) -> Result<(), RpcError> {
    let mut distinct: Vec<&AccountEvent> = Vec::new();
    for event in events {
        distinct.retain(|earlier| *earlier != event);
        distinct.push(event);
    }
    for event in distinct {
        if let Some(update) = update(core, viewer, event, &mut gathered.people).await? {
            gathered.people.add_event(event);
            gathered.updates.push(update);
        }
    }
    Ok(())
}

async fn update(
    core: &Core,
    viewer: Viewer,
    event: &AccountEvent,
    people: &mut PeerSet,
) -> Result<Option<enums::Update>, RpcError> {
    Ok(match event {
        AccountEvent::FolderPeers { peers } => {
            // Moves nothing in the box: it stands where the box stands.
            let pts = updates::position(core, viewer.user).await?.0;
            let moved = |(with, folder_id): &(Peer, i32)| {
                types::FolderPeer { peer: peer(*with), folder_id: *folder_id }.into()
            };
            let folder_peers = peers.iter().map(moved).collect();
            Some(types::UpdateFolderPeers { folder_peers, pts, pts_count: 0 }.into())
        }
        AccountEvent::UserName { user } => user_name(core, viewer, *user).await?,
        AccountEvent::PeerSettings { peer: with } => {
            let bar = dialogs::peer_bar(core, viewer.user, *with).await?;
            Some(
                types::UpdatePeerSettings {
                    peer: peer(*with),
                    settings: settings::peer_settings(&bar),
                }
                .into(),
            )
        }
        AccountEvent::Privacy { key } => {
            let rules = services::privacy::rules(core, nobody_device(viewer.user), *key).await?;
            let update = types::UpdatePrivacy {
                key: settings::privacy_key(*key),
                rules: settings::privacy_rules(&rules),
            };
            people.add_users(settings::named_users(&rules));
            Some(update.into())
        }
        AccountEvent::ChatParticipants { chat } => {
            participants(core, viewer, *chat, people).await?
        }
        AccountEvent::ChatDefaultBannedRights { peer: of } => default_rights(core, *of).await?,
        AccountEvent::MessageReactions { peer: with, id } => {
            reactions(core, viewer, *with, *id, people).await?
        }
        AccountEvent::MessagePoll { poll } => {
            let seen = poll::seen(core, viewer.user, *poll).await?;
            if let Some(seen) = &seen {
                polls::add_people(people, seen);
            }
            seen.as_ref().map(polls::update)
        }
        AccountEvent::PendingJoinRequests { peer: of } => {
            let (requests_pending, waiting) = chats::join::pending(core, viewer.user, *of).await?;
            people.add_users(waiting.iter().copied());
            let recent_requesters = waiting.iter().map(|user| user.0).collect();
            Some(
                types::UpdatePendingJoinRequests {
                    peer: peer(*of),
                    requests_pending,
                    recent_requesters,
                }
                .into(),
            )
        }
        AccountEvent::NewScheduledMessage { peer: with, id } => {
            let found = schedule::list(core, viewer.user, *with, Some(&[*id])).await;
            // Gone by now, or not theirs to see any more.
            let Some(message) = found.ok().and_then(|mut found| found.pop()) else {
                return Ok(None);
            };
            Some(scheduled(core, viewer, &message, people).await?)
        }
        // For bots only.
        AccountEvent::MessagePollVote { .. } => None,
        plain => of_chats(plain).or_else(|| of_channels(plain)).or_else(|| of_account(plain)),
    })
}

/// Events that say everything themselves, about chats.
fn of_chats(event: &AccountEvent) -> Option<enums::Update> {
    Some(match event {
        AccountEvent::DraftMessage { peer: with, draft } => types::UpdateDraftMessage {
            peer: peer(*with),
            draft: lists::draft(draft.as_ref()),
            ..Default::default()
        }
        .into(),
        AccountEvent::DialogPinned { peer: with, pinned } => types::UpdateDialogPinned {
            pinned: *pinned,
            folder_id: None,
            peer: lists::dialog_peer(*with),
        }
        .into(),
        AccountEvent::PinnedDialogs { order } => types::UpdatePinnedDialogs {
            folder_id: None,
            order: Some(order.iter().copied().map(lists::dialog_peer).collect()),
        }
        .into(),
        AccountEvent::DialogUnreadMark { peer: with, unread } => types::UpdateDialogUnreadMark {
            unread: *unread,
            peer: lists::dialog_peer(*with),
            ..Default::default()
        }
        .into(),
        AccountEvent::DeleteScheduledMessages { peer: with, ids, sent } => {
            types::UpdateDeleteScheduledMessages {
                peer: peer(*with),
                messages: ids.iter().map(|id| id.0).collect(),
                sent_messages: (!sent.is_empty()).then(|| sent.iter().map(|id| id.0).collect()),
            }
            .into()
        }
        AccountEvent::PeerHistoryTtl { peer: with, period_s } => {
            types::UpdatePeerHistoryTTL { peer: peer(*with), ttl_period: *period_s }.into()
        }
        _ => return None,
    })
}

/// Events that say everything themselves, about channels and supergroups.
fn of_channels(event: &AccountEvent) -> Option<enums::Update> {
    Some(match event {
        AccountEvent::Channel { channel } => types::UpdateChannel { channel_id: channel.0 }.into(),
        AccountEvent::ReadChannelInbox { channel, max_id, still_unread, pts } => {
            types::UpdateReadChannelInbox {
                folder_id: None,
                channel_id: channel.0,
                max_id: max_id.0,
                still_unread_count: *still_unread,
                pts: pts.0,
            }
            .into()
        }
        AccountEvent::ReadChannelOutbox { channel, max_id } => {
            types::UpdateReadChannelOutbox { channel_id: channel.0, max_id: max_id.0 }.into()
        }
        AccountEvent::ChannelCleared { channel, max_id } => types::UpdateChannelAvailableMessages {
            channel_id: channel.0,
            available_min_id: max_id.0,
        }
        .into(),
        AccountEvent::ChannelReadMessagesContents { channel, ids } => {
            types::UpdateChannelReadMessagesContents {
                channel_id: channel.0,
                messages: ids.iter().map(|id| id.0).collect(),
                ..Default::default()
            }
            .into()
        }
        AccountEvent::ReadDiscussionInbox { group, top, max_id, post } => {
            types::UpdateReadChannelDiscussionInbox {
                channel_id: group.0,
                top_msg_id: top.0,
                read_max_id: max_id.0,
                broadcast_id: post.map(|(channel, _)| channel.0),
                broadcast_post: post.map(|(_, id)| id.0),
            }
            .into()
        }
        AccountEvent::ReadDiscussionOutbox { group, top, max_id } => {
            types::UpdateReadChannelDiscussionOutbox {
                channel_id: group.0,
                top_msg_id: top.0,
                read_max_id: max_id.0,
            }
            .into()
        }
        _ => return None,
    })
}

/// Events that say everything themselves, about the account.
fn of_account(event: &AccountEvent) -> Option<enums::Update> {
    Some(match event {
        AccountEvent::NotifySettings { scope, settings: notify } => types::UpdateNotifySettings {
            peer: settings::notify_scope(*scope),
            notify_settings: settings::notify_settings(notify),
        }
        .into(),
        AccountEvent::PeerBlocked { user, blocked } => types::UpdatePeerBlocked {
            blocked: *blocked,
            blocked_my_stories_from: false,
            peer_id: peer(Peer::User(*user)),
        }
        .into(),
        AccountEvent::User { user } => types::UpdateUser { user_id: user.0 }.into(),
        AccountEvent::ContactsReset => enums::Update::UpdateContactsReset,
        AccountEvent::NewAuthorization { hash, date: at, device, location, unconfirmed } => {
            types::UpdateNewAuthorization {
                unconfirmed: *unconfirmed,
                hash: hash.0,
                date: unconfirmed.then(|| date(*at)),
                device: unconfirmed.then(|| device.clone()),
                location: unconfirmed.then(|| location.clone()),
            }
            .into()
        }
        AccountEvent::ServiceNotification { kind, text, popup } => {
            types::UpdateServiceNotification {
                popup: *popup,
                r#type: kind.clone(),
                message: text.clone(),
                media: enums::MessageMedia::MessageMediaEmpty,
                ..Default::default()
            }
            .into()
        }
        _ => return None,
    })
}

async fn user_name(
    core: &Core,
    viewer: Viewer,
    user: UserId,
) -> Result<Option<enums::Update>, RpcError> {
    let set = std::iter::once(Peer::User(user)).collect();
    let Some(view) = views::related(core, viewer.user, &set).await?.users.pop() else {
        return Ok(None);
    };
    let (first_name, last_name) = view.names();
    let username = view.user.username.iter().map(|name| {
        types::Username {
            editable: true,
            active: true,
            username: name.clone(),
            ..Default::default()
        }
        .into()
    });
    Ok(Some(
        types::UpdateUserName {
            user_id: user.0,
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            usernames: username.collect(),
        }
        .into(),
    ))
}

async fn participants(
    core: &Core,
    viewer: Viewer,
    chat: ChatId,
    people: &mut PeerSet,
) -> Result<Option<enums::Update>, RpcError> {
    let Ok(chat) = chats::known(core, chat).await else { return Ok(None) };
    let participants = crate::convert::participants::participants(&chat, viewer.user);
    if chat.member(viewer.user).is_some() {
        people.add_users(chat.members.iter().flat_map(|member| [member.user, member.inviter]));
    }
    Ok(Some(types::UpdateChatParticipants { participants }.into()))
}

async fn default_rights(core: &Core, of: Peer) -> Result<Option<enums::Update>, RpcError> {
    let (rights, version) = match of {
        Peer::User(_) => return Ok(None),
        Peer::Chat(chat) => match chats::known(core, chat).await {
            Ok(chat) => (chat.default_banned, chat.version),
            Err(_) => return Ok(None),
        },
        Peer::Channel(channel) => match services::channels::known(core, UserId(0), channel).await {
            Ok((channel, _)) => (channel.default_rights(), 0),
            Err(_) => return Ok(None),
        },
    };
    let default_banned_rights = groups::banned_rights(&rights);
    Ok(Some(
        types::UpdateChatDefaultBannedRights { peer: peer(of), default_banned_rights, version }
            .into(),
    ))
}

/// Settings are asked for in the name of an account, on none of its devices.
const fn nobody_device(user: UserId) -> services::Caller {
    services::Caller { user, key: model::AuthKeyId(0), session: 0 }
}

/// `updateNewScheduledMessage`.
pub(super) async fn scheduled(
    core: &Core,
    viewer: Viewer,
    message: &model::message::Message,
    people: &mut PeerSet,
) -> Result<enums::Update, RpcError> {
    let attachments = messages::attachments::load(core, viewer.user, &[message]).await?;
    shown::add_people(people, &[message], &attachments);
    let context = FileContext { core, viewer: viewer.user, dc: viewer.dc };
    let message = shown::message(&context, &attachments, message);
    Ok(types::UpdateNewScheduledMessage { message }.into())
}

/// The present reactions to a message; nothing if the message is gone or out of sight.
pub(super) async fn reactions(
    core: &Core,
    viewer: Viewer,
    with: Peer,
    id: MessageId,
    people: &mut PeerSet,
) -> Result<Option<enums::Update>, RpcError> {
    let Ok(message) = messages::one(core, viewer.user, with, id).await else { return Ok(None) };
    people.add_peer(with);
    people.add_givers(&message.reactions.recent);
    Ok(Some(reactions_update(viewer, &message)))
}

/// `updateMessageReactions`.
pub(crate) fn reactions_update(viewer: Viewer, message: &model::message::Message) -> enums::Update {
    types::UpdateMessageReactions {
        peer: peer(message.peer),
        msg_id: message.id.0,
        reactions: message_reactions(&message.reactions, viewer.user, !message.post),
        ..Default::default()
    }
    .into()
}
