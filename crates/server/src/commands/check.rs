//! `hoopoe check`: verifies a store, also while the server runs.

use std::path::Path;

use serde_json::Value;

use crate::admin::{Request, ask};
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::wiring;

/// Prints the faults, and fails if there are any.
pub(crate) fn run(data: &Path) -> Result<(), Failure> {
    let dir = DataDir::open(data)?;
    let progress = super::show_progress("checking");
    let report = match ask(&dir.admin_socket(), &Request::Check, &progress)? {
        Some(report) => report,
        None => wiring::offline(&dir, async |stores| wiring::check(&stores, &progress).await)?,
    };
    let faults: Vec<&str> = report
        .get("faults")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for fault in &faults {
        super::print(fault)?;
    }
    let checked = report.get("checked").and_then(Value::as_u64).unwrap_or_default();
    if faults.is_empty() {
        super::print(&format!("checked {checked} boxes, logs and blobs: no fault"))
    } else {
        Err(Failure::new(format!(
            "{} faults found; restore from a backup made by `hoopoe backup`",
            faults.len()
        )))
    }
}
