//! Channels: one log each, read by everyone.

mod discussion;
mod log;
mod members;
mod port;
mod read;
mod search_posts;

use std::collections::{BTreeMap, BTreeSet};

use model::channel::{Channel, Participant, named_by, row_of};
use model::event::StoredChannelEvent;
use model::invariants::START;
use model::limits::READERS_MEMBERS;
use model::message::{Body, Counters, Message};
use model::poll::Poll;
use model::reaction::Reaction;
use model::rights::Denial;
use model::{ChannelId, MessageId, Peer, Pts, UnixTime, UserId};

use super::{State, unread_reactions};
use crate::ports::channels::{ChannelChange, FIRST_CHANNEL, NewChannel};
use crate::{Error, Result};

/// Every channel with its log.
#[derive(Default)]
pub(super) struct Channels {
    logs: BTreeMap<ChannelId, Log>,
}

/// One channel.
#[derive(Clone, Default)]
struct Log {
    channel: Channel,
    rows: BTreeMap<UserId, Participant>,
    /// Every number that was given out, deleted messages included.
    posts: BTreeMap<MessageId, Post>,
    /// In order of pts; new messages are told by `posts`.
    events: Vec<(Pts, i32, StoredChannelEvent)>,
    /// When the position moved last.
    moved: UnixTime,
    random_ids: BTreeMap<(UserId, i64), MessageId>,
    /// What posts, or the channel itself, carry no longer.
    released: Vec<i64>,
    /// Of a supergroup, under the first message.
    threads: BTreeMap<MessageId, discussion::Kept>,
}

/// One message, or what is left of it.
#[derive(Clone, Default)]
struct Post {
    pts: Pts,
    sender: UserId,
    date: UnixTime,
    /// It tells of an act.
    service: bool,
    /// `None` once deleted.
    body: Option<Body>,
    edit_date: Option<UnixTime>,
    pinned: bool,
    reply_to: Option<MessageId>,
    thread: Option<MessageId>,
    mentions: BTreeSet<UserId>,
    unseen_by: BTreeSet<UserId>,
    /// In the order they were given.
    reactions: Vec<Reaction>,
    counters: Counters,
    viewers: BTreeSet<UserId>,
}

impl Channels {
    /// What posts and channels carried until lately.
    pub(super) fn take_released(&mut self) -> Vec<i64> {
        self.logs.values_mut().flat_map(|log| std::mem::take(&mut log.released)).collect()
    }

    /// Whether a post or a channel carries it.
    pub(super) fn carry(&self, id: i64) -> bool {
        let mut open = self.logs.values().filter(|log| !log.channel.deleted);
        open.any(|log| {
            let bodies = log.posts.values().filter_map(|post| post.body.as_ref());
            log.channel.photo.is_some_and(|photo| photo.0 == id)
                || bodies.flat_map(Body::carried).any(|carried| carried == id)
        })
    }
}

/// A message of a channel's log as `viewer` sees it.
pub(super) fn message_for(
    state: &State,
    channel: ChannelId,
    viewer: UserId,
    id: MessageId,
) -> Option<Message> {
    let message = state.channels.logs.get(&channel)?.message(viewer, id)?;
    Some(state.with_replies(viewer, message))
}

/// Where a log is: its pts, its newest message and that one's date (of an empty log: when the channel was made).
pub(super) fn head(state: &State, channel: ChannelId) -> (Pts, MessageId, UnixTime) {
    let Some(log) = state.channels.logs.get(&channel) else { return Default::default() };
    (log.channel.pts, log.channel.top_message, log.top_date())
}

/// As [`head`], with the newest message only if `viewer` sees any.
pub(super) fn head_for(
    state: &State,
    channel: ChannelId,
    viewer: UserId,
) -> (Pts, MessageId, UnixTime) {
    let (pts, top, date) = head(state, channel);
    let log = state.channels.logs.get(&channel);
    let hidden = log.is_some_and(|log| top <= log.hidden_until(viewer));
    (pts, if hidden { MessageId(0) } else { top }, date)
}

/// Whether authors are told who read their messages.
pub(super) fn keeps_readers(state: &State, channel: ChannelId) -> bool {
    let log = state.channels.logs.get(&channel);
    log.is_some_and(|log| !log.channel.broadcast && log.channel.participants <= READERS_MEMBERS)
}

/// Messages after a read mark that others wrote.
pub(super) fn unread_after(
    state: &State,
    channel: ChannelId,
    viewer: UserId,
    read_max: MessageId,
) -> i32 {
    let Some(log) = state.channels.logs.get(&channel) else { return 0 };
    let unread = log.visible(viewer).filter(|(id, post)| *id > read_max && post.sender != viewer);
    count(unread.count())
}

/// Mentions of `viewer` not yet seen.
pub(super) fn unread_mentions(state: &State, channel: ChannelId, viewer: UserId) -> i32 {
    let Some(log) = state.channels.logs.get(&channel) else { return 0 };
    count(log.visible(viewer).filter(|(_, post)| post.unseen_by.contains(&viewer)).count())
}

/// Whether `actor` may manage the invite links of a channel; answers whether they own it.
pub(super) fn check_invite(state: &State, channel: ChannelId, actor: UserId) -> Result<bool> {
    let log = state.channels.log(channel)?;
    log.channel.check_admin(actor, log.rows.get(&actor), |rights| rights.invite_users)?;
    Ok(log.channel.creator == actor)
}

/// A channel and somebody's relation to it.
pub(super) fn with_row(
    state: &State,
    channel: ChannelId,
    user: UserId,
) -> Result<(&Channel, Option<&Participant>)> {
    let log = state.channels.log(channel)?;
    Ok((&log.channel, log.rows.get(&user)))
}

/// Whether `actor`, who did not make a poll, may close it because of the post that shows it.
pub(super) fn check_close_poll(
    state: &State,
    channel: ChannelId,
    actor: UserId,
    poll: &Poll,
    id: MessageId,
) -> Result<()> {
    let log = state.channels.log(channel)?;
    let post = log.live_post(id).ok_or(Denial::NotAuthor)?;
    let body = post.body.as_ref().ok_or(Denial::NotAuthor)?;
    let row = log.rows.get(&actor);
    Ok(log.channel.check_close_poll(actor, row, poll, (post.sender, body))?)
}

/// Whether somebody wrote a message, and did not pass it on.
pub(super) fn is_own_message(
    state: &State,
    (channel, id): (ChannelId, MessageId),
    user: UserId,
) -> bool {
    let post = state.channels.logs.get(&channel).and_then(|log| log.live_post(id));
    post.is_some_and(|post| {
        post.sender == user && post.body.as_ref().is_some_and(|body| body.forward.is_none())
    })
}

/// Broadcast channels with a public name.
pub(super) fn public(state: &State) -> Vec<&Channel> {
    let channels = state.channels.logs.values().map(|log| &log.channel);
    channels.filter(|c| c.broadcast && c.username.is_some() && !c.deleted).collect()
}

/// The members of a channel.
pub(super) fn members(state: &State, channel: ChannelId) -> Vec<&Participant> {
    let log = state.channels.logs.get(&channel);
    log.iter().flat_map(|log| log.rows.values()).filter(|row| row.is_member()).collect()
}

/// The title of a channel that was not deleted.
pub(super) fn title(channels: &Channels, channel: ChannelId) -> Option<String> {
    let channel = &channels.logs.get(&channel)?.channel;
    (!channel.deleted).then(|| channel.title.clone())
}

/// Notes a channel's public name.
pub(super) fn set_username(channels: &mut Channels, channel: ChannelId, name: Option<String>) {
    if let Some(log) = channels.logs.get_mut(&channel) {
        log.channel.username = name;
    }
}

fn count(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

fn page<T>(list: Vec<T>, offset: i32, limit: i32) -> (Vec<T>, i32) {
    let total = count(list.len());
    let at = |n: i32| usize::try_from(n).unwrap_or(0);
    (list.into_iter().skip(at(offset)).take(at(limit)).collect(), total)
}

impl Channels {
    /// Who is told to have brought somebody in who came by a link.
    pub(super) fn brought_by(&self, id: ChannelId, user: UserId) -> Option<UserId> {
        let Log { channel, rows, .. } = self.logs.get(&id)?;
        let maker = rows.get(&user)?.by;
        Some(channel.brought_by(maker, rows.get(&maker), user))
    }

    fn log(&self, id: ChannelId) -> Result<&Log> {
        self.logs.get(&id).ok_or(Error::NotFound)
    }

    fn log_mut(&mut self, id: ChannelId) -> Result<&mut Log> {
        self.logs.get_mut(&id).ok_or(Error::NotFound)
    }

    fn of(&self, user: UserId) -> impl Iterator<Item = ChannelId> {
        let there = self.logs.values().filter(move |log| {
            !log.channel.deleted && log.rows.get(&user).is_some_and(Participant::is_member)
        });
        there.map(|log| log.channel.id)
    }

    /// A member's messages, or their replies in a thread, with unseen reactions, oldest first.
    pub(super) fn unread_reactions(
        &self,
        id: ChannelId,
        user: UserId,
        thread: Option<MessageId>,
    ) -> Vec<MessageId> {
        let posts = self.logs.get(&id).into_iter().flat_map(|log| &log.posts);
        let own = posts.filter(|(_, post)| post.sender == user && post.body.is_some());
        let own = own.filter(|(_, post)| thread.is_none() || post.thread == thread);
        let unread = own.filter(|(_, post)| unread_reactions::has_unread(&post.reactions));
        unread.map(|(id, _)| *id).collect()
    }

    /// Whether a message has reactions that its author has not seen.
    fn has_unread_reactions(&self, channel: ChannelId, id: MessageId) -> bool {
        let post = self.logs.get(&channel).and_then(|log| log.posts.get(&id));
        post.is_some_and(|post| unread_reactions::has_unread(&post.reactions))
    }

    /// Answers whether a message of theirs had any.
    pub(super) fn see_reactions(
        &mut self,
        channel: ChannelId,
        user: UserId,
        id: MessageId,
    ) -> bool {
        let post = self.logs.get_mut(&channel).and_then(|log| log.posts.get_mut(&id));
        let post = post.filter(|post| post.sender == user);
        post.is_some_and(|post| unread_reactions::see(&mut post.reactions))
    }

    /// The rows in a group of the channels that somebody owns.
    fn rows_of_owned(&self, group: ChannelId, owner: UserId) -> Result<Vec<Participant>> {
        let rows = self.log(group)?.rows.iter();
        let owned = |name| self.logs.get(&name).is_some_and(|log| log.channel.creator == owner);
        let owned = rows.filter(|(user, _)| named_by(**user).is_some_and(owned));
        Ok(owned.map(|(_, row)| row.clone()).collect())
    }

    /// The rows that say whether somebody may write as the channel that a message names.
    fn rows_of_names(
        &self,
        body: &Body,
        group: ChannelId,
        sender: UserId,
    ) -> Result<Vec<Participant>> {
        let Some(name) = body.send_as else { return Ok(Vec::new()) };
        let mut rows = self.rows_of_owned(group, sender)?;
        rows.extend(self.log(group)?.rows.get(&row_of(name)).cloned());
        Ok(rows)
    }

    fn next_id(&self) -> ChannelId {
        ChannelId(self.logs.keys().next_back().map_or(FIRST_CHANNEL, |last| last.0 + 1))
    }

    fn create(&mut self, new: NewChannel) -> Channel {
        let mut channel = Channel {
            id: self.next_id(),
            title: new.title,
            about: new.about,
            creator: new.creator,
            created: new.now,
            broadcast: new.broadcast,
            ttl_period: new.ttl_period,
            pts: START,
            ..Channel::default()
        };
        let creator = channel.joined(new.creator, None, new.creator, None, new.now);
        channel.recount(None, Some(&creator));
        let rows = BTreeMap::from([(new.creator, creator)]);
        let log = Log { channel: channel.clone(), rows, moved: new.now, ..Log::default() };
        self.logs.insert(channel.id, log);
        channel
    }
}

impl State {
    fn delete_channel(&mut self, id: ChannelId, actor: UserId) -> Result<Channel> {
        let log = self.channels.log_mut(id)?;
        log.channel.check_exists()?;
        if log.channel.creator != actor {
            return Err(Denial::AdminRequired.into());
        }
        log.channel.deleted = true;
        log.channel.departures += 1;
        let bodies = log.posts.values().filter_map(|post| post.body.as_ref());
        log.released.extend(bodies.flat_map(Body::carried));
        log.released.extend(log.channel.photo.map(|photo| photo.0));
        log.channel.username = None;
        log.channel.top_message = MessageId(0);
        log.posts.clear();
        log.events.clear();
        log.threads.clear();
        let partner = log.channel.linked.take();
        let channel = log.channel.clone();
        for user in log.rows.keys() {
            super::dialogs::close_channel(&mut self.dialogs, *user, id);
        }
        self.accounts.remove_public(Peer::Channel(id));
        if let Some(partner) = partner {
            self.part(partner)?;
        }
        self.schedules.erase_channel(id);
        self.series.erase(id);
        self.admin_logs.erase(id);
        Ok(channel)
    }

    pub(super) fn change_channel(
        &mut self,
        id: ChannelId,
        actor: UserId,
        change: ChannelChange,
    ) -> Result<Channel> {
        let log = self.channels.log_mut(id)?;
        let mut channel = log.channel.clone();
        let at = change.at;
        change.apply(&mut channel, actor, log.rows.get(&actor))?;
        log.released.extend(log.channel.photo.map(|photo| photo.0));
        let before = std::mem::replace(&mut log.channel, channel.clone());
        self.note_change(&before, &channel, (actor, at));
        if channel.username.is_some() {
            self.accounts.index_public(Peer::Channel(id), &channel.title);
        }
        Ok(channel)
    }
}
