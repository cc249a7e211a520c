//! How a connection is opened and set.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use rusqlite::{Connection, OpenFlags};

use super::counters;
use super::fault::{Fault, Result};

/// "Hoop", in the header of every database of ours.
pub(super) const APPLICATION_ID: i32 = 0x486F_6F70;
/// Statements kept ready for each connection: more than all ports have.
const STATEMENTS: usize = 256;

/// How long a statement waits for another connection. Another process is kept out by the folder's lock; this is for
/// checkpoints beside readers.
pub(super) const BUSY: Duration = Duration::from_secs(5);

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Writer,
    Reader,
}

/// Opens a connection and sets everything that is not the default.
pub(super) fn open(file: &Path, role: Role) -> Result<Connection> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    flags.set(OpenFlags::SQLITE_OPEN_CREATE, role == Role::Writer);
    let mut conn = Connection::open_with_flags(file, flags)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    conn.busy_timeout(BUSY)?;
    // A plan that depends on the value of a parameter is made anew for each value.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    if role == Role::Writer {
        check_owner(&conn)?;
        conn.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    }
    // Every commit is on the disk when it is answered; what is deleted is overwritten; temporary data, which is user
    // content, never reaches a file; a failing disk must not kill the process by a signal (mmap).
    conn.execute_batch(
        "PRAGMA synchronous = FULL;
         PRAGMA secure_delete = ON;
         PRAGMA foreign_keys = OFF;
         PRAGMA temp_store = MEMORY;
         PRAGMA mmap_size = 0;
         PRAGMA trusted_schema = OFF;",
    )?;
    match role {
        // KiB when negative. The log is copied back in larger pieces than the default, which writes hot pages less often; it
        // grows to 64 MiB, which a start after a crash reads in a fraction of a second.
        Role::Writer => {
            conn.execute_batch("PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 16000;")?;
        }
        Role::Reader => {
            conn.execute_batch("PRAGMA cache_size = -4096; PRAGMA query_only = ON;")?;
            let count = || {
                counters::count_steps();
                false
            };
            conn.progress_handler(counters::STEPS_AT_A_TIME, Some(count))?;
        }
    }
    conn.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(count))?;
    Ok(conn)
}

fn count(_: TraceEvent<'_>) {
    counters::count_statement();
}

/// Reads the header: the first access to the file tells a damaged or foreign one.
fn check_owner(conn: &Connection) -> Result<()> {
    let id: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if id == APPLICATION_ID || tables == 0 {
        return Ok(());
    }
    Err(Fault(store::Error::Corrupt("this is another program's database".to_owned())))
}
