//! Two-step verification: a second secret that the server can check (SRP) but never sees.

mod email;
mod recovery;
mod reset;
mod settings;

use std::collections::HashMap;

use crypto::{SrpChallenge, SrpProof};
use model::account::{Password, PasswordReset};
use model::{UnixTime, UserId};
use zeroize::Zeroizing;

use crate::guesses::{Guess, Guesses};
use crate::sign_in::Device;
use crate::{Core, Error, Result};

pub use email::{cancel_email, confirm_email, resend_email};
pub use recovery::{check_recovery_code, recover, request_recovery};
pub(crate) use reset::current;
pub use reset::{Asked, ask as ask_reset, call_off as call_off_reset};
pub use settings::{NewPassword, SettingsChange, clear_for_recovery, recovery_email, update};

/// Wrong passwords, of one account, within 24 hours.
const WRONG_A_DAY: usize = 10;
/// How long a question waits for its answer, seconds.
const CHALLENGE_S: i64 = 600;
/// Questions that wait for one account at once, the oldest making room.
const CHALLENGES: usize = 16;

/// Everything about passwords that waits.
#[derive(Default)]
pub(crate) struct PasswordMemory {
    challenges: HashMap<i64, Challenge>,
    guesses: Guesses<UserId>,
    recoveries: HashMap<UserId, recovery::Recovery>,
    emails: HashMap<UserId, email::Unconfirmed>,
}

struct Challenge {
    user: UserId,
    secret: Zeroizing<[u8; 256]>,
    expires: UnixTime,
}

/// What `account.getPassword` shows.
#[derive(Clone, Debug)]
pub struct State {
    /// Set if the account has a password.
    pub question: Option<Question>,
    /// It can be recovered by e-mail.
    pub has_recovery: bool,
    /// An address that waits to be confirmed, masked.
    pub unconfirmed_email: Option<String>,
    /// When the password is taken away, if that was asked for.
    pub pending_reset: Option<UnixTime>,
    /// What a new password's first salt has to start with.
    pub new_salt1: Vec<u8>,
    /// A new password's second salt.
    pub new_salt2: Vec<u8>,
    /// For the client's generator.
    pub random: Vec<u8>,
}

/// One SRP question.
#[derive(Clone, Debug)]
pub struct Question {
    /// Names it in the answer; used once.
    pub srp_id: i64,
    /// `srp_B`.
    pub public: Vec<u8>,
    /// First salt.
    pub salt1: Vec<u8>,
    /// Second salt.
    pub salt2: Vec<u8>,
    /// The owner's hint.
    pub hint: String,
}

/// A client's proof (`inputCheckPasswordSRP`).
#[derive(Clone, Debug)]
pub struct Proof {
    /// The question.
    pub srp_id: i64,
    /// `A`.
    pub a: Vec<u8>,
    /// `M1`.
    pub m1: Vec<u8>,
}

/// The group that passwords are proved in: `g` and `p`.
#[must_use]
pub const fn group() -> (i32, &'static [u8; 256]) {
    (crypto::G as i32, &crypto::PRIME)
}

/// The state of an account's password, with a new question if there is one.
///
/// # Errors
/// Those of the store.
pub async fn state(core: &Core, user: UserId) -> Result<State> {
    let password = current(core, user).await?;
    let unconfirmed = email::unconfirmed_pattern(core, user);
    let has_recovery = password.as_ref().is_some_and(|password| password.recovery_email.is_some());
    let pending_reset = match password.as_ref().and_then(|password| password.reset) {
        Some(PasswordReset::Waits { until }) => Some(until),
        Some(PasswordReset::CalledOff { .. }) | None => None,
    };
    let question = match password {
        Some(password) => Some(ask(core, user, &password)?),
        None => None,
    };
    Ok(State {
        question,
        has_recovery,
        unconfirmed_email: unconfirmed,
        pending_reset,
        new_salt1: random_bytes(core, 8),
        new_salt2: random_bytes(core, 16),
        random: random_bytes(core, 256),
    })
}

fn random_bytes(core: &Core, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    core.random.fill(&mut bytes);
    bytes
}

fn ask(core: &Core, user: UserId, password: &Password) -> Result<Question> {
    let verifier = open_verifier(core, user, password)?;
    let mut rng = |out: &mut [u8]| core.random.fill(out);
    let challenge = SrpChallenge::new(&verifier, &mut rng).map_err(internal)?;
    let srp_id = core.random.number();
    let now = core.now();
    let challenges = &mut core.memory.password.lock().challenges;
    challenges.retain(|_, old| old.expires > now);
    let mine = challenges.iter().filter(|(_, old)| old.user == user);
    if mine.clone().count() >= CHALLENGES
        && let Some(oldest) = mine.min_by_key(|(_, old)| old.expires).map(|(id, _)| *id)
    {
        challenges.remove(&oldest);
    }
    let secret = Zeroizing::new(*challenge.expose_secret());
    challenges.insert(srp_id, Challenge { user, secret, expires: UnixTime(now.0 + CHALLENGE_S) });
    Ok(Question {
        srp_id,
        public: challenge.public().to_vec(),
        salt1: password.salt1.clone(),
        salt2: password.salt2.clone(),
        hint: password.hint.clone(),
    })
}

/// Checks a proof. The question is used up whatever comes out.
///
/// # Errors
/// [`Error::PasswordInvalid`]; [`Error::SrpIdInvalid`]; [`Error::PasswordEmpty`] if the account has none;
/// [`Error::FloodWait`] after ten wrong ones in a day.
pub async fn check(core: &Core, user: UserId, proof: &Proof) -> Result<()> {
    let password = current(core, user).await?.ok_or(Error::PasswordEmpty)?;
    let now = core.now();
    let challenge = {
        let memory = &mut *core.memory.password.lock();
        if let Some(seconds) = memory.guesses.locked_for(&user, WRONG_A_DAY, now) {
            return Err(Error::FloodWait(seconds));
        }
        let challenge = memory.challenges.remove(&proof.srp_id);
        let challenge = challenge
            .filter(|old| old.user == user && old.expires > now)
            .ok_or(Error::SrpIdInvalid)?;
        // Counted before the work, so that guesses in parallel are counted too; a right one clears the count.
        memory.guesses.note(user, now);
        challenge
    };
    let verifier = open_verifier(core, user, &password)?;
    let proof = SrpProof {
        a: padded(&proof.a).ok_or(Error::PasswordInvalid)?,
        m1: proof.m1.as_slice().try_into().map_err(|_| Error::PasswordInvalid)?,
    };
    let challenge = SrpChallenge::from_secret(&verifier, challenge.secret).map_err(internal)?;
    let is_right = challenge
        .verify(&verifier, (&password.salt1, &password.salt2), &proof)
        .map_err(|_| Error::PasswordInvalid)?;
    if !is_right {
        return Err(Error::PasswordInvalid);
    }
    core.memory.password.lock().guesses.clear(&user);
    Ok(())
}

/// Checks the proof of a device that is not signed in yet, whose guesses at other accounts count too.
///
/// # Errors
/// See [`check`].
pub async fn check_of(core: &Core, device: Device, user: UserId, proof: &Proof) -> Result<()> {
    let guess = Guess::begin(core, device)?;
    guess.end(check(core, user, proof).await)
}

/// Checks a proof where the account has a password, and that there is no proof where it has none.
///
/// # Errors
/// See [`check`]; [`Error::PasswordInvalid`] for a missing proof.
pub async fn check_if_set(core: &Core, user: UserId, proof: Option<&Proof>) -> Result<()> {
    let is_set = current(core, user).await?.is_some();
    match proof {
        Some(proof) if is_set => check(core, user, proof).await,
        None if is_set => Err(Error::PasswordInvalid),
        _ => Ok(()),
    }
}

/// A big-endian number of at most 256 bytes, filled up with zeros: some clients leave leading ones out.
fn padded(number: &[u8]) -> Option<[u8; 256]> {
    let mut out = [0; 256];
    out.get_mut(256_usize.checked_sub(number.len())?..)?.copy_from_slice(number);
    Some(out)
}

fn verifier_context(user: UserId) -> Vec<u8> {
    [b"password/".as_slice(), &user.0.to_le_bytes()].concat()
}

fn open_verifier(core: &Core, user: UserId, password: &Password) -> Result<Zeroizing<[u8; 256]>> {
    let plain = core.sealer.open(&verifier_context(user), &password.verifier).map_err(internal)?;
    let verifier: [u8; 256] = plain
        .as_slice()
        .try_into()
        .map_err(|_| Error::Internal("a verifier has a wrong length".to_owned()))?;
    Ok(Zeroizing::new(verifier))
}

fn internal(error: crypto::Error) -> Error {
    Error::Internal(error.to_string())
}
