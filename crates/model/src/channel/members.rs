//! Who belongs to a channel, and who may change that.

use super::{Channel, Participant, ParticipantState, is_banned, restriction};
use crate::chat::Invite;
use crate::limits::CHANNEL_ADMINS;
use crate::rights::{AdminRights, BannedRights, Denial};
use crate::{MessageId, UnixTime, UserId};

/// The list of the protocol that a participant belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ParticipantClass {
    /// Neither of the others.
    Plain,
    /// A member with admin rights, or the creator.
    Admin,
    /// May not do everything, but is or may come in.
    Restricted,
    /// Removed.
    Kicked,
}

impl ParticipantClass {
    /// The number it is stored under.
    #[must_use]
    pub const fn number(self) -> i64 {
        self as i64
    }
}

impl Participant {
    /// In the channel.
    #[must_use]
    pub fn is_member(&self) -> bool {
        self.state == ParticipantState::Member
    }

    /// Whether anything about this person has to be remembered: of someone who just left, nothing has.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.state != ParticipantState::Left || self.banned.is_some() || self.admin.is_some()
    }

    /// The list this person belongs to.
    #[must_use]
    pub fn class(&self) -> ParticipantClass {
        match self.state {
            ParticipantState::Kicked => ParticipantClass::Kicked,
            ParticipantState::Member if self.admin.is_some() => ParticipantClass::Admin,
            _ if self.banned.is_some() => ParticipantClass::Restricted,
            _ => ParticipantClass::Plain,
        }
    }
}

impl Channel {
    /// Brings the counts of participants, admins, kicked and departed people up to date after one person's row changed.
    pub fn recount(&mut self, before: Option<&Participant>, after: Option<&Participant>) {
        let is_member = |row: Option<&Participant>| row.is_some_and(Participant::is_member);
        if is_member(before) && !is_member(after) {
            self.departures += 1;
        }
        for (row, change) in [(before, -1), (after, 1)] {
            let Some(row) = row else { continue };
            self.participants += if row.is_member() { change } else { 0 };
            match row.class() {
                ParticipantClass::Admin => self.admins += change,
                ParticipantClass::Restricted | ParticipantClass::Kicked => self.kicked += change,
                ParticipantClass::Plain => {}
            }
        }
    }

    /// Whether `user` may come in at `now`, by a link or by themselves. The creator may always come back.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn check_join(
        &self,
        user: UserId,
        participant: Option<&Participant>,
        by_link: bool,
        now: UnixTime,
    ) -> Result<(), Denial> {
        self.check_exists()?;
        if is_banned(participant, now) {
            return Err(Denial::Banned);
        }
        if participant.is_some_and(Participant::is_member) {
            return Err(Denial::AlreadyParticipant);
        }
        let open = by_link || self.username.is_some() || self.creator == user;
        if open { Ok(()) } else { Err(Denial::Private) }
    }

    /// Whether `user` waits for approval, by this link or by themselves. The creator never does.
    #[must_use]
    pub fn needs_approval(&self, user: UserId, link: Option<&Invite>) -> bool {
        let asks = self.join_request || link.is_some_and(|link| link.request_needed);
        asks && self.creator != user
    }

    /// The row of someone who comes in. Restrictions that still run are not shaken off by leaving.
    #[must_use]
    pub fn joined(
        &self,
        user: UserId,
        before: Option<&Participant>,
        by: UserId,
        invite: Option<String>,
        now: UnixTime,
    ) -> Participant {
        let banned = restriction(before, now).filter(|banned| !banned.view_messages).copied();
        let rank = before.filter(|_| self.creator == user).and_then(|row| row.rank.clone());
        Participant {
            user,
            state: ParticipantState::Member,
            date: now,
            by,
            admin: (self.creator == user).then(AdminRights::all),
            rank,
            banned,
            invite,
            joined_after: if self.creator == user { MessageId(0) } else { self.top_message },
            cleared_until: before.map_or(MessageId(0), |row| row.cleared_until),
        }
    }

    /// The row of a member who leaves. An admin's rights end with it; the creator stays the owner.
    ///
    /// # Errors
    /// [`Denial::NotParticipant`].
    pub fn left(&self, member: Option<&Participant>) -> Result<Participant, Denial> {
        let member = member.filter(|row| row.is_member()).ok_or(Denial::NotParticipant)?;
        let owns = self.creator == member.user;
        Ok(Participant {
            state: ParticipantState::Left,
            admin: member.admin.filter(|_| owns),
            rank: member.rank.clone().filter(|_| owns),
            ..member.clone()
        })
    }

    /// Whether `user` may add people.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn check_invite(
        &self,
        user: UserId,
        participant: Option<&Participant>,
        now: UnixTime,
    ) -> Result<(), Denial> {
        let invites = (
            |rights: &AdminRights| rights.invite_users,
            |banned: &BannedRights| banned.invite_users,
        );
        self.check_right(user, participant, now, invites)
    }

    /// Whether `user` may learn who is in a supergroup: admins always, everyone else where members are not hidden.
    ///
    /// # Errors
    /// [`Denial::AdminRequired`].
    pub fn check_members_shown(
        &self,
        user: UserId,
        participant: Option<&Participant>,
    ) -> Result<(), Denial> {
        if !self.participants_hidden || self.admin_rights(user, participant).is_some() {
            Ok(())
        } else {
            Err(Denial::AdminRequired)
        }
    }

    /// Whether `user` may change title, description and photo at `now`.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn check_describe(
        &self,
        user: UserId,
        participant: Option<&Participant>,
        now: UnixTime,
    ) -> Result<(), Denial> {
        let describes =
            (|rights: &AdminRights| rights.change_info, |banned: &BannedRights| banned.change_info);
        self.check_right(user, participant, now, describes)
    }
}

/// Somebody changes what somebody else may do.
#[derive(Clone, Copy, Debug)]
pub struct MemberChange<'a> {
    /// Where.
    pub channel: &'a Channel,
    /// Who does it.
    pub actor: UserId,
    /// Their row.
    pub actor_row: Option<&'a Participant>,
    /// To whom.
    pub user: UserId,
    /// The row of that person.
    pub row: Option<&'a Participant>,
    /// When.
    pub now: UnixTime,
}

impl MemberChange<'_> {
    /// Gives or takes admin rights; rights without any flag make a plain member. Answers the row afterwards.
    ///
    /// An admin gives only what they have, and changes only admins whom they made (or steps back). Only the creator changes the
    /// creator's row, and no more of it than the rank and anonymity. Whoever was restricted is free afterwards; outsiders
    /// come in, if the actor could bring them.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn promote(
        &self,
        rights: AdminRights,
        rank: Option<String>,
    ) -> Result<Participant, Denial> {
        let mine = self.actor_rights(|rights| rights.add_admins || self.steps_back())?;
        if self.user == self.channel.creator {
            return self.mark_creator(rights, rank);
        }
        self.check_subordinate()?;
        let owner = self.actor == self.channel.creator;
        if self.actor == self.user && !rights.is_empty() {
            return Err(Denial::AdminRequired);
        }
        if !owner && !mine.covers(&rights) {
            return Err(Denial::RightForbidden);
        }
        let member = self.row.filter(|row| row.is_member());
        if rights.is_empty() {
            let member = member.ok_or(Denial::NotParticipant)?;
            return Ok(Participant { admin: None, rank: None, by: self.actor, ..member.clone() });
        }
        if is_banned(self.row, self.now) && !mine.ban_users {
            return Err(Denial::Banned);
        }
        // An admin is bound by nothing: to make one frees them.
        if restriction(self.row, self.now).is_some() && !mine.ban_users {
            return Err(Denial::AdminRequired);
        }
        if member.is_none() && !mine.invite_users {
            return Err(Denial::NotParticipant);
        }
        let is_new = member.is_none_or(|row| row.admin.is_none());
        if is_new && self.channel.admins >= CHANNEL_ADMINS {
            return Err(Denial::TooMany);
        }
        let base = member.cloned().unwrap_or_else(|| {
            self.channel.joined(self.user, self.row, self.actor, None, self.now)
        });
        Ok(Participant { admin: Some(rights), rank, banned: None, by: self.actor, ..base })
    }

    /// Restricts, removes (`view_messages`) or frees (no flag). Answers the row afterwards.
    ///
    /// Nobody restricts the creator or themselves; an admin only those admins whom they made, who are admins no more. A channel
    /// that people write as in a supergroup is restricted like a person, under [`row_of`](super::row_of) it.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn restrict(&self, rights: BannedRights) -> Result<Participant, Denial> {
        self.actor_rights(|rights| rights.ban_users)?;
        if self.user == self.channel.creator {
            return Err(Denial::Owner);
        }
        if self.user == self.actor {
            return Err(Denial::AdminRequired);
        }
        self.check_name(&rights)?;
        self.check_subordinate()?;
        let outsider = Participant {
            user: self.user,
            state: ParticipantState::Left,
            date: self.now,
            ..Participant::default()
        };
        let row = self.row.cloned().unwrap_or(outsider);
        let frees = rights.is_empty();
        let state = match row.state {
            _ if rights.view_messages => ParticipantState::Kicked,
            ParticipantState::Kicked => ParticipantState::Left,
            state => state,
        };
        // Who is freed without having been anything but a member stays an admin.
        let admin = row.admin.filter(|_| frees);
        Ok(Participant {
            state,
            date: if frees { row.date } else { self.now },
            by: if frees { row.by } else { self.actor },
            rank: row.rank.filter(|_| admin.is_some()),
            admin,
            banned: (!frees).then_some(rights),
            ..row
        })
    }

    /// Hands the channel over to one of its members. Answers the rows afterwards: the actor's, who stays an admin with every right,
    /// and the new owner's.
    ///
    /// # Errors
    /// [`Denial::AdminRequired`] for everyone but the owner; [`Denial::NotParticipant`]; [`Denial::Owner`] for oneself.
    pub fn hand_over(&self) -> Result<(Participant, Participant), Denial> {
        self.channel.check_exists()?;
        let owner = self.actor_row.filter(|row| row.is_member());
        let owner = owner.filter(|_| self.actor == self.channel.creator);
        let owner = owner.ok_or(Denial::AdminRequired)?;
        if self.user == self.actor {
            return Err(Denial::Owner);
        }
        let heir = self.row.filter(|row| row.is_member()).ok_or(Denial::NotParticipant)?;
        let all = Some(AdminRights::all());
        let owner = Participant { admin: all, by: self.user, ..owner.clone() };
        Ok((owner, Participant { admin: all, banned: None, ..heir.clone() }))
    }

    fn steps_back(&self) -> bool {
        self.actor == self.user
    }

    fn actor_rights(&self, right: impl Fn(&AdminRights) -> bool) -> Result<AdminRights, Denial> {
        self.channel.check_admin(self.actor, self.actor_row, right)?;
        Ok(self.channel.admin_rights(self.actor, self.actor_row).unwrap_or_default())
    }

    /// An admin answers to the creator and to whoever made them one.
    fn check_subordinate(&self) -> Result<(), Denial> {
        let Some(row) = self.row.filter(|row| row.class() == ParticipantClass::Admin) else {
            return Ok(());
        };
        let above = self.actor == self.channel.creator || row.by == self.actor;
        if above || self.steps_back() { Ok(()) } else { Err(Denial::AdminRequired) }
    }

    fn mark_creator(
        &self,
        rights: AdminRights,
        rank: Option<String>,
    ) -> Result<Participant, Denial> {
        let row = self.row.filter(|_| self.actor == self.user).ok_or(Denial::Owner)?;
        let admin = Some(AdminRights { anonymous: rights.anonymous, ..AdminRights::all() });
        Ok(Participant { admin, rank, ..row.clone() })
    }
}

impl AdminRights {
    /// Whether it allows nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether everything that `other` allows is allowed here too.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.flags().iter().zip(other.flags()).all(|(mine, wanted)| *mine || !wanted)
    }

    const fn flags(&self) -> [bool; 12] {
        let Self {
            change_info,
            post_messages,
            edit_messages,
            delete_messages,
            ban_users,
            invite_users,
            pin_messages,
            add_admins,
            anonymous,
            manage_call,
            other,
            manage_topics,
        } = *self;
        [
            change_info,
            post_messages,
            edit_messages,
            delete_messages,
            ban_users,
            invite_users,
            pin_messages,
            add_admins,
            anonymous,
            manage_call,
            other,
            manage_topics,
        ]
    }
}

impl BannedRights {
    /// Whether it forbids nothing, whenever it ends.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        Self { until: UnixTime(0), ..*self } == Self::default()
    }
}
