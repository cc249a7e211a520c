//! `hoopoe restore`: a data folder from a backup, verified before it counts.

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
        let given = std::fs::read_dir(keys)
            .map(drop)
            .and_then(|()| super::backup::copy_tree(keys, &data.join(backends::EXPIRY_KEYS)));
        given.map_err(|error| {
            Failure::new(format!("cannot read the keys in {}: {error}", keys.display()))
        })?;
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
