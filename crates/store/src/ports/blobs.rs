//! Blobs: immutable bytes, addressed by SHA-256; and the parts of uploads that are not finished.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use model::limits::PART_COST_BYTES;
use model::media::BlobHash;
use model::{UnixTime, UserId};

use super::expiry_keys::ExpiryKeys;
use super::upkeep::KeptBlob;
use crate::Result;
use crate::holds::{AllHeld, BlobHold};

/// Bytes of one read at most.
pub const READ_BYTES: u32 = 1024 * 1024;

/// An upload in progress: the account and the number its client chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UploadId {
    /// Whose.
    pub user: UserId,
    /// The client's `file_id`.
    pub file: i64,
}

/// What a part of so many bytes counts for.
#[must_use]
pub const fn part_cost(size_bytes: i64) -> i64 {
    if size_bytes < PART_COST_BYTES { PART_COST_BYTES } else { size_bytes }
}

/// What a finished upload became.
#[derive(Debug, PartialEq)]
pub struct StoredBlob {
    /// Address.
    pub hash: BlobHash,
    /// Bytes.
    pub size_bytes: i64,
    /// MD5 is not kept: clients that send one get it checked by the service while reading.
    pub existed: bool,
    /// Keeps it until something names it.
    pub hold: BlobHold,
}

/// Blobs. Nothing here ever holds a whole file in memory: reads and writes are in pieces of at most 1 MiB.
#[async_trait]
pub trait Blobs: Send + Sync {
    /// Keeps one part of an upload; the same part again replaces it. Parts survive a reconnect and a restart.
    ///
    /// # Errors
    /// `Denied(TooMany)` if all parts of the account would count for more than `most` then ([`part_cost`] each); nothing was kept.
    async fn put_part(&self, upload: UploadId, part: i32, bytes: Vec<u8>, most: i64) -> Result<()>;

    /// The numbers and sizes of the parts that are there, by number.
    async fn parts(&self, upload: UploadId) -> Result<Vec<(i32, i64)>>;

    /// Joins parts 0 to `count` into a blob, durably, and forgets the parts. Equal content is stored once.
    ///
    /// # Errors
    /// `NotFound` if a part is missing.
    async fn assemble(&self, upload: UploadId, count: i32) -> Result<StoredBlob>;

    /// Forgets an upload.
    async fn drop_upload(&self, upload: UploadId) -> Result<()>;

    /// Forgets uploads untouched since `before`. Answers how many.
    async fn sweep_uploads(&self, before: UnixTime) -> Result<u64>;

    /// Keeps small bytes as a blob (thumbnails), durably.
    async fn put(&self, bytes: Vec<u8>) -> Result<StoredBlob>;

    /// Reads up to `limit` bytes (at most 1 MiB) from `offset`; fewer at the end, none behind it.
    ///
    /// # Errors
    /// `NotFound`.
    async fn read(&self, blob: BlobHash, offset: u64, limit: u32) -> Result<Vec<u8>>;

    /// A path of the local file system where the blob can be read by a helper process, if this backend has one.
    fn local_path(&self, blob: BlobHash) -> Option<std::path::PathBuf>;

    /// Takes hold of a blob that is there, `None` if it is not.
    async fn hold(&self, blob: BlobHash) -> Result<Option<BlobHold>>;

    /// Keeps every blob that is there from being destroyed, as long as the answer lives.
    fn hold_all(&self) -> AllHeld;

    /// Copies a blob into a backup's folder, durably; if it has an end, sealed with the key of its hour, under a number that
    /// no other blob of this backup has.
    ///
    /// # Errors
    /// `NotFound`.
    async fn copy_to(
        &self,
        folder: &Path,
        numbered: (usize, KeptBlob),
        keys: Arc<dyn ExpiryKeys>,
    ) -> Result<()>;

    /// Condemns a blob, unless somebody holds it; answers whether it is condemned now. What is condemned is either deleted or
    /// [spared](Self::spare).
    fn condemn(&self, blob: BlobHash) -> bool;

    /// Takes a condemnation back.
    fn spare(&self, blob: BlobHash);

    /// Deletes a condemned blob for good, also one that is not there; answers whether it is gone. If somebody took hold of it
    /// since it was condemned, it stays.
    async fn delete(&self, blob: BlobHash) -> Result<bool>;

    /// All blobs, in pages by hash, for the orphan scan and `hoopoe check`.
    async fn list(&self, after: Option<BlobHash>, limit: i32) -> Result<Vec<(BlobHash, i64)>>;
}
