//! Makes pictures smaller, by way of the confined reader.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use model::media::{BlobHash, Film, PhotoSize};
use store::holds::BlobHold;
use store::ports::blobs::READ_BYTES;
use tokio::io::AsyncWriteExt as _;

use crate::ports::{Picture, PictureRequest, PictureSize};
use crate::{Core, Error, Result};

/// Of a photo in a message.
pub(super) const PHOTO: [PictureSize; 5] =
    [whole('s', 100), whole('m', 320), whole('x', 800), whole('y', 1280), whole('w', 2560)];
/// Of the photo of a person, group or channel.
pub(super) const PROFILE: [PictureSize; 3] = [square('a', 160), square('b', 320), square('c', 640)];
/// Of a document's thumbnail.
pub(super) const THUMB: [PictureSize; 1] = [whole('m', 320)];

const fn whole(kind: char, side: u32) -> PictureSize {
    PictureSize { kind, side, square: false }
}

const fn square(kind: char, side: u32) -> PictureSize {
    PictureSize { kind, side, square: true }
}

/// Copies of blobs made by this process, so that no two have one name.
static COPIES: AtomicU64 = AtomicU64::new(0);

/// A picture made smaller, its sizes stored.
pub(super) struct Scaled {
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) stripped: Vec<u8>,
    pub(super) sizes: Vec<PhotoSize>,
    /// Keep the sizes until something names them.
    pub(super) holds: Vec<BlobHold>,
}

/// Reads a picture and stores its sizes.
///
/// # Errors
/// `PhotoInvalid` for whatever can't be read.
pub(super) async fn scale(core: &Core, blob: BlobHash, wanted: &[PictureSize]) -> Result<Scaled> {
    let source = Readable::of(core, blob).await?;
    let request = PictureRequest { source: source.path.clone(), sizes: wanted.to_vec() };
    let read = core.imaging.picture(request).await;
    drop(source);
    let picture = read.map_err(|reason| {
        tracing::debug!(%reason, "a picture was not read");
        Error::PhotoInvalid
    })?;
    store(core, picture).await
}

async fn store(core: &Core, picture: Picture) -> Result<Scaled> {
    let pixels = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
    let mut sizes = Vec::with_capacity(picture.sizes.len());
    let mut holds = Vec::with_capacity(picture.sizes.len());
    for (kind, width, height, bytes) in picture.sizes {
        let stored = core.stores.blobs.put(bytes).await?;
        sizes.push(PhotoSize {
            kind: kind.to_string(),
            width: pixels(width),
            height: pixels(height),
            size_bytes: stored.size_bytes,
            blob: stored.hash,
        });
        holds.push(stored.hold);
    }
    if sizes.is_empty() {
        return Err(Error::PhotoInvalid);
    }
    Ok(Scaled {
        width: pixels(picture.width),
        height: pixels(picture.height),
        stripped: picture.stripped,
        sizes,
        holds,
    })
}

/// Reads the header of a film; `None` if it can't be read.
pub(super) async fn film(core: &Core, blob: BlobHash) -> Option<Film> {
    let source = Readable::of(core, blob).await.ok()?;
    core.imaging.film(source.path.clone()).await.ok()
}

/// A blob at a path: its own, or that of a copy that goes with this value where blobs are not local files.
struct Readable {
    path: PathBuf,
    is_copy: bool,
}

impl Readable {
    async fn of(core: &Core, blob: BlobHash) -> Result<Self> {
        if let Some(path) = core.stores.blobs.local_path(blob) {
            return Ok(Self { path, is_copy: false });
        }
        let number = COPIES.fetch_add(1, Ordering::Relaxed);
        let name = format!("hoopoe-{}-{number}-{:016x}", std::process::id(), core.random.number());
        let copy = Self { path: std::env::temp_dir().join(name), is_copy: true };
        copy.fill(core, blob).await?;
        Ok(copy)
    }

    async fn fill(&self, core: &Core, blob: BlobHash) -> Result<()> {
        let failed = |error: std::io::Error| Error::Internal(format!("no copy of a blob: {error}"));
        let mut options = tokio::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        options.mode(0o600);
        let mut file = options.open(&self.path).await.map_err(failed)?;
        let mut offset = 0;
        loop {
            let bytes = core.stores.blobs.read(blob, offset, READ_BYTES).await?;
            if bytes.is_empty() {
                break;
            }
            offset += u64::try_from(bytes.len()).unwrap_or(0);
            file.write_all(&bytes).await.map_err(failed)?;
        }
        file.flush().await.map_err(failed)
    }
}

impl Drop for Readable {
    fn drop(&mut self) {
        if self.is_copy {
            // It may never have been made.
            drop(std::fs::remove_file(&self.path));
        }
    }
}
