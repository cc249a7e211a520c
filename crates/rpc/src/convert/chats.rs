//! Basic groups, channels and the rights in them.

use model::UnixTime;
use model::media::Photo;
use model::rights::{AdminRights, BannedRights};
use services::views::{ChannelView, ChatView};
use tl_api::{enums, types};

use super::date;
use crate::RpcError;

/// A basic group as its viewer sees it. `dc` is the DC that the viewer's client dialled.
#[must_use]
pub fn chat(view: &ChatView, dc: i32) -> enums::Chat {
    let chat = &view.chat;
    if !view.met || view.left && !chat.deactivated {
        let title = if view.met { chat.title.clone() } else { String::new() };
        return types::ChatForbidden { id: chat.id.0, title }.into();
    }
    let admin = (view.creator || view.admin).then(AdminRights::all);
    types::Chat {
        creator: view.creator,
        left: view.left,
        deactivated: chat.deactivated,
        noforwards: chat.noforwards,
        id: chat.id.0,
        title: chat.title.clone(),
        photo: photo(view.photo.as_ref(), dc),
        participants_count: i32::try_from(chat.members.len()).unwrap_or(i32::MAX),
        date: date(chat.created),
        version: chat.version,
        migrated_to: chat.migrated_to.map(|channel| {
            types::InputChannel { channel_id: channel.0, access_hash: view.migrated_hash }.into()
        }),
        admin_rights: admin.map(|rights| admin_rights(&rights)),
        default_banned_rights: Some(banned_rights(&chat.default_banned)),
        ..Default::default()
    }
    .into()
}

/// A channel or supergroup as its viewer sees it.
#[must_use]
pub fn channel(view: &ChannelView, dc: i32) -> enums::Chat {
    let channel = &view.channel;
    if view.forbidden {
        let banned = view.participant.as_ref().and_then(|participant| participant.banned.as_ref());
        return types::ChannelForbidden {
            broadcast: channel.broadcast,
            megagroup: !channel.broadcast,
            id: channel.id.0,
            access_hash: view.access_hash,
            title: channel.title.clone(),
            until_date: banned.map(|banned| until(banned.until)).filter(|until| *until > 0),
            ..Default::default()
        }
        .into();
    }
    let viewer = view.participant.as_ref().map(|participant| participant.user);
    let admin = viewer.and_then(|viewer| channel.admin_rights(viewer, view.participant.as_ref()));
    let own_ban = view.participant.as_ref().and_then(|participant| participant.banned.as_ref());
    types::Channel {
        creator: view.is_member() && viewer == Some(channel.creator),
        left: !view.is_member(),
        access_hash: Some(view.access_hash),
        date: joined_or_made(view),
        admin_rights: admin.map(|rights| admin_rights(&rights)),
        banned_rights: own_ban.map(banned_rights),
        participants_count: Some(channel.participants),
        ..shared(channel, view.photo.as_ref(), dc)
    }
    .into()
}

/// A channel as every plain subscriber may be shown it alike: without anything that is the viewer's own.
#[must_use]
pub fn channel_min(
    channel: &model::channel::Channel,
    picture: Option<&Photo>,
    dc: i32,
) -> enums::Chat {
    types::Channel { min: true, ..shared(channel, picture, dc) }.into()
}

/// What everyone sees of a channel.
fn shared(channel: &model::channel::Channel, picture: Option<&Photo>, dc: i32) -> types::Channel {
    types::Channel {
        broadcast: channel.broadcast,
        megagroup: !channel.broadcast,
        signatures: channel.signatures,
        signature_profiles: channel.signature_profiles,
        slowmode_enabled: channel.slow_mode_s > 0,
        noforwards: channel.noforwards,
        join_request: channel.join_request,
        has_link: channel.linked.is_some(),
        join_to_send: channel.join_to_send,
        id: channel.id.0,
        title: channel.title.clone(),
        username: channel.username.clone(),
        photo: photo(picture, dc),
        date: date(channel.created),
        default_banned_rights: (!channel.broadcast)
            .then(|| banned_rights(&channel.default_rights())),
        ..Default::default()
    }
}

/// Members are shown when they joined, others when the channel was made.
fn joined_or_made(view: &ChannelView) -> i32 {
    let joined =
        view.participant.as_ref().filter(|_| view.is_member()).map(|participant| participant.date);
    date(joined.unwrap_or(view.channel.created))
}

/// The small form of a group's photo.
#[must_use]
pub fn photo(photo: Option<&Photo>, dc: i32) -> enums::ChatPhoto {
    match photo {
        Some(photo) => types::ChatPhoto {
            has_video: false,
            photo_id: photo.id.0,
            stripped_thumb: (!photo.stripped.is_empty()).then(|| photo.stripped.clone()),
            dc_id: dc,
        }
        .into(),
        None => enums::ChatPhoto::ChatPhotoEmpty,
    }
}

/// Rights of an admin.
#[must_use]
pub fn admin_rights(rights: &AdminRights) -> enums::ChatAdminRights {
    types::ChatAdminRights {
        change_info: rights.change_info,
        post_messages: rights.post_messages,
        edit_messages: rights.edit_messages,
        delete_messages: rights.delete_messages,
        ban_users: rights.ban_users,
        invite_users: rights.invite_users,
        pin_messages: rights.pin_messages,
        add_admins: rights.add_admins,
        anonymous: rights.anonymous,
        manage_call: rights.manage_call,
        other: rights.other,
        manage_topics: rights.manage_topics,
        ..Default::default()
    }
    .into()
}

/// Rights of an admin, as a client asks for them.
///
/// # Errors
/// `RIGHT_FORBIDDEN` where none of them exists here: taken for nothing, they would make an admin a plain member.
pub fn from_admin_rights(rights: &enums::ChatAdminRights) -> Result<AdminRights, RpcError> {
    let enums::ChatAdminRights::ChatAdminRights(rights) = rights;
    let known = AdminRights {
        change_info: rights.change_info,
        post_messages: rights.post_messages,
        edit_messages: rights.edit_messages,
        delete_messages: rights.delete_messages,
        ban_users: rights.ban_users,
        invite_users: rights.invite_users,
        pin_messages: rights.pin_messages,
        add_admins: rights.add_admins,
        anonymous: rights.anonymous,
        manage_call: rights.manage_call,
        other: rights.other,
        manage_topics: rights.manage_topics,
    };
    if known.is_empty() && *rights != types::ChatAdminRights::default() {
        return Err(RpcError::forbidden("RIGHT_FORBIDDEN"));
    }
    Ok(known)
}

/// What a member, or all, may not do.
#[must_use]
pub fn banned_rights(rights: &BannedRights) -> enums::ChatBannedRights {
    types::ChatBannedRights {
        view_messages: rights.view_messages,
        send_messages: rights.send_messages,
        send_media: rights.send_media,
        send_stickers: rights.send_stickers,
        send_gifs: rights.send_gifs,
        send_games: rights.send_games,
        send_inline: rights.send_inline,
        embed_links: rights.embed_links,
        send_polls: rights.send_polls,
        change_info: rights.change_info,
        invite_users: rights.invite_users,
        pin_messages: rights.pin_messages,
        manage_topics: rights.manage_topics,
        send_photos: rights.send_photos,
        send_videos: rights.send_videos,
        send_roundvideos: rights.send_roundvideos,
        send_audios: rights.send_audios,
        send_voices: rights.send_voices,
        send_docs: rights.send_docs,
        send_plain: rights.send_plain,
        until_date: until(rights.until),
        ..Default::default()
    }
    .into()
}

/// What one person may not do, as a client asks for it.
///
/// # Errors
/// `BANNED_RIGHTS_INVALID` where nothing of it is known here: taken for nothing, it would free whom it is to bind.
pub fn from_restriction(rights: &enums::ChatBannedRights) -> Result<BannedRights, RpcError> {
    let known = from_banned_rights(rights);
    let enums::ChatBannedRights::ChatBannedRights(asked) = rights;
    let nothing = types::ChatBannedRights { until_date: asked.until_date, ..Default::default() };
    if known.is_empty() && *asked != nothing {
        return Err(RpcError::bad_request("BANNED_RIGHTS_INVALID"));
    }
    Ok(known)
}

/// What a member, or all, may not do, as a client asks for it. What is not known here is left out: for all, it binds nobody anyway.
#[must_use]
pub fn from_banned_rights(rights: &enums::ChatBannedRights) -> BannedRights {
    let enums::ChatBannedRights::ChatBannedRights(rights) = rights;
    BannedRights {
        view_messages: rights.view_messages,
        send_messages: rights.send_messages,
        send_media: rights.send_media,
        send_stickers: rights.send_stickers,
        send_gifs: rights.send_gifs,
        send_games: rights.send_games,
        send_inline: rights.send_inline,
        embed_links: rights.embed_links,
        send_polls: rights.send_polls,
        change_info: rights.change_info,
        invite_users: rights.invite_users,
        pin_messages: rights.pin_messages,
        manage_topics: rights.manage_topics,
        send_photos: rights.send_photos,
        send_videos: rights.send_videos,
        send_roundvideos: rights.send_roundvideos,
        send_audios: rights.send_audios,
        send_voices: rights.send_voices,
        send_docs: rights.send_docs,
        send_plain: rights.send_plain,
        until: UnixTime(i64::from(rights.until_date)),
    }
}

/// "For ever" is the largest date on the wire, 0 in the model.
fn until(end: UnixTime) -> i32 {
    if end.0 == 0 { i32::MAX } else { date(end) }
}
