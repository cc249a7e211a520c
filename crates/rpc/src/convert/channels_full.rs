//! Channels in full, and their participants.

use model::channel::{Channel, Participant, ParticipantState};
use model::rights::{AdminRights, BannedRights};
use model::{Peer, UserId};
use services::access::FileOrigin;
use services::channels::full::Full;
use tl_api::{enums, types};

use super::media::{self, FileContext};
use super::participants::{available_reactions, invite};
use super::peers::peer;
use super::{chats, date, settings};

/// `channelFull`.
#[must_use]
pub fn full(context: &FileContext<'_>, full: &Full) -> enums::ChatFull {
    let channel = &full.channel;
    let is_admin = full.rights.is_some();
    let is_owner = channel.creator == context.viewer && is_admin;
    let origin = FileOrigin::PeerPhoto(Peer::Channel(channel.id));
    let photo = full.photo.as_ref().map(|photo| media::photo(context, photo, origin));
    let requesters: Vec<i64> = full.requesters.iter().map(|user| user.0).collect();
    types::ChannelFull {
        can_view_participants: !channel.broadcast && !channel.participants_hidden || is_admin,
        participants_hidden: channel.participants_hidden,
        can_set_username: is_owner,
        can_delete_channel: is_owner,
        hidden_prehistory: channel.prehistory_hidden,
        has_scheduled: full.has_scheduled,
        can_view_stats: is_admin,
        stats_dc: is_admin.then_some(context.dc),
        id: channel.id.0,
        about: channel.about.clone(),
        participants_count: Some(channel.participants),
        admins_count: is_admin.then_some(channel.admins),
        kicked_count: full.kicked.map(|(kicked, _)| kicked),
        banned_count: full.kicked.map(|(_, banned)| banned),
        read_inbox_max_id: full.read_inbox_max.0,
        read_outbox_max_id: full.read_outbox_max.0,
        unread_count: full.unread_count,
        chat_photo: photo.unwrap_or_else(|| types::PhotoEmpty { id: 0 }.into()),
        notify_settings: settings::notify_settings(&full.notify),
        exported_invite: full.invite.as_ref().map(|link| invite(context.core, link)),
        migrated_from_chat_id: full.migrated_from.map(|(chat, _)| chat.0),
        migrated_from_max_id: full.migrated_from.map(|(_, id)| id.0),
        linked_chat_id: channel.linked.map(|partner| partner.0),
        pinned_msg_id: full.pinned.map(|id| id.0),
        available_min_id: (full.hidden_until.0 > 0).then_some(full.hidden_until.0),
        folder_id: (full.folder != 0).then_some(full.folder),
        slowmode_seconds: (channel.slow_mode_s > 0).then_some(channel.slow_mode_s),
        slowmode_next_send_date: full.next_send.map(date),
        pts: channel.pts.0,
        ttl_period: channel.ttl_period,
        requests_pending: (full.requests > 0).then_some(full.requests),
        recent_requesters: (full.requests > 0).then_some(requesters),
        default_send_as: full.send_as.map(peer),
        available_reactions: Some(available_reactions(channel.reactions.as_deref())),
        ..Default::default()
    }
    .into()
}

/// Somebody's relation to a channel, as `viewer` is shown it.
#[must_use]
pub fn participant(
    channel: &Channel,
    row: &Participant,
    viewer: UserId,
) -> enums::ChannelParticipant {
    let user_id = row.user.0;
    let rank = row.rank.clone();
    if let Some(banned) = row.banned.filter(|_| row.admin.is_none()) {
        return restricted(row, &banned);
    }
    match row.state {
        ParticipantState::Left => left(row),
        ParticipantState::Kicked => {
            restricted(row, &BannedRights { view_messages: true, ..BannedRights::default() })
        }
        ParticipantState::Member if row.user == channel.creator => {
            let rights = row.admin.unwrap_or(AdminRights::all());
            types::ChannelParticipantCreator {
                user_id,
                admin_rights: chats::admin_rights(&rights),
                rank,
            }
            .into()
        }
        ParticipantState::Member => match row.admin {
            Some(rights) => admin(channel, row, viewer, &rights),
            None if row.user == viewer => types::ChannelParticipantSelf {
                user_id,
                inviter_id: row.by.0,
                date: date(row.date),
                ..Default::default()
            }
            .into(),
            None => {
                types::ChannelParticipant { user_id, date: date(row.date), ..Default::default() }
                    .into()
            }
        },
    }
}

/// Those whom a participant names.
pub fn named(row: &Participant) -> impl Iterator<Item = Peer> {
    [row.peer(), Peer::User(row.by)].into_iter()
}

fn admin(
    channel: &Channel,
    row: &Participant,
    viewer: UserId,
    rights: &AdminRights,
) -> enums::ChannelParticipant {
    let is_self = row.user == viewer;
    types::ChannelParticipantAdmin {
        can_edit: !is_self && (channel.creator == viewer || row.by == viewer),
        is_self,
        user_id: row.user.0,
        inviter_id: is_self.then_some(row.by.0),
        promoted_by: row.by.0,
        date: date(row.date),
        admin_rights: chats::admin_rights(rights),
        rank: row.rank.clone(),
    }
    .into()
}

fn restricted(row: &Participant, rights: &BannedRights) -> enums::ChannelParticipant {
    types::ChannelParticipantBanned {
        left: !row.is_member(),
        peer: peer(row.peer()),
        kicked_by: row.by.0,
        date: date(row.date),
        banned_rights: chats::banned_rights(rights),
        rank: None,
    }
    .into()
}

fn left(row: &Participant) -> enums::ChannelParticipant {
    types::ChannelParticipantLeft { peer: peer(row.peer()) }.into()
}
