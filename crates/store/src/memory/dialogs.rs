//! Dialogs: what a person keeps about each chat. Top messages and counts are computed from boxes and logs.

mod list;

use std::collections::BTreeMap;

use async_trait::async_trait;
use model::account::{NotifyScope, NotifySettings};
use model::dialog::{Dialog, DialogOffset, DialogPage, Draft};
use model::event::AccountEntry;
use model::limits::PINNED_DIALOGS;
use model::message::Action;
use model::rights::Denial;
use model::{ChannelId, ChatId, MessageId, Peer, UnixTime, UserId};

use super::MemoryStore;
use crate::ports::DialogStore;
use crate::ports::acts::box_message;
use crate::ports::boxes::{BoxPeer, Sent};
use crate::ports::dialogs::SeenReactions;
use crate::{Error, Result};

/// Rows by owner and chat.
#[derive(Default)]
pub(super) struct Dialogs {
    rows: BTreeMap<(UserId, Peer), Row>,
}

/// What one person keeps about one chat, whether or not it is in the list.
#[derive(Clone, Default)]
pub(super) struct Row {
    /// In the list.
    pub(super) listed: bool,
    /// The place in the list of a chat without messages.
    pub(super) date: UnixTime,
    pub(super) read_inbox: MessageId,
    pub(super) read_outbox: MessageId,
    /// When outgoing messages up to each number were read.
    pub(super) read_dates: BTreeMap<MessageId, UnixTime>,
    /// When each reader of a group read the owner's messages up to each number.
    pub(super) readers: BTreeMap<(UserId, MessageId), UnixTime>,
    pub(super) unread_mark: bool,
    pinned: Option<i32>,
    folder: i32,
    draft: Option<Draft>,
    pub(super) ttl_period: Option<i32>,
    bar_hidden: bool,
}

/// Puts a channel into its new subscriber's list, everything up to `read_max` read.
pub(super) fn open_channel(
    dialogs: &mut Dialogs,
    owner: UserId,
    channel: ChannelId,
    date: UnixTime,
    read_max: MessageId,
) {
    let row = dialogs.entry(owner, Peer::Channel(channel));
    row.listed = true;
    row.date = date;
    row.read_inbox = row.read_inbox.max(read_max);
}

/// Gives a channel the place that a basic group had in somebody's lists, which gives it up.
pub(super) fn carry_place(dialogs: &mut Dialogs, owner: UserId, from: ChatId, to: ChannelId) {
    let Some(old) = dialogs.rows.get_mut(&(owner, Peer::Chat(from))) else { return };
    let (pinned, folder) = (old.pinned.take(), old.folder);
    let row = dialogs.entry(owner, Peer::Channel(to));
    (row.pinned, row.folder) = (pinned, folder);
}

/// Takes a channel out of the list of someone who left, with all that was kept about it.
pub(super) fn close_channel(dialogs: &mut Dialogs, owner: UserId, channel: ChannelId) {
    dialogs.rows.remove(&(owner, Peer::Channel(channel)));
}

/// Up to where a member has read a channel, 0 for others.
pub(super) fn channel_mark(dialogs: &Dialogs, user: UserId, channel: ChannelId) -> MessageId {
    dialogs.rows.get(&(user, Peer::Channel(channel))).map(|row| row.read_inbox).unwrap_or_default()
}

/// The newest message of a channel that anyone but `user` has read, 0 if none.
pub(super) fn newest_read_by_others(
    dialogs: &Dialogs,
    channel: ChannelId,
    user: UserId,
) -> MessageId {
    let of_channel = dialogs
        .rows
        .iter()
        .filter(|((owner, peer), _)| *peer == Peer::Channel(channel) && *owner != user);
    of_channel.map(|(_, row)| row.read_inbox).max().unwrap_or_default()
}

/// Forgets the draft of a chat, as a message was sent in its place.
pub(super) fn clear_draft(dialogs: &mut Dialogs, owner: UserId, peer: Peer) {
    if let Some(row) = dialogs.rows.get_mut(&(owner, peer)) {
        row.draft = None;
    }
}

/// Who read so far, by the first date of each, the first first.
pub(super) fn first_dates(
    reads: impl Iterator<Item = (UserId, UnixTime)>,
) -> Vec<(UserId, UnixTime)> {
    let mut first: BTreeMap<UserId, UnixTime> = BTreeMap::new();
    for (user, at) in reads {
        let known = first.entry(user).or_insert(at);
        *known = at.min(*known);
    }
    let mut readers: Vec<_> = first.into_iter().collect();
    readers.sort_by_key(|(user, at)| (*at, *user));
    readers
}

/// Who moved their mark of a channel so far.
pub(super) fn channel_readers(
    dialogs: &Dialogs,
    channel: ChannelId,
    author: UserId,
    id: MessageId,
) -> Vec<(UserId, UnixTime)> {
    let here = dialogs
        .rows
        .iter()
        .filter(|((owner, peer), _)| *peer == Peer::Channel(channel) && *owner != author);
    let reads =
        here.flat_map(|((owner, _), row)| row.read_dates.range(id..).map(|(_, at)| (*owner, *at)));
    first_dates(reads)
}

impl Dialogs {
    pub(super) fn row(&self, owner: UserId, peer: Peer) -> Option<&Row> {
        self.rows.get(&(owner, peer))
    }

    pub(super) fn entry(&mut self, owner: UserId, peer: Peer) -> &mut Row {
        self.rows.entry((owner, peer)).or_default()
    }

    pub(super) fn of(&self, owner: UserId) -> impl Iterator<Item = (Peer, &Row)> {
        let first = (owner, Peer::User(UserId(i64::MIN)));
        let rows = self.rows.range(first..).take_while(move |((other, _), _)| *other == owner);
        rows.map(|((_, peer), row)| (*peer, row))
    }

    /// Puts a chat into the list, where a first message goes.
    pub(super) fn list(&mut self, owner: UserId, peer: Peer, date: UnixTime) {
        let row = self.entry(owner, peer);
        if !row.listed {
            row.listed = true;
            row.date = date;
        }
    }

    /// Takes an empty chat out of the list. Marks and settings stay for the case that it comes back.
    pub(super) fn unlist(&mut self, owner: UserId, peer: Peer) {
        if let Some(row) = self.rows.get_mut(&(owner, peer)) {
            row.listed = false;
            row.unread_mark = false;
            row.pinned = None;
            row.draft = None;
        }
    }

    /// The pinned ones of a folder, highest first.
    fn pinned(&self, owner: UserId, folder: i32) -> Vec<Peer> {
        let rows = self.of(owner).filter(|(_, row)| row.folder == folder);
        let mut pinned: Vec<_> =
            rows.filter_map(|(peer, row)| row.pinned.map(|place| (place, peer))).collect();
        pinned.sort_by(|a, b| b.cmp(a));
        pinned.into_iter().map(|(_, peer)| peer).collect()
    }

    /// Numbers the pinned ones of a folder anew; `order` is from the highest down.
    fn set_pinned(&mut self, owner: UserId, folder: i32, order: &[Peer]) {
        for peer in self.pinned(owner, folder) {
            self.entry(owner, peer).pinned = None;
        }
        for (place, peer) in (1..).zip(order.iter().rev()) {
            self.entry(owner, *peer).pinned = Some(place);
        }
    }

    fn set_one_pinned(&mut self, owner: UserId, peer: Peer, pinned: bool) -> Result<()> {
        let listed = self.row(owner, peer).is_some_and(|row| row.listed);
        if pinned && !listed && !matches!(peer, Peer::User(_)) {
            return Err(Error::NotFound);
        }
        let folder = self.row(owner, peer).map_or(0, |row| row.folder);
        let mut order = self.pinned(owner, folder);
        if order.contains(&peer) == pinned {
            return Err(Error::NotModified);
        }
        if pinned && order.len() >= PINNED_DIALOGS {
            return Err(Denial::TooMany.into());
        }
        if pinned {
            order.insert(0, peer);
            self.list(owner, peer, UnixTime(0));
        } else {
            order.retain(|other| *other != peer);
        }
        self.set_pinned(owner, folder, &order);
        Ok(())
    }

    fn reorder(
        &mut self,
        owner: UserId,
        folder: i32,
        order: &[Peer],
        force: bool,
    ) -> Result<Vec<Peer>> {
        let mut wanted: Vec<Peer> = Vec::new();
        for peer in order {
            let known =
                self.row(owner, *peer).is_some_and(|row| row.listed && row.folder == folder);
            if known && !wanted.contains(peer) {
                wanted.push(*peer);
            }
        }
        if !force {
            wanted.extend(self.pinned(owner, folder).iter().filter(|peer| !order.contains(peer)));
        }
        if wanted.len() > PINNED_DIALOGS {
            return Err(Denial::TooMany.into());
        }
        self.set_pinned(owner, folder, &wanted);
        Ok(wanted)
    }

    fn set_folder(&mut self, owner: UserId, peer: Peer, folder: i32) {
        let row = self.entry(owner, peer);
        if row.folder == folder {
            return;
        }
        let (old, was_pinned) = (row.folder, row.pinned.take().is_some());
        row.folder = folder;
        if was_pinned {
            let order = self.pinned(owner, old);
            self.set_pinned(owner, old, &order);
        }
    }
}

#[async_trait]
impl DialogStore for MemoryStore {
    async fn dialogs(
        &self,
        owner: UserId,
        folder: Option<i32>,
        exclude_pinned: bool,
        offset: DialogOffset,
        limit: i32,
    ) -> Result<DialogPage> {
        Ok(self.state.lock().dialog_list(owner, folder, exclude_pinned, offset, limit))
    }

    async fn pinned_dialogs(&self, owner: UserId, folder: i32) -> Result<DialogPage> {
        let state = self.state.lock();
        let mut page = state.dialog_page(owner, &state.dialogs.pinned(owner, folder));
        page.dialogs.retain(Dialog::is_shown);
        page.total = i32::try_from(page.dialogs.len()).unwrap_or(i32::MAX);
        Ok(page)
    }

    async fn peer_dialogs(&self, owner: UserId, peers: &[Peer]) -> Result<DialogPage> {
        Ok(self.state.lock().dialog_page(owner, peers))
    }

    async fn dialog_peers(&self, owner: UserId) -> Result<Vec<Peer>> {
        let state = self.state.lock();
        Ok(state.dialogs.of(owner).filter(|(_, row)| row.listed).map(|(peer, _)| peer).collect())
    }

    async fn set_dialog_pinned(&self, owner: UserId, peer: Peer, pinned: bool) -> Result<()> {
        self.state.lock().dialogs.set_one_pinned(owner, peer, pinned)
    }

    async fn reorder_pinned_dialogs(
        &self,
        owner: UserId,
        folder: i32,
        order: &[Peer],
        force: bool,
    ) -> Result<Vec<Peer>> {
        self.state.lock().dialogs.reorder(owner, folder, order, force)
    }

    async fn set_dialog_folder(&self, owner: UserId, peers: &[(Peer, i32)]) -> Result<()> {
        let mut state = self.state.lock();
        for (peer, folder) in peers {
            state.dialogs.set_folder(owner, *peer, *folder);
        }
        Ok(())
    }

    async fn set_unread_mark(&self, owner: UserId, peer: Peer, unread: bool) -> Result<()> {
        self.state.lock().dialogs.entry(owner, peer).unread_mark = unread;
        Ok(())
    }

    async fn unread_marks(&self, owner: UserId) -> Result<Vec<Peer>> {
        let state = self.state.lock();
        let marked = state.dialogs.of(owner).filter(|(_, row)| row.unread_mark);
        Ok(marked.map(|(peer, _)| peer).collect())
    }

    async fn set_draft(&self, owner: UserId, peer: Peer, draft: Option<Draft>) -> Result<bool> {
        let mut state = self.state.lock();
        let row = state.dialogs.entry(owner, peer);
        let changed = row.draft != draft;
        row.draft = draft;
        Ok(changed)
    }

    async fn drafts(&self, owner: UserId) -> Result<Vec<(Peer, Draft)>> {
        let state = self.state.lock();
        let drafts = state.dialogs.of(owner);
        Ok(drafts.filter_map(|(peer, row)| Some((peer, row.draft.clone()?))).collect())
    }

    async fn set_dialog_ttl(&self, owner: UserId, peer: Peer, period_s: Option<i32>) -> Result<()> {
        let Peer::User(other) = peer else { return Err(Error::NotFound) };
        let mut state = self.state.lock();
        state.dialogs.entry(owner, peer).ttl_period = period_s;
        state.dialogs.entry(other, Peer::User(owner)).ttl_period = period_s;
        Ok(())
    }

    async fn set_dialog_ttl_told(
        &self,
        owner: UserId,
        user: UserId,
        period_s: Option<i32>,
        action: Action,
        at: UnixTime,
    ) -> Result<Sent> {
        let state = &mut *self.state.lock();
        let before = state.dialogs.row(owner, Peer::User(user)).and_then(|row| row.ttl_period);
        if before.unwrap_or(0) == period_s.unwrap_or(0) {
            return Err(Error::NotModified);
        }
        let message = box_message(BoxPeer::User(user), (owner, action), at);
        let sent = state.send(&[message])?.pop().ok_or(Error::NotFound)?;
        for copy in &sent.copies {
            state.dialogs.entry(copy.owner, copy.message.peer).ttl_period = period_s;
        }
        Ok(sent)
    }

    async fn dialog_ttl(&self, owner: UserId, peer: Peer) -> Result<Option<i32>> {
        let state = self.state.lock();
        Ok(state.dialogs.row(owner, peer).map(|row| row.ttl_period.unwrap_or(0)))
    }

    async fn hide_peer_bar(&self, owner: UserId, peer: Peer) -> Result<()> {
        self.state.lock().dialogs.entry(owner, peer).bar_hidden = true;
        Ok(())
    }

    async fn is_peer_bar_hidden(&self, owner: UserId, peer: Peer) -> Result<bool> {
        Ok(self.state.lock().dialogs.row(owner, peer).is_some_and(|row| row.bar_hidden))
    }

    async fn dialog_notify(&self, owner: UserId, peer: Peer) -> Result<NotifySettings> {
        Ok(self.state.lock().accounts.notify(owner, NotifyScope::Peer(peer)))
    }

    async fn unread_reactions(
        &self,
        owner: UserId,
        peer: Peer,
        thread: Option<MessageId>,
        limit: i32,
    ) -> Result<Vec<MessageId>> {
        let ids = self.state.lock().unread_reactions(owner, peer, thread).into_iter().rev();
        Ok(ids.take(usize::try_from(limit).unwrap_or(0)).collect())
    }

    async fn see_reactions(
        &self,
        owner: UserId,
        seen: SeenReactions,
        at: UnixTime,
    ) -> Result<Vec<AccountEntry>> {
        Ok(self.state.lock().see_reactions(owner, seen, at))
    }

    async fn read_channel(
        &self,
        owner: UserId,
        peer: Peer,
        max_id: MessageId,
        at: UnixTime,
    ) -> Result<Dialog> {
        self.state.lock().read_channel(owner, peer, max_id, at)
    }
}
