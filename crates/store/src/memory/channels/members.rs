//! Who comes, goes, rules and is shown out.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use model::admin_log::{self, Happened};
use model::channel::{Channel, MemberChange, Participant, ParticipantClass, ParticipantState};
use model::chat::{Chat, Invite};
use model::limits::CHANNELS_PER_USER;
use model::rights::Denial;
use model::search::matches;
use model::series::of_change;
use model::{ChannelId, MessageId, Peer, UnixTime, UserId};

use super::super::chats::{Entered, enter_by_invite, request_to_join};
use super::super::contacts::is_contact;
use super::super::{State, dialogs, keys, unread_reactions};
use super::Log;
use crate::ports::channels::{NewChannel, ParticipantFilter};
use crate::{Error, Result};

impl State {
    pub(in super::super) fn create_channel(&mut self, new: NewChannel) -> Result<Channel> {
        self.check_room(new.creator)?;
        let (creator, now) = (new.creator, new.now);
        let channel = self.channels.create(new);
        dialogs::open_channel(&mut self.dialogs, creator, channel.id, now, MessageId(0));
        Ok(channel)
    }

    /// The supergroup that a basic group becomes, with the same people.
    pub(in super::super) fn open_for(&mut self, chat: &Chat, now: UnixTime) -> ChannelId {
        let id = self.channels.next_id();
        let mut channel = Channel::of_group(chat, id, now);
        let people = chat.members.iter().map(|member| channel.carried_over(member));
        let rows: BTreeMap<_, _> = people.map(|row| (row.user, row)).collect();
        for row in rows.values() {
            channel.recount(None, Some(row));
            dialogs::open_channel(&mut self.dialogs, row.user, id, now, MessageId(0));
            dialogs::carry_place(&mut self.dialogs, row.user, chat.id, id);
            self.accounts.carry_notify(row.user, Peer::Chat(chat.id), Peer::Channel(id));
        }
        self.channels.logs.insert(id, Log { channel, rows, ..Log::default() });
        id
    }

    pub(in super::super) fn join_channel(
        &mut self,
        id: ChannelId,
        user: UserId,
        link: Option<String>,
        now: UnixTime,
    ) -> Result<Channel> {
        let log = self.channels.log(id)?;
        log.channel.check_join(user, log.rows.get(&user), link.is_some(), now)?;
        self.check_room(user)?;
        let channel = &log.channel;
        let mut by = user;
        if let Some(hash) = &link {
            let peer = Peer::Channel(id);
            let approval = (None, |invite: &Invite| channel.needs_approval(user, Some(invite)));
            match enter_by_invite(&mut self.chats, peer, hash, user, approval, now)? {
                Entered::Requested => return Err(Error::Conflict),
                Entered::Joined(invite) => by = invite.admin,
            }
        } else if channel.needs_approval(user, None) {
            request_to_join(&mut self.chats, Peer::Channel(id), user, None, now);
            return Err(Error::Conflict);
        }
        let invite = link.as_ref().and_then(|hash| self.chats.invite_of(hash));
        let entered = self.enter(id, user, by, link, now)?;
        let what = invite.map_or(Happened::ParticipantJoin, Happened::ParticipantJoinByInvite);
        self.admin_logs.note(id, (user, now), what);
        Ok(entered)
    }

    /// Tells admins of a change of the description.
    pub(in super::super) fn note_change(
        &mut self,
        before: &Channel,
        after: &Channel,
        by: (UserId, UnixTime),
    ) {
        for what in admin_log::of_change(before, after) {
            self.admin_logs.note(after.id, by, what);
        }
    }

    pub(in super::super) fn invite_to_channel(
        &mut self,
        id: ChannelId,
        actor: UserId,
        users: &[UserId],
        now: UnixTime,
    ) -> Result<Vec<UserId>> {
        self.bring(id, actor, users, now, None)
    }

    /// Adds people; those who asked to come, with the link by which they did.
    pub(in super::super) fn bring(
        &mut self,
        id: ChannelId,
        actor: UserId,
        users: &[UserId],
        now: UnixTime,
        request: Option<&Option<Invite>>,
    ) -> Result<Vec<UserId>> {
        let log = self.channels.log(id)?;
        log.channel.check_invite(actor, log.rows.get(&actor), now)?;
        let mut added = Vec::new();
        for user in users {
            let log = self.channels.log(id)?;
            let may = log.channel.check_join(*user, log.rows.get(user), true, now);
            if may.is_ok() && self.check_room(*user).is_ok() {
                self.enter(id, *user, actor, None, now)?;
                let row = self.channels.log(id)?.rows.get(user).cloned();
                let (by, what) = admin_log::of_bringing(actor, row.unwrap_or_default(), request);
                self.admin_logs.note(id, (by, now), what);
                added.push(*user);
            }
        }
        Ok(added)
    }

    pub(in super::super) fn leave_channel(
        &mut self,
        id: ChannelId,
        user: UserId,
        now: UnixTime,
    ) -> Result<Channel> {
        let log = self.channels.log_mut(id)?;
        let before = log.rows.get(&user).cloned();
        let left = log.channel.left(before.as_ref())?;
        log.put(left.clone());
        self.count_change(id, before.as_ref(), &left, now);
        self.admin_logs.note(id, (user, now), Happened::ParticipantLeave);
        let log = self.channels.log(id)?;
        let channel = log.channel.clone();
        self.forget_member(id, user)?;
        Ok(channel)
    }

    pub(in super::super) fn change_member(
        &mut self,
        id: ChannelId,
        actor: UserId,
        user: UserId,
        now: UnixTime,
        rule: impl FnOnce(MemberChange<'_>) -> Result<Participant, Denial>,
    ) -> Result<Participant> {
        let log = self.channels.log(id)?;
        let row = log.rows.get(&user);
        let (actor_row, channel) = (log.rows.get(&actor), &log.channel);
        let after = rule(MemberChange { channel, actor, actor_row, user, row, now })?;
        let was_member = row.is_some_and(Participant::is_member);
        let before = row.cloned();
        if after.is_member() && !was_member {
            self.check_room(user)?;
        }
        self.channels.log_mut(id)?.put(after.clone());
        self.count_change(id, before.as_ref(), &after, now);
        if let Some(what) = admin_log::of_standing(before.as_ref(), &after) {
            self.admin_logs.note(id, (actor, now), what);
        }
        if after.is_member() && !was_member {
            let top = self.channels.log(id)?.channel.top_message;
            dialogs::open_channel(&mut self.dialogs, user, id, now, top);
        } else if was_member && !after.is_member() {
            self.forget_member(id, user)?;
        }
        let came = after.is_member() && !was_member;
        if came || after.state == ParticipantState::Kicked {
            self.chats.forget_request(Peer::Channel(id), user);
        }
        Ok(after)
    }

    /// A channel as it is.
    pub(in super::super) fn channel(&self, id: ChannelId) -> Result<Channel> {
        Ok(self.channels.log(id)?.channel.clone())
    }

    pub(in super::super) fn is_member(&self, id: ChannelId, user: UserId) -> Result<bool> {
        Ok(self.channels.log(id)?.rows.get(&user).is_some_and(Participant::is_member))
    }

    pub(in super::super) fn check_channel_invite(
        &self,
        id: ChannelId,
        actor: UserId,
        now: UnixTime,
    ) -> Result<()> {
        let log = self.channels.log(id)?;
        Ok(log.channel.check_invite(actor, log.rows.get(&actor), now)?)
    }

    pub(in super::super) fn hand_over(
        &mut self,
        id: ChannelId,
        actor: UserId,
        user: UserId,
        now: UnixTime,
    ) -> Result<Channel> {
        let gone = self.accounts.is_deleted(user);
        let log = self.channels.log_mut(id)?;
        let (row, actor_row) = (log.rows.get(&user), log.rows.get(&actor));
        let change = MemberChange { channel: &log.channel, actor, actor_row, user, row, now };
        let (former, heir) = change.hand_over()?;
        if gone {
            return Err(Denial::NotParticipant.into());
        }
        let told = [admin_log::of_standing(actor_row, &former), admin_log::of_standing(row, &heir)];
        log.channel.creator = user;
        log.put(former);
        log.put(heir);
        let channel = log.channel.clone();
        for what in told.into_iter().flatten() {
            self.admin_logs.note(id, (actor, now), what);
        }
        Ok(channel)
    }

    pub(in super::super) fn participants(
        &self,
        id: ChannelId,
        viewer: UserId,
        filter: &ParticipantFilter,
    ) -> Result<Vec<Participant>> {
        use ParticipantFilter::{Admins, Banned, Contacts, Kicked, Recent, Search};
        let log = self.channels.log(id)?;
        let creator = log.channel.creator;
        let mut rows: Vec<_> = log
            .rows
            .values()
            .filter(|row| match filter {
                Recent | Search(_) => row.is_member(),
                Contacts(_) => row.is_member() && is_contact(&self.contacts, viewer, row.user),
                Admins => row.class() == ParticipantClass::Admin,
                Kicked(_) => row.class() == ParticipantClass::Kicked,
                Banned(_) => row.class() == ParticipantClass::Restricted,
            })
            .filter(|row| match filter {
                Recent | Admins => true,
                Kicked(words) | Banned(words) | Search(words) | Contacts(words) => {
                    matches(&self.names_of(row), words)
                }
            })
            .cloned()
            .collect();
        if *filter == Admins {
            rows.sort_by_key(|row| (row.user != creator, row.user));
        } else {
            rows.sort_by_key(|row| (Reverse(row.date), row.user));
        }
        Ok(rows)
    }

    /// What a person or a channel is called.
    fn names_of(&self, row: &Participant) -> String {
        match row.peer() {
            Peer::Channel(id) => {
                let log = self.channels.logs.get(&id).filter(|log| !log.channel.deleted);
                log.map(|log| log.channel.search_text()).unwrap_or_default()
            }
            Peer::User(_) | Peer::Chat(_) => self.accounts.names_of(row.user).unwrap_or_default(),
        }
    }

    fn enter(
        &mut self,
        id: ChannelId,
        user: UserId,
        by: UserId,
        link: Option<String>,
        now: UnixTime,
    ) -> Result<Channel> {
        let log = self.channels.log_mut(id)?;
        let before = log.rows.get(&user).cloned();
        let joined = log.channel.joined(user, before.as_ref(), by, link, now);
        log.put(joined.clone());
        let channel = log.channel.clone();
        self.count_change(id, before.as_ref(), &joined, now);
        // Who asked to come, and came by another way, waits no more.
        self.chats.forget_request(Peer::Channel(id), user);
        dialogs::open_channel(&mut self.dialogs, user, id, now, channel.top_message);
        Ok(channel)
    }

    /// Counts that somebody came or went.
    fn count_change(
        &mut self,
        id: ChannelId,
        before: Option<&Participant>,
        after: &Participant,
        now: UnixTime,
    ) {
        let language = || keys::language(&self.keys, after.user);
        for what in of_change(before, after, language) {
            self.series.count(id, now, what, 1);
        }
    }

    /// Drops what only members have.
    fn forget_member(&mut self, id: ChannelId, user: UserId) -> Result<()> {
        dialogs::close_channel(&mut self.dialogs, user, id);
        for post in self.channels.log_mut(id)?.posts.values_mut() {
            post.unseen_by.remove(&user);
            if post.sender == user {
                unread_reactions::see(&mut post.reactions);
            }
        }
        Ok(())
    }

    fn check_room(&self, user: UserId) -> Result<()> {
        if self.channels.of(user).count() < CHANNELS_PER_USER {
            Ok(())
        } else {
            Err(Denial::TooMany.into())
        }
    }
}

impl Log {
    /// Replaces one person's row, or forgets it if it says nothing.
    pub(super) fn put(&mut self, row: Participant) {
        let kept = row.is_kept().then_some(&row);
        self.channel.recount(self.rows.get(&row.user), kept);
        if row.is_kept() {
            self.rows.insert(row.user, row);
        } else {
            self.rows.remove(&row.user);
        }
    }
}
