//! The port of photos and documents.

use async_trait::async_trait;
use model::media::{BlobHash, Document, Photo, PhotoSize};
use model::{DocumentId, PhotoId, UnixTime};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::de::DeserializeOwned;
use store::ports::MediaStore;

use super::codec::{decode, encode};
use super::{Result, Sqlite, needed};

const PHOTO: i64 = 1;
const DOCUMENT: i64 = 2;

fn name_blobs(
    tx: &Connection,
    kind: i64,
    id: i64,
    blobs: impl Iterator<Item = BlobHash>,
) -> Result<()> {
    let mut insert = tx.prepare_cached(
        "INSERT INTO media_blobs (media_kind, media_id, hash) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    )?;
    for hash in blobs {
        insert.execute(params![kind, id, hash.0])?;
    }
    Ok(())
}

fn blobs(sizes: &[PhotoSize]) -> impl Iterator<Item = BlobHash> + '_ {
    sizes.iter().map(|size| size.blob)
}

fn insert_photo(tx: &Connection, photo: &Photo) -> Result<()> {
    tx.prepare_cached("INSERT INTO photos (id, body) VALUES (?1, ?2)")?
        .execute(params![photo.id.0, encode(photo)?])?;
    needed::made(tx, photo.id.0, photo.date)?;
    name_blobs(tx, PHOTO, photo.id.0, blobs(&photo.sizes))
}

fn insert_document(tx: &Connection, document: &Document) -> Result<()> {
    tx.prepare_cached("INSERT INTO documents (id, body) VALUES (?1, ?2)")?
        .execute(params![document.id.0, encode(document)?])?;
    needed::made(tx, document.id.0, document.date)?;
    let all = blobs(&document.thumbs).chain([document.blob]);
    name_blobs(tx, DOCUMENT, document.id.0, all)
}

fn bodies<T: DeserializeOwned>(
    conn: &Connection,
    sql: &str,
    ids: impl Iterator<Item = i64>,
) -> Result<Vec<T>> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut found = Vec::new();
    for id in ids {
        let body: Option<Vec<u8>> = statement.query_row([id], |row| row.get(0)).optional()?;
        if let Some(body) = body {
            found.push(decode(&body)?);
        }
    }
    Ok(found)
}

fn in_use(conn: &Connection, hashes: Vec<BlobHash>) -> Result<Vec<BlobHash>> {
    let mut statement = conn.prepare_cached(
        "SELECT 1 FROM media_blobs WHERE hash = ?1 UNION ALL SELECT 1 FROM secret_files WHERE hash = ?1",
    )?;
    let mut used = Vec::new();
    for hash in hashes {
        if statement.exists([hash.0])? {
            used.push(hash);
        }
    }
    Ok(used)
}

fn named(conn: &Connection, after: Option<BlobHash>, limit: i32) -> Result<Vec<BlobHash>> {
    let mut page = conn.prepare_cached(
        "SELECT hash FROM media_blobs WHERE hash > ?1 UNION SELECT hash FROM secret_files WHERE hash > ?1
         ORDER BY hash LIMIT ?2",
    )?;
    let after = after.map_or_else(Vec::new, |blob| blob.0.to_vec());
    let page = page.query_map(params![after, limit], |row| row.get(0).map(BlobHash))?;
    Ok(page.collect::<rusqlite::Result<_>>()?)
}

#[async_trait]
impl MediaStore for Sqlite {
    async fn insert_photo(&self, photo: Photo) -> store::Result<()> {
        self.write(move |tx| insert_photo(tx, &photo)).await
    }

    async fn insert_document(&self, document: Document) -> store::Result<()> {
        self.write(move |tx| insert_document(tx, &document)).await
    }

    async fn photos(&self, ids: &[PhotoId]) -> store::Result<Vec<Photo>> {
        let ids = ids.to_vec();
        self.look(ids.len(), move |conn| {
            bodies(conn, "SELECT body FROM photos WHERE id = ?1", ids.into_iter().map(|id| id.0))
        })
        .await
    }

    async fn documents(&self, ids: &[DocumentId]) -> store::Result<Vec<Document>> {
        let ids = ids.to_vec();
        self.look(ids.len(), move |conn| {
            bodies(conn, "SELECT body FROM documents WHERE id = ?1", ids.into_iter().map(|id| id.0))
        })
        .await
    }

    async fn destroy_unneeded(&self, now: UnixTime, limit: i32) -> store::Result<i32> {
        // Usually there is nothing to do, and the writer is left alone.
        if !self.read(move |conn| needed::is_due(conn, now)).await? {
            return Ok(0);
        }
        self.write(move |tx| needed::destroy(tx, now, limit)).await
    }

    async fn doom_blobs(&self, blobs: &[BlobHash]) -> store::Result<()> {
        let blobs = blobs.to_vec();
        self.write(move |tx| needed::doom(tx, &blobs)).await
    }

    async fn doomed_blobs(
        &self,
        after: Option<BlobHash>,
        limit: i32,
    ) -> store::Result<Vec<BlobHash>> {
        self.read(move |conn| needed::doomed(conn, after, limit)).await
    }

    async fn forget_doomed(&self, blobs: &[BlobHash]) -> store::Result<()> {
        let blobs = blobs.to_vec();
        self.write(move |tx| needed::undoom(tx, &blobs)).await
    }

    async fn blobs_in_use(&self, hashes: &[BlobHash]) -> store::Result<Vec<BlobHash>> {
        let hashes = hashes.to_vec();
        self.read(move |conn| in_use(conn, hashes)).await
    }

    async fn named_blobs(
        &self,
        after: Option<BlobHash>,
        limit: i32,
    ) -> store::Result<Vec<BlobHash>> {
        self.read(move |conn| named(conn, after, limit)).await
    }
}
