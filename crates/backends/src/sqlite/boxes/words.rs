//! The words of boxes. Filled when somebody searches; what is deleted or edited later leaves it at once.

use model::message::Body;
use model::search;
use model::{MessageId, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::Result;
use super::rows::{self, COLUMNS};

/// Messages taken in by one command, so that others are not kept waiting.
const PIECE: i64 = 500;

/// The number of a message's row, unique for all boxes.
pub(super) const fn row_id(owner: UserId, id: MessageId) -> i64 {
    owner.0.wrapping_mul(1 << 31).wrapping_add(id.0 as i64)
}

/// A word as it stands in the index of one box.
fn token(owner: UserId, word: &str) -> String {
    format!("{:x}x{word}", owner.0)
}

/// What is indexed of a text; `None` if there is nothing.
fn tokens(owner: UserId, body: &Body) -> Option<String> {
    let words = body.search_text().map(|text| search::words(&text)).unwrap_or_default();
    let tokens: Vec<_> = words.iter().map(|word| token(owner, word)).collect();
    (!tokens.is_empty()).then(|| tokens.join(" "))
}

/// The index's own query for a text: each word begins one of the message's. `None` if the text has no words.
pub(super) fn query(owner: UserId, text: &str) -> Option<String> {
    let words = search::words(text);
    let terms: Vec<_> = words.iter().map(|word| format!("\"{}\" *", token(owner, word))).collect();
    (!terms.is_empty()).then(|| terms.join(" AND "))
}

/// Up to which number a box is indexed.
fn indexed(conn: &Connection, owner: UserId) -> Result<MessageId> {
    let last = conn
        .prepare_cached("SELECT last_id FROM box_indexed WHERE owner_id = ?1")?
        .query_row([owner.0], |row| row.get(0))
        .optional()?;
    Ok(MessageId(last.unwrap_or(0)))
}

/// Whether a box has messages that are not indexed yet.
pub(super) fn is_behind(conn: &Connection, owner: UserId) -> Result<bool> {
    Ok(indexed(conn, owner)? < rows::place(conn, owner)?.last_id)
}

/// Takes in the next piece of a box.
pub(super) fn catch_up(tx: &Connection, owner: UserId) -> Result<()> {
    let (start, end) = (indexed(tx, owner)?, rows::place(tx, owner)?.last_id);
    let sql = format!(
        "SELECT {COLUMNS} FROM box_messages m WHERE m.owner_id = ?1 AND m.id > ?2 ORDER BY m.id LIMIT ?3"
    );
    let mut statement = tx.prepare_cached(&sql)?;
    let mut found = statement.query(params![owner.0, start.0, PIECE])?;
    let (mut count, mut last) = (0, start);
    while let Some(row) = found.next()? {
        let message = rows::from_row(row)?;
        add(tx, owner, message.id, &message.body)?;
        (count, last) = (count + 1, message.id);
    }
    let last = if count < PIECE { end } else { last };
    tx.prepare_cached(
        "INSERT INTO box_indexed (owner_id, last_id) VALUES (?1, ?2)
         ON CONFLICT (owner_id) DO UPDATE SET last_id = ?2",
    )?
    .execute(params![owner.0, last.0])?;
    Ok(())
}

fn add(tx: &Connection, owner: UserId, id: MessageId, body: &Body) -> Result<()> {
    if let Some(tokens) = tokens(owner, body) {
        tx.prepare_cached("INSERT INTO box_words (rowid, words) VALUES (?1, ?2)")?
            .execute(params![row_id(owner, id), tokens])?;
    }
    Ok(())
}

/// Takes out a message that is deleted. The index keeps no texts, so it must be told exactly what it holds.
pub(super) fn remove(tx: &Connection, owner: UserId, id: MessageId, body: &Body) -> Result<()> {
    let Some(tokens) = tokens(owner, body) else { return Ok(()) };
    if indexed(tx, owner)? >= id {
        tx.prepare_cached(
            "INSERT INTO box_words (box_words, rowid, words) VALUES ('delete', ?1, ?2)",
        )?
        .execute(params![row_id(owner, id), tokens])?;
    }
    Ok(())
}

/// Takes in an edited text in place of the old one.
pub(super) fn replace(
    tx: &Connection,
    owner: UserId,
    id: MessageId,
    old: &Body,
    new: &Body,
) -> Result<()> {
    if old.search_text() == new.search_text() {
        return Ok(());
    }
    remove(tx, owner, id, old)?;
    if indexed(tx, owner)? >= id { add(tx, owner, id, new) } else { Ok(()) }
}
