//! The port of channels, method by method.

use async_trait::async_trait;
use model::channel::{Channel, Participant, Thread, ThreadRead};
use model::dialog::{HistoryPage, HistoryWindow};
use model::event::{AccountEntry, AccountEvent, ChannelEntry, ChannelEvent};
use model::message::{Body, Counters, Message};
use model::reaction::Reaction;
use model::rights::BannedRights;
use model::series::{Audience, Counted};
use model::{ChannelId, MessageId, Peer, Pts, UnixTime, UserId};

use super::super::{MemoryStore, accounts, dialogs, unread_reactions};
use super::{count, page};
use crate::ports::ChannelStore;
use crate::ports::acts::{ChannelAct, ChannelTold, ToldPin};
use crate::ports::boxes::SearchQuery;
use crate::ports::channels::{
    AdminGrant, ChannelChange, ExpiredPosts, Listed, LogChange, NewChannel, NewChannelMessage,
    ParticipantFilter, Posted,
};
use crate::ports::post_search::{FoundPosts, PostQuery};
use crate::{Error, Result};

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

    async fn rows_of_owned(&self, group: ChannelId, owner: UserId) -> Result<Vec<Participant>> {
        self.state.lock().channels.rows_of_owned(group, owner)
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
        accounts::set_channel_name(state, Peer::Channel(channel), username)?;
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
        let waited = state.channels.has_unread_reactions(channel, id);
        let message = state.channels.log_mut(channel)?.react(user, guest, id, emoji, at)?;
        if state.channels.has_unread_reactions(channel, id) != waited {
            let event = AccountEvent::MessageReactions { peer: Peer::Channel(channel), id };
            state.accounts.append(message.from, event, at);
        }
        Ok(state.with_replies(user, message))
    }

    async fn post_reactions(
        &self,
        channel: ChannelId,
        viewer: UserId,
        id: MessageId,
        emoji: Option<&str>,
        (offset, limit): (i32, i32),
    ) -> Result<(Vec<Reaction>, i32)> {
        let state = self.state.lock();
        let post = state.channels.log(channel)?.live_post(id).ok_or(Error::NotFound)?;
        let given = post.reactions.iter().rev();
        let wanted = given.filter(|one| emoji.is_none_or(|emoji| one.emoji == emoji));
        let wanted: Vec<_> = wanted.cloned().collect();
        let own = post.sender == viewer;
        Ok(page(if own { wanted } else { unread_reactions::plain(wanted) }, offset, limit))
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
        thread: Option<MessageId>,
        limit: i32,
    ) -> Result<Vec<MessageId>> {
        let state = &mut *self.state.lock();
        let log = state.channels.log_mut(channel)?;
        let unseen = log.visible(user).filter(|(_, post)| post.unseen_by.contains(&user));
        let unseen = unseen.filter(|(_, post)| thread.is_none() || post.thread == thread);
        let ids: Vec<_> = unseen.map(|(id, _)| id).collect();
        let ids = page(ids, 0, limit).0;
        Ok(log.see_mentions(user, &ids))
    }

    async fn channel_outbox_mark(&self, channel: ChannelId, user: UserId) -> Result<MessageId> {
        let state = self.state.lock();
        let read = dialogs::newest_read_by_others(&state.dialogs, channel, user);
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
        Ok(dialogs::channel_readers(dialogs, channel, author, id))
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
