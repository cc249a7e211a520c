//! The log's events: messages tell of themselves, everything else has a row.

use std::collections::VecDeque;
use std::sync::Arc;

use model::event::{ChannelEntry, ChannelEvent, StoredChannelEvent};
use model::{ChannelId, MessageId, Pts, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::Result;
use super::super::codec::decode;
use super::super::engine::LOOK_ROWS;
use super::message_row::{COLUMNS, MessageRow, SOURCE};
use super::read;
use super::reading::{New, Reading};
use super::recent::{Read, Recently};
use super::rows::{self, Log};

/// Rows that a scan may pass over; beyond it, the first one is searched for.
const SCAN: i32 = 64;

/// What is asked of a log.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub(super) channel: ChannelId,
    pub(super) viewer: UserId,
    pub(super) after: Pts,
    pub(super) limit: i32,
}

/// Events after a position, oldest first. If they must be found `at_once`, `None` unless the messages among them are in memory.
pub(super) fn after(
    conn: &Connection,
    recently: &Recently,
    asked: Asked,
    at_once: bool,
) -> Result<Option<Vec<ChannelEntry>>> {
    let log = rows::log(conn, asked.channel)?;
    let asked = Asked { limit: asked.limit.max(0), ..asked };
    if log.channel.deleted || asked.after >= log.channel.pts || asked.limit == 0 {
        return Ok(Some(Vec::new()));
    }
    let reading = Reading::new(conn, recently, &log, (asked.viewer, at_once))?;
    let stored = stored(conn, &asked)?;
    let new = match reading.after(asked.after, asked.limit)? {
        Some(new) if !at_once || stored.len() <= LOOK_ROWS => new,
        _ if at_once => return Ok(None),
        _ => new_messages(&reading, recently, (&log, &stored), &asked)?,
    };
    merge(&reading, stored, new, asked.limit).map(Some)
}

/// Both kinds in the order of their positions.
fn merge(
    reading: &Reading<'_>,
    stored: Vec<Stored>,
    new: Vec<New>,
    limit: i32,
) -> Result<Vec<ChannelEntry>> {
    let (mut stored, mut new) = (VecDeque::from(stored), VecDeque::from(new));
    let mut entries = Vec::new();
    let wanted = usize::try_from(limit).unwrap_or(0);
    while entries.len() < wanted {
        let message_first = match (new.front(), stored.front()) {
            (Some((message, _)), Some((pts, _, _))) => message < pts,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => break,
        };
        if message_first {
            entries.extend(new.pop_front().map(|(pts, message)| {
                let event = ChannelEvent::NewMessage(message);
                ChannelEntry { pts, pts_count: 1, event }
            }));
        } else if let Some((pts, pts_count, event)) = stored.pop_front() {
            entries.push(ChannelEntry { pts, pts_count, event: present(reading, event)? });
        }
    }
    Ok(entries)
}

type Stored = (Pts, i32, StoredChannelEvent);

fn stored(conn: &Connection, asked: &Asked) -> Result<Vec<Stored>> {
    let mut statement = conn.prepare_cached(
        "SELECT pts, pts_count, payload FROM channel_events WHERE channel_id = ?1 AND pts > ?2
         ORDER BY pts LIMIT ?3",
    )?;
    let mut rows = statement.query(params![asked.channel.0, asked.after.0, asked.limit])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        let payload: Vec<u8> = row.get(2)?;
        events.push((Pts(row.get(0)?), row.get(1)?, decode(&payload)?));
    }
    Ok(events)
}

/// Reads them, and keeps them in memory where they are the newest.
fn new_messages(
    reading: &Reading<'_>,
    recently: &Recently,
    (log, stored): (&Log, &[Stored]),
    asked: &Asked,
) -> Result<Vec<New>> {
    let (conn, after) = (reading.conn, asked.after);
    let first = first_after(conn, log, after)?;
    let sql = format!(
        "SELECT {COLUMNS} FROM {SOURCE} WHERE m.channel_id = ?1 AND m.id >= ?2 AND m.pts > ?3
         ORDER BY m.id LIMIT ?4"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![asked.channel.0, first.0, after.0, asked.limit])?;
    let (mut read, mut messages) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let row = Arc::new(MessageRow::of(row)?);
        let shown = read::show(conn, &reading.viewer, &row, row.body.clone(), row.reacted)?;
        messages.push((row.pts, shown));
        read.push(row);
    }
    // Behind the last of as many as were asked for there may be more.
    let known = i32::try_from(stored.len()).is_ok_and(|stored| stored < asked.limit);
    let newest = stored.last().map_or(after, |(pts, ..)| *pts);
    let quiet_after = if known { newest } else { log.channel.pts };
    recently.keep(log, &Read { whole_after: after, quiet_after, rows: read });
    Ok(messages)
}

/// A number at or a little below that of the first message after a position, found without an index: ids and pts rise
/// together, and a log gives out no more numbers than its position moved.
fn first_after(conn: &Connection, log: &Log, after: Pts) -> Result<MessageId> {
    let moved = log.channel.pts.0.saturating_sub(after.0);
    let mut low = log.last_id.0.saturating_sub(moved).max(0) + 1;
    let mut high = log.last_id.0.saturating_add(1);
    let mut probe =
        conn.prepare_cached("SELECT pts FROM channel_messages WHERE channel_id = ?1 AND id = ?2")?;
    while high - low > SCAN {
        let middle = low + (high - low) / 2;
        let pts: Option<i32> =
            probe.query_row(params![log.channel.id.0, middle], |row| row.get(0)).optional()?;
        match pts {
            Some(pts) if pts <= after.0 => low = middle,
            _ => high = middle,
        }
    }
    Ok(MessageId(low))
}

/// What a stored event says now.
fn present(reading: &Reading<'_>, event: StoredChannelEvent) -> Result<ChannelEvent> {
    Ok(match event {
        StoredChannelEvent::EditMessage { id } => ChannelEvent::EditMessage(reading.message(id)?),
        StoredChannelEvent::DeleteMessages { ids } => ChannelEvent::DeleteMessages(ids),
        StoredChannelEvent::PinnedMessages { ids, pinned } => {
            ChannelEvent::PinnedMessages { ids, pinned }
        }
    })
}
