//! The check of blobs: what is there is whole, what is named is there.

use model::media::BlobHash;
use sha2::{Digest as _, Sha256};
use store::Stores;
use store::ports::blobs::READ_BYTES;

use crate::Result;

/// Blobs looked at together.
const PAGE: i32 = 500;

/// Reads every blob and compares it with its hash, and looks whether each that is named is there. Answers how many there are, and
/// one line for each that differs or is missing.
///
/// # Errors
/// Those of the store.
pub async fn verify_blobs(stores: &Stores) -> Result<(u64, Vec<String>)> {
    let (mut checked, mut faults) = (0, Vec::new());
    let mut after = None;
    loop {
        let page = stores.blobs.list(after, PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        after = Some(*last);
        for (blob, _) in page {
            match hash_of(stores, blob).await {
                Ok(hash) if hash == blob.0 => checked += 1,
                Ok(_) => faults.push(format!("blob {} does not match its hash", blob.to_hex())),
                // Destroyed since it was listed; if it should be there, it is found to be missing below.
                Err(store::Error::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    faults.extend(missing(stores).await?);
    Ok((checked, faults))
}

/// A line for each blob that something names and that is not there.
async fn missing(stores: &Stores) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    let mut after = None;
    loop {
        let page = stores.media.named_blobs(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(faults) };
        after = Some(*last);
        for blob in page {
            // While the server runs it may have been destroyed since the page was read.
            if stores.blobs.hold(blob).await?.is_none()
                && !stores.media.blobs_in_use(&[blob]).await?.is_empty()
            {
                faults.push(format!("blob {} is missing", blob.to_hex()));
            }
        }
    }
}

async fn hash_of(stores: &Stores, blob: BlobHash) -> store::Result<[u8; 32]> {
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
