//! Blobs of backups: as they are, or, where they have an end, sealed in pieces of at most 1 MiB.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use model::media::BlobHash;
use sha2::{Digest as _, Sha256};
use store::Error;
use store::ports::ExpiryKeys;
use store::ports::blobs::READ_BYTES;
use store::ports::expiry_keys::EndHour;
use store::ports::upkeep::KeptBlob;

use super::files::{Incoming, Places, names, sync_folder};
use super::{keep, port_error};
use crate::open::{BLOBS, SEALED};

/// Copies a blob into a backup.
pub(super) fn copy(
    places: &Places,
    backup: &Path,
    (number, kept): (usize, KeptBlob),
    keys: &dyn ExpiryKeys,
) -> store::Result<()> {
    let source = places.blob(kept.blob);
    let Some(hour) = kept.end else {
        let name = kept.blob.to_hex();
        let folder = backup.join(BLOBS).join(name.get(..2).unwrap_or_default());
        return copy_plain(&source, &folder, &name).map_err(|error| port_error(&error));
    };
    let folder = backup.join(SEALED).join(hour.0.to_string());
    make_folder(&folder).map_err(|error| port_error(&error))?;
    // Not by its hash: that would tell afterwards, to who has the file, that it was here.
    let target = folder.join(number.to_string());
    let sealed = seal(&source, &target, number, (kept.blob, hour), keys);
    if sealed.is_err() {
        // Also one whose hour is over by now: a part of it is of no use.
        drop(fs::remove_file(target));
    }
    sealed
}

fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    folder.parent().map_or(Ok(()), sync_folder)
}

fn copy_plain(source: &Path, folder: &Path, name: &str) -> io::Result<()> {
    make_folder(folder)?;
    let target = folder.join(name);
    fs::copy(source, &target)?;
    File::open(&target)?.sync_all()?;
    sync_folder(folder)
}

/// What a piece is bound to: its file, its place in it, and whether it is the last.
fn context(number: usize, piece: u64, last: bool) -> String {
    format!("blob {number} {piece} {last}")
}

/// Writes the hash and then the bytes, each piece with its length before it.
fn seal(
    source: &Path,
    target: &Path,
    number: usize,
    (blob, hour): (BlobHash, EndHour),
    keys: &dyn ExpiryKeys,
) -> store::Result<()> {
    let failed = |error: io::Error| port_error(&error);
    let mut source = File::open(source).map_err(failed)?;
    let mut file =
        File::options().write(true).create_new(true).mode(0o600).open(target).map_err(failed)?;
    let mut put = |piece: u64, last: bool, bytes: &[u8]| {
        let sealed = keys.seal(hour, context(number, piece, last).as_bytes(), bytes)?;
        let length = u32::try_from(sealed.len()).unwrap_or(u32::MAX).to_le_bytes();
        file.write_all(&length).and_then(|()| file.write_all(&sealed)).map_err(failed)
    };
    put(0, false, &blob.0)?;
    let mut piece = 1;
    let mut bytes = read_piece(&mut source).map_err(failed)?;
    loop {
        let next = read_piece(&mut source).map_err(failed)?;
        put(piece, next.is_empty(), &bytes)?;
        if next.is_empty() {
            break;
        }
        (piece, bytes) = (piece + 1, next);
    }
    file.sync_all().map_err(failed)?;
    target.parent().map_or(Ok(()), sync_folder).map_err(failed)
}

fn read_piece(source: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.by_ref().take(u64::from(READ_BYTES)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Opens the sealed blobs of a data folder that was a backup. Those of an hour without a key are lost, as they should be.
pub(super) fn unseal(places: &Places, data: &Path, keys: &dyn ExpiryKeys) -> store::Result<()> {
    let failed = |error: io::Error| port_error(&error);
    let sealed = data.join(SEALED);
    for hour in names(&sealed).map_err(failed)? {
        let folder = sealed.join(&hour);
        let Ok(hour) = hour.parse().map(EndHour) else { continue };
        for name in names(&folder).map_err(failed)? {
            let Ok(number) = name.parse() else { continue };
            match open(places, &folder, number, hour, keys) {
                Ok(()) | Err(Error::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
    }
    if sealed.exists() {
        fs::remove_dir_all(&sealed).and_then(|()| sync_folder(data)).map_err(failed)?;
    }
    Ok(())
}

fn open(
    places: &Places,
    folder: &Path,
    number: usize,
    hour: EndHour,
    keys: &dyn ExpiryKeys,
) -> store::Result<()> {
    let failed = |error: io::Error| port_error(&error);
    let mut pieces = Pieces { file: File::open(folder.join(number.to_string())).map_err(failed)? };
    let mut sealed = pieces.next().map_err(failed)?.ok_or_else(cut)?;
    let blob = keys.open(hour, context(number, 0, false).as_bytes(), &sealed)?;
    let blob = <[u8; 32]>::try_from(blob).map(BlobHash).map_err(|_| cut())?;
    let mut incoming = Incoming::create(places).map_err(failed)?;
    let mut hash = Sha256::new();
    let mut piece = 1;
    sealed = pieces.next().map_err(failed)?.ok_or_else(cut)?;
    loop {
        let next = pieces.next().map_err(failed)?;
        let place = context(number, piece, next.is_none());
        let bytes = keys.open(hour, place.as_bytes(), &sealed)?;
        hash.update(&bytes);
        incoming.write(&bytes).map_err(failed)?;
        let Some(next) = next else { break };
        (piece, sealed) = (piece + 1, next);
    }
    if hash.finalize().as_slice() != blob.0 {
        return Err(cut());
    }
    keep(places, incoming, blob).map(drop).map_err(failed)
}

fn cut() -> Error {
    Error::Corrupt("a sealed file of the backup is not whole".to_owned())
}

/// The pieces of a sealed file.
struct Pieces {
    file: File,
}

impl Pieces {
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut length = [0; 4];
        if Read::by_ref(&mut self.file).take(4).read(&mut length)? == 0 {
            return Ok(None);
        }
        let length = u64::from(u32::from_le_bytes(length));
        // A piece, its nonce and its tag.
        if length > u64::from(READ_BYTES) + 64 {
            return Err(io::Error::from(io::ErrorKind::InvalidData));
        }
        let mut sealed = Vec::new();
        Read::by_ref(&mut self.file).take(length).read_to_end(&mut sealed)?;
        Ok(Some(sealed))
    }
}

#[cfg(test)]
mod tests {
    use super::super::HourKeys;
    use super::*;

    const HOUR: EndHour = EndHour(490_000);

    fn stored(places: &Places, bytes: &[u8]) -> BlobHash {
        super::super::put(places, bytes).unwrap().hash
    }

    fn places(folder: &Path) -> Places {
        let places = Places::new(folder);
        places.prepare().unwrap();
        places
    }

    #[test]
    fn sealed_blobs_come_back_equal() {
        let (data, backup) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (here, keys) = (places(data.path()), HourKeys::new(data.path()));
        let mebibyte = usize::try_from(READ_BYTES).unwrap();
        for size in [0, 1, mebibyte, mebibyte + 1, 3 * mebibyte] {
            let bytes: Vec<u8> = (0..=250).cycle().take(size).collect();
            let kept = KeptBlob { blob: stored(&here, &bytes), end: Some(HOUR) };
            copy(&here, backup.path(), (size, kept), &keys).unwrap();
        }
        let there = places(backup.path());
        unseal(&there, backup.path(), &keys).unwrap();
        assert!(!backup.path().join(SEALED).exists());
        let list = |places| super::super::files::list(places, None, 10).unwrap();
        assert_eq!(list(&there), list(&here));
        assert_eq!(list(&there).len(), 5);
    }

    #[test]
    fn what_was_cut_or_swapped_is_noticed_and_what_has_no_key_is_gone() {
        let (data, backup) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (here, keys) = (places(data.path()), HourKeys::new(data.path()));
        let bytes = vec![7; usize::try_from(READ_BYTES).unwrap() + 9];
        let kept = KeptBlob { blob: stored(&here, &bytes), end: Some(HOUR) };
        copy(&here, backup.path(), (0, kept), &keys).unwrap();
        let file = backup.path().join(SEALED).join("490000/0");
        let whole = fs::read(&file).unwrap();
        let there = places(backup.path());
        let length = |at: usize| {
            4 + usize::try_from(u32::from_le_bytes(whole[at..at + 4].try_into().unwrap())).unwrap()
        };
        let (first, second) = (length(0), length(0) + length(length(0)));
        for wrong in [
            whole[..second].to_vec(),
            whole[..whole.len() - 1].to_vec(),
            [&whole[..first], &whole[second..], &whole[first..second]].concat(),
        ] {
            fs::write(&file, wrong).unwrap();
            let opened = unseal(&there, backup.path(), &keys);
            assert!(matches!(opened, Err(Error::Corrupt(_))), "{opened:?}");
        }
        fs::write(&file, whole).unwrap();
        unseal(&there, backup.path(), &HourKeys::new(backup.path())).unwrap();
        assert!(!there.blob(kept.blob).exists());
    }
}
