//! What the unfinished uploads of each account count for. The folders are the truth: those of an account are read when it first sends a
//! part after the start, and every part that comes or goes is counted from then on.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use model::UserId;
use parking_lot::Mutex;
use store::ports::blobs::{UploadId, part_cost};

use super::files::{Incoming, Places, names};

/// The accounts that sent something lately.
#[derive(Debug, Default)]
pub(super) struct Unfinished {
    accounts: Mutex<HashMap<UserId, Arc<Mutex<Account>>>>,
}

/// What one account has. Parts come to their places, and uploads go, under its lock.
#[derive(Debug, Default)]
struct Account {
    /// `None` before the folders were read.
    kept: Option<Kept>,
    /// Of parts that are being written.
    coming: i64,
}

/// What the parts of an account that are there count for.
#[derive(Debug, Default)]
struct Kept {
    uploads: HashMap<i64, i64>,
    total: i64,
}

impl Kept {
    fn add(&mut self, file: i64, more: i64) {
        *self.uploads.entry(file).or_default() += more;
        self.total += more;
    }

    fn remove(&mut self, file: i64) {
        self.total -= self.uploads.remove(&file).unwrap_or(0);
    }
}

impl Account {
    fn kept(&mut self, folder: &Path) -> io::Result<&mut Kept> {
        let kept = match self.kept.take() {
            Some(kept) => kept,
            None => read(folder)?,
        };
        Ok(self.kept.insert(kept))
    }

    /// Removes an upload's folder.
    fn remove(&mut self, file: Option<i64>, folder: &Path) -> io::Result<()> {
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                // Some of it may be gone.
                self.kept = None;
                return Err(error);
            }
            _ => {}
        }
        if let (Some(kept), Some(file)) = (&mut self.kept, file) {
            kept.remove(file);
        }
        Ok(())
    }
}

fn read(folder: &Path) -> io::Result<Kept> {
    let mut kept = Kept::default();
    for upload in names(folder)? {
        let Ok(file) = upload.parse() else { continue };
        let parts = folder.join(upload);
        for part in names(&parts)? {
            kept.add(file, cost_of(&parts.join(part))?);
        }
    }
    Ok(kept)
}

/// What the part at a place counts for; nothing if there is none.
fn cost_of(part: &Path) -> io::Result<i64> {
    match fs::metadata(part) {
        Ok(found) => Ok(part_cost(i64::try_from(found.len()).unwrap_or(i64::MAX))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}

impl Unfinished {
    fn account(&self, user: UserId) -> Arc<Mutex<Account>> {
        Arc::clone(self.accounts.lock().entry(user).or_default())
    }

    /// Writes a part if the account has room for it; answers whether it had.
    pub(super) fn place(
        &self,
        places: &Places,
        (upload, part): (UploadId, i32),
        bytes: &[u8],
        most: i64,
    ) -> io::Result<bool> {
        let account = self.account(upload.user);
        let target = places.upload(upload).join(part.to_string());
        let cost = part_cost(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
        {
            let mut account = account.lock();
            let kept = account.kept(&places.account(upload.user))?.total;
            if kept + account.coming + cost - cost_of(&target)? > most {
                return Ok(false);
            }
            account.coming += cost;
        }
        let mut coming = cost;
        let done = write(places, &account, (upload, &target), bytes, &mut coming);
        account.lock().coming -= coming;
        done.map(|()| true)
    }

    /// Removes an upload.
    pub(super) fn forget(&self, places: &Places, upload: UploadId) -> io::Result<()> {
        let account = self.account(upload.user);
        account.lock().remove(Some(upload.file), &places.upload(upload))
    }

    /// Removes those of an account's uploads that are `old`; answers how many.
    pub(super) fn sweep(
        &self,
        folder: &Path,
        user: UserId,
        old: impl Fn(&Path) -> io::Result<bool>,
    ) -> io::Result<u64> {
        let account = self.account(user);
        let mut swept = 0;
        for name in names(folder)? {
            let upload = folder.join(&name);
            let mut account = account.lock();
            if old(&upload)? {
                account.remove(name.parse().ok(), &upload)?;
                swept += 1;
            }
        }
        Ok(swept)
    }

    /// Forgets accounts that have nothing.
    pub(super) fn tidy(&self) {
        self.accounts.lock().retain(|_, account| {
            // Nobody can take another hold of it meanwhile.
            let is_used = Arc::strong_count(account) > 1;
            is_used || account.lock().kept.as_ref().is_some_and(|kept| kept.total > 0)
        });
    }
}

/// `coming` is what it counts for while it is on its way: nothing once it is there.
fn write(
    places: &Places,
    account: &Mutex<Account>,
    (upload, target): (UploadId, &Path),
    bytes: &[u8],
    coming: &mut i64,
) -> io::Result<()> {
    let cost = part_cost(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
    let mut incoming = Incoming::create(places)?;
    incoming.write(bytes)?;
    incoming.place_by(target, |rename| {
        let mut account = account.lock();
        let replaced = cost_of(target)?;
        // Read before it is there, or it would count twice.
        account.kept(&places.account(upload.user))?;
        rename()?;
        account.kept(&places.account(upload.user))?.add(upload.file, cost - replaced);
        account.coming -= std::mem::take(coming);
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use model::limits::PART_COST_BYTES;
    use store::Error;
    use store::ports::Blobs as _;

    use super::super::Folder;
    use super::*;

    /// What was counted is counted from the folders again.
    #[tokio::test]
    async fn the_bound_survives_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let upload = UploadId { user: UserId(1), file: -3 };
        let most = 2 * PART_COST_BYTES;
        let blobs = Folder::open(folder.path(), None).unwrap();
        blobs.put_part(upload, 0, vec![1; 9], most).await.unwrap();
        blobs.put_part(upload, 1, vec![1; 9], most).await.unwrap();
        drop(blobs);
        let blobs = Folder::open(folder.path(), None).unwrap();
        let third = || blobs.put_part(UploadId { file: 8, ..upload }, 0, vec![1; 9], most);
        assert!(matches!(third().await, Err(Error::Denied(_))));
        blobs.put_part(upload, 1, vec![2; 9], most).await.unwrap();
        blobs.assemble(upload, 2).await.unwrap();
        third().await.unwrap();
    }

    /// Accounts that have nothing take no memory.
    #[tokio::test]
    async fn who_has_nothing_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Folder::open(folder.path(), None).unwrap();
        let upload = |user| UploadId { user: UserId(user), file: 1 };
        for user in 1..4 {
            blobs.put_part(upload(user), 0, vec![1], 1 << 20).await.unwrap();
        }
        blobs.drop_upload(upload(2)).await.unwrap();
        let known = || blobs.places.unfinished.accounts.lock().len();
        assert_eq!(known(), 3);
        blobs.sweep_uploads(model::UnixTime(0)).await.unwrap();
        assert_eq!(known(), 2);
    }
}
