//! Dialogs: a person's list of chats, and what they keep about each.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use crate::account::NotifySettings;
use crate::message::{Entity, Message};
use crate::{MessageId, Peer, Pts, UnixTime};

/// One chat of a person's list.
#[derive(Clone, Debug, PartialEq)]
pub struct Dialog {
    /// With whom.
    pub peer: Peer,
    /// Newest message, 0 for an empty chat.
    pub top_message: MessageId,
    /// Its date, or that of joining; the list's order.
    pub date: UnixTime,
    /// The newest incoming message that was read.
    pub read_inbox_max: MessageId,
    /// The newest outgoing message that the other side read.
    pub read_outbox_max: MessageId,
    /// Incoming messages after the read mark.
    pub unread_count: i32,
    /// Mentions not yet seen.
    pub unread_mentions: i32,
    /// Own messages with reactions of others not yet seen.
    pub unread_reactions: i32,
    /// Marked by hand.
    pub unread_mark: bool,
    /// Place among the pinned, from 1, highest first in the list; `None` if not pinned.
    pub pinned_order: Option<i32>,
    /// Archive folder (1) or main list (0).
    pub folder: i32,
    /// Unsent text.
    pub draft: Option<Draft>,
    /// Own notification settings.
    pub notify: NotifySettings,
    /// Self-destruct timer of a private chat, seconds.
    pub ttl_period: Option<i32>,
    /// For channels: the log's position.
    pub channel_pts: Option<Pts>,
}

impl Dialog {
    /// Whether it stands in lists. A person's chat without a message does not: TDLib takes it for a mistake there, and drops a chat
    /// from its own list with the last message.
    #[must_use]
    pub const fn is_shown(&self) -> bool {
        self.top_message.0 > 0 || !matches!(self.peer, Peer::User(_))
    }
}

/// Text that was typed and not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// Text.
    pub text: String,
    /// Formatting.
    pub entities: Vec<Entity>,
    /// A reply in the making.
    pub reply_to: Option<MessageId>,
    /// No link preview.
    pub no_webpage: bool,
    /// Media below the text.
    pub invert_media: bool,
    /// When.
    pub date: UnixTime,
}

/// A page of the list with the top messages that it shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DialogPage {
    /// In the list's order.
    pub dialogs: Vec<Dialog>,
    /// The top message of each, where there is one.
    pub messages: Vec<Message>,
    /// How many dialogs the whole list has.
    pub total: i32,
}

/// Where a page of the list starts: after this one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DialogOffset {
    /// Date of the last one seen, 0 for the start.
    pub date: UnixTime,
    /// Its top message.
    pub message: MessageId,
    /// Its peer, to break ties.
    pub peer: Option<Peer>,
}

impl DialogOffset {
    /// Whether `dialog` comes after this place of the list, which runs from the newest date, number and peer down.
    #[must_use]
    pub fn is_before(&self, dialog: &Dialog) -> bool {
        if self.date.0 <= 0 {
            return true;
        }
        let place = (dialog.date, dialog.top_message);
        let offset = (self.date, self.message);
        place < offset || place == offset && self.peer.is_some_and(|peer| dialog.peer < peer)
    }

    /// Puts dialogs in the list's order, and leaves those that come after this place. Pinned ones stand before all others, in their
    /// own order: clients that do not leave them out expect them on the first page, and never ask for them again.
    pub fn cut(&self, dialogs: &mut Vec<Dialog>) {
        dialogs.sort_by_key(|dialog| {
            let pin = dialog.pinned_order.map(|order| (dialog.folder, Reverse(order)));
            let by_date = Reverse((dialog.date, dialog.top_message, dialog.peer));
            (pin.is_none(), pin, by_date)
        });
        if self.date.0 <= 0 {
            return;
        }
        let is_here =
            |dialog: &Dialog| dialog.pinned_order.is_some() && Some(dialog.peer) == self.peer;
        match dialogs.iter().position(is_here) {
            Some(place) => drop(dialogs.drain(..=place)),
            None => {
                dialogs.retain(|dialog| dialog.pinned_order.is_none() && self.is_before(dialog));
            }
        }
    }
}

/// The offsets of `messages.getHistory` and its kin.
///
/// `offset_id` 0 means from the newest (or `offset_date`). `add_offset` moves the window: negative towards newer
/// messages. `min_id` and `max_id` are exclusive bounds, 0 for none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of messages.getHistory")]
pub struct HistoryWindow {
    pub offset_id: MessageId,
    pub offset_date: UnixTime,
    pub add_offset: i32,
    pub limit: i32,
    pub max_id: MessageId,
    pub min_id: MessageId,
}

impl HistoryWindow {
    /// Whether a message lies at or above the offset, that is outside the part the offset leads to.
    #[must_use]
    pub fn is_above(&self, id: MessageId, date: UnixTime) -> bool {
        if self.offset_id.0 > 0 {
            id >= self.offset_id
        } else {
            self.offset_date.0 > 0 && date >= self.offset_date
        }
    }

    /// Which places of a list, newest first, the window covers: `above` of its `total` messages lie at or above the offset.
    ///
    /// As the protocol defines it (`core.telegram.org/api/offsets`): the slice starts `add_offset` places after those, and what
    /// lies beyond either end of the list is cut off, not made up for at the other end.
    #[must_use]
    pub fn places(&self, total: i32, above: i32) -> std::ops::Range<i32> {
        let start = above.saturating_add(self.add_offset);
        let end = start.saturating_add(self.limit.clamp(0, crate::limits::HISTORY_PAGE));
        let start = start.clamp(0, total.max(0));
        start..end.clamp(start, total.max(start))
    }

    /// The bounds `max_id` and `min_id`, which thin out the slice after it was cut.
    #[must_use]
    pub fn keeps(&self, id: MessageId) -> bool {
        (self.max_id.0 <= 0 || id < self.max_id) && (self.min_id.0 <= 0 || id > self.min_id)
    }

    /// Applies the whole window to a list, newest first, that is at hand. Answers the part, and how many are newer than its
    /// first.
    #[must_use]
    pub fn cut<'a, T>(
        &self,
        list: &'a [T],
        key: impl Fn(&T) -> (MessageId, UnixTime),
    ) -> (Vec<&'a T>, i32) {
        let above = list
            .iter()
            .filter(|item| {
                let (id, date) = key(item);
                self.is_above(id, date)
            })
            .count();
        let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        let places = self.places(count(list.len()), count(above));
        let slice = (0..).zip(list).filter(|(place, _)| places.contains(place));
        let mut kept = slice.filter(|(_, item)| self.keeps(key(item).0)).peekable();
        let newer = kept.peek().map_or(places.start, |(place, _)| *place);
        (kept.map(|(_, item)| item).collect(), newer)
    }
}

/// Messages of a window, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HistoryPage {
    /// Newest first.
    pub messages: Vec<Message>,
    /// How many the chat (or the search) has in all.
    pub total: i32,
    /// How many are newer than the first of this page.
    pub offset_from_newest: i32,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers 1 to 10, written a second apart from 101 on.
    fn cut(window: HistoryWindow) -> (Vec<i32>, i32) {
        let list: Vec<i32> = (1..=10).rev().collect();
        let (part, newer) =
            window.cut(&list, |id| (MessageId(*id), UnixTime(100 + i64::from(*id))));
        (part.into_iter().copied().collect(), newer)
    }

    fn around(offset_id: i32, add_offset: i32, limit: i32) -> HistoryWindow {
        HistoryWindow {
            offset_id: MessageId(offset_id),
            add_offset,
            limit,
            ..HistoryWindow::default()
        }
    }

    #[test]
    fn the_offset_itself_is_left_out() {
        assert_eq!(cut(around(0, 0, 3)), (vec![10, 9, 8], 0));
        assert_eq!(cut(around(8, 0, 3)), (vec![7, 6, 5], 3));
        assert_eq!(cut(around(8, -1, 3)), (vec![8, 7, 6], 2));
        assert_eq!(cut(around(8, 2, 3)), (vec![5, 4, 3], 5));
    }

    #[test]
    fn what_lies_beyond_the_newest_is_cut_off() {
        assert_eq!(cut(around(8, -5, 5)), (vec![10, 9, 8], 0));
        assert_eq!(cut(around(8, -5, 8)), (vec![10, 9, 8, 7, 6, 5], 0));
        assert_eq!(cut(around(8, -20, 5)), (vec![], 0));
        assert_eq!(cut(around(0, -3, 5)), (vec![10, 9], 0));
    }

    #[test]
    fn offsets_beyond_the_ends_do_no_harm() {
        assert_eq!(cut(around(99, 0, 2)), (vec![10, 9], 0));
        assert_eq!(cut(around(1, 0, 5)), (vec![], 10));
        assert_eq!(cut(around(1, -2, 5)), (vec![2, 1], 8));
        assert_eq!(cut(around(5, 100, 5)), (vec![], 10));
        assert_eq!(cut(around(5, i32::MAX, i32::MAX)), (vec![], 10));
        assert_eq!(cut(around(5, i32::MIN, i32::MAX)), (vec![], 0));
        assert_eq!(cut(around(0, 0, -1)), (vec![], 0));
    }

    #[test]
    fn a_date_leads_to_what_was_before_it() {
        let window =
            HistoryWindow { offset_date: UnixTime(105), limit: 2, ..HistoryWindow::default() };
        assert_eq!(cut(window), (vec![4, 3], 6));
    }

    #[test]
    fn bounds_thin_out_the_slice_afterwards() {
        let window =
            HistoryWindow { max_id: MessageId(9), min_id: MessageId(6), ..around(0, 0, 5) };
        assert_eq!(cut(window), (vec![8, 7], 2));
    }
}
