//! The queues of devices: ciphertext in the order of its acceptance, until it is acknowledged.

use model::limits::SECRET_QUEUE_BYTES;
use model::rights::Denial;
use model::secret::{NewSecretMessage, QTS_START, SecretChatState, SecretMessage, SecretSent};
use model::{AuthKeyId, Qts, SecretChatId, UnixTime, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};
use store::Error;

use super::super::Result;
use super::super::codec::{decode, encode};
use super::{number, refused, share_file, side};

pub(super) fn qts(conn: &Connection, key: AuthKeyId) -> Result<Qts> {
    let known = conn
        .prepare_cached("SELECT qts FROM secret_keys WHERE key_id = ?1")?
        .query_row([number(key)], |row| row.get(0).map(Qts))
        .optional()?;
    Ok(known.unwrap_or(QTS_START))
}

pub(super) fn sent(
    conn: &Connection,
    sender: UserId,
    chat: SecretChatId,
    random_id: i64,
) -> Result<Option<SecretSent>> {
    let body: Option<Vec<u8>> = conn
        .prepare_cached(
            "SELECT body FROM secret_sent WHERE user_id = ?1 AND chat_id = ?2 AND random_id = ?3",
        )?
        .query_row(params![sender.0, chat.0, random_id], |row| row.get(0))
        .optional()?;
    body.map(|body| decode(&body)).transpose()
}

/// The next place in a device's queue, if so many bytes more have room.
fn place(tx: &Connection, key: AuthKeyId, bytes: i64) -> Result<Qts> {
    let (qts, waiting): (i32, i64) = tx
        .prepare_cached(
            "INSERT INTO secret_keys (key_id, qts, bytes) VALUES (?1, ?2, ?3)
             ON CONFLICT (key_id) DO UPDATE SET qts = qts + 1, bytes = bytes + excluded.bytes
             RETURNING qts, bytes",
        )?
        .query_row(params![number(key), QTS_START.0 + 1, bytes], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    if waiting > SECRET_QUEUE_BYTES { Err(Denial::TooMany.into()) } else { Ok(Qts(qts)) }
}

pub(super) fn add(tx: &Connection, new: NewSecretMessage) -> Result<(SecretSent, bool)> {
    let chat = side(tx, new.sender, new.chat)?;
    if chat.key != Some(new.key) {
        return Err(Error::NotFound.into());
    }
    if let Some(sent) = sent(tx, new.sender, new.chat, new.random_id)? {
        return Ok((sent, false));
    }
    let (SecretChatState::Accepted, Some(peer_key)) = (chat.state, chat.peer_key) else {
        return Err(refused(chat.state));
    };
    let bytes = i64::try_from(new.data.len()).unwrap_or(i64::MAX);
    let qts = place(tx, peer_key, bytes)?;
    if let Some(file) = &new.file {
        for user in [chat.peer, new.sender] {
            share_file(tx, user, new.chat, file, new.date)?;
        }
    }
    let sent = SecretSent { date: new.date, peer_key, qts, file: new.file.clone() };
    tx.prepare_cached(
        "INSERT INTO secret_sent (user_id, chat_id, random_id, date, body) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![new.sender.0, new.chat.0, new.random_id, new.date.0, encode(&sent)?])?;
    let NewSecretMessage { chat, random_id, date, is_service, data, file, .. } = new;
    let message = SecretMessage { qts, chat, random_id, date, is_service, data, file };
    tx.prepare_cached(
        "INSERT INTO secret_queue (key_id, qts, chat_id, random_id, date, bytes, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        number(peer_key),
        qts.0,
        chat.0,
        random_id,
        date.0,
        bytes,
        encode(&message)?
    ])?;
    Ok((sent, true))
}

pub(super) fn waiting(
    conn: &Connection,
    key: AuthKeyId,
    after: Qts,
    oldest: UnixTime,
    limit: i32,
) -> Result<Vec<SecretMessage>> {
    let mut statement = conn.prepare_cached(
        "SELECT body FROM secret_queue WHERE key_id = ?1 AND qts > ?2 AND date >= ?3 ORDER BY qts LIMIT ?4",
    )?;
    let mut rows = statement.query(params![number(key), after.0, oldest.0, limit.max(0)])?;
    let mut waiting = Vec::new();
    while let Some(row) = rows.next()? {
        waiting.push(decode(&row.get::<_, Vec<u8>>(0)?)?);
    }
    Ok(waiting)
}

/// Takes the bytes of what is about to be erased out of a device's account.
fn release(tx: &Connection, key: i64, bytes: i64) -> Result<()> {
    tx.prepare_cached("UPDATE secret_keys SET bytes = bytes - ?2 WHERE key_id = ?1")?
        .execute(params![key, bytes])?;
    Ok(())
}

pub(super) fn acknowledge(tx: &Connection, key: AuthKeyId, upto: Qts) -> Result<Vec<i64>> {
    let mut statement = tx.prepare_cached(
        "SELECT random_id, bytes FROM secret_queue WHERE key_id = ?1 AND qts <= ?2 ORDER BY qts",
    )?;
    let known: Vec<(i64, i64)> = statement
        .query_map(params![number(key), upto.0], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    if known.is_empty() {
        return Ok(Vec::new());
    }
    tx.prepare_cached("DELETE FROM secret_queue WHERE key_id = ?1 AND qts <= ?2")?
        .execute(params![number(key), upto.0])?;
    release(tx, number(key), known.iter().map(|(_, bytes)| bytes).sum())?;
    Ok(known.into_iter().map(|(random_id, _)| random_id).collect())
}

/// Erases what waits in one chat. The places stay empty.
pub(super) fn erase_chat(tx: &Connection, key: AuthKeyId, chat: SecretChatId) -> Result<()> {
    let bytes: i64 = tx
        .prepare_cached(
            "SELECT coalesce(sum(bytes), 0) FROM secret_queue WHERE key_id = ?1 AND chat_id = ?2",
        )?
        .query_row(params![number(key), chat.0], |row| row.get(0))?;
    tx.prepare_cached("DELETE FROM secret_queue WHERE key_id = ?1 AND chat_id = ?2")?
        .execute(params![number(key), chat.0])?;
    release(tx, number(key), bytes)
}

/// Erases a device's queue and its count.
pub(super) fn erase(tx: &Connection, key: AuthKeyId) -> Result<()> {
    for sql in
        ["DELETE FROM secret_queue WHERE key_id = ?1", "DELETE FROM secret_keys WHERE key_id = ?1"]
    {
        tx.prepare_cached(sql)?.execute([number(key)])?;
    }
    Ok(())
}

pub(super) fn sweep(tx: &Connection, before: UnixTime) -> Result<usize> {
    let mut statement = tx.prepare_cached(
        "SELECT key_id, sum(bytes) FROM secret_queue WHERE date < ?1 GROUP BY key_id",
    )?;
    let due: Vec<(i64, i64)> = statement
        .query_map([before.0], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (key, bytes) in due {
        release(tx, key, bytes)?;
    }
    Ok(tx.prepare_cached("DELETE FROM secret_queue WHERE date < ?1")?.execute([before.0])?)
}
