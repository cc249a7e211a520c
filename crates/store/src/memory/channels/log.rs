//! What changes a log.

use std::collections::BTreeSet;

use model::admin_log::{About, Happened, NOTED_PINS};
use model::channel::{Channel, Participant};
use model::event::{AccountEvent, StoredChannelEvent};
use model::limits::REACTIONS_PER_USER;
use model::message::{Body, Counters, Message};
use model::reaction::{Reaction, distinct};
use model::rights::{Denial, forbidden_flag};
use model::{ChannelId, MessageId, Peer, Pts, UnixTime, UserId};

use super::super::{State, dialogs, unread_reactions};
use super::{Log, Post};
use crate::ports::channels::{LogChange, NOBODY, NewChannelMessage, Posted};
use crate::{Error, Result};

impl State {
    /// All or none: a failure puts the logs back.
    pub(in super::super) fn post(
        &mut self,
        messages: Vec<NewChannelMessage>,
    ) -> Result<Vec<Posted>> {
        let channels: BTreeSet<_> = messages.iter().map(|new| new.channel).collect();
        let linked = |id: &ChannelId| self.channels.logs.get(id)?.channel.linked;
        let groups: Vec<_> = channels.iter().filter_map(linked).collect();
        let known = channels
            .into_iter()
            .chain(groups)
            .filter_map(|id| self.channels.logs.get_key_value(&id));
        let before: Vec<_> = known.map(|(id, log)| (*id, log.clone())).collect();
        let drafts: Vec<_> = messages
            .iter()
            .map(|new| new.clear_draft.then_some((new.sender, Peer::Channel(new.channel))))
            .collect();
        for new in &messages {
            self.media.check(&new.body)?;
        }
        let mut album = Album::default();
        let posted: Result<Vec<_>> = messages
            .into_iter()
            .map(|new| {
                let (album, clock) = (album.next(&new), new.clock);
                let guest = self.is_guest(new.channel, new.sender, new.date)?;
                let names = self.channels.rows_of_names(&new.body, new.channel, new.sender)?;
                let log = self.channels.log_mut(new.channel)?;
                let posted = log.post(new, (guest, &names), album)?;
                self.discuss(posted, clock)
            })
            .collect();
        let mut posted = posted.inspect_err(|_| self.channels.logs.extend(before))?;
        for (posted, draft) in posted.iter_mut().zip(drafts) {
            if let Some((owner, peer)) = draft.filter(|_| !posted.duplicate) {
                dialogs::clear_draft(&mut self.dialogs, owner, peer);
                let event = AccountEvent::DraftMessage { peer, draft: None };
                posted.cleared = Some(self.accounts.append(owner, event, posted.message.date));
            }
        }
        Ok(posted)
    }

    pub(in super::super) fn pin_posts(
        &mut self,
        channel: ChannelId,
        actor: UserId,
        ids: &[MessageId],
        pinned: bool,
        now: UnixTime,
    ) -> Result<(Vec<MessageId>, LogChange)> {
        let (changed, change) = self.channels.log_mut(channel)?.pin(actor, ids, pinned, now)?;
        for id in changed.iter().take(NOTED_PINS) {
            self.note_about(channel, (actor, now), *id, |about| {
                Happened::UpdatePinned(about, pinned)
            });
        }
        Ok((changed, change))
    }
}

impl State {
    /// Tells admins of something that somebody did to a message.
    pub(in super::super) fn note_about(
        &mut self,
        channel: ChannelId,
        by: (UserId, UnixTime),
        id: MessageId,
        what: impl FnOnce(About) -> Happened,
    ) {
        let about = self.channels.logs.get(&channel).and_then(|log| log.about(id));
        if let Some(about) = about {
            self.admin_logs.note(channel, by, what(about));
        }
    }

    /// Writes a service message; answers the channel afterwards.
    pub(in super::super) fn post_first(
        &mut self,
        new: NewChannelMessage,
    ) -> Result<(Channel, Message)> {
        let log = self.channels.log_mut(new.channel)?;
        let message = log.append_post(new)?.message;
        Ok((log.channel.clone(), message))
    }
}

/// Follows the albums of one call, which slow mode takes for one message each.
#[derive(Default)]
struct Album {
    last: Option<i64>,
}

impl Album {
    /// Whether `new` continues the album before it.
    fn next(&mut self, new: &NewChannelMessage) -> bool {
        let grouped = new.body.grouped_id;
        let continues = grouped.is_some() && self.last == grouped;
        self.last = grouped;
        continues
    }
}

impl Log {
    /// What a message says, if it was not deleted.
    pub(super) fn body(&self, id: MessageId) -> Option<&Body> {
        self.posts.get(&id)?.body.as_ref()
    }

    /// What the admins' log keeps of a message that somebody wrote.
    pub(super) fn about(&self, id: MessageId) -> Option<About> {
        let post = self.posts.get(&id)?;
        let body = post.body.as_ref().filter(|body| body.action.is_none())?;
        Some(About { id, sender: post.sender, send_as: body.send_as, date: post.date })
    }

    pub(super) fn post(
        &mut self,
        mut new: NewChannelMessage,
        (guest, names): (bool, &[Participant]),
        continues_album: bool,
    ) -> Result<Posted> {
        self.channel.check_exists()?;
        if new.body.action.is_some() {
            let row = self.rows.get(&new.sender);
            new.body.send_as = self.channel.speaks_for(new.sender, row);
        }
        if let Some(id) = new.random_id.and_then(|id| self.random_ids.get(&(new.sender, id))) {
            let message = self.message(new.sender, *id).ok_or(Error::Conflict)?;
            return Ok(Posted { duplicate: true, message, discussion: None, cleared: None });
        }
        self.check_post(&new, (guest, names), continues_album)?;
        self.append_post(new)
    }

    /// Writes a message that may be written.
    pub(super) fn append_post(&mut self, new: NewChannelMessage) -> Result<Posted> {
        let reply_to = new.reply_to.filter(|id| self.live_post(*id).is_some());
        let mentions = self.mentioned(&new, reply_to);
        let id = MessageId(self.posts.keys().next_back().map_or(1, |last| last.0 + 1));
        let thread = self.thread_for(&new, reply_to);
        let replier = new.body.author(new.sender);
        let views = i32::from(self.has_counters(&new.body));
        let date = new.date.max(self.top_date());
        let post = Post {
            pts: self.advance(1, Some(date)),
            sender: new.sender,
            date,
            service: new.body.action.is_some(),
            body: Some(new.body),
            reply_to,
            thread,
            pinned: new.sender == NOBODY,
            unseen_by: mentions.clone(),
            mentions,
            counters: Counters { views, forwards: 0 },
            ..Post::default()
        };
        self.posts.insert(id, post);
        self.channel.top_message = id;
        if let Some(random_id) = new.random_id {
            self.random_ids.insert((new.sender, random_id), id);
        }
        if let Some(top) = thread {
            self.count_reply(top, replier);
        }
        let message = self.message_as(new.sender, id).ok_or(Error::NotFound)?;
        Ok(Posted { duplicate: false, message, discussion: None, cleared: None })
    }

    fn check_post(
        &self,
        new: &NewChannelMessage,
        (guest, names): (bool, &[Participant]),
        continues_album: bool,
    ) -> Result<()> {
        let (channel, row) = (&self.channel, self.rows.get(&new.sender));
        if new.body.action.is_some() {
            return Ok(());
        }
        let forbidden = forbidden_flag(&new.body);
        channel.check_write_as(new.sender, row, guest, new.date, forbidden)?;
        channel.check_name(new.body.send_as, names, new.date, forbidden)?;
        if continues_album || !channel.has_slow_mode(new.sender, row) {
            return Ok(());
        }
        if let Some(last) = self.wrote_last(new.sender) {
            channel.check_slow_mode(last, new.date)?;
        }
        Ok(())
    }

    /// When somebody wrote last, whether or not it is there still.
    pub(super) fn wrote_last(&self, user: UserId) -> Option<UnixTime> {
        let mut own = self.posts.values().filter(|post| post.sender == user && !post.service);
        own.next_back().map(|post| post.date)
    }

    /// The members that a message of a supergroup calls: by name, by link, and by a reply.
    fn mentioned(&self, new: &NewChannelMessage, reply_to: Option<MessageId>) -> BTreeSet<UserId> {
        if self.channel.broadcast || new.body.action.is_some() {
            return BTreeSet::new();
        }
        let answered = reply_to.and_then(|id| self.live_post(id)).map(|post| post.sender);
        let named = new.mentions.iter().copied().chain(new.body.mentioned_ids()).chain(answered);
        let members = named.filter(|user| self.rows.get(user).is_some_and(Participant::is_member));
        members.filter(|user| *user != new.sender).collect()
    }

    /// Date of the newest message; of an empty log, when the channel was made.
    pub(super) fn top_date(&self) -> UnixTime {
        self.live().last().map_or(self.channel.created, |(_, post)| post.date)
    }

    /// Moves the position.
    fn advance(&mut self, by: i32, at: Option<UnixTime>) -> Pts {
        self.channel.pts.0 += by;
        self.moved = self.moved.max(at.unwrap_or_default());
        self.channel.pts
    }

    pub(super) fn append(
        &mut self,
        by: usize,
        event: StoredChannelEvent,
        at: Option<UnixTime>,
    ) -> LogChange {
        let pts_count = super::count(by);
        let pts = self.advance(pts_count, at);
        self.events.push((pts, pts_count, event));
        LogChange { pts, pts_count, discussion: None }
    }

    const fn unmoved(&self) -> LogChange {
        LogChange { pts: self.channel.pts, pts_count: 0, discussion: None }
    }

    pub(super) fn edit(
        &mut self,
        (actor, guest, names): (UserId, bool, &[Participant]),
        id: MessageId,
        body: Body,
        edited: Option<UnixTime>,
    ) -> Result<(Message, LogChange)> {
        self.channel.check_exists()?;
        let row = self.rows.get(&actor);
        let post = self.posts.get(&id).ok_or(Error::NotFound)?;
        let before = post.body.as_ref().filter(|body| body.action.is_none());
        let before = before.ok_or(Error::NotFound)?;
        // Where the time is not told, a ban counts as running.
        let at = edited.unwrap_or_default();
        self.channel.check_edit(actor, row, (guest, at), post.sender, forbidden_flag(&body))?;
        self.channel.check_name(before.send_as, names, at, |_| false)?;
        if *before == body {
            return Err(Error::NotModified);
        }
        self.released.extend(before.carried());
        if let Some(post) = self.posts.get_mut(&id) {
            post.body = Some(body);
            post.edit_date = edited.or(post.edit_date);
        }
        let change = self.append(1, StoredChannelEvent::EditMessage { id }, edited);
        Ok((self.message_as(actor, id).ok_or(Error::NotFound)?, change))
    }

    pub(super) fn delete(
        &mut self,
        (actor, guest): (UserId, bool),
        ids: &[MessageId],
        now: UnixTime,
    ) -> Result<(Vec<MessageId>, LogChange)> {
        let ids: Vec<_> = self.distinct_live(ids);
        let own = |id: &MessageId| self.live_post(*id).is_some_and(|post| post.sender == actor);
        let (row, all_own) = (self.rows.get(&actor), ids.iter().all(own));
        self.channel.check_delete(actor, row, (guest, now), all_own)?;
        if ids.is_empty() {
            return Ok((ids, self.unmoved()));
        }
        Ok(self.delete_found(ids, now))
    }

    /// Deletes messages that are there.
    pub(super) fn delete_found(
        &mut self,
        ids: Vec<MessageId>,
        now: UnixTime,
    ) -> (Vec<MessageId>, LogChange) {
        let mut threads = BTreeSet::new();
        for id in &ids {
            self.threads.remove(id);
            if let Some(post) = self.posts.get_mut(id) {
                threads.extend(post.thread);
                self.released.extend(post.body.iter().flat_map(Body::carried));
                let Post { pts, sender, date, service, .. } = *post;
                *post = Post { pts, sender, date, service, ..Post::default() };
            }
        }
        self.channel.top_message = self.live().last().map_or(MessageId(0), |(id, _)| id);
        let event = StoredChannelEvent::DeleteMessages { ids: ids.clone() };
        let change = self.append(ids.len(), event, Some(now));
        for top in threads {
            self.recount_thread(top);
        }
        (ids, change)
    }

    pub(super) fn pin(
        &mut self,
        actor: UserId,
        ids: &[MessageId],
        pinned: bool,
        now: UnixTime,
    ) -> Result<(Vec<MessageId>, LogChange)> {
        self.channel.check_pin(actor, self.rows.get(&actor), now)?;
        let all: Vec<_> = if ids.is_empty() && !pinned {
            self.live().map(|(id, _)| id).collect()
        } else {
            self.distinct_live(ids)
        };
        let mut changed = Vec::new();
        for id in all {
            if let Some(post) = self.posts.get_mut(&id).filter(|post| post.pinned != pinned) {
                post.pinned = pinned;
                changed.push(id);
            }
        }
        if changed.is_empty() {
            return Ok((changed, self.unmoved()));
        }
        let event = StoredChannelEvent::PinnedMessages { ids: changed.clone(), pinned };
        let change = self.append(changed.len(), event, Some(now));
        Ok((changed, change))
    }

    pub(super) fn react(
        &mut self,
        user: UserId,
        guest: bool,
        id: MessageId,
        emoji: Vec<String>,
        at: UnixTime,
    ) -> Result<Message> {
        self.channel.check_view_as(self.rows.get(&user), guest, at)?;
        let emoji = distinct(emoji);
        if self.message(user, id).is_none_or(|message| message.body.action.is_some()) {
            return Err(Error::NotFound);
        }
        if emoji.len() > REACTIONS_PER_USER {
            return Err(Denial::TooMany.into());
        }
        if !emoji.iter().all(|one| self.channel.allows_reaction(one)) {
            return Err(Denial::WriteForbidden.into());
        }
        let send_as = self.channel.speaks_for(user, self.rows.get(&user));
        let post = self.posts.get_mut(&id).ok_or(Error::NotFound)?;
        let told = !self.channel.broadcast
            && self.rows.get(&post.sender).is_some_and(Participant::is_member);
        let given = emoji.into_iter();
        let given = given.map(|emoji| Reaction { user, send_as, emoji, date: at, unread: false });
        unread_reactions::replace(&mut post.reactions, user, post.sender, given, told);
        self.message(user, id).ok_or(Error::NotFound)
    }

    /// Applies `change` to the counters of the posts that have some.
    pub(super) fn count(
        &mut self,
        ids: &[MessageId],
        mut change: impl FnMut(&mut Post),
    ) -> Vec<(MessageId, Counters)> {
        let mut counted = Vec::new();
        for id in ids {
            let Some(body) = self.live_post(*id).and_then(|post| post.body.as_ref()) else {
                continue;
            };
            if !self.has_counters(body) {
                continue;
            }
            if let Some(post) = self.posts.get_mut(id) {
                change(post);
                counted.push((*id, post.counters));
            }
        }
        counted
    }

    /// Marks mentions as seen; answers those that were not.
    pub(super) fn see_mentions(&mut self, user: UserId, ids: &[MessageId]) -> Vec<MessageId> {
        let mut seen = Vec::new();
        for id in ids {
            if self.posts.get_mut(id).is_some_and(|post| post.unseen_by.remove(&user)) {
                seen.push(*id);
            }
        }
        seen
    }

    fn distinct_live(&self, ids: &[MessageId]) -> Vec<MessageId> {
        let ids: BTreeSet<_> = ids.iter().copied().collect();
        ids.into_iter().filter(|id| self.live_post(*id).is_some()).collect()
    }
}
