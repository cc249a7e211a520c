//! The one way by which messages enter boxes and logs, and the notices that follow.

use model::event::{AccountEntry, BoxEntry, BoxEvent, ChannelEntry, ChannelEvent};
use model::message::Body;
use model::{MessageId, Peer};
use store::ports::boxes::{BoxChange, BoxPeer, NewBoxMessage, Sent};
use store::ports::channels::{NewChannelMessage, Posted};

use super::{Effect, Events, publish_box, publish_channel, publish_discussion};
use crate::{Caller, Core, Error, Result, account_events, expiry, sign_in};

/// A message that is ready to be written.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    /// Chosen by the client; `None` for service messages.
    pub random_id: Option<i64>,
    /// What.
    pub body: Body,
    /// Replied to, by its number in the same chat.
    pub reply_to: Option<MessageId>,
    /// People mentioned by public name.
    pub mentions: Vec<model::UserId>,
    /// The post that it forwards, whose forwards it counts among.
    pub forwards: Option<(model::ChannelId, MessageId)>,
}

/// Writes messages in one transaction, all or none, and tells everyone. The chat's rules are checked by the store.
pub(crate) async fn deliver(
    core: &Core,
    caller: Caller,
    peer: Peer,
    mut messages: Vec<Delivery>,
    clear_draft: bool,
) -> Result<Effect> {
    for message in &mut messages {
        expiry::stamp(core, &mut message.body);
    }
    if peer != Peer::User(caller.user) {
        for message in &messages {
            sign_in::burn_told_codes(core, caller.user, &message.body.text);
        }
    }
    let drafted = clear_draft && has_draft(core, caller, peer).await?;
    match peer {
        Peer::User(user) => to_boxes(core, caller, BoxPeer::User(user), messages, drafted).await,
        Peer::Chat(chat) => to_boxes(core, caller, BoxPeer::Chat(chat), messages, drafted).await,
        Peer::Channel(channel) => {
            check_polls(core, caller, channel, &messages).await?;
            to_log(core, caller, channel, messages, drafted).await
        }
    }
}

async fn has_draft(core: &Core, caller: Caller, peer: Peer) -> Result<bool> {
    let drafts = core.stores.dialogs.drafts(caller.user).await?;
    Ok(drafts.iter().any(|(with, _)| *with == peer))
}

async fn to_boxes(
    core: &Core,
    caller: Caller,
    peer: BoxPeer,
    messages: Vec<Delivery>,
    clear_draft: bool,
) -> Result<Effect> {
    let date = core.now();
    let beginning = expiry::beginning(core, caller, peer.peer()).await?;
    let begins = beginning.is_some();
    let written = messages.into_iter().map(|message| NewBoxMessage {
        sender: caller.user,
        peer,
        random_id: message.random_id,
        date,
        body: message.body,
        reply_to: message.reply_to,
        mentions: message.mentions,
        clear_draft,
    });
    let new: Vec<NewBoxMessage> = beginning.into_iter().chain(written).collect();
    let random: Vec<Option<i64>> = new.iter().map(|message| message.random_id).collect();
    let sent = core.stores.boxes.send(new).await.map_err(|error| match (error, peer) {
        (store::Error::NotFound, BoxPeer::Chat(_)) => Error::ChatInvalid,
        (error, _) => error.into(),
    })?;
    if let Some(begun) = sent.first().filter(|_| begins) {
        expiry::tell_begun(core, begun).await?;
    }
    Ok(told_boxes(core, caller, sent.into_iter().zip(random)))
}

/// Tells everyone of messages that are written, with the `random_id` of each.
pub(crate) fn told_boxes(
    core: &Core,
    caller: Caller,
    sent: impl IntoIterator<Item = (Sent, Option<i64>)>,
) -> Effect {
    let mut numbers = Vec::new();
    let mut entries = Vec::new();
    for (sent, random_id) in sent {
        tell_cleared(core, caller, sent.cleared);
        for copy in sent.copies {
            let change = BoxChange { owner: copy.owner, pts: copy.message.pts, pts_count: 1 };
            if !sent.duplicate {
                publish_box(core, caller, &change);
            }
            if copy.owner == caller.user {
                numbers.extend(random_id.map(|random_id| (random_id, copy.message.id)));
                entries.push(BoxEntry {
                    pts: change.pts,
                    pts_count: 1,
                    date: copy.message.date,
                    event: BoxEvent::NewMessage(Some(copy.message)),
                });
            }
        }
    }
    Effect { numbers, events: Events::Box(entries) }
}

/// Subscribers of a channel are not told of each other.
pub(super) async fn check_polls(
    core: &Core,
    caller: Caller,
    channel: model::ChannelId,
    messages: &[Delivery],
) -> Result<()> {
    let polls: Vec<_> = messages.iter().filter_map(|message| message.body.poll()).collect();
    if polls.is_empty() {
        return Ok(());
    }
    let channel = core.stores.channels.channels(&[channel]).await?.pop();
    if !channel.is_some_and(|channel| channel.broadcast) {
        return Ok(());
    }
    let polls = core.stores.polls.polls(caller.user, &polls, core.now()).await?;
    if polls.iter().any(|(poll, _)| poll.public_voters) {
        return Err(Error::PublicVotersForbidden);
    }
    Ok(())
}

async fn to_log(
    core: &Core,
    caller: Caller,
    channel: model::ChannelId,
    messages: Vec<Delivery>,
    clear_draft: bool,
) -> Result<Effect> {
    let (date, clock) = (core.now(), expiry::clock(core));
    let random: Vec<Option<i64>> = messages.iter().map(|message| message.random_id).collect();
    let new = messages
        .into_iter()
        .map(|message| NewChannelMessage {
            sender: caller.user,
            channel,
            random_id: message.random_id,
            date,
            clock,
            body: message.body,
            reply_to: message.reply_to,
            mentions: message.mentions,
            clear_draft,
        })
        .collect();
    let posted = core.stores.channels.post(new).await.map_err(|error| match error {
        store::Error::NotFound => Error::ChannelInvalid,
        error => error.into(),
    })?;
    Ok(told_log(core, caller, channel, posted.into_iter().zip(random)))
}

/// Tells everyone of messages that are in a log, with the `random_id` of each.
pub(crate) fn told_log(
    core: &Core,
    caller: Caller,
    channel: model::ChannelId,
    posted: impl IntoIterator<Item = (Posted, Option<i64>)>,
) -> Effect {
    let mut numbers = Vec::new();
    let mut entries = Vec::new();
    for (posted, random_id) in posted {
        tell_cleared(core, caller, posted.cleared);
        let message = posted.message;
        if !posted.duplicate {
            publish_channel(core, caller, channel, message.pts, 1);
            publish_discussion(core, posted.discussion);
        }
        numbers.extend(random_id.map(|random_id| (random_id, message.id)));
        let event = ChannelEvent::NewMessage(Some(message.clone()));
        entries.push(ChannelEntry { pts: message.pts, pts_count: 1, event });
    }
    Effect { numbers, events: Events::Channel(channel, entries) }
}

/// The sender's other devices hear that the draft is gone.
fn tell_cleared(core: &Core, caller: Caller, cleared: Option<AccountEntry>) {
    let cleared = cleared.map(|entry| (caller.user, entry));
    account_events::tell(core, cleared, caller.origin());
}

/// Tells everyone of the service message of an act in a group.
pub(crate) fn told_act(core: &Core, caller: Caller, sent: Option<Sent>) -> Effect {
    told_boxes(core, caller, sent.map(|sent| (sent, None)))
}

/// Tells everyone of the service message of an act in a channel, where there is one.
pub(crate) fn told_channel_act(
    core: &Core,
    caller: Caller,
    channel: model::ChannelId,
    posted: Option<Posted>,
) -> Effect {
    match posted {
        Some(posted) => told_log(core, caller, channel, [(posted, None)]),
        None => Effect::none(),
    }
}
