//! Downloads in ranges, each with its right checked.

use model::limits::DOWNLOAD_BYTES;
use model::media::{BlobHash, Document, Photo, PhotoSize};
use model::{Peer, PhotoId, UnixTime, UserId};

use super::reactions;
use super::rights::{self, FileId, Met};
use super::sniff::{self, FileKind};
use crate::access::HashKind;
use crate::{Core, Error, Result, secret};

/// Hashes are of blocks of so many bytes.
const BLOCK_BYTES: u32 = 128 * 1024;
/// Ranges are within one block of so many bytes.
const RANGE_BLOCK_BYTES: i64 = 1024 * 1024;
/// Hashes in one answer: those of one mebibyte.
const BLOCKS: i64 = 8;

/// What a client wants to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A photo or document, or with `thumb` one of its sizes (the protocol's letter; empty for a document itself).
    File {
        /// Which, with the proof of having met it.
        met: Met,
        /// The size wanted.
        thumb: String,
    },
    /// An encrypted file of a secret chat.
    Encrypted {
        /// Number.
        id: i64,
        /// Proof of having met it.
        access_hash: i64,
    },
    /// The photo of a person, group or channel.
    PeerPhoto {
        /// Whose.
        peer: Peer,
        /// Which, 0 for the current one.
        photo: PhotoId,
        /// The large size, else the small one.
        big: bool,
    },
}

/// Which part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// First byte.
    pub offset: i64,
    /// Bytes.
    pub limit: i32,
    /// The finer grid of 1 KiB holds, else that of 4 KiB.
    pub precise: bool,
}

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// By its first bytes.
    pub kind: FileKind,
    /// When the file was made.
    pub modified: UnixTime,
    /// Fewer than asked at the end, none behind it.
    pub bytes: Vec<u8>,
}

/// The hash of one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockHash {
    /// First byte.
    pub offset: i64,
    /// Bytes of the block.
    pub length: i32,
    /// SHA-256.
    pub sha256: [u8; 32],
}

impl Range {
    /// The official rules: on a grid, a divisor of one mebibyte (unless precise), within one mebibyte of the file.
    fn check(self) -> Result<(u64, u32)> {
        let grid = if self.precise { 1024 } else { 4096 };
        if self.offset < 0 || self.offset % grid != 0 {
            return Err(Error::OffsetInvalid);
        }
        let limit = i64::from(self.limit);
        let fits = self.limit > 0 && self.limit <= DOWNLOAD_BYTES && limit % grid == 0;
        if !fits || !self.precise && RANGE_BLOCK_BYTES % limit != 0 {
            return Err(Error::LimitInvalid);
        }
        if self.offset / RANGE_BLOCK_BYTES
            != self.offset.saturating_add(limit - 1) / RANGE_BLOCK_BYTES
        {
            return Err(Error::LimitInvalid);
        }
        Ok((u64::try_from(self.offset).unwrap_or(0), u32::try_from(self.limit).unwrap_or(0)))
    }
}

/// Reads a part of a file.
///
/// # Errors
/// `OffsetInvalid`, `LimitInvalid`, `LocationInvalid`, `FileIdInvalid`, `FileReferenceExpired`.
pub async fn read(core: &Core, viewer: UserId, location: &Location, range: Range) -> Result<Chunk> {
    let (offset, limit) = range.check()?;
    if let Some(bytes) = built_in(core, viewer, location)? {
        let kind = sniff::kind(bytes);
        return Ok(Chunk { kind, modified: reactions::DRAWN, bytes: part(bytes, offset, limit) });
    }
    let found = locate(core, viewer, location).await?;
    let bytes = blob(core, found.blob, offset, limit).await?;
    let kind = if found.jpeg {
        FileKind::Jpeg
    } else if offset == 0 {
        sniff::kind(&bytes)
    } else {
        sniff::kind(&blob(core, found.blob, 0, sniff::HEAD_BYTES).await?)
    };
    Ok(Chunk { kind, modified: found.modified, bytes })
}

/// The hashes of the blocks from the one that holds `offset` on.
///
/// # Errors
/// `OffsetInvalid`, `LocationInvalid`, `FileIdInvalid`, `FileReferenceExpired`.
pub async fn hashes(
    core: &Core,
    viewer: UserId,
    location: &Location,
    offset: i64,
) -> Result<Vec<BlockHash>> {
    let first = u64::try_from(offset).map_err(|_| Error::OffsetInvalid)? / u64::from(BLOCK_BYTES);
    let built_in = built_in(core, viewer, location)?;
    let found = if built_in.is_some() { None } else { Some(locate(core, viewer, location).await?) };
    let mut hashes = Vec::new();
    for block in 0..BLOCKS {
        let start =
            (first + u64::try_from(block).unwrap_or(0)).saturating_mul(u64::from(BLOCK_BYTES));
        let bytes = match &found {
            Some(found) => blob(core, found.blob, start, BLOCK_BYTES).await?,
            None => part(built_in.unwrap_or_default(), start, BLOCK_BYTES),
        };
        if bytes.is_empty() {
            break;
        }
        hashes.push(BlockHash {
            offset: i64::try_from(start).unwrap_or(i64::MAX),
            length: i32::try_from(bytes.len()).unwrap_or(i32::MAX),
            sha256: crypto::sha256(&bytes),
        });
    }
    Ok(hashes)
}

/// A picture of a reaction: everyone may have it who was told of it.
fn built_in(core: &Core, viewer: UserId, location: &Location) -> Result<Option<&'static [u8]>> {
    let Location::File { met, thumb } = location else { return Ok(None) };
    let FileId::Document(id) = met.file else { return Ok(None) };
    let Some(bytes) = reactions::picture(id) else { return Ok(None) };
    if !core.access.verify(viewer, HashKind::Document, id.0, met.access_hash) {
        return Err(Error::FileIdInvalid);
    }
    if thumb.is_empty() { Ok(Some(bytes)) } else { Err(Error::LocationInvalid) }
}

fn part(bytes: &[u8], offset: u64, limit: u32) -> Vec<u8> {
    let skipped = usize::try_from(offset).unwrap_or(usize::MAX);
    let taken = usize::try_from(limit).unwrap_or(usize::MAX);
    bytes.iter().skip(skipped).take(taken).copied().collect()
}

struct Found {
    blob: BlobHash,
    modified: UnixTime,
    /// Made by us.
    jpeg: bool,
}

async fn locate(core: &Core, viewer: UserId, location: &Location) -> Result<Found> {
    match location {
        Location::File { met, thumb } => {
            rights::check(core, viewer, met).await?;
            match met.file {
                FileId::Photo(id) => {
                    let photo = photo(core, id).await?;
                    let size = size(&photo.sizes, thumb).ok_or(Error::LocationInvalid)?;
                    Ok(Found { blob: size.blob, modified: photo.date, jpeg: true })
                }
                FileId::Document(id) => {
                    let document: Document = core
                        .stores
                        .media
                        .documents(&[id])
                        .await?
                        .pop()
                        .ok_or(Error::FileIdInvalid)?;
                    if thumb.is_empty() {
                        return Ok(Found {
                            blob: document.blob,
                            modified: document.date,
                            jpeg: false,
                        });
                    }
                    let size = size(&document.thumbs, thumb).ok_or(Error::LocationInvalid)?;
                    Ok(Found { blob: size.blob, modified: document.date, jpeg: true })
                }
            }
        }
        Location::Encrypted { id, access_hash } => {
            let (blob, modified) = secret::file_blob(core, viewer, *id, *access_hash).await?;
            Ok(Found { blob, modified, jpeg: false })
        }
        Location::PeerPhoto { peer, photo: id, big } => {
            if !rights::is_peer_photo(core, viewer, *peer, *id).await? {
                return Err(Error::LocationInvalid);
            }
            let photo = photo(core, *id).await?;
            let size = if *big { photo.sizes.last() } else { photo.sizes.first() };
            let size = size.ok_or(Error::LocationInvalid)?;
            Ok(Found { blob: size.blob, modified: photo.date, jpeg: true })
        }
    }
}

async fn photo(core: &Core, id: PhotoId) -> Result<Photo> {
    core.stores.media.photos(&[id]).await?.pop().ok_or(Error::FileIdInvalid)
}

fn size<'a>(sizes: &'a [PhotoSize], kind: &str) -> Option<&'a PhotoSize> {
    sizes.iter().find(|size| size.kind == kind)
}

async fn blob(core: &Core, blob: BlobHash, offset: u64, limit: u32) -> Result<Vec<u8>> {
    core.stores.blobs.read(blob, offset, limit).await.map_err(|error| match error {
        store::Error::NotFound => Error::FileIdInvalid,
        error => error.into(),
    })
}
