//! Encrypted files: bytes that are kept for the two people of a chat, and that say nothing of what they are.

use model::media::BlobHash;
use model::secret::SecretFile;
use model::{UnixTime, UserId};
use store::holds::BlobHold;

use super::{InputChat, open};
use crate::access::HashKind;
use crate::media::upload::StoredFile;
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

/// The file that a message shall carry.
pub(super) struct Carried {
    pub(super) file: SecretFile,
    /// Of an upload. Its bytes are held until a row names them.
    uploaded: Option<StoredFile>,
    /// The same, of a file that was here already.
    _hold: Option<BlobHold>,
}

/// Finds or makes a file, and writes nothing: whoever accepts the message with it keeps it.
pub(super) async fn resolve(
    core: &Core,
    caller: Caller,
    input: EncryptedInput,
) -> Result<Option<Carried>> {
    match input {
        EncryptedInput::Empty => Ok(None),
        EncryptedInput::Known { id, access_hash } => {
            let file = known(core, caller.user, id, access_hash).await?;
            // Its last row may have gone since, and its bytes with it.
            let hold = core.stores.blobs.hold(file.blob).await?.ok_or(Error::FileIdInvalid)?;
            Ok(Some(Carried { file, uploaded: None, _hold: Some(hold) }))
        }
        EncryptedInput::Uploaded { file, fingerprint } => {
            let stored = uploads::finish(core, caller, &file).await?;
            let file = SecretFile {
                id: media::new_id(core),
                blob: stored.blob,
                size_bytes: stored.size_bytes,
                fingerprint,
            };
            Ok(Some(Carried { file, uploaded: Some(stored), _hold: None }))
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
    let Some(carried) = resolve(core, caller, file).await? else { return Ok(None) };
    let file = carried.file.clone();
    if carried.uploaded.is_some() {
        let secret = &core.stores.secret;
        secret.insert_secret_file(caller.user, chat.id, file.clone(), core.now()).await?;
    }
    Ok(Some(file))
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
