//! Setting, changing and removing the password.

use model::UserId;
use model::account::Password;

use super::{Proof, check_if_set, current, email, internal, padded, verifier_context};
use crate::{Caller, Core, Error, Result, devices};

/// Characters of a hint.
const HINT_CHARS: usize = 255;
/// Bytes of a salt: ours alone has 8 (first) or 16 (second), clients add 32 to the first.
const SALT_BYTES: std::ops::RangeInclusive<usize> = 8..=128;

/// A new password, as its owner's client made it.
#[derive(Clone, Debug)]
pub struct NewPassword {
    /// First salt, ours continued by the client.
    pub salt1: Vec<u8>,
    /// Second salt.
    pub salt2: Vec<u8>,
    /// `g^x mod p`.
    pub verifier: Vec<u8>,
    /// Shown at sign-in.
    pub hint: String,
}

/// What `account.updatePasswordSettings` changes.
#[derive(Clone, Debug, Default)]
pub struct SettingsChange {
    /// `None` leaves the password, `Some(None)` removes it.
    pub password: Option<Option<NewPassword>>,
    /// `None` leaves the recovery address, an empty one removes it.
    pub email: Option<String>,
}

/// Changes the password settings. A new address is used once it is confirmed, and a new password with it.
///
/// # Errors
/// Those of [`super::check`]; [`Error::SessionTooFresh`] from a device that is new; [`Error::NewPasswordInvalid`];
/// [`Error::EmailUnconfirmed`] when a code was sent to the new address.
pub async fn update(
    core: &Core,
    caller: Caller,
    proof: Option<&Proof>,
    change: SettingsChange,
) -> Result<()> {
    if let Some(seconds) = devices::too_fresh_for(core, caller).await? {
        return Err(Error::SessionTooFresh(seconds));
    }
    check_if_set(core, caller.user, proof).await?;
    // Who knows the password needs no reset, and who does not know it gets no other address.
    let current = current(core, caller.user).await?;
    let current = current.map(|password| Password { reset: None, ..password });
    let kept_email = current.as_ref().and_then(|password| password.recovery_email.clone());
    let password = match change.password {
        None => current,
        Some(None) => None,
        Some(Some(new)) => {
            Some(Password { recovery_email: kept_email, ..sealed(core, caller.user, new)? })
        }
    };
    match (password, change.email) {
        (None, Some(address)) if !address.is_empty() => Err(Error::NewPasswordInvalid),
        (Some(password), Some(address)) if !address.is_empty() => {
            email::ask_to_confirm(core, caller.user, address, password).await
        }
        (password, address) => {
            let password = password.map(|password| match address {
                Some(_) => Password { recovery_email: None, ..password },
                None => password,
            });
            store(core, caller.user, password).await
        }
    }
}

/// Keeps a password; what waited for the old one is void.
pub(super) async fn store(core: &Core, user: UserId, password: Option<Password>) -> Result<()> {
    core.stores.accounts.set_password(user, password).await?;
    forget_waiting(core, user);
    Ok(())
}

/// What waited for a password that is no more is void.
pub(super) fn forget_waiting(core: &Core, user: UserId) {
    let memory = &mut *core.memory.password.lock();
    memory.challenges.retain(|_, challenge| challenge.user != user);
    memory.recoveries.remove(&user);
    memory.emails.remove(&user);
}

/// Replaces the password after a recovery, or removes it. The confirmed address stays with a new one.
///
/// # Errors
/// [`Error::NewPasswordInvalid`].
pub async fn clear_for_recovery(core: &Core, user: UserId, new: Option<NewPassword>) -> Result<()> {
    let current = current(core, user).await?;
    let kept_email = current.and_then(|password| password.recovery_email);
    let password = match new {
        Some(new) => Some(Password { recovery_email: kept_email, ..sealed(core, user, new)? }),
        None => None,
    };
    store(core, user, password).await
}

fn sealed(core: &Core, user: UserId, new: NewPassword) -> Result<Password> {
    let salts_fit = SALT_BYTES.contains(&new.salt1.len()) && SALT_BYTES.contains(&new.salt2.len());
    let verifier =
        padded(&new.verifier).filter(crypto::srp_verifier_is_valid).filter(|_| salts_fit);
    let verifier = verifier.ok_or(Error::NewPasswordInvalid)?;
    let mut rng = |out: &mut [u8]| core.random.fill(out);
    let sealed = core.sealer.seal(&verifier_context(user), &verifier, &mut rng);
    if sealed.is_empty() {
        return Err(internal(crypto::Error::Refused));
    }
    Ok(Password {
        salt1: new.salt1,
        salt2: new.salt2,
        verifier: sealed,
        hint: new.hint.chars().take(HINT_CHARS).collect(),
        recovery_email: None,
        set_at: core.now(),
        reset: None,
    })
}

/// The recovery address, for its owner, who shows the password to see it.
///
/// # Errors
/// Those of [`super::check`].
pub async fn recovery_email(
    core: &Core,
    caller: Caller,
    proof: Option<&Proof>,
) -> Result<Option<String>> {
    check_if_set(core, caller.user, proof).await?;
    Ok(current(core, caller.user).await?.and_then(|password| password.recovery_email))
}
