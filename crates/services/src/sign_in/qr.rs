//! Sign-in by QR: a new device shows a token, a signed-in one accepts it.

use std::collections::HashMap;

use model::account::Authorization;
use model::event::Ephemeral;
use model::{AuthKeyId, UnixTime, UserId};
use store::ports::Notice;

use super::authorize::{self, Device};
use crate::{Caller, Core, Error, Result};

/// How long a token may be shown, seconds.
const TOKEN_S: i64 = 30;
/// How long an accepted token waits for its device to come and hear of it, seconds.
const ACCEPTED_S: i64 = 300;

/// Tokens by their bytes.
#[derive(Default)]
pub(super) struct Tokens {
    tokens: HashMap<[u8; 32], Token>,
}

struct Token {
    device: Device,
    except: Vec<UserId>,
    expires: UnixTime,
    accepted: Option<UserId>,
}

/// What a device that shows a token hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Login {
    /// Show this until it ends.
    Token {
        /// When it ends.
        expires: UnixTime,
        /// What the QR code holds.
        token: Vec<u8>,
    },
    /// It was accepted: the device is signed in to this account.
    Success(UserId),
}

/// A token for a device to show, or the success of the one it showed. `except` are accounts that the device has already.
///
/// # Errors
/// [`Error::PasswordNeeded`] when the accepting account has a two-step password.
pub async fn export_token(core: &Core, device: Device, except: Vec<UserId>) -> Result<Login> {
    if let Some(user) = accepted(core, device.key, None)? {
        return finish(core, device, user).await;
    }
    let now = core.now();
    let expires = UnixTime(now.0 + TOKEN_S);
    let mut token = [0; 32];
    core.random.fill(&mut token);
    let tokens = &mut core.memory.sign_in.lock().tokens.tokens;
    tokens.retain(|_, old| old.expires > now && old.device.key != device.key);
    tokens.insert(token, Token { device, except, expires, accepted: None });
    Ok(Login::Token { expires, token: token.to_vec() })
}

/// Asks after a token that was exported to this device.
///
/// # Errors
/// [`Error::TokenInvalid`], [`Error::TokenExpired`]; [`Error::PasswordNeeded`].
pub async fn import_token(core: &Core, device: Device, token: &[u8]) -> Result<Login> {
    match accepted(core, device.key, Some(token))? {
        Some(user) => finish(core, device, user).await,
        None => Err(Error::TokenInvalid),
    }
}

/// The account that accepted the device's token.
fn accepted(core: &Core, key: AuthKeyId, bytes: Option<&[u8]>) -> Result<Option<UserId>> {
    let memory = core.memory.sign_in.lock();
    let mut mine = memory.tokens.tokens.iter().filter(|(_, token)| token.device.key == key);
    let found = match bytes {
        Some(bytes) => Some(
            mine.find(|(known, _)| crypto::ct_eq(known.as_slice(), bytes))
                .ok_or(Error::TokenInvalid)?,
        ),
        None => mine.next(),
    };
    let Some((_, token)) = found else { return Ok(None) };
    if token.expires <= core.now() {
        return if bytes.is_some() { Err(Error::TokenExpired) } else { Ok(None) };
    }
    Ok(token.accepted)
}

async fn finish(core: &Core, device: Device, user: UserId) -> Result<Login> {
    if super::pending_account(core, device.key) == Some(user) {
        return Err(Error::PasswordNeeded);
    }
    // It was signed in when the token was accepted, unless the owner has ended it since.
    let current = core.stores.keys.authorization(device.key).await?;
    core.memory.sign_in.lock().tokens.tokens.retain(|_, token| token.device.key != device.key);
    if current.is_some_and(|authorization| authorization.user == user) {
        Ok(Login::Success(user))
    } else {
        Err(Error::TokenExpired)
    }
}

/// Signs in the device that shows a token, in the caller's name. The flag of the answer says that it must still show the two-step password.
///
/// # Errors
/// [`Error::TokenInvalid`], [`Error::TokenExpired`], [`Error::TokenAccepted`], [`Error::TokenException`].
pub async fn accept_token(
    core: &Core,
    caller: Caller,
    token: &[u8],
) -> Result<(Authorization, bool)> {
    let bytes: [u8; 32] = token.try_into().map_err(|_| Error::TokenInvalid)?;
    let device = {
        let memory = &mut *core.memory.sign_in.lock();
        let token = memory.tokens.tokens.get_mut(&bytes).ok_or(Error::TokenInvalid)?;
        let now = core.now();
        if token.accepted.is_some() {
            return Err(Error::TokenAccepted);
        }
        if token.expires <= now {
            return Err(Error::TokenExpired);
        }
        if token.except.contains(&caller.user) {
            return Err(Error::TokenException);
        }
        token.accepted = Some(caller.user);
        token.expires = UnixTime(now.0 + ACCEPTED_S);
        token.device
    };
    let result = match authorize::sign_in_with(core, device, caller.user).await {
        Ok(authorization) => {
            super::unlock_account(core, caller.user).await?;
            (authorization, false)
        }
        Err(Error::PasswordNeeded) => (waiting_device(core, device, caller.user).await, true),
        Err(error) => return Err(error),
    };
    core.publish(Notice::EphemeralToKey { key: device.key, event: Ephemeral::LoginToken });
    Ok(result)
}

/// A device that is not signed in yet, as the accepting one is shown it.
async fn waiting_device(core: &Core, device: Device, user: UserId) -> Authorization {
    let now = core.now();
    let client = core.stores.keys.client_info(device.key).await.unwrap_or_default();
    Authorization {
        key: device.key,
        user,
        client,
        ip: device.ip.to_string(),
        created: now,
        active: now,
        ..Authorization::default()
    }
}
