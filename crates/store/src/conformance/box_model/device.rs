//! A client's device: it knows only what events told it.

use std::collections::BTreeMap;

use model::event::{BoxEvent, StoredBoxEvent};
use model::invariants::{START, check_run};
use model::message::Message;
use model::reaction::Summary;
use model::{MessageId, Peer, Pts, UserId};

use super::super::writing::query;
use crate::Stores;

/// A device of one account.
#[derive(Clone, Debug)]
pub struct Device {
    owner: UserId,
    pts: Pts,
    messages: BTreeMap<MessageId, Message>,
    read_inbox: BTreeMap<Peer, MessageId>,
    read_outbox: BTreeMap<Peer, MessageId>,
}

impl Device {
    /// A device that knows nothing.
    #[must_use]
    pub const fn new(owner: UserId) -> Self {
        Self {
            owner,
            pts: START,
            messages: BTreeMap::new(),
            read_inbox: BTreeMap::new(),
            read_outbox: BTreeMap::new(),
        }
    }

    /// Reads events in parts of this size, to the end or one part only.
    pub async fn catch_up(&mut self, stores: &Stores, part: i32, once: bool) {
        loop {
            let events = stores.boxes.events(self.owner, self.pts, part).await.expect("readable");
            assert!(events.len() <= usize::try_from(part).unwrap_or(0));
            let places = events.iter().map(|entry| (entry.pts, entry.pts_count));
            self.pts = check_run(places, self.pts).expect("no hole");
            let done = events.is_empty();
            for entry in events {
                self.apply(entry.event);
            }
            if done || once {
                break;
            }
        }
    }

    fn apply(&mut self, event: BoxEvent) {
        match event {
            BoxEvent::NewMessage(None) | BoxEvent::EditMessage(None) => {}
            BoxEvent::NewMessage(Some(message)) | BoxEvent::EditMessage(Some(message)) => {
                self.messages.insert(message.id, message);
            }
            BoxEvent::Stored(stored) => self.apply_stored(stored),
        }
    }

    fn apply_stored(&mut self, event: StoredBoxEvent) {
        match event {
            StoredBoxEvent::EditMessage { .. } => panic!("an edit is looked up"),
            StoredBoxEvent::DeleteMessages { ids } => {
                self.messages.retain(|id, _| !ids.contains(id));
            }
            StoredBoxEvent::ReadHistoryInbox { peer, max_id, .. } => {
                self.read_inbox.insert(peer, max_id);
            }
            StoredBoxEvent::ReadHistoryOutbox { peer, max_id } => {
                self.read_outbox.insert(peer, max_id);
            }
            StoredBoxEvent::ReadMessagesContents { ids, .. } => {
                for (_, message) in self.messages.iter_mut().filter(|(id, _)| ids.contains(id)) {
                    message.media_unread = false;
                }
            }
            StoredBoxEvent::PinnedMessages { ids, pinned, .. } => {
                for (_, message) in self.messages.iter_mut().filter(|(id, _)| ids.contains(id)) {
                    message.pinned = pinned;
                }
            }
        }
    }

    /// The device has what the server has: messages (reactions come by other ways), marks and counts.
    pub async fn assert_equals(&self, stores: &Stores) {
        assert_eq!(stores.boxes.pts(self.owner).await, Ok(self.pts));
        let ids: Vec<_> = self.messages.keys().copied().collect();
        let mut served = stores.boxes.messages(self.owner, &ids).await.expect("readable");
        let mut known: Vec<_> = self.messages.values().cloned().collect();
        for message in served.iter_mut().chain(&mut known) {
            message.reactions = Summary::default();
        }
        assert_eq!(known, served, "the box of {:?}", self.owner);
        let total = stores.boxes.search(self.owner, query("")).await.expect("readable").total;
        assert_eq!(usize::try_from(total), Ok(self.messages.len()));
        let mut unread = 0;
        for peer in stores.dialogs.dialog_peers(self.owner).await.expect("readable") {
            unread += self.assert_dialog(stores, peer).await;
        }
        assert_eq!(stores.boxes.unread_total(self.owner).await, Ok(unread));
    }

    async fn assert_dialog(&self, stores: &Stores, peer: Peer) -> i32 {
        let page = stores.dialogs.peer_dialogs(self.owner, &[peer]).await.expect("readable");
        let dialog = &page.dialogs[0];
        let mark = self.read_inbox.get(&peer).copied().unwrap_or_default();
        let read = self.read_outbox.get(&peer).copied().unwrap_or_default();
        assert_eq!((dialog.read_inbox_max, dialog.read_outbox_max), (mark, read));
        let own = || self.messages.values().filter(|message| message.peer == peer);
        let top = own().next_back().map(|message| message.id).unwrap_or_default();
        assert_eq!(dialog.top_message, top);
        let unread = own().filter(|message| !message.out && message.id > mark).count();
        assert_eq!(usize::try_from(dialog.unread_count), Ok(unread));
        let mentions = own().filter(|message| message.mentioned && message.media_unread).count();
        assert_eq!(usize::try_from(dialog.unread_mentions), Ok(mentions));
        dialog.unread_count
    }
}
