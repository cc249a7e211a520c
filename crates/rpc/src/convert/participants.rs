//! Members of basic groups, and invite links.

use model::UserId;
use model::chat::{Chat, Importer, Invite, Member};
use services::Core;
use services::chats::invites;
use services::chats::read::Full;
use tl_api::{enums, types};

use super::media::{self, FileContext};
use super::{date, messages, settings};

/// The members, for those who are among them.
#[must_use]
pub fn participants(chat: &Chat, viewer: UserId) -> enums::ChatParticipants {
    if chat.member(viewer).is_none() || chat.deactivated {
        return types::ChatParticipantsForbidden { chat_id: chat.id.0, self_participant: None }
            .into();
    }
    types::ChatParticipants {
        chat_id: chat.id.0,
        participants: chat.members.iter().map(|member| participant(chat, member)).collect(),
        version: chat.version,
    }
    .into()
}

fn participant(chat: &Chat, member: &Member) -> enums::ChatParticipant {
    let (user_id, inviter_id, date) = (member.user.0, member.inviter.0, date(member.date));
    if chat.creator == member.user {
        return types::ChatParticipantCreator { user_id, rank: None }.into();
    }
    if member.admin {
        return types::ChatParticipantAdmin { user_id, inviter_id, date, rank: None }.into();
    }
    types::ChatParticipant { user_id, inviter_id, date, rank: None }.into()
}

/// `chatFull`.
#[must_use]
pub fn full(context: &FileContext<'_>, full: &Full) -> enums::ChatFull {
    let chat = &full.chat;
    let origin = services::access::FileOrigin::PeerPhoto(model::Peer::Chat(chat.id));
    let requesters: Vec<i64> = full.requesters.iter().map(|user| user.0).collect();
    types::ChatFull {
        can_set_username: chat.creator == context.viewer && full.member,
        has_scheduled: full.has_scheduled,
        id: chat.id.0,
        about: chat.about.clone(),
        participants: participants(chat, context.viewer),
        chat_photo: full.photo.as_ref().map(|photo| media::photo(context, photo, origin)),
        notify_settings: settings::notify_settings(&full.notify),
        exported_invite: full.invite.as_ref().map(|link| invite(context.core, link)),
        bot_info: Some(Vec::new()),
        pinned_msg_id: full.pinned.map(|id| id.0),
        folder_id: (full.folder != 0).then_some(full.folder),
        ttl_period: chat.ttl_period,
        requests_pending: (full.requests > 0).then_some(full.requests),
        recent_requesters: (full.requests > 0).then_some(requesters),
        available_reactions: Some(available_reactions(chat.reactions.as_deref())),
        ..Default::default()
    }
    .into()
}

/// `chatReactions...`: all emoji, these, or none.
#[must_use]
pub fn available_reactions(allowed: Option<&[String]>) -> enums::ChatReactions {
    match allowed {
        None => types::ChatReactionsAll::default().into(),
        Some([]) => enums::ChatReactions::ChatReactionsNone,
        Some(some) => types::ChatReactionsSome {
            reactions: some.iter().map(|emoji| messages::reaction(emoji)).collect(),
        }
        .into(),
    }
}

/// `chatInviteExported`.
#[must_use]
pub fn invite(core: &Core, invite: &Invite) -> enums::ExportedChatInvite {
    types::ChatInviteExported {
        revoked: invite.revoked,
        permanent: invite.permanent,
        request_needed: invite.request_needed,
        link: invites::link(core, &invite.hash),
        admin_id: invite.admin.0,
        date: date(invite.date),
        expire_date: invite.expires.map(date),
        usage_limit: invite.usage_limit,
        usage: (invite.usage > 0).then_some(invite.usage),
        requested: (invite.requested > 0).then_some(invite.requested),
        title: invite.title.clone(),
        ..Default::default()
    }
    .into()
}

/// `chatInviteImporter`.
#[must_use]
pub fn importer(importer: &Importer) -> enums::ChatInviteImporter {
    types::ChatInviteImporter {
        requested: importer.requested,
        user_id: importer.user.0,
        date: date(importer.date),
        about: importer.about.clone(),
        approved_by: importer.approved_by.map(|user| user.0),
        ..Default::default()
    }
    .into()
}

/// The photo shown with a link, or an empty one.
#[must_use]
pub fn preview_photo(
    context: &FileContext<'_>,
    peer: model::Peer,
    photo: Option<&model::media::Photo>,
) -> enums::Photo {
    let origin = services::access::FileOrigin::Invitation(peer);
    photo.map_or_else(
        || types::PhotoEmpty { id: 0 }.into(),
        |photo| media::photo(context, photo, origin),
    )
}
