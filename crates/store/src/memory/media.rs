//! Descriptions of photos and documents.

use std::collections::BTreeMap;

use async_trait::async_trait;
use model::media::{BlobHash, Document, Photo, PhotoSize};
use model::{DocumentId, PhotoId};

use super::MemoryStore;
use crate::ports::MediaStore;
use crate::{Error, Result};

/// Photos and documents.
#[derive(Default)]
pub(super) struct MediaTable {
    photos: BTreeMap<PhotoId, Photo>,
    documents: BTreeMap<DocumentId, Document>,
}

impl MediaTable {
    fn uses(&self, hash: BlobHash) -> bool {
        let named = |sizes: &[PhotoSize]| sizes.iter().any(|size| size.blob == hash);
        self.photos.values().any(|photo| named(&photo.sizes))
            || self
                .documents
                .values()
                .any(|document| document.blob == hash || named(&document.thumbs))
    }
}

#[async_trait]
impl MediaStore for MemoryStore {
    async fn insert_photo(&self, photo: Photo) -> Result<()> {
        let photos = &mut self.state.lock().media.photos;
        if photos.contains_key(&photo.id) {
            return Err(Error::Conflict);
        }
        photos.insert(photo.id, photo);
        Ok(())
    }

    async fn insert_document(&self, document: Document) -> Result<()> {
        let documents = &mut self.state.lock().media.documents;
        if documents.contains_key(&document.id) {
            return Err(Error::Conflict);
        }
        documents.insert(document.id, document);
        Ok(())
    }

    async fn photos(&self, ids: &[PhotoId]) -> Result<Vec<Photo>> {
        let media = &self.state.lock().media;
        Ok(ids.iter().filter_map(|id| media.photos.get(id)).cloned().collect())
    }

    async fn documents(&self, ids: &[DocumentId]) -> Result<Vec<Document>> {
        let media = &self.state.lock().media;
        Ok(ids.iter().filter_map(|id| media.documents.get(id)).cloned().collect())
    }

    async fn blobs_in_use(&self, hashes: &[BlobHash]) -> Result<Vec<BlobHash>> {
        let state = self.state.lock();
        let uses = |hash: BlobHash| state.media.uses(hash) || state.secret.uses(hash);
        Ok(hashes.iter().copied().filter(|hash| uses(*hash)).collect())
    }
}
