//! What happens to boxes, logs and accounts: the material of updates.
//!
//! Three sequences, as the protocol has them:
//! - a **box** for each user (private chats and basic groups), counted by pts: [`BoxEvent`];
//! - a **log** for each channel, counted by its own pts: [`ChannelEvent`];
//! - **account events**, which carry no pts and may be applied twice: [`AccountEvent`]. They are kept by date, and a
//!   difference replays those since the client's date.
//!
//! What is only of the moment (typing, presence) is an [`Ephemeral`]: never stored, never replayed.

use serde::{Deserialize, Serialize};

use crate::account::{NotifyScope, NotifySettings, PrivacyKey};
use crate::dialog::Draft;
use crate::message::Message;
use crate::{
    AuthorizationHash, ChannelId, ChatId, MessageId, Peer, PollId, Pts, SecretChatId, UnixTime,
    UserId,
};

/// A change of a user's box.
#[derive(Clone, Debug, PartialEq)]
pub enum BoxEvent {
    /// A new message, in its present state (an edit since then shows). `None` if it was deleted since: the pts counts all the same.
    NewMessage(Option<Message>),
    /// An edit, in its present state, or `None` if deleted since.
    EditMessage(Option<Message>),
    /// All others, which are stored as they are.
    Stored(StoredBoxEvent),
}

/// Box events that are stored by value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named as the protocol's updates")]
pub enum StoredBoxEvent {
    /// The message is looked up when the event is read.
    EditMessage {
        id: MessageId,
    },
    DeleteMessages {
        ids: Vec<MessageId>,
    },
    ReadHistoryInbox {
        peer: Peer,
        max_id: MessageId,
        still_unread: i32,
    },
    ReadHistoryOutbox {
        peer: Peer,
        max_id: MessageId,
    },
    ReadMessagesContents {
        ids: Vec<MessageId>,
        date: UnixTime,
    },
    PinnedMessages {
        peer: Peer,
        ids: Vec<MessageId>,
        pinned: bool,
    },
}

/// A box event at its place.
#[derive(Clone, Debug, PartialEq)]
pub struct BoxEntry {
    /// Position after the event.
    pub pts: Pts,
    /// How far it moved the position (the number of messages concerned).
    pub pts_count: i32,
    /// When.
    pub date: UnixTime,
    /// What.
    pub event: BoxEvent,
}

/// A change of a channel's log.
#[derive(Clone, Debug, PartialEq)]
pub enum ChannelEvent {
    /// A new message in its present state, `None` if deleted since.
    NewMessage(Option<Message>),
    /// An edit in its present state, `None` if deleted since.
    EditMessage(Option<Message>),
    /// Deleted ones.
    DeleteMessages(Vec<MessageId>),
    /// Pinned or unpinned ones.
    PinnedMessages {
        /// Which.
        ids: Vec<MessageId>,
        /// Which way.
        pinned: bool,
    },
}

/// Channel events that are stored by value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named as the protocol's updates")]
pub enum StoredChannelEvent {
    EditMessage { id: MessageId },
    DeleteMessages { ids: Vec<MessageId> },
    PinnedMessages { ids: Vec<MessageId>, pinned: bool },
}

/// A channel event at its place.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelEntry {
    /// Position after the event.
    pub pts: Pts,
    /// How far it moved the position.
    pub pts_count: i32,
    /// What.
    pub event: ChannelEvent,
}

/// A change of what an account keeps outside its box. Applying one twice does no harm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named as the protocol's updates")]
pub enum AccountEvent {
    DraftMessage {
        peer: Peer,
        draft: Option<Draft>,
    },
    DialogPinned {
        peer: Peer,
        pinned: bool,
    },
    PinnedDialogs {
        order: Vec<Peer>,
    },
    DialogUnreadMark {
        peer: Peer,
        unread: bool,
    },
    FolderPeers {
        peers: Vec<(Peer, i32)>,
    },
    NotifySettings {
        scope: NotifyScope,
        settings: NotifySettings,
    },
    PeerBlocked {
        user: UserId,
        blocked: bool,
    },
    /// Something visible of a user changed (name, photo, phone, deletion): clients read it from the answer's users.
    User {
        user: UserId,
    },
    UserName {
        user: UserId,
    },
    ContactsReset,
    PeerSettings {
        peer: Peer,
    },
    Privacy {
        key: PrivacyKey,
    },
    NewAuthorization {
        hash: AuthorizationHash,
        date: UnixTime,
        device: String,
        location: String,
        unconfirmed: bool,
    },
    /// The viewer's relation to a channel changed, or the channel did.
    Channel {
        channel: ChannelId,
    },
    ReadChannelInbox {
        channel: ChannelId,
        max_id: MessageId,
        still_unread: i32,
        pts: Pts,
    },
    ReadChannelOutbox {
        channel: ChannelId,
        max_id: MessageId,
    },
    /// The viewer deleted a channel's history up to a message for themselves.
    ChannelCleared {
        channel: ChannelId,
        max_id: MessageId,
    },
    ChannelReadMessagesContents {
        channel: ChannelId,
        ids: Vec<MessageId>,
    },
    /// `post`: what the thread comments on.
    ReadDiscussionInbox {
        group: ChannelId,
        top: MessageId,
        max_id: MessageId,
        post: Option<(ChannelId, MessageId)>,
    },
    ReadDiscussionOutbox {
        group: ChannelId,
        top: MessageId,
        max_id: MessageId,
    },
    ChatParticipants {
        chat: ChatId,
    },
    ChatDefaultBannedRights {
        peer: Peer,
    },
    MessageReactions {
        peer: Peer,
        id: MessageId,
    },
    MessagePoll {
        poll: PollId,
    },
    MessagePollVote {
        poll: PollId,
        voter: UserId,
        options: Vec<serde_bytes::ByteBuf>,
    },
    PeerHistoryTtl {
        peer: Peer,
        period_s: Option<i32>,
    },
    PendingJoinRequests {
        peer: Peer,
    },
    NewScheduledMessage {
        peer: Peer,
        id: MessageId,
    },
    /// `sent`: the numbers that they have now, if they were sent.
    DeleteScheduledMessages {
        peer: Peer,
        ids: Vec<MessageId>,
        sent: Vec<MessageId>,
    },
    ServiceNotification {
        kind: String,
        text: String,
        popup: bool,
    },
}

/// An account event at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountEntry {
    /// Order within the account.
    pub number: i64,
    /// When.
    pub date: UnixTime,
    /// What.
    pub event: AccountEvent,
}

/// What is only of the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as the protocol's updates")]
pub enum Ephemeral {
    /// `None` means the action was cancelled.
    Typing {
        peer: Peer,
        user: UserId,
        action: Option<TypingAction>,
    },
    UserStatus {
        user: UserId,
    },
    ChannelViews {
        channel: ChannelId,
        id: MessageId,
        views: i32,
    },
    ChannelForwards {
        channel: ChannelId,
        id: MessageId,
        forwards: i32,
    },
    /// A channel's description or settings changed; its readers fetch it anew.
    ChannelChanged {
        channel: ChannelId,
    },
    /// The reactions to a post changed; each viewer reads them anew.
    ChannelReactions {
        channel: ChannelId,
        id: MessageId,
    },
    /// The votes of a poll changed; each viewer reads them anew. In a channel, whoever sees the message that shows it.
    Poll {
        poll: PollId,
        shown_in: Option<(ChannelId, MessageId)>,
    },
    /// The other side of a secret chat types.
    SecretTyping {
        chat: SecretChatId,
    },
    /// The other side of a secret chat has read; a difference says so again from the chat itself.
    SecretRead {
        chat: SecretChatId,
        max_date: UnixTime,
        date: UnixTime,
    },
    /// `updateLoginToken`: a QR sign-in was accepted; sent to the key that shows the code.
    LoginToken,
    Config,
}

/// What someone is doing (`SendMessageAction`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as the protocol's SendMessageAction constructors")]
pub enum TypingAction {
    Typing,
    RecordVideo,
    UploadVideo(i32),
    RecordAudio,
    UploadAudio(i32),
    UploadPhoto(i32),
    UploadDocument(i32),
    GeoLocation,
    ChooseContact,
    GamePlay,
    RecordRound,
    UploadRound(i32),
    ChooseSticker,
    HistoryImport(i32),
}
