//! Basic groups.

use serde::{Deserialize, Serialize};

use crate::message::Body;
use crate::rights::{BannedRights, Denial, forbidden_flag};
use crate::{ChannelId, ChatId, MessageId, PhotoId, UnixTime, UserId, limits};

/// A basic group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chat {
    /// Id.
    pub id: ChatId,
    /// 1 to 128 characters.
    pub title: String,
    /// 0 to 255 characters.
    pub about: String,
    /// Photo.
    pub photo: Option<PhotoId>,
    /// Who made it.
    pub creator: UserId,
    /// When.
    pub created: UnixTime,
    /// What plain members may not do.
    pub default_banned: BannedRights,
    /// Counts changes to members and rights; clients drop older lists.
    pub version: i32,
    /// Closed, or moved to a supergroup.
    pub deactivated: bool,
    /// The supergroup it became.
    pub migrated_to: Option<ChannelId>,
    /// Protected content.
    pub noforwards: bool,
    /// Everyone in it, in order of joining.
    pub members: Vec<Member>,
    /// Who left by themselves and may come back, the latest last.
    pub left: Vec<UserId>,
    /// Period of the self-destruct timer for new messages, seconds.
    pub ttl_period: Option<i32>,
    /// Reactions allowed: `None` all, else these.
    pub reactions: Option<Vec<String>>,
}

/// A member of a basic group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub user: UserId,
    /// Who brought them.
    pub inviter: UserId,
    /// When.
    pub date: UnixTime,
    /// May manage the group.
    pub admin: bool,
}

impl Chat {
    /// The member's row.
    #[must_use]
    pub fn member(&self, user: UserId) -> Option<&Member> {
        self.members.iter().find(|member| member.user == user)
    }

    /// Creator or administrator.
    #[must_use]
    pub fn is_admin(&self, user: UserId) -> bool {
        self.creator == user && self.member(user).is_some()
            || self.member(user).is_some_and(|member| member.admin)
    }

    /// Its creator and administrators.
    pub fn admins(&self) -> impl Iterator<Item = UserId> + '_ {
        self.members.iter().map(|member| member.user).filter(|user| self.is_admin(*user))
    }

    /// Whether `user` may do what plain members lose when `forbidden` is true.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn check_member(
        &self,
        user: UserId,
        forbidden: impl Fn(&BannedRights) -> bool,
    ) -> Result<(), Denial> {
        if self.deactivated {
            return Err(Denial::Deactivated);
        }
        if self.member(user).is_none() {
            return Err(Denial::NotParticipant);
        }
        if forbidden(&self.default_banned) && !self.is_admin(user) {
            return Err(Denial::AdminRequired);
        }
        Ok(())
    }
}

impl Chat {
    /// Whether `user` may write this content.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn check_write(&self, user: UserId, body: &Body) -> Result<(), Denial> {
        self.check_member(user, |banned| banned.send_messages)
            .map_err(as_denial(Denial::WriteForbidden))?;
        self.check_member(user, forbidden_flag(body)).map_err(as_denial(Denial::MediaForbidden))
    }

    /// Whether `actor` may remove `user`: oneself always, an admin plain members, the creator everyone, a member whom they
    /// brought.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn check_remove(&self, actor: UserId, user: UserId) -> Result<(), Denial> {
        self.check_member(actor, |_| false)?;
        let member = self.member(user).ok_or(Denial::NotParticipant)?;
        let plain = self.creator != user && !member.admin;
        let may = actor == user
            || self.creator == actor
            || plain && (self.is_admin(actor) || member.inviter == actor);
        if may { Ok(()) } else { Err(Denial::AdminRequired) }
    }

    /// Whether `actor` may add `user`: a member with that right, or who left comes back.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn check_add(&self, actor: UserId, user: UserId) -> Result<(), Denial> {
        if actor != user || !self.left.contains(&user) {
            self.check_member(actor, |banned| banned.invite_users)?;
        }
        self.check_joining(user)
    }

    /// Whether `actor` is the creator of an open group.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn check_creator(&self, actor: UserId) -> Result<(), Denial> {
        self.check_member(actor, |_| false)?;
        if self.creator == actor { Ok(()) } else { Err(Denial::AdminRequired) }
    }

    /// Whether `actor` may make `user` an admin, or a plain member again.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn check_admin_change(&self, actor: UserId, user: UserId) -> Result<(), Denial> {
        self.check_creator(actor)?;
        if user == self.creator {
            return Err(Denial::Owner);
        }
        if self.member(user).is_some() { Ok(()) } else { Err(Denial::NotParticipant) }
    }

    /// Whether `actor` is an admin or the creator of an open group.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn check_admin(&self, actor: UserId) -> Result<(), Denial> {
        self.check_member(actor, |_| false)?;
        if self.is_admin(actor) { Ok(()) } else { Err(Denial::AdminRequired) }
    }

    /// Whether another member fits in.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn check_joining(&self, user: UserId) -> Result<(), Denial> {
        if self.deactivated {
            return Err(Denial::Deactivated);
        }
        if self.member(user).is_some() {
            return Err(Denial::AlreadyParticipant);
        }
        if self.members.len() >= limits::CHAT_MEMBERS { Err(Denial::TooMany) } else { Ok(()) }
    }

    /// Puts a new member at the end of the list.
    pub fn join(&mut self, user: UserId, inviter: UserId, date: UnixTime) {
        self.members.push(Member { user, inviter, date, admin: false });
        self.left.retain(|left| *left != user);
        self.version = self.version.saturating_add(1);
    }

    /// Takes a member off the list, in the name of `actor`. Who was removed does not come back alone.
    pub fn part(&mut self, actor: UserId, user: UserId) {
        self.members.retain(|member| member.user != user);
        self.left.retain(|left| *left != user);
        if actor == user {
            self.left.push(user);
            let gone = self.left.len().saturating_sub(limits::CHAT_MEMBERS);
            self.left.drain(..gone);
        }
        self.version = self.version.saturating_add(1);
    }
}

/// What a missing right is called where the act is known.
fn as_denial(name: Denial) -> impl Fn(Denial) -> Denial {
    move |denial| if denial == Denial::AdminRequired { name } else { denial }
}

/// An invite link to a basic group or a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invite {
    /// The secret word of the link.
    pub hash: String,
    /// Who made it.
    pub admin: UserId,
    /// When.
    pub date: UnixTime,
    /// The one shown first; there is one for each admin.
    pub permanent: bool,
    /// Ended by an admin.
    pub revoked: bool,
    /// When it ends.
    pub expires: Option<UnixTime>,
    /// How many may join by it.
    pub usage_limit: Option<i32>,
    /// How many did.
    pub usage: i32,
    /// Joining asks for approval.
    pub request_needed: bool,
    /// People who wait for approval.
    pub requested: i32,
    /// Name for the admins.
    pub title: Option<String>,
}

impl Invite {
    /// Whether someone may still join by it at `now`.
    #[must_use]
    pub fn is_open(&self, now: UnixTime) -> bool {
        !self.revoked
            && self.expires.is_none_or(|end| now < end)
            && self.usage_limit.is_none_or(|limit| self.usage < limit)
    }
}

/// Someone who came by a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Importer {
    /// Who.
    pub user: UserId,
    /// When.
    pub date: UnixTime,
    /// Waits for approval.
    pub requested: bool,
    /// What they wrote about themselves at that time.
    pub about: Option<String>,
    /// Who let them in.
    pub approved_by: Option<UserId>,
}

/// Who is listed first when a pinned message is asked for.
pub type PinnedId = MessageId;
