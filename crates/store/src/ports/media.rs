//! Photos and documents: their descriptions. The bytes are in [`super::Blobs`].

use async_trait::async_trait;
use model::media::{BlobHash, Document, Photo};
use model::{DocumentId, PhotoId, UnixTime};

use crate::Result;

/// Seconds after which a photo, document or poll that is in no message yet is taken for abandoned.
pub const UNUSED_S: i64 = 24 * 3600;
/// Seconds for which what was destroyed cannot be sent by somebody who saw it before: far longer than any request.
pub const GONE_S: i64 = 3600;

/// Descriptions of photos and documents.
#[async_trait]
pub trait MediaStore: Send + Sync {
    /// Keeps a photo whose blobs are stored already. The id is chosen by the service at random.
    async fn insert_photo(&self, photo: Photo) -> Result<()>;

    /// Keeps a document whose blobs are stored already.
    async fn insert_document(&self, document: Document) -> Result<()>;

    /// Photos by id; unknown ones are left out.
    async fn photos(&self, ids: &[PhotoId]) -> Result<Vec<Photo>>;

    /// Documents by id; unknown ones are left out.
    async fn documents(&self, ids: &[DocumentId]) -> Result<Vec<Document>>;

    /// Looks at up to `limit` photos, documents and polls that a message, a profile, a group or a channel carries no longer (and at
    /// those that [nothing ever carried](UNUSED_S)), destroys those that nothing else carries, and dooms their blobs. Answers
    /// how many it looked at. For a [while](GONE_S) they cannot be sent: `Denied(MediaGone)`.
    async fn destroy_unneeded(&self, now: UnixTime, limit: i32) -> Result<i32>;

    /// Dooms blobs that were read and are of no use any more. What something names stays all the same.
    async fn doom_blobs(&self, blobs: &[BlobHash]) -> Result<()>;

    /// A page of the doomed blobs, by hash. They stay doomed, also through a crash, until they are [forgotten](Self::forget_doomed).
    async fn doomed_blobs(&self, after: Option<BlobHash>, limit: i32) -> Result<Vec<BlobHash>>;

    /// Forgets doomed blobs: their bytes are gone, or something names them again.
    async fn forget_doomed(&self, blobs: &[BlobHash]) -> Result<()>;

    /// Blobs, among these, that some photo, document or encrypted file still names. For the orphan scan.
    async fn blobs_in_use(&self, hashes: &[BlobHash]) -> Result<Vec<BlobHash>>;

    /// A page of all the blobs that some photo, document or encrypted file names, by hash.
    async fn named_blobs(&self, after: Option<BlobHash>, limit: i32) -> Result<Vec<BlobHash>>;
}
