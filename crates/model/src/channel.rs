//! Channels and supergroups: one log each, read by everyone.

mod content;
mod discussion;
mod members;
mod migration;
mod names;

pub use discussion::{Link, RECENT_REPLIERS, Replies, Thread, ThreadRead, with_replier};
pub use members::{MemberChange, ParticipantClass};
pub use migration::farewell_and_welcome;
pub use names::{named_by, row_of};

use serde::{Deserialize, Serialize};

use crate::rights::{AdminRights, BannedRights};
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
    /// Signatures lead to their authors' profiles.
    pub signature_profiles: bool,
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
    /// How often somebody stopped being a member, or all of them at once. Never falls: live delivery knows by it whether it has
    /// heard of everyone who is gone.
    pub departures: i64,
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
    /// Of a broadcast channel: the supergroup where its posts are discussed. Of a supergroup: the channel it belongs to.
    pub linked: Option<ChannelId>,
    /// Only admins see who is in a supergroup.
    pub participants_hidden: bool,
    /// In a linked supergroup, only members write: else whoever reads the channel may comment.
    pub join_to_send: bool,
    /// Somebody deleted its history for themselves (`Participant::cleared_until`): only then rows are looked at for it.
    pub has_cleared: bool,
}

/// Someone's relation to a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Participant {
    /// Who; of a channel that is written as, [`row_of`] it.
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
    /// The newest message at the time of joining: where the past is hidden from newcomers, they see what came after it.
    pub joined_after: MessageId,
    /// The newest message of the history that they deleted for themselves, 0 for none.
    pub cleared_until: MessageId,
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

/// A ban that forbids even reading, at `now`.
#[must_use]
pub fn is_banned(participant: Option<&Participant>, now: UnixTime) -> bool {
    restriction(participant, now).is_some_and(|banned| banned.view_messages)
}

/// What `participant` may not do of their own at `now`.
fn restriction(participant: Option<&Participant>, now: UnixTime) -> Option<&BannedRights> {
    let banned = participant?.banned.as_ref()?;
    (banned.until.0 == 0 || now < banned.until).then_some(banned)
}
