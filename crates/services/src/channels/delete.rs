//! Deleting posts and whole histories from a channel's log.

use model::dialog::HistoryWindow;
use model::event::{ChannelEntry, ChannelEvent};
use model::{ChannelId, MessageId, Peer, limits};
use store::ports::boxes::SearchQuery;
use store::ports::channels::NOBODY;

use super::{refused, visible};
use crate::messages::{Affected, Effect, Events, publish_channel, publish_discussion};
use crate::{Caller, Core, Error, Result, account_events};

/// Deletes messages for everyone: own ones, or with that right any. Unknown ones are passed over.
///
/// # Errors
/// `LimitInvalid` for too many, `ChannelInvalid`, `ChannelPrivate`, `Denied`.
pub async fn messages(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    ids: &[MessageId],
) -> Result<Affected> {
    if ids.len() > limits::IDS_PER_CALL {
        return Err(Error::LimitInvalid);
    }
    visible(core, caller.user, id).await?;
    let delete = core.stores.channels.delete_posts(id, caller.user, ids, core.now());
    let (_, change) = delete.await.map_err(refused)?;
    if change.pts_count > 0 {
        publish_channel(core, caller, id, change.pts, change.pts_count);
        publish_discussion(core, change.discussion);
    }
    Ok(Affected { pts: change.pts, pts_count: change.pts_count, left: 0 })
}

/// Deletes what one person wrote into a supergroup, or what was written there as one channel, in pieces: the client calls again
/// until nothing is left.
///
/// # Errors
/// `ChannelInvalid` also for broadcast channels, `ChannelPrivate`, `Denied`.
pub async fn of_participant(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    author: Peer,
) -> Result<Affected> {
    let (channel, row) = visible(core, caller.user, id).await?;
    if channel.broadcast {
        return Err(Error::ChannelInvalid);
    }
    channel.check_admin(caller.user, row.as_ref(), |rights| rights.delete_messages)?;
    // As nobody in particular sees it: what is hidden from the caller alone goes, too.
    let window = HistoryWindow { limit: limits::HISTORY_PAGE, ..HistoryWindow::default() };
    let query = SearchQuery { from: Some(author), window, ..SearchQuery::default() };
    let page = core.stores.channels.search_channel(id, NOBODY, query).await?;
    let ids: Vec<MessageId> = page.messages.iter().map(|message| message.id).collect();
    if ids.is_empty() {
        return Ok(Affected { pts: channel.pts, pts_count: 0, left: 0 });
    }
    let left = page.total.saturating_sub(i32::try_from(ids.len()).unwrap_or(i32::MAX));
    Ok(Affected { left, ..messages(core, caller, id, &ids).await? })
}

/// Deletes everything up to a message (0: everything) for the caller only, on all their devices.
///
/// # Errors
/// `ChannelInvalid`, `ChannelPrivate`; `NotInChannel` for who is not in it.
pub async fn for_oneself(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    max_id: MessageId,
) -> Result<MessageId> {
    visible(core, caller.user, id).await?;
    let clear = core.stores.channels.clear_channel(id, caller.user, max_id, core.now());
    let (hidden, entry) = clear.await.map_err(refused)?;
    account_events::tell(core, [(caller.user, entry)], caller.origin());
    Ok(hidden)
}

/// Deletes everything up to a message (0: everything) for everyone; needs that right.
///
/// # Errors
/// `ChannelInvalid`, `ChannelPrivate`, `Denied`.
pub async fn history(
    core: &Core,
    caller: Caller,
    id: ChannelId,
    max_id: MessageId,
) -> Result<Effect> {
    let (channel, row) = visible(core, caller.user, id).await?;
    channel.check_admin(caller.user, row.as_ref(), |rights| rights.delete_messages)?;
    let offset_id = if max_id.0 > 0 { MessageId(max_id.0.saturating_add(1)) } else { MessageId(0) };
    let window =
        HistoryWindow { offset_id, limit: limits::HISTORY_PAGE, ..HistoryWindow::default() };
    let mut entries = Vec::new();
    loop {
        // As above.
        let page = core.stores.channels.channel_history(id, NOBODY, window).await?;
        let ids: Vec<MessageId> = page.messages.iter().map(|message| message.id).collect();
        if ids.is_empty() {
            break;
        }
        let delete = core.stores.channels.delete_posts(id, caller.user, &ids, core.now());
        let (gone, change) = delete.await.map_err(refused)?;
        if gone.is_empty() {
            break;
        }
        publish_channel(core, caller, id, change.pts, change.pts_count);
        publish_discussion(core, change.discussion);
        let event = ChannelEvent::DeleteMessages(gone);
        entries.push(ChannelEntry { pts: change.pts, pts_count: change.pts_count, event });
    }
    Ok(Effect { numbers: Vec::new(), events: Events::Channel(id, entries) })
}
