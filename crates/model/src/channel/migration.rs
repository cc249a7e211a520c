//! What a basic group takes along when it becomes a supergroup.

use super::{Channel, Participant, ParticipantState};
use crate::chat::{Chat, Member};
use crate::message::{Action, Body};
use crate::rights::AdminRights;
use crate::{ChannelId, MessageId, UnixTime};

impl Channel {
    /// The supergroup that `chat` becomes, still without members and messages.
    ///
    /// Newcomers do not see what was before them, as in the group that it was; admins may change that.
    #[must_use]
    pub fn of_group(chat: &Chat, id: ChannelId, now: UnixTime) -> Self {
        Self {
            id,
            title: chat.title.clone(),
            about: chat.about.clone(),
            photo: chat.photo,
            creator: chat.creator,
            created: now,
            default_banned: chat.default_banned,
            noforwards: chat.noforwards,
            prehistory_hidden: true,
            migrated_from: Some((chat.id, MessageId(0))),
            ttl_period: chat.ttl_period,
            reactions: chat.reactions.clone(),
            pts: crate::invariants::START,
            ..Self::default()
        }
    }

    /// A member of the group as one of the supergroup; its admins stay admins, made by the creator.
    #[must_use]
    pub fn carried_over(&self, member: &Member) -> Participant {
        let owns = member.user == self.creator;
        let admin = AdminRights {
            change_info: true,
            delete_messages: true,
            ban_users: true,
            invite_users: true,
            pin_messages: true,
            manage_call: true,
            other: true,
            ..AdminRights::default()
        };
        Participant {
            user: member.user,
            state: ParticipantState::Member,
            date: member.date,
            by: if member.admin { self.creator } else { member.inviter },
            admin: if owns { Some(AdminRights::all()) } else { member.admin.then_some(admin) },
            ..Participant::default()
        }
    }
}

/// The last message of the group, and the first of the supergroup.
#[must_use]
pub fn farewell_and_welcome(chat: &Chat, channel: ChannelId) -> (Body, Body) {
    let told = |action| Body { action: Some(action), ..Body::default() };
    let welcome = Action::ChannelMigrateFrom { title: chat.title.clone(), chat: chat.id };
    (told(Action::ChatMigrateTo { channel }), told(welcome))
}
