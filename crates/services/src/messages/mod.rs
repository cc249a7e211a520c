//! Messages of private chats, saved messages, basic groups and channels: writing, reading, finding.
//!
//! A private chat or group is a box for each person, a channel is one log. Every function takes a [`Peer`] and goes the
//! right way; what it did comes back as an [`Effect`], the events that the caller's own answer tells. All others hear of
//! it from the bus.

pub mod attachments;
pub mod content;
pub mod delete;
mod deliver;
mod detect;
pub mod draft;
pub mod edit;
pub mod forward;
pub mod history;
pub mod pin;
pub mod poll;
pub mod reaction;
pub mod read;
pub mod reply;
pub mod schedule;
pub mod search;
pub mod send;
pub mod text;
pub mod typing;
pub mod unread_reactions;

use model::event::{BoxEntry, BoxEvent, ChannelEntry, StoredBoxEvent};
use model::message::Message;
use model::{ChannelId, MessageId, Peer, Pts, UnixTime, UserId};
use store::ports::Notice;
use store::ports::boxes::BoxChange;
use store::ports::channels::Moved;

use crate::{Caller, Core, Error, Result, expiry};

pub(crate) use deliver::{Delivery, deliver, told_act, told_boxes, told_channel_act};

/// What an act did, for the answer to its caller.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// The numbers that messages got, by the `random_id` of their client.
    pub numbers: Vec<(i64, MessageId)>,
    /// What happened in the caller's box, or in the channel's log.
    pub events: Events,
}

/// Events of the one sequence that an act moved.
#[derive(Clone, Debug, PartialEq)]
pub enum Events {
    /// The caller's box.
    Box(Vec<BoxEntry>),
    /// A channel's log.
    Channel(ChannelId, Vec<ChannelEntry>),
    /// No sequence: messages that wait for their time.
    Scheduled(Vec<Message>),
}

impl Effect {
    /// Nothing happened.
    #[must_use]
    pub const fn none() -> Self {
        Self { numbers: Vec::new(), events: Events::Box(Vec::new()) }
    }

    /// The messages that this effect wrote.
    pub fn messages(&self) -> Vec<&Message> {
        match &self.events {
            Events::Box(entries) => entries
                .iter()
                .filter_map(|entry| match &entry.event {
                    BoxEvent::NewMessage(Some(message)) => Some(message),
                    _ => None,
                })
                .collect(),
            Events::Channel(_, entries) => entries
                .iter()
                .filter_map(|entry| match &entry.event {
                    model::event::ChannelEvent::NewMessage(Some(message)) => Some(message),
                    _ => None,
                })
                .collect(),
            Events::Scheduled(messages) => messages.iter().collect(),
        }
    }

    /// Puts the messages into the view of somebody who may not have written them.
    fn seen_by(&mut self, viewer: UserId) {
        if let Events::Channel(_, entries) = &mut self.events {
            for entry in entries {
                if let model::event::ChannelEvent::NewMessage(Some(message)) = &mut entry.event {
                    message.out = message.from == viewer;
                }
            }
        }
    }

    /// Adds the events of another effect on the same sequence.
    pub fn append(&mut self, other: Self) {
        self.numbers.extend(other.numbers);
        match (&mut self.events, other.events) {
            (Events::Box(all), Events::Box(more)) => all.extend(more),
            (Events::Channel(_, all), Events::Channel(_, more)) => all.extend(more),
            (Events::Scheduled(all), Events::Scheduled(more)) => all.extend(more),
            (all @ Events::Box(_), more) => *all = more,
            (Events::Channel(..) | Events::Scheduled(_), _) => {}
        }
    }
}

/// A box's position after an act, for `messages.affectedMessages` and its kin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Affected {
    /// Position of the caller's box, or of the channel's log.
    pub pts: Pts,
    /// How far the act moved it.
    pub pts_count: i32,
    /// How much of a long work is left: the client calls again until it is 0.
    pub left: i32,
}

/// Tells a box's owner that it moved.
pub(crate) fn publish_box(core: &Core, caller: Caller, change: &BoxChange) {
    core.publish(Notice::Box {
        user: change.owner,
        pts: change.pts,
        pts_count: change.pts_count,
        origin: (change.owner == caller.user).then(|| caller.origin()).flatten(),
    });
}

/// Tells a channel's readers that its log moved.
pub(crate) fn publish_channel(
    core: &Core,
    caller: Caller,
    channel: ChannelId,
    pts: Pts,
    pts_count: i32,
) {
    core.publish(Notice::Channel { channel, pts, pts_count, origin: caller.origin() });
}

/// Tells the readers of a discussion group that the copy of a post moved its log. The caller's answer says nothing of it.
pub(crate) fn publish_discussion(core: &Core, moved: Option<Moved>) {
    if let Some(Moved { channel, pts, pts_count }) = moved {
        core.publish(Notice::Channel { channel, pts, pts_count, origin: None });
    }
}

/// A stored event of the caller's box, as its difference would show it.
pub(crate) const fn box_entry(
    change: &BoxChange,
    date: UnixTime,
    event: StoredBoxEvent,
) -> BoxEntry {
    BoxEntry { pts: change.pts, pts_count: change.pts_count, date, event: BoxEvent::Stored(event) }
}

/// Sums up the caller's part of a change of several boxes; all of them are told.
pub(crate) async fn affected(
    core: &Core,
    caller: Caller,
    changes: impl Iterator<Item = &BoxChange> + Send,
    left: i32,
) -> Result<Affected> {
    let mut own: Option<(Pts, i32)> = None;
    for change in changes {
        if change.owner == caller.user {
            let (pts, count) = own.unwrap_or((change.pts, 0));
            own = Some((pts.max(change.pts), count + change.pts_count));
        }
        publish_box(core, caller, change);
    }
    let (pts, pts_count) = match own {
        Some(own) => own,
        None => (core.stores.boxes.pts(caller.user).await?, 0),
    };
    Ok(Affected { pts, pts_count, left })
}

/// Messages of one chat by number, as `viewer` sees them, in the order asked; unknown ones are left out.
///
/// # Errors
/// `LimitInvalid` for too many; `ChannelPrivate` and its kin where the viewer may not look.
pub async fn in_chat(
    core: &Core,
    viewer: UserId,
    peer: Peer,
    ids: &[MessageId],
) -> Result<Vec<Message>> {
    if ids.len() > model::limits::IDS_PER_CALL {
        return Err(Error::LimitInvalid);
    }
    if let Peer::Channel(channel) = peer {
        crate::channels::visible(core, viewer, channel).await?;
        let mut posts = core.stores.channels.posts(channel, viewer, ids).await?;
        posts.retain(|post| !expiry::is_past(core, &post.body));
        return Ok(posts);
    }
    let mut messages = core.stores.boxes.messages(viewer, ids).await?;
    messages.retain(|message| message.peer == peer && !expiry::is_past(core, &message.body));
    Ok(messages)
}

/// One message of a chat.
///
/// # Errors
/// `MessageIdInvalid`; see [`in_chat`].
pub async fn one(core: &Core, viewer: UserId, peer: Peer, id: MessageId) -> Result<Message> {
    in_chat(core, viewer, peer, &[id]).await?.pop().ok_or(Error::MessageIdInvalid)
}
