//! Basic groups: members, rights, links.

use async_trait::async_trait;
use model::channel::Channel;
use model::chat::{Chat, Importer, Invite};
use model::message::Message;
use model::rights::{BannedRights, Denial};
use model::{ChatId, Peer, PhotoId, UnixTime, UserId};

use super::acts::{ChatAct, ChatTold};
use super::boxes::Copy;
use crate::{Error, Result};

/// The first basic group's id. Clients compute with the negative id: TDLib 1.8.0 ends itself at the group 1, and libraries that write
/// a channel as `-100` and its id take a small number for one. Far below 2^31, which some of them hold it in.
pub const FIRST_CHAT: i64 = 200_000_001;

/// A change of a basic group's description; `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the fields of Chat")]
pub struct ChatChange {
    pub title: Option<String>,
    pub about: Option<String>,
    pub photo: Option<Option<PhotoId>>,
    pub default_banned: Option<BannedRights>,
    pub noforwards: Option<bool>,
    pub ttl_period: Option<Option<i32>>,
    pub reactions: Option<Option<Vec<String>>>,
}

impl ChatChange {
    /// Applies the change in the name of `actor`, as every store does inside its transaction: the default rights decide over the
    /// description, the creator over protection, an admin over the rest.
    ///
    /// # Errors
    /// `NotModified` if nothing changes; `Denied`.
    pub fn apply(self, chat: &mut Chat, actor: UserId) -> Result<()> {
        let before = chat.clone();
        let Self { title, about, photo, default_banned, noforwards, ttl_period, reactions } = self;
        chat.check_member(actor, |banned| banned.change_info)?;
        if default_banned.is_some() || reactions.is_some() {
            chat.check_admin(actor)?;
        }
        if noforwards.is_some() && chat.creator != actor {
            return Err(Denial::AdminRequired.into());
        }
        set(&mut chat.title, title);
        set(&mut chat.about, about);
        set(&mut chat.photo, photo);
        set(&mut chat.default_banned, default_banned);
        set(&mut chat.noforwards, noforwards);
        set(&mut chat.ttl_period, ttl_period);
        set(&mut chat.reactions, reactions);
        if *chat == before {
            return Err(Error::NotModified);
        }
        if chat.default_banned != before.default_banned {
            chat.version = chat.version.saturating_add(1);
        }
        Ok(())
    }
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

/// Basic groups, and the invite links of groups and channels.
///
/// Methods that change something check the actor's right inside the transaction (`Error::Denied`).
#[async_trait]
pub trait ChatStore: Send + Sync {
    /// Makes a group of the creator and `users`. The store chooses the id.
    async fn create_chat(
        &self,
        creator: UserId,
        title: String,
        users: &[UserId],
        ttl_period: Option<i32>,
        now: UnixTime,
    ) -> Result<Chat>;

    /// Makes a group as [`create_chat`](Self::create_chat) does, with the service message that begins it, in one transaction.
    async fn found_chat(
        &self,
        creator: UserId,
        title: String,
        users: &[UserId],
        ttl_period: Option<i32>,
        now: UnixTime,
    ) -> Result<ChatTold>;

    /// Does an act and writes its service message, in one transaction: both or neither. Of joining that needs approval
    /// the request is kept, and those who may approve are told in the same transaction (`requested`).
    ///
    /// # Errors
    /// Those of the method of the same sense, but for that.
    async fn act_in_chat(
        &self,
        chat: ChatId,
        actor: UserId,
        act: ChatAct,
        now: UnixTime,
    ) -> Result<ChatTold>;

    /// The groups of these ids that exist.
    async fn chats(&self, ids: &[ChatId]) -> Result<Vec<Chat>>;

    /// The groups a person is in.
    async fn chats_of(&self, user: UserId) -> Result<Vec<ChatId>>;

    /// Changes title, photo, default rights and so on.
    ///
    /// # Errors
    /// `NotModified` if nothing changes; `Denied`.
    async fn change_chat(&self, chat: ChatId, actor: UserId, change: ChatChange) -> Result<Chat>;

    /// Adds a member.
    ///
    /// # Errors
    /// `Denied(AlreadyParticipant)`, `Denied(TooMany)` over `limits::CHAT_MEMBERS`, or the actor's missing right.
    async fn add_member(
        &self,
        chat: ChatId,
        actor: UserId,
        user: UserId,
        now: UnixTime,
    ) -> Result<Chat>;

    /// Removes a member (or oneself). An admin removes plain members, the creator everyone; members remove whom they invited.
    async fn remove_member(&self, chat: ChatId, actor: UserId, user: UserId) -> Result<Chat>;

    /// Makes a member an admin or not; the creator only.
    async fn set_admin(
        &self,
        chat: ChatId,
        actor: UserId,
        user: UserId,
        admin: bool,
    ) -> Result<Chat>;

    /// Closes a group for good; the creator only.
    async fn delete_chat(&self, chat: ChatId, actor: UserId) -> Result<Chat>;

    /// Keeps a link, new or changed, for a group or channel. The actor's right is checked; a new `permanent` one revokes the actor's old one.
    async fn put_invite(
        &self,
        peer: Peer,
        actor: UserId,
        invite: Invite,
        now: UnixTime,
    ) -> Result<()>;

    /// Changes a link that is there, as [`put_invite`](Self::put_invite) does: one that was deleted meanwhile stays so.
    ///
    /// # Errors
    /// `NotFound`; those of `put_invite`.
    async fn change_invite(
        &self,
        peer: Peer,
        actor: UserId,
        invite: Invite,
        now: UnixTime,
    ) -> Result<()>;

    /// The link with this secret word, and where it leads.
    async fn invite(&self, hash: &str) -> Result<Option<(Peer, Invite)>>;

    /// The links of one admin, newest first.
    async fn invites(
        &self,
        peer: Peer,
        admin: UserId,
        revoked: bool,
        limit: i32,
    ) -> Result<Vec<Invite>>;

    /// Forgets a revoked link.
    async fn delete_invite(
        &self,
        peer: Peer,
        actor: UserId,
        hash: &str,
        now: UnixTime,
    ) -> Result<()>;

    /// Counts of links by admin: (admin, open, revoked).
    async fn admins_with_invites(&self, peer: Peer) -> Result<Vec<(UserId, i32, i32)>>;

    /// Joins a group by a link, and counts the use.
    ///
    /// # Errors
    /// `Denied(InviteExpired | AlreadyParticipant | TooMany)`; `NotFound`; `Conflict` if approval is needed (the request is kept).
    async fn join_chat_by_invite(
        &self,
        hash: &str,
        user: UserId,
        about: Option<String>,
        now: UnixTime,
    ) -> Result<(Chat, Invite)>;

    /// Who came by a link, or waits (of one link or all), newest first.
    async fn importers(
        &self,
        peer: Peer,
        hash: Option<&str>,
        requested: bool,
        limit: i32,
    ) -> Result<(Vec<Importer>, i32)>;

    /// Takes a join request away and answers it with the link it came by; the caller adds the member if approved.
    async fn take_join_request(
        &self,
        peer: Peer,
        actor: UserId,
        user: UserId,
        approved: bool,
    ) -> Result<Importer>;

    /// Turns a group into a supergroup of the same people; the creator only. The group's last message tells everyone, and it takes
    /// no others any more; the supergroup begins with its own, is in everyone's list, and names the group. Links lead there from now on, also of those who wait.
    ///
    /// # Errors
    /// `NotFound`; `Denied`, also `Deactivated` if it moved before.
    async fn migrate_chat(&self, chat: ChatId, actor: UserId, now: UnixTime) -> Result<Migrated>;
}

/// A group that became a supergroup.
#[derive(Clone, Debug, PartialEq)]
pub struct Migrated {
    /// The group, closed.
    pub chat: Chat,
    /// What it became.
    pub channel: Channel,
    /// The group's last message, for each of its members.
    pub told: Vec<Copy>,
    /// The supergroup's first, as the creator sees it.
    pub first: Message,
}
