//! Sending: who gets a copy, and how each copy looks.

use std::collections::BTreeSet;

use model::event::AccountEvent;
use model::message::{Action, Message, Origin};
use model::reaction::Summary;
use model::{MessageId, Peer, UnixTime, UserId};

use super::super::{State, chats, contacts, dialogs};
use super::{Boxes, Row, What};
use crate::Result;
use crate::ports::acts::box_message;
use crate::ports::boxes::{BoxChange, BoxPeer, Copy, Deleted, NewBoxMessage, Sent};

impl State {
    pub(in super::super) fn send(&mut self, messages: &[NewBoxMessage]) -> Result<Vec<Sent>> {
        let mut batch = BTreeSet::new();
        for new in messages {
            let repeated = new.random_id.is_some_and(|id| !batch.insert((new.sender, id)));
            let known = new.random_id.and_then(|id| self.boxes.sent_before(new.sender, id));
            if !repeated && known.is_none() {
                self.check_send(new)?;
            }
        }
        Ok(messages.iter().map(|new| self.send_one(new)).collect())
    }

    fn check_send(&self, new: &NewBoxMessage) -> Result<()> {
        if let BoxPeer::Chat(id) = new.peer {
            let chat = chats::group(&self.chats, id)?;
            if new.body.action.is_none() {
                chat.check_write(new.sender, &new.body)?;
            }
        }
        self.media.check(&new.body)
    }

    /// Who gets a copy, the sender first.
    fn readers(&self, new: &NewBoxMessage) -> Vec<UserId> {
        let mut readers = vec![new.sender];
        match new.peer {
            BoxPeer::User(user) => {
                let wanted = !contacts::is_blocked(&self.contacts, user, new.sender);
                readers.extend((user != new.sender && wanted).then_some(user));
            }
            BoxPeer::Chat(id) => {
                let chat = chats::group(&self.chats, id);
                let members = chat.iter().flat_map(|chat| &chat.members).map(|member| member.user);
                readers.extend(members.filter(|user| *user != new.sender));
            }
        }
        readers
    }

    fn send_one(&mut self, new: &NewBoxMessage) -> Sent {
        let before = new.random_id.and_then(|id| self.boxes.sent_before(new.sender, id));
        if let Some(message) = before {
            let copy = Copy { owner: new.sender, message };
            return Sent { duplicate: true, copies: vec![copy], cleared: None };
        }
        let readers = self.readers(new);
        if let Some(period) = new.begins_timer() {
            if self.dialogs.row(new.sender, new.peer_of(new.sender)).is_some() {
                return Sent { duplicate: true, copies: Vec::new(), cleared: None };
            }
            for owner in &readers {
                self.dialogs.entry(*owner, new.peer_of(*owner)).ttl_period = Some(period);
            }
        }
        let peer = new.peer_of(new.sender);
        let replied = new.reply_to.and_then(|id| self.boxes.row(new.sender, id));
        let replied = replied.map(|row| &row.message).filter(|message| message.peer == peer);
        let replied = replied.and_then(|message| message.origin);
        let origin = Origin { owner: new.sender, id: self.boxes.next_id(new.sender) };
        let mut copies = Vec::with_capacity(readers.len());
        for owner in readers {
            let message = self.boxes.add(new, owner, origin, replied);
            self.dialogs.list(owner, message.peer, new.date);
            copies.push(Copy { owner, message });
        }
        let cleared = new.clear_draft.then(|| {
            dialogs::clear_draft(&mut self.dialogs, new.sender, peer);
            let event = AccountEvent::DraftMessage { peer, draft: None };
            self.accounts.append(new.sender, event, new.date)
        });
        Sent { duplicate: false, copies, cleared }
    }
}

impl State {
    /// Leaves a chat that its owner emptied in the list.
    pub(super) fn note_cleared(
        &mut self,
        owner: UserId,
        peer: Peer,
        date: UnixTime,
    ) -> Option<Deleted> {
        let with = BoxPeer::of(peer).filter(|_| self.boxes.top(owner, peer).is_none())?;
        let origin = Origin { owner, id: self.boxes.next_id(owner) };
        let message = self.boxes.add(
            &box_message(with, (owner, Action::HistoryClear), date),
            owner,
            origin,
            None,
        );
        let change = BoxChange { owner, pts: message.pts, pts_count: 1 };
        Some(Deleted { change, ids: Vec::new() })
    }
}

impl Boxes {
    /// The sender's copy of a message with the same `random_id`.
    pub(super) fn sent_before(&self, sender: UserId, random_id: i64) -> Option<Message> {
        let rows = self.boxes.get(&sender)?.messages.values();
        let row = rows.into_iter().find(|row| row.random_id == Some(random_id))?;
        Some(self.view(sender, &row.message))
    }

    fn next_id(&self, owner: UserId) -> MessageId {
        MessageId(self.boxes.get(&owner).map_or(0, |inbox| inbox.last_id.0) + 1)
    }

    /// Writes one copy.
    fn add(
        &mut self,
        new: &NewBoxMessage,
        owner: UserId,
        origin: Origin,
        replied: Option<Origin>,
    ) -> Message {
        let own = owner == new.sender;
        let id = self.next_id(owner);
        let change = self.push_what(owner, 1, new.date, What::New(id));
        let mentioned = new.mentions_in_group(owner, replied.map(|replied| replied.owner));
        let reply_to = replied.and_then(|replied| self.copies.get(&replied)?.get(&owner)).copied();
        let message = Message {
            id,
            pts: change.pts,
            peer: new.peer_of(owner),
            from: new.sender,
            out: own,
            post: false,
            date: new.date,
            edit_date: None,
            mentioned,
            media_unread: new.is_unread_by(mentioned),
            pinned: false,
            reply_to,
            thread: None,
            origin: Some(origin),
            body: new.body.clone(),
            counters: None,
            reactions: Summary::default(),
            replies: None,
        };
        self.copies.entry(origin).or_default().insert(owner, id);
        let random_id = new.random_id.filter(|_| own);
        if let Some(inbox) = self.boxes.get_mut(&owner) {
            inbox.last_id = id;
            inbox.messages.insert(id, Row { message: message.clone(), random_id });
        }
        message
    }
}
