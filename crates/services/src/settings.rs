//! Small settings of an account: notifications, and what clients merely want kept.

use model::account::{NotifyScope, NotifySettings};
use model::event::AccountEvent;
use model::{Peer, UserId};
use serde_json::{Value, json};

use crate::{Caller, Core, Error, Result, account_events, dialogs};

/// Sensitive content is shown.
pub const SENSITIVE_CONTENT: &str = "sensitive_content";
/// "X joined" comes without a sound.
pub const CONTACT_SIGN_UP_SILENT: &str = "contact_sign_up_silent";
/// Frequent contacts are not collected.
pub const TOP_PEERS_OFF: &str = "top_peers_off";
/// Push tokens of devices.
const PUSH_TOKENS: &str = "push_tokens";
/// `globalPrivacySettings`.
const GLOBAL_PRIVACY: &str = "global_privacy";
/// Push tokens kept for an account.
const PUSH_TOKENS_KEPT: usize = 100;

/// A setting that is on or off; off if never set.
///
/// # Errors
/// Those of the store.
pub async fn flag(core: &Core, user: UserId, name: &str) -> Result<bool> {
    Ok(core.stores.accounts.setting(user, name).await?.is_some())
}

/// Switches a setting.
///
/// # Errors
/// Those of the store.
pub async fn set_flag(core: &Core, user: UserId, name: &str, on: bool) -> Result<()> {
    Ok(core.stores.accounts.set_setting(user, name, on.then(|| vec![1])).await?)
}

/// A setting kept as JSON; null if never set.
pub(crate) async fn json(core: &Core, user: UserId, name: &str) -> Result<Value> {
    let Some(bytes) = core.stores.accounts.setting(user, name).await? else {
        return Ok(Value::Null);
    };
    serde_json::from_slice(&bytes)
        .map_err(|_| Error::Internal(format!("the setting {name} is unreadable")))
}

/// A switch inside a setting kept as JSON.
pub(crate) fn is_on(value: &Value, name: &str) -> bool {
    value.get(name).and_then(Value::as_bool).unwrap_or(false)
}

pub(crate) async fn set_json(core: &Core, user: UserId, name: &str, value: &Value) -> Result<()> {
    Ok(core.stores.accounts.set_setting(user, name, Some(value.to_string().into_bytes())).await?)
}

/// `globalPrivacySettings`, as far as they mean something here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    clippy::struct_excessive_bools,
    reason = "the flags of globalPrivacySettings"
)]
pub struct GlobalPrivacy {
    pub archive_and_mute_new_noncontact_peers: bool,
    pub keep_archived_unmuted: bool,
    pub keep_archived_folders: bool,
    pub hide_read_marks: bool,
}

/// The account's global privacy settings.
///
/// # Errors
/// Those of the store.
pub async fn global_privacy(core: &Core, user: UserId) -> Result<GlobalPrivacy> {
    let stored = json(core, user, GLOBAL_PRIVACY).await?;
    let is_on = |name: &str| is_on(&stored, name);
    Ok(GlobalPrivacy {
        archive_and_mute_new_noncontact_peers: is_on("archive"),
        keep_archived_unmuted: is_on("keep_unmuted"),
        keep_archived_folders: is_on("keep_folders"),
        hide_read_marks: is_on("hide_read"),
    })
}

/// Sets them.
///
/// # Errors
/// Those of the store.
pub async fn set_global_privacy(core: &Core, user: UserId, new: GlobalPrivacy) -> Result<()> {
    let value = json!({
        "archive": new.archive_and_mute_new_noncontact_peers,
        "keep_unmuted": new.keep_archived_unmuted,
        "keep_folders": new.keep_archived_folders,
        "hide_read": new.hide_read_marks,
    });
    set_json(core, user, GLOBAL_PRIVACY, &value).await
}

/// A push token that a device registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushToken {
    /// The push service, by the protocol's number.
    pub kind: i32,
    /// The token.
    pub token: String,
    /// Of a test build.
    pub sandbox: bool,
    /// No pushes for muted chats.
    pub no_muted: bool,
}

/// Keeps a push token for the caller's device. Nothing is sent to push services yet.
///
/// # Errors
/// [`Error::TokenInvalid`] for an empty or overlong token.
pub async fn register_push_token(core: &Core, caller: Caller, token: PushToken) -> Result<()> {
    if token.token.is_empty() || token.token.len() > 4096 {
        return Err(Error::TokenInvalid);
    }
    let mut tokens = push_tokens(core, caller.user).await?;
    tokens.retain(|old| names(old) != (Some(i64::from(token.kind)), Some(&token.token)));
    tokens.push(json!({
        "kind": token.kind,
        "token": token.token,
        "sandbox": token.sandbox,
        "no_muted": token.no_muted,
        "key": caller.key.0.to_string(),
    }));
    let surplus = tokens.len().saturating_sub(PUSH_TOKENS_KEPT);
    tokens.drain(..surplus);
    set_json(core, caller.user, PUSH_TOKENS, &Value::Array(tokens)).await
}

/// Forgets a push token. Whether it was known.
///
/// # Errors
/// Those of the store.
pub async fn unregister_push_token(
    core: &Core,
    caller: Caller,
    kind: i32,
    token: &str,
) -> Result<bool> {
    let mut tokens = push_tokens(core, caller.user).await?;
    let before = tokens.len();
    tokens.retain(|old| names(old) != (Some(i64::from(kind)), Some(token)));
    if tokens.len() == before {
        return Ok(false);
    }
    set_json(core, caller.user, PUSH_TOKENS, &Value::Array(tokens)).await?;
    Ok(true)
}

/// What a stored push token is known by.
fn names(stored: &Value) -> (Option<i64>, Option<&str>) {
    (stored.get("kind").and_then(Value::as_i64), stored.get("token").and_then(Value::as_str))
}

async fn push_tokens(core: &Core, user: UserId) -> Result<Vec<Value>> {
    Ok(match json(core, user, PUSH_TOKENS).await? {
        Value::Array(tokens) => tokens,
        _ => Vec::new(),
    })
}

/// Notification settings of a scope.
///
/// # Errors
/// Those of the store.
pub(crate) async fn notify(
    core: &Core,
    user: UserId,
    scope: NotifyScope,
) -> Result<NotifySettings> {
    Ok(core.stores.accounts.notify_settings(user, scope).await?)
}

/// The same for somebody who names a chat.
///
/// # Errors
/// `ChatInvalid`, `ChannelPrivate` and their kin for a chat that is not the caller's.
pub async fn notify_of(core: &Core, caller: Caller, scope: NotifyScope) -> Result<NotifySettings> {
    if let NotifyScope::Peer(peer) = scope {
        dialogs::check_readable(core, caller, peer).await?;
    }
    notify(core, caller.user, scope).await
}

/// Sets notification settings, and tells the other devices.
///
/// # Errors
/// `ChatInvalid`, `ChannelPrivate` and their kin for a chat that is not the caller's.
pub async fn set_notify(
    core: &Core,
    caller: Caller,
    scope: NotifyScope,
    settings: NotifySettings,
) -> Result<()> {
    if let NotifyScope::Peer(peer) = scope {
        dialogs::check_readable(core, caller, peer).await?;
    }
    core.stores.accounts.set_notify_settings(caller.user, scope, settings.clone()).await?;
    account_events::record(
        core,
        vec![(caller.user, AccountEvent::NotifySettings { scope, settings })],
        caller.origin(),
    )
    .await
}

/// Back to the defaults everywhere.
///
/// # Errors
/// Those of the store.
pub async fn reset_notify(core: &Core, caller: Caller) -> Result<()> {
    let before = notify_exceptions(core, caller.user).await?;
    core.stores.accounts.reset_notify_settings(caller.user).await?;
    let scopes = before.into_iter().map(|(peer, _)| NotifyScope::Peer(peer));
    let scopes = scopes.chain([NotifyScope::Users, NotifyScope::Chats, NotifyScope::Broadcasts]);
    let events = scopes.map(|scope| {
        (caller.user, AccountEvent::NotifySettings { scope, settings: NotifySettings::default() })
    });
    account_events::record(core, events.collect(), caller.origin()).await
}

/// Chats whose notification settings differ from those of their kind.
///
/// # Errors
/// Those of the store.
pub async fn notify_exceptions(core: &Core, user: UserId) -> Result<Vec<(Peer, NotifySettings)>> {
    let mut exceptions = Vec::new();
    for peer in core.stores.dialogs.dialog_peers(user).await? {
        let settings = core.stores.accounts.notify_settings(user, NotifyScope::Peer(peer)).await?;
        if settings != NotifySettings::default() {
            exceptions.push((peer, settings));
        }
    }
    Ok(exceptions)
}
