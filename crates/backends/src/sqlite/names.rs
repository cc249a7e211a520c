//! Public names and titles: one space for users and channels.

use model::Peer;
use rusqlite::{Connection, OptionalExtension as _, params};
use store::ports::upkeep::CheckReport;

use super::Result;

/// Sets or clears a peer's public name.
///
/// # Errors
/// `Conflict` if another has it, `NotModified` if nothing changes.
pub(super) fn set(tx: &Connection, peer: Peer, name: Option<&str>) -> Result<()> {
    if of(tx, peer)?.as_deref() == name {
        return Err(store::Error::NotModified.into());
    }
    remove_name(tx, peer)?;
    if let Some(name) = name {
        // A name that another has breaks the primary key, which is `Conflict`.
        tx.prepare_cached(
            "INSERT INTO names (folded, name, peer_kind, peer_id) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![model::search::fold_name(name), name, peer.kind(), peer.id()])?;
    }
    Ok(())
}

/// Who has this public name.
pub(super) fn resolve(conn: &Connection, name: &str) -> Result<Option<Peer>> {
    let found = conn
        .prepare_cached("SELECT peer_kind, peer_id FROM names WHERE folded = ?1")?
        .query_row([model::search::fold_name(name)], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    found.map(|(kind, id)| peer(kind, id)).transpose()
}

/// A peer's public name.
pub(super) fn of(conn: &Connection, peer: Peer) -> Result<Option<String>> {
    let name = conn
        .prepare_cached("SELECT name FROM names WHERE peer_kind = ?1 AND peer_id = ?2")?
        .query_row(params![peer.kind(), peer.id()], |row| row.get(0))
        .optional()?;
    Ok(name)
}

/// Makes a peer be found by the words of its public name and its title (for people: their names), in place of those it
/// was found by. A peer with no public name is not to be found. Call it when the title changes; [`set`] alone leaves
/// the words as they were.
pub(super) fn index_public(tx: &Connection, peer: Peer, title: &str) -> Result<()> {
    unindex(tx, peer)?;
    let Some(name) = of(tx, peer)? else { return Ok(()) };
    let mut words = model::search::words(&format!("{name} {title}"));
    words.sort_unstable();
    words.dedup();
    let mut insert = tx.prepare_cached(
        "INSERT INTO public_words (word, peer_kind, peer_id) VALUES (?1, ?2, ?3)",
    )?;
    for word in words {
        insert.execute(params![word, peer.kind(), peer.id()])?;
    }
    Ok(())
}

/// Peers that have, for each word of `query`, a word that begins with it; at most `limit`.
pub(super) fn search(conn: &Connection, query: &str, limit: i32) -> Result<Vec<Peer>> {
    let mut words = model::search::words(query);
    // The longest word has the fewest peers; they are looked through one by one.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let Some((first, others)) = words.split_first() else { return Ok(Vec::new()) };
    let limit = usize::try_from(limit).unwrap_or(0);
    let mut found = Vec::new();
    let mut candidates = conn.prepare_cached(
        "SELECT DISTINCT peer_kind, peer_id FROM public_words WHERE word >= ?1 AND word < ?2 LIMIT ?3",
    )?;
    let mut rows = candidates.query(params![first, behind(first), CANDIDATES])?;
    while let Some(row) = rows.next()? {
        if found.len() >= limit {
            break;
        }
        let peer = peer(row.get(0)?, row.get(1)?)?;
        if has_words(conn, peer, others)? {
            found.push(peer);
        }
    }
    Ok(found)
}

/// Peers looked through for one search: a bound on what one call may cost.
const CANDIDATES: i64 = 10_000;

fn has_words(conn: &Connection, peer: Peer, words: &[String]) -> Result<bool> {
    let mut statement = conn.prepare_cached(
        "SELECT 1 FROM public_words WHERE peer_kind = ?1 AND peer_id = ?2 AND word >= ?3 AND word < ?4",
    )?;
    for word in words {
        if !statement.exists(params![peer.kind(), peer.id(), word, behind(word)])? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The end of the range of words that begin with `word`.
fn behind(word: &str) -> String {
    format!("{word}{}", char::MAX)
}

/// Takes a peer's public name and words away.
pub(super) fn remove(tx: &Connection, peer: Peer) -> Result<()> {
    remove_name(tx, peer)?;
    unindex(tx, peer)
}

fn remove_name(tx: &Connection, peer: Peer) -> Result<()> {
    tx.prepare_cached("DELETE FROM names WHERE peer_kind = ?1 AND peer_id = ?2")?
        .execute(params![peer.kind(), peer.id()])?;
    Ok(())
}

fn unindex(tx: &Connection, peer: Peer) -> Result<()> {
    tx.prepare_cached("DELETE FROM public_words WHERE peer_kind = ?1 AND peer_id = ?2")?
        .execute(params![peer.kind(), peer.id()])?;
    Ok(())
}

/// A stored peer.
pub(super) fn peer(kind: i64, id: i64) -> Result<Peer> {
    Ok(Peer::from_parts(kind, id)
        .ok_or_else(|| store::Error::Corrupt(format!("peer of kind {kind}")))?)
}

/// Names and accounts agree.
pub(super) fn check(conn: &Connection, report: &mut CheckReport) -> Result<()> {
    let wrong: i64 = conn.query_row(
        "SELECT count(*) FROM users LEFT JOIN names ON peer_kind = 1 AND peer_id = users.id
         WHERE users.username IS NOT names.name",
        [],
        |row| row.get(0),
    )?;
    if wrong > 0 {
        report
            .faults
            .push(format!("{wrong} accounts do not have the public name that leads to them"));
    }
    Ok(())
}
