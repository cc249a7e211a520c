//! The schema's history: numbered, checked by hash, forwards only.

use rusqlite::{Connection, OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};
use store::ports::upkeep::Progress;

use super::connection::APPLICATION_ID;
use super::fault::{Fault, Result};

/// One step of the schema. Once released it never changes.
struct Migration {
    number: i64,
    sql: &'static str,
}

const MIGRATIONS: &[Migration] = &[Migration {
    number: 1,
    sql: concat!(
        include_str!("schema/accounts.sql"),
        include_str!("schema/contacts.sql"),
        include_str!("schema/keys.sql"),
        include_str!("schema/media.sql"),
        include_str!("schema/polls.sql"),
        include_str!("schema/reports.sql"),
        include_str!("schema/secret.sql"),
        include_str!("schema/schedule.sql"),
        include_str!("schema/statistics.sql"),
        include_str!("schema/upkeep.sql"),
        include_str!("schema/boxes.sql"),
        include_str!("schema/dialogs.sql"),
        include_str!("schema/chats.sql"),
        include_str!("schema/channels.sql"),
        include_str!("schema/admin_log.sql"),
    ),
}];

/// Applies what is missing, each migration in a transaction of its own.
///
/// # Errors
/// `Corrupt` if the database was written by a newer version or its history differs from ours.
pub(super) fn run(conn: &mut Connection, progress: Progress<'_>) -> Result<()> {
    apply(conn, MIGRATIONS, progress)
}

fn apply(conn: &mut Connection, migrations: &[Migration], progress: Progress<'_>) -> Result<()> {
    conn.execute_batch(
        "CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, sha256 TEXT NOT NULL) STRICT;",
    )?;
    let newest: Option<i64> =
        conn.query_row("SELECT max(number) FROM migrations", [], |row| row.get(0))?;
    let known = migrations.last().map_or(0, |migration| migration.number);
    if newest.is_some_and(|newest| newest > known) {
        return refuse(
            "the database was written by a newer version of Hoopoe; use that one".to_owned(),
        );
    }
    let total = u64::try_from(migrations.len()).unwrap_or(u64::MAX);
    for (done, migration) in (1..).zip(migrations) {
        apply_one(conn, migration)?;
        progress(done, total);
    }
    Ok(())
}

fn apply_one(conn: &mut Connection, migration: &Migration) -> Result<()> {
    let hash = hash(migration.sql);
    let applied: Option<String> = conn
        .query_row("SELECT sha256 FROM migrations WHERE number = ?1", [migration.number], |row| {
            row.get(0)
        })
        .optional()?;
    match applied {
        Some(applied) if applied == hash => return Ok(()),
        Some(_) => {
            let number = migration.number;
            return refuse(format!(
                "migration {number} is not the one that this database was made with"
            ));
        }
        None => {}
    }
    let transaction = conn.transaction()?;
    transaction.execute_batch(migration.sql)?;
    transaction.execute(
        "INSERT INTO migrations (number, sha256) VALUES (?1, ?2)",
        params![migration.number, hash],
    )?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.commit()?;
    Ok(())
}

fn refuse<T>(text: String) -> Result<T> {
    Err(Fault(store::Error::Corrupt(text)))
}

fn hash(sql: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(sql).iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use parking_lot::Mutex;
    use store::Error;

    use super::*;

    const FIRST: Migration = Migration { number: 1, sql: "CREATE TABLE a (x INTEGER) STRICT;" };
    const SECOND: Migration = Migration {
        number: 2,
        sql: "ALTER TABLE a ADD COLUMN y INTEGER; INSERT INTO a (x, y) VALUES (1, 2);",
    };

    fn migrate(conn: &mut Connection, migrations: &[Migration]) -> Result<(), Error> {
        apply(conn, migrations, &|_, _| {}).map_err(|Fault(error)| error)
    }

    #[test]
    fn each_is_applied_once_and_in_order() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn, &[FIRST]).unwrap();
        let steps = Mutex::new(Vec::new());
        apply(&mut conn, &[FIRST, SECOND], &|done, total| steps.lock().push((done, total)))
            .unwrap();
        assert_eq!(steps.into_inner(), [(1, 2), (2, 2)]);
        migrate(&mut conn, &[FIRST, SECOND]).unwrap();
        let rows: i64 = conn.query_row("SELECT count(*) FROM a", [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 1);
    }

    #[test]
    fn a_failed_one_leaves_nothing() {
        let mut conn = Connection::open_in_memory().unwrap();
        let broken = Migration {
            number: 2,
            sql: "CREATE TABLE b (x INTEGER) STRICT; SELECT nothing FROM nowhere;",
        };
        assert!(matches!(migrate(&mut conn, &[FIRST, broken]), Err(Error::Corrupt(_))));
        migrate(&mut conn, &[FIRST, SECOND]).unwrap();
        assert!(conn.prepare("SELECT 1 FROM b").is_err());
    }

    #[test]
    fn another_history_is_refused() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn, &[FIRST, SECOND]).unwrap();
        let newer = migrate(&mut conn, &[FIRST]);
        assert!(matches!(newer, Err(Error::Corrupt(text)) if text.contains("newer version")));
        let changed = Migration { number: 1, sql: "CREATE TABLE a (x TEXT) STRICT;" };
        let other = migrate(&mut conn, &[changed, SECOND]);
        assert!(matches!(other, Err(Error::Corrupt(text)) if text.contains("migration 1")));
    }
}
