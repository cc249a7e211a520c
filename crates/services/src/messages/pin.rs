//! Pinning and unpinning.

use model::event::{ChannelEntry, ChannelEvent, StoredBoxEvent};
use model::message::Action;
use model::{ChannelId, MessageId, Peer};

use super::{
    Affected, Effect, Events, affected, announce, box_entry, content, one, publish_box,
    publish_channel,
};
use crate::{Caller, Core, Error, Result};

/// How a message is pinned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Without sound.
    pub silent: bool,
    /// Take the pin away.
    pub unpin: bool,
    /// In a private chat: for the caller only, and without a service message.
    pub one_side: bool,
}

/// Pins or unpins one message. A pin that others see is announced by a service message.
///
/// # Errors
/// `MessageIdInvalid`, `Denied`.
pub async fn pin(
    core: &Core,
    caller: Caller,
    peer: Peer,
    id: MessageId,
    options: Options,
) -> Result<Effect> {
    let message = one(core, caller.user, peer, id).await?;
    if message.body.action.is_some() {
        return Err(Error::MessageIdInvalid);
    }
    content::check_standing(core, caller, peer).await?;
    let pinned = !options.unpin;
    let alone =
        peer == Peer::User(caller.user) || (options.one_side && matches!(peer, Peer::User(_)));
    let mut effect = match peer {
        Peer::Channel(channel) => in_log(core, caller, channel, &[id], pinned).await?.0,
        Peer::User(_) | Peer::Chat(_) => {
            in_boxes(core, caller, peer, &[id], pinned, !alone).await?
        }
    };
    if pinned && !alone && message.pinned != pinned {
        effect.append(
            announce(core, caller, peer, Action::PinMessage, Some(id), options.silent).await?,
        );
    }
    Ok(effect)
}

/// Unpins everything in a chat.
///
/// # Errors
/// `Denied`.
pub async fn unpin_all(core: &Core, caller: Caller, peer: Peer) -> Result<Affected> {
    if let Peer::Channel(channel) = peer {
        crate::channels::visible(core, caller.user, channel).await?;
        return Ok(in_log(core, caller, channel, &[], false).await?.1);
    }
    let alone = peer == Peer::User(caller.user);
    let changes = core.stores.boxes.pin(caller.user, peer, &[], false, !alone).await?;
    affected(core, caller, changes.iter().map(|pinned| &pinned.change), 0).await
}

async fn in_boxes(
    core: &Core,
    caller: Caller,
    peer: Peer,
    ids: &[MessageId],
    pinned: bool,
    for_others: bool,
) -> Result<Effect> {
    let changes = core.stores.boxes.pin(caller.user, peer, ids, pinned, for_others).await?;
    let now = core.now();
    let mut entries = Vec::new();
    for change in changes {
        publish_box(core, caller, &change.change);
        if change.change.owner == caller.user {
            let event = StoredBoxEvent::PinnedMessages {
                peer: change.peer,
                ids: change.ids,
                pinned: change.pinned,
            };
            entries.push(box_entry(&change.change, now, event));
        }
    }
    Ok(Effect { numbers: Vec::new(), events: Events::Box(entries) })
}

async fn in_log(
    core: &Core,
    caller: Caller,
    channel: ChannelId,
    ids: &[MessageId],
    pinned: bool,
) -> Result<(Effect, Affected)> {
    let (ids, change) = core.stores.channels.pin_posts(channel, caller.user, ids, pinned).await?;
    let mut entries = Vec::new();
    if change.pts_count > 0 {
        publish_channel(core, caller, channel, change.pts, change.pts_count);
        let event = ChannelEvent::PinnedMessages { ids, pinned };
        entries.push(ChannelEntry { pts: change.pts, pts_count: change.pts_count, event });
    }
    let affected = Affected { pts: change.pts, pts_count: change.pts_count, left: 0 };
    Ok((Effect { numbers: Vec::new(), events: Events::Channel(channel, entries) }, affected))
}
