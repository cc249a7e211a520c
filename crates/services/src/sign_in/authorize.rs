//! The moment a key becomes a signed-in device, and what the account's other devices hear of it.

use std::net::IpAddr;

use model::account::Authorization;
use model::event::AccountEvent;
use model::{AuthKeyId, AuthorizationHash, UnixTime, UserId};
use store::ports::Notice;

use super::{PASSWORD_WAIT_S, delivery};
use crate::{Core, Error, Result, account_events, password};

/// A device that is not signed in yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its permanent key.
    pub key: AuthKeyId,
    /// Its address.
    pub ip: IpAddr,
}

/// Signs a device in to an account whose first factor it has shown.
///
/// # Errors
/// [`Error::PasswordNeeded`] if the account has a two-step password: the device is remembered until it shows it.
pub async fn sign_in_with(core: &Core, device: Device, user: UserId) -> Result<Authorization> {
    if password::current(core, user).await?.is_some() {
        let now = core.now();
        let pending = &mut core.memory.sign_in.lock().pending;
        pending.retain(|_, (_, until)| *until > now);
        pending.insert(device.key, (user, UnixTime(now.0 + PASSWORD_WAIT_S)));
        return Err(Error::PasswordNeeded);
    }
    authorize(core, device, user, true).await
}

/// Signs a device in. With `announce`, the account's other devices are told.
pub(super) async fn authorize(
    core: &Core,
    device: Device,
    user: UserId,
    announce: bool,
) -> Result<Authorization> {
    let now = core.now();
    let before = core.stores.keys.authorizations(user).await?;
    let others = before.iter().any(|other| other.key != device.key);
    let authorization = Authorization {
        hash: AuthorizationHash(fresh_hash(core)),
        key: device.key,
        user,
        client: core.stores.keys.client_info(device.key).await.unwrap_or_default(),
        ip: device.ip.to_canonical().to_string(),
        created: now,
        active: now,
    };
    let former = core.stores.keys.authorization(device.key).await?;
    core.stores.keys.authorize(authorization.clone()).await?;
    if former.is_some_and(|former| former.user != user) {
        crate::secret::close_device(core, device.key).await?;
        // Whoever remembers the key's former account has to look again.
        core.publish(Notice::KeyRevoked { key: device.key });
    }
    if announce && others {
        tell_others(core, &authorization).await?;
    }
    Ok(authorization)
}

/// Never 0, which means "this device" to clients.
fn fresh_hash(core: &Core) -> i64 {
    loop {
        let hash = core.random.number();
        if hash != 0 {
            return hash;
        }
    }
}

async fn tell_others(core: &Core, device: &Authorization) -> Result<()> {
    let name = device_name(device);
    let event = AccountEvent::NewAuthorization {
        hash: device.hash,
        date: device.created,
        device: name.clone(),
        location: device.ip.clone(),
        unconfirmed: true,
    };
    account_events::record(core, vec![(device.user, event)], None).await?;
    let text = format!(
        "New sign-in.\n\nA device has just signed in to your account.\nDevice: {name}\nAddress: {}\n\n\
         If it was not you, end that session in Settings, Devices, and set a two-step password.",
        device.ip
    );
    delivery::service_message(core, device.user, text).await
}

/// What a client says of itself, on one line.
fn device_name(device: &Authorization) -> String {
    let client = &device.client;
    let parts = [&client.device_model, &client.system_version, &client.app_version];
    let named: Vec<&str> =
        parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect();
    if named.is_empty() { "unknown".to_owned() } else { named.join(", ") }
}

/// The authorization behind a caller.
///
/// # Errors
/// [`Error::Unauthorized`].
pub(crate) async fn current(core: &Core, key: AuthKeyId) -> Result<Authorization> {
    core.stores.keys.authorization(key).await?.ok_or(Error::Unauthorized)
}
