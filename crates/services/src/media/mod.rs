//! Files: uploads, downloads, photos, documents.
//!
//! Bytes are blobs, addressed by their hash and stored once; a photo or document describes them and is what messages name.
//! Whoever reads a file shows a reference that says where they met it, and the right to that place is checked each time.

mod attributes;
pub mod documents;
pub mod download;
mod memory;
pub mod photos;
mod pictures;
pub mod reactions;
pub mod rights;
pub mod sniff;
mod sweep;
pub mod upload;
mod verify;

use std::collections::BTreeMap;

use model::media::{Document, Media, Photo};
use model::message::{Action, Message};
use model::{DocumentId, PhotoId};

use crate::{Core, Result};

pub use memory::MediaMemory;
pub use sweep::{destroy, sweep};
pub use verify::verify_blobs;

/// A new id for a photo or document: random, so that ids tell nothing.
pub(crate) fn new_id(core: &Core) -> i64 {
    (core.random.number() & i64::MAX).max(1)
}

/// Descriptions of the photos and documents that some messages show, for building answers.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// Photos by id.
    pub photos: BTreeMap<PhotoId, Photo>,
    /// Documents by id.
    pub documents: BTreeMap<DocumentId, Document>,
}

/// Fetches the photos (of service messages too) and documents that messages show.
///
/// # Errors
/// Those of the store.
pub async fn files(core: &Core, messages: impl IntoIterator<Item = &Message>) -> Result<Files> {
    let (mut photos, mut documents) = (Vec::new(), Vec::new());
    for message in messages {
        match &message.body.media {
            Some(Media::Photo { photo, .. }) => photos.push(*photo),
            Some(Media::Document { document, cover, .. }) => {
                documents.push(*document);
                photos.extend(*cover);
            }
            _ => {}
        }
        if let Some(Action::ChatEditPhoto { photo }) = message.body.action {
            photos.push(photo);
        }
    }
    photos.sort_unstable();
    photos.dedup();
    documents.sort_unstable();
    documents.dedup();
    let mut files = Files::default();
    if !photos.is_empty() {
        let found = core.stores.media.photos(&photos).await?;
        files.photos = found.into_iter().map(|photo| (photo.id, photo)).collect();
    }
    if !documents.is_empty() {
        let found = core.stores.media.documents(&documents).await?;
        files.documents = found.into_iter().map(|document| (document.id, document)).collect();
    }
    Ok(files)
}
