//! Keys of hours, one file each, apart from the database and in no backup.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crypto::{Random, Sealer};
use model::UnixTime;
use parking_lot::Mutex;
use store::Error;
use store::ports::expiry_keys::{EndHour, ExpiryKeys};
use zeroize::Zeroizing;

use super::files::{names, sync_folder};
use crate::open::EXPIRY_KEYS;

const KEY_BYTES: usize = 32;
/// The end of the name of a key in the making.
const FRESH: &str = "new";

/// The keys of one data folder.
#[derive(Debug)]
pub(crate) struct HourKeys {
    folder: PathBuf,
    /// The lock is held over the disk: a key is made once.
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Keys that were used.
    known: BTreeMap<EndHour, Arc<Sealer>>,
    /// Hours before this one are over: they get no new key.
    current: Option<EndHour>,
}

/// The system's generator.
struct SystemRandom;

#[expect(
    clippy::expect_used,
    reason = "without the system's generator nothing is safe, so nothing goes on"
)]
impl Random for SystemRandom {
    fn fill(&mut self, out: &mut [u8]) {
        getrandom::fill(out).expect("the system's random generator works");
    }
}

impl HourKeys {
    /// The keys of a data folder. Nothing is made before the first use.
    pub(crate) fn new(data: &Path) -> Self {
        Self { folder: data.join(EXPIRY_KEYS), state: Mutex::default() }
    }

    fn path(&self, hour: EndHour) -> PathBuf {
        self.folder.join(hour.0.to_string())
    }

    fn failed(&self, error: &io::Error) -> Error {
        Error::Unavailable(format!("{}: {error}", self.folder.display()))
    }

    /// The sealer of an hour; if its key is missing, `make` says whether one is made.
    fn sealer(&self, hour: EndHour, make: bool) -> store::Result<Arc<Sealer>> {
        let State { known, current } = &mut *self.state.lock();
        if let Some(sealer) = known.get(&hour) {
            return Ok(Arc::clone(sealer));
        }
        let make = make && current.is_none_or(|current| hour >= current);
        let path = self.path(hour);
        let key = match read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && make => {
                self.make(&path).map_err(|error| self.failed(&error))?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Error::NotFound),
            key => key.map_err(|error| self.failed(&error))?,
        };
        let sealer = Arc::new(Sealer::new(*key));
        known.insert(hour, Arc::clone(&sealer));
        Ok(sealer)
    }

    /// A new key, durably: what is sealed with it must open after a crash.
    fn make(&self, path: &Path) -> io::Result<Zeroizing<[u8; KEY_BYTES]>> {
        if !self.folder.is_dir() {
            DirBuilder::new().mode(0o700).create(&self.folder)?;
            self.give(&self.folder);
            self.folder.parent().map_or(Ok(()), sync_folder)?;
        }
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        SystemRandom.fill(&mut *key);
        let fresh = path.with_extension(FRESH);
        let options = File::options().write(true).create(true).truncate(true).mode(0o600).clone();
        let mut file = options.open(&fresh)?;
        file.write_all(&*key)?;
        file.sync_all()?;
        self.give(&fresh);
        fs::rename(&fresh, path)?;
        sync_folder(&self.folder)?;
        Ok(key)
    }

    /// Gives a file to the owner of the data folder: a command of root's must not lock the server out of its keys.
    fn give(&self, path: &Path) {
        if let Some(data) = self.folder.parent()
            && let Ok(owner) = fs::metadata(data)
        {
            // Whoever is not root owns it already, or could not have made it.
            drop(std::os::unix::fs::chown(path, Some(owner.uid()), Some(owner.gid())));
        }
    }

    fn destroy(&self, name: &str) -> io::Result<()> {
        let path = self.folder.join(name);
        // The same bytes of the disk, where the file system has not moved them.
        let mut file = File::options().write(true).open(&path)?;
        file.write_all(&[0; KEY_BYTES])?;
        file.sync_all()?;
        fs::remove_file(&path)
    }
}

fn read(path: &Path) -> io::Result<Zeroizing<[u8; KEY_BYTES]>> {
    let bytes = Zeroizing::new(fs::read(path)?);
    let key = <[u8; KEY_BYTES]>::try_from(bytes.as_slice());
    key.map(Zeroizing::new).map_err(|_| io::Error::other("a key must hold 32 bytes"))
}

impl ExpiryKeys for HourKeys {
    fn seal(&self, hour: EndHour, context: &[u8], plain: &[u8]) -> store::Result<Vec<u8>> {
        Ok(self.sealer(hour, true)?.seal(context, plain, &mut SystemRandom))
    }

    fn open(&self, hour: EndHour, context: &[u8], sealed: &[u8]) -> store::Result<Vec<u8>> {
        let opened = self.sealer(hour, false)?.open(context, sealed);
        opened.map(|plain| plain.to_vec()).map_err(|_| {
            Error::Corrupt(format!("what ends in hour {} was sealed with another key", hour.0))
        })
    }

    fn destroy_past(&self, now: UnixTime) -> store::Result<usize> {
        let state = &mut *self.state.lock();
        state.known.retain(|hour, _| !hour.is_past(now));
        state.current = state.current.max(Some(EndHour::of(now)));
        let names = names(&self.folder).map_err(|error| self.failed(&error))?;
        let past = names.iter().filter(|name| {
            // A key that a crash kept from being finished sealed nothing.
            name.ends_with(FRESH) || name.parse().is_ok_and(|hour| EndHour(hour).is_past(now))
        });
        // One that can't be destroyed must not keep the others.
        let done: Vec<io::Result<()>> = past.map(|name| self.destroy(name)).collect();
        let destroyed = done.iter().filter(|done| done.is_ok()).count();
        let synced = if destroyed > 0 { sync_folder(&self.folder) } else { Ok(()) };
        let all = done.into_iter().collect::<io::Result<()>>().and(synced);
        all.map(|()| destroyed).map_err(|error| self.failed(&error))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const HOUR: EndHour = EndHour(490_000);

    #[test]
    fn keys_are_for_their_owner_and_survive_a_restart() {
        let data = tempfile::tempdir().unwrap();
        let sealed = HourKeys::new(data.path()).seal(HOUR, b"a", b"plain").unwrap();
        let file = data.path().join("expiry/490000");
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let later = HourKeys::new(data.path());
        assert_eq!(later.open(HOUR, b"a", &sealed).unwrap(), b"plain");
        fs::write(&file, b"short").unwrap();
        let damaged = HourKeys::new(data.path()).open(HOUR, b"a", &sealed);
        assert!(matches!(damaged, Err(Error::Unavailable(_))));
    }

    #[test]
    fn one_key_that_stays_keeps_no_other_and_what_is_unfinished_goes() {
        let data = tempfile::tempdir().unwrap();
        let keys = HourKeys::new(data.path());
        keys.seal(HOUR, b"a", b"plain").unwrap();
        let folder = data.path().join("expiry");
        // No file: it cannot be overwritten.
        fs::create_dir(folder.join("1")).unwrap();
        fs::write(folder.join("490001.new"), [7; KEY_BYTES]).unwrap();
        let destroyed = keys.destroy_past(UnixTime((HOUR.0 + 1) * 3600));
        assert!(matches!(destroyed, Err(Error::Unavailable(_))), "{destroyed:?}");
        assert_eq!(names(&folder).unwrap(), ["1"]);
    }

    #[test]
    fn a_destroyed_key_leaves_no_bytes() {
        let data = tempfile::tempdir().unwrap();
        let keys = HourKeys::new(data.path());
        assert_eq!(keys.destroy_past(UnixTime(0)), Ok(0));
        keys.seal(HOUR, b"a", b"plain").unwrap();
        let file = data.path().join("expiry/490000");
        // Another name of the same file shows what became of its bytes.
        let other = data.path().join("other");
        fs::hard_link(&file, &other).unwrap();
        assert_eq!(keys.destroy_past(UnixTime((HOUR.0 + 1) * 3600)), Ok(1));
        assert!(!file.exists());
        assert_eq!(fs::read(other).unwrap(), [0; KEY_BYTES]);
    }
}
