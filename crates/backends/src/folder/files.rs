//! Places of files, and how they come there durably.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use model::UserId;
use model::media::BlobHash;
use store::holds::Holds;
use store::ports::blobs::UploadId;

use super::unfinished::Unfinished;

/// Where everything is.
#[derive(Clone, Debug)]
pub(super) struct Places {
    blobs: PathBuf,
    pub(super) uploads: PathBuf,
    incoming: PathBuf,
    next: Arc<AtomicU64>,
    /// Who holds which blob.
    pub(super) holds: Arc<Holds>,
    /// What uploads take.
    pub(super) unfinished: Arc<Unfinished>,
}

impl Places {
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            blobs: folder.join(crate::open::BLOBS),
            uploads: folder.join("uploads"),
            incoming: folder.join(crate::open::INCOMING),
            next: Arc::new(AtomicU64::new(0)),
            holds: Arc::default(),
            unfinished: Arc::default(),
        }
    }

    /// Makes the folders; what was not finished before is of no use to anyone.
    pub(super) fn prepare(&self) -> io::Result<()> {
        if self.incoming.exists() {
            fs::remove_dir_all(&self.incoming)?;
        }
        for folder in [&self.blobs, &self.uploads, &self.incoming] {
            fs::create_dir_all(folder)?;
        }
        Ok(())
    }

    /// A fresh name for a file on its way, in or out.
    fn aside(&self) -> PathBuf {
        self.incoming.join(self.next.fetch_add(1, Ordering::Relaxed).to_string())
    }

    pub(super) fn blob(&self, hash: BlobHash) -> PathBuf {
        let name = hash.to_hex();
        let shelf: String = name.chars().take(2).collect();
        self.blobs.join(shelf).join(name)
    }

    /// The uploads of an account.
    pub(super) fn account(&self, user: UserId) -> PathBuf {
        self.uploads.join(user.0.to_string())
    }

    pub(super) fn upload(&self, upload: UploadId) -> PathBuf {
        self.account(upload.user).join(upload.file.to_string())
    }
}

/// A file that is being written. It vanishes unless it is placed.
pub(super) struct Incoming {
    file: File,
    path: PathBuf,
    size_bytes: i64,
    placed: bool,
}

impl Incoming {
    pub(super) fn create(places: &Places) -> io::Result<Self> {
        let path = places.aside();
        let file = File::options().write(true).create_new(true).open(&path)?;
        Ok(Self { file, path, size_bytes: 0, placed: false })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.size_bytes += i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        Ok(())
    }

    pub(super) const fn size_bytes(&self) -> i64 {
        self.size_bytes
    }

    /// Moves the file to its place, durably. Folders on the way are made.
    pub(super) fn place(self, target: &Path) -> io::Result<()> {
        self.place_by(target, |rename| rename())
    }

    /// The same; `moving` does what it has to do around the one moment in which the file comes there.
    pub(super) fn place_by(
        mut self,
        target: &Path,
        moving: impl FnOnce(&dyn Fn() -> io::Result<()>) -> io::Result<()>,
    ) -> io::Result<()> {
        self.file.sync_all()?;
        let folder = parent(target)?;
        make_folder(folder)?;
        moving(&|| fs::rename(&self.path, target))?;
        self.placed = true;
        sync_folder(folder)
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.placed {
            // What stays behind is removed at the next start.
            drop(fs::remove_file(&self.path));
        }
    }
}

fn parent(path: &Path) -> io::Result<&Path> {
    path.parent().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))
}

/// Makes a folder, and flushes the one it is in.
fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = parent(folder)?;
    make_folder(above)?;
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    sync_folder(above)
}

pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Removes a condemned blob, durably; one that is not there is fine. Answers whether it is gone.
pub(super) fn remove(places: &Places, blob: BlobHash) -> io::Result<bool> {
    let path = places.blob(blob);
    // Out of its place while nobody can take hold of it; to free a large file's blocks takes longer, and is done after.
    let aside = places.aside();
    match places.holds.destroy(blob, || fs::rename(&path, &aside)) {
        None => Ok(false),
        Some(Ok(())) => {
            fs::remove_file(&aside)?;
            sync_folder(parent(&path)?).map(|()| true)
        }
        Some(Err(error)) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Some(Err(error)) => Err(error),
    }
}

/// Names in a folder; none if there is no such folder.
pub(super) fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry?.file_name().into_string().ok());
    }
    names.sort_unstable();
    Ok(names)
}

/// A page of the blobs behind `after`, by hash, with their sizes.
pub(super) fn list(
    places: &Places,
    after: Option<BlobHash>,
    limit: usize,
) -> io::Result<Vec<(BlobHash, i64)>> {
    let after = after.map(|hash| hash.to_hex()).unwrap_or_default();
    let mut page = Vec::new();
    for shelf in names(&places.blobs)? {
        // Of shelves before the start, nothing needs to be read.
        if !after.starts_with(&shelf) && shelf < after {
            continue;
        }
        for name in names(&places.blobs.join(&shelf))?.into_iter().filter(|name| *name > after) {
            if page.len() >= limit {
                return Ok(page);
            }
            let Some(hash) = parse(&name) else { continue };
            let size = fs::metadata(places.blob(hash))?.len();
            page.push((hash, i64::try_from(size).unwrap_or(i64::MAX)));
        }
    }
    Ok(page)
}

/// A hash from a file's name, if that is one.
fn parse(name: &str) -> Option<BlobHash> {
    let mut bytes = [0; 32];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(name.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(BlobHash(bytes)).filter(|hash| hash.to_hex() == name)
}
