//! Sealing a copy.

use std::collections::BTreeMap;

use model::UnixTime;
use model::admin_log::KEPT_S;
use model::limits::SECRET_DAYS;
use model::media::BlobHash;
use model::message::Body;
use rusqlite::{Connection, OptionalExtension as _, params};
use store::Error;
use store::ports::expiry_keys::{EndHour, ExpiryKeys};
use store::ports::upkeep::KeptBlob;

use super::super::codec::{decode, encode};
use super::super::fault::Fault;
use super::super::{Result, needed};
use super::{Cell, PAGE, Packed, Place, RowId};

/// Ciphertext that waits in secret chats, and their files: kept for a week.
const QUEUE: &str = "SELECT key_id, qts, 0, date + 604800, NULL FROM secret_queue LIMIT ?1";
const FILES: &str = "SELECT user_id, id, chat_id, date + 604800, hash FROM secret_files LIMIT ?1";
const SENT: &str =
    "SELECT user_id, chat_id, random_id, date + 604800, NULL FROM secret_sent LIMIT ?1";
const _: () = assert!(SECRET_DAYS * 24 * 3600 == 604_800, "as the statements say");

/// What admins are told: for two days, or as long as the message whose texts it repeats.
const LOG: &str =
    "SELECT l.channel_id, l.id, 0, min(l.date + 172800, coalesce(m.expires, l.date + 172800)), NULL
     FROM admin_log l
     LEFT JOIN channel_messages m ON m.channel_id = l.channel_id AND m.id = l.message_id LIMIT ?1";
const _: () = assert!(KEPT_S == 172_800, "as the statement says");

/// Everything that carries a photo, document or poll, with its end, if it has one. What is looked at again, as nothing may carry
/// it by then, ends at that time if nothing does.
const CARRIERS: &str = "SELECT expires FROM box_messages WHERE attached = ?1 OR cover = ?1
     UNION ALL SELECT expires FROM channel_messages WHERE attached = ?1 OR cover = ?1
     UNION ALL SELECT NULL FROM scheduled WHERE attached = ?1 OR cover = ?1
     UNION ALL SELECT NULL FROM profile_photos WHERE photo_id = ?1
     UNION ALL SELECT NULL FROM chats WHERE photo_id = ?1
     UNION ALL SELECT NULL FROM channels WHERE photo_id = ?1
     UNION ALL SELECT due FROM media_released WHERE id = ?1 AND gone = 0";

/// Photos, documents and polls that messages with an end carry, or maybe nothing does.
const CARRIED: &str =
    "SELECT attached FROM box_messages WHERE expires IS NOT NULL AND attached IS NOT NULL
     UNION SELECT cover FROM box_messages WHERE expires IS NOT NULL AND cover IS NOT NULL
     UNION SELECT attached FROM channel_messages WHERE expires IS NOT NULL AND attached IS NOT NULL
     UNION SELECT cover FROM channel_messages WHERE expires IS NOT NULL AND cover IS NOT NULL
     UNION SELECT id FROM media_released WHERE gone = 0";

/// Seals what has an end. Answers the blobs that the copy names, those of sealed rows alone with their last hour.
pub(in super::super) fn seal(copy: &Connection, keys: &dyn ExpiryKeys) -> Result<Vec<KeptBlob>> {
    let mut sealing = Sealing { copy, keys, ending: BTreeMap::new() };
    // Media first: who carries them is asked of the messages.
    sealing.media()?;
    sealing.messages(Place::Box)?;
    sealing.messages(Place::Channel)?;
    let leaving =
        [(Place::Queue, QUEUE), (Place::File, FILES), (Place::Sent, SENT), (Place::Log, LOG)];
    for (place, page) in leaving {
        sealing.rows(place, page)?;
    }
    // Hashes of files that are gone; the copy has none of them.
    copy.execute("DELETE FROM blobs_doomed", [])?;
    sealing.kept()
}

/// A row that leaves its table, with its end and its blob.
type Leaving = (RowId, i64, Option<[u8; 32]>);

struct Sealing<'a> {
    copy: &'a Connection,
    keys: &'a dyn ExpiryKeys,
    /// Blobs of what was sealed.
    ending: BTreeMap<BlobHash, EndHour>,
}

impl Sealing<'_> {
    /// Keeps a row sealed; `None` if its hour is over, and it with it.
    fn put(&self, row: RowId, end: UnixTime, plain: &[u8]) -> Result<Option<EndHour>> {
        let hour = EndHour::of(end);
        let sealed = match self.keys.seal(hour, row.context().as_bytes(), plain) {
            Err(Error::NotFound) => return Ok(None),
            sealed => sealed.map_err(Fault)?,
        };
        self.copy
            .prepare_cached(
                "INSERT INTO sealed (place, first, second, third, hour, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![row.place as i64, row.key[0], row.key[1], row.key[2], hour.0, sealed])?;
        Ok(Some(hour))
    }

    /// Takes a row out of its table, if it is there.
    fn take(&mut self, row: RowId, end: UnixTime, blobs: &[(i64, [u8; 32])]) -> Result<()> {
        let (table, condition) = (row.place.table(), row.condition());
        let mut statement =
            self.copy.prepare_cached(&format!("SELECT * FROM {table} WHERE {condition}"))?;
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query(row.key)?;
        let Some(found) = rows.next()? else { return Ok(()) };
        let cells = names.into_iter().enumerate();
        let cells = cells.map(|(at, name)| Ok((name, Cell::from(found.get_ref(at)?))));
        let columns = cells.collect::<rusqlite::Result<_>>()?;
        let packed = Packed { columns, blobs: blobs.to_vec() };
        drop(rows);
        let hour = self.put(row, end, &encode(&packed)?)?;
        self.copy
            .prepare_cached(&format!("DELETE FROM {table} WHERE {condition}"))?
            .execute(row.key)?;
        for (_, blob) in blobs {
            let Some(hour) = hour else { continue };
            let last = self.ending.entry(BlobHash(*blob)).or_insert(hour);
            *last = hour.max(*last);
        }
        Ok(())
    }

    fn media(&mut self) -> Result<()> {
        let ids: Vec<i64> = self
            .copy
            .prepare(CARRIED)?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for id in ids {
            let Some(end) = self.last_end(id)? else { continue };
            let blobs: Vec<(i64, [u8; 32])> = self
                .copy
                .prepare_cached("SELECT media_kind, hash FROM media_blobs WHERE media_id = ?1")?
                .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            for place in [Place::Photo, Place::Document, Place::Poll] {
                self.take(RowId { place, key: [id, 0, 0] }, end, &blobs)?;
            }
            self.copy
                .prepare_cached("DELETE FROM media_blobs WHERE media_id = ?1")?
                .execute([id])?;
        }
        Ok(())
    }

    /// When the last of a medium's carriers ends, `None` if one does not.
    fn last_end(&self, id: i64) -> Result<Option<UnixTime>> {
        let ends: Vec<Option<i64>> = self
            .copy
            .prepare_cached(CARRIERS)?
            .query_map([id], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let ends: Option<Vec<i64>> = ends.into_iter().collect();
        Ok(ends.and_then(|ends| ends.into_iter().max()).map(UnixTime))
    }

    fn messages(&self, place: Place) -> Result<()> {
        let (table, [key, ..]) = (place.table(), place.key());
        let page = format!(
            "SELECT expires, {key}, id, body FROM {table}
             WHERE expires IS NOT NULL AND body IS NOT NULL AND (expires, {key}, id) > (?1, ?2, ?3)
             ORDER BY expires, {key}, id LIMIT {PAGE}"
        );
        let empty = format!("UPDATE {table} SET body = ?3 WHERE {key} = ?1 AND id = ?2");
        let mut after = (i64::MIN, i64::MIN, i64::MIN);
        loop {
            let rows: Vec<(i64, i64, i64, Vec<u8>)> = self
                .copy
                .prepare_cached(&page)?
                .query_map(params![after.0, after.1, after.2], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
                })?
                .collect::<rusqlite::Result<_>>()?;
            let Some((end, first, second, _)) = rows.last() else { return Ok(()) };
            after = (*end, *first, *second);
            for (end, first, second, body) in rows {
                let end = UnixTime(end);
                let row = RowId { place, key: [first, second, 0] };
                if self.put(row, end, &body)?.is_none() {
                    end_message(self.copy, row)?;
                    continue;
                }
                let left = encode(&without_words(&decode(&body)?, end))?;
                self.copy.prepare_cached(&empty)?.execute(params![first, second, left])?;
            }
        }
    }

    /// Rows that leave their tables, by pages of their keys, ends and blobs.
    fn rows(&mut self, place: Place, page: &str) -> Result<()> {
        loop {
            let rows: Vec<Leaving> = self
                .copy
                .prepare_cached(page)?
                .query_map([PAGE], |row| {
                    let key = [row.get(0)?, row.get(1)?, row.get(2)?];
                    Ok((RowId { place, key }, row.get(3)?, row.get(4)?))
                })?
                .collect::<rusqlite::Result<_>>()?;
            if rows.is_empty() {
                return Ok(());
            }
            for (row, end, hash) in rows {
                let blobs: Vec<(i64, [u8; 32])> = hash.map(|hash| (0, hash)).into_iter().collect();
                self.take(row, UnixTime(end), &blobs)?;
            }
        }
    }

    fn kept(mut self) -> Result<Vec<KeptBlob>> {
        let mut kept = Vec::new();
        let mut lasting = self.copy.prepare("SELECT DISTINCT hash FROM media_blobs")?;
        for blob in lasting.query_map([], |row| row.get(0).map(BlobHash))? {
            let blob = blob?;
            self.ending.remove(&blob);
            kept.push(KeptBlob { blob, end: None });
        }
        kept.extend(self.ending.into_iter().map(|(blob, hour)| KeptBlob { blob, end: Some(hour) }));
        Ok(kept)
    }
}

/// What a message's row carries by id.
pub(super) fn carried(tx: &Connection, row: RowId) -> Result<Vec<i64>> {
    let (table, condition) = (row.place.table(), row.condition());
    let carried: Option<(Option<i64>, Option<i64>)> = tx
        .prepare_cached(&format!("SELECT attached, cover FROM {table} WHERE {condition}"))?
        .query_row(row.key, |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(carried.map_or_else(Vec::new, |(one, other)| one.into_iter().chain(other).collect()))
}

/// Leaves a message past its end and empty, and releases what it carried: the sweep deletes it, and tells its readers.
pub(super) fn end_message(tx: &Connection, row: RowId) -> Result<()> {
    needed::release(tx, carried(tx, row)?)?;
    let (table, condition) = (row.place.table(), row.condition());
    let over = UnixTime(1);
    let body = encode(&without_words(&Body::default(), over))?;
    tx.prepare_cached(&format!(
        "UPDATE {table} SET body = ?4, expires = ?5, class = 0, attached = NULL, cover = NULL WHERE {condition}"
    ))?
    .execute(params![row.key[0], row.key[1], row.key[2], body, over.0])?;
    Ok(())
}

/// What stands in a message's place: nothing but its end.
fn without_words(body: &Body, end: UnixTime) -> Body {
    Body { ttl_period: body.ttl_period, expires: Some(end), ..Body::default() }
}
