//! What goes wrong inside a storage command, so that `?` serves drivers' errors, denials and ports' errors alike.

use model::rights::Denial;
use rusqlite::ErrorCode;
use rusqlite::ffi::{
    SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID, SQLITE_CONSTRAINT_UNIQUE,
};

/// Result of a storage command's parts.
pub(super) type Result<T, E = Fault> = std::result::Result<T, E>;

/// A port's error on its way out of a command.
///
/// From a driver's error: no row is `NotFound`, a row that exists already is `Conflict`, a full disk or failed read
/// is `Unavailable`, everything that contradicts the schema is `Corrupt`.
#[derive(Debug)]
pub(super) struct Fault(pub(super) store::Error);

impl From<store::Error> for Fault {
    fn from(error: store::Error) -> Self {
        Self(error)
    }
}

impl From<Denial> for Fault {
    fn from(denial: Denial) -> Self {
        Self(denial.into())
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self(port_error(&error))
    }
}

impl From<rmp_serde::encode::Error> for Fault {
    fn from(_: rmp_serde::encode::Error) -> Self {
        Self(store::Error::Corrupt("a row's body cannot be encoded".to_owned()))
    }
}

impl From<rmp_serde::decode::Error> for Fault {
    // The decoder's text may quote what it read, which is user content.
    fn from(_: rmp_serde::decode::Error) -> Self {
        Self(store::Error::Corrupt("a row's body cannot be decoded".to_owned()))
    }
}

fn port_error(error: &rusqlite::Error) -> store::Error {
    match error {
        rusqlite::Error::QueryReturnedNoRows => store::Error::NotFound,
        rusqlite::Error::SqliteFailure(code, text) => failure(*code, text.as_deref()),
        // Only a mistake in our own SQL or a foreign schema leads to the others; they carry no user content.
        other => store::Error::Corrupt(other.to_string()),
    }
}

fn failure(error: rusqlite::ffi::Error, text: Option<&str>) -> store::Error {
    let text = || text.map_or_else(|| error.to_string(), str::to_owned);
    match error.code {
        ErrorCode::ConstraintViolation => match error.extended_code {
            SQLITE_CONSTRAINT_PRIMARYKEY | SQLITE_CONSTRAINT_UNIQUE | SQLITE_CONSTRAINT_ROWID => {
                store::Error::Conflict
            }
            _ => store::Error::Corrupt(text()),
        },
        ErrorCode::DiskFull
        | ErrorCode::SystemIoFailure
        | ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::OutOfMemory
        | ErrorCode::CannotOpen
        | ErrorCode::ReadOnly
        | ErrorCode::PermissionDenied
        | ErrorCode::OperationInterrupted
        | ErrorCode::FileLockingProtocolFailed => store::Error::Unavailable(text()),
        _ => store::Error::Corrupt(text()),
    }
}
