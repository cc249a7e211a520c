//! What the media services remember: which uploads became files lately, and which blobs are too young to sweep.

use std::collections::HashMap;

use model::UnixTime;
use model::media::BlobHash;
use parking_lot::Mutex;
use store::ports::blobs::UploadId;

use super::upload::StoredFile;
use crate::Core;

/// How long an upload may be used again after it became a file: clients send the same request again after a lost answer.
const REUSE_S: i64 = 15 * 60;
/// How long a new blob is safe from the sweep, so that what will name it has time to be written.
const YOUNG_S: i64 = 3600;
/// Locks for uploads that become files; two uploads rarely share one.
const LOCKS: usize = 32;

/// State of one process.
#[derive(Default)]
pub struct MediaMemory {
    finished: Mutex<HashMap<UploadId, Finished>>,
    young: Mutex<HashMap<BlobHash, UnixTime>>,
    locks: [tokio::sync::Mutex<()>; LOCKS],
    /// Held shared while blobs are made and noted as young, alone while some are deleted.
    gate: tokio::sync::RwLock<()>,
}

struct Finished {
    parts: i32,
    file: StoredFile,
    at: UnixTime,
}

impl MediaMemory {
    /// One upload becomes a file at a time.
    pub(super) async fn lock(&self, upload: UploadId) -> tokio::sync::MutexGuard<'_, ()> {
        let mixed = upload.user.0 ^ upload.file;
        let lock = usize::try_from(mixed.rem_euclid(32)).unwrap_or(0);
        #[expect(clippy::indexing_slicing, reason = "below LOCKS")]
        self.locks[lock].lock().await
    }

    /// The file that an upload of so many parts became a while ago.
    pub(super) fn finished(
        &self,
        upload: UploadId,
        parts: i32,
        now: UnixTime,
    ) -> Option<StoredFile> {
        let finished = self.finished.lock();
        let found = finished.get(&upload)?;
        (found.parts == parts && now.0 - found.at.0 <= REUSE_S).then_some(found.file)
    }

    /// Notes what an upload became.
    pub(super) fn finish(&self, upload: UploadId, parts: i32, file: StoredFile, now: UnixTime) {
        let mut finished = self.finished.lock();
        finished.retain(|_, old| now.0 - old.at.0 <= REUSE_S);
        finished.insert(upload, Finished { parts, file, at: now });
    }

    /// A part of a new upload under an old number: the old file is no longer meant.
    pub(super) fn forget(&self, upload: UploadId) {
        self.finished.lock().remove(&upload);
    }

    fn note(&self, blob: BlobHash, now: UnixTime) {
        let mut young = self.young.lock();
        young.retain(|_, since| now.0 - since.0 <= YOUNG_S);
        young.insert(blob, now);
    }

    pub(super) fn is_young(&self, blob: BlobHash, now: UnixTime) -> bool {
        self.young.lock().get(&blob).is_some_and(|since| now.0 - since.0 <= YOUNG_S)
    }

    /// Alone with the blobs, if nobody makes one just now.
    pub(super) fn close_gate(&self) -> Option<tokio::sync::RwLockWriteGuard<'_, ()>> {
        self.gate.try_write().ok()
    }
}

/// Makes a blob that the sweep leaves alone until something can name it.
pub(super) async fn keep<E>(
    core: &Core,
    make: impl Future<Output = Result<store::ports::blobs::StoredBlob, E>> + Send,
) -> Result<store::ports::blobs::StoredBlob, E> {
    let open = core.memory.media.gate.read().await;
    let stored = make.await?;
    core.memory.media.note(stored.hash, core.now());
    drop(open);
    Ok(stored)
}
