//! Histories, searches and events.

use std::borrow::Cow;

use model::dialog::{HistoryPage, HistoryWindow};
use model::event::{BoxEntry, BoxEvent, StoredBoxEvent};
use model::message::Message;
use model::search;
use model::{Peer, Pts, UserId};

use super::{Boxes, What};
use crate::ports::boxes::SearchQuery;

impl Boxes {
    fn page(&self, owner: UserId, list: &[&Message], window: HistoryWindow) -> HistoryPage {
        let (part, offset_from_newest) = window.cut(list, |message| (message.id, message.date));
        let messages = part.into_iter().map(|message| self.view(owner, message)).collect();
        let total = i32::try_from(list.len()).unwrap_or(i32::MAX);
        HistoryPage { messages, total, offset_from_newest }
    }

    pub(super) fn history(&self, owner: UserId, peer: Peer, window: HistoryWindow) -> HistoryPage {
        let list: Vec<_> = self.of_peer(owner, peer).rev().collect();
        self.page(owner, &list, window)
    }

    pub(super) fn search(&self, owner: UserId, query: &SearchQuery) -> HistoryPage {
        let words = search::words(&query.text);
        let list: Vec<_> = self
            .all(owner)
            .rev()
            .filter(|message| query.peer.is_none_or(|peer| message.peer == peer))
            .filter(|message| query.saved.is_none() || message.saved_peer(owner) == query.saved)
            .filter(|message| query.fits(message))
            .filter(|message| {
                let by_words = |text: Cow<'_, str>| search::matches(&text, &query.text);
                words.is_empty() || message.body.search_text().is_some_and(by_words)
            })
            .collect();
        self.page(owner, &list, query.window)
    }

    pub(super) fn events(&self, owner: UserId, after: Pts, limit: i32) -> Vec<BoxEntry> {
        let Some(inbox) = self.boxes.get(&owner) else { return Vec::new() };
        let events = inbox.events.iter().filter(|(pts, _)| **pts > after);
        let events = events.take(usize::try_from(limit).unwrap_or(0));
        let entry = |(pts, event): (&Pts, &super::Event)| BoxEntry {
            pts: *pts,
            pts_count: event.count,
            date: event.date,
            event: match &event.what {
                What::New(id) => BoxEvent::NewMessage(self.message(owner, *id)),
                What::Stored(StoredBoxEvent::EditMessage { id }) => {
                    BoxEvent::EditMessage(self.message(owner, *id))
                }
                What::Stored(stored) => BoxEvent::Stored(stored.clone()),
            },
        };
        events.map(entry).collect()
    }
}
