//! The account, its devices and settings.

mod cancel_password_email;
mod change_authorization_settings;
mod change_phone;
mod check_username;
mod confirm_password_email;
mod decline_password_reset;
mod delete_account;
mod empty;
mod get_account_ttl;
mod get_authorizations;
mod get_auto_download_settings;
mod get_contact_sign_up_notification;
mod get_content_settings;
mod get_global_privacy_settings;
mod get_notify_exceptions;
mod get_notify_settings;
mod get_password;
mod get_password_settings;
mod get_privacy;
mod register_device;
mod resend_password_email;
mod reset_authorization;
mod reset_notify_settings;
mod reset_password;
mod send_change_phone_code;
mod set_account_ttl;
mod set_authorization_ttl;
mod set_contact_sign_up_notification;
mod set_content_settings;
mod set_global_privacy_settings;
mod set_privacy;
mod unregister_device;
mod update_notify_settings;
mod update_password_settings;
mod update_profile;
mod update_status;
mod update_username;

use model::Peer;
use model::account::PrivacyRule;
use services::views::{self, PeerSet};
use tl_api::functions::account as f;
use tl_api::{enums, types};

use crate::convert::{fetch_related, settings, users};
use crate::dispatch::{Entry, Spec, entry};
use crate::{Call, RpcError};

pub(super) fn entries() -> Vec<Entry> {
    vec![
        entry!(Spec::ANYONE, f::GetPassword, get_password::handle),
        entry!(Spec::SIGNED_IN, f::GetPasswordSettings, get_password_settings::handle),
        entry!(Spec::SIGNED_IN, f::UpdatePasswordSettings, update_password_settings::handle),
        entry!(Spec::SIGNED_IN, f::ConfirmPasswordEmail, confirm_password_email::handle),
        entry!(Spec::SIGNED_IN, f::ResendPasswordEmail, resend_password_email::handle),
        entry!(Spec::SIGNED_IN, f::CancelPasswordEmail, cancel_password_email::handle),
        entry!(Spec::SIGNED_IN, f::ResetPassword, reset_password::handle),
        entry!(Spec::SIGNED_IN, f::DeclinePasswordReset, decline_password_reset::handle),
        entry!(Spec::SIGNED_IN, f::GetAuthorizations, get_authorizations::handle),
        entry!(Spec::SIGNED_IN, f::ResetAuthorization, reset_authorization::handle),
        entry!(
            Spec::SIGNED_IN,
            f::ChangeAuthorizationSettings,
            change_authorization_settings::handle
        ),
        entry!(Spec::SIGNED_IN, f::SetAuthorizationTTL, set_authorization_ttl::handle),
        entry!(Spec::SIGNED_IN, f::GetAccountTTL, get_account_ttl::handle),
        entry!(Spec::SIGNED_IN, f::SetAccountTTL, set_account_ttl::handle),
        entry!(Spec::SIGNED_IN, f::DeleteAccount, delete_account::handle),
        entry!(Spec::SIGNED_IN, f::SendChangePhoneCode, send_change_phone_code::handle),
        entry!(Spec::SIGNED_IN, f::ChangePhone, change_phone::handle),
        entry!(Spec::SIGNED_IN, f::UpdateStatus, update_status::handle),
        entry!(Spec::SIGNED_IN, f::UpdateProfile, update_profile::handle),
        entry!(Spec::SIGNED_IN, f::CheckUsername, check_username::handle),
        entry!(Spec::SIGNED_IN, f::UpdateUsername, update_username::handle),
        entry!(Spec::SIGNED_IN, f::RegisterDevice, register_device::handle),
        entry!(Spec::SIGNED_IN, f::UnregisterDevice, unregister_device::handle),
        entry!(Spec::SIGNED_IN, f::GetNotifySettings, get_notify_settings::handle),
        entry!(Spec::SIGNED_IN, f::UpdateNotifySettings, update_notify_settings::handle),
        entry!(Spec::SIGNED_IN, f::ResetNotifySettings, reset_notify_settings::handle),
        entry!(Spec::SIGNED_IN, f::GetNotifyExceptions, get_notify_exceptions::handle),
        entry!(Spec::SIGNED_IN, f::GetPrivacy, get_privacy::handle),
        entry!(Spec::SIGNED_IN, f::SetPrivacy, set_privacy::handle),
        entry!(Spec::SIGNED_IN, f::GetContentSettings, get_content_settings::handle),
        entry!(Spec::SIGNED_IN, f::SetContentSettings, set_content_settings::handle),
        entry!(Spec::SIGNED_IN, f::GetGlobalPrivacySettings, get_global_privacy_settings::handle),
        entry!(Spec::SIGNED_IN, f::SetGlobalPrivacySettings, set_global_privacy_settings::handle),
        entry!(
            Spec::SIGNED_IN,
            f::GetContactSignUpNotification,
            get_contact_sign_up_notification::handle
        ),
        entry!(
            Spec::SIGNED_IN,
            f::SetContactSignUpNotification,
            set_contact_sign_up_notification::handle
        ),
        entry!(Spec::SIGNED_IN, f::GetAutoDownloadSettings, get_auto_download_settings::handle),
        // What is not offered gets the official empty answer.
        entry!(Spec::SIGNED_IN, f::GetReactionsNotifySettings, empty::reactions_notify_settings),
        entry!(Spec::SIGNED_IN, f::GetChatThemes, empty::chat_themes),
        entry!(Spec::SIGNED_IN, f::GetThemes, empty::themes),
        entry!(Spec::SIGNED_IN, f::GetDefaultEmojiStatuses, empty::default_emoji_statuses),
        entry!(Spec::SIGNED_IN, f::GetWallPapers, empty::wall_papers),
        entry!(Spec::SIGNED_IN, f::GetWebBrowserSettings, empty::web_browser_settings),
    ]
}

/// The caller, as they see themselves.
async fn own_user(call: &Call) -> Result<enums::User, RpcError> {
    let user = call.signed_in()?.user;
    Ok(users::user(&views::user(&call.core, user, user).await?, call.connection.dc))
}

/// `account.privacyRules` with everyone they name.
async fn privacy_rules(
    call: &Call,
    rules: &[PrivacyRule],
) -> Result<enums::account::PrivacyRules, RpcError> {
    let viewer = call.signed_in()?.user;
    let mut named: PeerSet = settings::named_users(rules).map(Peer::User).collect();
    for peer in services::privacy::named_chats(&call.core, viewer, rules).await? {
        named.add_peer(peer);
    }
    let (users, chats) = fetch_related(&call.core, viewer, &named, call.connection.dc).await?;
    Ok(types::account::PrivacyRules { rules: settings::privacy_rules(rules), chats, users }.into())
}
