//! Basic groups.

use serde::{Deserialize, Serialize};

use crate::rights::{BannedRights, Denial};
use crate::{ChannelId, ChatId, MessageId, PhotoId, UnixTime, UserId};

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
        self.creator == user && self.member(user).is_some() || self.member(user).is_some_and(|member| member.admin)
    }

    /// Whether `user` may do what plain members lose when `forbidden` is true.
    ///
    /// # Errors
    /// The rule that forbids it.
    pub fn check_member(&self, user: UserId, forbidden: impl Fn(&BannedRights) -> bool) -> Result<(), Denial> {
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
