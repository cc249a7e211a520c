//! Notification settings, privacy rules, devices.

use model::account::{NotifyScope, NotifySettings, PrivacyKey, PrivacyRule};
use model::{UnixTime, UserId};
use services::devices::DeviceView;
use services::dialogs::PeerBar;
use services::settings::GlobalPrivacy;
use tl_api::{enums, types};

use super::{date, peers};
use crate::{Call, RpcError};

/// Notification settings.
#[must_use]
pub fn notify_settings(settings: &NotifySettings) -> enums::PeerNotifySettings {
    types::PeerNotifySettings {
        show_previews: settings.show_previews,
        silent: settings.silent,
        mute_until: settings.mute_until.map(date),
        ..Default::default()
    }
    .into()
}

/// Notification settings, as a client sets them. Sounds are the client's own affair: it keeps them locally.
#[must_use]
pub fn from_notify_settings(settings: &enums::InputPeerNotifySettings) -> NotifySettings {
    let enums::InputPeerNotifySettings::InputPeerNotifySettings(settings) = settings;
    NotifySettings {
        show_previews: settings.show_previews,
        silent: settings.silent,
        mute_until: settings.mute_until.map(|until| UnixTime(i64::from(until))),
    }
}

/// What notification settings are about.
#[must_use]
pub fn notify_scope(scope: NotifyScope) -> enums::NotifyPeer {
    match scope {
        NotifyScope::Peer(peer) => types::NotifyPeer { peer: peers::peer(peer) }.into(),
        NotifyScope::Users => enums::NotifyPeer::NotifyUsers,
        NotifyScope::Chats => enums::NotifyPeer::NotifyChats,
        NotifyScope::Broadcasts => enums::NotifyPeer::NotifyBroadcasts,
    }
}

/// What notification settings are about, as a client says it.
///
/// # Errors
/// 400 `PEER_ID_INVALID`; also for forum topics, which are not offered.
pub async fn from_notify_scope(
    call: &Call,
    scope: &enums::InputNotifyPeer,
) -> Result<NotifyScope, RpcError> {
    match scope {
        enums::InputNotifyPeer::InputNotifyPeer(form) => {
            Ok(NotifyScope::Peer(peers::input_peer(call, &form.peer).await?))
        }
        enums::InputNotifyPeer::InputNotifyUsers => Ok(NotifyScope::Users),
        enums::InputNotifyPeer::InputNotifyChats => Ok(NotifyScope::Chats),
        enums::InputNotifyPeer::InputNotifyBroadcasts => Ok(NotifyScope::Broadcasts),
        enums::InputNotifyPeer::InputNotifyForumTopic(_)
        | enums::InputNotifyPeer::InputNotifyCommunity(_) => {
            Err(RpcError::bad_request("PEER_ID_INVALID"))
        }
    }
}

/// What the bar above a private chat offers.
#[must_use]
pub fn peer_settings(bar: &PeerBar) -> enums::PeerSettings {
    types::PeerSettings {
        report_spam: bar.report_spam,
        add_contact: bar.add_contact,
        block_contact: bar.block_contact,
        share_contact: bar.share_contact,
        ..Default::default()
    }
    .into()
}

/// What a privacy rule is about.
#[must_use]
pub const fn privacy_key(key: PrivacyKey) -> enums::PrivacyKey {
    match key {
        PrivacyKey::StatusTimestamp => enums::PrivacyKey::PrivacyKeyStatusTimestamp,
        PrivacyKey::ChatInvite => enums::PrivacyKey::PrivacyKeyChatInvite,
        PrivacyKey::PhoneCall => enums::PrivacyKey::PrivacyKeyPhoneCall,
        PrivacyKey::PhoneP2p => enums::PrivacyKey::PrivacyKeyPhoneP2P,
        PrivacyKey::Forwards => enums::PrivacyKey::PrivacyKeyForwards,
        PrivacyKey::ProfilePhoto => enums::PrivacyKey::PrivacyKeyProfilePhoto,
        PrivacyKey::PhoneNumber => enums::PrivacyKey::PrivacyKeyPhoneNumber,
        PrivacyKey::AddedByPhone => enums::PrivacyKey::PrivacyKeyAddedByPhone,
        PrivacyKey::VoiceMessages => enums::PrivacyKey::PrivacyKeyVoiceMessages,
        PrivacyKey::About => enums::PrivacyKey::PrivacyKeyAbout,
        PrivacyKey::Birthday => enums::PrivacyKey::PrivacyKeyBirthday,
    }
}

/// What a privacy rule is about, as a client says it.
///
/// # Errors
/// 400 `PRIVACY_KEY_INVALID` for what is not offered here (gifts, paid messages, music).
pub fn from_privacy_key(key: &enums::InputPrivacyKey) -> Result<PrivacyKey, RpcError> {
    use enums::InputPrivacyKey as Key;
    Ok(match key {
        Key::InputPrivacyKeyStatusTimestamp => PrivacyKey::StatusTimestamp,
        Key::InputPrivacyKeyChatInvite => PrivacyKey::ChatInvite,
        Key::InputPrivacyKeyPhoneCall => PrivacyKey::PhoneCall,
        Key::InputPrivacyKeyPhoneP2P => PrivacyKey::PhoneP2p,
        Key::InputPrivacyKeyForwards => PrivacyKey::Forwards,
        Key::InputPrivacyKeyProfilePhoto => PrivacyKey::ProfilePhoto,
        Key::InputPrivacyKeyPhoneNumber => PrivacyKey::PhoneNumber,
        Key::InputPrivacyKeyAddedByPhone => PrivacyKey::AddedByPhone,
        Key::InputPrivacyKeyVoiceMessages => PrivacyKey::VoiceMessages,
        Key::InputPrivacyKeyAbout => PrivacyKey::About,
        Key::InputPrivacyKeyBirthday => PrivacyKey::Birthday,
        Key::InputPrivacyKeyStarGiftsAutoSave
        | Key::InputPrivacyKeyNoPaidMessages
        | Key::InputPrivacyKeySavedMusic => {
            return Err(RpcError::bad_request("PRIVACY_KEY_INVALID"));
        }
    })
}

/// A privacy rule.
#[must_use]
pub fn privacy_rule(rule: &PrivacyRule) -> enums::PrivacyRule {
    let ids = |users: &[UserId]| users.iter().map(|user| user.0).collect();
    match rule {
        PrivacyRule::AllowUsers(users) => {
            types::PrivacyValueAllowUsers { users: ids(users) }.into()
        }
        PrivacyRule::DisallowUsers(users) => {
            types::PrivacyValueDisallowUsers { users: ids(users) }.into()
        }
        PrivacyRule::AllowChatMembers(chats) => {
            types::PrivacyValueAllowChatParticipants { chats: chats.clone() }.into()
        }
        PrivacyRule::DisallowChatMembers(chats) => {
            types::PrivacyValueDisallowChatParticipants { chats: chats.clone() }.into()
        }
        PrivacyRule::AllowContacts => enums::PrivacyRule::PrivacyValueAllowContacts,
        PrivacyRule::DisallowContacts => enums::PrivacyRule::PrivacyValueDisallowContacts,
        PrivacyRule::AllowAll => enums::PrivacyRule::PrivacyValueAllowAll,
        PrivacyRule::DisallowAll => enums::PrivacyRule::PrivacyValueDisallowAll,
        PrivacyRule::AllowCloseFriends => enums::PrivacyRule::PrivacyValueAllowCloseFriends,
    }
}

/// Privacy rules.
#[must_use]
pub fn privacy_rules(rules: &[PrivacyRule]) -> Vec<enums::PrivacyRule> {
    rules.iter().map(privacy_rule).collect()
}

/// The people that rules name.
pub fn named_users(rules: &[PrivacyRule]) -> impl Iterator<Item = UserId> + '_ {
    rules
        .iter()
        .flat_map(|rule| match rule {
            PrivacyRule::AllowUsers(users) | PrivacyRule::DisallowUsers(users) => users.as_slice(),
            _ => &[],
        })
        .copied()
}

/// A privacy rule, as a client sets it. `None` for rules about what does not exist here (bots, premium): they can't match anybody.
///
/// # Errors
/// 400 `USER_ID_INVALID`.
pub async fn from_privacy_rule(
    call: &Call,
    rule: &enums::InputPrivacyRule,
) -> Result<Option<PrivacyRule>, RpcError> {
    use enums::InputPrivacyRule as Rule;
    Ok(Some(match rule {
        Rule::InputPrivacyValueAllowUsers(rule) => {
            PrivacyRule::AllowUsers(peers::input_users(call, &rule.users).await?)
        }
        Rule::InputPrivacyValueDisallowUsers(rule) => {
            PrivacyRule::DisallowUsers(peers::input_users(call, &rule.users).await?)
        }
        Rule::InputPrivacyValueAllowChatParticipants(rule) => {
            PrivacyRule::AllowChatMembers(rule.chats.clone())
        }
        Rule::InputPrivacyValueDisallowChatParticipants(rule) => {
            PrivacyRule::DisallowChatMembers(rule.chats.clone())
        }
        Rule::InputPrivacyValueAllowContacts => PrivacyRule::AllowContacts,
        Rule::InputPrivacyValueDisallowContacts => PrivacyRule::DisallowContacts,
        Rule::InputPrivacyValueAllowAll => PrivacyRule::AllowAll,
        Rule::InputPrivacyValueDisallowAll => PrivacyRule::DisallowAll,
        Rule::InputPrivacyValueAllowCloseFriends => PrivacyRule::AllowCloseFriends,
        Rule::InputPrivacyValueAllowPremium
        | Rule::InputPrivacyValueAllowBots
        | Rule::InputPrivacyValueDisallowBots => return Ok(None),
    }))
}

/// `globalPrivacySettings`.
#[must_use]
pub fn global_privacy(settings: GlobalPrivacy) -> enums::GlobalPrivacySettings {
    types::GlobalPrivacySettings {
        archive_and_mute_new_noncontact_peers: settings.archive_and_mute_new_noncontact_peers,
        keep_archived_unmuted: settings.keep_archived_unmuted,
        keep_archived_folders: settings.keep_archived_folders,
        hide_read_marks: settings.hide_read_marks,
        ..Default::default()
    }
    .into()
}

/// `globalPrivacySettings`, as a client sets them.
#[must_use]
pub const fn from_global_privacy(settings: &enums::GlobalPrivacySettings) -> GlobalPrivacy {
    let enums::GlobalPrivacySettings::GlobalPrivacySettings(settings) = settings;
    GlobalPrivacy {
        archive_and_mute_new_noncontact_peers: settings.archive_and_mute_new_noncontact_peers,
        keep_archived_unmuted: settings.keep_archived_unmuted,
        keep_archived_folders: settings.keep_archived_folders,
        hide_read_marks: settings.hide_read_marks,
    }
}

/// A signed-in device. The caller's own has hash 0, as clients expect.
#[must_use]
pub fn authorization(view: &DeviceView, password_pending: bool) -> enums::Authorization {
    let device = &view.authorization;
    let client = &device.client;
    types::Authorization {
        current: view.current,
        password_pending,
        encrypted_requests_disabled: view.secret_chats_off,
        call_requests_disabled: view.calls_off,
        unconfirmed: view.unconfirmed,
        hash: if view.current { 0 } else { device.hash.0 },
        device_model: client.device_model.clone(),
        platform: String::new(),
        system_version: client.system_version.clone(),
        api_id: client.api_id,
        app_name: String::new(),
        app_version: client.app_version.clone(),
        date_created: date(device.created),
        date_active: date(device.active),
        ip: device.ip.clone(),
        country: String::new(),
        region: String::new(),
        official_app: false,
    }
    .into()
}
