//! Message boxes: a copy of each message for each reader, one pts a box.

mod change;
mod marks;
mod read;
mod send;

use std::collections::BTreeMap;

use async_trait::async_trait;
use model::dialog::{HistoryPage, HistoryWindow};
use model::event::{BoxEntry, StoredBoxEvent};
use model::invariants::START;
use model::message::{Body, Message, Origin};
use model::reaction::{Reaction, Summary};
use model::{MessageId, Peer, Pts, UnixTime, UserId};

use super::{MemoryStore, unread_reactions};
use crate::Result;
use crate::ports::BoxStore;
use crate::ports::acts::ToldPin;
use crate::ports::boxes::{
    BoxChange, BoxPeer, DeleteHistory, Deleted, ExpiredCopies, MessageChange, NewBoxMessage,
    Pinned, ReadChange, SearchQuery, Sent,
};

/// All boxes.
#[derive(Default)]
pub(super) struct Boxes {
    boxes: BTreeMap<UserId, MessageBox>,
    /// The copies of each message.
    copies: BTreeMap<Origin, BTreeMap<UserId, MessageId>>,
    reactions: BTreeMap<Origin, Vec<Reaction>>,
    /// What messages carry no longer.
    released: Vec<i64>,
}

/// One user's box.
struct MessageBox {
    pts: Pts,
    /// The newest number given out.
    last_id: MessageId,
    messages: BTreeMap<MessageId, Row>,
    events: BTreeMap<Pts, Event>,
}

impl Default for MessageBox {
    fn default() -> Self {
        Self {
            pts: START,
            last_id: MessageId(0),
            messages: BTreeMap::new(),
            events: BTreeMap::new(),
        }
    }
}

/// A stored copy. Its reactions are kept apart, by origin.
struct Row {
    message: Message,
    random_id: Option<i64>,
}

struct Event {
    count: i32,
    date: UnixTime,
    what: What,
}

/// Numbers are never used twice, so a new message that is not found was deleted.
enum What {
    New(MessageId),
    Stored(StoredBoxEvent),
}

impl Boxes {
    fn row(&self, owner: UserId, id: MessageId) -> Option<&Row> {
        self.boxes.get(&owner)?.messages.get(&id)
    }

    fn row_mut(&mut self, owner: UserId, id: MessageId) -> Option<&mut Message> {
        self.boxes.get_mut(&owner)?.messages.get_mut(&id).map(|row| &mut row.message)
    }

    /// What messages carried until lately.
    pub(super) fn take_released(&mut self) -> Vec<i64> {
        std::mem::take(&mut self.released)
    }

    /// Whether a message carries it.
    pub(super) fn carries(&self, id: i64) -> bool {
        let rows = self.boxes.values().flat_map(|inbox| inbox.messages.values());
        rows.flat_map(|row| row.message.body.carried()).any(|carried| carried == id)
    }

    /// Everything in a box, oldest first.
    fn all(&self, owner: UserId) -> impl DoubleEndedIterator<Item = &Message> {
        let messages = self.boxes.get(&owner).map(|inbox| &inbox.messages);
        messages.into_iter().flat_map(|messages| messages.values().map(|row| &row.message))
    }

    /// One chat, oldest first.
    fn of_peer(&self, owner: UserId, peer: Peer) -> impl DoubleEndedIterator<Item = &Message> {
        self.all(owner).filter(move |message| message.peer == peer)
    }

    fn view(&self, owner: UserId, message: &Message) -> Message {
        let reactions = message.origin.and_then(|origin| self.reactions.get(&origin));
        let mut reactions =
            reactions.map_or_else(Summary::default, |all| Summary::of(all, owner, true));
        if message.from != owner {
            reactions.recent = unread_reactions::plain(reactions.recent);
        }
        Message { reactions, ..message.clone() }
    }

    /// A message as the box's owner sees it.
    pub(super) fn message(&self, owner: UserId, id: MessageId) -> Option<Message> {
        self.row(owner, id).map(|row| self.view(owner, &row.message))
    }

    /// The boxes that have a message, with its number there: `first`, then by owner.
    fn copies_of(&self, origin: Option<Origin>, first: UserId) -> Vec<(UserId, MessageId)> {
        let copies = origin.and_then(|origin| self.copies.get(&origin));
        let mut copies: Vec<_> =
            copies.into_iter().flatten().map(|(owner, id)| (*owner, *id)).collect();
        copies.sort_by_key(|(owner, _)| (*owner != first, *owner));
        copies
    }

    /// Moves a box by an event.
    fn push(
        &mut self,
        owner: UserId,
        count: usize,
        date: UnixTime,
        event: StoredBoxEvent,
    ) -> BoxChange {
        let count = i32::try_from(count).unwrap_or(i32::MAX);
        self.push_what(owner, count, date, What::Stored(event))
    }

    fn push_what(&mut self, owner: UserId, count: i32, date: UnixTime, what: What) -> BoxChange {
        let inbox = self.boxes.entry(owner).or_default();
        inbox.pts.0 += count;
        inbox.events.insert(inbox.pts, Event { count, date, what });
        BoxChange { owner, pts: inbox.pts, pts_count: count }
    }

    /// The newest message of a chat, and its date.
    pub(super) fn top(&self, owner: UserId, peer: Peer) -> Option<(MessageId, UnixTime)> {
        self.of_peer(owner, peer).next_back().map(|message| (message.id, message.date))
    }

    /// Incoming messages of a chat after a read mark.
    pub(super) fn unread_after(&self, owner: UserId, peer: Peer, mark: MessageId) -> i32 {
        let unread = self.of_peer(owner, peer).filter(|message| !message.out && message.id > mark);
        i32::try_from(unread.count()).unwrap_or(i32::MAX)
    }

    /// Own messages of a chat with reactions that were not seen, oldest first.
    pub(super) fn unread_reactions(&self, owner: UserId, peer: Peer) -> Vec<MessageId> {
        let own = self.of_peer(owner, peer).filter(|message| message.from == owner);
        let unread = own.filter(|message| {
            let reactions = message.origin.and_then(|origin| self.reactions.get(&origin));
            reactions.is_some_and(|all| unread_reactions::has_unread(all))
        });
        unread.map(|message| message.id).collect()
    }

    /// Answers the chat of the message, if it is the owner's and had unseen reactions.
    pub(super) fn see_reactions(
        &mut self,
        owner: UserId,
        id: MessageId,
    ) -> Option<(Peer, MessageId)> {
        let message = &self.row(owner, id)?.message;
        let (peer, origin) = (message.peer, message.origin.filter(|_| message.from == owner)?);
        let all = self.reactions.get_mut(&origin)?;
        unread_reactions::see(all).then_some((peer, id))
    }

    /// Mentions of a chat that were not seen.
    pub(super) fn unread_mentions(&self, owner: UserId, peer: Peer) -> i32 {
        let unread = self.of_peer(owner, peer).filter(|m| m.mentioned && m.media_unread);
        i32::try_from(unread.count()).unwrap_or(i32::MAX)
    }
}

#[async_trait]
impl BoxStore for MemoryStore {
    async fn send(&self, messages: Vec<NewBoxMessage>) -> Result<Vec<Sent>> {
        self.state.lock().send(&messages)
    }

    async fn sent_before(&self, sender: UserId, random_ids: &[i64]) -> Result<Vec<(i64, Message)>> {
        let boxes = &self.state.lock().boxes;
        let found = random_ids.iter().filter_map(|id| Some((*id, boxes.sent_before(sender, *id)?)));
        Ok(found.collect())
    }

    async fn edit(
        &self,
        owner: UserId,
        id: MessageId,
        body: Body,
        edited: Option<UnixTime>,
    ) -> Result<Vec<MessageChange>> {
        self.state.lock().edit(owner, id, &body, edited)
    }

    async fn delete(&self, owner: UserId, ids: &[MessageId], revoke: bool) -> Result<Vec<Deleted>> {
        Ok(self.state.lock().delete(owner, ids, revoke))
    }

    async fn delete_history(&self, request: DeleteHistory) -> Result<(Vec<Deleted>, i32)> {
        Ok(self.state.lock().delete_history(request))
    }

    async fn read(
        &self,
        owner: UserId,
        peer: Peer,
        max_id: MessageId,
        at: UnixTime,
    ) -> Result<Vec<ReadChange>> {
        self.state.lock().read(owner, peer, max_id, at)
    }

    async fn read_contents(
        &self,
        owner: UserId,
        ids: &[MessageId],
        at: UnixTime,
        clock: UnixTime,
    ) -> Result<Vec<Deleted>> {
        Ok(self.state.lock().boxes.read_contents(owner, ids, at, Some(clock)))
    }

    async fn expire(&self, now: UnixTime, limit: i32) -> Result<ExpiredCopies> {
        Ok(self.state.lock().boxes.expire(now, limit))
    }

    async fn read_mentions(
        &self,
        owner: UserId,
        peer: Peer,
        limit: i32,
        at: UnixTime,
    ) -> Result<Vec<Deleted>> {
        Ok(self.state.lock().boxes.read_mentions(owner, peer, limit, at))
    }

    async fn pin(
        &self,
        owner: UserId,
        peer: Peer,
        ids: &[MessageId],
        pinned: bool,
        for_others: bool,
    ) -> Result<Vec<Pinned>> {
        self.state.lock().pin(owner, peer, ids, pinned, for_others)
    }

    async fn pin_told(
        &self,
        owner: UserId,
        peer: BoxPeer,
        pin: ToldPin,
    ) -> Result<(Vec<Pinned>, Option<Sent>)> {
        self.state.lock().pin_told(owner, peer, pin)
    }

    async fn react(
        &self,
        owner: UserId,
        id: MessageId,
        emoji: Vec<String>,
        at: UnixTime,
    ) -> Result<Vec<(UserId, Message)>> {
        self.state.lock().react(owner, id, emoji, at)
    }

    async fn reactions(
        &self,
        owner: UserId,
        id: MessageId,
        emoji: Option<&str>,
        offset: i32,
        limit: i32,
    ) -> Result<(Vec<Reaction>, i32)> {
        self.state.lock().boxes.reactions(owner, id, emoji, offset, limit)
    }

    async fn messages(&self, owner: UserId, ids: &[MessageId]) -> Result<Vec<Message>> {
        let state = self.state.lock();
        Ok(ids.iter().filter_map(|id| state.boxes.message(owner, *id)).collect())
    }

    async fn history(
        &self,
        owner: UserId,
        peer: Peer,
        window: HistoryWindow,
    ) -> Result<HistoryPage> {
        Ok(self.state.lock().boxes.history(owner, peer, window))
    }

    async fn search(&self, owner: UserId, query: SearchQuery) -> Result<HistoryPage> {
        Ok(self.state.lock().boxes.search(owner, &query))
    }

    async fn pts(&self, owner: UserId) -> Result<Pts> {
        Ok(self.state.lock().boxes.boxes.get(&owner).map_or(START, |inbox| inbox.pts))
    }

    async fn events(&self, owner: UserId, after: Pts, limit: i32) -> Result<Vec<BoxEntry>> {
        Ok(self.state.lock().boxes.events(owner, after, limit))
    }

    async fn group_readers(&self, owner: UserId, id: MessageId) -> Result<Vec<(UserId, UnixTime)>> {
        Ok(self.state.lock().group_readers(owner, id))
    }

    async fn outbox_read_date(&self, owner: UserId, id: MessageId) -> Result<Option<UnixTime>> {
        Ok(self.state.lock().outbox_read_date(owner, id))
    }

    async fn unread_total(&self, owner: UserId) -> Result<i32> {
        Ok(self.state.lock().unread_total(owner))
    }
}
