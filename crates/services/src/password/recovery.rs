//! Recovering a forgotten password by e-mail.

use model::{UnixTime, UserId};
use zeroize::Zeroizing;

use super::{NewPassword, WRONG_A_DAY, current, settings};
use crate::guesses::Guess;
use crate::rate_limit::{self, Limit, Subject};
use crate::sign_in::Device;
use crate::{Core, Error, Result, sign_in};

/// Digits of a recovery code.
const DIGITS: usize = 8;
/// How long it waits, seconds.
const CODE_S: i64 = 900;

/// A recovery code that waits.
pub(super) struct Recovery {
    code: Zeroizing<String>,
    expires: UnixTime,
}

/// Sends a recovery code to the confirmed address. Answers the address, masked.
///
/// # Errors
/// [`Error::PasswordEmpty`]; [`Error::RecoveryUnavailable`] without an address, or if the server sends no e-mail.
pub async fn request_recovery(core: &Core, user: UserId) -> Result<String> {
    let password = current(core, user).await?.ok_or(Error::PasswordEmpty)?;
    let address = password.recovery_email.ok_or(Error::RecoveryUnavailable)?;
    let mailer = core.mailer.as_ref().ok_or(Error::RecoveryUnavailable)?;
    rate_limit::check(core, Limit::Email, Subject::User(user))?;
    let code = Zeroizing::new(sign_in::random_digits(core.random.as_ref(), DIGITS));
    let text = format!(
        "Your code to recover your password is {}.\n\nIf you did not ask for it, ignore this message.\n",
        *code
    );
    mailer.send(&address, "Password recovery", &text).await.map_err(|error| {
        tracing::warn!(%error, "a recovery code could not be sent by e-mail");
        Error::RecoveryUnavailable
    })?;
    let expires = UnixTime(core.now().0 + CODE_S);
    core.memory.password.lock().recoveries.insert(user, Recovery { code, expires });
    Ok(crate::mail::pattern(&address))
}

/// Checks a recovery code. Wrong ones count as wrong passwords do, and against the device.
///
/// # Errors
/// [`Error::RecoveryCodeInvalid`]; [`Error::RecoveryExpired`]; [`Error::FloodWait`].
pub fn check_recovery_code(core: &Core, device: Device, user: UserId, code: &str) -> Result<()> {
    let guess = Guess::begin(core, device)?;
    guess.end(try_recovery_code(core, user, code))
}

fn try_recovery_code(core: &Core, user: UserId, code: &str) -> Result<()> {
    let now = core.now();
    let memory = &mut *core.memory.password.lock();
    if let Some(seconds) = memory.guesses.locked_for(&user, WRONG_A_DAY, now) {
        return Err(Error::FloodWait(seconds));
    }
    let waiting = memory
        .recoveries
        .get(&user)
        .filter(|waiting| waiting.expires > now)
        .ok_or(Error::RecoveryExpired)?;
    if crypto::ct_eq(waiting.code.as_bytes(), code.trim().as_bytes()) {
        return Ok(());
    }
    memory.guesses.note(user, now);
    Err(Error::RecoveryCodeInvalid)
}

/// Replaces or removes the password by a recovery code.
///
/// # Errors
/// See [`check_recovery_code`]; [`Error::NewPasswordInvalid`].
pub async fn recover(
    core: &Core,
    device: Device,
    user: UserId,
    code: &str,
    new: Option<NewPassword>,
) -> Result<()> {
    check_recovery_code(core, device, user, code)?;
    settings::clear_for_recovery(core, user, new).await
}
