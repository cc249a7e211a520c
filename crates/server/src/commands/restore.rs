//! `hoopoe restore`: a data folder from a backup, verified before it counts.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use serde_json::Value;

use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::wiring;

/// Copies the backup into a new folder and checks it.
///
/// `keys` is the folder of the keys that open what has an end: `expiry` of the data folder that was backed up, or a copy of it.
pub(crate) fn run(data: &Path, source: &Path, keys: Option<&Path>) -> Result<(), Failure> {
    DataDir::open(source).map_err(|_| {
        Failure::new(format!("{} is no finished backup made by `hoopoe backup`", source.display()))
    })?;
    let empty =
        !data.exists() || std::fs::read_dir(data).is_ok_and(|mut entries| entries.next().is_none());
    if !empty {
        return Err(Failure::new(format!(
            "{} is not empty; a backup is restored into a new folder only",
            data.display()
        )));
    }
    super::backup::copy_tree(source, data).map_err(|error| {
        Failure::new(format!("cannot restore into {}: {error}", data.display()))
    })?;
    if let Some(keys) = keys {
        give_keys(keys, &data.join(backends::EXPIRY_KEYS))?;
    }
    let progress = super::show_progress("bringing the database up to date");
    let ended =
        backends::unseal(data, &progress).map_err(|error| Failure::new(error.to_string()))?;
    if ended > 0 {
        super::print(&format!(
            "of what has an end, {ended} rows had no key any more and are gone"
        ))?;
    }
    let dir = DataDir::open(data)?;
    let progress = super::show_progress("checking");
    let report = wiring::offline(&dir, async |stores| wiring::check(&stores, &progress).await)?;
    let faults = report.get("faults").and_then(Value::as_array).map_or(0, Vec::len);
    if faults > 0 {
        return Err(Failure::new(format!(
            "the restored store has {faults} faults; see `hoopoe check --data {}`",
            data.display()
        )));
    }
    super::print(&format!("restored into {}", data.display()))
}

/// Copies keys of hours, and nothing else: a folder with other things in it is not the one that was meant.
fn give_keys(from: &Path, to: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(format!("cannot take the keys from {}: {error}", from.display()))
    };
    let mut keys = Vec::new();
    for entry in std::fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().into_string().unwrap_or_default();
        let size = entry.metadata().map_err(failed)?.len();
        if name.parse::<i64>().is_err() || size != 32 {
            return Err(Failure::new(format!(
                "{} is no folder of keys, it holds {name}; name `expiry` of the data folder that was backed up",
                from.display()
            )));
        }
        keys.push(entry.path());
    }
    if keys.is_empty() {
        return Err(Failure::new(format!("{} holds no keys", from.display())));
    }
    DirBuilder::new().mode(0o700).create(to).map_err(failed)?;
    for key in keys {
        let target = to.join(key.file_name().unwrap_or_default());
        std::fs::copy(&key, &target).map_err(failed)?;
        std::fs::File::open(&target).and_then(|file| file.sync_all()).map_err(failed)?;
    }
    std::fs::File::open(to).and_then(|folder| folder.sync_all()).map_err(failed)
}
