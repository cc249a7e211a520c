//! `auth.exportAuthorization` and `auth.importAuthorization`: a client's second key signs in on the word of its first.

use std::collections::HashMap;

use model::{AuthKeyId, UnixTime, UserId};

use super::authorize::{self, Device};
use crate::{Caller, Core, Error, Result};

/// How long an exported authorization waits, seconds.
const EXPORT_S: i64 = 60;

/// Exported authorizations by their bytes, used once.
#[derive(Default)]
pub(super) struct Exports {
    exports: HashMap<[u8; 64], Export>,
}

struct Export {
    user: UserId,
    /// The key that it was exported by.
    by: AuthKeyId,
    expires: UnixTime,
}

/// Bytes that sign another key in to the caller's account, once.
#[must_use]
pub fn export(core: &Core, caller: Caller) -> Vec<u8> {
    let now = core.now();
    let mut bytes = [0; 64];
    core.random.fill(&mut bytes);
    let exports = &mut core.memory.sign_in.lock().exports.exports;
    exports.retain(|_, export| export.expires > now);
    let expires = UnixTime(now.0 + EXPORT_S);
    exports.insert(bytes, Export { user: caller.user, by: caller.key, expires });
    bytes.to_vec()
}

/// Signs a key in with such bytes, as long as the key that exported them is signed in itself: who ended a stranger's session has
/// ended what it may have exported. The other devices are told, as of every sign-in.
///
/// # Errors
/// [`Error::ExportInvalid`].
pub async fn import(core: &Core, device: Device, user: i64, bytes: &[u8]) -> Result<UserId> {
    let bytes: [u8; 64] = bytes.try_into().map_err(|_| Error::ExportInvalid)?;
    let export =
        core.memory.sign_in.lock().exports.exports.remove(&bytes).ok_or(Error::ExportInvalid)?;
    if export.user.0 != user || export.expires <= core.now() {
        return Err(Error::ExportInvalid);
    }
    let by = core.stores.keys.authorization(export.by).await?;
    if by.is_none_or(|by| by.user != export.user) {
        return Err(Error::ExportInvalid);
    }
    authorize::authorize(core, device, export.user, true).await?;
    Ok(export.user)
}
