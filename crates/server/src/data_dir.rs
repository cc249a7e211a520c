//! The data folder: what is in it, and the secrets that seal the rest.
//!
//! ```text
//! DIR/hoopoe            marks the folder as ours, with the version of its layout
//! DIR/secrets/kek       key-encryption key: seals auth keys and the RSA key, and keys who viewed what (0600)
//! DIR/secrets/node      secret for salts, access hashes and file references (0600)
//! DIR/secrets/rsa       the RSA key, sealed with the kek (0600)
//! DIR/hoopoe.db         the database (with its -wal and -shm)
//! DIR/blobs, DIR/uploads
//! DIR/expiry            keys of what ends, by the hour; never in a backup (0700)
//! DIR/admin.sock        while the server runs (0600)
//! ```

use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::system::SystemRandom;

const LAYOUT: &str = "1\n";

/// An opened data folder.
#[derive(Clone, Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
}

impl DataDir {
    /// Opens a folder, or makes it if it is missing or empty.
    pub(crate) fn open_or_create(path: &Path) -> Result<Self, Failure> {
        let shown = path.display();
        if !path.exists() {
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(
                |error| Failure::new(format!("cannot make the data folder {shown}: {error}")),
            )?;
        }
        let marker = path.join("hoopoe");
        if !marker.exists() {
            let mut entries = std::fs::read_dir(path).map_err(|error| {
                Failure::new(format!("{shown} is not a folder that can be read: {error}"))
            })?;
            if entries.next().is_some() {
                return Err(Failure::new(format!(
                    "{shown} holds other files and is no data folder of Hoopoe; name an empty or new folder with --data"
                )));
            }
            write_secret(&marker, LAYOUT.as_bytes())?;
        }
        Self::open(path)
    }

    /// Opens an existing data folder.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let shown = path.display();
        let layout = std::fs::read_to_string(path.join("hoopoe")).map_err(|_| {
            Failure::new(format!("{shown} is no data folder of Hoopoe; name it with --data"))
        })?;
        if layout != LAYOUT {
            return Err(Failure::new(format!(
                "{shown} was written by another version of Hoopoe (layout {})",
                layout.trim()
            )));
        }
        Ok(Self { path: path.to_owned() })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn admin_socket(&self) -> PathBuf {
        self.path.join("admin.sock")
    }

    /// The key-encryption key; made at first use.
    pub(crate) fn kek(&self) -> Result<Zeroizing<[u8; 32]>, Failure> {
        self.secret("kek")
    }

    /// The node's secret; made at first use.
    pub(crate) fn node_secret(&self) -> Result<Zeroizing<[u8; 32]>, Failure> {
        self.secret("node")
    }

    /// Whether the RSA key was made already.
    pub(crate) fn has_rsa(&self) -> bool {
        self.path.join("secrets").join("rsa").exists()
    }

    /// The RSA key; made at first use.
    pub(crate) fn rsa(&self) -> Result<crypto::RsaKeyPair, Failure> {
        let path = self.secrets()?.join("rsa");
        let sealer = crypto::Sealer::new(*self.kek()?);
        if path.exists() {
            let sealed = read(&path)?;
            let der = sealer.open(b"rsa", &sealed).map_err(|_| {
                Failure::new(format!(
                    "{} cannot be opened with secrets/kek: restore both from the same backup",
                    path.display()
                ))
            })?;
            return crypto::RsaKeyPair::from_der(&der)
                .map_err(|_| Failure::new(format!("{} holds no RSA key", path.display())));
        }
        let pair = make_rsa()?;
        let der = pair
            .to_pkcs1_der()
            .map_err(|error| Failure::new(format!("cannot write the RSA key: {error}")))?;
        write_secret(&path, &sealer.seal(b"rsa", &der, &mut SystemRandom))?;
        // What counts is what is in the folder: another process may have made one at the same time.
        self.rsa()
    }

    fn secrets(&self) -> Result<PathBuf, Failure> {
        let path = self.path.join("secrets");
        if !path.exists() {
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&path).map_err(
                |error| Failure::new(format!("cannot make {}: {error}", path.display())),
            )?;
        }
        Ok(path)
    }

    fn secret(&self, name: &str) -> Result<Zeroizing<[u8; 32]>, Failure> {
        let path = self.secrets()?.join(name);
        if path.exists() {
            let bytes = read(&path)?;
            let exact: [u8; 32] = bytes.as_slice().try_into().map_err(|_| {
                Failure::new(format!("{} is damaged: it must hold 32 bytes", path.display()))
            })?;
            return Ok(Zeroizing::new(exact));
        }
        let mut fresh = Zeroizing::new([0; 32]);
        crypto::Random::fill(&mut SystemRandom, &mut *fresh);
        write_secret(&path, &*fresh)?;
        self.secret(name)
    }
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    std::fs::read(path)
        .map(Zeroizing::new)
        .map_err(|error| Failure::new(format!("cannot read {}: {error}", path.display())))
}

/// Writes a file that must not be there yet, whole and durably, readable by its owner only. If another process or thread was
/// faster, its file stays.
fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    static WRITTEN: AtomicU64 = AtomicU64::new(0);
    let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
    let failed =
        |error: std::io::Error| Failure::new(format!("cannot write {}: {error}", path.display()));
    let fresh = path.with_extension(format!("new-{}-{number}", std::process::id()));
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&fresh)
        .map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    let linked = std::fs::hard_link(&fresh, path);
    std::fs::remove_file(&fresh).map_err(failed)?;
    match linked {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            return Err(failed(error));
        }
        _ => {}
    }
    if let Some(parent) = path.parent() {
        std::fs::File::open(parent).and_then(|folder| folder.sync_all()).map_err(failed)?;
    }
    Ok(())
}

/// A new RSA key. One in sixteen is thrown away: see [`is_found_by_all`].
fn make_rsa() -> Result<crypto::RsaKeyPair, Failure> {
    loop {
        let pair = crypto::RsaKeyPair::generate(2048)
            .map_err(|error| Failure::new(format!("cannot make an RSA key: {error}")))?;
        if is_found_by_all(pair.fingerprint()) {
            return Ok(pair);
        }
    }
}

/// Whether every client finds a key of this fingerprint. mtcute keeps its keys under sixteen hexadecimal digits and looks them
/// up without leading zeros: of such a key it says "could not find server public key", and connects again for ever.
const fn is_found_by_all(fingerprint: i64) -> bool {
    fingerprint.cast_unsigned() >> 60 != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_makes_a_secret_at_the_same_time_gets_the_same_one() {
        let folder = tempfile::tempdir().unwrap();
        let dir = DataDir::open_or_create(folder.path()).unwrap();
        let made: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..16).map(|_| scope.spawn(|| dir.kek().unwrap())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(made.windows(2).all(|pair| pair[0] == pair[1]));
        assert_eq!(std::fs::read_dir(folder.path().join("secrets")).unwrap().count(), 1);
    }

    #[test]
    fn a_fingerprint_with_a_leading_zero_is_not_used() {
        // Seen: mtcute never got past the key exchange with this one.
        assert!(!is_found_by_all(0x0179_630b_2288_6940));
        assert!(is_found_by_all(0x1179_630b_2288_6940));
        assert!(is_found_by_all(i64::MIN));
    }
}
