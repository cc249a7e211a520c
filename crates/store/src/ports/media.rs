//! Photos and documents: their descriptions. The bytes are in [`super::Blobs`].

use async_trait::async_trait;
use model::media::{BlobHash, Document, Photo};
use model::{DocumentId, PhotoId};

use crate::Result;

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

    /// Blobs, among these, that some photo, document or encrypted file still names. For the orphan scan.
    async fn blobs_in_use(&self, hashes: &[BlobHash]) -> Result<Vec<BlobHash>>;
}
