//! Channels: one log each, read by everyone.

mod discussion;
mod log;
mod members;
mod read;
mod search_posts;

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use model::channel::{Channel, Participant, Thread, ThreadRead};
use model::dialog::{HistoryPage, HistoryWindow};
use model::event::{AccountEntry, AccountEvent, ChannelEntry, ChannelEvent, StoredChannelEvent};
use model::invariants::START;
use model::limits::READERS_MEMBERS;
use model::message::{Body, Counters, Message};
use model::poll::Poll;
use model::reaction::Reaction;
use model::rights::{BannedRights, Denial};
use model::series::{Audience, Counted};
use model::{ChannelId, MessageId, Peer, Pts, UnixTime, UserId};

use super::{MemoryStore, State, unread_reactions};
use crate::ports::ChannelStore;
use crate::ports::acts::{ChannelAct, ChannelTold, ToldPin};
use crate::ports::boxes::SearchQuery;
use crate::ports::channels::{
    AdminGrant, ChannelChange, ExpiredPosts, FIRST_CHANNEL, Listed, LogChange, NewChannel,
    NewChannelMessage, ParticipantFilter, Posted,
};
use crate::ports::post_search::{FoundPosts, PostQuery};
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

    /// A member's messages with unseen reactions, oldest first.
    pub(super) fn unread_reactions(&self, id: ChannelId, user: UserId) -> Vec<MessageId> {
        let posts = self.logs.get(&id).into_iter().flat_map(|log| &log.posts);
        let own = posts.filter(|(_, post)| post.sender == user && post.body.is_some());
        let unread = own.filter(|(_, post)| unread_reactions::has_unread(&post.reactions));
        unread.map(|(id, _)| *id).collect()
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

#[async_trait]
impl ChannelStore for MemoryStore {
    async fn create_channel(&self, new: NewChannel) -> Result<Channel> {
        self.state.lock().create_channel(new)
    }

    async fn found_channel(&self, new: NewChannel) -> Result<ChannelTold> {
        self.state.lock().found_channel(new)
    }

    async fn act_in_channel(
        &self,
        channel: ChannelId,
        actor: UserId,
        act: ChannelAct,
        now: UnixTime,
    ) -> Result<ChannelTold> {
        self.state.lock().act_in_channel(channel, actor, &act, now)
    }

    async fn channels(&self, ids: &[ChannelId]) -> Result<Vec<Channel>> {
        let logs = &self.state.lock().channels.logs;
        Ok(ids.iter().filter_map(|id| logs.get(id)).map(|log| log.channel.clone()).collect())
    }

    async fn channels_of(&self, user: UserId) -> Result<Vec<ChannelId>> {
        Ok(self.state.lock().channels.of(user).collect())
    }

    async fn memberships(&self, user: UserId) -> Result<Vec<(ChannelId, i64)>> {
        let state = self.state.lock();
        let logs = state.channels.of(user).filter_map(|id| state.channels.logs.get(&id));
        Ok(logs.map(|log| (log.channel.id, log.channel.departures)).collect())
    }

    async fn strangers(&self, channel: ChannelId, people: &[UserId]) -> Result<Vec<UserId>> {
        let state = self.state.lock();
        let rows = state.channels.logs.get(&channel).map(|log| &log.rows);
        let is_member =
            |user| rows.and_then(|rows| rows.get(user)).is_some_and(Participant::is_member);
        Ok(people.iter().filter(|user| !is_member(user)).copied().collect())
    }

    async fn channels_moved(&self, user: UserId, since: UnixTime) -> Result<Vec<(ChannelId, Pts)>> {
        let state = self.state.lock();
        let logs = state.channels.of(user).filter_map(|id| state.channels.logs.get(&id));
        let moved = logs.filter(|log| log.moved >= since);
        Ok(moved.map(|log| (log.channel.id, log.channel.pts)).collect())
    }

    async fn participations(
        &self,
        user: UserId,
        ids: &[ChannelId],
    ) -> Result<Vec<(ChannelId, Participant)>> {
        let logs = &self.state.lock().channels.logs;
        let rows = ids.iter().filter_map(|id| Some((*id, logs.get(id)?.rows.get(&user)?.clone())));
        Ok(rows.collect())
    }

    async fn participant(&self, channel: ChannelId, user: UserId) -> Result<Option<Participant>> {
        Ok(self.state.lock().channels.log(channel)?.rows.get(&user).cloned())
    }

    async fn participants(
        &self,
        channel: ChannelId,
        viewer: UserId,
        filter: ParticipantFilter,
        without: &[UserId],
        (offset, limit): (i32, i32),
    ) -> Result<(Vec<Participant>, i32)> {
        let mut found = self.state.lock().participants(channel, viewer, &filter)?;
        found.retain(|row| !without.contains(&row.user));
        Ok(page(found, offset, limit))
    }

    async fn change_channel(
        &self,
        channel: ChannelId,
        actor: UserId,
        change: ChannelChange,
    ) -> Result<Channel> {
        self.state.lock().change_channel(channel, actor, change)
    }

    async fn set_channel_username(
        &self,
        channel: ChannelId,
        actor: UserId,
        username: Option<String>,
        now: UnixTime,
    ) -> Result<()> {
        let state = &mut *self.state.lock();
        let before = state.channel(channel)?;
        super::accounts::set_channel_name(state, Peer::Channel(channel), username)?;
        let after = state.channel(channel)?;
        state.note_change(&before, &after, (actor, now));
        Ok(())
    }

    async fn delete_channel(&self, channel: ChannelId, actor: UserId) -> Result<Channel> {
        self.state.lock().delete_channel(channel, actor)
    }

    async fn join_channel(
        &self,
        channel: ChannelId,
        user: UserId,
        invite: Option<String>,
        now: UnixTime,
    ) -> Result<Channel> {
        self.state.lock().join_channel(channel, user, invite, now)
    }

    async fn invite_to_channel(
        &self,
        channel: ChannelId,
        actor: UserId,
        users: &[UserId],
        now: UnixTime,
    ) -> Result<Vec<UserId>> {
        self.state.lock().invite_to_channel(channel, actor, users, now)
    }

    async fn leave_channel(
        &self,
        channel: ChannelId,
        user: UserId,
        now: UnixTime,
    ) -> Result<Channel> {
        self.state.lock().leave_channel(channel, user, now)
    }

    async fn clear_channel(
        &self,
        channel: ChannelId,
        user: UserId,
        max_id: MessageId,
        now: UnixTime,
    ) -> Result<(MessageId, AccountEntry)> {
        let state = &mut *self.state.lock();
        let log = state.channels.log_mut(channel)?;
        let row = log.channel.cleared(log.rows.get(&user), max_id)?;
        let hidden = row.cleared_until;
        log.channel.has_cleared = true;
        log.put(row);
        for (_, post) in log.posts.range_mut(..=hidden).filter(|(_, post)| post.sender == user) {
            unread_reactions::see(&mut post.reactions);
        }
        let event = AccountEvent::ChannelCleared { channel, max_id: hidden };
        Ok((hidden, state.accounts.append(user, event, now)))
    }

    async fn set_channel_admin(
        &self,
        channel: ChannelId,
        actor: UserId,
        grant: AdminGrant,
        now: UnixTime,
    ) -> Result<Participant> {
        let AdminGrant { user, rights, rank } = grant;
        let state = &mut *self.state.lock();
        state.change_member(channel, actor, user, now, |change| change.promote(rights, rank))
    }

    async fn set_channel_ban(
        &self,
        channel: ChannelId,
        actor: UserId,
        user: UserId,
        rights: BannedRights,
        now: UnixTime,
    ) -> Result<Participant> {
        let state = &mut *self.state.lock();
        state.change_member(channel, actor, user, now, |change| change.restrict(rights))
    }

    async fn post(&self, messages: Vec<NewChannelMessage>) -> Result<Vec<Posted>> {
        self.state.lock().post(messages)
    }

    async fn posted_before(
        &self,
        channel: ChannelId,
        sender: UserId,
        random_ids: &[i64],
    ) -> Result<Vec<(i64, Message)>> {
        let state = self.state.lock();
        let log = state.channels.log(channel)?;
        let message = |random_id: &i64| {
            let id = *log.random_ids.get(&(sender, *random_id))?;
            Some((*random_id, state.with_replies(sender, log.message(sender, id)?)))
        };
        Ok(random_ids.iter().filter_map(message).collect())
    }

    async fn wrote_last(&self, channel: ChannelId, user: UserId) -> Result<Option<UnixTime>> {
        Ok(self.state.lock().channels.log(channel)?.wrote_last(user))
    }

    async fn edit_post(
        &self,
        channel: ChannelId,
        actor: UserId,
        id: MessageId,
        body: Body,
        edited: Option<UnixTime>,
    ) -> Result<(Message, LogChange)> {
        self.state.lock().edit_post(channel, actor, id, &body, edited)
    }

    async fn expire_posts(&self, now: UnixTime, limit: i32) -> Result<ExpiredPosts> {
        self.state.lock().expire_posts(now, limit)
    }

    async fn delete_posts(
        &self,
        channel: ChannelId,
        actor: UserId,
        ids: &[MessageId],
        now: UnixTime,
    ) -> Result<(Vec<MessageId>, LogChange)> {
        self.state.lock().delete_posts(channel, actor, ids, now)
    }

    async fn pin_posts(
        &self,
        channel: ChannelId,
        actor: UserId,
        ids: &[MessageId],
        pinned: bool,
        now: UnixTime,
    ) -> Result<(Vec<MessageId>, LogChange)> {
        self.state.lock().pin_posts(channel, actor, ids, pinned, now)
    }

    async fn pin_post_told(
        &self,
        channel: ChannelId,
        actor: UserId,
        pin: ToldPin,
    ) -> Result<(LogChange, Option<Posted>)> {
        self.state.lock().pin_post_told(channel, actor, pin)
    }

    async fn posts(
        &self,
        channel: ChannelId,
        viewer: UserId,
        ids: &[MessageId],
    ) -> Result<Vec<Message>> {
        let state = self.state.lock();
        let log = state.channels.log(channel)?;
        let found = ids.iter().filter_map(|id| log.message(viewer, *id));
        Ok(found.map(|message| state.with_replies(viewer, message)).collect())
    }

    async fn channel_history(
        &self,
        channel: ChannelId,
        viewer: UserId,
        window: HistoryWindow,
    ) -> Result<HistoryPage> {
        let state = self.state.lock();
        Ok(state.page(viewer, state.channels.log(channel)?.history(viewer, &window)))
    }

    async fn search_channel(
        &self,
        channel: ChannelId,
        viewer: UserId,
        query: SearchQuery,
    ) -> Result<HistoryPage> {
        let state = self.state.lock();
        Ok(state.page(viewer, state.channels.log(channel)?.search(viewer, &query)))
    }

    async fn search_posts(
        &self,
        channels: &[ChannelId],
        viewer: UserId,
        query: PostQuery,
    ) -> Result<FoundPosts> {
        Ok(self.state.lock().search_posts(channels, viewer, &query))
    }

    async fn channel_events(
        &self,
        channel: ChannelId,
        viewer: UserId,
        after: Pts,
        limit: i32,
    ) -> Result<Vec<ChannelEntry>> {
        let state = self.state.lock();
        let mut entries = state.channels.log(channel)?.events_after(viewer, after, limit);
        for entry in &mut entries {
            if let ChannelEvent::NewMessage(Some(message))
            | ChannelEvent::EditMessage(Some(message)) = &mut entry.event
            {
                *message = state.with_replies(viewer, message.clone());
            }
        }
        Ok(entries)
    }

    async fn count_views(
        &self,
        channel: ChannelId,
        viewer: UserId,
        ids: &[MessageId],
        seen: Option<UnixTime>,
    ) -> Result<Vec<(MessageId, Counters)>> {
        let state = &mut *self.state.lock();
        let log = state.channels.log_mut(channel)?;
        let member = log.rows.get(&viewer).is_some_and(Participant::is_member);
        let mut views = 0;
        let counted = log.count(ids, |post| {
            if seen.is_some() && post.sender != viewer && post.viewers.insert(viewer) {
                post.counters.views += 1;
                views += 1;
            }
        });
        if let Some(at) = seen.filter(|_| views > 0) {
            let audience = if member { Audience::Members } else { Audience::Others };
            state.series.count(channel, at, Counted::Views(audience), views);
        }
        Ok(counted)
    }

    async fn count_forwards(
        &self,
        channel: ChannelId,
        ids: &[MessageId],
        at: UnixTime,
    ) -> Result<Vec<(MessageId, Counters)>> {
        let state = &mut *self.state.lock();
        let counted =
            state.channels.log_mut(channel)?.count(ids, |post| post.counters.forwards += 1);
        if !counted.is_empty() {
            state.series.count(channel, at, Counted::Shares, count(counted.len()).into());
        }
        Ok(counted)
    }

    async fn react_to_post(
        &self,
        channel: ChannelId,
        user: UserId,
        id: MessageId,
        emoji: Vec<String>,
        at: UnixTime,
    ) -> Result<Message> {
        let state = &mut *self.state.lock();
        let guest = state.is_guest(channel, user, at)?;
        let message = state.channels.log_mut(channel)?.react(user, guest, id, emoji, at)?;
        Ok(state.with_replies(user, message))
    }

    async fn post_reactions(
        &self,
        channel: ChannelId,
        id: MessageId,
        emoji: Option<&str>,
        offset: i32,
        limit: i32,
    ) -> Result<(Vec<Reaction>, i32)> {
        let state = self.state.lock();
        let post = state.channels.log(channel)?.live_post(id).ok_or(Error::NotFound)?;
        let given = post.reactions.iter().rev();
        let wanted = given.filter(|one| emoji.is_none_or(|emoji| one.emoji == emoji));
        Ok(page(unread_reactions::plain(wanted.cloned().collect()), offset, limit))
    }

    async fn read_post_contents(
        &self,
        channel: ChannelId,
        user: UserId,
        ids: &[MessageId],
    ) -> Result<Vec<MessageId>> {
        Ok(self.state.lock().channels.log_mut(channel)?.see_mentions(user, ids))
    }

    async fn read_post_mentions(
        &self,
        channel: ChannelId,
        user: UserId,
        limit: i32,
    ) -> Result<Vec<MessageId>> {
        let state = &mut *self.state.lock();
        let log = state.channels.log_mut(channel)?;
        let unseen = log.visible(user).filter(|(_, post)| post.unseen_by.contains(&user));
        let ids: Vec<_> = unseen.map(|(id, _)| id).collect();
        let ids = page(ids, 0, limit).0;
        Ok(log.see_mentions(user, &ids))
    }

    async fn channel_outbox_mark(&self, channel: ChannelId, user: UserId) -> Result<MessageId> {
        let state = self.state.lock();
        let read = super::dialogs::newest_read_by_others(&state.dialogs, channel, user);
        let log = state.channels.log(channel)?;
        let own = log.live().filter(|(id, post)| *id <= read && post.sender == user);
        let own = own.filter(|_| !log.channel.broadcast);
        Ok(own.map(|(id, _)| id).max().unwrap_or_default())
    }

    async fn post_readers(
        &self,
        channel: ChannelId,
        author: UserId,
        id: MessageId,
    ) -> Result<Vec<(UserId, UnixTime)>> {
        let dialogs = &self.state.lock().dialogs;
        Ok(super::dialogs::channel_readers(dialogs, channel, author, id))
    }

    async fn public_channels_of(&self, creator: UserId) -> Result<Vec<ChannelId>> {
        let state = self.state.lock();
        let channels = state.channels.logs.values().map(|log| &log.channel);
        let own = channels.filter(|c| c.creator == creator && c.username.is_some() && !c.deleted);
        Ok(own.map(|channel| channel.id).collect())
    }

    async fn public_channels(
        &self,
        ids: std::ops::Range<ChannelId>,
        limit: i32,
    ) -> Result<Vec<Listed>> {
        let state = self.state.lock();
        let channels = state.channels.logs.values().map(|log| &log.channel);
        let channels = channels.filter(|channel| ids.contains(&channel.id) && !channel.deleted);
        let mut public: Vec<Listed> = channels
            .filter_map(|channel| {
                let name = channel.username.clone()?;
                Some(Listed { id: channel.id, name, broadcast: channel.broadcast })
            })
            .collect();
        public.sort_by_key(|channel| std::cmp::Reverse(channel.id));
        public.truncate(usize::try_from(limit).unwrap_or(0));
        Ok(public)
    }

    async fn link_discussion(
        &self,
        actor: UserId,
        broadcast: Option<ChannelId>,
        group: Option<ChannelId>,
        now: UnixTime,
    ) -> Result<Vec<Channel>> {
        self.state.lock().link_discussion(actor, broadcast, group, now)
    }

    async fn is_guest(&self, channel: ChannelId, user: UserId, now: UnixTime) -> Result<bool> {
        self.state.lock().is_guest(channel, user, now)
    }

    async fn thread(&self, channel: ChannelId, viewer: UserId, id: MessageId) -> Result<Thread> {
        self.state.lock().thread(channel, viewer, id)
    }

    async fn read_thread(
        &self,
        group: ChannelId,
        user: UserId,
        top: MessageId,
        max_id: MessageId,
    ) -> Result<ThreadRead> {
        self.state.lock().read_thread(group, user, top, max_id)
    }

    async fn member_ids(
        &self,
        channel: ChannelId,
        after: UserId,
        limit: i32,
    ) -> Result<Vec<UserId>> {
        let state = self.state.lock();
        let rows = state.channels.log(channel)?.rows.range(after..);
        let members = rows.filter(|(user, row)| **user > after && row.is_member());
        Ok(page(members.map(|(user, _)| *user).collect(), 0, limit).0)
    }
}
