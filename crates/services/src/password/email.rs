//! Confirming the recovery address.

use model::account::Password;
use model::{UnixTime, UserId};
use zeroize::Zeroizing;

use super::settings;
use crate::rate_limit::{self, Limit, Subject};
use crate::{Caller, Core, Error, Result, sign_in};

/// Digits of a code sent by e-mail.
const DIGITS: usize = 6;
/// How long it waits, seconds.
const CODE_S: i64 = 3600;
/// Wrong guesses that end it.
const TRIES: u8 = 5;

/// An address that waits to be confirmed, with the password that comes into force then.
pub(super) struct Unconfirmed {
    address: String,
    password: Password,
    code: Zeroizing<String>,
    expires: UnixTime,
    wrong: u8,
}

/// Sends a code to a new address.
///
/// # Errors
/// [`Error::EmailUnconfirmed`] when it was sent: this is how the protocol says so. [`Error::EmailInvalid`];
/// [`Error::EmailUnavailable`] if the server sends no e-mail.
pub(super) async fn ask_to_confirm(
    core: &Core,
    user: UserId,
    address: String,
    password: Password,
) -> Result<()> {
    if !crate::mail::is_address(&address) {
        return Err(Error::EmailInvalid);
    }
    let code = Zeroizing::new(sign_in::random_digits(core.random.as_ref(), DIGITS));
    send(core, user, &address, &code).await?;
    let expires = UnixTime(core.now().0 + CODE_S);
    core.memory
        .password
        .lock()
        .emails
        .insert(user, Unconfirmed { address, password, code, expires, wrong: 0 });
    Err(Error::EmailUnconfirmed { code_length: i32::try_from(DIGITS).unwrap_or(6) })
}

async fn send(core: &Core, user: UserId, address: &str, code: &str) -> Result<()> {
    let mailer = core.mailer.as_ref().ok_or(Error::EmailUnavailable)?;
    rate_limit::check(core, Limit::Email, Subject::User(user))?;
    let text = format!(
        "Your code to confirm this address is {code}.\n\nIt lets this address recover the password of an account.\n"
    );
    mailer.send(address, "Confirm your address", &text).await.map_err(|error| {
        tracing::warn!(%error, "a confirmation could not be sent by e-mail");
        Error::EmailUnavailable
    })
}

/// Confirms the address by its code.
///
/// # Errors
/// [`Error::RecoveryCodeInvalid`]; [`Error::EmailCodeExpired`].
pub async fn confirm_email(core: &Core, caller: Caller, code: &str) -> Result<()> {
    let password = {
        let emails = &mut core.memory.password.lock().emails;
        let waiting = emails
            .get_mut(&caller.user)
            .filter(|waiting| waiting.expires > core.now())
            .ok_or(Error::EmailCodeExpired)?;
        if !crypto::ct_eq(waiting.code.as_bytes(), code.trim().as_bytes()) {
            waiting.wrong += 1;
            if waiting.wrong >= TRIES {
                emails.remove(&caller.user);
            }
            return Err(Error::RecoveryCodeInvalid);
        }
        Password { recovery_email: Some(waiting.address.clone()), ..waiting.password.clone() }
    };
    settings::store(core, caller.user, Some(password)).await
}

/// Sends the code again.
///
/// # Errors
/// [`Error::EmailCodeExpired`] if none waits.
pub async fn resend_email(core: &Core, caller: Caller) -> Result<()> {
    let waiting = core
        .memory
        .password
        .lock()
        .emails
        .get(&caller.user)
        .map(|waiting| (waiting.address.clone(), waiting.code.clone()));
    let (address, code) = waiting.ok_or(Error::EmailCodeExpired)?;
    send(core, caller.user, &address, &code).await
}

/// Gives the new address up, and the password that waited with it.
///
/// # Errors
/// [`Error::EmailCodeExpired`] if none waits.
pub fn cancel_email(core: &Core, caller: Caller) -> Result<()> {
    core.memory.password.lock().emails.remove(&caller.user).map(drop).ok_or(Error::EmailCodeExpired)
}

/// The address that waits, masked.
pub(super) fn unconfirmed_pattern(core: &Core, user: UserId) -> Option<String> {
    let memory = core.memory.password.lock();
    let waiting = memory.emails.get(&user).filter(|waiting| waiting.expires > core.now())?;
    Some(crate::mail::pattern(&waiting.address))
}
