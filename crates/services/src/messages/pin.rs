//! Pinning and unpinning.

use model::event::{ChannelEntry, ChannelEvent, StoredBoxEvent};
use model::{ChannelId, MessageId, Peer};
use store::ports::acts::ToldPin;
use store::ports::boxes::{BoxPeer, Pinned};
use store::ports::channels::LogChange;

use super::{
    Affected, Effect, Events, affected, box_entry, content, one, publish_box, publish_channel,
    told_act, told_channel_act,
};
use crate::rate_limit::{self, Limit};
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
/// `MessageIdInvalid`, `Denied`, `FloodWait`.
pub async fn pin(
    core: &Core,
    caller: Caller,
    peer: Peer,
    id: MessageId,
    options: Options,
) -> Result<Effect> {
    rate_limit::check_pace(core, caller, Limit::Act, 1)?;
    let message = one(core, caller.user, peer, id).await?;
    if message.body.action.is_some() {
        return Err(Error::MessageIdInvalid);
    }
    content::check_standing(core, caller, peer).await?;
    let pinned = !options.unpin;
    let alone =
        peer == Peer::User(caller.user) || (options.one_side && matches!(peer, Peer::User(_)));
    let told = ToldPin { id, silent: options.silent, at: core.now() };
    match peer {
        Peer::Channel(channel) if pinned => told_in_log(core, caller, channel, told).await,
        Peer::Channel(channel) => Ok(in_log(core, caller, channel, &[id], false).await?.0),
        Peer::User(_) if alone => in_boxes(core, caller, peer, &[id], pinned, false).await,
        Peer::User(user) if pinned => told_in_boxes(core, caller, BoxPeer::User(user), told).await,
        Peer::Chat(chat) if pinned => told_in_boxes(core, caller, BoxPeer::Chat(chat), told).await,
        Peer::User(_) | Peer::Chat(_) => in_boxes(core, caller, peer, &[id], false, true).await,
    }
}

/// Pins for everybody in boxes, with the service message.
async fn told_in_boxes(core: &Core, caller: Caller, peer: BoxPeer, pin: ToldPin) -> Result<Effect> {
    let (changes, sent) = core.stores.boxes.pin_told(caller.user, peer, pin).await?;
    let mut effect = tell_boxes(core, caller, changes);
    effect.append(told_act(core, caller, sent));
    Ok(effect)
}

/// Pins in a log, with the service message.
async fn told_in_log(
    core: &Core,
    caller: Caller,
    channel: ChannelId,
    pin: ToldPin,
) -> Result<Effect> {
    let (change, posted) = core.stores.channels.pin_post_told(channel, caller.user, pin).await?;
    let mut effect = tell_log(core, caller, channel, (vec![pin.id], true), change);
    if posted.is_some() {
        effect.append(told_channel_act(core, caller, channel, posted));
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
    content::check_standing(core, caller, peer).await?;
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
    Ok(tell_boxes(core, caller, changes))
}

fn tell_boxes(core: &Core, caller: Caller, changes: Vec<Pinned>) -> Effect {
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
    Effect { numbers: Vec::new(), events: Events::Box(entries) }
}

async fn in_log(
    core: &Core,
    caller: Caller,
    channel: ChannelId,
    ids: &[MessageId],
    pinned: bool,
) -> Result<(Effect, Affected)> {
    let pin = core.stores.channels.pin_posts(channel, caller.user, ids, pinned, core.now());
    let (ids, change) = pin.await?;
    let affected = Affected { pts: change.pts, pts_count: change.pts_count, left: 0 };
    Ok((tell_log(core, caller, channel, (ids, pinned), change), affected))
}

fn tell_log(
    core: &Core,
    caller: Caller,
    channel: ChannelId,
    (ids, pinned): (Vec<MessageId>, bool),
    change: LogChange,
) -> Effect {
    let mut entries = Vec::new();
    if change.pts_count > 0 {
        publish_channel(core, caller, channel, change.pts, change.pts_count);
        let event = ChannelEvent::PinnedMessages { ids, pinned };
        entries.push(ChannelEntry { pts: change.pts, pts_count: change.pts_count, event });
    }
    Effect { numbers: Vec::new(), events: Events::Channel(channel, entries) }
}
