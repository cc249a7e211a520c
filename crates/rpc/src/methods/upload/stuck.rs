//! A file that can't be deleted, as on a disk with a fault.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use model::UnixTime;
use model::media::BlobHash;
use store::holds::{AllHeld, BlobHold};
use store::ports::blobs::{StoredBlob, UploadId};
use store::ports::upkeep::KeptBlob;
use store::ports::{Blobs, ExpiryKeys};
use store::{Error, Result};

use crate::testing::World;

struct Stuck {
    inner: Arc<dyn Blobs>,
    which: BlobHash,
    repaired: Arc<AtomicBool>,
}

#[async_trait]
impl Blobs for Stuck {
    async fn put_part(&self, upload: UploadId, part: i32, bytes: Vec<u8>, most: i64) -> Result<()> {
        self.inner.put_part(upload, part, bytes, most).await
    }

    async fn parts(&self, upload: UploadId) -> Result<Vec<(i32, i64)>> {
        self.inner.parts(upload).await
    }

    async fn assemble(&self, upload: UploadId, count: i32) -> Result<StoredBlob> {
        self.inner.assemble(upload, count).await
    }

    async fn drop_upload(&self, upload: UploadId) -> Result<()> {
        self.inner.drop_upload(upload).await
    }

    async fn sweep_uploads(&self, before: UnixTime) -> Result<u64> {
        self.inner.sweep_uploads(before).await
    }

    async fn put(&self, bytes: Vec<u8>) -> Result<StoredBlob> {
        self.inner.put(bytes).await
    }

    async fn read(&self, blob: BlobHash, offset: u64, limit: u32) -> Result<Vec<u8>> {
        self.inner.read(blob, offset, limit).await
    }

    fn local_path(&self, blob: BlobHash) -> Option<PathBuf> {
        self.inner.local_path(blob)
    }

    async fn hold(&self, blob: BlobHash) -> Result<Option<BlobHold>> {
        self.inner.hold(blob).await
    }

    fn hold_all(&self) -> AllHeld {
        self.inner.hold_all()
    }

    async fn copy_to(
        &self,
        folder: &Path,
        numbered: (usize, KeptBlob),
        keys: Arc<dyn ExpiryKeys>,
    ) -> Result<()> {
        self.inner.copy_to(folder, numbered, keys).await
    }

    fn condemn(&self, blob: BlobHash) -> bool {
        self.inner.condemn(blob)
    }

    fn spare(&self, blob: BlobHash) {
        self.inner.spare(blob);
    }

    async fn delete(&self, blob: BlobHash) -> Result<bool> {
        if blob == self.which && !self.repaired.load(Ordering::SeqCst) {
            return Err(Error::Unavailable("a fault".to_owned()));
        }
        self.inner.delete(blob).await
    }

    async fn list(&self, after: Option<BlobHash>, limit: i32) -> Result<Vec<(BlobHash, i64)>> {
        self.inner.list(after, limit).await
    }
}

/// The others go, and it goes once it can.
#[tokio::test]
async fn a_file_that_stays_does_not_keep_the_others() {
    let mut world = World::new();
    let mut all: Vec<BlobHash> = Vec::new();
    for word in ["one", "two", "three"] {
        all.push(world.core.stores.blobs.put(word.into()).await.unwrap().hash);
    }
    all.sort_unstable();
    let repaired = Arc::new(AtomicBool::new(false));
    let core = Arc::get_mut(&mut world.core).expect("nobody else has it yet");
    let inner = Arc::clone(&core.stores.blobs);
    core.stores.blobs = Arc::new(Stuck { inner, which: all[0], repaired: Arc::clone(&repaired) });
    world.core.stores.media.doom_blobs(&all).await.unwrap();
    assert_eq!(services::media::destroy(&world.core).await, Ok(2));
    let left = world.core.stores.blobs.list(None, 9).await.unwrap();
    assert_eq!(left.iter().map(|(blob, _)| *blob).collect::<Vec<_>>(), all[..1]);
    repaired.store(true, Ordering::SeqCst);
    assert_eq!(services::media::destroy(&world.core).await, Ok(1));
}
