//! Copies that are past their end, whatever chat they are in.

use model::event::StoredBoxEvent;
use model::{MessageId, UnixTime, UserId};
use rusqlite::{Connection, params};
use store::ports::boxes::ExpiredCopies;

use super::super::codec::encode;
use super::super::{Result, needed};
use super::change::{self, Doomed};
use super::{rows, words};

/// Whether something is past its end.
pub(super) fn is_due(conn: &Connection, now: UnixTime) -> Result<bool> {
    let mut due = conn.prepare_cached(
        "SELECT 1 FROM box_messages WHERE expires IS NOT NULL AND expires <= ?1 LIMIT 1",
    )?;
    Ok(due.exists([now.0])?)
}

/// Deletes up to `limit` copies, or takes away the media that was seen.
pub(super) fn expire(tx: &Connection, now: UnixTime, limit: i32) -> Result<ExpiredCopies> {
    let mut doomed = Doomed::new();
    let mut changes = Vec::new();
    let due = due(tx, now, limit)?;
    for (owner, id) in &due {
        let Some(message) = rows::bare(tx, *owner, *id)? else { continue };
        if message.body.expires.is_some_and(|end| end <= now) {
            doomed.entry(*owner).or_default().push(*id);
            continue;
        }
        needed::release(tx, message.body.carried())?;
        let faded = message.body.without_media();
        words::replace(tx, *owner, *id, &message.body, &faded)?;
        tx.prepare_cached(
            "UPDATE box_messages SET body = ?3, class = ?4, attached = NULL, cover = NULL, expires = ?5
             WHERE owner_id = ?1 AND id = ?2",
        )?
        .execute(params![
            owner.0,
            id.0,
            encode(&faded)?,
            faded.media_class().number(),
            faded.end().map(|end| end.0),
        ])?;
        let event = StoredBoxEvent::EditMessage { id: *id };
        changes.push(rows::push(tx, *owner, 1, now, &event)?);
    }
    for ids in doomed.values_mut() {
        ids.sort_unstable();
    }
    // Nobody's own deletion comes first.
    let deleted = change::erase(tx, UserId(0), doomed)?;
    changes.extend(deleted.into_iter().map(|deleted| deleted.change));
    let looked_at = i32::try_from(due.len()).unwrap_or(i32::MAX);
    Ok(ExpiredCopies { changes, looked_at })
}

fn due(conn: &Connection, now: UnixTime, limit: i32) -> Result<Vec<(UserId, MessageId)>> {
    let mut due = conn.prepare_cached(
        "SELECT owner_id, id FROM box_messages WHERE expires IS NOT NULL AND expires <= ?1
         ORDER BY expires, owner_id, id LIMIT ?2",
    )?;
    let rows = due.query_map(params![now.0, limit], |row| {
        Ok((UserId(row.get(0)?), MessageId(row.get(1)?)))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
