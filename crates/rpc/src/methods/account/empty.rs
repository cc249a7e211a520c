//! Start-up questions about what is not offered: themes, wallpapers, emoji statuses, a browser of the client's own.

use tl_api::{enums, functions, types};

use crate::{Call, RpcError};

/// `account.getReactionsNotifySettings`: the defaults. They can't be changed yet.
pub(super) async fn reactions_notify_settings(
    _call: Call,
    _request: functions::account::GetReactionsNotifySettings,
) -> Result<enums::ReactionsNotifySettings, RpcError> {
    let everyone = Some(enums::ReactionNotificationsFrom::ReactionNotificationsFromAll);
    Ok(types::ReactionsNotifySettings {
        messages_notify_from: everyone.clone(),
        stories_notify_from: None,
        poll_votes_notify_from: everyone,
        sound: enums::NotificationSound::NotificationSoundDefault,
        show_previews: true,
    }
    .into())
}

/// `account.getChatThemes hash`: none.
pub(super) async fn chat_themes(
    _call: Call,
    _request: functions::account::GetChatThemes,
) -> Result<enums::account::Themes, RpcError> {
    Ok(types::account::Themes::default().into())
}

/// `account.getThemes format hash`: none.
pub(super) async fn themes(
    _call: Call,
    _request: functions::account::GetThemes,
) -> Result<enums::account::Themes, RpcError> {
    Ok(types::account::Themes::default().into())
}

/// `account.getDefaultEmojiStatuses hash`: none.
pub(super) async fn default_emoji_statuses(
    _call: Call,
    _request: functions::account::GetDefaultEmojiStatuses,
) -> Result<enums::account::EmojiStatuses, RpcError> {
    Ok(types::account::EmojiStatuses::default().into())
}

/// `account.getWallPapers hash`: none.
pub(super) async fn wall_papers(
    _call: Call,
    _request: functions::account::GetWallPapers,
) -> Result<enums::account::WallPapers, RpcError> {
    Ok(types::account::WallPapers::default().into())
}

/// `account.getWebBrowserSettings hash`: the defaults.
pub(super) async fn web_browser_settings(
    _call: Call,
    _request: functions::account::GetWebBrowserSettings,
) -> Result<enums::account::WebBrowserSettings, RpcError> {
    Ok(types::account::WebBrowserSettings::default().into())
}
