//! What the media services remember: which uploads became photos, documents or files lately.

use std::collections::HashMap;

use model::media::BlobHash;
use model::{DocumentId, PhotoId, UnixTime};
use parking_lot::Mutex;
use store::ports::blobs::UploadId;

use super::documents::NewDocument;

/// How long an upload may be used again after it became something: clients send the same request again after a lost answer.
const REUSE_S: i64 = 15 * 60;
/// Locks for uploads that become files; two uploads rarely share one.
const LOCKS: usize = 32;

/// State of one process.
#[derive(Default)]
pub struct MediaMemory {
    finished: Mutex<HashMap<UploadId, Finished>>,
    locks: [tokio::sync::Mutex<()>; LOCKS],
}

struct Finished {
    parts: i32,
    file: (BlobHash, i64),
    became: Option<Became>,
    at: UnixTime,
}

/// What the file of an upload became.
#[derive(Clone)]
pub(super) enum Became {
    /// A photo. Its sizes are kept, what was uploaded is not. Profile photos have other sizes.
    Photo { photo: PhotoId, profile: bool },
    /// A document, of this request.
    Document(Box<(NewDocument, DocumentId)>),
}

impl MediaMemory {
    /// One upload becomes a file at a time.
    pub(super) async fn lock(&self, upload: UploadId) -> tokio::sync::MutexGuard<'_, ()> {
        let mixed = upload.user.0 ^ upload.file;
        let lock = usize::try_from(mixed.rem_euclid(32)).unwrap_or(0);
        #[expect(clippy::indexing_slicing, reason = "below LOCKS")]
        self.locks[lock].lock().await
    }

    /// The file, and its bytes, that an upload of so many parts was a while ago.
    pub(super) fn file(
        &self,
        upload: UploadId,
        parts: i32,
        now: UnixTime,
    ) -> Option<(BlobHash, i64)> {
        self.finished(upload, parts, now, |found| Some(found.file))
    }

    /// What that file became.
    pub(super) fn became(&self, upload: UploadId, parts: i32, now: UnixTime) -> Option<Became> {
        self.finished(upload, parts, now, |found| found.became.clone())
    }

    fn finished<T>(
        &self,
        upload: UploadId,
        parts: i32,
        now: UnixTime,
        read: impl FnOnce(&Finished) -> Option<T>,
    ) -> Option<T> {
        let finished = self.finished.lock();
        let found = finished.get(&upload)?;
        if found.parts == parts && now.0 - found.at.0 <= REUSE_S { read(found) } else { None }
    }

    /// Notes that an upload is a file now.
    pub(super) fn finish(
        &self,
        upload: UploadId,
        parts: i32,
        file: (BlobHash, i64),
        now: UnixTime,
    ) {
        let mut finished = self.finished.lock();
        finished.retain(|_, old| now.0 - old.at.0 <= REUSE_S);
        finished.insert(upload, Finished { parts, file, became: None, at: now });
    }

    /// Notes what the file became.
    pub(super) fn make(&self, upload: UploadId, became: Became) {
        if let Some(finished) = self.finished.lock().get_mut(&upload) {
            finished.became = Some(became);
        }
    }

    /// A part of a new upload under an old number: the old file is no longer meant.
    pub(super) fn forget(&self, upload: UploadId) {
        self.finished.lock().remove(&upload);
    }
}
