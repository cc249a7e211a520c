//! Edits, deletions and reactions.

use std::collections::{BTreeMap, BTreeSet};

use model::event::StoredBoxEvent;
use model::message::{Body, Message, Origin};
use model::reaction::distinct;
use model::rights::Denial;
use model::{MessageId, Peer, UnixTime, UserId};
use rusqlite::{Connection, params};
use store::Error;
use store::ports::boxes::{DeleteHistory, Deleted, MessageChange};

use super::super::codec::encode;
use super::super::unread_reactions::{self, OwnMessage};
use super::super::{Result, chats, dialogs, needed};
use super::{rows, send, words};

pub(super) fn edit(
    tx: &Connection,
    owner: UserId,
    id: MessageId,
    body: &Body,
    edited: Option<UnixTime>,
) -> Result<Vec<MessageChange>> {
    let old = rows::bare(tx, owner, id)?.ok_or(Error::NotFound)?;
    if old.from != owner {
        return Err(Denial::NotAuthor.into());
    }
    if old.body == *body {
        return Err(Error::NotModified.into());
    }
    needed::check(tx, body)?;
    let origin = old.origin.ok_or(Error::NotFound)?;
    let mut changes = Vec::new();
    for (holder, id) in rows::reached(tx, old.peer, origin, owner)? {
        // Not always what the author's copy holds: earlier edits did not reach who had left the group then.
        let Some(held) = rows::bare(tx, holder, id)? else { continue };
        let body = held.body.edited(body);
        needed::release_replaced(tx, &held.body, &body)?;
        words::replace(tx, holder, id, &held.body, &body)?;
        tx.prepare_cached(
            "UPDATE box_messages SET body = ?3, class = ?4, edit_date = coalesce(?5, edit_date), attached = ?6, cover = ?7,
                    expires = ?8
             WHERE owner_id = ?1 AND id = ?2",
        )?
        .execute(params![
            holder.0,
            id.0,
            encode(&body)?,
            body.media_class().number(),
            edited.map(|date| date.0),
            body.attached(),
            body.cover(),
            body.end().map(|end| end.0),
        ])?;
        let event = StoredBoxEvent::EditMessage { id };
        let change = rows::push(tx, holder, 1, edited.unwrap_or(old.date), &event)?;
        let message = rows::message(tx, holder, id)?;
        changes.extend(message.map(|message| MessageChange { change, message }));
    }
    Ok(changes)
}

/// What is to be deleted, by box.
pub(super) type Doomed = BTreeMap<UserId, Vec<MessageId>>;

/// Whether a deletion by `owner` reaches the other copies. Groups are asked once each.
fn reaches_all(
    conn: &Connection,
    owner: UserId,
    message: &Message,
    admin_of: &mut BTreeMap<Peer, bool>,
) -> Result<bool> {
    let Peer::Chat(id) = message.peer else { return Ok(true) };
    if message.from == owner {
        return Ok(true);
    }
    if let Some(admin) = admin_of.get(&message.peer) {
        return Ok(*admin);
    }
    let admin = chats::find(conn, id)?.is_some_and(|chat| chat.check_admin(owner).is_ok());
    admin_of.insert(message.peer, admin);
    Ok(admin)
}

pub(super) fn delete(
    tx: &Connection,
    owner: UserId,
    ids: &[MessageId],
    revoke: bool,
) -> Result<Vec<Deleted>> {
    let mut doomed = Doomed::new();
    let mut seen = BTreeSet::new();
    let mut admin_of = BTreeMap::new();
    for id in ids.iter().filter(|id| seen.insert(**id)) {
        let Some(message) = rows::bare(tx, owner, *id)? else { continue };
        doomed.entry(owner).or_default().push(*id);
        let Some(origin) = message.origin.filter(|_| revoke) else { continue };
        if !reaches_all(tx, owner, &message, &mut admin_of)? {
            continue;
        }
        for (holder, id) in rows::copies_of(tx, origin, owner)? {
            if holder != owner {
                doomed.entry(holder).or_default().push(id);
            }
        }
    }
    erase(tx, owner, doomed)
}

/// Deletes for good; the owner's change comes first.
pub(super) fn erase(tx: &Connection, owner: UserId, doomed: Doomed) -> Result<Vec<Deleted>> {
    let mut doomed: Vec<_> = doomed.into_iter().collect();
    doomed.sort_by_key(|(holder, _)| (*holder != owner, *holder));
    let mut answer = Vec::new();
    for (holder, ids) in doomed {
        let mut newest = UnixTime(0);
        for id in &ids {
            newest = newest.max(forget(tx, holder, *id)?);
        }
        let event = StoredBoxEvent::DeleteMessages { ids: ids.clone() };
        let change = rows::push(tx, holder, ids.len(), newest, &event)?;
        answer.push(Deleted { change, ids });
    }
    Ok(answer)
}

/// Removes one copy, and with the last one the reactions. Answers its date.
fn forget(tx: &Connection, holder: UserId, id: MessageId) -> Result<UnixTime> {
    let message = rows::bare(tx, holder, id)?.ok_or(Error::NotFound)?;
    words::remove(tx, holder, id, &message.body)?;
    needed::release(tx, message.body.carried())?;
    tx.prepare_cached("DELETE FROM box_messages WHERE owner_id = ?1 AND id = ?2")?
        .execute(params![holder.0, id.0])?;
    if message.from == holder {
        unread_reactions::forget(tx, OwnMessage { author: holder, peer: message.peer, id })?;
    }
    // The position stays taken.
    rows::put_event(tx, holder, (message.pts, 1), message.date, None)?;
    if let Some(origin) = message.origin
        && rows::copies_of(tx, origin, holder)?.is_empty()
    {
        tx.prepare_cached("DELETE FROM box_reactions WHERE sender_id = ?1 AND origin_id = ?2")?
            .execute(params![origin.owner.0, origin.id.0])?;
    }
    Ok(message.date)
}

pub(super) fn delete_history(
    tx: &Connection,
    request: DeleteHistory,
) -> Result<(Vec<Deleted>, i32)> {
    let DeleteHistory { owner, peer, revoke, .. } = request;
    let own = fitting(tx, request)?;
    let (total, top) = (own.len(), own.first().map(|(_, date)| *date));
    let limit = usize::try_from(request.limit).unwrap_or(0);
    let ids: Vec<_> = own.into_iter().take(limit).map(|(id, _)| id).collect();
    let mut answer = delete(tx, owner, &ids, revoke)?;
    let mut left = total - ids.len();
    if let Some(other) = request.other_side() {
        let theirs = fitting(tx, other)?;
        let ids: Vec<_> = theirs.iter().take(limit - ids.len()).map(|(id, _)| *id).collect();
        answer.extend(delete(tx, other.owner, &ids, false)?);
        left += theirs.len() - ids.len();
    }
    if request.keep_dialog {
        if let Some(top) = top {
            dialogs::touch(tx, owner, peer, top)?;
            answer.extend(send::note_cleared(tx, owner, peer, top)?);
        }
    } else {
        unlist_if_empty(tx, owner, peer)?;
        if let Peer::User(other) = peer
            && revoke
        {
            unlist_if_empty(tx, other, Peer::User(owner))?;
        }
    }
    Ok((answer, i32::try_from(left).unwrap_or(i32::MAX)))
}

/// The messages that a request covers, newest first.
fn fitting(conn: &Connection, request: DeleteHistory) -> Result<Vec<(MessageId, UnixTime)>> {
    let DeleteHistory { owner, peer, .. } = request;
    let mut statement = conn.prepare_cached(
        "SELECT id, date FROM box_messages WHERE owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3
         ORDER BY id DESC",
    )?;
    let mut rows = statement.query(params![owner.0, peer.kind(), peer.id()])?;
    let mut fitting = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, date) = (MessageId(row.get(0)?), UnixTime(row.get(1)?));
        if request.covers(id, date) {
            fitting.push((id, date));
        }
    }
    Ok(fitting)
}

fn unlist_if_empty(tx: &Connection, owner: UserId, peer: Peer) -> Result<()> {
    if rows::top(tx, owner, peer)?.is_none() { dialogs::unlist(tx, owner, peer) } else { Ok(()) }
}

pub(super) fn react(
    tx: &Connection,
    owner: UserId,
    id: MessageId,
    emoji: Vec<String>,
    at: UnixTime,
) -> Result<Vec<(UserId, Message)>> {
    let message = rows::bare(tx, owner, id)?.ok_or(Error::NotFound)?;
    let origin = message.origin.ok_or(Error::NotFound)?;
    let key = (origin.owner.0, origin.id.0);
    let number: i64 = tx
        .prepare_cached(
            "SELECT coalesce(max(number), 0) FROM box_reactions WHERE sender_id = ?1 AND origin_id = ?2",
        )?
        .query_row(params![key.0, key.1], |row| row.get(0))?;
    tx.prepare_cached(
        "DELETE FROM box_reactions WHERE sender_id = ?1 AND origin_id = ?2 AND user_id = ?3",
    )?
    .execute(params![key.0, key.1, owner.0])?;
    let emoji = distinct(emoji);
    let gives = !emoji.is_empty();
    let mut statement = tx.prepare_cached(
        "INSERT INTO box_reactions (sender_id, origin_id, number, user_id, emoji, date)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (number, emoji) in (number.saturating_add(1)..).zip(emoji) {
        statement.execute(params![key.0, key.1, number, owner.0, emoji, at.0])?;
    }
    let reached = rows::reached(tx, message.peer, origin, owner)?;
    if owner != origin.owner {
        let told = reached.iter().any(|(holder, _)| *holder == origin.owner);
        note_unread(tx, origin, gives.then_some(number.saturating_add(1)).filter(|_| told))?;
    }
    let mut answer = Vec::new();
    for (holder, id) in reached {
        answer.extend(rows::message(tx, holder, id)?.map(|message| (holder, message)));
    }
    Ok(answer)
}

/// Somebody's reactions to a message changed: from the number `first` on they are new to its author, if there are any.
fn note_unread(tx: &Connection, origin: Origin, first: Option<i64>) -> Result<()> {
    // The author may have deleted their copy.
    let Some(copy) = rows::bare(tx, origin.owner, origin.id)? else { return Ok(()) };
    let place = OwnMessage { author: origin.owner, peer: copy.peer, id: copy.id };
    if let Some(first) = first {
        return unread_reactions::came(tx, place, first);
    }
    let newest = tx
        .prepare_cached(
            "SELECT max(number) FROM box_reactions WHERE sender_id = ?1 AND origin_id = ?2 AND user_id <> ?1",
        )?
        .query_row(params![origin.owner.0, origin.id.0], |row| row.get(0))?;
    unread_reactions::went(tx, place, newest)
}
