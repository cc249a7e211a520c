//! Read marks, contents that were played or seen, pins.

use std::collections::BTreeMap;

use model::chat::Chat;
use model::event::StoredBoxEvent;
use model::message::Origin;
use model::{ChatId, MessageId, Peer, UnixTime, UserId};

use super::super::{State, chats, dialogs};
use super::Boxes;
use crate::ports::boxes::{Deleted, Pinned, ReadChange};
use crate::{Error, Result};

impl State {
    pub(super) fn read(
        &mut self,
        owner: UserId,
        peer: Peer,
        max_id: MessageId,
        at: UnixTime,
    ) -> Result<Vec<ReadChange>> {
        let row = self.dialogs.entry(owner, peer);
        row.unread_mark = false;
        let old = row.read_inbox;
        let within = |id: MessageId| max_id.0 <= 0 || id <= max_id;
        let newest = self.boxes.of_peer(owner, peer).rev().find(|message| within(message.id));
        let mark = newest.map(|message| message.id).unwrap_or_default();
        let news = self.boxes.of_peer(owner, peer);
        let news = news.filter(|message| !message.out && message.id > old && message.id <= mark);
        // Each author's newest one, by its number in the author's box.
        let mut authors: BTreeMap<UserId, MessageId> = BTreeMap::new();
        for origin in news.filter_map(|message| message.origin) {
            let newest = authors.entry(origin.owner).or_default();
            *newest = origin.id.max(*newest);
        }
        if authors.is_empty() {
            return Err(Error::NotModified);
        }
        self.dialogs.entry(owner, peer).read_inbox = mark;
        let still_unread = self.boxes.unread_after(owner, peer, mark);
        let event = StoredBoxEvent::ReadHistoryInbox { peer, max_id: mark, still_unread };
        let change = self.boxes.push(owner, 1, at, event);
        let mut answer =
            vec![ReadChange { change, peer, max_id: mark, still_unread: Some(still_unread) }];
        for (author, max_id) in authors {
            answer.extend(self.read_by_other(author, owner, peer, max_id, at));
        }
        Ok(answer)
    }

    /// Moves an author's outbox mark, if it was not there yet.
    fn read_by_other(
        &mut self,
        author: UserId,
        reader: UserId,
        peer: Peer,
        max_id: MessageId,
        at: UnixTime,
    ) -> Option<ReadChange> {
        let peer = if let Peer::User(_) = peer { Peer::User(reader) } else { peer };
        let row = self.dialogs.entry(author, peer);
        if let Peer::Chat(_) = peer {
            row.readers.insert((reader, max_id), at);
        }
        if row.read_outbox >= max_id {
            return None;
        }
        row.read_outbox = max_id;
        if let Peer::User(_) = peer {
            row.read_dates.insert(max_id, at);
        }
        let event = StoredBoxEvent::ReadHistoryOutbox { peer, max_id };
        let change = self.boxes.push(author, 1, at, event);
        Some(ReadChange { change, peer, max_id, still_unread: None })
    }

    pub(super) fn outbox_read_date(&self, owner: UserId, id: MessageId) -> Option<UnixTime> {
        let message = &self.boxes.row(owner, id)?.message;
        if !message.out || !matches!(message.peer, Peer::User(_)) {
            return None;
        }
        let dates = &self.dialogs.row(owner, message.peer)?.read_dates;
        dates.range(id..).next().map(|(_, at)| *at)
    }

    /// Removes somebody from a group, whose other members no longer see what they read.
    pub(in super::super) fn remove_member(
        &mut self,
        id: ChatId,
        actor: UserId,
        user: UserId,
    ) -> Result<Chat> {
        let chat = self.chats.remove(id, actor, user)?;
        for member in &chat.members {
            let row = self.dialogs.entry(member.user, Peer::Chat(id));
            row.readers.retain(|(reader, _), _| *reader != user);
        }
        Ok(chat)
    }

    pub(super) fn group_readers(&self, owner: UserId, id: MessageId) -> Vec<(UserId, UnixTime)> {
        let message = self.boxes.row(owner, id).map(|row| &row.message);
        let message =
            message.filter(|message| message.out && matches!(message.peer, Peer::Chat(_)));
        let Some(row) = message.and_then(|message| self.dialogs.row(owner, message.peer)) else {
            return Vec::new();
        };
        let reads = row.readers.iter().filter(|((_, max_id), _)| *max_id >= id);
        dialogs::first_dates(reads.map(|((reader, _), at)| (*reader, *at)))
    }

    pub(super) fn unread_total(&self, owner: UserId) -> i32 {
        let rows = self.dialogs.of(owner);
        rows.map(|(peer, row)| self.boxes.unread_after(owner, peer, row.read_inbox)).sum()
    }

    pub(in super::super) fn pin(
        &mut self,
        owner: UserId,
        peer: Peer,
        ids: &[MessageId],
        pinned: bool,
        for_others: bool,
    ) -> Result<Vec<Pinned>> {
        if let Peer::Chat(id) = peer {
            let chat = chats::group(&self.chats, id)?;
            chat.check_member(owner, |banned| banned.pin_messages)?;
        }
        let all = ids.is_empty() && !pinned;
        let chosen = self.boxes.of_peer(owner, peer);
        let chosen: Vec<_> = if all {
            chosen.filter(|message| message.pinned).map(|message| message.id).collect()
        } else {
            let chosen: Vec<_> = chosen.map(|message| message.id).collect();
            ids.iter().copied().filter(|id| chosen.contains(id)).collect()
        };
        Ok(self.pin_copies((owner, peer), &chosen, pinned, for_others))
    }

    fn pin_copies(
        &mut self,
        (owner, peer): (UserId, Peer),
        chosen: &[MessageId],
        pinned: bool,
        for_others: bool,
    ) -> Vec<Pinned> {
        let mut changed: BTreeMap<(bool, UserId), Flipped> = BTreeMap::new();
        for id in chosen {
            let origin = self.boxes.row(owner, *id).and_then(|row| row.message.origin);
            for (holder, id) in self.reached(peer, origin, owner) {
                if holder != owner && !for_others {
                    continue;
                }
                let Some(copy) =
                    self.boxes.row_mut(holder, id).filter(|copy| copy.pinned != pinned)
                else {
                    continue;
                };
                copy.pinned = pinned;
                let place = (holder != owner, holder);
                let entry = changed.entry(place).or_insert((copy.peer, Vec::new(), copy.date));
                entry.1.push(id);
                entry.2 = entry.2.max(copy.date);
            }
        }
        let mut answer = Vec::new();
        for ((_, holder), (peer, ids, date)) in changed {
            let event = StoredBoxEvent::PinnedMessages { peer, ids: ids.clone(), pinned };
            let change = self.boxes.push(holder, ids.len(), date, event);
            answer.push(Pinned { change, peer, ids, pinned });
        }
        answer
    }
}

/// Messages of one box whose pin changed: their chat, their numbers, the newest date.
type Flipped = (Peer, Vec<MessageId>, UnixTime);

impl Boxes {
    pub(super) fn read_contents(
        &mut self,
        owner: UserId,
        ids: &[MessageId],
        at: UnixTime,
        clock: Option<UnixTime>,
    ) -> Vec<Deleted> {
        let mut changed: BTreeMap<(bool, UserId), Vec<MessageId>> = BTreeMap::new();
        for id in ids {
            let Some(copy) = self.row_mut(owner, *id).filter(|m| !m.out && m.media_unread) else {
                continue;
            };
            copy.media_unread = false;
            changed.entry((false, owner)).or_default().push(*id);
            let Some(origin) = copy.origin else { continue };
            if let Some(clock) = clock {
                self.open_media(origin, clock);
            }
            if let Some(copy) = self.row_mut(origin.owner, origin.id).filter(|m| m.media_unread) {
                copy.media_unread = false;
                changed.entry((true, origin.owner)).or_default().push(origin.id);
            }
        }
        let mut answer = Vec::new();
        for ((_, owner), ids) in changed {
            let event = StoredBoxEvent::ReadMessagesContents { ids: ids.clone(), date: at };
            let change = self.push(owner, ids.len(), at, event);
            answer.push(Deleted { change, ids });
        }
        answer
    }

    pub(super) fn read_mentions(
        &mut self,
        owner: UserId,
        peer: Peer,
        limit: i32,
        at: UnixTime,
    ) -> Vec<Deleted> {
        let unread = self.of_peer(owner, peer).rev().filter(|m| m.mentioned && m.media_unread);
        let unread = unread.take(usize::try_from(limit).unwrap_or(0));
        let ids: Vec<_> = unread.map(|message| message.id).collect();
        self.read_contents(owner, &ids, at, None)
    }

    /// Begins the time of media that destroys itself, in all copies.
    fn open_media(&mut self, origin: Origin, clock: UnixTime) {
        for (holder, id) in self.copies_of(Some(origin), origin.owner) {
            if let Some(copy) = self.row_mut(holder, id) {
                copy.body.open_media(clock);
            }
        }
    }
}
