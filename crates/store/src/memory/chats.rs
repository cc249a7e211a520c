//! Basic groups, and the invite links of groups and channels.

mod invites;

use std::collections::BTreeMap;

use async_trait::async_trait;
use model::channel::farewell_and_welcome;
use model::chat::{Chat, Importer, Invite};
use model::limits::CHAT_MEMBERS;
use model::rights::Denial;
use model::{ChatId, Peer, UnixTime, UserId};

pub(super) use invites::{Entered, enter_by_invite, request_to_join};

use super::{MemoryStore, State};
use crate::ports::ChatStore;
use crate::ports::acts::{ChatAct, ChatTold, chat_created};
use crate::ports::boxes::{BoxPeer, NewBoxMessage};
use crate::ports::channels::NewChannelMessage;
use crate::ports::chats::{ChatChange, FIRST_CHAT, Migrated};
use crate::{Error, Result};

/// Groups by id, links by their secret word, and who came or waits, by chat and person.
#[derive(Default)]
pub(super) struct Chats {
    groups: BTreeMap<ChatId, Chat>,
    invites: BTreeMap<String, (Peer, Invite)>,
    importers: BTreeMap<(Peer, UserId), Arrival>,
    /// Photos that groups show no longer.
    released: Vec<i64>,
}

/// Who came or waits, and the link's secret word, if there was one.
type Arrival = (Option<String>, Importer);

/// A group.
pub(super) fn group(chats: &Chats, id: ChatId) -> Result<&Chat> {
    chats.groups.get(&id).ok_or(Error::NotFound)
}

impl Chats {
    /// Lets links lead to what a group became, with those who came by them and those who wait.
    fn carry_links(&mut self, from: Peer, to: Peer) {
        let links = self.invites.values_mut().filter(|(of, _)| *of == from);
        links.for_each(|(of, _)| *of = to);
        let arrivals = std::mem::take(&mut self.importers).into_iter();
        let moved = |of: Peer| if of == from { to } else { of };
        self.importers = arrivals.map(|((of, user), one)| ((moved(of), user), one)).collect();
    }

    fn create(
        &mut self,
        creator: UserId,
        title: String,
        users: &[UserId],
        ttl_period: Option<i32>,
        now: UnixTime,
    ) -> Result<Chat> {
        let id = ChatId(self.groups.keys().next_back().map_or(FIRST_CHAT, |last| last.0 + 1));
        let mut chat =
            Chat { id, title, creator, created: now, version: 0, ttl_period, ..Chat::default() };
        chat.join(creator, creator, now);
        for user in users {
            if chat.member(*user).is_none() {
                chat.join(*user, creator, now);
            }
        }
        if chat.members.len() > CHAT_MEMBERS {
            return Err(Denial::TooMany.into());
        }
        chat.version = 1;
        self.groups.insert(id, chat.clone());
        Ok(chat)
    }

    /// Applies a change to a copy and keeps it if the change went well.
    pub(super) fn change(
        &mut self,
        id: ChatId,
        change: impl FnOnce(&mut Chat) -> Result<()>,
    ) -> Result<Chat> {
        let mut chat = group(self, id)?.clone();
        let before = chat.photo;
        change(&mut chat)?;
        self.released.extend(before.map(|photo| photo.0));
        self.groups.insert(id, chat.clone());
        Ok(chat)
    }

    /// Photos that groups showed until lately.
    pub(super) fn take_released(&mut self) -> Vec<i64> {
        std::mem::take(&mut self.released)
    }

    /// Whether a group shows it.
    pub(super) fn show(&self, id: i64) -> bool {
        self.groups.values().any(|chat| chat.photo.is_some_and(|photo| photo.0 == id))
    }

    pub(super) fn add(
        &mut self,
        id: ChatId,
        actor: UserId,
        user: UserId,
        now: UnixTime,
    ) -> Result<Chat> {
        self.change(id, |chat| {
            chat.check_add(actor, user)?;
            chat.join(user, actor, now);
            Ok(())
        })
    }

    pub(super) fn remove(&mut self, id: ChatId, actor: UserId, user: UserId) -> Result<Chat> {
        self.change(id, |chat| {
            chat.check_remove(actor, user)?;
            chat.part(actor, user);
            Ok(())
        })
    }
}

#[async_trait]
impl ChatStore for MemoryStore {
    async fn found_chat(
        &self,
        creator: UserId,
        title: String,
        users: &[UserId],
        ttl_period: Option<i32>,
        now: UnixTime,
    ) -> Result<ChatTold> {
        let state = &mut *self.state.lock();
        let chat = state.chats.create(creator, title, users, ttl_period, now)?;
        let told = (creator, chat_created(&chat));
        state.tell_members(chat, told, now)
    }

    async fn act_in_chat(
        &self,
        chat: ChatId,
        actor: UserId,
        act: ChatAct,
        now: UnixTime,
    ) -> Result<ChatTold> {
        self.state.lock().act_in_chat(chat, actor, act, now)
    }

    async fn create_chat(
        &self,
        creator: UserId,
        title: String,
        users: &[UserId],
        ttl_period: Option<i32>,
        now: UnixTime,
    ) -> Result<Chat> {
        self.state.lock().chats.create(creator, title, users, ttl_period, now)
    }

    async fn chats(&self, ids: &[ChatId]) -> Result<Vec<Chat>> {
        let state = self.state.lock();
        Ok(ids.iter().filter_map(|id| state.chats.groups.get(id).cloned()).collect())
    }

    async fn chats_of(&self, user: UserId) -> Result<Vec<ChatId>> {
        let state = self.state.lock();
        let open = state.chats.groups.values().filter(|chat| !chat.deactivated);
        Ok(open.filter(|chat| chat.member(user).is_some()).map(|chat| chat.id).collect())
    }

    async fn change_chat(&self, chat: ChatId, actor: UserId, change: ChatChange) -> Result<Chat> {
        self.state.lock().chats.change(chat, |chat| change.apply(chat, actor))
    }

    async fn add_member(
        &self,
        chat: ChatId,
        actor: UserId,
        user: UserId,
        now: UnixTime,
    ) -> Result<Chat> {
        self.state.lock().chats.add(chat, actor, user, now)
    }

    async fn remove_member(&self, chat: ChatId, actor: UserId, user: UserId) -> Result<Chat> {
        self.state.lock().remove_member(chat, actor, user)
    }

    async fn set_admin(
        &self,
        chat: ChatId,
        actor: UserId,
        user: UserId,
        admin: bool,
    ) -> Result<Chat> {
        self.state.lock().chats.change(chat, |chat| {
            chat.check_admin_change(actor, user)?;
            for member in chat.members.iter_mut().filter(|member| member.user == user) {
                chat.version += i32::from(member.admin != admin);
                member.admin = admin;
            }
            Ok(())
        })
    }

    async fn delete_chat(&self, chat: ChatId, actor: UserId) -> Result<Chat> {
        self.state.lock().chats.change(chat, |chat| {
            chat.check_creator(actor)?;
            chat.deactivated = true;
            chat.version += 1;
            Ok(())
        })
    }

    async fn put_invite(
        &self,
        peer: Peer,
        actor: UserId,
        invite: Invite,
        now: UnixTime,
    ) -> Result<()> {
        self.state.lock().put_invite(peer, actor, invite, now)
    }

    async fn change_invite(
        &self,
        peer: Peer,
        actor: UserId,
        invite: Invite,
        now: UnixTime,
    ) -> Result<()> {
        let state = &mut *self.state.lock();
        if !state.chats.invites.contains_key(&invite.hash) {
            return Err(Error::NotFound);
        }
        state.put_invite(peer, actor, invite, now)
    }

    async fn invite(&self, hash: &str) -> Result<Option<(Peer, Invite)>> {
        Ok(self.state.lock().chats.invites.get(hash).cloned())
    }

    async fn invites(
        &self,
        peer: Peer,
        admin: UserId,
        revoked: bool,
        limit: i32,
    ) -> Result<Vec<Invite>> {
        Ok(self.state.lock().chats.invites_of(peer, admin, revoked, limit))
    }

    async fn delete_invite(
        &self,
        peer: Peer,
        actor: UserId,
        hash: &str,
        now: UnixTime,
    ) -> Result<()> {
        self.state.lock().delete_invite(peer, actor, hash, now)
    }

    async fn admins_with_invites(&self, peer: Peer) -> Result<Vec<(UserId, i32, i32)>> {
        Ok(self.state.lock().chats.admins_with_invites(peer))
    }

    async fn join_chat_by_invite(
        &self,
        hash: &str,
        user: UserId,
        about: Option<String>,
        now: UnixTime,
    ) -> Result<(Chat, Invite)> {
        self.state.lock().join_chat_by_invite(hash, user, about, now)
    }

    async fn importers(
        &self,
        peer: Peer,
        hash: Option<&str>,
        requested: bool,
        limit: i32,
    ) -> Result<(Vec<Importer>, i32)> {
        Ok(self.state.lock().chats.importers_of(peer, hash, requested, limit))
    }

    async fn take_join_request(
        &self,
        peer: Peer,
        actor: UserId,
        user: UserId,
        approved: bool,
    ) -> Result<Importer> {
        self.state.lock().take_join_request(peer, actor, user, approved)
    }

    async fn migrate_chat(&self, chat: ChatId, actor: UserId, now: UnixTime) -> Result<Migrated> {
        self.state.lock().migrate_chat(chat, actor, now)
    }
}

impl State {
    fn migrate_chat(&mut self, id: ChatId, actor: UserId, now: UnixTime) -> Result<Migrated> {
        let before = group(&self.chats, id)?.clone();
        before.check_creator(actor)?;
        let channel = self.open_for(&before, now);
        let (body, welcome) = farewell_and_welcome(&before, channel);
        let told = NewBoxMessage {
            sender: actor,
            peer: BoxPeer::Chat(id),
            random_id: None,
            date: now,
            body,
            reply_to: None,
            mentions: Vec::new(),
            clear_draft: false,
        };
        let told = self.send(&[told])?.into_iter().flat_map(|sent| sent.copies).collect();
        self.chats.carry_links(Peer::Chat(id), Peer::Channel(channel));
        let chat = self.chats.change(id, |chat| {
            chat.deactivated = true;
            chat.migrated_to = Some(channel);
            chat.version += 1;
            Ok(())
        })?;
        let first =
            NewChannelMessage { sender: actor, ..NewChannelMessage::copy(channel, now, welcome) };
        let (channel, first) = self.post_first(first)?;
        Ok(Migrated { chat, channel, told, first })
    }
}
