//! Events of a channel's log, live and as a difference.

use model::channel::Channel;
use model::event::{ChannelEntry, ChannelEvent};
use model::message::Message;
use model::{ChannelId, Pts};
use services::Core;
use services::messages::attachments::{self, Attachments};
use services::updates::{ChannelDifference, date_of_push};
use tl_api::{enums, types};

use super::{Gathered, Viewer, channel_messages, channel_peer};
use crate::RpcError;
use crate::convert::media::{FileContext, NOBODY};
use crate::convert::messages::{add_people, message, show};
use crate::convert::{chats, date, dialogs, fetch_related};

/// Seconds after which somebody who is not in a channel may ask for its news again; members are told by themselves.
const ASK_AGAIN_S: i32 = 30;

/// Events of a channel's log as one viewer sees them.
///
/// # Errors
/// Those of the store.
pub async fn channel_updates(
    core: &Core,
    viewer: Viewer,
    channel: ChannelId,
    entries: &[ChannelEntry],
) -> Result<enums::Updates, RpcError> {
    let mut gathered = Gathered::default();
    add(core, viewer, channel, entries, &mut gathered).await?;
    gathered.finish(core, viewer).await
}

/// Events of a broadcast channel in one form for all its plain subscribers, built once: the channel in its `min` form, nobody else.
///
/// Files have the hash and reference of the channel, which are good for all who may read the post.
///
/// `None` where subscribers must see different things: in supergroups; and where a message carries a poll or reactions, whose
/// votes and choices are each viewer's own, or names somebody by an access hash.
///
/// # Errors
/// Those of the store.
pub async fn channel_updates_shared(
    core: &Core,
    channel: &Channel,
    entries: &[ChannelEntry],
    dc: i32,
) -> Result<Option<enums::Updates>, RpcError> {
    let messages = channel_messages(entries);
    if !channel.broadcast || !messages.iter().all(|message| is_same_for_all(message)) {
        return Ok(None);
    }
    // Nobody's eyes: no message here is anybody's own.
    let attachments = attachments::load(core, NOBODY, &messages).await?;
    let context = FileContext { core, viewer: NOBODY, dc };
    let updates =
        entries.iter().map(|entry| update(&context, &attachments, channel.id, entry)).collect();
    let chats = vec![chats::channel_min(channel, None, dc)];
    Ok(Some(
        types::Updates {
            updates,
            users: Vec::new(),
            chats,
            date: date(date_of_push(core)),
            seq: 0,
        }
        .into(),
    ))
}

/// For a client that was not told of events of these channels: it asks for their differences.
#[must_use]
pub fn channels_too_long(core: &Core, channels: &[ChannelId]) -> enums::Updates {
    let updates = channels.iter().map(|channel| too_long(*channel, None)).collect();
    let (users, chats) = (Vec::new(), Vec::new());
    types::Updates { updates, users, chats, date: date(date_of_push(core)), seq: 0 }.into()
}

/// A channel whose difference the client should ask for, unless it stands at `pts` already.
pub(super) fn too_long(channel: ChannelId, pts: Option<Pts>) -> enums::Update {
    types::UpdateChannelTooLong { channel_id: channel.0, pts: pts.map(|pts| pts.0) }.into()
}

fn is_same_for_all(message: &Message) -> bool {
    use model::media::Media;
    let body = &message.body;
    let plain = match &body.media {
        None
        | Some(
            Media::Photo { .. }
            | Media::Document { .. }
            | Media::Geo { .. }
            | Media::Venue { .. }
            | Media::Dice { .. },
        ) => true,
        Some(Media::Poll { .. } | Media::Contact { .. }) => false,
    };
    let names_nobody = body.forward.as_ref().is_none_or(|forward| forward.from.is_none())
        && body.reply.as_ref().is_none_or(|reply| reply.from_peer.is_none())
        && message.replies.as_ref().is_none_or(|replies| replies.recent.is_empty())
        && !body.author_shown
        && body.mentioned_ids().next().is_none();
    message.post
        && plain
        && names_nobody
        && body.action.is_none()
        && message.reactions.counts.is_empty()
}

/// Adds one update for each event.
pub(super) async fn add(
    core: &Core,
    viewer: Viewer,
    channel: ChannelId,
    entries: &[ChannelEntry],
    gathered: &mut Gathered,
) -> Result<(), RpcError> {
    let shown = channel_messages(entries);
    let attachments = attachments::load(core, viewer.user, &shown).await?;
    add_people(&mut gathered.people, &shown, &attachments);
    gathered.people.add_peer(model::Peer::Channel(channel));
    let context = FileContext { core, viewer: viewer.user, dc: viewer.dc };
    gathered
        .updates
        .extend(entries.iter().map(|entry| update(&context, &attachments, channel, entry)));
    Ok(())
}

fn update(
    context: &FileContext<'_>,
    attachments: &Attachments,
    channel: ChannelId,
    entry: &ChannelEntry,
) -> enums::Update {
    let (pts, pts_count) = (entry.pts.0, entry.pts_count);
    let channel_id = channel.0;
    let numbers = |ids: &[model::MessageId]| ids.iter().map(|id| id.0).collect();
    match &entry.event {
        ChannelEvent::NewMessage(Some(new)) => types::UpdateNewChannelMessage {
            message: message(context, attachments, new),
            pts,
            pts_count,
        }
        .into(),
        ChannelEvent::EditMessage(Some(edited)) => types::UpdateEditChannelMessage {
            message: message(context, attachments, edited),
            pts,
            pts_count,
        }
        .into(),
        // Holds the place of an event that shows nothing any more.
        ChannelEvent::NewMessage(None) | ChannelEvent::EditMessage(None) => {
            types::UpdateDeleteChannelMessages { channel_id, messages: Vec::new(), pts, pts_count }
                .into()
        }
        ChannelEvent::DeleteMessages(ids) => types::UpdateDeleteChannelMessages {
            channel_id,
            messages: numbers(ids),
            pts,
            pts_count,
        }
        .into(),
        ChannelEvent::PinnedMessages { ids, pinned } => types::UpdatePinnedChannelMessages {
            pinned: *pinned,
            channel_id,
            messages: numbers(ids),
            pts,
            pts_count,
        }
        .into(),
    }
}

/// `updates.channelDifference` and its kin.
pub(crate) async fn channel_difference(
    core: &Core,
    viewer: Viewer,
    channel: ChannelId,
    difference: ChannelDifference,
) -> Result<enums::updates::ChannelDifference, RpcError> {
    let timeout = |member: bool| (!member).then_some(ASK_AGAIN_S);
    match difference {
        ChannelDifference::Empty { pts, member } => Ok(types::updates::ChannelDifferenceEmpty {
            r#final: true,
            pts: pts.0,
            timeout: timeout(member),
        }
        .into()),
        ChannelDifference::Some { entries, pts, last, member } => {
            let shown = channel_messages(&entries);
            let attachments = attachments::load(core, viewer.user, &shown).await?;
            let mut people = channel_peer(channel);
            add_people(&mut people, &shown, &attachments);
            let context = FileContext { core, viewer: viewer.user, dc: viewer.dc };
            let mut new_messages = Vec::new();
            let mut other_updates = Vec::new();
            for entry in &entries {
                match &entry.event {
                    ChannelEvent::NewMessage(Some(new)) => {
                        new_messages.push(message(&context, &attachments, new));
                    }
                    ChannelEvent::NewMessage(None) | ChannelEvent::EditMessage(None) => {}
                    _ => other_updates.push(update(&context, &attachments, channel, entry)),
                }
            }
            let (users, chats) = fetch_related(core, viewer.user, &people, viewer.dc).await?;
            Ok(types::updates::ChannelDifference {
                r#final: last,
                pts: pts.0,
                timeout: timeout(member),
                new_messages,
                other_updates,
                chats,
                users,
            }
            .into())
        }
        ChannelDifference::TooLong { dialog, messages, member } => {
            let messages: Vec<&Message> = messages.iter().collect();
            let shown = show(core, viewer, &messages, channel_peer(channel)).await?;
            Ok(types::updates::ChannelDifferenceTooLong {
                r#final: true,
                timeout: timeout(member),
                dialog: dialogs::dialog(&dialog),
                messages: shown.messages,
                chats: shown.chats,
                users: shown.users,
            }
            .into())
        }
    }
}
