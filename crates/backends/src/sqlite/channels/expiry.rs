//! Posts that are past their end, whatever channel they are in.

use std::collections::BTreeMap;

use model::{ChannelId, MessageId, UnixTime};
use rusqlite::{Connection, params};
use store::ports::channels::{ExpiredPosts, Moved};

use super::super::Result;
use super::{change, rows};

/// Whether something is past its end.
pub(super) fn is_due(conn: &Connection, now: UnixTime) -> Result<bool> {
    let mut due = conn.prepare_cached(
        "SELECT 1 FROM channel_messages WHERE expires IS NOT NULL AND expires <= ?1 LIMIT 1",
    )?;
    Ok(due.exists([now.0])?)
}

/// Deletes up to `limit` posts.
pub(super) fn expire(tx: &Connection, now: UnixTime, limit: i32) -> Result<ExpiredPosts> {
    let mut due = tx.prepare_cached(
        "SELECT channel_id, id FROM channel_messages WHERE expires IS NOT NULL AND expires <= ?1
         ORDER BY expires, channel_id, id LIMIT ?2",
    )?;
    let due = due
        .query_map(params![now.0, limit], |row| {
            Ok((ChannelId(row.get(0)?), MessageId(row.get(1)?)))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let looked_at = i32::try_from(due.len()).unwrap_or(i32::MAX);
    let mut by_channel: BTreeMap<ChannelId, Vec<MessageId>> = BTreeMap::new();
    for (channel, id) in due {
        by_channel.entry(channel).or_default().push(id);
    }
    let mut moved = Vec::new();
    for (channel, mut ids) in by_channel {
        ids.sort_unstable();
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            found.extend(change::live(tx, channel, id)?.map(|(_, body)| (id, body)));
        }
        let mut log = rows::log(tx, channel)?;
        let (_, change) = change::delete_found(tx, &mut log, &found, now)?;
        moved.push(Moved { channel, pts: change.pts, pts_count: change.pts_count });
        moved.extend(change.discussion);
    }
    Ok(ExpiredPosts { moved, looked_at })
}
