//! Reactions that the authors of messages have not seen. One row for a message that has some, whatever their number: they are
//! those from a number on, as reactions are numbered in the order in which they came.

use model::event::{AccountEntry, AccountEvent};
use model::{MessageId, Peer, UnixTime, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};
use store::ports::dialogs::SeenReactions;

use super::{Result, names, profile};

/// A message, in the chat and by the number that its author sees.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnMessage {
    pub(super) author: UserId,
    pub(super) peer: Peer,
    pub(super) id: MessageId,
}

/// Reactions from the number `first` on came.
pub(super) fn came(tx: &Connection, place: OwnMessage, first: i64) -> Result<()> {
    let OwnMessage { author, peer, id } = place;
    tx.prepare_cached(
        "INSERT INTO unread_reactions (owner_id, peer_kind, peer_id, id, since) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET since = min(since, ?5)",
    )?
    .execute(params![author.0, peer.kind(), peer.id(), id.0, first])?;
    Ok(())
}

/// Some were taken back; `newest` of others is left.
pub(super) fn went(tx: &Connection, place: OwnMessage, newest: Option<i64>) -> Result<()> {
    let OwnMessage { author, peer, id } = place;
    tx.prepare_cached(
        "DELETE FROM unread_reactions
         WHERE owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3 AND id = ?4 AND since > ?5",
    )?
    .execute(params![author.0, peer.kind(), peer.id(), id.0, newest.unwrap_or(0)])?;
    Ok(())
}

/// The number of the first that its author has not seen.
pub(super) fn since(conn: &Connection, place: OwnMessage) -> Result<Option<i64>> {
    let OwnMessage { author, peer, id } = place;
    let since = conn
        .prepare_cached(
            "SELECT since FROM unread_reactions
             WHERE owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3 AND id = ?4",
        )?
        .query_row(params![author.0, peer.kind(), peer.id(), id.0], |row| row.get(0))
        .optional()?;
    Ok(since)
}

/// Answers whether there were any.
pub(super) fn forget(tx: &Connection, place: OwnMessage) -> Result<bool> {
    let OwnMessage { author, peer, id } = place;
    let rows = tx
        .prepare_cached(
            "DELETE FROM unread_reactions
             WHERE owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3 AND id = ?4",
        )?
        .execute(params![author.0, peer.kind(), peer.id(), id.0])?;
    Ok(rows > 0)
}

/// Forgets those of a chat up to a message.
pub(super) fn forget_chat(
    tx: &Connection,
    owner: UserId,
    peer: Peer,
    up_to: MessageId,
) -> Result<()> {
    tx.prepare_cached(
        "DELETE FROM unread_reactions
         WHERE owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3 AND id <= ?4",
    )?
    .execute(params![owner.0, peer.kind(), peer.id(), up_to.0])?;
    Ok(())
}

/// How many messages of a chat have some.
pub(super) fn count(conn: &Connection, owner: UserId, peer: Peer) -> Result<i32> {
    let count = conn
        .prepare_cached(
            "SELECT count(*) FROM unread_reactions WHERE owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3",
        )?
        .query_row(params![owner.0, peer.kind(), peer.id()], |row| row.get(0))?;
    Ok(count)
}

/// Which, in a chat or in a thread of a supergroup, newest first.
pub(super) fn of_chat(
    conn: &Connection,
    owner: UserId,
    place: (Peer, Option<MessageId>),
    limit: i32,
) -> Result<Vec<MessageId>> {
    in_order(conn, owner, place, ("DESC", limit))
}

/// `order` is our own text.
fn in_order(
    conn: &Connection,
    owner: UserId,
    (peer, thread): (Peer, Option<MessageId>),
    (order, limit): (&str, i32),
) -> Result<Vec<MessageId>> {
    // The rows of one owner are few, so that each is looked up in the log.
    let sql = format!(
        "SELECT u.id FROM unread_reactions u WHERE u.owner_id = ?1 AND u.peer_kind = ?2 AND u.peer_id = ?3
         AND (?5 IS NULL OR u.peer_kind = 3 AND EXISTS (SELECT 1 FROM channel_messages m
             WHERE m.channel_id = u.peer_id AND m.id = u.id AND m.thread = ?5))
         ORDER BY u.id {order} LIMIT ?4"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let thread = thread.map(|top| top.0);
    let params = params![owner.0, peer.kind(), peer.id(), limit.max(0), thread];
    let ids = statement.query_map(params, |row| row.get(0).map(MessageId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// The author saw them. Answers what was recorded for their devices.
pub(super) fn see(
    tx: &Connection,
    owner: UserId,
    seen: SeenReactions,
    at: UnixTime,
) -> Result<Vec<AccountEntry>> {
    let mut places = Vec::new();
    match seen {
        SeenReactions::InBox(ids) => {
            for id in ids {
                let peer = in_box(tx, owner, id)?;
                places.extend(peer.map(|peer| OwnMessage { author: owner, peer, id }));
            }
        }
        SeenReactions::InChannel(channel, ids) => {
            let peer = Peer::Channel(channel);
            places.extend(ids.into_iter().map(|id| OwnMessage { author: owner, peer, id }));
        }
        SeenReactions::Oldest(peer, thread, limit) => {
            let ids = in_order(tx, owner, (peer, thread), ("ASC", limit))?.into_iter();
            places.extend(ids.map(|id| OwnMessage { author: owner, peer, id }));
        }
    }
    let mut entries = Vec::new();
    for place in places {
        if forget(tx, place)? {
            let event = AccountEvent::MessageReactions { peer: place.peer, id: place.id };
            entries.push(profile::append_event(tx, owner, event, at)?);
        }
    }
    Ok(entries)
}

/// The chat of a message of the owner's box that has some: the rows of one owner are few.
fn in_box(conn: &Connection, owner: UserId, id: MessageId) -> Result<Option<Peer>> {
    let mut statement = conn.prepare_cached(
        "SELECT peer_kind, peer_id FROM unread_reactions
         WHERE owner_id = ?1 AND peer_kind IN (1, 2) AND id = ?2",
    )?;
    let mut rows = statement.query(params![owner.0, id.0])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    names::peer(row.get(0)?, row.get(1)?).map(Some)
}
