//! Secret chats: their two sides, and the queue of ciphertext of each device.

use async_trait::async_trait;
use model::secret::{
    Acceptance, NewSecretChat, NewSecretMessage, SecretChat, SecretFile, SecretMessage, SecretRead,
    SecretSent,
};
use model::{AuthKeyId, Qts, SecretChatId, UnixTime, UserId};

use crate::Result;

/// Secret chats.
///
/// The order of a device's queue is the order in which its messages were accepted, and never changes.
#[async_trait]
pub trait SecretStore: Send + Sync {
    /// Keeps both sides of a new chat; answers the asking one.
    ///
    /// # Errors
    /// `Conflict` if either person has a chat of this id already; `Denied(TooMany)` over `limits::SECRET_CHATS` of the asking one.
    async fn request_secret_chat(&self, new: NewSecretChat) -> Result<SecretChat>;

    /// Somebody's side of a chat.
    ///
    /// # Errors
    /// `NotFound`.
    async fn secret_chat(&self, owner: UserId, id: SecretChatId) -> Result<SecretChat>;

    /// Somebody's sides that changed at `since` or later, or whose read mark did, oldest change first.
    async fn secret_chats_since(
        &self,
        owner: UserId,
        since: UnixTime,
        limit: i32,
    ) -> Result<Vec<SecretChat>>;

    /// Lets the invited person's device in, the first one only.
    ///
    /// # Errors
    /// `NotFound`, also for the side that asked; `Conflict` if a device was accepted already; `NotModified` if the chat is over.
    async fn accept_secret_chat(
        &self,
        owner: UserId,
        id: SecretChatId,
        acceptance: Acceptance,
    ) -> Result<SecretChat>;

    /// Ends a chat on both sides; with `history_deleted` what waits in it is erased as well.
    ///
    /// # Errors
    /// `NotFound`, also for a device that is not in it; `NotModified` if it is over.
    async fn discard_secret_chat(
        &self,
        owner: UserId,
        id: SecretChatId,
        key: AuthKeyId,
        history_deleted: bool,
        now: UnixTime,
    ) -> Result<SecretChat>;

    /// A device ends: its chats are over on both sides, and its queue is erased. Answers the owner's sides.
    async fn close_secret_chats(&self, key: AuthKeyId, now: UnixTime) -> Result<Vec<SecretChat>>;

    /// An account ends: all its chats are over, on all its devices. Answers its sides.
    async fn close_secret_chats_of(&self, owner: UserId, now: UnixTime) -> Result<Vec<SecretChat>>;

    /// Queues a message for the other side's device. The same `random_id` again (of the same sender and chat) writes nothing
    /// and answers what became of the first; the flag says which. From then on both people have the file with it, and where the
    /// message is refused nobody has.
    ///
    /// # Errors
    /// `NotFound` unless the device is in the chat; `Conflict` if the chat is not accepted; `NotModified` if it is over;
    /// `Denied(TooMany)` if the queue is full.
    async fn queue_secret_message(&self, new: NewSecretMessage) -> Result<(SecretSent, bool)>;

    /// What became of the message that somebody sent with this `random_id`.
    async fn secret_sent(
        &self,
        sender: UserId,
        chat: SecretChatId,
        random_id: i64,
    ) -> Result<Option<SecretSent>>;

    /// What waits for a device behind `after`, accepted at `oldest` or later, in its order.
    async fn secret_messages(
        &self,
        key: AuthKeyId,
        after: Qts,
        oldest: UnixTime,
        limit: i32,
    ) -> Result<Vec<SecretMessage>>;

    /// How far a device's queue has come; [`model::secret::QTS_START`] before its first message.
    async fn qts(&self, key: AuthKeyId) -> Result<Qts>;

    /// Erases what waits for a device up to `upto`; answers the `random_id`s. Nothing of it can be read afterwards.
    async fn acknowledge_secret_messages(&self, key: AuthKeyId, upto: Qts) -> Result<Vec<i64>>;

    /// Notes on the other side that this one has read. A mark never goes back. Answers the other side.
    ///
    /// # Errors
    /// `NotFound` unless the device is in the chat; `Conflict` unless it is accepted.
    async fn read_secret_chat(
        &self,
        owner: UserId,
        id: SecretChatId,
        key: AuthKeyId,
        read: SecretRead,
    ) -> Result<SecretChat>;

    /// Keeps an encrypted file that `owner` uploaded for a chat; its blob is stored already.
    async fn insert_secret_file(
        &self,
        owner: UserId,
        chat: SecretChatId,
        file: SecretFile,
        now: UnixTime,
    ) -> Result<()>;

    /// An encrypted file that somebody uploaded or was sent.
    ///
    /// # Errors
    /// `NotFound`.
    async fn secret_file(&self, viewer: UserId, id: i64) -> Result<SecretFile>;

    /// Erases messages and files accepted before `before`, and sides of chats that were over by then.
    async fn sweep_secret_chats(&self, before: UnixTime) -> Result<u64>;
}
