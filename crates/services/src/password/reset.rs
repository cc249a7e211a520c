//! Taking away a password that its owner forgot: asked for from a device that is signed in, and done a week later unless a device calls
//! it off. The account's devices are told of each step by the service account.

use model::account::{Password, PasswordReset};
use model::{UnixTime, UserId};

use super::settings;
use crate::{Caller, Core, Error, Result, sign_in};

/// How long a reset waits, seconds.
const WAIT_S: i64 = 7 * 24 * 3600;
/// How long nobody may ask again after one was called off, seconds: who holds a stolen session must not keep the owner busy.
const AGAIN_S: i64 = 24 * 3600;

/// What became of asking for a reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The password is gone.
    Done,
    /// It will be gone then.
    Waits(UnixTime),
    /// One was called off lately: it may be asked for again then.
    NotBefore(UnixTime),
}

/// The password of an account, unless its reset is due: then it is taken away first.
///
/// # Errors
/// Those of the store.
pub(crate) async fn current(core: &Core, user: UserId) -> Result<Option<Password>> {
    while let Some(password) = core.stores.accounts.password(user).await? {
        if !is_due(core, &password) {
            return Ok(Some(password));
        }
        if replace(core, user, &password, None).await? {
            let text = "Two-step verification was switched off, as it was asked for a week ago. You can set a new password \
                        in the settings.";
            tell(core, user, text).await?;
        }
    }
    Ok(None)
}

fn is_due(core: &Core, password: &Password) -> bool {
    matches!(password.reset, Some(PasswordReset::Waits { until }) if until <= core.now())
}

/// Puts another state in the place of the one that was read; answers whether it was still that one.
async fn replace(
    core: &Core,
    user: UserId,
    before: &Password,
    after: Option<Password>,
) -> Result<bool> {
    let gone = after.is_none();
    let replaced = core.stores.accounts.replace_password(user, before, after).await?;
    if replaced && gone {
        settings::forget_waiting(core, user);
    }
    Ok(replaced)
}

async fn tell(core: &Core, user: UserId, text: &str) -> Result<()> {
    sign_in::service_message(core, user, text.to_owned()).await
}

/// Asks for the password's reset, or ends one whose week is over.
///
/// # Errors
/// [`Error::PasswordEmpty`].
pub async fn ask(core: &Core, caller: Caller) -> Result<Asked> {
    let user = caller.user;
    loop {
        let password = core.stores.accounts.password(user).await?.ok_or(Error::PasswordEmpty)?;
        let now = core.now();
        match password.reset {
            Some(PasswordReset::Waits { until }) if until > now => return Ok(Asked::Waits(until)),
            Some(PasswordReset::Waits { .. }) => {
                current(core, user).await?;
                return Ok(Asked::Done);
            }
            Some(PasswordReset::CalledOff { at }) if at.0 + AGAIN_S > now.0 => {
                return Ok(Asked::NotBefore(UnixTime(at.0 + AGAIN_S)));
            }
            Some(PasswordReset::CalledOff { .. }) | None => {}
        }
        let until = UnixTime(now.0 + WAIT_S);
        let reset = Some(PasswordReset::Waits { until });
        let after = Password { reset, ..password.clone() };
        if replace(core, user, &password, Some(after)).await? {
            let text = "One of your devices asked to switch two-step verification off. That will happen in seven days. If it \
                        was not you, call it off in the settings (Two-Step Verification), and end the sessions that you do \
                        not know.";
            tell(core, user, text).await?;
            return Ok(Asked::Waits(until));
        }
    }
}

/// Calls a reset off.
///
/// # Errors
/// [`Error::ResetMissing`] if none waits.
pub async fn call_off(core: &Core, caller: Caller) -> Result<()> {
    let user = caller.user;
    while let Some(password) = current(core, user).await? {
        if !matches!(password.reset, Some(PasswordReset::Waits { .. })) {
            break;
        }
        let reset = Some(PasswordReset::CalledOff { at: core.now() });
        let after = Password { reset, ..password.clone() };
        if replace(core, user, &password, Some(after)).await? {
            let text = "The request to switch two-step verification off was called off.";
            return tell(core, user, text).await;
        }
    }
    Err(Error::ResetMissing)
}
