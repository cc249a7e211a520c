//! Who viewed what, as far as it is remembered so that each viewer counts once, after a restart too: eight bytes a view, packed into
//! rows of a page. They are hashes under a secret that is not in the database: who has that alone can't ask whether a person viewed a
//! post. (How far subscribers have read, their marks tell.)

use std::collections::HashSet;

use model::{ChannelId, MessageId, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};
use zeroize::Zeroizing;

use super::super::Result;

/// Bytes that a row holds at most, about a page.
const ROW_BYTES: usize = 4000;
/// Bytes of a view.
const VIEW_BYTES: usize = 8;

/// Views that were noted lately, by generation. A generation that is full is kept while the next one fills.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Viewed {
    pub(super) generation: i64,
    pub(super) seen: HashSet<u64>,
    pub(super) before: HashSet<u64>,
}

/// The secret under which views are noted: from the data folder's secrets, never in the database. With another one who was counted
/// before counts again.
#[derive(Clone)]
pub struct ViewKey(Zeroizing<[u8; 32]>);

impl ViewKey {
    /// For tools and tests that count nobody's views.
    #[must_use]
    pub fn of_tools() -> Self {
        Self(Zeroizing::new([0; 32]))
    }

    /// The one that belongs to a key-encryption key.
    #[must_use]
    pub fn of_kek(kek: &[u8; 32]) -> Self {
        Self(Zeroizing::new(crypto::hmac_sha256(kek, &[b"hoopoe views of posts"])))
    }

    /// A view in short.
    pub(super) fn view(&self, channel: ChannelId, id: MessageId, viewer: UserId) -> u64 {
        let (channel, id) = (channel.0.to_le_bytes(), id.0.to_le_bytes());
        let hash = crypto::hmac_sha256(&*self.0, &[&channel, &id, &viewer.0.to_le_bytes()]);
        let mut first = [0; VIEW_BYTES];
        first.copy_from_slice(&hash[..VIEW_BYTES]);
        u64::from_le_bytes(first)
    }
}

impl std::fmt::Debug for ViewKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ViewKey")
    }
}

/// What is kept of the newest generation and of the one before it.
pub(super) fn load(conn: &Connection) -> Result<Viewed> {
    let newest = "SELECT coalesce(max(generation), 0) FROM channel_viewed";
    let generation = conn.query_row(newest, [], |row| row.get(0))?;
    let mut found = Viewed { generation, ..Viewed::default() };
    let mut statement = conn.prepare("SELECT generation, views FROM channel_viewed")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (of, bytes): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let (views, _) = bytes.as_chunks::<VIEW_BYTES>();
        let views = views.iter().map(|view| u64::from_le_bytes(*view));
        match generation - of {
            0 => found.seen.extend(views),
            1 => found.before.extend(views),
            _ => {}
        }
    }
    Ok(found)
}

/// Adds views, each with its generation, oldest first, and forgets what is older than the one before the newest.
pub(super) fn append(tx: &Connection, views: &[(i64, u64)]) -> Result<()> {
    let Some((newest, _)) = views.last() else { return Ok(()) };
    for same in views.chunk_by(|(one, _), (other, _)| one == other) {
        let Some((generation, _)) = same.first() else { continue };
        let mut bytes: Vec<u8> = same.iter().flat_map(|(_, view)| view.to_le_bytes()).collect();
        if let Some((id, mut begun)) = last(tx, *generation)? {
            let room = ROW_BYTES.saturating_sub(begun.len()) / VIEW_BYTES * VIEW_BYTES;
            begun.extend(bytes.drain(..room.min(bytes.len())));
            tx.prepare_cached("UPDATE channel_viewed SET views = ?2 WHERE id = ?1")?
                .execute(params![id, begun])?;
        }
        let mut insert =
            tx.prepare_cached("INSERT INTO channel_viewed (generation, views) VALUES (?1, ?2)")?;
        for row in bytes.chunks(ROW_BYTES) {
            insert.execute(params![generation, row])?;
        }
    }
    let first = "SELECT generation FROM channel_viewed ORDER BY id LIMIT 1";
    let oldest: i64 = tx.prepare_cached(first)?.query_row([], |row| row.get(0))?;
    if oldest < newest - 1 {
        tx.execute("DELETE FROM channel_viewed WHERE generation < ?1", [newest - 1])?;
    }
    Ok(())
}

/// The newest row, if it is of this generation.
fn last(tx: &Connection, generation: i64) -> Result<Option<(i64, Vec<u8>)>> {
    let newest = "SELECT id, generation, views FROM channel_viewed ORDER BY id DESC LIMIT 1";
    let found = tx
        .prepare_cached(newest)?
        .query_row([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?, row.get(2)?)))
        .optional()?;
    Ok(found.filter(|(_, of, _)| *of == generation).map(|(id, _, views)| (id, views)))
}

#[cfg(test)]
mod tests {
    use super::super::super::migrations;
    use super::*;

    fn rows(conn: &Connection) -> i64 {
        conn.query_row("SELECT count(*) FROM channel_viewed", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn views_are_packed_and_two_generations_are_kept() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrations::run(&mut conn, &|_, _| {}).unwrap_or_else(|_| panic!("the schema is sound"));
        let add = |from: u64, to: u64, of: i64| {
            for view in from..to {
                append(&conn, &[(of, view)]).unwrap_or_else(|_| panic!("room"));
            }
        };
        let loaded = || load(&conn).unwrap_or_else(|_| panic!("readable"));
        assert_eq!(loaded(), Viewed::default());
        add(0, 1200, 0);
        assert_eq!(rows(&conn), 3, "not a row a view");
        assert_eq!(loaded().seen, (0..1200).collect());
        let many: Vec<_> = (2000..2600).map(|view| (1, view)).collect();
        append(&conn, &many).unwrap_or_else(|_| panic!("room"));
        let found = loaded();
        assert_eq!((found.generation, found.seen.len(), found.before.len()), (1, 600, 1200));
        add(3000, 3001, 2);
        let found = loaded();
        assert_eq!((found.generation, found.seen.len(), found.before.len()), (2, 1, 600));
        assert_eq!(rows(&conn), 3);
    }

    #[test]
    fn views_differ_by_each_of_their_parts() {
        let keys = [ViewKey::of_kek(&[1; 32]), ViewKey::of_kek(&[2; 32]), ViewKey::of_tools()];
        let of = |key: &ViewKey, channel, id, viewer| {
            key.view(ChannelId(channel), MessageId(id), UserId(viewer))
        };
        let parts = [(1, 1, 1), (2, 1, 1), (1, 2, 1), (1, 1, 2)];
        let all = keys.iter().flat_map(|key| parts.map(|(a, b, c)| of(key, a, b, c)));
        assert_eq!(all.collect::<HashSet<_>>().len(), 12);
        assert_eq!(of(&keys[0], 1, 1, 1), of(&ViewKey::of_kek(&[1; 32]), 1, 1, 1));
        // A plain hash of the ids is what everybody can make.
        let (long, short) = (1_i64.to_le_bytes(), 1_i32.to_le_bytes());
        let plain = crypto::sha256(&[long.as_slice(), &short, &long].concat());
        assert!(keys.iter().all(|key| of(key, 1, 1, 1).to_le_bytes() != plain[..VIEW_BYTES]));
    }
}
