//! Opening a copy as a database: what was sealed comes back, as far as its keys are there. What has none has ended.

use std::collections::BTreeSet;

use rusqlite::{Connection, params, params_from_iter};
use store::Error;
use store::ports::expiry_keys::{EndHour, ExpiryKeys};

use super::super::codec::decode;
use super::super::fault::Fault;
use super::super::{Result, needed};
use super::seal::{carried, end_message};
use super::{PAGE, Packed, Place, RowId};

/// Messages last: those whose media is lost are lost as well.
const ORDER: [Place; 9] = [
    Place::Photo,
    Place::Document,
    Place::Poll,
    Place::Queue,
    Place::File,
    Place::Sent,
    Place::Log,
    Place::Box,
    Place::Channel,
];

/// Whether something is sealed.
pub(in super::super) fn is_sealed(conn: &Connection) -> Result<bool> {
    Ok(conn.query_row("SELECT EXISTS (SELECT 1 FROM sealed)", [], |row| row.get(0))?)
}

/// Puts back what was sealed, all or nothing. Answers how many rows had no key any more.
pub(in super::super) fn unseal(conn: &mut Connection, keys: &dyn ExpiryKeys) -> Result<usize> {
    let tx = conn.transaction()?;
    let mut opening =
        Opening { tx: &tx, keys, lost: BTreeSet::new(), devices: BTreeSet::new(), ended: 0 };
    for place in ORDER {
        opening.all(place)?;
    }
    opening.recount()?;
    let ended = opening.ended;
    tx.execute("DELETE FROM sealed", [])?;
    tx.commit()?;
    Ok(ended)
}

struct Opening<'a> {
    tx: &'a Connection,
    keys: &'a dyn ExpiryKeys,
    /// Photos, documents and polls without a key.
    lost: BTreeSet<i64>,
    /// Devices for which something waited that has no key.
    devices: BTreeSet<i64>,
    ended: usize,
}

impl Opening<'_> {
    fn all(&mut self, place: Place) -> Result<()> {
        let page = format!(
            "SELECT first, second, third, hour, body FROM sealed
             WHERE place = ?1 AND (first, second, third) > (?2, ?3, ?4)
             ORDER BY first, second, third LIMIT {PAGE}"
        );
        let mut after = [i64::MIN; 3];
        loop {
            let rows: Vec<(RowId, i64, Vec<u8>)> = self
                .tx
                .prepare_cached(&page)?
                .query_map(params![place as i64, after[0], after[1], after[2]], |row| {
                    let key = [row.get(0)?, row.get(1)?, row.get(2)?];
                    Ok((RowId { place, key }, row.get(3)?, row.get(4)?))
                })?
                .collect::<rusqlite::Result<_>>()?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.0.key;
            for (row, hour, sealed) in rows {
                let opened = self.keys.open(EndHour(hour), row.context().as_bytes(), &sealed);
                let plain = match opened {
                    Err(Error::NotFound) => None,
                    opened => Some(opened.map_err(Fault)?),
                };
                self.ended += usize::from(plain.is_none());
                self.one(row, plain.as_deref())?;
            }
        }
    }

    fn one(&mut self, row: RowId, plain: Option<&[u8]>) -> Result<()> {
        match (row.place, plain) {
            (Place::Box | Place::Channel, plain) => self.message(row, plain),
            (place, Some(plain)) => self.insert(place, row.key[0], &decode(plain)?),
            (Place::Photo | Place::Document | Place::Poll, None) => {
                self.lost.insert(row.key[0]);
                // Votes may be left.
                needed::release(self.tx, [row.key[0]])
            }
            (Place::Queue, None) => {
                self.devices.insert(row.key[0]);
                Ok(())
            }
            (Place::File | Place::Sent | Place::Log, None) => Ok(()),
        }
    }

    fn insert(&self, place: Place, id: i64, packed: &Packed) -> Result<()> {
        let names: Vec<&str> = packed.columns.iter().map(|(name, _)| name.as_str()).collect();
        let marks: Vec<String> = (1..=names.len()).map(|at| format!("?{at}")).collect();
        let (table, names, marks) = (place.table(), names.join(", "), marks.join(", "));
        let cells = packed.columns.iter().map(|(_, cell)| cell);
        self.tx
            .prepare_cached(&format!("INSERT INTO {table} ({names}) VALUES ({marks})"))?
            .execute(params_from_iter(cells))?;
        if matches!(place, Place::Photo | Place::Document) {
            for (kind, hash) in &packed.blobs {
                self.tx
                    .prepare_cached(
                        "INSERT INTO media_blobs (media_kind, media_id, hash) VALUES (?1, ?2, ?3)",
                    )?
                    .execute(params![kind, id, hash])?;
            }
        }
        Ok(())
    }

    /// The bytes that wait for those devices, without what is lost.
    fn recount(&self) -> Result<()> {
        for device in &self.devices {
            self.tx
                .prepare_cached(
                    "UPDATE secret_keys SET bytes =
                         (SELECT coalesce(sum(bytes), 0) FROM secret_queue WHERE key_id = ?1)
                     WHERE key_id = ?1",
                )?
                .execute([device])?;
        }
        Ok(())
    }

    fn message(&self, row: RowId, plain: Option<&[u8]>) -> Result<()> {
        let (table, condition) = (row.place.table(), row.condition());
        let whole = carried(self.tx, row)?.iter().all(|id| !self.lost.contains(id));
        if let Some(plain) = plain.filter(|_| whole) {
            self.tx
                .prepare_cached(&format!("UPDATE {table} SET body = ?4 WHERE {condition}"))?
                .execute(params![row.key[0], row.key[1], row.key[2], plain])?;
            return Ok(());
        }
        end_message(self.tx, row)
    }
}
