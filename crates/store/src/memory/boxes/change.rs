//! Edits, deletions and reactions.

use std::collections::{BTreeMap, BTreeSet};

use model::event::StoredBoxEvent;
use model::message::{Body, Message, Origin};
use model::reaction::{Reaction, distinct};
use model::rights::Denial;
use model::{MessageId, Peer, UnixTime, UserId};

use super::super::{State, chats, unread_reactions};
use super::Boxes;
use crate::ports::boxes::{DeleteHistory, Deleted, ExpiredCopies, MessageChange};
use crate::{Error, Result};

/// What is to be deleted, by box.
type Doomed = BTreeMap<UserId, Vec<MessageId>>;

impl State {
    pub(super) fn edit(
        &mut self,
        owner: UserId,
        id: MessageId,
        body: &Body,
        edited: Option<UnixTime>,
    ) -> Result<Vec<MessageChange>> {
        let message = &self.boxes.row(owner, id).ok_or(Error::NotFound)?.message;
        if message.from != owner {
            return Err(Denial::NotAuthor.into());
        }
        if message.body == *body {
            return Err(Error::NotModified);
        }
        self.media.check(body)?;
        let mut changes = Vec::new();
        let (peer, origin) = (message.peer, message.origin);
        for (holder, id) in self.reached(peer, origin, owner) {
            let Some(copy) = self.boxes.row_mut(holder, id) else { continue };
            let carried = copy.body.carried();
            copy.body = copy.body.edited(body);
            copy.edit_date = edited.or(copy.edit_date);
            let date = edited.unwrap_or(copy.date);
            self.boxes.released.extend(carried);
            let change = self.boxes.push(holder, 1, date, StoredBoxEvent::EditMessage { id });
            let message = self.boxes.message(holder, id);
            changes.extend(message.map(|message| MessageChange { change, message }));
        }
        Ok(changes)
    }

    pub(super) fn react(
        &mut self,
        owner: UserId,
        id: MessageId,
        emoji: Vec<String>,
        at: UnixTime,
    ) -> Result<Vec<(UserId, Message)>> {
        let message = &self.boxes.row(owner, id).ok_or(Error::NotFound)?.message;
        let (peer, origin) = (message.peer, message.origin.ok_or(Error::NotFound)?);
        let copies = self.reached(peer, Some(origin), owner);
        let told = copies.iter().any(|(holder, _)| *holder == origin.owner);
        let all = self.boxes.reactions.entry(origin).or_default();
        let given = distinct(emoji).into_iter().map(|emoji| Reaction {
            user: owner,
            send_as: None,
            emoji,
            date: at,
            unread: false,
        });
        unread_reactions::replace(all, owner, origin.owner, given, told);
        let copies = copies.into_iter();
        Ok(copies
            .filter_map(|(holder, id)| Some((holder, self.boxes.message(holder, id)?)))
            .collect())
    }

    /// The copies that a change by `owner` reaches: in a group their own and those of its members, as those who left hear nothing
    /// of it any more.
    pub(super) fn reached(
        &self,
        peer: Peer,
        origin: Option<Origin>,
        owner: UserId,
    ) -> Vec<(UserId, MessageId)> {
        let mut copies = self.boxes.copies_of(origin, owner);
        if let Peer::Chat(id) = peer {
            let chat = chats::group(&self.chats, id).ok();
            let stays = |user| chat.is_some_and(|chat| chat.member(user).is_some());
            copies.retain(|(holder, _)| *holder == owner || stays(*holder));
        }
        copies
    }
}

impl Boxes {
    /// Deletes copies past their end, or takes away the media that was seen.
    pub(super) fn expire(&mut self, now: UnixTime, limit: i32) -> ExpiredCopies {
        let mut due = Vec::new();
        for (owner, inbox) in &self.boxes {
            for (id, row) in &inbox.messages {
                let end = row.message.body.end().filter(|end| *end <= now);
                due.extend(end.map(|end| (end, *owner, *id)));
            }
        }
        due.sort_unstable();
        due.truncate(usize::try_from(limit).unwrap_or(0));
        let mut doomed = Doomed::new();
        let mut changes = Vec::new();
        for (_, owner, id) in &due {
            let Some(message) = self.row_mut(*owner, *id) else { continue };
            if message.body.expires.is_some_and(|end| end <= now) {
                doomed.entry(*owner).or_default().push(*id);
                continue;
            }
            let carried = message.body.carried();
            message.body = message.body.without_media();
            self.released.extend(carried);
            changes.push(self.push(*owner, 1, now, StoredBoxEvent::EditMessage { id: *id }));
        }
        doomed.values_mut().for_each(|ids| ids.sort_unstable());
        let deleted = self.erase(UserId(0), doomed);
        changes.extend(deleted.into_iter().map(|deleted| deleted.change));
        let looked_at = i32::try_from(due.len()).unwrap_or(i32::MAX);
        ExpiredCopies { changes, looked_at }
    }

    /// Deletes for good; the owner's change comes first.
    fn erase(&mut self, owner: UserId, doomed: Doomed) -> Vec<Deleted> {
        let mut doomed: Vec<_> = doomed.into_iter().filter(|(_, ids)| !ids.is_empty()).collect();
        doomed.sort_by_key(|(holder, _)| (*holder != owner, *holder));
        let mut answer = Vec::new();
        for (holder, ids) in doomed {
            let mut newest = UnixTime(0);
            for id in &ids {
                newest = newest.max(self.forget(holder, *id));
            }
            let event = StoredBoxEvent::DeleteMessages { ids: ids.clone() };
            let change = self.push(holder, ids.len(), newest, event);
            answer.push(Deleted { change, ids });
        }
        answer
    }

    /// Removes one copy, and with the last one the reactions. Answers its date.
    fn forget(&mut self, holder: UserId, id: MessageId) -> UnixTime {
        let inbox = self.boxes.get_mut(&holder);
        let Some(row) = inbox.and_then(|inbox| inbox.messages.remove(&id)) else {
            return UnixTime(0);
        };
        if let Some(origin) = row.message.origin
            && let Some(copies) = self.copies.get_mut(&origin)
        {
            copies.remove(&holder);
            if copies.is_empty() {
                self.copies.remove(&origin);
                self.reactions.remove(&origin);
            }
        }
        self.released.extend(row.message.body.carried());
        row.message.date
    }

    pub(super) fn reactions(
        &self,
        owner: UserId,
        id: MessageId,
        emoji: Option<&str>,
        offset: i32,
        limit: i32,
    ) -> Result<(Vec<Reaction>, i32)> {
        let message = &self.row(owner, id).ok_or(Error::NotFound)?.message;
        let (origin, own) = (message.origin, message.from == owner);
        let all = origin.and_then(|origin| self.reactions.get(&origin)).into_iter().flatten().rev();
        let fitting: Vec<_> =
            all.filter(|one| emoji.is_none_or(|emoji| one.emoji == emoji)).cloned().collect();
        let total = i32::try_from(fitting.len()).unwrap_or(i32::MAX);
        let page = fitting.into_iter().skip(usize::try_from(offset).unwrap_or(0));
        let page: Vec<_> = page.take(usize::try_from(limit).unwrap_or(0)).collect();
        Ok((if own { page } else { unread_reactions::plain(page) }, total))
    }
}

impl State {
    /// Whether a deletion by `owner` reaches the other copies.
    fn reaches_all(&self, owner: UserId, message: &Message) -> bool {
        match message.peer {
            Peer::Chat(id) => {
                let chat = chats::group(&self.chats, id);
                message.from == owner || chat.is_ok_and(|chat| chat.check_admin(owner).is_ok())
            }
            Peer::User(_) | Peer::Channel(_) => true,
        }
    }

    /// The copies that a deletion of these messages reaches.
    fn doomed(&self, owner: UserId, ids: &[MessageId], revoke: bool) -> Doomed {
        let mut doomed = Doomed::new();
        let mut seen = BTreeSet::new();
        for id in ids {
            let Some(row) = self.boxes.row(owner, *id).filter(|_| seen.insert(*id)) else {
                continue;
            };
            doomed.entry(owner).or_default().push(*id);
            if !revoke || !self.reaches_all(owner, &row.message) {
                continue;
            }
            for (holder, id) in self.boxes.copies_of(row.message.origin, owner) {
                if holder != owner {
                    doomed.entry(holder).or_default().push(id);
                }
            }
        }
        doomed
    }

    pub(super) fn delete(
        &mut self,
        owner: UserId,
        ids: &[MessageId],
        revoke: bool,
    ) -> Vec<Deleted> {
        let doomed = self.doomed(owner, ids, revoke);
        self.boxes.erase(owner, doomed)
    }

    pub(super) fn delete_history(&mut self, request: DeleteHistory) -> (Vec<Deleted>, i32) {
        let DeleteHistory { owner, peer, revoke, .. } = request;
        let fitting = self.boxes.of_peer(owner, peer).rev();
        let fitting: Vec<_> =
            fitting.filter(|message| request.covers(message.id, message.date)).collect();
        let (total, top) = (fitting.len(), fitting.first().map(|message| message.date));
        let limit = usize::try_from(request.limit).unwrap_or(0);
        let ids: Vec<_> = fitting.into_iter().take(limit).map(|message| message.id).collect();
        let mut answer = self.delete(owner, &ids, revoke);
        let mut left = total - ids.len();
        if let Some(other) = request.other_side() {
            let theirs = self.boxes.of_peer(other.owner, other.peer).rev();
            let mut theirs: Vec<_> = theirs
                .filter(|message| other.covers(message.id, message.date))
                .map(|message| message.id)
                .collect();
            left += theirs.len();
            theirs.truncate(limit - ids.len());
            left -= theirs.len();
            answer.extend(self.delete(other.owner, &theirs, false));
        }
        if request.keep_dialog {
            if let Some(top) = top {
                let row = self.dialogs.entry(owner, peer);
                row.date = row.date.max(top);
                answer.extend(self.note_cleared(owner, peer, top));
            }
        } else {
            self.unlist_if_empty(owner, peer);
            if let Peer::User(other) = peer
                && revoke
            {
                self.unlist_if_empty(other, Peer::User(owner));
            }
        }
        (answer, i32::try_from(left).unwrap_or(i32::MAX))
    }

    fn unlist_if_empty(&mut self, owner: UserId, peer: Peer) {
        if self.boxes.top(owner, peer).is_none() {
            self.dialogs.unlist(owner, peer);
        }
    }
}
