//! Numbers that are given out once and never again.

use rusqlite::{Connection, params};

use super::Result;

/// The next number of a named sequence: `first`, then one more each time.
pub(super) fn next(tx: &Connection, name: &str, first: i64) -> Result<i64> {
    let number = tx
        .prepare_cached(
            "INSERT INTO sequences (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
        )?
        .query_row(params![name, first], |row| row.get(0))?;
    Ok(number)
}

/// Raises a named number to `value`, if it is lower; answers it.
pub(super) fn raise(tx: &Connection, name: &str, value: i64) -> Result<i64> {
    let number = tx
        .prepare_cached(
            "INSERT INTO sequences (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = max(value, ?2) RETURNING value",
        )?
        .query_row(params![name, value], |row| row.get(0))?;
    Ok(number)
}
