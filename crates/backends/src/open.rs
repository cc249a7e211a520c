//! A data folder with everything in it.

use std::fs::DirBuilder;
use std::ops::Range;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::sync::Arc;

use model::{ChannelId, UnixTime, UserId};
use store::memory::LocalBus;
use store::ports::upkeep::Progress;
use store::{Error, Stores};

use crate::folder::{Folder, HourKeys};
use crate::lock::FolderLock;
use crate::sqlite::{self, Channels, Enrolled, Sqlite, ViewKey};

/// The database's name in a data folder, and in a backup of one.
pub const DATABASE: &str = "hoopoe.db";
/// Where its blobs are.
pub(crate) const BLOBS: &str = "blobs";
/// What is unfinished; a start empties it.
pub(crate) const INCOMING: &str = "incoming";
/// Where a backup has blobs that end.
pub(crate) const SEALED: &str = "sealed";
/// Where the keys of what ends are. They are in no backup.
pub const EXPIRY_KEYS: &str = "expiry";

/// Opens a data folder, or makes it: `hoopoe.db`, `blobs/`, `uploads/`, and `lock`, which keeps other processes out.
/// `views` is what views of posts are noted under; `progress` hears of each migration of the schema.
///
/// # Errors
/// One line that names the file: `Unavailable` if another process has the folder or it cannot be used, `Corrupt` if the
/// database is damaged, another program's, or of a newer version.
pub fn open(folder: &Path, views: ViewKey, progress: Progress<'_>) -> store::Result<Stores> {
    if folder.join(SEALED).exists() {
        return Err(is_backup(folder));
    }
    make(folder)?;
    let lock = FolderLock::take(folder)?;
    check_whole(folder)?;
    let database = Sqlite::open(&folder.join(DATABASE), Some(lock.clone()), progress)?;
    let blobs = Arc::new(Folder::open(folder, Some(lock))?);
    let expiry_keys = Arc::new(HourKeys::new(folder));
    if database.is_sealed()? {
        return Err(is_backup(folder));
    }
    Ok(Stores {
        accounts: database.clone(),
        admin_log: database.clone(),
        boxes: database.clone(),
        channels: Arc::new(Channels::new(database.clone(), views)),
        chats: database.clone(),
        contacts: database.clone(),
        dialogs: database.clone(),
        keys: database.clone(),
        media: database.clone(),
        polls: database.clone(),
        reports: database.clone(),
        secret: database.clone(),
        schedule: database.clone(),
        statistics: database.clone(),
        upkeep: database,
        blobs,
        expiry_keys,
        bus: Arc::new(LocalBus::default()),
    })
}

/// Puts back what is sealed in a copy of a backup, with the keys that are in it. Answers how many rows had none: those have ended.
/// A backup itself is never opened so: without its keys all of that would be lost for good.
///
/// # Errors
/// Those of [`open`]; `Corrupt` if something was sealed with another key, and then nothing is lost.
pub fn unseal(folder: &Path, progress: Progress<'_>) -> store::Result<usize> {
    let lock = FolderLock::take(folder)?;
    check_whole(folder)?;
    let keys = HourKeys::new(folder);
    let database = Sqlite::open(&folder.join(DATABASE), Some(lock.clone()), progress)?;
    // Blobs first: until the rows are back nothing names them.
    Folder::open(folder, Some(lock))?.unseal(folder, &keys)?;
    database.unseal(&keys)
}

/// Makes accounts without a phone number of these ids, and subscribers of a channel, in a data folder that nobody has open:
/// for benchmarks and counted tests, in which joining one by one would take longer than what is measured. Recent actions and
/// figures do not tell of them.
///
/// # Errors
/// `Unavailable` if a process has the folder, `NotFound` if there is no such channel.
pub fn enroll(
    folder: &Path,
    channel: ChannelId,
    people: Range<i64>,
    now: UnixTime,
) -> store::Result<()> {
    let people = people.map(|id| Enrolled { user: UserId(id), device: None });
    enroll_devices(folder, channel, people, now)
}

/// As [`enroll`], of people whose keys are signed in already. They are asked for as they are written.
///
/// # Errors
/// Those of [`enroll`]; `Conflict` if there is such a key.
pub fn enroll_devices(
    folder: &Path,
    channel: ChannelId,
    people: impl IntoIterator<Item = Enrolled>,
    now: UnixTime,
) -> store::Result<()> {
    let _lock = FolderLock::take(folder)?;
    sqlite::enroll(&folder.join(DATABASE), channel, &mut people.into_iter(), now)
}

fn is_backup(folder: &Path) -> Error {
    let text =
        "is a backup, in which something is sealed: make a data folder of it with `hoopoe restore`";
    Error::Unavailable(format!("{} {text}", folder.display()))
}

/// Blobs are made after the database: a folder that has them had one. A new one in its place would hide the loss.
fn check_whole(folder: &Path) -> store::Result<()> {
    let database = folder.join(DATABASE);
    if folder.join(BLOBS).exists() && !database.exists() {
        let text = "is missing from a data folder that was in use; restore it from a backup";
        return Err(Error::Corrupt(format!("{} {text}", database.display())));
    }
    Ok(())
}

/// For its owner only: the database is what everyone wrote.
fn make(folder: &Path) -> store::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| Error::Unavailable(format!("{}: {error}", folder.display())))
}

#[cfg(test)]
mod tests {
    use model::account::Phone;

    use super::*;

    fn refused(folder: &Path) -> String {
        let line =
            open(folder, ViewKey::of_tools(), &|_, _| {}).err().expect("refused").to_string();
        assert!(!line.contains('\n'), "{line}");
        line
    }

    #[tokio::test]
    async fn a_folder_is_made_and_opened_again() {
        let above = tempfile::tempdir().unwrap();
        let folder = above.path().join("a/b");
        let stores = open(&folder, ViewKey::of_tools(), &|_, _| {}).unwrap();
        let phone = Phone::parse("9996620001").unwrap();
        let user = stores
            .accounts
            .create_user(phone.clone(), String::new(), String::new(), UnixTime(5))
            .await
            .unwrap();
        let blob = stores.blobs.put(b"kept".to_vec()).await.unwrap();
        drop(stores);
        let stores = open(&folder, ViewKey::of_tools(), &|_, _| {}).unwrap();
        assert_eq!(stores.accounts.user_by_phone(&phone).await, Ok(Some(user)));
        assert_eq!(stores.blobs.read(blob.hash, 0, 9).await.unwrap(), b"kept");
    }

    #[test]
    fn one_process_has_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let stores = open(folder.path(), ViewKey::of_tools(), &|_, _| {}).unwrap();
        assert!(refused(folder.path()).contains("another hoopoe process"));
        // Any part that is still open keeps it.
        let blobs = Arc::clone(&stores.blobs);
        drop(stores);
        assert!(refused(folder.path()).contains("another hoopoe process"));
        drop(blobs);
        open(folder.path(), ViewKey::of_tools(), &|_, _| {}).unwrap();
    }

    #[test]
    fn a_lost_database_is_not_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path(), ViewKey::of_tools(), &|_, _| {}).unwrap());
        std::fs::remove_file(folder.path().join(DATABASE)).unwrap();
        assert!(refused(folder.path()).contains("hoopoe.db is missing"));
        assert!(!folder.path().join(DATABASE).exists());
    }

    #[test]
    fn what_is_no_folder_is_refused() {
        let above = tempfile::tempdir().unwrap();
        let file = above.path().join("file");
        std::fs::write(&file, "x").unwrap();
        assert!(refused(&file).contains("file"));
        assert!(refused(&file.join("below")).contains("below"));
    }

    #[tokio::test]
    async fn what_was_half_written_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path(), ViewKey::of_tools(), &|_, _| {}).unwrap());
        std::fs::write(folder.path().join("incoming/0"), "half").unwrap();
        let stores = open(folder.path(), ViewKey::of_tools(), &|_, _| {}).unwrap();
        assert_eq!(std::fs::read_dir(folder.path().join("incoming")).unwrap().count(), 0);
        assert!(stores.blobs.put(b"whole".to_vec()).await.is_ok());
    }
}
