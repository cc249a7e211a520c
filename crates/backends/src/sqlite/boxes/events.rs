//! Events of a box: new messages, which are the rows themselves, merged with all others.

use std::cmp::Ordering;

use model::event::{BoxEntry, BoxEvent, StoredBoxEvent};
use model::message::Message;
use model::{MessageId, Pts, UnixTime, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::Result;
use super::super::codec::decode;
use super::rows::{self, COLUMNS};

/// Events after a position, oldest first.
pub(super) fn events(
    conn: &Connection,
    owner: UserId,
    after: Pts,
    limit: i32,
) -> Result<Vec<BoxEntry>> {
    let limit = limit.max(0);
    let mut new = new_messages(conn, owner, after, limit)?.into_iter().peekable();
    let mut stored = stored(conn, owner, after, limit)?.into_iter().peekable();
    let mut entries = Vec::new();
    while entries.len() < usize::try_from(limit).unwrap_or(0) {
        let order = match (new.peek(), stored.peek()) {
            (Some(message), Some(entry)) => message.pts.cmp(&entry.pts),
            (Some(_), None) => Ordering::Less,
            (None, _) => Ordering::Greater,
        };
        let next = if order == Ordering::Less { new.next().map(entry) } else { stored.next() };
        let Some(next) = next else { break };
        entries.push(next);
    }
    Ok(entries)
}

fn entry(message: Message) -> BoxEntry {
    BoxEntry {
        pts: message.pts,
        pts_count: 1,
        date: message.date,
        event: BoxEvent::NewMessage(Some(message)),
    }
}

fn new_messages(conn: &Connection, owner: UserId, after: Pts, limit: i32) -> Result<Vec<Message>> {
    let first = first_after(conn, owner, after)?;
    let sql = format!(
        "SELECT {COLUMNS} FROM box_messages m WHERE m.owner_id = ?1 AND m.id >= ?2 ORDER BY m.id LIMIT ?3"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut found = statement.query(params![owner.0, first.0, limit])?;
    let mut messages = Vec::new();
    while let Some(row) = found.next()? {
        messages.push(rows::from_row(row)?);
    }
    rows::with_reactions(conn, owner, &mut messages)?;
    Ok(messages)
}

/// A number at which the messages begin that came after a position. Numbers and positions rise together, so no index
/// of positions is kept: it is found by halving, from the newest back.
fn first_after(conn: &Connection, owner: UserId, after: Pts) -> Result<MessageId> {
    let mut statement = conn.prepare_cached(
        "SELECT id, pts FROM box_messages WHERE owner_id = ?1 AND id >= ?2 ORDER BY id LIMIT 1",
    )?;
    // The first message from `id` on that came at or before the position, if any did.
    let mut not_after = |id: i32| -> Result<Option<i32>> {
        let first: Option<(i32, i32)> = statement
            .query_row(params![owner.0, id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(first.filter(|(_, pts)| *pts <= after.0).map(|(id, _)| id))
    };
    // All from `high` on came after.
    let mut high = rows::place(conn, owner)?.last_id.0.saturating_add(1);
    let mut low = 1;
    let mut step = 1;
    while high > 1 {
        let probe = high.saturating_sub(step).max(1);
        if let Some(id) = not_after(probe)? {
            low = id.saturating_add(1);
            break;
        }
        high = probe;
        step = step.saturating_mul(2);
    }
    while low < high {
        let middle = low.midpoint(high);
        match not_after(middle)? {
            Some(id) => low = id.saturating_add(1),
            None => high = middle,
        }
    }
    Ok(MessageId(low.min(high)))
}

fn stored(conn: &Connection, owner: UserId, after: Pts, limit: i32) -> Result<Vec<BoxEntry>> {
    let mut statement = conn.prepare_cached(
        "SELECT pts, pts_count, date, payload FROM box_events WHERE owner_id = ?1 AND pts > ?2
         ORDER BY pts LIMIT ?3",
    )?;
    let mut rows = statement.query(params![owner.0, after.0, limit])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let payload: Option<Vec<u8>> = row.get(3)?;
        let event = match payload.map(|payload| decode(&payload)).transpose()? {
            None => BoxEvent::NewMessage(None),
            Some(StoredBoxEvent::EditMessage { id }) => {
                BoxEvent::EditMessage(rows::message(conn, owner, id)?)
            }
            Some(stored) => BoxEvent::Stored(stored),
        };
        entries.push(BoxEntry {
            pts: Pts(row.get(0)?),
            pts_count: row.get(1)?,
            date: UnixTime(row.get(2)?),
            event,
        });
    }
    Ok(entries)
}
