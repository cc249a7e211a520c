//! Blobs and parts of uploads, in memory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use model::UnixTime;
use model::media::BlobHash;
use model::rights::Denial;
use sha2::{Digest as _, Sha256};

use super::MemoryStore;
use crate::holds::{AllHeld, BlobHold, Holds};
use crate::ports::blobs::{READ_BYTES, StoredBlob, UploadId, part_cost};
use crate::ports::upkeep::KeptBlob;
use crate::ports::{Blobs, ExpiryKeys};
use crate::{Error, Result};

/// Blobs by address, and uploads.
#[derive(Default)]
pub(super) struct BlobTable {
    blobs: BTreeMap<BlobHash, Vec<u8>>,
    uploads: BTreeMap<UploadId, Upload>,
    holds: Arc<Holds>,
}

#[derive(Default)]
struct Upload {
    parts: BTreeMap<i32, Vec<u8>>,
    touched: UnixTime,
}

impl BlobTable {
    fn insert(&mut self, bytes: Vec<u8>) -> StoredBlob {
        let hash = BlobHash(Sha256::digest(&bytes).into());
        let size_bytes = size(&bytes);
        let existed = self.blobs.insert(hash, bytes).is_some();
        StoredBlob { hash, size_bytes, existed, hold: BlobHold::new(&self.holds, hash) }
    }
}

fn size(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}

/// The same clock that a folder's files carry.
fn wall_time() -> UnixTime {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixTime(i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX))
}

#[async_trait]
impl Blobs for MemoryStore {
    async fn put_part(&self, upload: UploadId, part: i32, bytes: Vec<u8>, most: i64) -> Result<()> {
        let mut state = self.state.lock();
        let of_account = state.blobs.uploads.iter().filter(|(id, _)| id.user == upload.user);
        let others = of_account
            .flat_map(|(id, upload)| {
                upload.parts.iter().map(move |(part, bytes)| (id, part, bytes))
            })
            .filter(|(id, number, _)| (**id, **number) != (upload, part));
        let kept: i64 = others.map(|(_, _, bytes)| part_cost(size(bytes))).sum();
        if kept.saturating_add(part_cost(size(&bytes))) > most {
            return Err(Denial::TooMany.into());
        }
        let upload = state.blobs.uploads.entry(upload).or_default();
        upload.parts.insert(part, bytes);
        upload.touched = wall_time();
        Ok(())
    }

    async fn parts(&self, upload: UploadId) -> Result<Vec<(i32, i64)>> {
        let state = self.state.lock();
        let parts = state.blobs.uploads.get(&upload).into_iter().flat_map(|upload| &upload.parts);
        Ok(parts.map(|(part, bytes)| (*part, size(bytes))).collect())
    }

    async fn assemble(&self, upload: UploadId, count: i32) -> Result<StoredBlob> {
        let table = &mut self.state.lock().blobs;
        let parts = &table.uploads.get(&upload).ok_or(Error::NotFound)?.parts;
        let mut bytes = Vec::new();
        for part in 0..count {
            bytes.extend_from_slice(parts.get(&part).ok_or(Error::NotFound)?);
        }
        table.uploads.remove(&upload);
        Ok(table.insert(bytes))
    }

    async fn drop_upload(&self, upload: UploadId) -> Result<()> {
        self.state.lock().blobs.uploads.remove(&upload);
        Ok(())
    }

    async fn sweep_uploads(&self, before: UnixTime) -> Result<u64> {
        let uploads = &mut self.state.lock().blobs.uploads;
        let all = uploads.len();
        uploads.retain(|_, upload| upload.touched >= before);
        Ok(u64::try_from(all - uploads.len()).unwrap_or(u64::MAX))
    }

    async fn put(&self, bytes: Vec<u8>) -> Result<StoredBlob> {
        Ok(self.state.lock().blobs.insert(bytes))
    }

    async fn read(&self, blob: BlobHash, offset: u64, limit: u32) -> Result<Vec<u8>> {
        let state = self.state.lock();
        let bytes = state.blobs.blobs.get(&blob).ok_or(Error::NotFound)?;
        let rest =
            usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..)).unwrap_or_default();
        let limit = usize::try_from(limit.min(READ_BYTES)).unwrap_or(0);
        Ok(rest.iter().take(limit).copied().collect())
    }

    fn local_path(&self, _blob: BlobHash) -> Option<PathBuf> {
        None
    }

    async fn hold(&self, blob: BlobHash) -> Result<Option<BlobHold>> {
        let table = &self.state.lock().blobs;
        Ok(table.blobs.contains_key(&blob).then(|| BlobHold::new(&table.holds, blob)))
    }

    fn hold_all(&self) -> AllHeld {
        AllHeld::new(&self.state.lock().blobs.holds)
    }

    async fn copy_to(
        &self,
        _folder: &Path,
        _numbered: (usize, KeptBlob),
        _keys: Arc<dyn ExpiryKeys>,
    ) -> Result<()> {
        Err(Error::Unavailable("a store in memory has no backup".to_owned()))
    }

    fn condemn(&self, blob: BlobHash) -> bool {
        self.state.lock().blobs.holds.condemn(blob)
    }

    fn spare(&self, blob: BlobHash) {
        self.state.lock().blobs.holds.spare(blob);
    }

    async fn delete(&self, blob: BlobHash) -> Result<bool> {
        let BlobTable { blobs, holds, .. } = &mut self.state.lock().blobs;
        Ok(holds.destroy(blob, || blobs.remove(&blob)).is_some())
    }

    async fn list(&self, after: Option<BlobHash>, limit: i32) -> Result<Vec<(BlobHash, i64)>> {
        let state = self.state.lock();
        let behind =
            state.blobs.blobs.iter().filter(|(hash, _)| after.is_none_or(|after| **hash > after));
        Ok(behind
            .take(usize::try_from(limit).unwrap_or(0))
            .map(|(hash, bytes)| (*hash, size(bytes)))
            .collect())
    }
}
