//! Signed-in devices: listed, ended, looked after.

use model::account::Authorization;
use model::{AuthKeyId, AuthorizationHash, UnixTime, UserId};
use serde_json::{Map, Value, json};
use store::ports::Notice;

use crate::sign_in::current_device;
use crate::{Caller, Core, Error, Result, presence, secret, settings};

/// For how long a new device may neither end older ones nor change what protects the account, seconds.
const FRESH_S: i64 = 24 * 3600;
/// Idle time after which a device is signed out, days, unless its owner chose another.
pub const DEFAULT_TTL_DAYS: i32 = 180;
/// Settings of devices, by hash.
const DEVICE_SETTINGS: &str = "devices";
/// The owner's choice of [`DEFAULT_TTL_DAYS`].
const TTL_DAYS: &str = "authorization_ttl_days";

/// A device as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of authorization")]
pub struct DeviceView {
    /// The authorization.
    pub authorization: Authorization,
    /// The caller's own.
    pub current: bool,
    /// New, and not yet confirmed by an older one.
    pub unconfirmed: bool,
    /// Takes no secret chats.
    pub secret_chats_off: bool,
    /// Takes no calls.
    pub calls_off: bool,
}

/// What may be chosen for one device; `None` leaves it.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeviceChange {
    /// The owner knows this device.
    pub confirmed: bool,
    /// Takes no secret chats.
    pub secret_chats_off: Option<bool>,
    /// Takes no calls.
    pub calls_off: Option<bool>,
}

/// All devices of the caller's account. Those idle for longer than the owner allows are signed out first.
///
/// # Errors
/// Those of the store.
pub async fn list(core: &Core, caller: Caller) -> Result<Vec<DeviceView>> {
    end_idle(core, caller).await?;
    let all = core.stores.keys.authorizations(caller.user).await?;
    let choices = settings::json(core, caller.user, DEVICE_SETTINGS).await?;
    let oldest = all.iter().map(|device| device.created).min().unwrap_or_default();
    let now = core.now();
    Ok(all
        .into_iter()
        .map(|authorization| {
            let own = choices.get(authorization.hash.0.to_string()).unwrap_or(&Value::Null);
            let is_on = |name: &str| settings::is_on(own, name);
            let is_fresh =
                authorization.created > oldest && now.0 - authorization.created.0 < FRESH_S;
            DeviceView {
                current: authorization.key == caller.key,
                unconfirmed: is_fresh && !is_on("confirmed"),
                secret_chats_off: is_on("secret_chats_off"),
                calls_off: is_on("calls_off"),
                authorization,
            }
        })
        .collect())
}

/// Changes the choices for one device. 0 is the caller's own.
///
/// # Errors
/// [`Error::HashInvalid`]; a device can't confirm itself ([`Error::HashInvalid`] too).
pub async fn change(
    core: &Core,
    caller: Caller,
    hash: AuthorizationHash,
    change: DeviceChange,
) -> Result<()> {
    let all = core.stores.keys.authorizations(caller.user).await?;
    let device = all
        .iter()
        .find(|device| device.hash == hash || hash.0 == 0 && device.key == caller.key)
        .ok_or(Error::HashInvalid)?;
    if change.confirmed && device.key == caller.key {
        return Err(Error::HashInvalid);
    }
    let name = device.hash.0.to_string();
    let mut choices = match settings::json(core, caller.user, DEVICE_SETTINGS).await? {
        Value::Object(choices) => choices,
        _ => Map::new(),
    };
    // Choices for devices that are gone are dropped on the way.
    choices.retain(|kept, _| all.iter().any(|device| device.hash.0.to_string() == *kept));
    let mut own = match choices.remove(&name) {
        Some(Value::Object(own)) => own,
        _ => Map::new(),
    };
    let confirmed = change.confirmed.then_some(true);
    let changes = [
        ("confirmed", confirmed),
        ("secret_chats_off", change.secret_chats_off),
        ("calls_off", change.calls_off),
    ];
    for (what, value) in changes {
        if let Some(value) = value {
            own.insert(what.to_owned(), Value::Bool(value));
        }
    }
    choices.insert(name, Value::Object(own));
    settings::set_json(core, caller.user, DEVICE_SETTINGS, &Value::Object(choices)).await
}

/// Ends another device.
///
/// # Errors
/// [`Error::HashInvalid`]; [`Error::FreshAuthorization`] from a new device towards an older one.
pub async fn end(core: &Core, caller: Caller, hash: AuthorizationHash) -> Result<()> {
    let all = core.stores.keys.authorizations(caller.user).await?;
    let device = all
        .iter()
        .find(|device| device.hash == hash && device.key != caller.key)
        .ok_or(Error::HashInvalid)?;
    check_may_end(core, caller, &all, device)?;
    revoke(core, device).await
}

/// Ends all other devices.
///
/// # Errors
/// [`Error::FreshAuthorization`] from a new device if there is an older one.
pub async fn end_others(core: &Core, caller: Caller) -> Result<()> {
    let all = core.stores.keys.authorizations(caller.user).await?;
    let others: Vec<&Authorization> =
        all.iter().filter(|device| device.key != caller.key).collect();
    for device in &others {
        check_may_end(core, caller, &all, device)?;
    }
    for device in others {
        revoke(core, device).await?;
    }
    Ok(())
}

fn check_may_end(
    core: &Core,
    caller: Caller,
    all: &[Authorization],
    device: &Authorization,
) -> Result<()> {
    let own = all.iter().find(|own| own.key == caller.key).ok_or(Error::Unauthorized)?;
    match fresh_for(own, core.now()) {
        Some(seconds) if device.created < own.created => Err(Error::FreshAuthorization(seconds)),
        _ => Ok(()),
    }
}

fn fresh_for(device: &Authorization, now: UnixTime) -> Option<u32> {
    u32::try_from(device.created.0 + FRESH_S - now.0).ok().filter(|seconds| *seconds > 0)
}

/// For how many seconds the caller's device is too new to change what protects the account. The oldest device never is.
///
/// # Errors
/// Those of the store.
pub async fn too_fresh_for(core: &Core, caller: Caller) -> Result<Option<u32>> {
    let all = core.stores.keys.authorizations(caller.user).await?;
    let own = all.iter().find(|own| own.key == caller.key).ok_or(Error::Unauthorized)?;
    let is_oldest = all.iter().all(|device| device.created >= own.created);
    Ok(if is_oldest { None } else { fresh_for(own, core.now()) })
}

/// Whether a device of the account takes secret chats.
pub(crate) async fn takes_secret_chats(core: &Core, user: UserId, key: AuthKeyId) -> Result<bool> {
    let choices = settings::json(core, user, DEVICE_SETTINGS).await?;
    if !choices.is_object() {
        return Ok(true);
    }
    let Some(device) = core.stores.keys.authorization(key).await? else { return Ok(true) };
    let own = choices.get(device.hash.0.to_string()).unwrap_or(&Value::Null);
    Ok(!settings::is_on(own, "secret_chats_off"))
}

/// Signs a device out: its key stays, and gets nothing more in the account's name. Its secret chats are over.
pub(crate) async fn revoke(core: &Core, device: &Authorization) -> Result<()> {
    secret::close_device(core, device.key).await?;
    match core.stores.keys.revoke_authorization(device.user, device.hash).await {
        Ok(key) => core.publish(Notice::KeyRevoked { key }),
        // Another device was faster.
        Err(store::Error::NotFound) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    presence::forget_device(core, device.user, device.key).await
}

/// Signs the caller's own device out. Its connections stay, for the answer and for a new sign-in.
///
/// # Errors
/// Those of the store.
pub async fn log_out(core: &Core, caller: Caller) -> Result<()> {
    let own = current_device(core, caller.key).await?;
    revoke(core, &own).await
}

/// Destroys a key at the wish of whoever holds it, with the authorization it had. The secret chats of the device are over, as when it
/// is signed out; of a temporary key, only the key itself goes. Answers whether there was such a key.
///
/// # Errors
/// Those of the store.
pub async fn destroy_key(core: &Core, key: AuthKeyId) -> Result<bool> {
    let device = core.stores.keys.authorization(key).await?;
    secret::close_device(core, key).await?;
    match core.stores.keys.destroy_key(key).await {
        Ok(_) => {}
        Err(store::Error::NotFound) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    if let Some(device) = device {
        presence::forget_device(core, device.user, device.key).await?;
    }
    Ok(true)
}

/// Forgets the temporary keys of a permanent one, but for `except`.
///
/// # Errors
/// Those of the store.
pub async fn drop_temporary_keys(core: &Core, key: AuthKeyId, except: &[AuthKeyId]) -> Result<()> {
    for dropped in core.stores.keys.drop_temp_keys(key, except).await? {
        core.publish(Notice::KeyRevoked { key: dropped });
    }
    Ok(())
}

/// The idle time after which the account's devices are signed out, days.
///
/// # Errors
/// Those of the store.
pub async fn ttl_days(core: &Core, caller: Caller) -> Result<i32> {
    let stored = settings::json(core, caller.user, TTL_DAYS).await?;
    Ok(stored.as_i64().and_then(|days| i32::try_from(days).ok()).unwrap_or(DEFAULT_TTL_DAYS))
}

/// Sets it: 1 to 366 days. Devices that were idle for longer are signed out at once, so a new one may not.
///
/// # Errors
/// [`Error::TtlInvalid`]; [`Error::FreshAuthorization`] from a new device.
pub async fn set_ttl_days(core: &Core, caller: Caller, days: i32) -> Result<()> {
    if !(1..=366).contains(&days) {
        return Err(Error::TtlInvalid);
    }
    if let Some(seconds) = too_fresh_for(core, caller).await? {
        return Err(Error::FreshAuthorization(seconds));
    }
    settings::set_json(core, caller.user, TTL_DAYS, &json!(days)).await?;
    end_idle(core, caller).await
}

/// Signs out the account's devices that were idle for too long, never the caller's.
async fn end_idle(core: &Core, caller: Caller) -> Result<()> {
    let limit_s = i64::from(ttl_days(core, caller).await?) * 24 * 3600;
    let now = core.now();
    for device in core.stores.keys.authorizations(caller.user).await? {
        if device.key != caller.key && device.active.0 + limit_s < now.0 {
            revoke(core, &device).await?;
        }
    }
    Ok(())
}

/// Who is signed in with a key that has just connected: a device that was idle for longer than its owner allows is
/// signed out instead.
///
/// # Errors
/// Those of the store.
pub async fn resume(core: &Core, key: AuthKeyId) -> Result<Option<Authorization>> {
    let Some(device) = core.stores.keys.authorization(key).await? else { return Ok(None) };
    let caller = Caller { user: device.user, key, session: 0 };
    let limit_s = i64::from(ttl_days(core, caller).await?) * 24 * 3600;
    if device.active.0 + limit_s < core.now().0 {
        revoke(core, &device).await?;
        return Ok(None);
    }
    Ok(Some(device))
}
