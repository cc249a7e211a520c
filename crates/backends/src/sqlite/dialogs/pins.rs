//! Places of dialogs: folders, and those at the top of them.

use model::limits::PINNED_DIALOGS;
use model::rights::Denial;
use model::{Peer, UnixTime, UserId};
use rusqlite::{Connection, params};

use super::super::Result;
use super::rows::{DialogRow, KEY, ensure, list, read_peers, row};

/// The pinned ones of a folder, highest first.
pub(super) fn pinned(conn: &Connection, owner: UserId, folder: i32) -> Result<Vec<Peer>> {
    let mut statement = conn.prepare_cached(
        "SELECT peer_kind, peer_id FROM dialogs WHERE owner_id = ?1 AND folder = ?2 AND pinned IS NOT NULL
         ORDER BY pinned DESC, peer_kind DESC, peer_id DESC",
    )?;
    read_peers(statement.query(params![owner.0, folder])?)
}

/// Numbers the pinned ones of a folder anew; `order` is from the highest down.
fn put_pinned(tx: &Connection, owner: UserId, folder: i32, order: &[Peer]) -> Result<()> {
    tx.prepare_cached(
        "UPDATE dialogs SET pinned = NULL WHERE owner_id = ?1 AND folder = ?2 AND pinned IS NOT NULL",
    )?
    .execute(params![owner.0, folder])?;
    let sql = format!("UPDATE dialogs SET pinned = ?4 WHERE {KEY}");
    let mut statement = tx.prepare_cached(&sql)?;
    for (place, peer) in (1_i64..).zip(order.iter().rev()) {
        statement.execute(params![owner.0, peer.kind(), peer.id(), place])?;
    }
    Ok(())
}

pub(super) fn set_pinned(tx: &Connection, owner: UserId, peer: Peer, pinned: bool) -> Result<()> {
    let DialogRow { listed, folder, .. } = row(tx, owner, peer)?;
    if pinned && !listed && !matches!(peer, Peer::User(_)) {
        return Err(store::Error::NotFound.into());
    }
    let mut order = self::pinned(tx, owner, folder)?;
    if order.contains(&peer) == pinned {
        return Err(store::Error::NotModified.into());
    }
    if pinned && order.len() >= PINNED_DIALOGS {
        return Err(Denial::TooMany.into());
    }
    if pinned {
        order.insert(0, peer);
        list(tx, owner, peer, UnixTime(0))?;
    } else {
        order.retain(|other| *other != peer);
    }
    put_pinned(tx, owner, folder, &order)
}

pub(super) fn reorder(
    tx: &Connection,
    owner: UserId,
    folder: i32,
    order: &[Peer],
    force: bool,
) -> Result<Vec<Peer>> {
    let mut wanted: Vec<Peer> = Vec::new();
    for peer in order {
        let row = row(tx, owner, *peer)?;
        if row.listed && row.folder == folder && !wanted.contains(peer) {
            wanted.push(*peer);
        }
    }
    if !force {
        let pinned = pinned(tx, owner, folder)?;
        wanted.extend(pinned.iter().filter(|peer| !order.contains(peer)));
    }
    if wanted.len() > PINNED_DIALOGS {
        return Err(Denial::TooMany.into());
    }
    put_pinned(tx, owner, folder, &wanted)?;
    Ok(wanted)
}

pub(super) fn set_folder(tx: &Connection, owner: UserId, peer: Peer, folder: i32) -> Result<()> {
    let old = row(tx, owner, peer)?;
    if old.folder == folder {
        return Ok(());
    }
    ensure(tx, owner, peer)?;
    let sql = format!("UPDATE dialogs SET folder = ?4, pinned = NULL WHERE {KEY}");
    tx.prepare_cached(&sql)?.execute(params![owner.0, peer.kind(), peer.id(), folder])?;
    if old.pinned.is_some() {
        let order = pinned(tx, owner, old.folder)?;
        put_pinned(tx, owner, old.folder, &order)?;
    }
    Ok(())
}
