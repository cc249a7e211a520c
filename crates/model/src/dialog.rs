//! Dialogs: a person's list of chats, and what they keep about each.

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
