//! Descriptions of photos and documents.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use model::media::{BlobHash, Document, Photo, PhotoSize};
use model::message::Body;
use model::rights::Denial;
use model::{DocumentId, PhotoId, PollId, UnixTime};

use super::{MemoryStore, State};
use crate::ports::MediaStore;
use crate::ports::media::{GONE_S, UNUSED_S};
use crate::{Error, Result};

/// Photos and documents.
#[derive(Default)]
pub(super) struct MediaTable {
    photos: BTreeMap<PhotoId, Photo>,
    documents: BTreeMap<DocumentId, Document>,
    /// What nothing may need any more: when it is looked at.
    released: BTreeMap<i64, UnixTime>,
    /// What was destroyed, and until when that matters.
    gone: BTreeMap<i64, UnixTime>,
    doomed: BTreeSet<BlobHash>,
}

impl MediaTable {
    /// A new photo, document or poll.
    pub(super) fn made(&mut self, id: i64, date: UnixTime) {
        self.released.entry(id).or_insert(UnixTime(date.0.saturating_add(UNUSED_S)));
    }

    /// Whether everything that a body carries is still there.
    pub(super) fn check(&self, body: &Body) -> Result<()> {
        body.carried().try_for_each(|id| self.check_one(id))
    }

    /// The same of a photo that is to be shown without a message.
    pub(super) fn check_one(&self, id: i64) -> Result<()> {
        if self.gone.contains_key(&id) { Err(Denial::MediaGone.into()) } else { Ok(()) }
    }

    pub(super) fn doom(&mut self, blobs: impl IntoIterator<Item = BlobHash>) {
        self.doomed.extend(blobs);
    }

    fn remove(&mut self, id: i64) {
        let photo = self.photos.remove(&PhotoId(id));
        self.doomed.extend(photo.iter().flat_map(|photo| &photo.sizes).map(|size| size.blob));
        if let Some(document) = self.documents.remove(&DocumentId(id)) {
            self.doomed.insert(document.blob);
            self.doomed.extend(document.thumbs.iter().map(|size| size.blob));
        }
    }

    fn named(&self) -> impl Iterator<Item = BlobHash> {
        let blob = |size: &PhotoSize| size.blob;
        let photos = self.photos.values().flat_map(move |photo| photo.sizes.iter().map(blob));
        let thumbs =
            self.documents.values().flat_map(move |document| document.thumbs.iter().map(blob));
        photos.chain(thumbs).chain(self.documents.values().map(|document| document.blob))
    }
}

impl State {
    fn named_blobs(&self) -> BTreeSet<BlobHash> {
        self.media.named().chain(self.secret.named()).collect()
    }

    fn note_released(&mut self) {
        let released = [
            self.boxes.take_released(),
            self.channels.take_released(),
            self.chats.take_released(),
            self.accounts.take_released(),
            self.schedules.take_released(),
        ];
        for id in released.into_iter().flatten() {
            if !self.media.gone.contains_key(&id) {
                self.media.released.insert(id, UnixTime(0));
            }
        }
    }

    fn needs(&self, id: i64) -> bool {
        self.boxes.carries(id)
            || self.channels.carry(id)
            || self.chats.show(id)
            || self.accounts.show(id)
            || self.schedules.carry(id)
    }

    fn destroy_unneeded(&mut self, now: UnixTime, limit: i32) -> i32 {
        self.note_released();
        let media = &mut self.media;
        let forgotten = media.gone.len();
        media.gone.retain(|_, due| *due > now);
        let forgotten = i32::try_from(forgotten - media.gone.len()).unwrap_or(i32::MAX);
        let mut due: Vec<_> = media
            .released
            .iter()
            .filter(|(_, due)| **due <= now)
            .map(|(id, due)| (*due, *id))
            .collect();
        due.sort_unstable();
        due.truncate(usize::try_from(limit).unwrap_or(0));
        for (_, id) in &due {
            self.media.released.remove(id);
            if !self.needs(*id) {
                self.media.remove(*id);
                self.polls.remove(PollId(*id));
                self.media.gone.insert(*id, UnixTime(now.0.saturating_add(GONE_S)));
            }
        }
        forgotten + i32::try_from(due.len()).unwrap_or(i32::MAX)
    }
}

#[async_trait]
impl MediaStore for MemoryStore {
    async fn insert_photo(&self, photo: Photo) -> Result<()> {
        let media = &mut self.state.lock().media;
        if media.photos.contains_key(&photo.id) {
            return Err(Error::Conflict);
        }
        media.made(photo.id.0, photo.date);
        media.photos.insert(photo.id, photo);
        Ok(())
    }

    async fn insert_document(&self, document: Document) -> Result<()> {
        let media = &mut self.state.lock().media;
        if media.documents.contains_key(&document.id) {
            return Err(Error::Conflict);
        }
        media.made(document.id.0, document.date);
        media.documents.insert(document.id, document);
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

    async fn destroy_unneeded(&self, now: UnixTime, limit: i32) -> Result<i32> {
        Ok(self.state.lock().destroy_unneeded(now, limit))
    }

    async fn doom_blobs(&self, blobs: &[BlobHash]) -> Result<()> {
        self.state.lock().media.doom(blobs.iter().copied());
        Ok(())
    }

    async fn doomed_blobs(&self, after: Option<BlobHash>, limit: i32) -> Result<Vec<BlobHash>> {
        let mut state = self.state.lock();
        let erased = state.secret.take_erased();
        state.media.doom(erased);
        let behind =
            state.media.doomed.iter().filter(|hash| after.is_none_or(|after| **hash > after));
        Ok(behind.take(usize::try_from(limit).unwrap_or(0)).copied().collect())
    }

    async fn forget_doomed(&self, blobs: &[BlobHash]) -> Result<()> {
        self.state.lock().media.doomed.retain(|hash| !blobs.contains(hash));
        Ok(())
    }

    async fn blobs_in_use(&self, hashes: &[BlobHash]) -> Result<Vec<BlobHash>> {
        let named = self.state.lock().named_blobs();
        Ok(hashes.iter().copied().filter(|hash| named.contains(hash)).collect())
    }

    async fn named_blobs(&self, after: Option<BlobHash>, limit: i32) -> Result<Vec<BlobHash>> {
        let named = self.state.lock().named_blobs().into_iter();
        let behind = named.filter(|hash| after.is_none_or(|after| *hash > after));
        Ok(behind.take(usize::try_from(limit).unwrap_or(0)).collect())
    }
}
