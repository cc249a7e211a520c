//! Basic groups, and the invite links of groups and channels.

mod acts;
mod groups;
mod invites;
mod joining;
mod migration;

use async_trait::async_trait;
use model::chat::{Chat, Importer, Invite};
use model::{ChatId, Peer, UnixTime, UserId};
use store::Error;
use store::ports::ChatStore;
use store::ports::acts::{ChatAct, ChatTold};
use store::ports::chats::{ChatChange, Migrated};

pub(super) use groups::{find, group};
pub(super) use joining::{
    Entered, asked_by, enter_by_invite, forget_request, request_to_join, take_request,
};

use super::Sqlite;

#[async_trait]
impl ChatStore for Sqlite {
    async fn create_chat(
        &self,
        creator: UserId,
        title: String,
        users: &[UserId],
        ttl_period: Option<i32>,
        now: UnixTime,
    ) -> store::Result<Chat> {
        let users = users.to_vec();
        let new = Chat { title, creator, created: now, ttl_period, ..Chat::default() };
        self.write(move |tx| groups::create(tx, new, &users)).await
    }

    async fn found_chat(
        &self,
        creator: UserId,
        title: String,
        users: &[UserId],
        ttl_period: Option<i32>,
        now: UnixTime,
    ) -> store::Result<ChatTold> {
        let users = users.to_vec();
        let new = Chat { title, creator, created: now, ttl_period, ..Chat::default() };
        self.write(move |tx| acts::found(tx, new, &users)).await
    }

    async fn act_in_chat(
        &self,
        chat: ChatId,
        actor: UserId,
        act: ChatAct,
        now: UnixTime,
    ) -> store::Result<ChatTold> {
        self.write(move |tx| acts::act(tx, chat, actor, act, now)).await
    }

    async fn chats(&self, ids: &[ChatId]) -> store::Result<Vec<Chat>> {
        let ids = ids.to_vec();
        self.read(move |conn| {
            let found = ids.iter().map(|id| find(conn, *id)).filter_map(Result::transpose);
            found.collect()
        })
        .await
    }

    async fn chats_of(&self, user: UserId) -> store::Result<Vec<ChatId>> {
        self.read(move |conn| groups::of_user(conn, user)).await
    }

    async fn change_chat(
        &self,
        chat: ChatId,
        actor: UserId,
        change: ChatChange,
    ) -> store::Result<Chat> {
        self.write(move |tx| groups::change(tx, chat, |chat| Ok(change.apply(chat, actor)?))).await
    }

    async fn add_member(
        &self,
        chat: ChatId,
        actor: UserId,
        user: UserId,
        now: UnixTime,
    ) -> store::Result<Chat> {
        self.write(move |tx| groups::add(tx, chat, actor, user, now)).await
    }

    async fn remove_member(
        &self,
        chat: ChatId,
        actor: UserId,
        user: UserId,
    ) -> store::Result<Chat> {
        self.write(move |tx| groups::remove(tx, chat, actor, user)).await
    }

    async fn set_admin(
        &self,
        chat: ChatId,
        actor: UserId,
        user: UserId,
        admin: bool,
    ) -> store::Result<Chat> {
        self.write(move |tx| {
            groups::change(tx, chat, |chat| {
                chat.check_admin_change(actor, user)?;
                for member in chat.members.iter_mut().filter(|member| member.user == user) {
                    chat.version = chat.version.saturating_add(i32::from(member.admin != admin));
                    member.admin = admin;
                }
                Ok(())
            })
        })
        .await
    }

    async fn delete_chat(&self, chat: ChatId, actor: UserId) -> store::Result<Chat> {
        self.write(move |tx| groups::close(tx, chat, actor, None)).await
    }

    async fn put_invite(
        &self,
        peer: Peer,
        actor: UserId,
        invite: Invite,
        now: UnixTime,
    ) -> store::Result<()> {
        self.write(move |tx| invites::put(tx, peer, (actor, now), invite)).await
    }

    async fn change_invite(
        &self,
        peer: Peer,
        actor: UserId,
        invite: Invite,
        now: UnixTime,
    ) -> store::Result<()> {
        self.write(move |tx| invites::change(tx, peer, (actor, now), invite)).await
    }

    async fn invite(&self, hash: &str) -> store::Result<Option<(Peer, Invite)>> {
        let hash = hash.to_owned();
        self.read(move |conn| invites::find(conn, &hash)).await
    }

    async fn invites(
        &self,
        peer: Peer,
        admin: UserId,
        revoked: bool,
        limit: i32,
    ) -> store::Result<Vec<Invite>> {
        self.read(move |conn| invites::of_admin(conn, peer, admin, revoked, limit)).await
    }

    async fn delete_invite(
        &self,
        peer: Peer,
        actor: UserId,
        hash: &str,
        now: UnixTime,
    ) -> store::Result<()> {
        let hash = hash.to_owned();
        self.write(move |tx| invites::delete(tx, peer, (actor, now), &hash)).await
    }

    async fn admins_with_invites(&self, peer: Peer) -> store::Result<Vec<(UserId, i32, i32)>> {
        self.read(move |conn| invites::counts(conn, peer)).await
    }

    async fn join_chat_by_invite(
        &self,
        hash: &str,
        user: UserId,
        about: Option<String>,
        now: UnixTime,
    ) -> store::Result<(Chat, Invite)> {
        let hash = hash.to_owned();
        let joined = self.write(move |tx| joining::join_chat(tx, &hash, user, about, now)).await?;
        joined.ok_or(Error::Conflict)
    }

    async fn importers(
        &self,
        peer: Peer,
        hash: Option<&str>,
        requested: bool,
        limit: i32,
    ) -> store::Result<(Vec<Importer>, i32)> {
        let hash = hash.map(str::to_owned);
        self.read(move |conn| joining::importers(conn, peer, hash.as_deref(), requested, limit))
            .await
    }

    async fn take_join_request(
        &self,
        peer: Peer,
        actor: UserId,
        user: UserId,
        approved: bool,
    ) -> store::Result<Importer> {
        self.write(move |tx| take_request(tx, peer, actor, user, approved)).await
    }

    async fn migrate_chat(
        &self,
        chat: ChatId,
        actor: UserId,
        now: UnixTime,
    ) -> store::Result<Migrated> {
        self.write(move |tx| migration::migrate(tx, chat, actor, now)).await
    }
}
