//! Read marks of channels, and contents that were seen.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use model::channel::Channel;
use model::dialog::HistoryWindow;
use model::event::AccountEvent;
use model::{ChannelId, MessageId, Peer, UserId, limits};
use store::ports::dialogs::SeenReactions;

use super::{refused, visible};
use crate::messages::{Affected, unread_reactions};
use crate::{Caller, Core, Error, Result, account_events};

/// Mentions marked as seen by one call; the client calls again for the rest.
const MENTIONS_BATCH: i32 = 1000;

/// Moves the caller's read mark up to a message; a mark by hand goes too. Their other devices are told, and in a supergroup the
/// authors of what nobody had read before. Answers whether there was a mark to move: only members have one.
///
/// # Errors
/// `ChannelInvalid`, `ChannelPrivate`.
pub async fn history(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    max_id: MessageId,
) -> Result<bool> {
    let (channel, participant) = visible(core, caller.user, id).await?;
    if !participant.is_some_and(|row| row.is_member()) {
        return Ok(false);
    }
    let peer = Peer::Channel(id);
    let max_id = max_id.min(channel.top_message);
    let before = core.stores.dialogs.peer_dialogs(caller.user, &[peer]).await?.dialogs.pop();
    let before = before.ok_or(Error::ChannelInvalid)?;
    let authors = authors_between(core, caller, &channel, before.read_inbox_max, max_id).await?;
    if before.unread_mark {
        core.stores.dialogs.set_unread_mark(caller.user, peer, false).await?;
        let event = AccountEvent::DialogUnreadMark { peer, unread: false };
        account_events::record(core, vec![(caller.user, event)], caller.origin()).await?;
    }
    let dialog = match core.stores.dialogs.read_channel(caller.user, peer, max_id, core.now()).await
    {
        Ok(dialog) => dialog,
        Err(store::Error::NotModified) => return Ok(true),
        Err(store::Error::NotFound) => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    let event = AccountEvent::ReadChannelInbox {
        channel: id,
        max_id: dialog.read_inbox_max,
        still_unread: dialog.unread_count,
        pts: dialog.channel_pts.unwrap_or(channel.pts),
    };
    account_events::record(core, vec![(caller.user, event)], caller.origin()).await?;
    tell_authors(core, id, authors).await?;
    Ok(true)
}

/// Who wrote the newest messages between two marks, with their own outbox marks before. Only supergroups show who was read.
async fn authors_between(
    core: &Core,
    caller: Caller,
    channel: &Channel,
    after: MessageId,
    up_to: MessageId,
) -> Result<BTreeMap<UserId, MessageId>> {
    let mut marks = BTreeMap::new();
    if channel.broadcast || up_to <= after {
        return Ok(marks);
    }
    let offset_id = MessageId(up_to.0.saturating_add(1));
    let window = HistoryWindow {
        offset_id,
        min_id: after,
        limit: limits::HISTORY_PAGE,
        ..HistoryWindow::default()
    };
    let page = core.stores.channels.channel_history(channel.id, caller.user, window).await?;
    let of_others = |message: &&model::message::Message| {
        message.from != caller.user && message.from != store::ports::channels::NOBODY
    };
    for message in page.messages.iter().filter(of_others) {
        if let Entry::Vacant(mark) = marks.entry(message.from) {
            mark.insert(core.stores.channels.channel_outbox_mark(channel.id, message.from).await?);
        }
    }
    Ok(marks)
}

async fn tell_authors(
    core: &Core,
    channel: ChannelId,
    before: BTreeMap<UserId, MessageId>,
) -> Result<()> {
    let mut events = Vec::new();
    for (author, mark) in before {
        let max_id = core.stores.channels.channel_outbox_mark(channel, author).await?;
        if max_id > mark {
            events.push((author, AccountEvent::ReadChannelOutbox { channel, max_id }));
        }
    }
    account_events::record(core, events, None).await
}

/// Marks mentions in these messages, and reactions to them, as seen.
///
/// # Errors
/// `LimitInvalid` for too many, `ChannelInvalid`, `ChannelPrivate`.
pub async fn contents(core: &Core, caller: Caller, id: ChannelId, ids: &[MessageId]) -> Result<()> {
    if ids.len() > limits::IDS_PER_CALL {
        return Err(Error::LimitInvalid);
    }
    visible(core, caller.user, id).await?;
    let seen =
        core.stores.channels.read_post_contents(id, caller.user, ids).await.map_err(refused)?;
    unread_reactions::see(core, caller, SeenReactions::InChannel(id, ids.to_vec())).await?;
    tell_seen(core, caller, id, seen).await
}

/// Marks the caller's unseen mentions as seen, all or those in a thread.
///
/// # Errors
/// `ChannelInvalid`, `ChannelPrivate`.
pub async fn mentions(
    core: &Core,
    caller: Caller,
    (id, thread): (ChannelId, Option<MessageId>),
) -> Result<Affected> {
    let (channel, _) = visible(core, caller.user, id).await?;
    let seen = core
        .stores
        .channels
        .read_post_mentions(id, caller.user, thread, MENTIONS_BATCH)
        .await
        .map_err(refused)?;
    let left = i32::from(i32::try_from(seen.len()).is_ok_and(|seen| seen >= MENTIONS_BATCH));
    tell_seen(core, caller, id, seen).await?;
    Ok(Affected { pts: channel.pts, pts_count: 0, left })
}

async fn tell_seen(
    core: &Core,
    caller: Caller,
    channel: ChannelId,
    ids: Vec<MessageId>,
) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let event = AccountEvent::ChannelReadMessagesContents { channel, ids };
    account_events::record(core, vec![(caller.user, event)], caller.origin()).await
}
