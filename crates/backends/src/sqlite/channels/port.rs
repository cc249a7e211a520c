//! The port: each method is one closure given to the database.

use std::sync::Arc;

use async_trait::async_trait;
use model::channel::{Channel, Participant, Thread, ThreadRead};
use model::dialog::{HistoryPage, HistoryWindow};
use model::event::{AccountEntry, ChannelEntry, ChannelEvent};
use model::message::{Body, Counters, Message};
use model::reaction::Reaction;
use model::rights::BannedRights;
use model::search::words;
use model::{ChannelId, MessageId, Peer, Pts, UnixTime, UserId};
use rusqlite::Connection;
use store::Error;
use store::ports::ChannelStore;
use store::ports::acts::{ChannelAct, ChannelTold, ToldPin};
use store::ports::boxes::SearchQuery;
use store::ports::channels::{
    AdminGrant, ChannelChange, ExpiredPosts, Listed, LogChange, NewChannel, NewChannelMessage,
    ParticipantFilter, Posted,
};
use store::ports::post_search::{FoundPosts, PostQuery};

use super::super::dialogs;
use super::events::Asked;
use super::recent::Tail;
use super::views::Count;
use super::{
    Channels, SCAN, acts, change, discussion, erase, events, expiry, members, people, post,
    reactions, read, readers, rows, search, search_posts, threads, written_as,
};

/// Pieces of a deleted channel that are erased at once; the upkeep erases the rest.
const PIECES: usize = 20;

#[async_trait]
impl ChannelStore for Channels {
    async fn create_channel(&self, new: NewChannel) -> store::Result<Channel> {
        self.database.write(move |tx| members::create(tx, new)).await
    }

    async fn found_channel(&self, new: NewChannel) -> store::Result<ChannelTold> {
        self.database.write(move |tx| acts::found(tx, new)).await
    }

    async fn act_in_channel(
        &self,
        channel: ChannelId,
        actor: UserId,
        act: ChannelAct,
        now: UnixTime,
    ) -> store::Result<ChannelTold> {
        self.database.write(move |tx| acts::act(tx, channel, actor, &act, now)).await
    }

    async fn pin_post_told(
        &self,
        channel: ChannelId,
        actor: UserId,
        pin: ToldPin,
    ) -> store::Result<(LogChange, Option<Posted>)> {
        self.database.write(move |tx| acts::pin(tx, channel, actor, pin)).await
    }

    async fn channels(&self, ids: &[ChannelId]) -> store::Result<Vec<Channel>> {
        let ids = ids.to_vec();
        self.database
            .look(ids.len(), move |conn| {
                let mut channels = Vec::with_capacity(ids.len());
                for id in ids {
                    channels.extend(rows::find(conn, id)?.map(|log| log.channel));
                }
                Ok(channels)
            })
            .await
    }

    async fn channels_of(&self, user: UserId) -> store::Result<Vec<ChannelId>> {
        self.database.read(move |conn| people::channels_of(conn, user)).await
    }

    async fn memberships(&self, user: UserId) -> store::Result<Vec<(ChannelId, i64)>> {
        self.database.read(move |conn| people::memberships(conn, user)).await
    }

    async fn strangers(&self, channel: ChannelId, people: &[UserId]) -> store::Result<Vec<UserId>> {
        let people = people.to_vec();
        self.database.read(move |conn| people::strangers(conn, channel, people)).await
    }

    async fn channels_moved(
        &self,
        user: UserId,
        since: UnixTime,
    ) -> store::Result<Vec<(ChannelId, Pts)>> {
        self.database.read(move |conn| people::channels_moved(conn, user, since)).await
    }

    async fn participations(
        &self,
        user: UserId,
        ids: &[ChannelId],
    ) -> store::Result<Vec<(ChannelId, Participant)>> {
        let ids = ids.to_vec();
        self.database
            .look(ids.len(), move |conn| {
                let mut found = Vec::new();
                for id in ids {
                    found.extend(rows::participant(conn, id, user)?.map(|row| (id, row)));
                }
                Ok(found)
            })
            .await
    }

    async fn rows_of_owned(
        &self,
        group: ChannelId,
        owner: UserId,
    ) -> store::Result<Vec<Participant>> {
        self.database.read(move |conn| written_as::owned(conn, group, owner)).await
    }

    async fn participant(
        &self,
        channel: ChannelId,
        user: UserId,
    ) -> store::Result<Option<Participant>> {
        self.database
            .look(1, move |conn| {
                rows::log(conn, channel)?;
                rows::participant(conn, channel, user)
            })
            .await
    }

    async fn participants(
        &self,
        channel: ChannelId,
        viewer: UserId,
        filter: ParticipantFilter,
        without: &[UserId],
        page: (i32, i32),
    ) -> store::Result<(Vec<Participant>, i32)> {
        let without = without.to_vec();
        self.database
            .read(move |conn| people::list(conn, channel, viewer, (&filter, &without), page))
            .await
    }

    async fn change_channel(
        &self,
        channel: ChannelId,
        actor: UserId,
        change: ChannelChange,
    ) -> store::Result<Channel> {
        self.database.write(move |tx| members::change(tx, channel, actor, change)).await
    }

    async fn set_channel_username(
        &self,
        channel: ChannelId,
        actor: UserId,
        username: Option<String>,
        now: UnixTime,
    ) -> store::Result<()> {
        let by = (actor, now);
        self.database.write(move |tx| members::name(tx, channel, by, username)).await
    }

    async fn delete_channel(&self, channel: ChannelId, actor: UserId) -> store::Result<Channel> {
        let deleted = self.database.write(move |tx| erase::mark(tx, channel, actor)).await?;
        for _ in 0..PIECES {
            if !self.database.write(move |tx| erase::of(tx, channel)).await? {
                break;
            }
        }
        Ok(deleted)
    }

    async fn join_channel(
        &self,
        channel: ChannelId,
        user: UserId,
        invite: Option<String>,
        now: UnixTime,
    ) -> store::Result<Channel> {
        // An error would take the request back.
        let joined =
            self.database.write(move |tx| members::join(tx, channel, user, invite, now)).await?;
        joined.ok_or(Error::Conflict)
    }

    async fn invite_to_channel(
        &self,
        channel: ChannelId,
        actor: UserId,
        users: &[UserId],
        now: UnixTime,
    ) -> store::Result<Vec<UserId>> {
        let users = users.to_vec();
        self.database.write(move |tx| members::invite(tx, channel, actor, &users, now)).await
    }

    async fn leave_channel(
        &self,
        channel: ChannelId,
        user: UserId,
        now: UnixTime,
    ) -> store::Result<Channel> {
        self.database.write(move |tx| members::leave(tx, channel, user, now)).await
    }

    async fn set_channel_admin(
        &self,
        channel: ChannelId,
        actor: UserId,
        grant: AdminGrant,
        now: UnixTime,
    ) -> store::Result<Participant> {
        let AdminGrant { user, rights, rank } = grant;
        self.database
            .write(move |tx| {
                members::change_member(tx, channel, (actor, user), now, |change| {
                    change.promote(rights, rank)
                })
            })
            .await
    }

    async fn clear_channel(
        &self,
        channel: ChannelId,
        user: UserId,
        max_id: MessageId,
        now: UnixTime,
    ) -> store::Result<(MessageId, AccountEntry)> {
        self.database.write(move |tx| members::clear(tx, channel, user, max_id, now)).await
    }

    async fn set_channel_ban(
        &self,
        channel: ChannelId,
        actor: UserId,
        user: UserId,
        rights: BannedRights,
        now: UnixTime,
    ) -> store::Result<Participant> {
        self.database
            .write(move |tx| {
                members::change_member(tx, channel, (actor, user), now, |change| {
                    change.restrict(rights)
                })
            })
            .await
    }

    async fn post(&self, messages: Vec<NewChannelMessage>) -> store::Result<Vec<Posted>> {
        self.database.write_again(move |tx| post(tx, &messages)).await
    }

    async fn posted_before(
        &self,
        channel: ChannelId,
        sender: UserId,
        random_ids: &[i64],
    ) -> store::Result<Vec<(i64, Message)>> {
        let ids = random_ids.to_vec();
        let read = self.database.read(move |conn| post::posted_before(conn, channel, sender, &ids));
        let mut found = read.await?;
        found.iter_mut().for_each(|(_, message)| self.refresh(channel, message));
        Ok(found)
    }

    async fn wrote_last(
        &self,
        channel: ChannelId,
        user: UserId,
    ) -> store::Result<Option<UnixTime>> {
        self.database.read(move |conn| post::last_date(conn, channel, user)).await
    }

    async fn edit_post(
        &self,
        channel: ChannelId,
        actor: UserId,
        id: MessageId,
        body: Body,
        edited: Option<UnixTime>,
    ) -> store::Result<(Message, LogChange)> {
        let edit =
            self.database.write(move |tx| change::edit(tx, channel, actor, (id, &body), edited));
        let (mut message, change) = edit.await?;
        self.refresh(channel, &mut message);
        Ok((message, change))
    }

    async fn expire_posts(&self, now: UnixTime, limit: i32) -> store::Result<ExpiredPosts> {
        if !self.database.read(move |conn| expiry::is_due(conn, now)).await? {
            return Ok(ExpiredPosts::default());
        }
        self.database.write(move |tx| expiry::expire(tx, now, limit)).await
    }

    async fn delete_posts(
        &self,
        channel: ChannelId,
        actor: UserId,
        ids: &[MessageId],
        now: UnixTime,
    ) -> store::Result<(Vec<MessageId>, LogChange)> {
        let ids = ids.to_vec();
        self.database.write(move |tx| change::delete(tx, channel, actor, &ids, now)).await
    }

    async fn pin_posts(
        &self,
        channel: ChannelId,
        actor: UserId,
        ids: &[MessageId],
        pinned: bool,
        now: UnixTime,
    ) -> store::Result<(Vec<MessageId>, LogChange)> {
        let ids = ids.to_vec();
        self.database.write(move |tx| change::pin(tx, channel, actor, (&ids, pinned), now)).await
    }

    async fn posts(
        &self,
        channel: ChannelId,
        viewer: UserId,
        ids: &[MessageId],
    ) -> store::Result<Vec<Message>> {
        let list: Arc<[MessageId]> = ids.into();
        loop {
            let (recently, ids) = (self.recently(), Arc::clone(&list));
            let has_all = |tail: &Tail| ids.iter().all(|id| tail.find(*id).is_some());
            let (may_be_here, found) = (recently.knows(channel, has_all), recently.clone());
            let work = move |conn: &Connection, at_once| {
                read::posts(conn, &found, (channel, viewer), &ids, at_once)
            };
            let mut messages = self.serve(may_be_here, list.len(), work).await?;
            messages.iter_mut().for_each(|message| self.refresh(channel, message));
            if self.has_newest(&recently) {
                return Ok(messages);
            }
        }
    }

    async fn channel_history(
        &self,
        channel: ChannelId,
        viewer: UserId,
        window: HistoryWindow,
    ) -> store::Result<HistoryPage> {
        // A date has to be searched for.
        let dated = window.offset_date.0 > 0 && window.offset_id.0 <= 0;
        let is_new = |tail: &Tail| window.offset_id.0 <= 0 || tail.first() < window.offset_id;
        loop {
            let recently = self.recently();
            let (may_be_here, found) =
                (!dated && recently.knows(channel, is_new), recently.clone());
            let work = move |conn: &Connection, at_once| {
                read::history(conn, &found, (channel, viewer), &window, at_once)
            };
            let page = self.serve(may_be_here, SCAN, work).await?;
            let page = self.refreshed(channel, page);
            if self.has_newest(&recently) {
                return Ok(page);
            }
        }
    }

    async fn search_channel(
        &self,
        channel: ChannelId,
        viewer: UserId,
        query: SearchQuery,
    ) -> store::Result<HistoryPage> {
        if !words(&query.text).is_empty() {
            self.filling.fill(&self.database, vec![channel]).await?;
        }
        let read = self.database.read(move |conn| search::search(conn, channel, viewer, &query));
        Ok(self.refreshed(channel, read.await?))
    }

    async fn search_posts(
        &self,
        channels: &[ChannelId],
        viewer: UserId,
        query: PostQuery,
    ) -> store::Result<FoundPosts> {
        self.filling.fill(&self.database, channels.to_vec()).await?;
        let channels = channels.to_vec();
        let read = move |conn: &Connection| search_posts::search(conn, &channels, viewer, &query);
        let mut found = self.database.read(read).await?;
        for message in &mut found.messages {
            if let Peer::Channel(channel) = message.peer {
                self.refresh(channel, message);
            }
        }
        Ok(found)
    }

    async fn channel_events(
        &self,
        channel: ChannelId,
        viewer: UserId,
        after: Pts,
        limit: i32,
    ) -> store::Result<Vec<ChannelEntry>> {
        let asked = Asked { channel, viewer, after, limit };
        let rows = usize::try_from(limit).unwrap_or(0);
        loop {
            let recently = self.recently();
            let is_whole = |tail: &Tail| tail.is_whole_after(after);
            let (may_be_here, found) = (recently.knows(channel, is_whole), recently.clone());
            let work =
                move |conn: &Connection, at_once| events::after(conn, &found, asked, at_once);
            let mut entries = self.serve(may_be_here, rows, work).await?;
            for entry in &mut entries {
                if let ChannelEvent::NewMessage(Some(message))
                | ChannelEvent::EditMessage(Some(message)) = &mut entry.event
                {
                    self.refresh(channel, message);
                }
            }
            if self.has_newest(&recently) {
                return Ok(entries);
            }
        }
    }

    async fn count_views(
        &self,
        channel: ChannelId,
        viewer: UserId,
        ids: &[MessageId],
        seen: Option<UnixTime>,
    ) -> store::Result<Vec<(MessageId, Counters)>> {
        let count = seen.map_or(Count::Nothing, |at| Count::ViewBy(viewer, at));
        self.count(channel, ids, count).await
    }

    async fn count_forwards(
        &self,
        channel: ChannelId,
        ids: &[MessageId],
        at: UnixTime,
    ) -> store::Result<Vec<(MessageId, Counters)>> {
        self.count(channel, ids, Count::Forward(at)).await
    }

    async fn react_to_post(
        &self,
        channel: ChannelId,
        user: UserId,
        id: MessageId,
        emoji: Vec<String>,
        at: UnixTime,
    ) -> store::Result<Message> {
        let reacted =
            self.database.write(move |tx| reactions::react(tx, (channel, id), user, emoji, at));
        let mut message = reacted.await?;
        self.refresh(channel, &mut message);
        Ok(message)
    }

    async fn post_reactions(
        &self,
        channel: ChannelId,
        viewer: UserId,
        id: MessageId,
        emoji: Option<&str>,
        page: (i32, i32),
    ) -> store::Result<(Vec<Reaction>, i32)> {
        let emoji = emoji.map(str::to_owned);
        self.database
            .read(move |conn| reactions::page(conn, viewer, (channel, id), emoji.as_deref(), page))
            .await
    }

    async fn read_post_contents(
        &self,
        channel: ChannelId,
        user: UserId,
        ids: &[MessageId],
    ) -> store::Result<Vec<MessageId>> {
        let ids = ids.to_vec();
        self.database
            .write(move |tx| {
                rows::log(tx, channel)?;
                change::see_mentions(tx, channel, user, &ids)
            })
            .await
    }

    async fn read_post_mentions(
        &self,
        channel: ChannelId,
        user: UserId,
        thread: Option<MessageId>,
        limit: i32,
    ) -> store::Result<Vec<MessageId>> {
        self.database
            .write(move |tx| {
                rows::log(tx, channel)?;
                let unseen = change::unseen(tx, channel, user, (thread, limit))?;
                change::see_mentions(tx, channel, user, &unseen)
            })
            .await
    }

    async fn channel_outbox_mark(
        &self,
        channel: ChannelId,
        user: UserId,
    ) -> store::Result<MessageId> {
        self.database
            .read(move |conn| {
                let read = dialogs::newest_read_by_others(conn, channel, user)?;
                read::newest_own(conn, channel, user, read)
            })
            .await
    }

    async fn post_readers(
        &self,
        channel: ChannelId,
        author: UserId,
        id: MessageId,
    ) -> store::Result<Vec<(UserId, UnixTime)>> {
        self.database.read(move |conn| readers::of(conn, channel, author, id)).await
    }

    async fn public_channels_of(&self, creator: UserId) -> store::Result<Vec<ChannelId>> {
        self.database.read(move |conn| people::public_channels_of(conn, creator)).await
    }

    async fn public_channels(
        &self,
        ids: std::ops::Range<ChannelId>,
        limit: i32,
    ) -> store::Result<Vec<Listed>> {
        self.database.read(move |conn| people::public_channels(conn, &ids, limit)).await
    }

    async fn link_discussion(
        &self,
        actor: UserId,
        broadcast: Option<ChannelId>,
        group: Option<ChannelId>,
        now: UnixTime,
    ) -> store::Result<Vec<Channel>> {
        self.database.write(move |tx| discussion::link(tx, (actor, now), broadcast, group)).await
    }

    async fn is_guest(
        &self,
        channel: ChannelId,
        user: UserId,
        now: UnixTime,
    ) -> store::Result<bool> {
        self.database
            .look(1, move |conn| {
                let group = rows::log(conn, channel)?.channel;
                let row = rows::participant(conn, channel, user)?;
                discussion::is_guest(conn, &group, row.as_ref(), user, now)
            })
            .await
    }

    async fn thread(
        &self,
        channel: ChannelId,
        viewer: UserId,
        id: MessageId,
    ) -> store::Result<Thread> {
        self.database.read(move |conn| threads::view(conn, channel, viewer, id)).await
    }

    async fn read_thread(
        &self,
        group: ChannelId,
        user: UserId,
        top: MessageId,
        max_id: MessageId,
    ) -> store::Result<ThreadRead> {
        self.database.write(move |tx| threads::read(tx, group, user, top, max_id)).await
    }

    async fn member_ids(
        &self,
        channel: ChannelId,
        after: UserId,
        limit: i32,
    ) -> store::Result<Vec<UserId>> {
        self.database.read(move |conn| people::member_ids(conn, channel, after, limit)).await
    }
}
