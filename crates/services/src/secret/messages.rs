//! Ciphertext on its way: queued for one device, read in order, erased when acknowledged.

use model::event::Ephemeral;
use model::secret::{NewSecretMessage, SecretMessage, SecretRead, SecretSent};
use model::{AuthKeyId, Peer, Qts, UnixTime, limits};
use store::Error as StoreError;
use store::ports::Notice;

use super::files::{self, EncryptedInput};
use super::{InputChat, SeenChat, oldest, open, seen_by};
use crate::rate_limit::{self, Limit, Subject};
use crate::{Caller, Core, Error, Result};

/// How long a sender waits before trying a full queue again, seconds.
const FULL_QUEUE_WAIT_S: u32 = 60;

/// A message to be sent.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// Chosen by the client.
    pub random_id: i64,
    /// Ciphertext.
    pub data: Vec<u8>,
    /// It carries no content for a person.
    pub is_service: bool,
    /// A file with it.
    pub file: Option<EncryptedInput>,
}

/// What was sent.
pub type Sent = SecretSent;

/// Least bytes of a ciphertext: key fingerprint, message key, one block.
const LEAST_BYTES: usize = 8 + 16 + 16;

fn check_data(data: &[u8]) -> Result<()> {
    if data.len() > limits::SECRET_BYTES {
        return Err(Error::DataTooLong);
    }
    let is_whole = data.len() >= LEAST_BYTES && (data.len() - 24).is_multiple_of(16);
    if is_whole { Ok(()) } else { Err(Error::DataInvalid) }
}

/// Queues a message for the other side's device. The same `random_id` again is the same message.
///
/// # Errors
/// `ChatInvalid`, `EncryptionDeclined`, `SecretPeerBlocked`, `DataInvalid`, `DataTooLong`, `RandomIdInvalid`, `FloodWait`; those of uploads.
pub async fn send(core: &Core, caller: Caller, input: InputChat, draft: Draft) -> Result<Sent> {
    check_data(&draft.data)?;
    if draft.random_id == 0 {
        return Err(Error::RandomIdInvalid);
    }
    let chat = open(core, caller, input).await?;
    if core.stores.contacts.is_blocked(chat.peer, caller.user).await? {
        return Err(Error::SecretPeerBlocked);
    }
    if core.policy.limit_sign_in {
        let subject = Subject::UserPeer(caller.user, Peer::User(chat.peer));
        rate_limit::check(core, Limit::SendToPeer, subject)?;
    }
    let secret = &core.stores.secret;
    // An upload that is named again may be gone, and its file is known already.
    if matches!(draft.file, Some(EncryptedInput::Uploaded { .. }))
        && let Some(sent) = secret.secret_sent(caller.user, chat.id, draft.random_id).await?
    {
        return Ok(sent);
    }
    let carried = match draft.file {
        Some(file) => files::resolve(core, caller, file).await?,
        None => None,
    };
    let new = NewSecretMessage {
        sender: caller.user,
        key: caller.key,
        chat: chat.id,
        random_id: draft.random_id,
        date: core.now(),
        is_service: draft.is_service,
        data: draft.data,
        file: carried.as_ref().map(|carried| carried.file.clone()),
    };
    let queued = secret.queue_secret_message(new).await;
    drop(carried);
    let (sent, is_new) = queued.map_err(|error| match error {
        StoreError::NotFound | StoreError::Conflict => Error::ChatInvalid,
        StoreError::NotModified => Error::EncryptionDeclined,
        StoreError::Denied(_) => Error::FloodWait(FULL_QUEUE_WAIT_S),
        error => error.into(),
    })?;
    if is_new {
        core.publish(Notice::SecretQueue { user: chat.peer, key: sent.peer_key, qts: sent.qts });
    }
    Ok(sent)
}

/// The message at one place of a device's queue, while it waits there.
///
/// # Errors
/// Those of the store.
pub async fn queued_at(core: &Core, key: AuthKeyId, qts: Qts) -> Result<Option<SecretMessage>> {
    let before = Qts(qts.0.saturating_sub(1));
    let waiting = core.stores.secret.secret_messages(key, before, oldest(core), 1).await?;
    Ok(waiting.into_iter().find(|message| message.qts == qts))
}

/// Where the caller's queue stands.
///
/// # Errors
/// Those of the store.
pub async fn position(core: &Core, caller: Caller) -> Result<Qts> {
    Ok(core.stores.secret.qts(caller.key).await?)
}

/// What waits for the caller's device behind `after`, a page of it. What is before that is acknowledged, and erased.
///
/// # Errors
/// Those of the store.
pub async fn missed(core: &Core, caller: Caller, after: Qts) -> Result<Vec<SecretMessage>> {
    if after.0 > 0 {
        core.stores.secret.acknowledge_secret_messages(caller.key, after).await?;
    }
    let secret = &core.stores.secret;
    Ok(secret.secret_messages(caller.key, after, oldest(core), limits::SECRET_PAGE).await?)
}

/// Erases what the caller's device has; answers the senders' numbers.
///
/// # Errors
/// `MaxQtsInvalid` for a place that the queue has not reached.
pub async fn acknowledge(core: &Core, caller: Caller, upto: Qts) -> Result<Vec<i64>> {
    if upto.0 < 0 || upto > position(core, caller).await? {
        return Err(Error::MaxQtsInvalid);
    }
    Ok(core.stores.secret.acknowledge_secret_messages(caller.key, upto).await?)
}

/// Chats that changed for the caller's device since a moment.
///
/// # Errors
/// Those of the store.
pub async fn changed_since(core: &Core, caller: Caller, since: UnixTime) -> Result<Vec<SeenChat>> {
    let secret = &core.stores.secret;
    let changed = secret.secret_chats_since(caller.user, since, limits::DIFFERENCE_EVENTS).await?;
    let mut seen = Vec::with_capacity(changed.len());
    for chat in changed {
        seen.extend(seen_by(core, caller.key, chat).await?);
    }
    Ok(seen)
}

/// Tells the other side that the caller read everything up to a moment.
///
/// # Errors
/// `ChatInvalid`, `EncryptionDeclined`, `DateInvalid`.
pub async fn read(core: &Core, caller: Caller, input: InputChat, max_date: UnixTime) -> Result<()> {
    if max_date.0 <= 0 {
        return Err(Error::DateInvalid);
    }
    let chat = open(core, caller, input).await?;
    let mark = SecretRead { max_date, at: core.now() };
    let other = core.stores.secret.read_secret_chat(caller.user, chat.id, caller.key, mark).await;
    let other = other.map_err(|error| match error {
        StoreError::NotFound | StoreError::Conflict => Error::ChatInvalid,
        error => error.into(),
    })?;
    if let Some(key) = other.key {
        let event = Ephemeral::SecretRead { chat: chat.id, max_date, date: mark.at };
        core.publish(Notice::EphemeralToKey { key, event });
    }
    Ok(())
}

/// Shows the other side that the caller types.
///
/// # Errors
/// `ChatInvalid`, `EncryptionDeclined`.
pub async fn typing(core: &Core, caller: Caller, input: InputChat, is_typing: bool) -> Result<()> {
    let chat = open(core, caller, input).await?;
    if let Some(key) = chat.peer_key.filter(|_| is_typing) {
        core.publish(Notice::EphemeralToKey {
            key,
            event: Ephemeral::SecretTyping { chat: chat.id },
        });
    }
    Ok(())
}
