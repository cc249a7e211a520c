//! Parts of uploads that are not finished.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use model::media::BlobHash;
use model::{UnixTime, UserId};
use sha2::{Digest as _, Sha256};
use store::ports::blobs::UploadId;

use super::files::{Incoming, Places, names};

/// Bytes read at once while joining.
const PIECE_BYTES: usize = 1024 * 1024;

/// Answers whether the account had room for it.
pub(super) fn put_part(
    places: &Places,
    part: (UploadId, i32),
    bytes: &[u8],
    most: i64,
) -> io::Result<bool> {
    match places.unfinished.place(places, part, bytes, most) {
        // The upload was forgotten between making its folder and coming there: begin it anew.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            places.unfinished.place(places, part, bytes, most)
        }
        done => done,
    }
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

/// Forgets uploads whose folder was changed last before a moment: every part that arrives changes it.
pub(super) fn sweep(places: &Places, before: UnixTime) -> io::Result<u64> {
    let limit = UNIX_EPOCH + Duration::from_secs(u64::try_from(before.0).unwrap_or(0));
    let old = |upload: &Path| Ok(fs::metadata(upload)?.modified()? < limit);
    let mut swept = 0;
    for user in names(&places.uploads)? {
        let folder = places.uploads.join(&user);
        let Ok(user) = user.parse() else { continue };
        swept += places.unfinished.sweep(&folder, UserId(user), old)?;
        // Fails, as it should, while another upload is there.
        drop(fs::remove_dir(&folder));
    }
    places.unfinished.tidy();
    Ok(swept)
}
