//! One process for one data folder.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;

use store::Error;

/// Held as long as anything of the folder is open; the system releases it when the process ends, however it ends.
#[derive(Clone, Debug)]
pub struct FolderLock {
    _file: Arc<File>,
}

impl FolderLock {
    /// Locks `folder/lock`.
    ///
    /// # Errors
    /// `Unavailable` if another process has it, or the folder cannot be written.
    pub fn take(folder: &Path) -> store::Result<Self> {
        let path = folder.join("lock");
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file =
            file.map_err(|error| Error::Unavailable(format!("{}: {error}", path.display())))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: Arc::new(file) }),
            Err(TryLockError::WouldBlock) => {
                let text =
                    "is in use by another hoopoe process; stop that one, or choose another folder";
                Err(Error::Unavailable(format!("{} {text}", folder.display())))
            }
            Err(TryLockError::Error(error)) => {
                Err(Error::Unavailable(format!("{}: {error}", path.display())))
            }
        }
    }
}
