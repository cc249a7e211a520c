//! Who may read and write a channel's log.

use super::{Channel, Participant, ParticipantState, is_banned, restriction};
use crate::message::Body;
use crate::poll::Poll;
use crate::rights::{AdminRights, BannedRights, Denial};
use crate::{MessageId, UnixTime, UserId};

impl Channel {
    /// What `participant` may do as an admin; the creator may do everything.
    #[must_use]
    pub fn admin_rights(
        &self,
        user: UserId,
        participant: Option<&Participant>,
    ) -> Option<AdminRights> {
        let participant = participant.filter(|p| p.state == ParticipantState::Member)?;
        if self.creator == user { Some(AdminRights::all()) } else { participant.admin }
    }

    /// Whether this member may let in who asks to join.
    #[must_use]
    pub fn may_let_in(&self, member: &Participant) -> bool {
        self.admin_rights(member.user, Some(member)).is_some_and(|rights| rights.invite_users)
    }

    /// In whose name `user` writes: an anonymous admin's messages in a supergroup show as the group's own.
    #[must_use]
    pub fn speaks_for(
        &self,
        user: UserId,
        participant: Option<&Participant>,
    ) -> Option<crate::ChannelId> {
        let anonymous = self.admin_rights(user, participant).is_some_and(|rights| rights.anonymous)
            || self.creator == user
                && participant.and_then(|row| row.admin).is_some_and(|row| row.anonymous);
        (!self.broadcast && anonymous).then_some(self.id)
    }

    /// Who is told to have brought in `user`, who came by a link: its `maker`, who has that row; but nobody learns by it which admin
    /// speaks for the group, and then they came by themselves.
    #[must_use]
    pub fn brought_by(&self, maker: UserId, row: Option<&Participant>, user: UserId) -> UserId {
        if self.speaks_for(maker, row).is_some() { user } else { maker }
    }

    /// Checks an admin right.
    ///
    /// # Errors
    /// [`Denial::AdminRequired`] without it, [`Denial::Private`] in a deleted channel.
    pub fn check_admin(
        &self,
        user: UserId,
        participant: Option<&Participant>,
        right: impl Fn(&AdminRights) -> bool,
    ) -> Result<(), Denial> {
        self.check_exists()?;
        match self.admin_rights(user, participant) {
            Some(rights) if right(&rights) => Ok(()),
            _ => Err(Denial::AdminRequired),
        }
    }

    /// What plain members may not do: what the admins chose; and where strangers come in or read, the description and what is
    /// pinned are never theirs.
    #[must_use]
    pub fn default_rights(&self) -> BannedRights {
        let open = !self.broadcast && (self.username.is_some() || self.linked.is_some());
        let chosen = self.default_banned;
        BannedRights {
            change_info: chosen.change_info || open,
            pin_messages: chosen.pin_messages || open,
            ..chosen
        }
    }

    /// Checks a right that admins have by `right`, and in a supergroup members as long as nothing forbids it to them.
    ///
    /// # Errors
    /// [`Denial::AdminRequired`] without it, [`Denial::NotParticipant`] for outsiders, [`Denial::Private`] in a deleted channel.
    pub fn check_right(
        &self,
        user: UserId,
        participant: Option<&Participant>,
        now: UnixTime,
        (right, forbidden): (impl Fn(&AdminRights) -> bool, impl Fn(&BannedRights) -> bool),
    ) -> Result<(), Denial> {
        self.check_exists()?;
        if !participant.is_some_and(Participant::is_member) {
            return Err(Denial::NotParticipant);
        }
        let admin = self.admin_rights(user, participant).is_some_and(|rights| right(&rights));
        let member = !self.broadcast
            && !forbidden(&self.default_rights())
            && !restriction(participant, now).is_some_and(forbidden);
        if admin || member { Ok(()) } else { Err(Denial::AdminRequired) }
    }

    /// Whether it was not deleted.
    ///
    /// # Errors
    /// [`Denial::Private`].
    pub const fn check_exists(&self) -> Result<(), Denial> {
        if self.deleted { Err(Denial::Private) } else { Ok(()) }
    }

    /// Whether `user` may read the log at `now`.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn check_view(
        &self,
        participant: Option<&Participant>,
        now: UnixTime,
    ) -> Result<(), Denial> {
        self.check_view_as(participant, false, now)
    }

    /// As [`Self::check_view`], for somebody who may be a `guest`: a reader of the channel that is discussed here.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn check_view_as(
        &self,
        participant: Option<&Participant>,
        guest: bool,
        now: UnixTime,
    ) -> Result<(), Denial> {
        self.check_exists()?;
        if is_banned(participant, now) {
            return Err(Denial::Banned);
        }
        let member = participant.is_some_and(Participant::is_member);
        if member || guest || self.username.is_some() { Ok(()) } else { Err(Denial::Private) }
    }

    /// The channel whose readers may be guests here; `None` where there are no guests, and for members, who are none.
    #[must_use]
    pub fn hosts_readers_of(&self, participant: Option<&Participant>) -> Option<crate::ChannelId> {
        let member = participant.is_some_and(Participant::is_member);
        self.linked.filter(|_| !self.broadcast && !member)
    }

    /// The newest message that is hidden from `user`: as part of the past before they came, or because they deleted it for themselves;
    /// 0 if none is.
    ///
    /// The past is hidden in private supergroups only: a public one's is open to everyone anyway. Admins see all of it.
    #[must_use]
    pub fn hidden_until(&self, user: UserId, participant: Option<&Participant>) -> MessageId {
        let Some(row) = participant else { return MessageId(0) };
        let hides = self.prehistory_hidden && !self.broadcast && self.username.is_none();
        if hides && self.admin_rights(user, participant).is_none() {
            row.cleared_until.max(row.joined_after)
        } else {
            row.cleared_until
        }
    }

    /// Whether somebody's row has a say in what is hidden from them.
    #[must_use]
    pub const fn may_hide(&self) -> bool {
        self.prehistory_hidden || self.has_cleared
    }

    /// The row of a member who deletes the history up to `max_id` (0: all of it) for themselves.
    ///
    /// # Errors
    /// [`Denial::NotParticipant`].
    pub fn cleared(
        &self,
        participant: Option<&Participant>,
        max_id: MessageId,
    ) -> Result<Participant, Denial> {
        let row = participant.filter(|row| row.is_member()).ok_or(Denial::NotParticipant)?;
        let wanted = if max_id.0 > 0 { max_id.min(self.top_message) } else { self.top_message };
        Ok(Participant { cleared_until: row.cleared_until.max(wanted), ..row.clone() })
    }

    /// Whether `user` may write a new message at `now`; `forbidden` picks the flag for its kind of content.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn check_write(
        &self,
        user: UserId,
        participant: Option<&Participant>,
        now: UnixTime,
        forbidden: impl Fn(&BannedRights) -> bool,
    ) -> Result<(), Denial> {
        self.check_write_as(user, participant, false, now, forbidden)
    }

    /// As [`Self::check_write`], for somebody who may be a `guest` (see [`Self::check_view_as`]).
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn check_write_as(
        &self,
        user: UserId,
        participant: Option<&Participant>,
        guest: bool,
        now: UnixTime,
        forbidden: impl Fn(&BannedRights) -> bool,
    ) -> Result<(), Denial> {
        self.check_view_as(participant, guest, now)?;
        if let Some(rights) = self.admin_rights(user, participant) {
            return if !self.broadcast || rights.post_messages {
                Ok(())
            } else {
                Err(Denial::AdminRequired)
            };
        }
        if self.broadcast {
            return Err(Denial::AdminRequired);
        }
        if !participant.is_some_and(Participant::is_member) {
            match self.linked {
                None => return Err(Denial::NotParticipant),
                Some(_) if self.join_to_send => return Err(Denial::GuestForbidden),
                Some(_) => {}
            }
        }
        self.check_silence(participant, now, forbidden)
    }

    /// Whether nothing silences somebody who is no admin, or forbids them this kind of content.
    fn check_silence(
        &self,
        participant: Option<&Participant>,
        now: UnixTime,
        forbidden: impl Fn(&BannedRights) -> bool,
    ) -> Result<(), Denial> {
        let own = restriction(participant, now);
        if own.is_some_and(|banned| banned.send_messages) || self.default_banned.send_messages {
            return Err(Denial::WriteForbidden);
        }
        if own.is_some_and(&forbidden) || forbidden(&self.default_banned) {
            return Err(Denial::MediaForbidden);
        }
        Ok(())
    }

    /// Whether `user` has to wait between two messages.
    #[must_use]
    pub fn has_slow_mode(&self, user: UserId, participant: Option<&Participant>) -> bool {
        !self.broadcast && self.slow_mode_s > 0 && self.admin_rights(user, participant).is_none()
    }

    /// Whether enough time has passed since the person's `last` message. Ask only where [`Self::has_slow_mode`].
    ///
    /// # Errors
    /// [`Denial::SlowMode`] with the seconds to wait.
    pub fn check_slow_mode(&self, last: UnixTime, now: UnixTime) -> Result<(), Denial> {
        let wait = last.0.saturating_add(i64::from(self.slow_mode_s)).saturating_sub(now.0);
        match u32::try_from(wait) {
            Ok(0) | Err(_) => Ok(()),
            Ok(wait) => Err(Denial::SlowMode(wait)),
        }
    }

    /// Whether who is not in a supergroup still sees what they wrote there, as a `guest` or by its public name, and so may take it
    /// back.
    fn reaches_own(
        &self,
        participant: Option<&Participant>,
        (guest, now): (bool, UnixTime),
    ) -> bool {
        !self.broadcast && self.check_view_as(participant, guest, now).is_ok()
    }

    /// Whether `user` may edit a message of `author`: their own, and an admin with that right the posts of others in a broadcast
    /// channel. Somebody who is not in it may be a guest (see [`Self::check_view_as`]) at some time. In a supergroup nobody says by an
    /// edit what they may not write; `forbidden` picks the flag for what the message holds then.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn check_edit(
        &self,
        user: UserId,
        participant: Option<&Participant>,
        guest: (bool, UnixTime),
        author: UserId,
        forbidden: impl Fn(&BannedRights) -> bool,
    ) -> Result<(), Denial> {
        self.check_exists()?;
        let admin = self.admin_rights(user, participant);
        if participant.is_some_and(Participant::is_member) {
            let rights = admin.unwrap_or_default();
            let own = author == user && (!self.broadcast || rights.post_messages);
            if !(own || self.broadcast && rights.edit_messages) {
                return Err(Denial::NotAuthor);
            }
        } else if author != user || !self.reaches_own(participant, guest) {
            return Err(Denial::NotParticipant);
        }
        if self.broadcast || admin.is_some() {
            return Ok(());
        }
        self.check_silence(participant, guest.1, forbidden)
    }

    /// Whether `user` may close a poll that shows in a message of `sender`: its author, and in a broadcast channel whoever may edit the
    /// post that it was made for. One that was only passed on is not the channel's to close.
    ///
    /// # Errors
    /// [`Denial::NotAuthor`].
    pub fn check_close_poll(
        &self,
        user: UserId,
        participant: Option<&Participant>,
        poll: &Poll,
        (sender, body): (UserId, &Body),
    ) -> Result<(), Denial> {
        let shows = body.poll() == Some(poll.id) && body.forward.is_none();
        let own = self.broadcast && shows && sender == poll.author;
        let edits = self.admin_rights(user, participant).is_some_and(|rights| rights.edit_messages);
        if poll.author == user || own && edits { Ok(()) } else { Err(Denial::NotAuthor) }
    }

    /// Whether `user` may delete messages: `all_own` says that they wrote each. Guests as for [`Self::check_edit`].
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn check_delete(
        &self,
        user: UserId,
        participant: Option<&Participant>,
        guest: (bool, UnixTime),
        all_own: bool,
    ) -> Result<(), Denial> {
        self.check_exists()?;
        if !participant.is_some_and(Participant::is_member) {
            let may = all_own && self.reaches_own(participant, guest);
            return if may { Ok(()) } else { Err(Denial::NotParticipant) };
        }
        let rights = self.admin_rights(user, participant).unwrap_or_default();
        let own = all_own && (!self.broadcast || rights.post_messages);
        if own || rights.delete_messages { Ok(()) } else { Err(Denial::AdminRequired) }
    }

    /// Whether `user` may pin at `now`. In a broadcast channel official clients offer it to whoever may edit posts.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn check_pin(
        &self,
        user: UserId,
        participant: Option<&Participant>,
        now: UnixTime,
    ) -> Result<(), Denial> {
        let right =
            |rights: &AdminRights| rights.pin_messages || self.broadcast && rights.edit_messages;
        self.check_right(user, participant, now, (right, |banned| banned.pin_messages))
    }

    /// Whether this emoji may be used as a reaction.
    #[must_use]
    pub fn allows_reaction(&self, emoji: &str) -> bool {
        self.reactions.as_ref().is_none_or(|allowed| allowed.iter().any(|one| one == emoji))
    }
}
