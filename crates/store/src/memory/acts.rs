//! Acts with the service messages that tell of them.

use model::chat::Chat;
use model::event::{AccountEntry, AccountEvent};
use model::message::Action;
use model::{ChannelId, ChatId, Peer, UnixTime, UserId};

use super::{State, chats};
use crate::ports::acts::{
    ChannelAct, ChannelTold, ChatAct, ChatTold, Moved, ToldPin, box_message, log_message,
    members_changed, request_kept, standing_changed,
};
use crate::ports::boxes::{BoxPeer, NewBoxMessage, Pinned, Sent};
use crate::ports::channels::{
    ChannelChange, LogChange, NewChannel, NewChannelMessage, ParticipantFilter, Posted,
};
use crate::{Error, Result};

impl State {
    pub(super) fn tell_chat(
        &mut self,
        chat: Chat,
        told: (UserId, Action),
        now: UnixTime,
    ) -> Result<ChatTold> {
        let message = box_message(BoxPeer::Chat(chat.id), told, now);
        let sent = self.send(&[message])?.pop();
        Ok(ChatTold { chat, sent, requested: false, events: Vec::new() })
    }

    /// The same of an act that changed who is in the group.
    pub(super) fn tell_members(
        &mut self,
        chat: Chat,
        told: (UserId, Action),
        now: UnixTime,
    ) -> Result<ChatTold> {
        let events = members_changed(&chat, None);
        let told = self.tell_chat(chat, told, now)?;
        Ok(ChatTold { events: self.record(events, now), ..told })
    }

    fn record(
        &mut self,
        events: Vec<(UserId, AccountEvent)>,
        now: UnixTime,
    ) -> Vec<(UserId, AccountEntry)> {
        let accounts = &mut self.accounts;
        events.into_iter().map(|(user, event)| (user, accounts.append(user, event, now))).collect()
    }

    /// Somebody waits to come into a group.
    fn chat_asked(&mut self, id: ChatId, now: UnixTime) -> Result<ChatTold> {
        let chat = chats::group(&self.chats, id)?.clone();
        let events = request_kept(Peer::Chat(id), chat.admins());
        let events = self.record(events, now);
        Ok(ChatTold { chat, sent: None, requested: true, events })
    }

    /// The same of a channel.
    fn channel_asked(&mut self, id: ChannelId, now: UnixTime) -> Result<ChannelTold> {
        let channel = self.channel(id)?;
        let admins = self.participants(id, channel.creator, &ParticipantFilter::Admins)?;
        let approvers = admins.iter().filter(|row| channel.may_let_in(row)).map(|row| row.user);
        let approvers: Vec<_> = approvers.chain([channel.creator]).collect();
        let events = request_kept(Peer::Channel(id), approvers);
        let events = self.record(events, now);
        Ok(ChannelTold { channel, moved: Moved::default(), posted: None, requested: true, events })
    }

    pub(super) fn act_in_chat(
        &mut self,
        id: ChatId,
        actor: UserId,
        act: ChatAct,
        now: UnixTime,
    ) -> Result<ChatTold> {
        let told = act.told(actor, actor);
        let chat = match act {
            ChatAct::Title(_) | ChatAct::Photo(_) | ChatAct::Timer(_) => {
                let change = act.change().unwrap_or_default();
                let chat = self.chats.change(id, |chat| change.apply(chat, actor))?;
                return self.tell_chat(chat, told, now);
            }
            ChatAct::Add(user) => self.chats.add(id, actor, user, now)?,
            ChatAct::Remove(user) => {
                chats::group(&self.chats, id)?.check_remove(actor, user)?;
                // Before the removal, so that the one removed gets it too.
                let before = chats::group(&self.chats, id)?.clone();
                let sent = self.tell_chat(before, told, now)?.sent;
                let chat = self.remove_member(id, actor, user)?;
                let events = self.record(members_changed(&chat, Some(user)), now);
                return Ok(ChatTold { chat, sent, requested: false, events });
            }
            ChatAct::Join(hash) => {
                let (chat, invite) = match self.join_chat_by_invite(&hash, actor, None, now) {
                    Err(Error::Conflict) => return self.chat_asked(id, now),
                    joined => joined?,
                };
                let told = ChatAct::Join(hash).told(actor, invite.admin);
                return self.tell_members(chat, told, now);
            }
            ChatAct::Admit(user) => {
                let chat = chats::group(&self.chats, id)?.clone();
                chat.check_member(actor, |banned| banned.invite_users)?;
                if chat.member(user).is_none() {
                    chat.check_joining(user)?;
                }
                self.take_join_request(Peer::Chat(id), actor, user, true)?;
                if chat.member(user).is_some() {
                    let (sent, events) = (None, Vec::new());
                    return Ok(ChatTold { chat, sent, requested: false, events });
                }
                self.chats.add(id, actor, user, now)?
            }
        };
        self.tell_members(chat, told, now)
    }

    pub(super) fn found_channel(&mut self, new: NewChannel) -> Result<ChannelTold> {
        let told = (new.creator, Action::ChannelCreate { title: new.title.clone() });
        let now = new.now;
        let (creator, channel) = (new.creator, self.create_channel(new)?.id);
        let events = standing_changed(channel, creator, None, &Moved::default());
        self.tell_channel(channel, Some(told), Moved::default(), (events, now))
    }

    fn tell_channel(
        &mut self,
        id: ChannelId,
        told: Option<(UserId, Action)>,
        moved: Moved,
        (events, now): (Vec<(UserId, AccountEvent)>, UnixTime),
    ) -> Result<ChannelTold> {
        let posted = match told {
            Some(told) => self.post(vec![log_message(id, told, now)])?.pop(),
            None => None,
        };
        let events = self.record(events, now);
        let channel = self.channel(id)?;
        Ok(ChannelTold { channel, moved, posted, requested: false, events })
    }

    pub(super) fn act_in_channel(
        &mut self,
        id: ChannelId,
        actor: UserId,
        act: &ChannelAct,
        now: UnixTime,
    ) -> Result<ChannelTold> {
        let mut moved = Moved::default();
        match act {
            ChannelAct::Title(_) | ChannelAct::Photo(_) | ChannelAct::Timer(_) => {
                let change = act.change().unwrap_or_default();
                self.change_channel(id, actor, ChannelChange { at: now, ..change })?;
            }
            ChannelAct::Join(link) => {
                match self.join_channel(id, actor, link.clone(), now) {
                    Err(Error::Conflict) => return self.channel_asked(id, now),
                    joined => drop(joined?),
                }
                moved.came.push(actor);
                if link.is_some() {
                    moved.inviter = self.channels.brought_by(id, actor);
                }
            }
            ChannelAct::Invite(users) => {
                moved.came = self.invite_to_channel(id, actor, users, now)?;
            }
            ChannelAct::Admit(user) => {
                self.check_channel_invite(id, actor, now)?;
                let request = self.chats.asked_by(Peer::Channel(id), *user);
                self.take_join_request(Peer::Channel(id), actor, *user, true)?;
                moved.came = self.bring(id, actor, &[*user], now, Some(&request))?;
            }
            ChannelAct::Leave => {
                self.leave_channel(id, actor, now)?;
                moved.gone.push(actor);
            }
            ChannelAct::Promote(grant) => {
                let (user, rights, rank) = (grant.user, grant.rights, grant.rank.clone());
                let was = self.is_member(id, user)?;
                self.change_member(id, actor, user, now, |change| change.promote(rights, rank))?;
                moved = self.moved(id, user, was)?;
            }
            ChannelAct::Restrict(user, rights) => {
                let was = self.is_member(id, *user)?;
                self.change_member(id, actor, *user, now, |change| change.restrict(*rights))?;
                moved = self.moved(id, *user, was)?;
            }
            ChannelAct::HandOver(user) => drop(self.hand_over(id, actor, *user, now)?),
        }
        let told = act.told(&self.channel(id)?, actor, &moved);
        let events = standing_changed(id, actor, Some(act), &moved);
        self.tell_channel(id, told, moved, (events, now))
    }

    fn moved(&self, id: ChannelId, user: UserId, was: bool) -> Result<Moved> {
        let mut moved = Moved::default();
        match (was, self.is_member(id, user)?) {
            (false, true) => moved.came.push(user),
            (true, false) => moved.gone.push(user),
            _ => {}
        }
        Ok(moved)
    }

    pub(super) fn pin_told(
        &mut self,
        owner: UserId,
        peer: BoxPeer,
        pin: ToldPin,
    ) -> Result<(Vec<Pinned>, Option<Sent>)> {
        let pinned = self.pin(owner, peer.peer(), &[pin.id], true, true)?;
        if pinned.is_empty() {
            return Ok((pinned, None));
        }
        let message = box_message(peer, (owner, Action::PinMessage), pin.at);
        let message = NewBoxMessage { body: pin.body(), reply_to: Some(pin.id), ..message };
        Ok((pinned, self.send(&[message])?.pop()))
    }

    pub(super) fn pin_post_told(
        &mut self,
        id: ChannelId,
        actor: UserId,
        pin: ToldPin,
    ) -> Result<(LogChange, Option<Posted>)> {
        let (changed, change) = self.pin_posts(id, actor, &[pin.id], true, pin.at)?;
        if changed.is_empty() {
            return Ok((change, None));
        }
        let message = log_message(id, (actor, Action::PinMessage), pin.at);
        let message = NewChannelMessage { body: pin.body(), reply_to: Some(pin.id), ..message };
        Ok((change, self.post(vec![message])?.pop()))
    }
}
