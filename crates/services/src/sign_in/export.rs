//! `auth.exportAuthorization` and `auth.importAuthorization`: a client's second key signs in on the word of its first.

use std::collections::HashMap;

use model::{UnixTime, UserId};

use super::authorize::{self, Device};
use crate::{Caller, Core, Error, Result};

/// How long an exported authorization waits, seconds.
const EXPORT_S: i64 = 60;

/// Exported authorizations by their bytes, used once.
#[derive(Default)]
pub(super) struct Exports {
    exports: HashMap<[u8; 64], (UserId, UnixTime)>,
}

/// Bytes that sign another key in to the caller's account, once.
#[must_use]
pub fn export(core: &Core, caller: Caller) -> Vec<u8> {
    let now = core.now();
    let mut bytes = [0; 64];
    core.random.fill(&mut bytes);
    let exports = &mut core.memory.sign_in.lock().exports.exports;
    exports.retain(|_, (_, expires)| *expires > now);
    exports.insert(bytes, (caller.user, UnixTime(now.0 + EXPORT_S)));
    bytes.to_vec()
}

/// Signs a key in with such bytes.
///
/// # Errors
/// [`Error::ExportInvalid`].
pub async fn import(core: &Core, device: Device, user: i64, bytes: &[u8]) -> Result<UserId> {
    let bytes: [u8; 64] = bytes.try_into().map_err(|_| Error::ExportInvalid)?;
    let (owner, expires) =
        core.memory.sign_in.lock().exports.exports.remove(&bytes).ok_or(Error::ExportInvalid)?;
    if owner.0 != user || expires <= core.now() {
        return Err(Error::ExportInvalid);
    }
    // A key of the same device: nothing new to announce, but it is listed and can be ended like any other.
    authorize::authorize(core, device, owner, false).await?;
    Ok(owner)
}
