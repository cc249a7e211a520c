//! What happened in a channel's log since a client last read it.

use model::channel::Channel;
use model::dialog::{Dialog, HistoryWindow};
use model::event::ChannelEntry;
use model::message::Message;
use model::{ChannelId, Peer, Pts, limits};

use crate::{Caller, Core, Error, Result};

/// What a client missed of a channel.
#[derive(Clone, Debug, PartialEq)]
pub enum ChannelDifference {
    /// Nothing.
    Empty {
        /// Where the log stands.
        pts: Pts,
        /// The caller is in the channel, and hears of news by itself.
        member: bool,
    },
    /// Events.
    Some {
        /// In order.
        entries: Vec<ChannelEntry>,
        /// Where the client stands afterwards.
        pts: Pts,
        /// Nothing more is missing.
        last: bool,
        /// See `Empty`.
        member: bool,
    },
    /// Too much: the client starts afresh from the newest messages.
    TooLong {
        /// As the list of chats shows it, position included.
        dialog: Box<Dialog>,
        /// The newest messages.
        messages: Vec<Message>,
        /// See `Empty`.
        member: bool,
    },
}

/// What the caller missed of a channel since `pts`; at most `limit` events.
///
/// # Errors
/// `PersistentTimestampInvalid` for a negative position; `ChannelPrivate` and its kin.
pub async fn channel_difference(
    core: &Core,
    caller: Caller,
    channel: ChannelId,
    pts: Pts,
    limit: i32,
) -> Result<ChannelDifference> {
    if pts.0 < 0 {
        return Err(Error::PersistentTimestampInvalid);
    }
    let (channel, participant) = crate::channels::visible(core, caller.user, channel).await?;
    let member = participant
        .is_some_and(|participant| participant.state == model::channel::ParticipantState::Member);
    let limit = limit.clamp(1, limits::CHANNEL_DIFFERENCE_EVENTS);
    let gap = channel.pts.0.saturating_sub(pts.0);
    if gap <= 0 {
        return Ok(ChannelDifference::Empty { pts: channel.pts, member });
    }
    if pts.0 < 1 || gap > limits::CHANNEL_GAP {
        return too_long(core, caller, &channel, limit, member).await;
    }
    let entries = core.stores.channels.channel_events(channel.id, caller.user, pts, limit).await?;
    let reached = entries.last().map_or(channel.pts, |entry| entry.pts);
    let last = reached >= channel.pts;
    Ok(ChannelDifference::Some { entries, pts: reached, last, member })
}

async fn too_long(
    core: &Core,
    caller: Caller,
    channel: &Channel,
    limit: i32,
    member: bool,
) -> Result<ChannelDifference> {
    let page = core.stores.dialogs.peer_dialogs(caller.user, &[Peer::Channel(channel.id)]).await?;
    let mut dialog = page.dialogs.into_iter().next().ok_or(Error::ChannelInvalid)?;
    let position = dialog.channel_pts.unwrap_or(channel.pts);
    dialog.channel_pts = Some(position);
    let window = HistoryWindow { limit, ..HistoryWindow::default() };
    let history = core.stores.channels.channel_history(channel.id, caller.user, window).await?;
    // What came in between is in the log behind the position, and is read from there.
    let mut messages = history.messages;
    messages.retain(|message| message.pts <= position);
    Ok(ChannelDifference::TooLong { dialog: Box::new(dialog), messages, member })
}
