//! Parts of uploads that are not finished.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use model::UnixTime;
use model::media::BlobHash;
use sha2::{Digest as _, Sha256};
use store::ports::blobs::UploadId;

use super::files::{Incoming, Places, names};

/// Bytes read at once while joining.
const PIECE_BYTES: usize = 1024 * 1024;

pub(super) fn put_part(
    places: &Places,
    upload: UploadId,
    part: i32,
    bytes: &[u8],
) -> io::Result<()> {
    let target = places.upload(upload).join(part.to_string());
    match place(places, &target, bytes) {
        // The upload was forgotten between making its folder and coming there: begin it anew.
        Err(error) if error.kind() == io::ErrorKind::NotFound => place(places, &target, bytes),
        done => done,
    }
}

fn place(places: &Places, target: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut incoming = Incoming::create(places)?;
    incoming.write(bytes)?;
    incoming.place(target)
}

pub(super) fn parts(places: &Places, upload: UploadId) -> io::Result<Vec<(i32, i64)>> {
    let folder = places.upload(upload);
    let mut parts = Vec::new();
    for name in names(&folder)? {
        if let Ok(part) = name.parse() {
            let size = fs::metadata(folder.join(name))?.len();
            parts.push((part, i64::try_from(size).unwrap_or(i64::MAX)));
        }
    }
    parts.sort_unstable();
    Ok(parts)
}

/// Joins parts 0 to `count` in a new file, hashing on the way.
pub(super) fn join(
    places: &Places,
    upload: UploadId,
    count: i32,
) -> io::Result<(Incoming, BlobHash)> {
    let folder = places.upload(upload);
    if !folder.is_dir() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let mut incoming = Incoming::create(places)?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; PIECE_BYTES];
    for part in 0..count {
        let mut file = File::open(folder.join(part.to_string()))?;
        loop {
            let read = file.read(&mut piece)?;
            let Some(bytes) = piece.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
            hash.update(bytes);
            incoming.write(bytes)?;
        }
    }
    Ok((incoming, BlobHash(hash.finalize().into())))
}

pub(super) fn forget(places: &Places, upload: UploadId) -> io::Result<()> {
    match fs::remove_dir_all(places.upload(upload)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Forgets uploads whose folder was changed last before a moment: every part that arrives changes it.
pub(super) fn sweep(places: &Places, before: UnixTime) -> io::Result<u64> {
    let limit = UNIX_EPOCH + Duration::from_secs(u64::try_from(before.0).unwrap_or(0));
    let mut swept = 0;
    for user in names(&places.uploads)? {
        let folder = places.uploads.join(user);
        for file in names(&folder)? {
            let upload = folder.join(file);
            if fs::metadata(&upload)?.modified()? < limit {
                fs::remove_dir_all(&upload)?;
                swept += 1;
            }
        }
        // Fails, as it should, while another upload is there.
        drop(fs::remove_dir(&folder));
    }
    Ok(swept)
}
