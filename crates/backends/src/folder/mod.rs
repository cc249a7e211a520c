//! Blobs and unfinished uploads in a folder of the local file system.
//!
//! ```text
//! DIR/blobs/ab/<sha-256 in hexadecimal>
//! DIR/uploads/<user>/<file>/<part>
//! DIR/incoming/<number>                    written, not yet at its place
//! DIR/expiry/<hour>                        the key of what ends in an hour; never in a backup
//! DIR/sealed/<hour>/<number>               in a backup: a blob that ends, sealed
//! ```
//! A file comes to its place by rename, after its bytes were flushed, and the folder is flushed after it: what is there is
//! whole, whenever the power fails.

mod copies;
mod files;
mod hour_keys;
mod unfinished;
mod uploads;

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use model::UnixTime;
use model::media::BlobHash;
use model::rights::Denial;
use sha2::{Digest as _, Sha256};
use store::Error;
use store::holds::{AllHeld, BlobHold};
use store::ports::blobs::{READ_BYTES, StoredBlob, UploadId};
use store::ports::upkeep::KeptBlob;
use store::ports::{Blobs, ExpiryKeys};

use crate::lock::FolderLock;
use files::{Incoming, Places};
pub(crate) use hour_keys::HourKeys;

/// Blobs of one data folder.
#[derive(Debug)]
pub struct Folder {
    places: Places,
    _lock: Option<FolderLock>,
}

impl Folder {
    /// Opens the folder's blobs, and removes what a crash left half written.
    ///
    /// # Errors
    /// `Unavailable` if the folder cannot be used.
    pub fn open(folder: &Path, lock: Option<FolderLock>) -> store::Result<Self> {
        let places = Places::new(folder);
        places
            .prepare()
            .map_err(|error| Error::Unavailable(format!("{}: {error}", folder.display())))?;
        Ok(Self { places, _lock: lock })
    }

    /// Brings the blobs of a backup, which the folder may be, to their places.
    ///
    /// # Errors
    /// `Corrupt` if one differs from what was sealed.
    pub(crate) fn unseal(&self, folder: &Path, keys: &dyn ExpiryKeys) -> store::Result<()> {
        copies::unseal(&self.places, folder, keys)
    }

    /// Runs file work where it may block.
    async fn blocking<T, F>(&self, work: F) -> store::Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Places) -> std::io::Result<T> + Send + 'static,
    {
        let places = self.places.clone();
        let done = tokio::task::spawn_blocking(move || work(&places)).await;
        done.map_err(|_| Error::Unavailable("file work was stopped".to_owned()))?
            .map_err(|error| port_error(&error))
    }
}

/// The error's kind only: paths name people.
fn port_error(error: &std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::NotFound => Error::NotFound,
        _ => Error::Unavailable(format!("blobs: {error}")),
    }
}

fn put(places: &Places, bytes: &[u8]) -> std::io::Result<StoredBlob> {
    let mut incoming = Incoming::create(places)?;
    incoming.write(bytes)?;
    keep(places, incoming, BlobHash(Sha256::digest(bytes).into()))
}

/// Moves a finished file to its address, unless its like is there.
fn keep(places: &Places, incoming: Incoming, hash: BlobHash) -> std::io::Result<StoredBlob> {
    let size_bytes = incoming.size_bytes();
    let hold = BlobHold::new(&places.holds, hash);
    let target = places.blob(hash);
    let existed = target.exists();
    if !existed {
        incoming.place(&target)?;
    }
    Ok(StoredBlob { hash, size_bytes, existed, hold })
}

fn read(path: &Path, offset: u64, limit: u32) -> std::io::Result<Vec<u8>> {
    let mut file = std::fs::File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    // Parts are mostly whole: one piece of memory, and one call of the system.
    let limit = limit.min(READ_BYTES);
    let mut bytes = Vec::with_capacity(usize::try_from(limit).unwrap_or(0));
    file.take(u64::from(limit)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[async_trait]
impl Blobs for Folder {
    async fn put_part(
        &self,
        upload: UploadId,
        part: i32,
        bytes: Vec<u8>,
        most: i64,
    ) -> store::Result<()> {
        let put =
            self.blocking(move |places| uploads::put_part(places, (upload, part), &bytes, most));
        if put.await? { Ok(()) } else { Err(Denial::TooMany.into()) }
    }

    async fn parts(&self, upload: UploadId) -> store::Result<Vec<(i32, i64)>> {
        self.blocking(move |places| uploads::parts(places, upload)).await
    }

    async fn assemble(&self, upload: UploadId, count: i32) -> store::Result<StoredBlob> {
        self.blocking(move |places| {
            let (incoming, hash) = uploads::join(places, upload, count)?;
            let stored = keep(places, incoming, hash)?;
            places.unfinished.forget(places, upload)?;
            Ok(stored)
        })
        .await
    }

    async fn drop_upload(&self, upload: UploadId) -> store::Result<()> {
        self.blocking(move |places| places.unfinished.forget(places, upload)).await
    }

    async fn sweep_uploads(&self, before: UnixTime) -> store::Result<u64> {
        self.blocking(move |places| uploads::sweep(places, before)).await
    }

    async fn put(&self, bytes: Vec<u8>) -> store::Result<StoredBlob> {
        self.blocking(move |places| put(places, &bytes)).await
    }

    async fn read(&self, blob: BlobHash, offset: u64, limit: u32) -> store::Result<Vec<u8>> {
        self.blocking(move |places| read(&places.blob(blob), offset, limit)).await
    }

    fn local_path(&self, blob: BlobHash) -> Option<PathBuf> {
        Some(self.places.blob(blob))
    }

    async fn hold(&self, blob: BlobHash) -> store::Result<Option<BlobHold>> {
        self.blocking(move |places| {
            let hold = BlobHold::new(&places.holds, blob);
            Ok(places.blob(blob).exists().then_some(hold))
        })
        .await
    }

    fn hold_all(&self) -> AllHeld {
        AllHeld::new(&self.places.holds)
    }

    async fn copy_to(
        &self,
        folder: &Path,
        numbered: (usize, KeptBlob),
        keys: Arc<dyn ExpiryKeys>,
    ) -> store::Result<()> {
        let folder = folder.to_owned();
        let places = self.places.clone();
        let done =
            tokio::task::spawn_blocking(move || copies::copy(&places, &folder, numbered, &*keys));
        done.await.map_err(|_| Error::Unavailable("file work was stopped".to_owned()))?
    }

    fn condemn(&self, blob: BlobHash) -> bool {
        self.places.holds.condemn(blob)
    }

    fn spare(&self, blob: BlobHash) {
        self.places.holds.spare(blob);
    }

    async fn delete(&self, blob: BlobHash) -> store::Result<bool> {
        self.blocking(move |places| files::remove(places, blob)).await
    }

    async fn list(
        &self,
        after: Option<BlobHash>,
        limit: i32,
    ) -> store::Result<Vec<(BlobHash, i64)>> {
        let limit = usize::try_from(limit).unwrap_or(0);
        self.blocking(move |places| files::list(places, after, limit)).await
    }
}
