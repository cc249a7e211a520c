//! Discussion groups of channels: linked and parted, their comments read. Threads of any supergroup go the same way.

use model::channel::Thread;
use model::event::AccountEvent;
use model::message::Message;
use model::{ChannelId, ChatId, MessageId, Peer};

use super::{refused, tell_everyone, visible};
use crate::messages::history::Page;
use crate::messages::search::{self, Query};
use crate::{Caller, Core, Error, Result, account_events};

/// Groups that a person may use for a discussion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidates {
    /// Basic groups, which have to be upgraded first.
    pub chats: Vec<ChatId>,
    /// Supergroups.
    pub channels: Vec<ChannelId>,
}

/// The groups that the caller owns and that are nobody's discussion group yet.
///
/// # Errors
/// Those of the store.
pub async fn candidates(core: &Core, caller: Caller) -> Result<Candidates> {
    let chats = core.stores.chats.chats_of(caller.user).await?;
    let chats = core.stores.chats.chats(&chats).await?;
    let joined = core.stores.channels.channels_of(caller.user).await?;
    let joined = core.stores.channels.channels(&joined).await?;
    let free = |channel: &&model::channel::Channel| {
        !channel.broadcast && channel.creator == caller.user && channel.linked.is_none()
    };
    Ok(Candidates {
        chats: chats
            .iter()
            .filter(|chat| !chat.deactivated && chat.creator == caller.user)
            .map(|chat| chat.id)
            .collect(),
        channels: joined.iter().filter(free).map(|channel| channel.id).collect(),
    })
}

/// Links a channel with its discussion group; with one of them `None`, parts the other from its partner.
///
/// # Errors
/// `BroadcastInvalid`, `MegagroupInvalid` for the other kind; `PrehistoryHidden`; `LinkNotModified`; `ChannelPrivate`, `Denied`.
pub async fn link(
    core: &Core,
    caller: Caller,
    broadcast: Option<ChannelId>,
    group: Option<ChannelId>,
) -> Result<()> {
    for (id, is_broadcast, error) in
        [(broadcast, true, Error::BroadcastInvalid), (group, false, Error::MegagroupInvalid)]
    {
        let Some(id) = id else { continue };
        let (channel, _) = visible(core, caller.user, id).await?;
        if channel.broadcast != is_broadcast {
            return Err(error);
        }
    }
    if broadcast.is_none() && group.is_none() {
        return Err(Error::BroadcastInvalid);
    }
    let linked =
        core.stores.channels.link_discussion(caller.user, broadcast, group, core.now()).await;
    let changed = linked.map_err(|error| match error {
        store::Error::NotModified => Error::LinkNotModified,
        store::Error::Conflict => Error::PrehistoryHidden,
        error => refused(error),
    })?;
    for channel in changed {
        let event = AccountEvent::Channel { channel: channel.id };
        tell_everyone(core, caller, &channel, event).await?;
    }
    Ok(())
}

/// A thread with the messages that it answers: one, or an album, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Discussion {
    /// The thread.
    pub thread: Thread,
    /// What it answers, in the group.
    pub messages: Vec<Message>,
}

/// The thread of a post or of a supergroup's message.
///
/// # Errors
/// `MessageIdInvalid`; `PeerInvalid` outside of channels; `ChannelPrivate` and its kin.
pub async fn discussion(
    core: &Core,
    caller: Caller,
    peer: Peer,
    id: MessageId,
) -> Result<Discussion> {
    let thread = thread(core, caller, peer, id).await?;
    let top = core.stores.channels.posts(thread.group, caller.user, &[thread.top]).await?.pop();
    let top = top.ok_or(Error::MessageIdInvalid)?;
    let mut messages = vec![top];
    if let Some(album) = messages.first().and_then(|message| message.body.grouped_id) {
        messages = album_of(core, caller, &thread, album).await?;
    }
    Ok(Discussion { thread, messages })
}

async fn album_of(
    core: &Core,
    caller: Caller,
    thread: &Thread,
    album: i64,
) -> Result<Vec<Message>> {
    let reach = i32::try_from(model::limits::ALBUM).unwrap_or(i32::MAX);
    let around = |id: i32| MessageId(thread.top.0.saturating_add(id));
    let ids: Vec<MessageId> = (-reach..=reach).rev().map(around).collect();
    let mut messages = core.stores.channels.posts(thread.group, caller.user, &ids).await?;
    messages.retain(|message| message.body.grouped_id == Some(album));
    Ok(messages)
}

async fn thread(core: &Core, caller: Caller, peer: Peer, id: MessageId) -> Result<Thread> {
    let Peer::Channel(channel) = peer else { return Err(Error::PeerInvalid) };
    visible(core, caller.user, channel).await?;
    let thread = core.stores.channels.thread(channel, caller.user, id).await;
    let thread = thread.map_err(|error| match error {
        store::Error::NotFound => Error::MessageIdInvalid,
        error => error.into(),
    })?;
    if thread.group != channel {
        visible(core, caller.user, thread.group).await?;
    }
    Ok(thread)
}

/// A page of a thread's replies, newest first.
///
/// # Errors
/// See [`discussion`]; `FloodWait`.
pub async fn replies(
    core: &Core,
    caller: Caller,
    peer: Peer,
    id: MessageId,
    mut query: Query,
) -> Result<Page> {
    let thread = thread(core, caller, peer, id).await?;
    query.thread = Some(thread.top);
    search::in_chat(core, caller, Peer::Channel(thread.group), &query).await
}

/// Moves the caller's read mark in a thread. Their other devices are told, and the authors of what nobody had read before.
///
/// # Errors
/// See [`discussion`].
pub async fn read(
    core: &Core,
    caller: Caller,
    peer: Peer,
    id: MessageId,
    max_id: MessageId,
) -> Result<()> {
    let thread = thread(core, caller, peer, id).await?;
    let (group, top) = (thread.group, thread.top);
    let read = match core.stores.channels.read_thread(group, caller.user, top, max_id).await {
        Ok(read) => read,
        // Nothing to mark: read already, or without replies.
        Err(store::Error::NotModified | store::Error::NotFound) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let inbox =
        AccountEvent::ReadDiscussionInbox { group, top, max_id: read.max_id, post: thread.post };
    account_events::record(core, vec![(caller.user, inbox)], caller.origin()).await?;
    let outbox =
        |(author, max_id)| (author, AccountEvent::ReadDiscussionOutbox { group, top, max_id });
    account_events::record(core, read.authors.into_iter().map(outbox).collect(), None).await
}
