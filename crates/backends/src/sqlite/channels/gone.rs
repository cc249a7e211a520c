//! Deleted messages, counted by blocks of numbers: what stands between two numbers is counted, and stretches where nothing is
//! left are passed over, at the cost of their blocks instead of their messages.

use model::{ChannelId, MessageId};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::Result;

/// Numbers in a block, as `channel_gone_whole` has them.
const BLOCK: i32 = 1024;

/// Notes that a message was deleted.
pub(super) fn note(tx: &Connection, channel: ChannelId, id: MessageId) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO channel_gone (channel_id, block, gone) VALUES (?1, ?2, 1)
         ON CONFLICT (channel_id, block) DO UPDATE SET gone = gone + 1",
    )?
    .execute(params![channel.0, id.0 / BLOCK])?;
    Ok(())
}

/// Deleted messages with a number above the second up to the third parameter.
pub(super) const EACH: &str = "SELECT count(*) FROM channel_messages
     WHERE channel_id = ?1 AND id > ?2 AND id <= ?3 AND body IS NULL";

/// How many messages with a number above `low` up to `high` were deleted.
pub(super) fn between(
    conn: &Connection,
    channel: ChannelId,
    low: MessageId,
    high: MessageId,
) -> Result<i32> {
    let each = |low: i32, high: i32| -> Result<i32> {
        if high <= low {
            return Ok(0);
        }
        let count = conn
            .prepare_cached(EACH)?
            .query_row(params![channel.0, low, high], |row| row.get(0))?;
        Ok(count)
    };
    let low = low.0.max(0);
    // The blocks that lie between them as a whole.
    let (first, end) = (low / BLOCK + 1, high.0 / BLOCK);
    if first >= end {
        return each(low, high.0);
    }
    let whole: i32 = conn
        .prepare_cached(
            "SELECT coalesce(sum(gone), 0) FROM channel_gone WHERE channel_id = ?1 AND block >= ?2 AND block < ?3",
        )?
        .query_row(params![channel.0, first, end], |row| row.get(0))?;
    Ok(each(low, first * BLOCK - 1)? + whole + each(end * BLOCK - 1, high.0)?)
}

/// A stretch of numbers of which nothing is left: those from `first` up to `last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) first: MessageId,
    pub(super) last: MessageId,
}

impl Stretch {
    fn of(block: i32) -> Self {
        let first = block.saturating_mul(BLOCK);
        Self { first: MessageId(first), last: MessageId(first.saturating_add(BLOCK - 1)) }
    }
}

/// Whole blocks below the second parameter.
pub(super) const BELOW: &str = "SELECT block FROM channel_gone WHERE channel_id = ?1 AND block < ?2 AND gone = 1024 ORDER BY block DESC";
/// Whole blocks above the second parameter.
pub(super) const ABOVE: &str = "SELECT block FROM channel_gone WHERE channel_id = ?1 AND block > ?2 AND gone = 1024 ORDER BY block";

/// The nearest stretch of whole blocks below a number.
pub(super) fn below(
    conn: &Connection,
    channel: ChannelId,
    id: MessageId,
) -> Result<Option<Stretch>> {
    let mut statement = conn.prepare_cached(BELOW)?;
    let mut rows = statement.query(params![channel.0, id.0 / BLOCK])?;
    let mut found: Option<Stretch> = None;
    while let Some(row) = rows.next()? {
        let block = Stretch::of(row.get(0)?);
        match &mut found {
            None => found = Some(block),
            Some(stretch) if block.last.0 + 1 == stretch.first.0 => stretch.first = block.first,
            Some(_) => break,
        }
    }
    Ok(found)
}

/// The nearest stretch of whole blocks above a number.
pub(super) fn above(
    conn: &Connection,
    channel: ChannelId,
    id: MessageId,
) -> Result<Option<Stretch>> {
    let mut statement = conn.prepare_cached(ABOVE)?;
    let mut rows = statement.query(params![channel.0, (id.0 - 1) / BLOCK])?;
    let mut found: Option<Stretch> = None;
    while let Some(row) = rows.next()? {
        let block = Stretch::of(row.get(0)?);
        match &mut found {
            None => found = Some(block),
            Some(stretch) if stretch.last.0.saturating_add(1) == block.first.0 => {
                stretch.last = block.last;
            }
            Some(_) => break,
        }
    }
    Ok(found)
}

/// The newest message below a number that is there.
pub(super) fn newest_below(
    conn: &Connection,
    channel: ChannelId,
    id: MessageId,
) -> Result<Option<MessageId>> {
    let mut statement = conn.prepare_cached(
        "SELECT id FROM channel_messages
         WHERE channel_id = ?1 AND id < ?2 AND id >= ?3 AND body IS NOT NULL ORDER BY id DESC LIMIT 1",
    )?;
    let mut end = id;
    loop {
        let stretch = below(conn, channel, end)?;
        let floor = stretch.map_or(0, |stretch| stretch.last.0.saturating_add(1));
        let found =
            statement.query_row(params![channel.0, end.0, floor], |row| row.get(0)).optional()?;
        match (found, stretch) {
            (Some(id), _) => return Ok(Some(MessageId(id))),
            (None, Some(stretch)) => end = stretch.first,
            (None, None) => return Ok(None),
        }
    }
}
