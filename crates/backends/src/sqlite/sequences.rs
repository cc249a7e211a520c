//! Numbers that are given out once and never again.

use rusqlite::{Connection, OptionalExtension as _, params};

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

/// A named number, if there is one.
pub(super) fn read(conn: &Connection, name: &str) -> Result<Option<i64>> {
    let mut statement = conn.prepare_cached("SELECT value FROM sequences WHERE name = ?1")?;
    Ok(statement.query_row([name], |row| row.get(0)).optional()?)
}

/// Sets a named number.
pub(super) fn set(tx: &Connection, name: &str, value: i64) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO sequences (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = ?2",
    )?
    .execute(params![name, value])?;
    Ok(())
}
