//! What a deleted channel leaves is erased in pieces, so that others are served between.

use model::channel::Channel;
use model::message::Body;
use model::rights::Denial;
use model::{ChannelId, MessageId, Peer, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::codec::decode;
use super::super::{Result, dialogs, names, needed, schedule};
use super::{discussion, index, recent, rows};

/// Rows erased in one command.
const CHUNK: i64 = 500;

/// Marks a channel deleted, frees its public name, and lets nobody see its log any more.
pub(super) fn mark(tx: &Connection, id: ChannelId, actor: UserId) -> Result<Channel> {
    let mut log = rows::log(tx, id)?;
    log.channel.check_exists()?;
    if log.channel.creator != actor {
        return Err(Denial::AdminRequired.into());
    }
    log.channel.deleted = true;
    log.channel.username = None;
    log.channel.top_message = MessageId(0);
    log.messages = 0;
    if let Some(partner) = log.channel.linked.take() {
        discussion::part(tx, partner)?;
    }
    names::remove(tx, Peer::Channel(id))?;
    schedule::erase_channel(tx, id)?;
    log.channel.departures += 1;
    rows::save_description(tx, &log.channel)?;
    rows::save_counts(tx, &log.channel)?;
    rows::save_position(tx, &log)?;
    recent::note_changed(id);
    Ok(log.channel)
}

/// Erases some more of the logs of deleted channels; answers whether anything is left.
pub(in super::super) fn some(tx: &Connection) -> Result<bool> {
    let next = tx
        .prepare_cached(
            "SELECT id FROM channels WHERE deleted = 1 AND erased = 0 ORDER BY id LIMIT 1",
        )?
        .query_row([], |row| row.get(0))
        .optional()?;
    next.map_or(Ok(false), |id| of(tx, ChannelId(id)).map(|_| true))
}

/// Erases some more of one channel's log; answers whether anything is left.
pub(super) fn of(tx: &Connection, channel: ChannelId) -> Result<bool> {
    if erase_messages(tx, channel)? || close_dialogs(tx, channel)? {
        return Ok(true);
    }
    for table in TABLES {
        let sql = format!("DELETE FROM {table} WHERE channel_id = ?1");
        tx.prepare_cached(&sql)?.execute([channel.0])?;
    }
    tx.prepare_cached("UPDATE channels SET erased = 1 WHERE id = ?1 AND deleted = 1")?
        .execute([channel.0])?;
    Ok(false)
}

/// What hangs on messages, and is small in number next to them.
const TABLES: [&str; 13] = [
    "admin_log",
    "admin_log_numbers",
    "channel_series",
    "channel_events",
    "channel_threads",
    "channel_thread_reads",
    "channel_readers",
    "channel_mentions",
    "channel_reactions",
    "channel_reaction_counts",
    "channel_counters",
    "channel_gone",
    "channel_indexed",
];

fn erase_messages(tx: &Connection, channel: ChannelId) -> Result<bool> {
    let mut newest = tx.prepare_cached(
        "SELECT id, body FROM channel_messages WHERE channel_id = ?1 ORDER BY id DESC LIMIT ?2",
    )?;
    let mut rows = newest.query(params![channel.0, CHUNK])?;
    let mut oldest = None;
    while let Some(row) = rows.next()? {
        let id = MessageId(row.get(0)?);
        if let Some(body) = row.get::<_, Option<Vec<u8>>>(1)? {
            let body: Body = decode(&body)?;
            needed::release(tx, body.carried())?;
            index::replace(tx, channel, id, Some(&body), None)?;
        }
        oldest = Some(id);
    }
    let Some(oldest) = oldest else { return Ok(false) };
    tx.prepare_cached("DELETE FROM channel_messages WHERE channel_id = ?1 AND id >= ?2")?
        .execute(params![channel.0, oldest.0])?;
    Ok(true)
}

/// The members' rows stay, so that they can be told; their lists lose the channel.
fn close_dialogs(tx: &Connection, channel: ChannelId) -> Result<bool> {
    let mut listed = tx.prepare_cached(
        "SELECT owner_id FROM dialogs WHERE peer_kind = 3 AND peer_id = ?1 LIMIT ?2",
    )?;
    let owners = listed.query_map(params![channel.0, CHUNK], |row| row.get(0).map(UserId))?;
    let owners = owners.collect::<rusqlite::Result<Vec<_>>>()?;
    for owner in &owners {
        dialogs::close_channel(tx, *owner, channel)?;
    }
    Ok(!owners.is_empty())
}
