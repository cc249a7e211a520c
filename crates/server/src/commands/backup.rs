//! `hoopoe backup`: a consistent copy of everything, also while the server runs.

use std::path::Path;
use std::sync::Arc;

use crate::admin::{Request, ask};
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::system::SystemClock;
use crate::wiring;

/// Writes the copy into a new folder.
pub(crate) fn run(data: &Path, target: &Path) -> Result<(), Failure> {
    let dir = DataDir::open(data)?;
    if target.exists() {
        return Err(Failure::new(format!(
            "{} exists already; name a new folder",
            target.display()
        )));
    }
    let target = std::path::absolute(target)
        .map_err(|error| Failure::new(format!("{}: {error}", target.display())))?;
    let progress = super::show_progress("backing up");
    let request = Request::Backup { target: target.clone() };
    if ask(&dir.admin_socket(), &request, &progress)?.is_none() {
        wiring::offline(&dir, async |stores| write(&dir, &stores, &target, &progress).await)?;
    }
    super::print(&format!("backup written to {}", target.display()))
}

/// Writes a copy: the database first, then the blobs that it names, then the secrets, and last the mark that makes it a backup.
/// Blobs never change, and none is destroyed meanwhile. What has an end is sealed with keys that stay here.
pub(crate) async fn write(
    dir: &DataDir,
    stores: &store::Stores,
    target: &Path,
    progress: &(dyn Fn(u64, u64) + Send + Sync),
) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(format!("cannot write the backup {}: {error}", target.display()))
    };
    std::fs::create_dir_all(target.join("blobs")).map_err(failed)?;
    // The database is counted as the first half of the work, blobs as the second.
    let database = |done: u64, total: u64| {
        progress(done.saturating_mul(50).checked_div(total).unwrap_or(50), 100);
    };
    let held = stores.blobs.hold_all();
    let keys = &stores.expiry_keys;
    // What is over by now gets no key.
    let wall = services::ports::Clock::now(&SystemClock::start());
    let now = stores.upkeep.raise_clock(wall).await;
    now.and_then(|now| keys.destroy_past(now))
        .map_err(|error| Failure::new(format!("cannot prepare the keys of what ends: {error}")))?;
    let blobs = stores
        .upkeep
        .backup(&target.join(backends::DATABASE), Arc::clone(keys), &database)
        .await
        .map_err(|error| Failure::new(format!("cannot copy the database: {error}")))?;
    let total = u64::try_from(blobs.len()).unwrap_or(u64::MAX).saturating_mul(2);
    for (number, blob) in blobs.into_iter().enumerate() {
        match stores.blobs.copy_to(target, (number, blob), Arc::clone(keys)).await {
            // Missing already; `hoopoe check` says so.
            Ok(()) | Err(store::Error::NotFound) => {}
            Err(error) => return Err(Failure::new(format!("cannot copy a file: {error}"))),
        }
        let done = u64::try_from(number).unwrap_or(u64::MAX).saturating_mul(100);
        progress(50 + done.checked_div(total).unwrap_or(50), 100);
    }
    drop(held);
    copy_tree(&dir.path().join("secrets"), &target.join("secrets")).map_err(failed)?;
    std::fs::copy(dir.path().join("hoopoe"), target.join("hoopoe")).map_err(failed)?;
    std::fs::File::open(target).and_then(|folder| folder.sync_all()).map_err(failed)?;
    progress(100, 100);
    Ok(())
}

/// Copies a folder with all that is in it, durably. Files that vanish meanwhile (unfinished blobs) are passed over.
pub(crate) fn copy_tree(from: &Path, to: &Path) -> std::io::Result<()> {
    if !from.exists() {
        return Ok(());
    }
    std::fs::create_dir_all(to)?;
    std::fs::set_permissions(to, std::fs::metadata(from)?.permissions())?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
            continue;
        }
        match std::fs::copy(entry.path(), &target) {
            Ok(_) => std::fs::File::open(&target)?.sync_all()?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    std::fs::File::open(to)?.sync_all()
}
