//! Upkeep of blobs: what nothing names goes, what is named is verified.

use model::UnixTime;
use model::media::BlobHash;
use sha2::{Digest as _, Sha256};
use store::Stores;
use store::ports::blobs::READ_BYTES;

use crate::{Core, Result};

/// Uploads untouched for so long are forgotten, seconds.
const UPLOAD_S: i64 = 24 * 3600;
/// Blobs looked at together.
const PAGE: i32 = 500;

/// Forgets uploads older than a day, and blobs that no photo or document names. Answers how many blobs went.
///
/// A blob made within the last hour stays, as what will name it may still be on its way; and while somebody makes one, the
/// rest waits for the next time.
///
/// # Errors
/// Those of the store.
pub async fn sweep(core: &Core) -> Result<u64> {
    let now = core.now();
    core.stores.blobs.sweep_uploads(UnixTime(now.0 - UPLOAD_S)).await?;
    let mut deleted = 0;
    let mut after = None;
    loop {
        let page = core.stores.blobs.list(after, PAGE).await?;
        let Some((last, _)) = page.last() else { return Ok(deleted) };
        after = Some(*last);
        let old = page
            .into_iter()
            .map(|(hash, _)| hash)
            .filter(|hash| !core.memory.media.is_young(*hash, now));
        let Some(_gate) = core.memory.media.close_gate() else { return Ok(deleted) };
        deleted += delete_unused(core, old.collect()).await?;
    }
}

async fn delete_unused(core: &Core, blobs: Vec<BlobHash>) -> Result<u64> {
    let used = core.stores.media.blobs_in_use(&blobs).await?;
    let now = core.now();
    let mut deleted = 0;
    for blob in blobs {
        // It may have become young between the look and the gate.
        if !used.contains(&blob) && !core.memory.media.is_young(blob, now) {
            core.stores.blobs.delete(blob).await?;
            deleted += 1;
        }
    }
    Ok(deleted)
}

/// Reads every blob and compares it with its hash. Answers how many there are, and one line for each that differs.
///
/// # Errors
/// Those of the store.
pub async fn verify_blobs(stores: &Stores) -> Result<(u64, Vec<String>)> {
    let (mut checked, mut faults) = (0, Vec::new());
    let mut after = None;
    loop {
        let page = stores.blobs.list(after, PAGE).await?;
        let Some((last, _)) = page.last() else { return Ok((checked, faults)) };
        after = Some(*last);
        for (blob, _) in page {
            checked += 1;
            if hash_of(stores, blob).await? != blob.0 {
                faults.push(format!("blob {} does not match its hash", blob.to_hex()));
            }
        }
    }
}

async fn hash_of(stores: &Stores, blob: BlobHash) -> Result<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut offset = 0;
    loop {
        let bytes = stores.blobs.read(blob, offset, READ_BYTES).await?;
        if bytes.is_empty() {
            return Ok(hash.finalize().into());
        }
        offset += u64::try_from(bytes.len()).unwrap_or(0);
        hash.update(&bytes);
    }
}
