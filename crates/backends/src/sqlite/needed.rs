//! Which photos, documents and polls something still needs, and what goes when nothing does.
//!
//! What a row carries by id stands in a column with an index, so that the question is a look-up and nothing is counted. Whoever
//! takes such an id out of a row releases it in the same transaction; a sweep looks at the released ones, destroys those that
//! are in no row any more, and dooms their blobs. The doom is kept until the bytes are gone, whatever happens between.

use model::media::BlobHash;
use model::message::Body;
use model::rights::Denial;
use model::{PhotoId, UnixTime};
use rusqlite::{Connection, params};
use store::ports::media::{GONE_S, UNUSED_S};
use store::ports::upkeep::CheckReport;

use super::Result;

/// Where something may be carried.
const PLACES: [&str; 9] = [
    "SELECT 1 FROM box_messages WHERE attached = ?1",
    "SELECT 1 FROM box_messages WHERE cover = ?1",
    "SELECT 1 FROM channel_messages WHERE attached = ?1",
    "SELECT 1 FROM channel_messages WHERE cover = ?1",
    "SELECT 1 FROM scheduled WHERE attached = ?1",
    "SELECT 1 FROM scheduled WHERE cover = ?1",
    "SELECT 1 FROM profile_photos WHERE photo_id = ?1",
    "SELECT 1 FROM chats WHERE photo_id = ?1",
    "SELECT 1 FROM channels WHERE photo_id = ?1",
];

/// What is known of a destroyed or made thing by its id.
const REMAINS: [&str; 7] = [
    "DELETE FROM photos WHERE id = ?1",
    "DELETE FROM documents WHERE id = ?1",
    "DELETE FROM media_blobs WHERE media_id = ?1",
    "DELETE FROM polls WHERE id = ?1",
    "DELETE FROM poll_counts WHERE poll_id = ?1",
    "DELETE FROM poll_votes WHERE poll_id = ?1",
    "DELETE FROM poll_choices WHERE poll_id = ?1",
];

/// A new photo or document: it is looked at again when it should be in a message by then.
pub(super) fn made(tx: &Connection, id: i64, date: UnixTime) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO media_released (id, due, gone) VALUES (?1, ?2, 0) ON CONFLICT DO NOTHING",
    )?
    .execute(params![id, date.0.saturating_add(UNUSED_S)])?;
    Ok(())
}

/// Notes what a row carries no longer.
pub(super) fn release(tx: &Connection, ids: impl IntoIterator<Item = i64>) -> Result<()> {
    for id in ids {
        tx.prepare_cached(
            "INSERT INTO media_released (id, due, gone) VALUES (?1, 0, 0)
             ON CONFLICT (id) DO UPDATE SET due = 0 WHERE gone = 0",
        )?
        .execute([id])?;
    }
    Ok(())
}

/// Notes what a body carried that the one in its place does not.
pub(super) fn release_replaced(tx: &Connection, before: &Body, after: &Body) -> Result<()> {
    release(tx, before.carried().filter(|id| after.carried().all(|kept| kept != *id)))
}

/// Notes the photo that another took the place of.
pub(super) fn release_photo(
    tx: &Connection,
    before: Option<PhotoId>,
    after: Option<PhotoId>,
) -> Result<()> {
    release(tx, before.filter(|_| before != after).map(|photo| photo.0))
}

/// Whether everything that a new body carries is still there: it may have been destroyed since its sender looked.
pub(super) fn check(tx: &Connection, body: &Body) -> Result<()> {
    body.carried().try_for_each(|id| check_one(tx, id))
}

/// The same of a photo that is to be shown without a message.
pub(super) fn check_one(tx: &Connection, id: i64) -> Result<()> {
    let mut gone = tx.prepare_cached("SELECT 1 FROM media_released WHERE id = ?1 AND gone = 1")?;
    if gone.exists([id])? { Err(Denial::MediaGone.into()) } else { Ok(()) }
}

/// Whether something waits for [`destroy`].
pub(super) fn is_due(conn: &Connection, now: UnixTime) -> Result<bool> {
    let mut due = conn.prepare_cached("SELECT 1 FROM media_released WHERE due <= ?1 LIMIT 1")?;
    Ok(due.exists([now.0])?)
}

/// Looks at released things, at most `limit`, and destroys those that nothing needs. Answers how many it looked at.
pub(super) fn destroy(tx: &Connection, now: UnixTime, limit: i32) -> Result<i32> {
    let mut due = tx.prepare_cached(
        "SELECT id, gone FROM media_released WHERE due <= ?1 ORDER BY due, id LIMIT ?2",
    )?;
    let due = due
        .query_map(params![now.0, limit], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<Vec<(i64, bool)>>>()?;
    for (id, gone) in &due {
        if !gone && !is_needed(tx, *id)? {
            destroy_one(tx, *id)?;
            tx.prepare_cached("UPDATE media_released SET due = ?2, gone = 1 WHERE id = ?1")?
                .execute(params![id, now.0.saturating_add(GONE_S)])?;
        } else {
            tx.prepare_cached("DELETE FROM media_released WHERE id = ?1")?.execute([id])?;
        }
    }
    Ok(i32::try_from(due.len()).unwrap_or(i32::MAX))
}

fn is_needed(conn: &Connection, id: i64) -> Result<bool> {
    for place in PLACES {
        if conn.prepare_cached(place)?.exists([id])? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn destroy_one(tx: &Connection, id: i64) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO blobs_doomed (hash) SELECT hash FROM media_blobs WHERE media_id = ?1
         ON CONFLICT DO NOTHING",
    )?
    .execute([id])?;
    for sql in REMAINS {
        tx.prepare_cached(sql)?.execute([id])?;
    }
    Ok(())
}

/// Dooms blobs: they go unless something else names them.
pub(super) fn doom(tx: &Connection, blobs: &[BlobHash]) -> Result<()> {
    let mut insert =
        tx.prepare_cached("INSERT INTO blobs_doomed (hash) VALUES (?1) ON CONFLICT DO NOTHING")?;
    for blob in blobs {
        insert.execute([blob.0])?;
    }
    Ok(())
}

/// A page of the doomed blobs, by hash.
pub(super) fn doomed(
    conn: &Connection,
    after: Option<BlobHash>,
    limit: i32,
) -> Result<Vec<BlobHash>> {
    let mut page = conn
        .prepare_cached("SELECT hash FROM blobs_doomed WHERE hash > ?1 ORDER BY hash LIMIT ?2")?;
    let after = after.map_or_else(Vec::new, |blob| blob.0.to_vec());
    let page = page.query_map(params![after, limit], |row| row.get(0).map(BlobHash))?;
    Ok(page.collect::<rusqlite::Result<_>>()?)
}

/// Forgets blobs that are gone, or that are needed again.
pub(super) fn undoom(tx: &Connection, blobs: &[BlobHash]) -> Result<()> {
    let mut delete = tx.prepare_cached("DELETE FROM blobs_doomed WHERE hash = ?1")?;
    for blob in blobs {
        delete.execute([blob.0])?;
    }
    Ok(())
}

/// Whether everything that is carried is there.
pub(super) fn check_carried(conn: &Connection, report: &mut CheckReport) -> Result<()> {
    let missing: i64 = conn.query_row(
        "SELECT count(*) FROM
             (SELECT attached AS id FROM box_messages WHERE attached IS NOT NULL
              UNION SELECT cover FROM box_messages WHERE cover IS NOT NULL
              UNION SELECT attached FROM channel_messages WHERE attached IS NOT NULL
              UNION SELECT cover FROM channel_messages WHERE cover IS NOT NULL
              UNION SELECT attached FROM scheduled WHERE attached IS NOT NULL
              UNION SELECT cover FROM scheduled WHERE cover IS NOT NULL
              UNION SELECT photo_id FROM profile_photos
              UNION SELECT photo_id FROM chats WHERE photo_id IS NOT NULL
              UNION SELECT photo_id FROM channels WHERE photo_id IS NOT NULL) carried
         WHERE NOT EXISTS (SELECT 1 FROM photos WHERE photos.id = carried.id)
           AND NOT EXISTS (SELECT 1 FROM documents WHERE documents.id = carried.id)
           AND NOT EXISTS (SELECT 1 FROM polls WHERE polls.id = carried.id)",
        [],
        |row| row.get(0),
    )?;
    if missing > 0 {
        report
            .faults
            .push(format!("{missing} photos, documents or polls that are carried are missing"));
    }
    Ok(())
}
