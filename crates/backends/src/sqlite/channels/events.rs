//! The log's events: messages tell of themselves, everything else has a row.

use std::collections::VecDeque;

use model::event::{ChannelEntry, ChannelEvent, StoredChannelEvent};
use model::{ChannelId, MessageId, Pts, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::Result;
use super::super::codec::decode;
use super::read::{self, COLUMNS, SOURCE, Viewer};
use super::rows::{self, Log};

/// Rows that a scan may pass over; beyond it, the first one is searched for.
const SCAN: i32 = 64;

/// Events after a position, oldest first.
pub(super) fn after(
    conn: &Connection,
    channel: ChannelId,
    viewer: UserId,
    after: Pts,
    limit: i32,
) -> Result<Vec<ChannelEntry>> {
    let log = rows::log(conn, channel)?;
    let limit = limit.max(0);
    if log.channel.deleted || after >= log.channel.pts || limit == 0 {
        return Ok(Vec::new());
    }
    let viewer = Viewer::of(conn, &log.channel, viewer)?;
    let mut stored = stored(conn, channel, after, limit)?;
    let mut new = new_messages(conn, &log, &viewer, after, limit)?;
    let mut entries = Vec::new();
    let wanted = usize::try_from(limit).unwrap_or(0);
    while entries.len() < wanted {
        let message_first = match (new.front(), stored.front()) {
            (Some(message), Some((pts, _, _))) => message.pts < *pts,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => break,
        };
        if message_first {
            entries.extend(new.pop_front());
        } else if let Some((pts, pts_count, event)) = stored.pop_front() {
            entries.push(ChannelEntry { pts, pts_count, event: present(conn, &viewer, event)? });
        }
    }
    Ok(entries)
}

type Stored = (Pts, i32, StoredChannelEvent);

fn stored(
    conn: &Connection,
    channel: ChannelId,
    after: Pts,
    limit: i32,
) -> Result<VecDeque<Stored>> {
    let mut statement = conn.prepare_cached(
        "SELECT pts, pts_count, payload FROM channel_events WHERE channel_id = ?1 AND pts > ?2
         ORDER BY pts LIMIT ?3",
    )?;
    let mut rows = statement.query(params![channel.0, after.0, limit])?;
    let mut events = VecDeque::new();
    while let Some(row) = rows.next()? {
        let payload: Vec<u8> = row.get(2)?;
        events.push_back((Pts(row.get(0)?), row.get(1)?, decode(&payload)?));
    }
    Ok(events)
}

fn new_messages(
    conn: &Connection,
    log: &Log,
    viewer: &Viewer,
    after: Pts,
    limit: i32,
) -> Result<VecDeque<ChannelEntry>> {
    let first = first_after(conn, log, after)?;
    let sql = format!(
        "SELECT {COLUMNS} FROM {SOURCE} WHERE m.channel_id = ?1 AND m.id >= ?2 AND m.pts > ?3
         ORDER BY m.id LIMIT ?4"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![viewer.channel.0, first.0, after.0, limit])?;
    let mut entries = VecDeque::new();
    while let Some(row) = rows.next()? {
        let event = ChannelEvent::NewMessage(read::view(conn, viewer, row)?);
        entries.push_back(ChannelEntry { pts: Pts(row.get(1)?), pts_count: 1, event });
    }
    Ok(entries)
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
fn present(conn: &Connection, viewer: &Viewer, event: StoredChannelEvent) -> Result<ChannelEvent> {
    Ok(match event {
        StoredChannelEvent::EditMessage { id } => {
            ChannelEvent::EditMessage(read::message(conn, viewer, id)?)
        }
        StoredChannelEvent::DeleteMessages { ids } => ChannelEvent::DeleteMessages(ids),
        StoredChannelEvent::PinnedMessages { ids, pinned } => {
            ChannelEvent::PinnedMessages { ids, pinned }
        }
    })
}
