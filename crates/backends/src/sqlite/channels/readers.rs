//! Who read what in small supergroups, and when.

use model::limits::{READERS_DAYS, READERS_MEMBERS};
use model::{ChannelId, MessageId, UnixTime, UserId};
use rusqlite::{Connection, params};

use super::super::Result;
use super::rows;

/// Keeps that somebody's mark moved, where authors are told of it and no longer than they may ask.
pub(in super::super) fn note_reader(
    tx: &Connection,
    channel: ChannelId,
    user: UserId,
    mark: MessageId,
    at: UnixTime,
) -> Result<()> {
    let log = rows::find(tx, channel)?;
    let kept = log
        .is_some_and(|log| !log.channel.broadcast && log.channel.participants <= READERS_MEMBERS);
    if !kept {
        return Ok(());
    }
    tx.prepare_cached(
        "INSERT INTO channel_readers (channel_id, user_id, max_id, date) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO NOTHING",
    )?
    .execute(params![channel.0, user.0, mark.0, at.0])?;
    tx.prepare_cached(
        "DELETE FROM channel_readers WHERE channel_id = ?1 AND user_id = ?2 AND date < ?3",
    )?
    .execute(params![channel.0, user.0, at.0 - READERS_DAYS * 24 * 3600])?;
    Ok(())
}

/// Whose marks are at a message or beyond, and since when.
pub(super) fn of(
    conn: &Connection,
    channel: ChannelId,
    author: UserId,
    id: MessageId,
) -> Result<Vec<(UserId, UnixTime)>> {
    let mut statement = conn.prepare_cached(
        "SELECT user_id, min(date) FROM channel_readers
         WHERE channel_id = ?1 AND user_id <> ?2 AND max_id >= ?3
         GROUP BY user_id ORDER BY min(date), user_id",
    )?;
    let found = statement.query_map(params![channel.0, author.0, id.0], |row| {
        Ok((UserId(row.get(0)?), UnixTime(row.get(1)?)))
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}
