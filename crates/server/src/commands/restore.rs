//! `hoopoe restore`: a data folder from a backup, verified before it counts.

use std::path::Path;

use serde_json::Value;

use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::wiring;

/// Copies the backup into a new folder and checks it.
pub(crate) fn run(data: &Path, source: &Path) -> Result<(), Failure> {
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
