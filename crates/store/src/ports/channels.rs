//! Channels: one log each with its own pts; a post costs the same rows whatever the audience.

use async_trait::async_trait;
use model::channel::{Channel, Participant};
use model::dialog::{HistoryPage, HistoryWindow};
use model::event::ChannelEntry;
use model::message::{Body, Counters, Message};
use model::reaction::Reaction;
use model::rights::{AdminRights, BannedRights};
use model::{ChannelId, MessageId, PhotoId, Pts, UnixTime, UserId};

use super::boxes::SearchQuery;
use crate::Result;

/// A new channel.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields of Channel")]
pub struct NewChannel {
    pub creator: UserId,
    pub title: String,
    pub about: String,
    pub broadcast: bool,
    pub now: UnixTime,
    pub ttl_period: Option<i32>,
}

/// A message for a channel's log.
#[derive(Clone, Debug)]
pub struct NewChannelMessage {
    /// Author.
    pub sender: UserId,
    /// Where.
    pub channel: ChannelId,
    /// Chosen by the client, unique for each sender; `None` for service messages.
    pub random_id: Option<i64>,
    /// When.
    pub date: UnixTime,
    /// What.
    pub body: Body,
    /// The message replied to.
    pub reply_to: Option<MessageId>,
    /// People mentioned by public name.
    pub mentions: Vec<UserId>,
    /// The sender's draft for this chat is cleared with it.
    pub clear_draft: bool,
}

/// Result of posting.
#[derive(Clone, Debug, PartialEq)]
pub struct Posted {
    /// The same `random_id` was posted before; nothing was written.
    pub duplicate: bool,
    /// The message as its author sees it, with its pts.
    pub message: Message,
}

/// A change of a log: its position afterwards, and how far it moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogChange {
    /// Position afterwards.
    pub pts: Pts,
    /// How far it moved.
    pub pts_count: i32,
}

/// A change of a channel's description; `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the fields of Channel")]
pub struct ChannelChange {
    pub title: Option<String>,
    pub about: Option<String>,
    pub photo: Option<Option<PhotoId>>,
    pub default_banned: Option<BannedRights>,
    pub signatures: Option<bool>,
    pub noforwards: Option<bool>,
    pub prehistory_hidden: Option<bool>,
    pub join_request: Option<bool>,
    pub slow_mode_s: Option<i32>,
    pub ttl_period: Option<Option<i32>>,
    pub reactions: Option<Option<Vec<String>>>,
}

/// Admin rights for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminGrant {
    /// Who gets them.
    pub user: UserId,
    /// Which.
    pub rights: AdminRights,
    /// Title shown beside the name.
    pub rank: Option<String>,
}

/// Which participants are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as the protocol's ChannelParticipantsFilter")]
pub enum ParticipantFilter {
    Recent,
    Admins,
    /// Names begin with the words.
    Kicked(String),
    Banned(String),
    Search(String),
    Contacts(String),
}

/// Channels and supergroups.
///
/// Methods that act for somebody check that person's right inside the transaction by the rules of `model::channel` (`Error::Denied`).
/// The log of a new channel is at 1 before its first message: clients take 0 for "not known yet".
/// A log's pts has no holes: every change is found again by [`ChannelStore::channel_events`].
#[async_trait]
pub trait ChannelStore: Send + Sync {
    /// Makes a channel with its creator as the only member (its dialog included). The store chooses the id.
    async fn create_channel(&self, new: NewChannel) -> Result<Channel>;

    /// The channels of these ids that exist, deleted ones included.
    async fn channels(&self, ids: &[ChannelId]) -> Result<Vec<Channel>>;

    /// The channels a person is in.
    async fn channels_of(&self, user: UserId) -> Result<Vec<ChannelId>>;

    /// A person's relations to these channels (those that exist).
    async fn participations(&self, user: UserId, ids: &[ChannelId]) -> Result<Vec<(ChannelId, Participant)>>;

    /// Someone's relation to a channel.
    async fn participant(&self, channel: ChannelId, user: UserId) -> Result<Option<Participant>>;

    /// A page of participants, and how many fit the filter.
    async fn participants(&self, channel: ChannelId, viewer: UserId, filter: ParticipantFilter, offset: i32, limit: i32) -> Result<(Vec<Participant>, i32)>;

    /// Changes the description; needs `change_info`.
    ///
    /// # Errors
    /// `NotModified`; `Denied`.
    async fn change_channel(&self, channel: ChannelId, actor: UserId, change: ChannelChange) -> Result<Channel>;

    /// Marks a channel deleted; the creator only. Its public name becomes free.
    async fn delete_channel(&self, channel: ChannelId, actor: UserId) -> Result<Channel>;

    /// Joins: the participant row and the person's dialog, whose read mark starts at the newest message. `invite` is the link's secret word, whose use is counted.
    ///
    /// # Errors
    /// `Denied(Private)` without a link where there is no public name; `Denied(Banned | AlreadyParticipant | InviteExpired | TooMany)`; `Conflict` if
    /// approval is needed (the request is kept).
    async fn join_channel(&self, channel: ChannelId, user: UserId, invite: Option<String>, now: UnixTime) -> Result<Channel>;

    /// Adds people in the name of `actor`, who needs `invite_users`. Answers who was added; those already in or banned are passed over.
    async fn invite_to_channel(&self, channel: ChannelId, actor: UserId, users: &[UserId], now: UnixTime) -> Result<Vec<UserId>>;

    /// Leaves; the dialog goes with it.
    ///
    /// # Errors
    /// `Denied(NotParticipant)`.
    async fn leave_channel(&self, channel: ChannelId, user: UserId, now: UnixTime) -> Result<Channel>;

    /// Sets or takes admin rights; needs `add_admins`, and admins can only give what they have. Rights without any flag make a plain member.
    async fn set_channel_admin(&self, channel: ChannelId, actor: UserId, grant: AdminGrant, now: UnixTime) -> Result<Participant>;

    /// Restricts, bans or frees; needs `ban_users`. `view_messages` removes the person.
    async fn set_channel_ban(&self, channel: ChannelId, actor: UserId, user: UserId, rights: BannedRights, now: UnixTime) -> Result<Participant>;

    /// Appends messages to a log in one transaction: all or none, in order.
    async fn post(&self, messages: Vec<NewChannelMessage>) -> Result<Vec<Posted>>;

    /// Replaces a message's body. The author may, and with `edit_messages` an admin of a broadcast channel. `edited` is `None` for changes that do not show.
    async fn edit_post(&self, channel: ChannelId, actor: UserId, id: MessageId, body: Body, edited: Option<UnixTime>) -> Result<(Message, LogChange)>;

    /// Deletes messages: own ones, or with `delete_messages` any. Unknown ids are passed over.
    async fn delete_posts(&self, channel: ChannelId, actor: UserId, ids: &[MessageId]) -> Result<(Vec<MessageId>, LogChange)>;

    /// Pins or unpins; needs `pin_messages` (in a supergroup, the default rights decide for members). An empty list with `pinned = false` unpins all.
    async fn pin_posts(&self, channel: ChannelId, actor: UserId, ids: &[MessageId], pinned: bool) -> Result<(Vec<MessageId>, LogChange)>;

    /// Messages by id as `viewer` sees them, in the order asked; unknown ones are left out. Rights to view are checked by the caller's service.
    async fn posts(&self, channel: ChannelId, viewer: UserId, ids: &[MessageId]) -> Result<Vec<Message>>;

    /// A window of the history.
    async fn channel_history(&self, channel: ChannelId, viewer: UserId, window: HistoryWindow) -> Result<HistoryPage>;

    /// Searches one channel (`query.peer` is ignored), newest first.
    async fn search_channel(&self, channel: ChannelId, viewer: UserId, query: SearchQuery) -> Result<HistoryPage>;

    /// Events after `after`, oldest first, at most `limit`, without holes.
    async fn channel_events(&self, channel: ChannelId, viewer: UserId, after: Pts, limit: i32) -> Result<Vec<ChannelEntry>>;

    /// Counts one view by `viewer` of each post (at most once for each viewer while the process remembers it), and answers the counters.
    async fn count_views(&self, channel: ChannelId, viewer: UserId, ids: &[MessageId], increment: bool) -> Result<Vec<(MessageId, Counters)>>;

    /// Adds to the forward counters.
    async fn count_forwards(&self, channel: ChannelId, ids: &[MessageId]) -> Result<Vec<(MessageId, Counters)>>;

    /// Replaces one person's reactions to a post.
    async fn react_to_post(&self, channel: ChannelId, user: UserId, id: MessageId, emoji: Vec<String>, at: UnixTime) -> Result<Message>;

    /// Who reacted, newest first.
    async fn post_reactions(&self, channel: ChannelId, id: MessageId, emoji: Option<&str>, offset: i32, limit: i32) -> Result<(Vec<Reaction>, i32)>;

    /// The newest outgoing message of `user` that anybody else has read (supergroups), for the outbox mark.
    async fn channel_outbox_mark(&self, channel: ChannelId, user: UserId) -> Result<MessageId>;

    /// Members who are admins of public channels of their own: the public channels a person created.
    async fn public_channels_of(&self, creator: UserId) -> Result<Vec<ChannelId>>;

    /// Up to `limit` members of the channel, from `after` on, by id: for delivery of changes that concern everyone.
    async fn member_ids(&self, channel: ChannelId, after: UserId, limit: i32) -> Result<Vec<UserId>>;
}
