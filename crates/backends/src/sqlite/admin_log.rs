//! The port of the admins' log: entries written within the transaction of what they tell of.

use async_trait::async_trait;
use model::admin_log::{About, ENTRIES, ENTRIES_OF_ANYBODY, Entry, Happened, of_change};
use model::channel::Channel;
use model::message::Body;
use model::{ChannelId, MessageId, UnixTime, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};
use store::ports::AdminLogStore;

use super::codec::{decode, encode};
use super::{Result, Sqlite};

/// Writes down what somebody does now.
pub(super) fn note(
    tx: &Connection,
    channel: ChannelId,
    (actor, date): (UserId, UnixTime),
    what: Happened,
) -> Result<()> {
    let number = |sql: &str| -> Result<Option<i64>> {
        let mut statement = tx.prepare_cached(sql)?;
        Ok(statement.query_row([channel.0], |row| row.get(0)).optional()?)
    };
    let last = number("SELECT last_id FROM admin_log_numbers WHERE channel_id = ?1")?.unwrap_or(0);
    if what.is_anybodys(actor) {
        let first = number("SELECT id FROM admin_log WHERE channel_id = ?1 ORDER BY id LIMIT 1")?;
        if first.is_some_and(|first| last - first >= ENTRIES_OF_ANYBODY) {
            return Ok(());
        }
    }
    let id = last + 1;
    tx.prepare_cached(
        "INSERT INTO admin_log_numbers (channel_id, last_id) VALUES (?1, ?2)
         ON CONFLICT (channel_id) DO UPDATE SET last_id = ?2",
    )?
    .execute(params![channel.0, id])?;
    let texts_of = what.texts_of().map(|message| message.0);
    let entry = Entry { id, date, actor, what };
    tx.prepare_cached(
        "INSERT INTO admin_log (channel_id, id, date, message_id, body) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![channel.0, id, date.0, texts_of, encode(&entry)?])?;
    tx.prepare_cached("DELETE FROM admin_log WHERE channel_id = ?1 AND id <= ?2")?
        .execute(params![channel.0, id - ENTRIES])?;
    Ok(())
}

/// Writes down a change of the description.
pub(super) fn note_change(
    tx: &Connection,
    before: &Channel,
    after: &Channel,
    by: (UserId, UnixTime),
) -> Result<()> {
    of_change(before, after).into_iter().try_for_each(|what| note(tx, after.id, by, what))
}

/// What is kept of a message that somebody wrote.
pub(super) fn about(tx: &Connection, channel: ChannelId, id: MessageId) -> Result<Option<About>> {
    let found: Option<(i64, i64, Vec<u8>)> = tx
        .prepare_cached(
            "SELECT sender_id, date, body FROM channel_messages
             WHERE channel_id = ?1 AND id = ?2 AND body IS NOT NULL",
        )?
        .query_row(params![channel.0, id.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((sender, date, body)) = found else { return Ok(None) };
    let body: Body = decode(&body)?;
    let (sender, date) = (UserId(sender), UnixTime(date));
    Ok(body.action.is_none().then_some(About { id, sender, send_as: body.send_as, date }))
}

/// Writes down what somebody does to a message.
pub(super) fn note_about(
    tx: &Connection,
    channel: ChannelId,
    by: (UserId, UnixTime),
    id: MessageId,
    what: impl FnOnce(About) -> Happened,
) -> Result<()> {
    match about(tx, channel, id)? {
        Some(about) => note(tx, channel, by, what(about)),
        None => Ok(()),
    }
}

/// Takes the texts of a message that is deleted out of its edits.
pub(super) fn forget_texts(tx: &Connection, channel: ChannelId, message: MessageId) -> Result<()> {
    let mut statement =
        tx.prepare_cached("SELECT body FROM admin_log WHERE channel_id = ?1 AND message_id = ?2")?;
    let entries: Vec<Vec<u8>> = statement
        .query_map(params![channel.0, message.0], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for entry in entries {
        let mut entry: Entry = decode(&entry)?;
        entry.what.forget_texts();
        tx.prepare_cached(
            "UPDATE admin_log SET message_id = NULL, body = ?3 WHERE channel_id = ?1 AND id = ?2",
        )?
        .execute(params![channel.0, entry.id, encode(&entry)?])?;
    }
    Ok(())
}

#[async_trait]
impl AdminLogStore for Sqlite {
    async fn admin_log(
        &self,
        channel: ChannelId,
        before: i64,
        after: i64,
        limit: i32,
    ) -> store::Result<Vec<Entry>> {
        self.read(move |conn| {
            let before = if before == 0 { i64::MAX } else { before };
            let mut statement = conn.prepare_cached(
                "SELECT body FROM admin_log WHERE channel_id = ?1 AND id < ?2 AND id > ?3
                 ORDER BY id DESC LIMIT ?4",
            )?;
            let mut rows = statement.query(params![channel.0, before, after, limit.max(0)])?;
            let mut entries = Vec::new();
            while let Some(row) = rows.next()? {
                entries.push(decode(&row.get::<_, Vec<u8>>(0)?)?);
            }
            Ok(entries)
        })
        .await
    }

    async fn forget_admin_log(&self, until: UnixTime, limit: i32) -> store::Result<usize> {
        self.write(move |tx| {
            let gone = tx
                .prepare_cached(
                    "DELETE FROM admin_log WHERE (channel_id, id) IN (
                         SELECT channel_id, id FROM admin_log WHERE date < ?1
                         ORDER BY date, channel_id, id LIMIT ?2)",
                )?
                .execute(params![until.0, limit.max(0)])?;
            Ok(gone)
        })
        .await
    }
}
