//! How a secret chat begins and ends.

use model::secret::{Acceptance, NewSecretChat, SecretChat, SecretChatState};
use model::{SecretChatId, UserId};
use store::Error as StoreError;

use super::{InputChat, met, tell};
use crate::rate_limit::{self, Limit, Subject};
use crate::{Caller, Core, Error, Result};

/// The version of our group. It changes only with the group itself.
const DH_VERSION: i32 = 3;
/// Random bytes that a client may ask for: as many as the exponent has.
const RANDOM_BYTES: i32 = 256;

/// The group of the exchange, as clients ask for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DhConfig {
    /// Generator, prime (big-endian) and version; `None` if the client has this version already.
    pub group: Option<(u8, &'static [u8; 256], i32)>,
    /// Fresh bytes to mix into the client's own.
    pub random: Vec<u8>,
}

/// The group, and random bytes.
///
/// # Errors
/// `RandomLengthInvalid`.
pub fn dh_config(core: &Core, version: i32, random_length: i32) -> Result<DhConfig> {
    if !(0..=RANDOM_BYTES).contains(&random_length) {
        return Err(Error::RandomLengthInvalid);
    }
    let mut random = vec![0; usize::try_from(random_length).unwrap_or(0)];
    core.random.fill(&mut random);
    let group = (version != DH_VERSION).then_some((crypto::G, &crypto::PRIME, DH_VERSION));
    Ok(DhConfig { group, random })
}

/// Whether a client's value is one that an honest exchange can have: at most 256 bytes, and in range.
fn check_value(value: &[u8]) -> Result<()> {
    let mut padded = [0; 256];
    let at = padded.len().checked_sub(value.len()).ok_or(Error::DhValueInvalid)?;
    padded.iter_mut().skip(at).zip(value).for_each(|(out, byte)| *out = *byte);
    if crypto::in_range(&padded) { Ok(()) } else { Err(Error::DhValueInvalid) }
}

/// Asks somebody for a secret chat. The client's random number is the chat's id, and the same request again is the same chat.
///
/// # Errors
/// `UserInvalid`, also for oneself; `RandomIdInvalid`; `RandomIdDuplicate`; `DhValueInvalid`; `SecretPeerBlocked`; `FloodWait`.
pub async fn request(
    core: &Core,
    caller: Caller,
    user: UserId,
    random_id: i32,
    g_a: Vec<u8>,
) -> Result<SecretChat> {
    if random_id == 0 {
        return Err(Error::RandomIdInvalid);
    }
    check_value(&g_a)?;
    let known = core.stores.accounts.users(&[user]).await?;
    let is_person = known.iter().any(|user| !user.deleted && user.id != model::ids::SERVICE_USER);
    if user == caller.user || !is_person {
        return Err(Error::UserInvalid);
    }
    if core.stores.contacts.is_blocked(user, caller.user).await? {
        return Err(Error::SecretPeerBlocked);
    }
    let id = SecretChatId(random_id);
    if let Ok(own) = core.stores.secret.secret_chat(caller.user, id).await {
        let same = own.is_admin && own.peer == user && own.key == Some(caller.key);
        return if same { Ok(own) } else { Err(Error::RandomIdDuplicate) };
    }
    if core.policy.limit_sign_in {
        rate_limit::check(core, Limit::SecretChat, Subject::User(caller.user))?;
    }
    let new = NewSecretChat {
        id,
        admin: caller.user,
        key: caller.key,
        participant: user,
        g_a,
        now: core.now(),
    };
    let chat = core.stores.secret.request_secret_chat(new).await.map_err(|error| match error {
        StoreError::Conflict => Error::RandomIdDuplicate,
        error => error.into(),
    })?;
    tell(core, user, id, None);
    Ok(chat)
}

/// Accepts a chat on the caller's device. The first device has it; the others hear that it is over for them. The same
/// acceptance again (its answer may have been lost) is answered the same.
///
/// # Errors
/// `ChatInvalid`, `DhValueInvalid`, `EncryptionAlreadyAccepted`, `EncryptionAlreadyDeclined`.
pub async fn accept(
    core: &Core,
    caller: Caller,
    input: InputChat,
    g_b: Vec<u8>,
    fingerprint: i64,
) -> Result<SecretChat> {
    check_value(&g_b)?;
    let chat = met(core, caller, input).await?;
    let is_accepted = chat.state == SecretChatState::Accepted && !chat.is_admin;
    if is_accepted && chat.key == Some(caller.key) && chat.fingerprint == fingerprint {
        return Ok(chat);
    }
    let acceptance = Acceptance { key: caller.key, g_b, fingerprint, now: core.now() };
    let accepted = core.stores.secret.accept_secret_chat(caller.user, chat.id, acceptance).await;
    let chat = accepted.map_err(|error| match error {
        StoreError::NotFound => Error::ChatInvalid,
        StoreError::Conflict => Error::EncryptionAlreadyAccepted,
        StoreError::NotModified => Error::EncryptionAlreadyDeclined,
        error => error.into(),
    })?;
    tell(core, chat.peer, chat.id, None);
    tell(core, caller.user, chat.id, Some(caller));
    Ok(chat)
}

/// Ends a chat: one that is open on the caller's device, or an offer to the caller.
///
/// # Errors
/// `EncryptionIdInvalid`, `EncryptionAlreadyDeclined`.
pub async fn discard(
    core: &Core,
    caller: Caller,
    id: SecretChatId,
    history_deleted: bool,
) -> Result<()> {
    let ended = core
        .stores
        .secret
        .discard_secret_chat(caller.user, id, caller.key, history_deleted, core.now())
        .await;
    let chat = ended.map_err(|error| match error {
        StoreError::NotFound => Error::EncryptionIdInvalid,
        StoreError::NotModified => Error::EncryptionAlreadyDeclined,
        error => error.into(),
    })?;
    tell(core, chat.peer, chat.id, None);
    tell(core, caller.user, chat.id, Some(caller));
    Ok(())
}
