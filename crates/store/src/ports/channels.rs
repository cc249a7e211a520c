//! Channels: one log each with its own pts; a post costs the same rows whatever the audience.

use async_trait::async_trait;
use model::channel::{Channel, Participant, Thread, ThreadRead};
use model::dialog::{HistoryPage, HistoryWindow};
use model::event::{AccountEntry, ChannelEntry};
use model::message::{Body, Counters, Message};
use model::reaction::Reaction;
use model::rights::{AdminRights, BannedRights};
use model::{ChannelId, MessageId, PhotoId, Pts, UnixTime, UserId};

use super::acts::{ChannelAct, ChannelTold, ToldPin};
use super::boxes::SearchQuery;
use super::post_search::{FoundPosts, PostQuery};
use crate::{Error, Result};

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
    /// When by the clock of expiry: what has a timer of its own, as a copy in a discussion group, begins it here.
    pub clock: UnixTime,
    /// What.
    pub body: Body,
    /// The message replied to.
    pub reply_to: Option<MessageId>,
    /// People mentioned by public name.
    pub mentions: Vec<UserId>,
    /// The sender's draft for this chat is cleared with it, which is recorded as an account event.
    pub clear_draft: bool,
}

/// A channel in a list of public ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Which.
    pub id: ChannelId,
    /// Its public name.
    pub name: String,
    /// A channel, and no supergroup.
    pub broadcast: bool,
}

/// Who wrote the copies of posts in a discussion group: they speak as the channel.
pub const NOBODY: UserId = UserId(0);

impl NewChannelMessage {
    /// The copy of a post for its discussion group.
    #[must_use]
    pub const fn copy(group: ChannelId, date: UnixTime, body: Body) -> Self {
        Self {
            sender: NOBODY,
            channel: group,
            random_id: None,
            date,
            clock: date,
            body,
            reply_to: None,
            mentions: Vec::new(),
            clear_draft: false,
        }
    }
}

/// Result of posting.
#[derive(Clone, Debug, PartialEq)]
pub struct Posted {
    /// The same `random_id` was posted before; nothing was written.
    pub duplicate: bool,
    /// The message as its author sees it, with its pts.
    pub message: Message,
    /// The log of the discussion group, where a copy of the post went.
    pub discussion: Option<Moved>,
    /// What was recorded for the sender if the draft was cleared with it.
    pub cleared: Option<AccountEntry>,
}

/// Another log that an act moved beside its own: that of the discussion group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Whose log.
    pub channel: ChannelId,
    /// Position afterwards.
    pub pts: Pts,
    /// How far it moved.
    pub pts_count: i32,
}

/// What came to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExpiredPosts {
    /// The logs that changed.
    pub moved: Vec<Moved>,
    /// How many posts were looked at: as many as asked for if there may be more.
    pub looked_at: i32,
}

/// A change of a log: its position afterwards, and how far it moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogChange {
    /// Position afterwards.
    pub pts: Pts,
    /// How far it moved.
    pub pts_count: i32,
    /// The copies of posts in the discussion group that changed with them.
    pub discussion: Option<Moved>,
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
    pub signature_profiles: Option<bool>,
    pub noforwards: Option<bool>,
    pub prehistory_hidden: Option<bool>,
    pub join_request: Option<bool>,
    pub slow_mode_s: Option<i32>,
    pub ttl_period: Option<Option<i32>>,
    pub reactions: Option<Option<Vec<String>>>,
    pub join_to_send: Option<bool>,
    pub participants_hidden: Option<bool>,
    /// When, for the admins' log and for restrictions that end.
    pub at: UnixTime,
}

impl ChannelChange {
    /// Applies the change in the name of `actor`, as every store does inside its transaction: `change_info` decides over the
    /// description, which in a supergroup the default rights may leave to members; `ban_users` over who comes in and what members
    /// may do and see of each other (approval, default rights, slow mode, hidden members); the owner alone over protection.
    ///
    /// # Errors
    /// `NotModified` if nothing changes; `Denied`; `Conflict` if the past of a discussion group would be hidden.
    pub fn apply(
        self,
        channel: &mut Channel,
        actor: UserId,
        row: Option<&Participant>,
    ) -> Result<()> {
        let members = self.default_banned.is_some()
            || self.slow_mode_s.is_some()
            || self.join_request.is_some()
            || self.join_to_send.is_some()
            || self.participants_hidden.is_some();
        if members {
            channel.check_admin(actor, row, |rights| rights.ban_users)?;
        }
        if self.noforwards.is_some() {
            channel.check_admin(actor, row, |_| channel.creator == actor)?;
        }
        let settings = self.signatures.is_some()
            || self.signature_profiles.is_some()
            || self.prehistory_hidden.is_some()
            || self.ttl_period.is_some()
            || self.reactions.is_some();
        if settings {
            channel.check_admin(actor, row, |rights| rights.change_info)?;
        }
        if self.title.is_some() || self.about.is_some() || self.photo.is_some() {
            channel.check_describe(actor, row, self.at)?;
        }
        channel.check_exists()?;
        let before = channel.clone();
        set(&mut channel.title, self.title);
        set(&mut channel.about, self.about);
        set(&mut channel.photo, self.photo);
        set(&mut channel.default_banned, self.default_banned);
        set(&mut channel.signatures, self.signatures);
        set(&mut channel.signature_profiles, self.signature_profiles);
        set(&mut channel.noforwards, self.noforwards);
        set(&mut channel.prehistory_hidden, self.prehistory_hidden);
        set(&mut channel.join_request, self.join_request);
        set(&mut channel.slow_mode_s, self.slow_mode_s);
        set(&mut channel.ttl_period, self.ttl_period);
        set(&mut channel.reactions, self.reactions);
        set(&mut channel.join_to_send, self.join_to_send);
        set(&mut channel.participants_hidden, self.participants_hidden);
        if channel.prehistory_hidden && channel.linked.is_some() {
            // Readers of the channel have to see its posts in the group.
            return Err(Error::Conflict);
        }
        if *channel == before { Err(Error::NotModified) } else { Ok(()) }
    }
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

/// The first channel's id. Ids start above those that people type by accident, and stay far below 2^32, which search indexes count on.
pub const FIRST_CHANNEL: i64 = 2_000_000_001;

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

    /// Makes a channel as [`create_channel`](Self::create_channel) does, with the service message that begins its log, in one
    /// transaction.
    async fn found_channel(&self, new: NewChannel) -> Result<ChannelTold>;

    /// Does an act and writes its service message, where the log has one, in one transaction: both or neither. Of joining that needs approval
    /// the request is kept, and those who may approve are told in the same transaction (`requested`).
    ///
    /// # Errors
    /// Those of the method of the same sense, but for that.
    async fn act_in_channel(
        &self,
        channel: ChannelId,
        actor: UserId,
        act: ChannelAct,
        now: UnixTime,
    ) -> Result<ChannelTold>;

    /// The channels of these ids that exist, deleted ones included.
    async fn channels(&self, ids: &[ChannelId]) -> Result<Vec<Channel>>;

    /// The channels a person is in.
    async fn channels_of(&self, user: UserId) -> Result<Vec<ChannelId>>;

    /// The same, each with its [`departures`](Channel::departures) at that moment.
    async fn memberships(&self, user: UserId) -> Result<Vec<(ChannelId, i64)>>;

    /// Those of these people who are not in a channel. Costs a look for each.
    async fn strangers(&self, channel: ChannelId, people: &[UserId]) -> Result<Vec<UserId>>;

    /// Those of them whose logs moved at `since` or later, and where they stand; by id. A log moves with each message, with each
    /// edit that shows, with deletions and pins. Costs a look at each channel the person is in (`limits::CHANNELS_PER_USER`).
    async fn channels_moved(&self, user: UserId, since: UnixTime) -> Result<Vec<(ChannelId, Pts)>>;

    /// A person's relations to these channels (those that exist).
    async fn participations(
        &self,
        user: UserId,
        ids: &[ChannelId],
    ) -> Result<Vec<(ChannelId, Participant)>>;

    /// The rows in a supergroup of the channels that somebody owns, deleted ones included: what says in which names they may write.
    async fn rows_of_owned(&self, group: ChannelId, owner: UserId) -> Result<Vec<Participant>>;

    /// Someone's relation to a channel; that of a channel under `model::channel::row_of` it.
    async fn participant(&self, channel: ChannelId, user: UserId) -> Result<Option<Participant>>;

    /// A page (offset and limit) of participants, and how many fit the filter; those of `without` are neither shown nor counted.
    async fn participants(
        &self,
        channel: ChannelId,
        viewer: UserId,
        filter: ParticipantFilter,
        without: &[UserId],
        page: (i32, i32),
    ) -> Result<(Vec<Participant>, i32)>;

    /// Changes the description, by the rights that [`ChannelChange::apply`] names.
    ///
    /// # Errors
    /// `NotModified`; `Denied`; `Conflict`, see there.
    async fn change_channel(
        &self,
        channel: ChannelId,
        actor: UserId,
        change: ChannelChange,
    ) -> Result<Channel>;

    /// Sets or clears the public name, in the name of `actor`; whether they may is decided before.
    ///
    /// # Errors
    /// `Conflict` if another has it; `NotModified`; `NotFound`.
    async fn set_channel_username(
        &self,
        channel: ChannelId,
        actor: UserId,
        username: Option<String>,
        now: UnixTime,
    ) -> Result<()>;

    /// Marks a channel deleted; the creator only. Its public name becomes free, its log is erased and answers nothing any more, and
    /// it goes from its members' lists. Their rows stay, so that they can be told. A link to a discussion group ends.
    ///
    /// # Errors
    /// `Denied(AdminRequired)`; `Denied(Private)` if it is deleted already.
    async fn delete_channel(&self, channel: ChannelId, actor: UserId) -> Result<Channel>;

    /// Joins: the participant row and the person's dialog, whose read mark starts at the newest message. `invite` is the link's secret word, whose use is counted.
    ///
    /// # Errors
    /// `Denied(Private)` without a link where there is no public name; `Denied(Banned | AlreadyParticipant | InviteExpired | TooMany)`; `Conflict` if
    /// approval is needed (the request is kept). The creator may come back without a link.
    async fn join_channel(
        &self,
        channel: ChannelId,
        user: UserId,
        invite: Option<String>,
        now: UnixTime,
    ) -> Result<Channel>;

    /// Adds people in the name of `actor`, who needs `invite_users` (in a supergroup, the default rights decide for members).
    /// Answers who was added; those already in, banned, or in too many channels are passed over.
    async fn invite_to_channel(
        &self,
        channel: ChannelId,
        actor: UserId,
        users: &[UserId],
        now: UnixTime,
    ) -> Result<Vec<UserId>>;

    /// Leaves; the dialog goes with it, and an admin's rights. The creator stays the owner.
    ///
    /// # Errors
    /// `Denied(NotParticipant)`.
    async fn leave_channel(
        &self,
        channel: ChannelId,
        user: UserId,
        now: UnixTime,
    ) -> Result<Channel>;

    /// Deletes the history up to `max_id` (0: all of it) for one member only: reading methods leave it out for them from then on.
    /// Answers the newest message that is hidden so, and what was recorded for the member.
    ///
    /// # Errors
    /// `Denied(NotParticipant)`.
    async fn clear_channel(
        &self,
        channel: ChannelId,
        user: UserId,
        max_id: MessageId,
        now: UnixTime,
    ) -> Result<(MessageId, AccountEntry)>;

    /// Sets or takes admin rights, by the rules of `model::channel::MemberChange::promote`: needs `add_admins`, and admins can
    /// only give what they have. Rights without any flag make a plain member. Somebody who is not in comes in (their dialog included).
    async fn set_channel_admin(
        &self,
        channel: ChannelId,
        actor: UserId,
        grant: AdminGrant,
        now: UnixTime,
    ) -> Result<Participant>;

    /// Restricts, bans or frees, by the rules of `model::channel::MemberChange::restrict`; needs `ban_users`. `view_messages`
    /// removes the person, whose dialog goes. In a supergroup it may be a channel, under `model::channel::row_of` it.
    async fn set_channel_ban(
        &self,
        channel: ChannelId,
        actor: UserId,
        user: UserId,
        rights: BannedRights,
        now: UnixTime,
    ) -> Result<Participant>;

    /// Appends messages to a log in one transaction: all or none, in order.
    ///
    /// `model::channel` decides: `check_write`, `check_name`, slow mode (which begins with what was deleted since, too; of several messages in one call, those of one album count as one).
    /// Service messages (`body.action`) are not checked: the act that they tell of was; those of anonymous admins do not show who acted. A reply to a message that is not there is stored as no reply. A post of a broadcast channel
    /// starts with one view, its author's. Dates in a log never go back: a message gets at least its predecessor's.
    /// A post of a channel with a discussion group is copied there and pinned (`Body::discussion_copy`); changes of the post
    /// follow. A reply in a supergroup belongs to the thread of the message that it answers.
    ///
    /// # Errors
    /// `NotFound`; `Denied`; `Conflict` if the `random_id` was used for a message that is deleted now.
    async fn post(&self, messages: Vec<NewChannelMessage>) -> Result<Vec<Posted>>;

    /// The messages that somebody posted with these `random_id`s and that are still there, each with its own.
    async fn posted_before(
        &self,
        channel: ChannelId,
        sender: UserId,
        random_ids: &[i64],
    ) -> Result<Vec<(i64, Message)>>;

    /// When somebody wrote last, whether or not the message is there still; service messages do not count. Slow mode begins then.
    async fn wrote_last(&self, channel: ChannelId, user: UserId) -> Result<Option<UnixTime>>;

    /// Replaces a message's body. The author may, unless the channel that it is written as is banned, and with `edit_messages` an
    /// admin of a broadcast channel. `edited` is `None` for changes that do not show.
    ///
    /// # Errors
    /// `NotFound`, also for service messages; `Denied`; `NotModified`.
    async fn edit_post(
        &self,
        channel: ChannelId,
        actor: UserId,
        id: MessageId,
        body: Body,
        edited: Option<UnixTime>,
    ) -> Result<(Message, LogChange)>;

    /// Deletes posts whose end is `now` or earlier, at most `limit`, oldest end first.
    async fn expire_posts(&self, now: UnixTime, limit: i32) -> Result<ExpiredPosts>;

    /// Deletes messages: own ones, or with `delete_messages` any. Unknown ids are passed over; if nothing is left, the log does
    /// not move (`pts_count` 0).
    async fn delete_posts(
        &self,
        channel: ChannelId,
        actor: UserId,
        ids: &[MessageId],
        now: UnixTime,
    ) -> Result<(Vec<MessageId>, LogChange)>;

    /// Pins or unpins; needs `pin_messages` (in a supergroup, the default rights decide for members). An empty list with `pinned = false` unpins all.
    /// Those that are so already are passed over; if nothing is left, the log does not move.
    async fn pin_posts(
        &self,
        channel: ChannelId,
        actor: UserId,
        ids: &[MessageId],
        pinned: bool,
        now: UnixTime,
    ) -> Result<(Vec<MessageId>, LogChange)>;

    /// Pins one message as [`pin_posts`](Self::pin_posts) does, with the service message that answers it, in one transaction. If
    /// it is pinned already nothing is written.
    async fn pin_post_told(
        &self,
        channel: ChannelId,
        actor: UserId,
        pin: ToldPin,
    ) -> Result<(LogChange, Option<Posted>)>;

    /// Messages by id as `viewer` sees them, in the order asked; unknown ones are left out. Rights to view are checked by the caller's service.
    async fn posts(
        &self,
        channel: ChannelId,
        viewer: UserId,
        ids: &[MessageId],
    ) -> Result<Vec<Message>>;

    /// A window of the history. Reading methods leave out what is hidden from newcomers (`Channel::hidden_until`), and answer
    /// nothing of a deleted channel.
    async fn channel_history(
        &self,
        channel: ChannelId,
        viewer: UserId,
        window: HistoryWindow,
    ) -> Result<HistoryPage>;

    /// Searches one channel (`query.peer` is ignored), newest first. Words find only what `Body::is_searchable`; `query.from` is who
    /// shows as the author, and finds nothing in a broadcast channel, whose posts do not show who wrote them. Of a long log that was not searched before, words may
    /// find the newest part first and the rest a little later (docs/adr/0013-search-fills-its-index-newest-first.md).
    async fn search_channel(
        &self,
        channel: ChannelId,
        viewer: UserId,
        query: SearchQuery,
    ) -> Result<HistoryPage>;

    /// Searches several channels, newest first; those that are unknown or deleted have no posts. The cost is that of a page for
    /// each channel, however many posts fit.
    async fn search_posts(
        &self,
        channels: &[ChannelId],
        viewer: UserId,
        query: PostQuery,
    ) -> Result<FoundPosts>;

    /// Events after `after`, oldest first, at most `limit`, without holes.
    async fn channel_events(
        &self,
        channel: ChannelId,
        viewer: UserId,
        after: Pts,
        limit: i32,
    ) -> Result<Vec<ChannelEntry>>;

    /// Counts one view by `viewer` of each post, if `seen` says when (at most once for each viewer while the process remembers
    /// it, never for the author), and answers the counters. Messages of supergroups have none.
    ///
    /// Counters are no acknowledged data: a crash may lose the last second of them.
    async fn count_views(
        &self,
        channel: ChannelId,
        viewer: UserId,
        ids: &[MessageId],
        seen: Option<UnixTime>,
    ) -> Result<Vec<(MessageId, Counters)>>;

    /// Adds to the forward counters.
    async fn count_forwards(
        &self,
        channel: ChannelId,
        ids: &[MessageId],
        at: UnixTime,
    ) -> Result<Vec<(MessageId, Counters)>>;

    /// Replaces one person's reactions to a post. The log does not move; where the author waits for a look at them now and did not
    /// before, or no longer does, it is recorded for them as an account event: by it they find, if they were away, which message it was.
    ///
    /// # Errors
    /// `NotFound`; `Denied(TooMany)` over `limits::REACTIONS_PER_USER`; `Denied(WriteForbidden)` for an emoji that is not allowed;
    /// `Denied` if the person may not read the channel.
    async fn react_to_post(
        &self,
        channel: ChannelId,
        user: UserId,
        id: MessageId,
        emoji: Vec<String>,
        at: UnixTime,
    ) -> Result<Message>;

    /// A page (offset and limit) of who reacted, newest first: of one emoji, or of all. `viewer` is told what they have not seen if they are the author.
    async fn post_reactions(
        &self,
        channel: ChannelId,
        viewer: UserId,
        id: MessageId,
        emoji: Option<&str>,
        page: (i32, i32),
    ) -> Result<(Vec<Reaction>, i32)>;

    /// Marks mentions in these messages as seen by `user`; answers those that were not yet.
    async fn read_post_contents(
        &self,
        channel: ChannelId,
        user: UserId,
        ids: &[MessageId],
    ) -> Result<Vec<MessageId>>;

    /// Marks the person's unseen mentions, all or those in a thread, as seen, oldest first, at most `limit`; answers which.
    async fn read_post_mentions(
        &self,
        channel: ChannelId,
        user: UserId,
        thread: Option<MessageId>,
        limit: i32,
    ) -> Result<Vec<MessageId>>;

    /// The newest outgoing message of `user` that anybody else has read (supergroups), for the outbox mark.
    async fn channel_outbox_mark(&self, channel: ChannelId, user: UserId) -> Result<MessageId>;

    /// Who else than `author` moved their read mark of a supergroup to a message or beyond, and when, the first first. What is older
    /// than `limits::READERS_DAYS` may be forgotten, and supergroups of more than `limits::READERS_MEMBERS` keep nothing.
    async fn post_readers(
        &self,
        channel: ChannelId,
        author: UserId,
        id: MessageId,
    ) -> Result<Vec<(UserId, UnixTime)>>;

    /// Members who are admins of public channels of their own: the public channels a person created.
    async fn public_channels_of(&self, creator: UserId) -> Result<Vec<ChannelId>>;

    /// The channels and supergroups with a public name whose ids are in this range, newest id first, at most `limit`.
    async fn public_channels(
        &self,
        ids: std::ops::Range<ChannelId>,
        limit: i32,
    ) -> Result<Vec<Listed>>;

    /// Links a broadcast channel with the supergroup where its posts are discussed, or with one of them `None` parts the other from
    /// its partner. Former partners of both are parted. Answers every channel that changed. By the rules of `model::channel::Link`.
    ///
    /// # Errors
    /// `NotFound`, also if one is of the other kind; `Denied`; `NotModified`; `Conflict` if the group hides its past.
    async fn link_discussion(
        &self,
        actor: UserId,
        broadcast: Option<ChannelId>,
        group: Option<ChannelId>,
        now: UnixTime,
    ) -> Result<Vec<Channel>>;

    /// Whether somebody may read and comment in a supergroup as a guest: they read the channel that is discussed there.
    async fn is_guest(&self, channel: ChannelId, user: UserId, now: UnixTime) -> Result<bool>;

    /// The thread of a post in the discussion group, or of a message of a supergroup (its own, or the one that it is in).
    ///
    /// # Errors
    /// `NotFound`.
    async fn thread(&self, channel: ChannelId, viewer: UserId, id: MessageId) -> Result<Thread>;

    /// Moves a person's read mark in a thread of a supergroup.
    ///
    /// # Errors
    /// `NotFound`; `NotModified`.
    async fn read_thread(
        &self,
        group: ChannelId,
        user: UserId,
        top: MessageId,
        max_id: MessageId,
    ) -> Result<ThreadRead>;

    /// Up to `limit` members of the channel with an id above `after`, by id: for delivery of changes that concern everyone.
    async fn member_ids(
        &self,
        channel: ChannelId,
        after: UserId,
        limit: i32,
    ) -> Result<Vec<UserId>>;
}
