//! What has an end, in a copy of the database: sealed with the key of its hour, and put back when the copy is opened as a
//! database again (docs/adr/0012-backups-are-sealed-by-the-hour.md).
//!
//! A message keeps its row, with its numbers and an empty body, so that the copy is whole by itself. Photos, documents and polls
//! that nothing lasting carries, what waits in secret chats' queues, and what admins are told leave their tables.

mod open;
mod seal;

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use serde::{Deserialize, Serialize};

pub(super) use open::{is_sealed, unseal};
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
    Log = 8,
    Sent = 9,
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
            Self::Log => "admin_log",
            Self::Sent => "secret_sent",
        }
    }

    /// The columns that find a row, 0 for those that it does not take.
    const fn key(self) -> [&'static str; 3] {
        match self {
            Self::Box => ["owner_id", "id", "0"],
            Self::Channel | Self::Log => ["channel_id", "id", "0"],
            Self::Photo | Self::Document | Self::Poll => ["id", "0", "0"],
            Self::Queue => ["key_id", "qts", "0"],
            Self::File => ["user_id", "id", "chat_id"],
            Self::Sent => ["user_id", "chat_id", "random_id"],
        }
    }
}

/// A row's place and its key there.
#[derive(Clone, Copy, Debug)]
struct RowId {
    place: Place,
    key: [i64; 3],
}

impl RowId {
    /// What the row's bytes are bound to.
    fn context(self) -> String {
        let [first, second, third] = self.key;
        format!("row {} {first} {second} {third}", self.place as i64)
    }

    fn condition(self) -> String {
        let [first, second, third] = self.place.key();
        format!("{first} = ?1 AND {second} = ?2 AND {third} = ?3")
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rusqlite::Connection;

    use super::super::migrations;
    use super::Place;

    const SEALED: [Place; 9] = [
        Place::Box,
        Place::Channel,
        Place::Photo,
        Place::Document,
        Place::Poll,
        Place::Queue,
        Place::File,
        Place::Log,
        Place::Sent,
    ];

    /// What lasts until somebody deletes it, and what holds no content: numbers, names and settings.
    const LASTING: &str = "
        account_events admin_log_numbers auth_keys authorizations blobs_doomed blocked box_events box_indexed box_reactions
        box_read_dates box_readers box_words box_words_config box_words_data box_words_docsize box_words_idx boxes
        channel_counters channel_events channel_gone channel_indexed channel_mentions channel_participants channel_reaction_counts
        channel_reactions channel_readers channel_series channel_thread_reads channel_threads channel_words
        channel_viewed channel_words_config channel_words_data channel_words_docsize channel_words_idx channels chat_members chats contacts
        dialogs importers invitations invites media_blobs media_released migrations names notify_settings passwords
        pending_contacts poll_choices poll_counts poll_votes privacy profile_photos public_words schedule_numbers scheduled
        sealed secret_chats secret_keys secret_reports sequences settings sqlite_stat1 sqlite_stat4 unread_reactions
        users";

    #[test]
    fn every_table_is_sealed_or_lasts() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrations::run(&mut conn, &|_, _| {}).unwrap_or_else(|_| panic!("the schema is sound"));
        let mut statement =
            conn.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
        let names = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let names: BTreeSet<String> = names.map(Result::unwrap).collect();
        let known = SEALED.map(Place::table).into_iter().chain(LASTING.split_ascii_whitespace());
        let known: BTreeSet<String> = known.map(str::to_owned).collect();
        let undecided: Vec<&String> = names.difference(&known).collect();
        assert_eq!(undecided, Vec::<&String>::new(), "may a backup show what is in it?");
    }
}
