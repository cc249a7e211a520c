//! Encrypted files: bytes that are kept for the two people of a chat, and that say nothing of what they are.

use model::media::BlobHash;
use model::secret::{SecretChat, SecretFile};
use model::{UnixTime, UserId};

use super::{InputChat, open};
use crate::access::HashKind;
use crate::media::{self, upload as uploads};
use crate::{Caller, Core, Error, Result};

/// A file as a client names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EncryptedInput {
    /// An upload, with the fingerprint of the file's own key.
    Uploaded {
        /// The upload.
        file: uploads::InputFile,
        /// 32 bits.
        fingerprint: i32,
    },
    /// A file that is here already.
    Known {
        /// Number.
        id: i64,
        /// Proof of having met it.
        access_hash: i64,
    },
    /// None after all.
    Empty,
}

/// Finds or makes the file that a message shall carry.
pub(super) async fn resolve(
    core: &Core,
    caller: Caller,
    chat: &SecretChat,
    input: EncryptedInput,
) -> Result<Option<SecretFile>> {
    match input {
        EncryptedInput::Empty => Ok(None),
        EncryptedInput::Known { id, access_hash } => {
            known(core, caller.user, id, access_hash).await.map(Some)
        }
        EncryptedInput::Uploaded { file, fingerprint } => {
            let stored = uploads::finish(core, caller, &file).await?;
            let file = SecretFile {
                id: media::new_id(core),
                blob: stored.blob,
                size_bytes: stored.size_bytes,
                fingerprint,
            };
            let secret = &core.stores.secret;
            secret.insert_secret_file(caller.user, chat.id, file.clone(), core.now()).await?;
            Ok(Some(file))
        }
    }
}

async fn known(core: &Core, viewer: UserId, id: i64, access_hash: i64) -> Result<SecretFile> {
    let file = core.stores.secret.secret_file(viewer, id).await;
    let genuine = core.access.verify(viewer, HashKind::EncryptedFile, id, access_hash);
    match file {
        Ok(file) if genuine => Ok(file),
        Ok(_) | Err(store::Error::NotFound) => Err(Error::FileIdInvalid),
        Err(error) => Err(error.into()),
    }
}

/// Makes an encrypted file of an upload, to be sent later.
///
/// # Errors
/// `ChatInvalid`, `EncryptionDeclined`, `FileIdInvalid`; those of uploads.
pub async fn upload(
    core: &Core,
    caller: Caller,
    input: InputChat,
    file: EncryptedInput,
) -> Result<Option<SecretFile>> {
    let chat = open(core, caller, input).await?;
    resolve(core, caller, &chat, file).await
}

/// Where the bytes are, for somebody who may have them.
///
/// # Errors
/// `FileIdInvalid`.
pub async fn file_blob(
    core: &Core,
    viewer: UserId,
    id: i64,
    access_hash: i64,
) -> Result<(BlobHash, UnixTime)> {
    let file = known(core, viewer, id, access_hash).await?;
    Ok((file.blob, core.now()))
}
