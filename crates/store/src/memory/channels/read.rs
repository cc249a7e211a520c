//! A log as somebody reads it.

use std::borrow::Cow;

use model::dialog::{HistoryPage, HistoryWindow};
use model::event::{ChannelEntry, ChannelEvent, StoredChannelEvent};
use model::message::{Body, Message};
use model::reaction::Summary;
use model::search::{matches, words};
use model::{MessageId, Peer, Pts, UserId};

use super::super::unread_reactions;
use super::{Log, Post, count};
use crate::ports::boxes::SearchQuery;

impl Log {
    /// Messages that were not deleted, oldest first.
    pub(super) fn live(&self) -> impl DoubleEndedIterator<Item = (MessageId, &Post)> {
        self.posts.iter().filter(|(_, post)| post.body.is_some()).map(|(id, post)| (*id, post))
    }

    pub(super) fn live_post(&self, id: MessageId) -> Option<&Post> {
        self.posts.get(&id).filter(|post| post.body.is_some())
    }

    pub(super) fn hidden_until(&self, viewer: UserId) -> MessageId {
        self.channel.hidden_until(viewer, self.rows.get(&viewer))
    }

    /// Messages that `viewer` may see, oldest first.
    pub(super) fn visible(
        &self,
        viewer: UserId,
    ) -> impl DoubleEndedIterator<Item = (MessageId, &Post)> {
        let hidden = self.hidden_until(viewer);
        self.live().filter(move |(id, _)| *id > hidden)
    }

    /// Whether views and forwards of such a message are counted.
    pub(super) const fn has_counters(&self, body: &Body) -> bool {
        self.channel.broadcast && body.action.is_none()
    }

    /// A message that `viewer` may see.
    pub(super) fn message(&self, viewer: UserId, id: MessageId) -> Option<Message> {
        if id <= self.hidden_until(viewer) { None } else { self.message_as(viewer, id) }
    }

    /// A message, whether or not it is hidden as part of the past.
    pub(super) fn message_as(&self, viewer: UserId, id: MessageId) -> Option<Message> {
        let post = self.posts.get(&id)?;
        let body = post.body.clone()?;
        let mut reactions = Summary::of(&post.reactions, viewer, !self.channel.broadcast);
        if post.sender != viewer {
            reactions.recent = unread_reactions::plain(reactions.recent);
        }
        Some(Message {
            id,
            pts: post.pts,
            peer: Peer::Channel(self.channel.id),
            from: post.sender,
            out: post.sender == viewer,
            post: self.channel.broadcast,
            date: post.date,
            edit_date: post.edit_date,
            mentioned: post.mentions.contains(&viewer),
            media_unread: post.unseen_by.contains(&viewer),
            pinned: post.pinned,
            reply_to: post.reply_to,
            thread: post.thread,
            origin: None,
            counters: self.has_counters(&body).then_some(post.counters),
            reactions,
            replies: None,
            body,
        })
    }

    pub(super) fn history(&self, viewer: UserId, window: &HistoryWindow) -> HistoryPage {
        self.page(viewer, window, |_| true)
    }

    pub(super) fn search(&self, viewer: UserId, query: &SearchQuery) -> HistoryPage {
        let has_words = !words(&query.text).is_empty();
        let by_hidden_author = query.from.is_some() && self.channel.broadcast;
        self.page(viewer, &query.window, |message| {
            let by_words = |text: Cow<'_, str>| matches(&text, &query.text);
            let found = !has_words || message.body.search_text().is_some_and(by_words);
            found && !by_hidden_author && query.fits(message)
        })
    }

    fn page(
        &self,
        viewer: UserId,
        window: &HistoryWindow,
        fits: impl Fn(&Message) -> bool,
    ) -> HistoryPage {
        let visible = self.visible(viewer).rev();
        let messages = visible.filter_map(|(id, _)| self.message(viewer, id));
        let list: Vec<_> = messages.filter(fits).collect();
        let (part, offset_from_newest) = window.cut(&list, |message| (message.id, message.date));
        HistoryPage {
            messages: part.into_iter().cloned().collect(),
            total: count(list.len()),
            offset_from_newest,
        }
    }

    pub(super) fn events_after(&self, viewer: UserId, after: Pts, limit: i32) -> Vec<ChannelEntry> {
        let new = self.posts.iter().map(|(id, post)| ChannelEntry {
            pts: post.pts,
            pts_count: 1,
            event: ChannelEvent::NewMessage(self.message(viewer, *id)),
        });
        let other = self.events.iter().map(|(pts, pts_count, event)| ChannelEntry {
            pts: *pts,
            pts_count: *pts_count,
            event: match event.clone() {
                StoredChannelEvent::EditMessage { id } => {
                    ChannelEvent::EditMessage(self.message(viewer, id))
                }
                StoredChannelEvent::DeleteMessages { ids } => ChannelEvent::DeleteMessages(ids),
                StoredChannelEvent::PinnedMessages { ids, pinned } => {
                    ChannelEvent::PinnedMessages { ids, pinned }
                }
            },
        });
        let mut entries: Vec<_> = new.chain(other).filter(|entry| entry.pts > after).collect();
        entries.sort_by_key(|entry| entry.pts);
        entries.truncate(usize::try_from(limit).unwrap_or(0));
        entries
    }
}
