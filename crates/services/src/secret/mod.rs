//! Secret chats: the exchange that opens one, ciphertext on its way, the end.
//!
//! The server carries what two clients say to each other and can read none of it. It checks what a server can check: that
//! the values of the exchange are in range, that a device writes only in its own chat, that nothing is queued twice or for
//! longer than it promised. Everything else, keys and timers and the order inside the ciphertext, is the clients' affair.
//!
//! Source: `core.telegram.org/api/end-to-end`.

mod exchange;
mod files;
mod messages;
mod report;

use model::secret::{SecretChat, SecretChatState, SecretChatView};
use model::{AuthKeyId, SecretChatId, UnixTime, UserId, limits};
use store::ports::Notice;

use crate::access::HashKind;
use crate::{Caller, Core, Error, Result, devices};

pub use exchange::{DhConfig, accept, dh_config, discard, request};
pub use files::{EncryptedInput, file_blob, upload};
pub use messages::{
    Draft, Sent, acknowledge, changed_since, missed, position, queued_at, read, send, typing,
};
pub use report::{Complaint, complaints, report_spam};

/// A secret chat as one device sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenChat {
    /// The owner's side.
    pub chat: SecretChat,
    /// What the device sees.
    pub view: SecretChatView,
}

/// A chat named by its number and the proof of having met it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputChat {
    /// Number.
    pub id: SecretChatId,
    /// Proof.
    pub access_hash: i64,
}

/// What a device of `user` sees of a chat now; `None` if the chat is none of its business, or it takes no secret chats.
///
/// # Errors
/// Those of the store.
pub async fn seen(
    core: &Core,
    user: UserId,
    key: AuthKeyId,
    id: SecretChatId,
) -> Result<Option<SeenChat>> {
    match core.stores.secret.secret_chat(user, id).await {
        Ok(chat) => seen_by(core, key, chat).await,
        Err(store::Error::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn seen_by(core: &Core, key: AuthKeyId, chat: SecretChat) -> Result<Option<SeenChat>> {
    let Some(view) = chat.seen_by(key) else { return Ok(None) };
    let is_offer = view == SecretChatView::Requested;
    if is_offer && !devices::takes_secret_chats(core, chat.owner, key).await? {
        return Ok(None);
    }
    Ok(Some(SeenChat { chat, view }))
}

/// The caller's side of a chat that it proved to have met. A wrong proof and an unknown chat are the same.
async fn met(core: &Core, caller: Caller, input: InputChat) -> Result<SecretChat> {
    let object = i64::from(input.id.0);
    let chat = core.stores.secret.secret_chat(caller.user, input.id).await;
    let genuine = core.access.verify(caller.user, HashKind::SecretChat, object, input.access_hash);
    match chat {
        Ok(chat) if genuine => Ok(chat),
        Ok(_) | Err(store::Error::NotFound) => Err(Error::ChatInvalid),
        Err(error) => Err(error.into()),
    }
}

/// The caller's side of an open chat of the caller's own device.
async fn open(core: &Core, caller: Caller, input: InputChat) -> Result<SecretChat> {
    let chat = met(core, caller, input).await?;
    if chat.key != Some(caller.key) {
        return Err(Error::ChatInvalid);
    }
    match chat.state {
        SecretChatState::Accepted => Ok(chat),
        SecretChatState::Requested => Err(Error::ChatInvalid),
        SecretChatState::Discarded { .. } => Err(Error::EncryptionDeclined),
    }
}

/// Tells a person's devices that a chat changed.
fn tell(core: &Core, user: UserId, chat: SecretChatId, but: Option<Caller>) {
    core.publish(Notice::SecretChat { user, chat, origin: but.and_then(|caller| caller.origin()) });
}

/// Ends the chats of a device that is signed out, and erases what waited for it.
pub(crate) async fn close_device(core: &Core, key: AuthKeyId) -> Result<()> {
    for chat in core.stores.secret.close_secret_chats(key, core.now()).await? {
        tell(core, chat.peer, chat.id, None);
    }
    Ok(())
}

/// Ends all chats of an account that is deleted.
pub(crate) async fn close_account(core: &Core, user: UserId) -> Result<()> {
    for chat in core.stores.secret.close_secret_chats_of(user, core.now()).await? {
        tell(core, chat.peer, chat.id, None);
    }
    Ok(())
}

/// Ciphertext accepted before this moment is served no more.
fn oldest(core: &Core) -> UnixTime {
    UnixTime(core.now().0 - limits::SECRET_DAYS * 24 * 3600)
}

/// Erases what waited for longer than promised: background work. Answers how much.
///
/// # Errors
/// Those of the store.
pub async fn sweep(core: &Core) -> Result<u64> {
    Ok(core.stores.secret.sweep_secret_chats(oldest(core)).await?)
}
