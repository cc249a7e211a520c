//! What has an end, in a copy of the database: sealed with the key of its hour, and put back when the copy is opened as a
//! database again (docs/adr/0012-backups-are-sealed-by-the-hour.md).
//!
//! A message keeps its row, with its numbers and an empty body, so that the copy is whole by itself. Photos, documents and polls
//! that nothing lasting carries, and what waits in secret chats' queues, leave their tables.

mod open;
mod seal;

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use serde::{Deserialize, Serialize};

pub(super) use open::unseal;
pub(super) use seal::seal;

/// Rows handled between two looks at the tables.
const PAGE: i64 = 500;

/// Where a sealed row belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Box = 1,
    Channel = 2,
    Photo = 3,
    Document = 4,
    Poll = 5,
    Queue = 6,
    File = 7,
}

impl Place {
    const fn table(self) -> &'static str {
        match self {
            Self::Box => "box_messages",
            Self::Channel => "channel_messages",
            Self::Photo => "photos",
            Self::Document => "documents",
            Self::Poll => "polls",
            Self::Queue => "secret_queue",
            Self::File => "secret_files",
        }
    }

    /// The columns that find a row; a single one is followed by 0.
    const fn key(self) -> (&'static str, &'static str) {
        match self {
            Self::Box => ("owner_id", "id"),
            Self::Channel => ("channel_id", "id"),
            Self::Photo | Self::Document | Self::Poll => ("id", "0"),
            Self::Queue => ("key_id", "qts"),
            Self::File => ("user_id", "id"),
        }
    }
}

/// A row's place and its key there.
#[derive(Clone, Copy, Debug)]
struct RowId {
    place: Place,
    first: i64,
    second: i64,
}

impl RowId {
    /// What the row's bytes are bound to.
    fn context(self) -> String {
        format!("row {} {} {}", self.place as i64, self.first, self.second)
    }

    fn condition(self) -> String {
        let (first, second) = self.place.key();
        format!("{first} = ?1 AND {second} = ?2")
    }
}

/// A row that left its table, with the names of its columns, as the schema may have changed when it comes back.
#[derive(Serialize, Deserialize)]
struct Packed {
    columns: Vec<(String, Cell)>,
    /// The blobs of a photo or document: kind and hash.
    blobs: Vec<(i64, [u8; 32])>,
}

#[derive(Serialize, Deserialize)]
enum Cell {
    Null,
    Integer(i64),
    Text(String),
    Bytes(#[serde(with = "serde_bytes")] Vec<u8>),
}

impl From<ValueRef<'_>> for Cell {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Integer(number) => Self::Integer(number),
            ValueRef::Text(text) => Self::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Blob(bytes) => Self::Bytes(bytes.to_vec()),
            // No table has real numbers.
            ValueRef::Null | ValueRef::Real(_) => Self::Null,
        }
    }
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
