//! Histories and searches.

use std::fmt::Write as _;

use model::dialog::{HistoryPage, HistoryWindow};
use model::{MessageId, Peer, UnixTime, UserId};
use rusqlite::{Connection, ToSql, params};
use store::ports::boxes::SearchQuery;

use super::super::Result;
use super::{rows, words};

/// A window of one chat. Only the index of the chat is read, and the rows that are shown.
pub(super) fn history(
    conn: &Connection,
    owner: UserId,
    peer: Peer,
    window: HistoryWindow,
) -> Result<HistoryPage> {
    let (total, above) = counts(conn, owner, peer, window)?;
    let places = window.places(total, above);
    let mut statement = conn.prepare_cached(
        "SELECT id FROM box_messages WHERE owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3
         ORDER BY id DESC LIMIT ?4 OFFSET ?5",
    )?;
    let limit = places.end.saturating_sub(places.start);
    let params = params![owner.0, peer.kind(), peer.id(), limit, places.start];
    let ids = statement.query_map(params, |row| row.get(0).map(MessageId))?;
    let ids = ids.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut kept = (places.start..).zip(ids).filter(|(_, id)| window.keeps(*id)).peekable();
    let offset_from_newest = kept.peek().map_or(places.start, |(place, _)| *place);
    let ids: Vec<_> = kept.map(|(_, id)| id).collect();
    Ok(HistoryPage { messages: rows::messages(conn, owner, &ids)?, total, offset_from_newest })
}

/// How many messages a chat has, and how many of them lie above the window's offset.
fn counts(
    conn: &Connection,
    owner: UserId,
    peer: Peer,
    window: HistoryWindow,
) -> Result<(i32, i32)> {
    let by_id = window.offset_id.0 > 0;
    let (sql, offset) = if by_id {
        (
            "SELECT count(*), count(*) FILTER (WHERE id >= ?4) FROM box_messages
          WHERE owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3",
            i64::from(window.offset_id.0),
        )
    } else {
        (
            "SELECT count(*), count(*) FILTER (WHERE ?4 > 0 AND date >= ?4) FROM box_messages
          WHERE owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3",
            window.offset_date.0,
        )
    };
    let counts = conn
        .prepare_cached(sql)?
        .query_row(params![owner.0, peer.kind(), peer.id(), offset], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    Ok(counts)
}

/// A window of what a search finds.
pub(super) fn search(conn: &Connection, owner: UserId, query: &SearchQuery) -> Result<HistoryPage> {
    let found = find(conn, owner, query)?;
    let (part, offset_from_newest) = query.window.cut(&found, |one| *one);
    let ids: Vec<_> = part.into_iter().map(|(id, _)| *id).collect();
    Ok(HistoryPage {
        messages: rows::messages(conn, owner, &ids)?,
        total: i32::try_from(found.len()).unwrap_or(i32::MAX),
        offset_from_newest,
    })
}

/// Everything that a search finds, newest first.
fn find(
    conn: &Connection,
    owner: UserId,
    query: &SearchQuery,
) -> Result<Vec<(MessageId, UnixTime)>> {
    let mut sql = "SELECT id, date FROM box_messages WHERE owner_id = ?".to_owned();
    let mut values: Vec<Box<dyn ToSql>> = vec![Box::new(owner.0)];
    let mut also = |condition: &str, value: i64| {
        sql.push_str(condition);
        values.push(Box::new(value));
    };
    if let Some(peer) = query.peer {
        also(" AND peer_kind = ?", peer.kind());
        also(" AND peer_id = ?", peer.id());
    }
    if let Some(saved) = query.saved {
        also(" AND saved_kind = ?", saved.kind());
        also(" AND saved_id = ?", saved.id());
    }
    // In boxes there are no threads.
    if query.thread.is_some() {
        return Ok(Vec::new());
    }
    if let Some(from) = query.from {
        // Only people write there.
        let Peer::User(from) = from else { return Ok(Vec::new()) };
        also(" AND sender_id = ?", from.0);
    }
    if query.min_date.0 > 0 {
        also(" AND date > ?", query.min_date.0);
    }
    if query.max_date.0 > 0 {
        also(" AND date < ?", query.max_date.0);
    }
    if !query.classes.is_empty() {
        let classes: Vec<_> =
            query.classes.iter().map(|class| class.number().to_string()).collect();
        // Numbers of our own; class 0, which is in no index, is not asked for with others.
        let _ = write!(sql, " AND class IN ({})", classes.join(", "));
        if !classes.iter().any(|class| class == "0") {
            sql.push_str(" AND class <> 0");
        }
    }
    if query.pinned {
        sql.push_str(" AND flags & 4 = 4");
    }
    if query.unread_mentions {
        sql.push_str(" AND flags & 3 = 3");
    }
    if let Some(words) = words::query(owner, &query.text) {
        let first = words::row_id(owner, MessageId(0));
        sql.push_str(" AND id IN (SELECT rowid - ? FROM box_words WHERE box_words MATCH ?)");
        values.push(Box::new(first));
        values.push(Box::new(words));
    }
    sql.push_str(" ORDER BY id DESC");
    let mut statement = conn.prepare_cached(&sql)?;
    let values: Vec<&dyn ToSql> = values.iter().map(AsRef::as_ref).collect();
    let rows = statement
        .query_map(values.as_slice(), |row| Ok((MessageId(row.get(0)?), UnixTime(row.get(1)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
