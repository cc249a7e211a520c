//! Deleting posts and whole histories from a channel's log.

use model::dialog::HistoryWindow;
use model::event::{ChannelEntry, ChannelEvent};
use model::{ChannelId, MessageId, limits};

use super::{refused, visible};
use crate::messages::{Affected, Effect, Events, publish_channel};
use crate::{Caller, Core, Error, Result};

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
    let (_, change) =
        core.stores.channels.delete_posts(id, caller.user, ids).await.map_err(refused)?;
    if change.pts_count > 0 {
        publish_channel(core, caller, id, change.pts, change.pts_count);
    }
    Ok(Affected { pts: change.pts, pts_count: change.pts_count, left: 0 })
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
        let page = core.stores.channels.channel_history(id, caller.user, window).await?;
        let ids: Vec<MessageId> = page.messages.iter().map(|message| message.id).collect();
        if ids.is_empty() {
            break;
        }
        let (gone, change) =
            core.stores.channels.delete_posts(id, caller.user, &ids).await.map_err(refused)?;
        if gone.is_empty() {
            break;
        }
        publish_channel(core, caller, id, change.pts, change.pts_count);
        let event = ChannelEvent::DeleteMessages(gone);
        entries.push(ChannelEntry { pts: change.pts, pts_count: change.pts_count, event });
    }
    Ok(Effect { numbers: Vec::new(), events: Events::Channel(id, entries) })
}
