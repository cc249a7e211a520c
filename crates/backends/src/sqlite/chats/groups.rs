//! Rows of basic groups and their members.

use model::chat::{Chat, Member};
use model::limits::CHAT_MEMBERS;
use model::rights::Denial;
use model::{ChannelId, ChatId, UnixTime, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};
use store::Error;
use store::ports::chats::FIRST_CHAT;

use super::super::codec::{decode, encode};
use super::super::{Result, boxes, needed, sequences};

/// A group.
///
/// # Errors
/// `NotFound`.
pub(in super::super) fn group(conn: &Connection, id: ChatId) -> Result<Chat> {
    Ok(find(conn, id)?.ok_or(Error::NotFound)?)
}

/// A group, if it exists.
pub(in super::super) fn find(conn: &Connection, id: ChatId) -> Result<Option<Chat>> {
    let body: Option<Vec<u8>> = conn
        .prepare_cached("SELECT body FROM chats WHERE id = ?1")?
        .query_row([id.0], |row| row.get(0))
        .optional()?;
    let Some(body) = body else { return Ok(None) };
    let mut chat: Chat = decode(&body)?;
    let mut statement = conn.prepare_cached(
        "SELECT user_id, inviter_id, date, admin FROM chat_members WHERE chat_id = ?1 ORDER BY number",
    )?;
    let members = statement.query_map([id.0], |row| {
        Ok(Member {
            user: UserId(row.get(0)?),
            inviter: UserId(row.get(1)?),
            date: UnixTime(row.get(2)?),
            admin: row.get(3)?,
        })
    })?;
    chat.members = members.collect::<rusqlite::Result<_>>()?;
    Ok(Some(chat))
}

pub(super) fn create(tx: &Connection, new: Chat, users: &[UserId]) -> Result<Chat> {
    let mut chat = Chat { id: ChatId(sequences::next(tx, "chat", FIRST_CHAT)?), ..new };
    let (creator, now) = (chat.creator, chat.created);
    chat.join(creator, creator, now);
    for user in users {
        if chat.member(*user).is_none() {
            chat.join(*user, creator, now);
        }
    }
    if chat.members.len() > CHAT_MEMBERS {
        return Err(Denial::TooMany.into());
    }
    chat.version = 1;
    put(tx, &chat)?;
    Ok(chat)
}

/// Writes a group and all its members.
fn put(tx: &Connection, chat: &Chat) -> Result<()> {
    let body = encode(&Chat { members: Vec::new(), ..chat.clone() })?;
    tx.prepare_cached(
        "INSERT INTO chats (id, deactivated, body, photo_id) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET deactivated = ?2, body = ?3, photo_id = ?4",
    )?
    .execute(params![chat.id.0, chat.deactivated, body, chat.photo.map(|photo| photo.0)])?;
    tx.prepare_cached("DELETE FROM chat_members WHERE chat_id = ?1")?.execute([chat.id.0])?;
    let mut statement = tx.prepare_cached(
        "INSERT INTO chat_members (chat_id, number, user_id, inviter_id, date, admin)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (number, member) in (1_i64..).zip(&chat.members) {
        let Member { user, inviter, date, admin } = member;
        statement.execute(params![chat.id.0, number, user.0, inviter.0, date.0, admin])?;
    }
    Ok(())
}

/// Changes a group by a rule of the model. A refused change writes nothing.
pub(super) fn change(
    tx: &Connection,
    id: ChatId,
    change: impl FnOnce(&mut Chat) -> Result<()>,
) -> Result<Chat> {
    let mut chat = group(tx, id)?;
    let before = chat.photo;
    change(&mut chat)?;
    needed::release_photo(tx, before, chat.photo)?;
    put(tx, &chat)?;
    Ok(chat)
}

/// Adds a member in the name of `actor`.
pub(super) fn add(
    tx: &Connection,
    id: ChatId,
    actor: UserId,
    user: UserId,
    now: UnixTime,
) -> Result<Chat> {
    change(tx, id, |chat| {
        chat.check_add(actor, user)?;
        chat.join(user, actor, now);
        Ok(())
    })
}

/// Removes a member in the name of `actor`.
pub(super) fn remove(tx: &Connection, id: ChatId, actor: UserId, user: UserId) -> Result<Chat> {
    let chat = change(tx, id, |chat| {
        chat.check_remove(actor, user)?;
        chat.part(actor, user);
        Ok(())
    })?;
    boxes::forget_reader(tx, &chat, user)?;
    Ok(chat)
}

/// Closes a group for good, or moves it to a supergroup.
pub(super) fn close(
    tx: &Connection,
    id: ChatId,
    actor: UserId,
    migrated_to: Option<ChannelId>,
) -> Result<Chat> {
    change(tx, id, |chat| {
        chat.check_creator(actor)?;
        chat.deactivated = true;
        chat.migrated_to = migrated_to;
        chat.version = chat.version.saturating_add(1);
        Ok(())
    })
}

/// The open groups a person is in.
pub(super) fn of_user(conn: &Connection, user: UserId) -> Result<Vec<ChatId>> {
    let mut statement = conn.prepare_cached(
        "SELECT c.id FROM chat_members m JOIN chats c ON c.id = m.chat_id
         WHERE m.user_id = ?1 AND c.deactivated = 0 ORDER BY c.id",
    )?;
    let ids = statement.query_map([user.0], |row| row.get(0).map(ChatId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}
