//! Message boxes: private chats and basic groups. One box a user, one pts a box, a copy of each message for each member.

use async_trait::async_trait;
use model::dialog::{HistoryPage, HistoryWindow};
use model::event::{AccountEntry, BoxEntry};
use model::message::{Action, Body, MediaClass, Message};
use model::reaction::Reaction;
use model::{ChatId, MessageId, Peer, Pts, UnixTime, UserId};

use super::acts::ToldPin;
use crate::Result;

/// Where a message of a box is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoxPeer {
    /// A person, or oneself (saved messages: one copy).
    User(UserId),
    /// A basic group: a copy for every member at the time of sending.
    Chat(ChatId),
}

impl BoxPeer {
    /// The chat as a box has it; `None` for channels.
    #[must_use]
    pub const fn of(peer: Peer) -> Option<Self> {
        match peer {
            Peer::User(user) => Some(Self::User(user)),
            Peer::Chat(chat) => Some(Self::Chat(chat)),
            Peer::Channel(_) => None,
        }
    }

    /// The chat as the sender sees it.
    #[must_use]
    pub const fn peer(self) -> Peer {
        match self {
            Self::User(user) => Peer::User(user),
            Self::Chat(chat) => Peer::Chat(chat),
        }
    }
}

/// A message to be sent.
#[derive(Clone, Debug)]
pub struct NewBoxMessage {
    /// Author.
    pub sender: UserId,
    /// To whom.
    pub peer: BoxPeer,
    /// Chosen by the client, unique for each sender; `None` for service messages.
    pub random_id: Option<i64>,
    /// When.
    pub date: UnixTime,
    /// What.
    pub body: Body,
    /// In the sender's box. The other boxes get their own number of the same message, or none if they lack it.
    pub reply_to: Option<MessageId>,
    /// People mentioned by public name, besides those in the entities. The author of the message replied to counts as mentioned too.
    pub mentions: Vec<UserId>,
    /// The sender's draft for this chat is cleared with it, which is recorded as an account event.
    pub clear_draft: bool,
}

impl NewBoxMessage {
    /// The chat as the owner of a copy sees it.
    #[must_use]
    pub fn peer_of(&self, owner: UserId) -> Peer {
        match self.peer {
            BoxPeer::User(user) => {
                Peer::User(if owner == self.sender { user } else { self.sender })
            }
            BoxPeer::Chat(chat) => Peer::Chat(chat),
        }
    }

    /// The period, seconds, if this message tells that a private chat begins with its author's timer.
    #[must_use]
    pub fn begins_timer(&self) -> Option<i32> {
        match (&self.body.action, self.peer) {
            (
                Some(Action::SetMessagesTtl { period_s, by_default_of: Some(_) }),
                BoxPeer::User(user),
            ) if user != self.sender => Some(*period_s),
            _ => None,
        }
    }

    /// Whether the owner of a copy is mentioned: only others, and only in groups. `replied` is the author of the message
    /// replied to.
    #[must_use]
    pub fn mentions_in_group(&self, owner: UserId, replied: Option<UserId>) -> bool {
        let named =
            || self.mentions.contains(&owner) || self.body.mentioned_ids().any(|id| id == owner);
        matches!(self.peer, BoxPeer::Chat(_))
            && owner != self.sender
            && (replied == Some(owner) || named())
    }

    /// Whether a copy has something to be played or seen. In saved messages nothing ever is.
    #[must_use]
    pub fn is_unread_by(&self, mentioned: bool) -> bool {
        self.peer != BoxPeer::User(self.sender) && (mentioned || self.body.has_unread_contents())
    }
}

/// One box's copy of a message that was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Copy {
    /// Whose box.
    pub owner: UserId,
    /// The message as this owner sees it.
    pub message: Message,
}

/// Result of sending.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// The same `random_id` was sent before: nothing was written, and the copies are those of that time (the sender's only).
    pub duplicate: bool,
    /// The sender's copy comes first.
    pub copies: Vec<Copy>,
    /// What was recorded for the sender if the draft was cleared with it.
    pub cleared: Option<AccountEntry>,
}

/// A change that one box saw: its position afterwards, and how far it moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoxChange {
    /// Whose box.
    pub owner: UserId,
    /// Position afterwards.
    pub pts: Pts,
    /// How far it moved.
    pub pts_count: i32,
}

/// A change of one message in one box.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageChange {
    /// The box's position.
    pub change: BoxChange,
    /// The message afterwards, as this owner sees it.
    pub message: Message,
}

/// What a search looks for.
#[derive(Clone, Debug, Default)]
pub struct SearchQuery {
    /// In this chat only.
    pub peer: Option<Peer>,
    /// Words; empty finds everything that fits the rest.
    pub text: String,
    /// By this author only, as who shows: a channel where somebody writes as one.
    pub from: Option<Peer>,
    /// Of these classes only; empty for all.
    pub classes: Vec<MediaClass>,
    /// Only pinned ones.
    pub pinned: bool,
    /// Only unseen mentions.
    pub unread_mentions: bool,
    /// Only replies in this thread (of a supergroup).
    pub thread: Option<MessageId>,
    /// Only this dialog of saved messages, as [`Message::saved_peer`] has it. Logs have none.
    pub saved: Option<Peer>,
    /// Bounds, 0 for none; `max_date` and `min_date` are exclusive.
    pub min_date: UnixTime,
    /// See `min_date`.
    pub max_date: UnixTime,
    /// Which part of the results.
    pub window: HistoryWindow,
}

impl SearchQuery {
    /// Everything but the chat, the dialog of saved messages and the words.
    #[must_use]
    pub fn fits(&self, message: &Message) -> bool {
        self.from.is_none_or(|from| message.body.author(message.from) == from)
            && (self.classes.is_empty() || self.classes.contains(&message.body.media_class()))
            && (!self.pinned || message.pinned)
            && (!self.unread_mentions || message.mentioned && message.media_unread)
            && (self.thread.is_none() || message.thread == self.thread)
            && (self.min_date.0 <= 0 || message.date > self.min_date)
            && (self.max_date.0 <= 0 || message.date < self.max_date)
    }
}

/// Message boxes.
///
/// An empty box is at 1: clients take a position of 0 for "not known yet".
/// A change for which no time is given (a deletion, a pin, a hidden edit) is dated as the newest message it concerns; a
/// read mark counts as one message.
/// Every change of a box moves its pts by the number of messages concerned and is found again by [`BoxStore::events`]: there are no holes.
#[async_trait]
pub trait BoxStore: Send + Sync {
    /// Sends messages in one transaction, in order: all or none.
    ///
    /// In a basic group, `chat.check_member` decides (`send_messages`, and the media's own flag by `model::rights`); service messages are not checked.
    /// To a person who blocked the sender, only the sender's copy is written. A `random_id` is remembered as long as the
    /// sender's copy is there; a repetition is not checked again. A message by [`NewBoxMessage::begins_timer`] sets the timer for
    /// those who get a copy; if the sender had this chat before, nothing is written, and it is answered as a duplicate without copies.
    ///
    /// # Errors
    /// `Denied`; `NotFound` if the chat does not exist.
    async fn send(&self, messages: Vec<NewBoxMessage>) -> Result<Vec<Sent>>;

    /// The messages that somebody sent with these `random_id`s and that are still in the sender's box, each with its own.
    async fn sent_before(&self, sender: UserId, random_ids: &[i64]) -> Result<Vec<(i64, Message)>>;

    /// Replaces a message's body in every box that has it, in a group only in those of its members: who left hears no more of it.
    /// `edited` is `None` for changes that do not show as an edit.
    ///
    /// # Errors
    /// `NotFound`; `Denied(NotAuthor)`; `NotModified`.
    async fn edit(
        &self,
        owner: UserId,
        id: MessageId,
        body: Body,
        edited: Option<UnixTime>,
    ) -> Result<Vec<MessageChange>>;

    /// Deletes messages from the owner's box, and with `revoke` from every box that has a copy (for a basic group only the
    /// author's own ones, unless the owner is an admin of it). Unknown ids are passed over. The owner's change comes first.
    async fn delete(&self, owner: UserId, ids: &[MessageId], revoke: bool) -> Result<Vec<Deleted>>;

    /// Deletes up to `limit` messages of a chat with `id <= max_id` (0: all), newest first, optionally within dates.
    /// `keep_dialog` leaves the chat in the list, at its place: once it is empty, with a service message of that (clients show no chat in the list without
    /// a message), which is a change of its own that names no ids. Else it leaves the list once it is empty (with `revoke` the other person's as well), with its pin and
    /// draft. With `revoke` and without `max_id`, what only the other person still has of a private chat goes, too
    /// ([`DeleteHistory::other_side`]). Answers the changes and how many are left.
    async fn delete_history(&self, request: DeleteHistory) -> Result<(Vec<Deleted>, i32)>;

    /// Marks incoming messages up to `max_id` as read. Writes an inbox event for the reader and, in a private chat, an outbox event
    /// for the other person; in a basic group, one for each author of the newly read messages.
    ///
    /// # Errors
    /// `NotModified` if nothing was unread (a mark by hand is cleared all the same).
    async fn read(
        &self,
        owner: UserId,
        peer: Peer,
        max_id: MessageId,
        at: UnixTime,
    ) -> Result<Vec<ReadChange>>;

    /// Marks contents as read (voice played, mention seen); the author's copy hears of it too. Only changed ids are answered.
    /// The time of media that destroys itself begins, in all copies, at `clock`.
    async fn read_contents(
        &self,
        owner: UserId,
        ids: &[MessageId],
        at: UnixTime,
        clock: UnixTime,
    ) -> Result<Vec<Deleted>>;

    /// Marks the unread mentions of a chat as seen, at most `limit`.
    async fn read_mentions(
        &self,
        owner: UserId,
        peer: Peer,
        limit: i32,
        at: UnixTime,
    ) -> Result<Vec<Deleted>>;

    /// Deletes copies whose end ([`Body::end`]) is `now` or earlier, at most `limit`, oldest end first; of those whose media alone has
    /// ended, takes the media away, which is an edit that does not show as one.
    async fn expire(&self, now: UnixTime, limit: i32) -> Result<ExpiredCopies>;

    /// Pins or unpins messages; `for_others` reaches all copies, in a group those of its members. An empty list with `pinned = false` unpins all of the chat.
    async fn pin(
        &self,
        owner: UserId,
        peer: Peer,
        ids: &[MessageId],
        pinned: bool,
        for_others: bool,
    ) -> Result<Vec<Pinned>>;

    /// Pins one message in all copies as [`pin`](Self::pin) does, with the service message that answers it, in one transaction.
    /// If it is pinned already nothing is written.
    async fn pin_told(
        &self,
        owner: UserId,
        peer: BoxPeer,
        pin: ToldPin,
    ) -> Result<(Vec<Pinned>, Option<Sent>)>;

    /// Replaces one person's reactions to a message. Answers each box that has the message, with its number there; in a group only
    /// those of its members.
    ///
    /// # Errors
    /// `NotFound`.
    async fn react(
        &self,
        owner: UserId,
        id: MessageId,
        emoji: Vec<String>,
        at: UnixTime,
    ) -> Result<Vec<(UserId, Message)>>;

    /// Who reacted, newest first: of one emoji, or of all. The author is told what they have not seen.
    async fn reactions(
        &self,
        owner: UserId,
        id: MessageId,
        emoji: Option<&str>,
        offset: i32,
        limit: i32,
    ) -> Result<(Vec<Reaction>, i32)>;

    /// Messages of the owner's box by id, in the order asked; unknown and deleted ones are left out.
    async fn messages(&self, owner: UserId, ids: &[MessageId]) -> Result<Vec<Message>>;

    /// A window of one chat's history.
    async fn history(
        &self,
        owner: UserId,
        peer: Peer,
        window: HistoryWindow,
    ) -> Result<HistoryPage>;

    /// Searches the box (all chats, or one), newest first.
    async fn search(&self, owner: UserId, query: SearchQuery) -> Result<HistoryPage>;

    /// The box's position.
    async fn pts(&self, owner: UserId) -> Result<Pts>;

    /// Events after `after`, oldest first, until at most `limit` events; the entries' pts are without holes.
    async fn events(&self, owner: UserId, after: Pts, limit: i32) -> Result<Vec<BoxEntry>>;

    /// Who read a message of the owner's own in a basic group, and when, the first first. What is older than
    /// `limits::READERS_DAYS` may be forgotten.
    async fn group_readers(&self, owner: UserId, id: MessageId) -> Result<Vec<(UserId, UnixTime)>>;

    /// Whether a message was read by the person at the other end (private chats), and when, if known.
    async fn outbox_read_date(&self, owner: UserId, id: MessageId) -> Result<Option<UnixTime>>;

    /// Unread incoming messages of the whole box.
    async fn unread_total(&self, owner: UserId) -> Result<i32>;
}

/// A deletion of part of a chat.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "documented at BoxStore::delete_history")]
pub struct DeleteHistory {
    pub owner: UserId,
    pub peer: Peer,
    pub max_id: MessageId,
    pub revoke: bool,
    pub keep_dialog: bool,
    pub min_date: Option<UnixTime>,
    pub max_date: Option<UnixTime>,
    pub limit: i32,
}

impl DeleteHistory {
    /// Whether a message of the chat is among those to be deleted. Both dates are inclusive.
    #[must_use]
    pub fn covers(&self, id: MessageId, date: UnixTime) -> bool {
        (self.max_id.0 <= 0 || id <= self.max_id)
            && self.min_date.is_none_or(|min| date >= min)
            && self.max_date.is_none_or(|max| date <= max)
    }

    /// What goes from the other person's box besides, where a private chat ends for both: what the owner had deleted for themselves
    /// alone is there still. Up to a message (`max_id`) nothing does: its number says nothing over there.
    #[must_use]
    pub fn other_side(&self) -> Option<Self> {
        match self.peer {
            Peer::User(other) if self.revoke && self.max_id.0 <= 0 && other != self.owner => {
                Some(Self { owner: other, peer: Peer::User(self.owner), ..*self })
            }
            _ => None,
        }
    }
}

/// What came to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExpiredCopies {
    /// The boxes that changed.
    pub changes: Vec<BoxChange>,
    /// How many copies were looked at: as many as asked for if there may be more.
    pub looked_at: i32,
}

/// Ids changed together in one box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// The box's position.
    pub change: BoxChange,
    /// Which messages.
    pub ids: Vec<MessageId>,
}

/// A read mark that moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadChange {
    /// The box's position.
    pub change: BoxChange,
    /// The chat as this owner sees it.
    pub peer: Peer,
    /// The new mark.
    pub max_id: MessageId,
    /// For the reader's own mark: what is left unread; `None` for an outbox mark.
    pub still_unread: Option<i32>,
}

/// Messages of one box whose pin changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    /// The box's position.
    pub change: BoxChange,
    /// The chat as this owner sees it.
    pub peer: Peer,
    /// Which.
    pub ids: Vec<MessageId>,
    /// Which way.
    pub pinned: bool,
}
