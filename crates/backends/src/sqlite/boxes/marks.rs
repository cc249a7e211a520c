//! Read marks, contents that were played or seen, pins.

use std::collections::BTreeMap;

use model::chat::Chat;
use model::event::StoredBoxEvent;
use model::limits::READERS_DAYS;
use model::message::Action;
use model::{ChatId, MessageId, Peer, UnixTime, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};
use store::ports::acts::{ToldPin, box_message};
use store::ports::boxes::{BoxPeer, Deleted, NewBoxMessage, Pinned, ReadChange, Sent};

use super::super::codec::encode;
use super::super::{Result, chats, dialogs};
use super::rows::{self, PINNED, UNSEEN};
use super::send::send;

/// Moves the reader's mark and those of the authors; empty if nothing was unread.
pub(super) fn read(
    tx: &Connection,
    owner: UserId,
    peer: Peer,
    max_id: MessageId,
    at: UnixTime,
) -> Result<Vec<ReadChange>> {
    dialogs::clear_unread_mark(tx, owner, peer)?;
    let old = dialogs::read_inbox(tx, owner, peer)?;
    let bound = if max_id.0 <= 0 { i32::MAX } else { max_id.0 };
    let mark: Option<i32> = tx
        .prepare_cached(
            "SELECT max(id) FROM box_messages
             WHERE owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3 AND id <= ?4",
        )?
        .query_row(params![owner.0, peer.kind(), peer.id(), bound], |row| row.get(0))?;
    let mark = MessageId(mark.unwrap_or(0));
    let authors = authors(tx, (owner, peer), old, mark)?;
    if authors.is_empty() {
        return Ok(Vec::new());
    }
    dialogs::move_inbox_mark(tx, owner, peer, mark)?;
    let still_unread = rows::unread_after(tx, owner, peer, mark)?;
    let event = StoredBoxEvent::ReadHistoryInbox { peer, max_id: mark, still_unread };
    let change = rows::push(tx, owner, 1, at, &event)?;
    let mut answer =
        vec![ReadChange { change, peer, max_id: mark, still_unread: Some(still_unread) }];
    for (author, max_id) in authors {
        let peer = if let Peer::User(_) = peer { Peer::User(owner) } else { peer };
        answer.extend(read_by_other(tx, (author, owner), peer, max_id, at)?);
    }
    Ok(answer)
}

/// The authors of the newly read messages, each with the newest one's number in the author's box.
fn authors(
    conn: &Connection,
    (owner, peer): (UserId, Peer),
    old: MessageId,
    mark: MessageId,
) -> Result<Vec<(UserId, MessageId)>> {
    let mut statement = conn.prepare_cached(
        "SELECT sender_id, max(origin_id) FROM box_messages
         WHERE owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3 AND id > ?4 AND id <= ?5 AND out = 0
         GROUP BY sender_id ORDER BY sender_id",
    )?;
    let params = params![owner.0, peer.kind(), peer.id(), old.0, mark.0];
    let rows =
        statement.query_map(params, |row| Ok((UserId(row.get(0)?), MessageId(row.get(1)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Moves an author's outbox mark, if it was not there yet.
fn read_by_other(
    tx: &Connection,
    (author, reader): (UserId, UserId),
    peer: Peer,
    max_id: MessageId,
    at: UnixTime,
) -> Result<Option<ReadChange>> {
    if let Peer::Chat(chat) = peer {
        note_reader(tx, (author, chat), reader, max_id, at)?;
    }
    if !dialogs::move_outbox_mark(tx, author, peer, max_id)? {
        return Ok(None);
    }
    if let Peer::User(reader) = peer {
        tx.prepare_cached(
            "INSERT INTO box_read_dates (owner_id, peer_id, max_id, date) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![author.0, reader.0, max_id.0, at.0])?;
    }
    let event = StoredBoxEvent::ReadHistoryOutbox { peer, max_id };
    let change = rows::push(tx, author, 1, at, &event)?;
    Ok(Some(ReadChange { change, peer, max_id, still_unread: None }))
}

/// Keeps when somebody read an author's messages in a group, and no longer than it may be asked for.
fn note_reader(
    tx: &Connection,
    (author, chat): (UserId, ChatId),
    reader: UserId,
    max_id: MessageId,
    at: UnixTime,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO box_readers (owner_id, chat_id, reader_id, max_id, date) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO NOTHING",
    )?
    .execute(params![author.0, chat.0, reader.0, max_id.0, at.0])?;
    let oldest = at.0 - READERS_DAYS * 24 * 3600;
    tx.prepare_cached(
        "DELETE FROM box_readers WHERE owner_id = ?1 AND chat_id = ?2 AND reader_id = ?3 AND date < ?4",
    )?
    .execute(params![author.0, chat.0, reader.0, oldest])?;
    Ok(())
}

/// Forgets what somebody read who is in a group no more.
pub(in super::super) fn forget_reader(tx: &Connection, chat: &Chat, reader: UserId) -> Result<()> {
    let mut forget = tx.prepare_cached(
        "DELETE FROM box_readers WHERE owner_id = ?1 AND chat_id = ?2 AND reader_id = ?3",
    )?;
    for member in &chat.members {
        forget.execute(params![member.user.0, chat.id.0, reader.0])?;
    }
    Ok(())
}

/// Who read a message in a group.
pub(super) fn group_readers(
    conn: &Connection,
    owner: UserId,
    id: MessageId,
) -> Result<Vec<(UserId, UnixTime)>> {
    let mut statement = conn.prepare_cached(
        "SELECT r.reader_id, min(r.date) FROM box_messages m JOIN box_readers r
         ON r.owner_id = m.owner_id AND r.chat_id = m.peer_id AND r.max_id >= m.id
         WHERE m.owner_id = ?1 AND m.id = ?2 AND m.out = 1 AND m.peer_kind = 2
         GROUP BY r.reader_id ORDER BY min(r.date), r.reader_id",
    )?;
    let found = statement.query_map(params![owner.0, id.0], |row| {
        Ok((UserId(row.get(0)?), UnixTime(row.get(1)?)))
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn outbox_read_date(
    conn: &Connection,
    owner: UserId,
    id: MessageId,
) -> Result<Option<UnixTime>> {
    let date = conn
        .prepare_cached(
            "SELECT d.date FROM box_messages m JOIN box_read_dates d
             ON d.owner_id = m.owner_id AND d.peer_id = m.peer_id AND d.max_id >= m.id
             WHERE m.owner_id = ?1 AND m.id = ?2 AND m.out = 1 AND m.peer_kind = 1
             ORDER BY d.max_id LIMIT 1",
        )?
        .query_row(params![owner.0, id.0], |row| row.get(0))
        .optional()?;
    Ok(date.map(UnixTime))
}

pub(super) fn unread_total(conn: &Connection, owner: UserId) -> Result<i32> {
    let total = conn
        .prepare_cached(
            "SELECT count(*) FROM dialogs d CROSS JOIN box_messages m
             ON m.owner_id = d.owner_id AND m.peer_kind = d.peer_kind AND m.peer_id = d.peer_id
             AND m.id > d.read_inbox AND m.out = 0
             WHERE d.owner_id = ?1",
        )?
        .query_row([owner.0], |row| row.get(0))?;
    Ok(total)
}

/// The unseen mentions of a chat, newest first.
pub(super) fn unseen_mentions(
    conn: &Connection,
    owner: UserId,
    peer: Peer,
    limit: i32,
) -> Result<Vec<MessageId>> {
    ids(conn, (owner, peer), "flags & 3 = 3", limit.max(0))
}

/// Messages of a chat that fit, newest first. `condition` is our own text.
fn ids(
    conn: &Connection,
    (owner, peer): (UserId, Peer),
    condition: &str,
    limit: i32,
) -> Result<Vec<MessageId>> {
    let sql = format!(
        "SELECT id FROM box_messages
         WHERE owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3 AND {condition} ORDER BY id DESC LIMIT ?4"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let params = params![owner.0, peer.kind(), peer.id(), limit];
    let rows = statement.query_map(params, |row| row.get(0).map(MessageId))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn read_contents(
    tx: &Connection,
    owner: UserId,
    ids: &[MessageId],
    at: UnixTime,
    clock: Option<UnixTime>,
) -> Result<Vec<Deleted>> {
    let mut changed: BTreeMap<(bool, UserId), Vec<MessageId>> = BTreeMap::new();
    for id in ids {
        if !clear_unseen(tx, owner, *id, false)? {
            continue;
        }
        changed.entry((false, owner)).or_default().push(*id);
        let Some(origin) = rows::origin_of(tx, owner, *id)? else { continue };
        if let Some(clock) = clock {
            open_media(tx, owner, *id, clock)?;
        }
        if clear_unseen(tx, origin.owner, origin.id, true)? {
            changed.entry((true, origin.owner)).or_default().push(origin.id);
        }
    }
    let mut answer = Vec::new();
    for ((_, owner), ids) in changed {
        let event = StoredBoxEvent::ReadMessagesContents { ids: ids.clone(), date: at };
        let change = rows::push(tx, owner, ids.len(), at, &event)?;
        answer.push(Deleted { change, ids });
    }
    Ok(answer)
}

/// Begins the time of media that destroys itself, in all copies.
fn open_media(tx: &Connection, owner: UserId, id: MessageId, clock: UnixTime) -> Result<()> {
    let Some(mut message) = rows::bare(tx, owner, id)? else { return Ok(()) };
    let Some(origin) = message.origin.filter(|_| message.body.is_fleeting()) else { return Ok(()) };
    message.body.open_media(clock);
    let (body, end) = (encode(&message.body)?, message.body.end().map(|end| end.0));
    for (holder, id) in rows::copies_of(tx, origin, owner)? {
        tx.prepare_cached(
            "UPDATE box_messages SET body = ?3, expires = ?4 WHERE owner_id = ?1 AND id = ?2",
        )?
        .execute(params![holder.0, id.0, body, end])?;
    }
    Ok(())
}

/// Clears the flag of one copy; answers whether it was set.
fn clear_unseen(tx: &Connection, owner: UserId, id: MessageId, out: bool) -> Result<bool> {
    let changed = tx
        .prepare_cached(
            "UPDATE box_messages SET flags = flags & ~?3
             WHERE owner_id = ?1 AND id = ?2 AND flags & ?3 <> 0 AND out = ?4",
        )?
        .execute(params![owner.0, id.0, UNSEEN, out])?;
    Ok(changed > 0)
}

/// Messages of one box whose pin changed: their chat, their numbers, the newest date.
type Flipped = (Peer, Vec<MessageId>, UnixTime);

pub(super) fn pin(
    tx: &Connection,
    (owner, peer): (UserId, Peer),
    wanted: &[MessageId],
    pinned: bool,
    for_others: bool,
) -> Result<Vec<Pinned>> {
    if let Peer::Chat(id) = peer {
        chats::group(tx, id)?.check_member(owner, |banned| banned.pin_messages)?;
    }
    let chosen = if wanted.is_empty() && !pinned {
        let mut all = ids(tx, (owner, peer), "flags & 4 = 4", i32::MAX)?;
        all.reverse();
        all
    } else {
        wanted.to_vec()
    };
    let mut changed: BTreeMap<(bool, UserId), Flipped> = BTreeMap::new();
    for id in chosen {
        let Some(message) = rows::bare(tx, owner, id)?.filter(|m| m.peer == peer) else { continue };
        let Some(origin) = message.origin else { continue };
        for (holder, id) in rows::reached(tx, peer, origin, owner)? {
            if (holder != owner && !for_others) || !set_pinned(tx, holder, id, pinned)? {
                continue;
            }
            let peer = if holder == owner { peer } else { peer_of_copy(tx, holder, id)? };
            let entry = changed.entry((holder != owner, holder)).or_insert((
                peer,
                Vec::new(),
                message.date,
            ));
            entry.1.push(id);
            entry.2 = entry.2.max(message.date);
        }
    }
    let mut answer = Vec::new();
    for ((_, holder), (peer, ids, date)) in changed {
        let event = StoredBoxEvent::PinnedMessages { peer, ids: ids.clone(), pinned };
        let change = rows::push(tx, holder, ids.len(), date, &event)?;
        answer.push(Pinned { change, peer, ids, pinned });
    }
    Ok(answer)
}

fn peer_of_copy(conn: &Connection, holder: UserId, id: MessageId) -> Result<Peer> {
    let copy = rows::bare(conn, holder, id)?.ok_or(store::Error::NotFound)?;
    Ok(copy.peer)
}

/// Sets or clears the pin of one copy; answers whether it changed.
fn set_pinned(tx: &Connection, owner: UserId, id: MessageId, pinned: bool) -> Result<bool> {
    let sql = if pinned {
        "UPDATE box_messages SET flags = flags | ?3 WHERE owner_id = ?1 AND id = ?2 AND flags & ?3 = 0"
    } else {
        "UPDATE box_messages SET flags = flags & ~?3 WHERE owner_id = ?1 AND id = ?2 AND flags & ?3 <> 0"
    };
    Ok(tx.prepare_cached(sql)?.execute(params![owner.0, id.0, PINNED])? > 0)
}

/// Pins for everybody, with the service message that answers the pinned one.
pub(super) fn pin_told(
    tx: &Connection,
    owner: UserId,
    peer: BoxPeer,
    pin: ToldPin,
) -> Result<(Vec<Pinned>, Option<Sent>)> {
    let pinned = self::pin(tx, (owner, peer.peer()), &[pin.id], true, true)?;
    if pinned.is_empty() {
        return Ok((pinned, None));
    }
    let message = box_message(peer, (owner, Action::PinMessage), pin.at);
    let message = NewBoxMessage { body: pin.body(), reply_to: Some(pin.id), ..message };
    Ok((pinned, send(tx, &[message])?.pop()))
}
