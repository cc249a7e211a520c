//! Channels and supergroups: one log each, read by everyone.

use serde::{Deserialize, Serialize};

use crate::rights::{AdminRights, BannedRights, Denial};
use crate::{ChannelId, ChatId, MessageId, PhotoId, Pts, UnixTime, UserId};

/// A channel or supergroup.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "independent settings")]
pub struct Channel {
    /// Id.
    pub id: ChannelId,
    /// 1 to 128 characters.
    pub title: String,
    /// 0 to 255 characters.
    pub about: String,
    /// Photo.
    pub photo: Option<PhotoId>,
    /// Who owns it.
    pub creator: UserId,
    /// When it was made.
    pub created: UnixTime,
    /// Only admins write (a channel); else a supergroup.
    pub broadcast: bool,
    /// Public name.
    pub username: Option<String>,
    /// What plain members may not do.
    pub default_banned: BannedRights,
    /// Posts carry their author's name.
    pub signatures: bool,
    /// Protected content.
    pub noforwards: bool,
    /// Newcomers do not see what was before them.
    pub prehistory_hidden: bool,
    /// Joining needs approval.
    pub join_request: bool,
    /// Seconds between two messages of a member, 0 for none.
    pub slow_mode_s: i32,
    /// Members in it, without banned and left ones.
    pub participants: i32,
    /// Admins among them, creator included.
    pub admins: i32,
    /// Removed and restricted people.
    pub kicked: i32,
    /// Position of its log.
    pub pts: Pts,
    /// Its newest message, 0 if none.
    pub top_message: MessageId,
    /// Deleted by its owner.
    pub deleted: bool,
    /// The basic group it came from.
    pub migrated_from: Option<(ChatId, MessageId)>,
    /// Period of the self-destruct timer for new messages, seconds.
    pub ttl_period: Option<i32>,
    /// Reactions allowed: `None` all, else these.
    pub reactions: Option<Vec<String>>,
}

/// Someone's relation to a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// Who.
    pub user: UserId,
    /// In it, or gone.
    pub state: ParticipantState,
    /// When they joined (or were banned).
    pub date: UnixTime,
    /// Who brought, promoted or banned them.
    pub by: UserId,
    /// Set for admins.
    pub admin: Option<AdminRights>,
    /// Title shown beside an admin's name.
    pub rank: Option<String>,
    /// Set for restricted and banned people.
    pub banned: Option<BannedRights>,
    /// The link they came by.
    pub invite: Option<String>,
}

/// Where a person stands towards a channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ParticipantState {
    /// In it.
    #[default]
    Member,
    /// Left by themselves, or was never in.
    Left,
    /// Removed.
    Kicked,
}

impl Channel {
    /// What `participant` may do as an admin; the creator may do everything.
    #[must_use]
    pub fn admin_rights(&self, user: UserId, participant: Option<&Participant>) -> Option<AdminRights> {
        let participant = participant.filter(|p| p.state == ParticipantState::Member)?;
        if self.creator == user { Some(AdminRights::all()) } else { participant.admin }
    }

    /// Checks an admin right.
    ///
    /// # Errors
    /// [`Denial::AdminRequired`] without it.
    pub fn check_admin(
        &self,
        user: UserId,
        participant: Option<&Participant>,
        right: impl Fn(&AdminRights) -> bool,
    ) -> Result<(), Denial> {
        match self.admin_rights(user, participant) {
            Some(rights) if right(&rights) => Ok(()),
            _ => Err(Denial::AdminRequired),
        }
    }

    /// Whether `user` may read the log at `now`.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn check_view(&self, participant: Option<&Participant>, now: UnixTime) -> Result<(), Denial> {
        if self.deleted {
            return Err(Denial::Private);
        }
        if is_banned(participant, now) {
            return Err(Denial::Banned);
        }
        let member = participant.is_some_and(|p| p.state == ParticipantState::Member);
        if member || self.username.is_some() { Ok(()) } else { Err(Denial::Private) }
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
        self.check_view(participant, now)?;
        if let Some(rights) = self.admin_rights(user, participant) {
            return if !self.broadcast || rights.post_messages { Ok(()) } else { Err(Denial::AdminRequired) };
        }
        if self.broadcast {
            return Err(Denial::AdminRequired);
        }
        let Some(participant) = participant.filter(|p| p.state == ParticipantState::Member) else {
            return Err(Denial::NotParticipant);
        };
        let own = participant.banned.as_ref().filter(|banned| is_running(banned, now));
        if own.is_some_and(|banned| banned.send_messages) || self.default_banned.send_messages {
            return Err(Denial::WriteForbidden);
        }
        if own.is_some_and(&forbidden) || forbidden(&self.default_banned) {
            return Err(Denial::MediaForbidden);
        }
        Ok(())
    }
}

/// A ban that forbids even reading, at `now`.
#[must_use]
pub fn is_banned(participant: Option<&Participant>, now: UnixTime) -> bool {
    participant.and_then(|p| p.banned.as_ref()).is_some_and(|banned| banned.view_messages && is_running(banned, now))
}

fn is_running(banned: &BannedRights, now: UnixTime) -> bool {
    banned.until.0 == 0 || now < banned.until
}
