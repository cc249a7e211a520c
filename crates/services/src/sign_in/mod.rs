//! Signing in: by code, by QR, and onward from a device that is signed in.
//!
//! Ways of a code, in order: the account's other devices (a message from 777000), its recovery e-mail, the operator's webhook, the
//! operator in person (`hoopoe login-code`). Whoever asks for a code learns nothing about the number: known and unknown ones get
//! the same answer after the same work, and the delivery happens after the answer.

mod authorize;
mod codes;
mod delivery;
mod export;
mod invitation;
mod qr;
mod sign_up;

use std::collections::HashMap;
use std::net::IpAddr;

use model::account::Phone;
use model::{AuthKeyId, UnixTime, UserId};
use zeroize::Zeroizing;

use crate::guesses::Guess;
use crate::rate_limit::{self, Limit, Subject};
use crate::{Core, Error, Registration, Result};

pub(crate) use authorize::current as current_device;
pub use authorize::{Device, sign_in_with};
pub(crate) use codes::random_digits;
pub use codes::{CODE_DIGITS, CODE_S, Purpose};
pub use delivery::{deliver, service_message};
pub use export::{export, import};
pub use invitation::invite;
pub use qr::{Login, accept_token, export_token, import_token};
pub(crate) use sign_up::name as clean_name;
pub use sign_up::{Registrant, sign_up};

use codes::{Codes, Shown};

/// How long a device may take to show the two-step password after its code, seconds.
const PASSWORD_WAIT_S: i64 = 30 * 60;

/// Everything about sign-in that waits.
#[derive(Default)]
pub(crate) struct SignInMemory {
    codes: Codes,
    tokens: qr::Tokens,
    exports: export::Exports,
    /// Devices that showed everything but the two-step password.
    pending: HashMap<AuthKeyId, (UserId, UnixTime)>,
}

/// A code was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentCode {
    /// `phone_code_hash`.
    pub hash: String,
    /// It was sent again, by all ways; there is no further one.
    pub last_way: bool,
}

/// How far a sign-in has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The device is signed in to this account.
    SignedIn(UserId),
    /// The number has no account yet; `sign_up` opens it.
    SignUpRequired,
}

/// Makes a code for a number. The caller answers its client first and calls [`deliver`] afterwards.
///
/// # Errors
/// [`Error::PhoneInvalid`]; [`Error::FloodWait`] by the limits, or while the number's sign-in by code is locked.
pub fn start(core: &Core, device: Device, phone: &str, purpose: Purpose) -> Result<SentCode> {
    let phone = Phone::parse(phone).ok_or(Error::PhoneInvalid)?;
    limit(core, &phone, device.ip)?;
    make(core, device, phone, purpose)
}

/// Makes a code of which the limits are taken already.
///
/// # Errors
/// [`Error::FloodWait`] while the number's sign-in by code is locked.
pub(crate) fn make(
    core: &Core,
    device: Device,
    phone: Phone,
    purpose: Purpose,
) -> Result<SentCode> {
    let now = core.now();
    let memory = &mut *core.memory.sign_in.lock();
    memory.codes.check_lock(&phone, now)?;
    let hash = memory.codes.make(core.random.as_ref(), phone, purpose, device.key, now);
    Ok(SentCode { hash, last_way: false })
}

/// Takes the limits of asking for a code.
///
/// # Errors
/// [`Error::FloodWait`].
pub(crate) fn limit(core: &Core, phone: &Phone, ip: IpAddr) -> Result<()> {
    if !core.policy.limit_sign_in {
        return Ok(());
    }
    rate_limit::check(core, Limit::CodePerAddress, Subject::address(ip))?;
    rate_limit::check(core, Limit::CodePerNumber, Subject::Phone(phone.clone()))?;
    rate_limit::check(core, Limit::CodePerNumberDay, Subject::Phone(phone.clone()))
}

/// Asks for the same code by all the other ways. The caller calls [`deliver`] afterwards.
///
/// # Errors
/// [`Error::CodeExpired`]; [`Error::ResendUnavailable`] the second time.
pub fn resend(core: &Core, phone: &str, hash: &str) -> Result<SentCode> {
    let phone = Phone::parse(phone).ok_or(Error::PhoneInvalid)?;
    let memory = &mut *core.memory.sign_in.lock();
    let waiting = memory.codes.get(hash, &phone, core.now())?;
    if std::mem::replace(&mut waiting.resent, true) {
        return Err(Error::ResendUnavailable);
    }
    Ok(SentCode { hash: hash.to_owned(), last_way: true })
}

/// Ends a code.
///
/// # Errors
/// [`Error::CodeExpired`].
pub fn cancel(core: &Core, phone: &str, hash: &str) -> Result<()> {
    let phone = Phone::parse(phone).ok_or(Error::PhoneInvalid)?;
    let memory = &mut *core.memory.sign_in.lock();
    memory.codes.get(hash, &phone, core.now())?;
    memory.codes.take(hash);
    Ok(())
}

/// Signs a device in with a code. For a number without an account, where registration is by invitation, the code may be the
/// invitation's word.
///
/// # Errors
/// [`Error::CodeInvalid`], [`Error::CodeExpired`], [`Error::CodeEmpty`]; [`Error::PasswordNeeded`] when the account has a two-step
/// password; [`Error::RegistrationClosed`] and [`Error::InvitationNeeded`] for a number without an account; [`Error::FloodWait`]
/// after too many wrong codes of the number, the device or the address.
pub async fn sign_in(
    core: &Core,
    device: Device,
    phone: &str,
    hash: &str,
    code: &str,
) -> Result<Outcome> {
    let guess = Guess::begin(core, device)?;
    guess.end(try_code(core, device, phone, hash, code).await)
}

async fn try_code(
    core: &Core,
    device: Device,
    phone: &str,
    hash: &str,
    code: &str,
) -> Result<Outcome> {
    let phone = Phone::parse(phone).ok_or(Error::PhoneInvalid)?;
    let account = core.stores.accounts.user_by_phone(&phone).await?;
    let by_invitation = account.is_none() && core.policy.registration == Registration::Invitation;
    {
        let codes = &mut core.memory.sign_in.lock().codes;
        let now = core.now();
        if codes.get(hash, &phone, now)?.purpose != Purpose::SignIn {
            return Err(Error::CodeExpired);
        }
        if by_invitation && invitation::is_word(code) {
            codes.get(hash, &phone, now)?.shown =
                Shown::Word(Zeroizing::new(invitation::normal(code)));
        } else {
            codes.check(hash, &phone, code, now)?;
        }
    }
    let Some(account) = account else {
        return may_sign_up(core, hash, &phone);
    };
    core.memory.sign_in.lock().codes.take(hash);
    sign_in_with(core, device, account.id).await.map(|_| Outcome::SignedIn(account.id))
}

fn may_sign_up(core: &Core, hash: &str, phone: &Phone) -> Result<Outcome> {
    match core.policy.registration {
        Registration::Closed => Err(Error::RegistrationClosed),
        Registration::Open => Ok(Outcome::SignUpRequired),
        Registration::Invitation => {
            let codes = &mut core.memory.sign_in.lock().codes;
            let waiting = codes.get(hash, phone, core.now())?;
            if matches!(waiting.shown, Shown::Word(_)) {
                Ok(Outcome::SignUpRequired)
            } else {
                Err(Error::InvitationNeeded)
            }
        }
    }
}

/// The account that a device is about to sign in to, and that waits for its two-step password.
#[must_use]
pub fn pending_account(core: &Core, key: AuthKeyId) -> Option<UserId> {
    let now = core.now();
    let pending = core.memory.sign_in.lock().pending.get(&key).copied();
    pending.filter(|(_, until)| *until > now).map(|(user, _)| user)
}

/// Finishes a sign-in whose two-step password was shown or recovered.
///
/// # Errors
/// [`Error::Unauthorized`] if none waits.
pub async fn finish_pending(core: &Core, device: Device) -> Result<UserId> {
    let user = pending_account(core, device.key).ok_or(Error::Unauthorized)?;
    authorize::authorize(core, device, user, true).await?;
    core.memory.sign_in.lock().pending.remove(&device.key);
    unlock_account(core, user).await?;
    Ok(user)
}

/// The code that waits for a number: for the operator, who hands it over by a way of their own.
#[must_use]
pub fn waiting_code(core: &Core, phone: &Phone) -> Option<String> {
    core.memory.sign_in.lock().codes.newest(phone, core.now())
}

/// Lifts the lock that wrong guesses put on a number: for the operator.
pub fn unlock(core: &Core, phone: &Phone) {
    core.memory.sign_in.lock().codes.unlock(phone);
}

/// Another factor than the code proved who an account's owner is: the lock of its number is lifted.
async fn unlock_account(core: &Core, user: UserId) -> Result<()> {
    let users = core.stores.accounts.users(&[user]).await?;
    if let Some(phone) = users.into_iter().next().and_then(|user| user.phone) {
        unlock(core, &phone);
    }
    Ok(())
}

/// Burns the sender's own login codes that stand in a text they send: a code that is told to somebody dies.
pub fn burn_told_codes(core: &Core, sender: UserId, text: &str) {
    core.memory.sign_in.lock().codes.burn_told(sender, text);
}

/// Proves a number by its code for [`Purpose::ChangePhone`], and ends the code.
///
/// # Errors
/// Those of a wrong or expired code.
pub(crate) fn prove_number(
    core: &Core,
    user: UserId,
    phone: &Phone,
    hash: &str,
    code: &str,
) -> Result<()> {
    let codes = &mut core.memory.sign_in.lock().codes;
    let now = core.now();
    if codes.get(hash, phone, now)?.purpose != Purpose::ChangePhone(user) {
        return Err(Error::CodeExpired);
    }
    codes.check(hash, phone, code, now)?;
    codes.take(hash);
    Ok(())
}
