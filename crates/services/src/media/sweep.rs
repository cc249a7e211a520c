//! Upkeep of blobs: what nothing names goes, what is named is verified.

use model::UnixTime;
use model::media::BlobHash;

use crate::{Core, Result};

/// Uploads untouched for so long are forgotten, seconds.
const UPLOAD_S: i64 = 24 * 3600;
/// Blobs looked at together.
const PAGE: i32 = 500;
/// Photos, documents and polls looked at in one transaction: senders wait for it.
const DESTROYED_AT_ONCE: i32 = 100;

/// Forgets uploads older than a day, and blobs that nothing names and nobody makes. Answers how many blobs went.
///
/// # Errors
/// Those of the store.
pub async fn sweep(core: &Core) -> Result<u64> {
    core.stores.blobs.sweep_uploads(UnixTime(core.now().0 - UPLOAD_S)).await?;
    let mut deleted = 0;
    let mut after = None;
    loop {
        let page = core.stores.blobs.list(after, PAGE).await?;
        let Some((last, _)) = page.last() else { return Ok(deleted) };
        after = Some(*last);
        let all: Vec<BlobHash> = page.into_iter().map(|(hash, _)| hash).collect();
        deleted += u64::try_from(delete_unnamed(core, &all).await?.deleted).unwrap_or(0);
    }
}

/// Destroys what nothing carries any more, and the bytes of what was destroyed: of this time and of times before that did not
/// come to their end. Answers how many blobs went.
///
/// # Errors
/// Those of the store.
pub async fn destroy(core: &Core) -> Result<u64> {
    while core.stores.media.destroy_unneeded(core.now(), DESTROYED_AT_ONCE).await?
        == DESTROYED_AT_ONCE
    {}
    let mut deleted = 0;
    let mut after = None;
    loop {
        let page = core.stores.media.doomed_blobs(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(deleted) };
        after = Some(*last);
        let done = delete_unnamed(core, &page).await?;
        core.stores.media.forget_doomed(&done.settled).await?;
        deleted += u64::try_from(done.deleted).unwrap_or(0);
    }
}

/// What became of some blobs.
#[derive(Default)]
struct Done {
    /// Gone, or named by something.
    settled: Vec<BlobHash>,
    /// Gone.
    deleted: usize,
}

/// Deletes those of the blobs that nothing names. Those that somebody holds, and those that can't be deleted now, are left for
/// another time.
async fn delete_unnamed(core: &Core, blobs: &[BlobHash]) -> Result<Done> {
    let condemned: Vec<BlobHash> =
        blobs.iter().copied().filter(|blob| core.stores.blobs.condemn(*blob)).collect();
    // Looked up after they are condemned: whoever names one later takes hold of it first.
    let named = core.stores.media.blobs_in_use(&condemned).await?;
    let mut done = Done::default();
    for blob in condemned {
        if named.contains(&blob) {
            core.stores.blobs.spare(blob);
            done.settled.push(blob);
            continue;
        }
        match core.stores.blobs.delete(blob).await {
            Ok(true) => {
                done.settled.push(blob);
                done.deleted += 1;
            }
            Ok(false) => {}
            Err(error) => {
                // One that can't go must not keep the others.
                core.stores.blobs.spare(blob);
                tracing::warn!(%error, "a file could not be destroyed; it is tried again");
            }
        }
    }
    Ok(done)
}
