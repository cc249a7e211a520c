//! Discussion groups and threads.

use std::collections::BTreeMap;

use model::admin_log::{Happened, Turned};
use model::channel::{Channel, Link, Replies, Thread, ThreadRead, with_replier};
use model::dialog::HistoryPage;
use model::event::StoredChannelEvent;
use model::message::{Body, Message};
use model::{ChannelId, MessageId, Peer, Pts, UnixTime, UserId};

use super::super::{State, dialogs};
use super::{Log, Post, count};
use crate::ports::channels::{ExpiredPosts, LogChange, Moved, NOBODY, NewChannelMessage, Posted};
use crate::{Error, Result};

/// What is kept of a thread beside its replies.
#[derive(Clone, Default)]
pub(super) struct Kept {
    /// The post that its first message is a copy of.
    post: Option<(ChannelId, MessageId)>,
    /// Where the log stood at the last change.
    pts: Pts,
    recent: Vec<Peer>,
    reads: BTreeMap<UserId, MessageId>,
}

impl State {
    pub(super) fn link_discussion(
        &mut self,
        actor: UserId,
        broadcast: Option<ChannelId>,
        group: Option<ChannelId>,
        now: UnixTime,
    ) -> Result<Vec<Channel>> {
        let of_kind = |id: ChannelId, broadcast| {
            let log = self.channels.log(id)?;
            if log.channel.broadcast == broadcast { Ok(log) } else { Err(Error::NotFound) }
        };
        let there = broadcast.map(|id| of_kind(id, true)).transpose()?;
        let here = group.map(|id| of_kind(id, false)).transpose()?;
        let end = |log: &'_ Log| log.rows.get(&actor).cloned();
        let (row, row_here) = (there.and_then(end), here.and_then(end));
        Link {
            actor,
            broadcast: there.map(|log| (&log.channel, row.as_ref())),
            group: here.map(|log| (&log.channel, row_here.as_ref())),
        }
        .check()?;
        if here.is_some_and(|log| log.channel.prehistory_hidden) && there.is_some() {
            return Err(Error::Conflict);
        }
        let ends = [(there, group), (here, broadcast)];
        if ends.iter().all(|(log, other)| log.is_none_or(|log| log.channel.linked == *other)) {
            return Err(Error::NotModified);
        }
        let ends: Vec<_> = ends
            .iter()
            .filter_map(|(log, other)| log.map(|log| (log.channel.clone(), *other)))
            .collect();
        let mut changed = Vec::new();
        for (channel, other) in ends {
            if let Some(former) = channel.linked.filter(|former| Some(*former) != other) {
                let before = self.channel(former)?;
                let parted = self.part(former)?;
                self.note_change(&before, &parted, (actor, now));
                changed.push(parted);
            }
            let log = self.channels.log_mut(channel.id)?;
            (log.channel.linked, log.channel.join_to_send) = (other, false);
            let after = log.channel.clone();
            self.note_change(&channel, &after, (actor, now));
            changed.push(after);
        }
        Ok(changed)
    }

    /// Ends a channel's link from its side.
    pub(super) fn part(&mut self, id: ChannelId) -> Result<Channel> {
        let channel = &mut self.channels.log_mut(id)?.channel;
        (channel.linked, channel.join_to_send) = (None, false);
        Ok(channel.clone())
    }

    pub(super) fn is_guest(&self, id: ChannelId, user: UserId, now: UnixTime) -> Result<bool> {
        let log = self.channels.log(id)?;
        let Some(host) = log.channel.hosts_readers_of(log.rows.get(&user)) else {
            return Ok(false);
        };
        let host = self.channels.log(host)?;
        Ok(host.channel.check_view(host.rows.get(&user), now).is_ok())
    }

    /// Copies a post into its discussion group, where it begins that group's timer.
    pub(super) fn discuss(&mut self, mut posted: Posted, clock: UnixTime) -> Result<Posted> {
        let Some(channel) = posted.message.peer.channel().filter(|_| posted.message.post) else {
            // One that is repeated may have been answered since.
            posted.message = self.with_replies(posted.message.from, posted.message);
            return Ok(posted);
        };
        let group = self.channels.log(channel)?.channel.linked;
        if let Some(group) = group.filter(|_| !posted.duplicate)
            && posted.message.body.action.is_none()
        {
            let (post, date) = (posted.message.id, posted.message.date);
            let of = &self.channels.log(channel)?.channel;
            let mut body = posted.message.body.discussion_copy(of, post, date);
            let log = self.channels.log_mut(group)?;
            body.ttl_period = log.channel.ttl_period;
            body.begin_timer(clock);
            let copy = log.append_post(NewChannelMessage::copy(group, date, body))?.message;
            let thread = Kept { post: Some((channel, post)), pts: copy.pts, ..Kept::default() };
            log.threads.insert(copy.id, thread);
            posted.discussion = Some(Moved { channel: group, pts: copy.pts, pts_count: 1 });
        }
        posted.message = self.with_replies(posted.message.from, posted.message);
        Ok(posted)
    }

    pub(super) fn edit_post(
        &mut self,
        channel: ChannelId,
        actor: UserId,
        id: MessageId,
        body: &Body,
        edited: Option<UnixTime>,
    ) -> Result<(Message, LogChange)> {
        self.media.check(body)?;
        let before = self.channels.log(channel)?.body(id).cloned();
        let guest = self.is_guest(channel, actor, edited.unwrap_or_default())?;
        let written = before.clone().unwrap_or_default();
        let names = self.channels.rows_of_names(&written, channel, actor)?;
        let log = self.channels.log_mut(channel)?;
        let by = (actor, guest, names.as_slice());
        let (message, mut change) = log.edit(by, id, body.clone(), edited)?;
        if let (Some(before), Some(at)) = (before, edited) {
            let texts = Box::new(Turned { before, after: body.clone() });
            self.note_about(channel, (actor, at), id, |about| {
                Happened::EditMessage(about, Some(texts))
            });
        }
        if let Some((group, copy)) = self.copy_of(channel, id) {
            let of = &self.channels.log(channel)?.channel;
            let mut after = body.discussion_copy(of, id, message.date);
            let log = self.channels.log_mut(group)?;
            let post = log.posts.get_mut(&copy).ok_or(Error::NotFound)?;
            if let Some(before) = &post.body {
                (after.ttl_period, after.expires) = (before.ttl_period, before.expires);
            }
            if post.body.as_ref() != Some(&after) {
                log.released.extend(post.body.iter().flat_map(Body::carried));
                (post.body, post.edit_date) = (Some(after), edited.or(post.edit_date));
                let event = StoredChannelEvent::EditMessage { id: copy };
                change.discussion = Some(moved(group, log.append(1, event, edited)));
            }
        }
        Ok((self.with_replies(actor, message), change))
    }

    /// Deletes posts past their end.
    pub(in super::super) fn expire_posts(
        &mut self,
        now: UnixTime,
        limit: i32,
    ) -> Result<ExpiredPosts> {
        let mut due = Vec::new();
        for (channel, log) in &self.channels.logs {
            for (id, post) in &log.posts {
                let end = post.body.as_ref().and_then(Body::end).filter(|end| *end <= now);
                due.extend(end.map(|end| (end, *channel, *id)));
            }
        }
        due.sort_unstable();
        due.truncate(usize::try_from(limit).unwrap_or(0));
        let looked_at = i32::try_from(due.len()).unwrap_or(i32::MAX);
        let mut by_channel: BTreeMap<ChannelId, Vec<MessageId>> = BTreeMap::new();
        for (_, channel, id) in due {
            by_channel.entry(channel).or_default().push(id);
        }
        let mut all = Vec::new();
        for (channel, mut ids) in by_channel {
            ids.sort_unstable();
            let done = self.channels.log_mut(channel)?.delete_found(ids, now);
            let (_, change) = self.delete_copies(channel, done, now)?;
            all.push(Moved { channel, pts: change.pts, pts_count: change.pts_count });
            all.extend(change.discussion);
        }
        Ok(ExpiredPosts { moved: all, looked_at })
    }

    pub(super) fn delete_posts(
        &mut self,
        channel: ChannelId,
        actor: UserId,
        ids: &[MessageId],
        now: UnixTime,
    ) -> Result<(Vec<MessageId>, LogChange)> {
        let guest = self.is_guest(channel, actor, now)?;
        let log = self.channels.log_mut(channel)?;
        let gone: BTreeMap<_, _> =
            ids.iter().filter_map(|id| Some((*id, log.about(*id)?))).collect();
        let done = log.delete((actor, guest), ids, now)?;
        for about in done.0.iter().filter_map(|id| gone.get(id).copied()) {
            self.admin_logs.note(channel, (actor, now), Happened::DeleteMessage(about));
        }
        self.delete_copies(channel, done, now)
    }

    /// Deletes the copies of posts that were deleted, and what the admins' log says of them.
    fn delete_copies(
        &mut self,
        channel: ChannelId,
        (ids, mut change): (Vec<MessageId>, LogChange),
        now: UnixTime,
    ) -> Result<(Vec<MessageId>, LogChange)> {
        ids.iter().for_each(|id| self.admin_logs.forget_texts(channel, *id));
        let copies: Vec<_> = ids.iter().filter_map(|id| self.copy_of(channel, *id)).collect();
        if let Some((group, _)) = copies.first().copied() {
            let log = self.channels.log_mut(group)?;
            let copies = copies.into_iter().map(|(_, id)| id).collect();
            let (_, there) = log.delete_found(copies, now);
            change.discussion = Some(moved(group, there));
        }
        Ok((ids, change))
    }

    /// The copy of a post in the group that it is discussed in now.
    fn copy_of(&self, channel: ChannelId, post: MessageId) -> Option<(ChannelId, MessageId)> {
        let channel = &self.channels.logs.get(&channel)?.channel;
        let group = channel.linked.filter(|_| channel.broadcast)?;
        let mut threads = self.channels.logs.get(&group)?.threads.iter();
        let (top, _) = threads.find(|(_, thread)| thread.post == Some((channel.id, post)))?;
        Some((group, *top))
    }

    pub(super) fn page(&self, viewer: UserId, page: HistoryPage) -> HistoryPage {
        let messages = page.messages.into_iter().map(|one| self.with_replies(viewer, one));
        HistoryPage { messages: messages.collect(), ..page }
    }

    /// Puts the counter of its replies to a message.
    pub(super) fn with_replies(&self, viewer: UserId, message: Message) -> Message {
        let replies = message.peer.channel().and_then(|id| self.replies(viewer, id, &message));
        Message { replies, ..message }
    }

    fn replies(&self, viewer: UserId, id: ChannelId, message: &Message) -> Option<Replies> {
        let place =
            if message.post { self.copy_of(id, message.id) } else { Some((id, message.id)) };
        let (group, top) = place?;
        let log = self.channels.logs.get(&group)?;
        let thread = log.threads.get(&top)?;
        let read = self.thread_mark(log, top, viewer);
        Some(Replies {
            comments_in: message.post.then_some(group),
            count: count(log.replies_to(top).count()),
            pts: thread.pts,
            recent: if message.post { thread.recent.clone() } else { Vec::new() },
            max_id: log.replies_to(top).map(|(id, _)| id).max(),
            read_max_id: Some(read).filter(|id| id.0 > 0),
        })
    }

    fn thread_mark(&self, log: &Log, top: MessageId, user: UserId) -> MessageId {
        let own = log.threads.get(&top).and_then(|thread| thread.reads.get(&user)).copied();
        own.unwrap_or_default().max(dialogs::channel_mark(&self.dialogs, user, log.channel.id))
    }

    pub(super) fn thread(
        &self,
        id: ChannelId,
        viewer: UserId,
        message: MessageId,
    ) -> Result<Thread> {
        let log = self.channels.log(id)?;
        let (group, top) = if log.channel.broadcast {
            self.copy_of(id, message).ok_or(Error::NotFound)?
        } else {
            let post = log.live_post(message).ok_or(Error::NotFound)?;
            (id, post.thread.unwrap_or(message))
        };
        let log = self.channels.log(group)?;
        let kept = log.threads.get(&top).cloned().unwrap_or_default();
        let mark = self.thread_mark(log, top, viewer);
        let read = kept.read_by_others(viewer);
        let own = log.replies_to(top).filter(|(id, post)| *id <= read && post.sender == viewer);
        let unread = log.replies_to(top).filter(|(id, post)| *id > mark && post.sender != viewer);
        Ok(Thread {
            group,
            top,
            post: kept.post,
            max_id: log.replies_to(top).map(|(id, _)| id).max(),
            read_inbox_max: mark,
            read_outbox_max: own.map(|(id, _)| id).max().unwrap_or_default(),
            unread_count: count(unread.count()),
        })
    }

    pub(super) fn read_thread(
        &mut self,
        group: ChannelId,
        user: UserId,
        top: MessageId,
        max_id: MessageId,
    ) -> Result<ThreadRead> {
        let log = self.channels.log(group)?;
        let thread = log.threads.get(&top).ok_or(Error::NotFound)?;
        let newest = log.replies_to(top).map(|(id, _)| id).max().unwrap_or_default();
        let max_id = max_id.min(newest.max(top));
        let before = self.thread_mark(log, top, user);
        if max_id <= before {
            return Err(Error::NotModified);
        }
        let mut newest: BTreeMap<UserId, MessageId> = BTreeMap::new();
        for (id, post) in log.replies_to(top) {
            if id > before && id <= max_id && post.sender != user && post.sender != NOBODY {
                newest.insert(post.sender, id);
            }
        }
        newest.retain(|author, id| *id > thread.read_by_others(*author));
        if let Some(thread) = self.channels.log_mut(group)?.threads.get_mut(&top) {
            thread.reads.insert(user, max_id);
        }
        Ok(ThreadRead { max_id, authors: newest.into_iter().collect() })
    }
}

const fn moved(channel: ChannelId, change: LogChange) -> Moved {
    Moved { channel, pts: change.pts, pts_count: change.pts_count }
}

impl Kept {
    fn read_by_others(&self, user: UserId) -> MessageId {
        let others = self.reads.iter().filter(|(reader, _)| **reader != user);
        others.map(|(_, mark)| *mark).max().unwrap_or_default()
    }
}

impl Log {
    /// Replies in a thread, oldest first.
    fn replies_to(&self, top: MessageId) -> impl DoubleEndedIterator<Item = (MessageId, &Post)> {
        self.live().filter(move |(_, post)| post.thread == Some(top))
    }

    /// The thread that a reply belongs to.
    pub(super) fn thread_for(
        &self,
        new: &NewChannelMessage,
        reply_to: Option<MessageId>,
    ) -> Option<MessageId> {
        let reply_to = reply_to.filter(|_| !self.channel.broadcast && new.body.action.is_none())?;
        Some(self.live_post(reply_to)?.thread.unwrap_or(reply_to))
    }

    /// Counts a new reply, unless the thread's first message is gone.
    pub(super) fn count_reply(&mut self, top: MessageId, replier: Peer) {
        if self.live_post(top).is_some() {
            let pts = self.channel.pts;
            let thread = self.threads.entry(top).or_default();
            (thread.recent, thread.pts) = (with_replier(&thread.recent, replier), pts);
        }
    }

    /// Finds again who replied last.
    pub(super) fn recount_thread(&mut self, top: MessageId) {
        let recent = self.replies_to(top).fold(Vec::new(), |recent, (_, post)| {
            let author = post.body.as_ref().map(|body| body.author(post.sender));
            author.map_or_else(|| recent.clone(), |author| with_replier(&recent, author))
        });
        let pts = self.channel.pts;
        if let Some(thread) = self.threads.get_mut(&top) {
            (thread.recent, thread.pts) = (recent, pts);
        }
    }
}
