//! Rows of invite links.

use model::admin_log::{Happened, of_invite};
use model::chat::Invite;
use model::rights::Denial;
use model::{Peer, UnixTime, UserId};
use rusqlite::{Connection, Row, params};
use store::Error;

use super::super::{Result, admin_log, channels, names};
use super::groups;

const COLUMNS: &str = "hash, admin_id, date, permanent, revoked, expires, usage_limit, usage, request_needed, requested, title";

fn from_row(row: &Row<'_>) -> rusqlite::Result<Invite> {
    let expires: Option<i64> = row.get(5)?;
    Ok(Invite {
        hash: row.get(0)?,
        admin: UserId(row.get(1)?),
        date: UnixTime(row.get(2)?),
        permanent: row.get(3)?,
        revoked: row.get(4)?,
        expires: expires.map(UnixTime),
        usage_limit: row.get(6)?,
        usage: row.get(7)?,
        request_needed: row.get(8)?,
        requested: row.get(9)?,
        title: row.get(10)?,
    })
}

/// A link and where it leads.
pub(super) fn find(conn: &Connection, hash: &str) -> Result<Option<(Peer, Invite)>> {
    let sql = format!("SELECT {COLUMNS}, peer_kind, peer_id FROM invites WHERE hash = ?1");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query([hash])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some((names::peer(row.get(11)?, row.get(12)?)?, from_row(row)?)))
}

/// Whether `actor` may manage the links of `peer`; answers whether they own it.
pub(super) fn check_links(conn: &Connection, peer: Peer, actor: UserId) -> Result<bool> {
    match peer {
        Peer::Chat(chat) => {
            let chat = groups::group(conn, chat)?;
            chat.check_admin(actor)?;
            Ok(chat.creator == actor)
        }
        Peer::Channel(channel) => channels::check_invite(conn, channel, actor),
        Peer::User(_) => Err(Error::NotFound.into()),
    }
}

pub(super) fn put(
    tx: &Connection,
    peer: Peer,
    (actor, now): (UserId, UnixTime),
    mut invite: Invite,
) -> Result<()> {
    let owns = check_links(tx, peer, actor)?;
    if let Some((of, old)) = find(tx, &invite.hash)? {
        if of != peer {
            return Err(Error::Conflict.into());
        }
        if old.admin != actor && !owns {
            return Err(Denial::AdminRequired.into());
        }
        (invite.admin, invite.date) = (old.admin, old.date);
        // What was ended stays so, whoever was about to change it meanwhile.
        invite.revoked |= old.revoked;
        (invite.usage, invite.requested) = (old.usage, old.requested);
        if let (Peer::Channel(channel), Some(what)) = (peer, of_invite(&old, &invite)) {
            admin_log::note(tx, channel, (actor, now), what)?;
        }
    } else {
        invite.admin = actor;
    }
    if invite.permanent && !invite.revoked {
        note_replaced(tx, peer, (actor, now), &invite)?;
        tx.prepare_cached(
            "UPDATE invites SET revoked = 1
             WHERE peer_kind = ?1 AND peer_id = ?2 AND admin_id = ?3 AND permanent = 1 AND hash <> ?4",
        )?
        .execute(params![peer.kind(), peer.id(), invite.admin.0, invite.hash])?;
    }
    write(tx, peer, &invite)
}

/// Changes a link that is there.
pub(super) fn change(
    tx: &Connection,
    peer: Peer,
    by: (UserId, UnixTime),
    invite: Invite,
) -> Result<()> {
    find(tx, &invite.hash)?.ok_or(Error::NotFound)?;
    put(tx, peer, by, invite)
}

/// Tells admins of the links that end because their maker has a new one.
fn note_replaced(
    tx: &Connection,
    peer: Peer,
    by: (UserId, UnixTime),
    invite: &Invite,
) -> Result<()> {
    let Peer::Channel(channel) = peer else { return Ok(()) };
    let sql = format!(
        "SELECT {COLUMNS} FROM invites
         WHERE peer_kind = ?1 AND peer_id = ?2 AND admin_id = ?3 AND permanent = 1 AND revoked = 0
           AND hash <> ?4 ORDER BY hash"
    );
    let replaced: Vec<Invite> = tx
        .prepare_cached(&sql)?
        .query_map(params![peer.kind(), peer.id(), invite.admin.0, invite.hash], from_row)?
        .collect::<rusqlite::Result<_>>()?;
    replaced.into_iter().try_for_each(|invite| {
        let ended = Invite { revoked: true, ..invite };
        admin_log::note(tx, channel, by, Happened::ExportedInviteRevoke(ended))
    })
}

/// Lets links lead to what a group became, with those who came by them and those who wait.
pub(super) fn carry(tx: &Connection, from: Peer, to: Peer) -> Result<()> {
    for table in ["invites", "importers"] {
        let sql = format!(
            "UPDATE {table} SET peer_kind = ?3, peer_id = ?4 WHERE peer_kind = ?1 AND peer_id = ?2"
        );
        tx.prepare_cached(&sql)?.execute(params![from.kind(), from.id(), to.kind(), to.id()])?;
    }
    Ok(())
}

fn write(tx: &Connection, peer: Peer, invite: &Invite) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO invites (hash, admin_id, date, permanent, revoked, expires, usage_limit, usage,
                              request_needed, requested, title, peer_kind, peer_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
         ON CONFLICT (hash) DO UPDATE SET permanent = ?4, revoked = ?5, expires = ?6, usage_limit = ?7,
                                          request_needed = ?9, title = ?11",
    )?
    .execute(params![
        invite.hash,
        invite.admin.0,
        invite.date.0,
        invite.permanent,
        invite.revoked,
        invite.expires.map(|end| end.0),
        invite.usage_limit,
        invite.usage,
        invite.request_needed,
        invite.requested,
        invite.title,
        peer.kind(),
        peer.id(),
    ])?;
    Ok(())
}

/// Adds to the counters of a link that may be gone.
pub(super) fn count(tx: &Connection, hash: &str, usage: i32, requested: i32) -> Result<()> {
    tx.prepare_cached(
        "UPDATE invites SET usage = usage + ?2, requested = requested + ?3 WHERE hash = ?1",
    )?
    .execute(params![hash, usage, requested])?;
    Ok(())
}

pub(super) fn of_admin(
    conn: &Connection,
    peer: Peer,
    admin: UserId,
    revoked: bool,
    limit: i32,
) -> Result<Vec<Invite>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM invites
         WHERE peer_kind = ?1 AND peer_id = ?2 AND admin_id = ?3 AND revoked = ?4
         ORDER BY date DESC, hash DESC LIMIT ?5"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let params = params![peer.kind(), peer.id(), admin.0, revoked, limit.max(0)];
    let invites = statement.query_map(params, from_row)?;
    Ok(invites.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn delete(
    tx: &Connection,
    peer: Peer,
    (actor, now): (UserId, UnixTime),
    hash: &str,
) -> Result<()> {
    let owns = check_links(tx, peer, actor)?;
    let known = find(tx, hash)?.filter(|(of, invite)| *of == peer && invite.revoked);
    let (_, invite) = known.ok_or(Error::NotFound)?;
    if invite.admin != actor && !owns {
        return Err(Denial::AdminRequired.into());
    }
    tx.prepare_cached("DELETE FROM invites WHERE hash = ?1")?.execute([hash])?;
    if let Peer::Channel(channel) = peer {
        let what = Happened::ExportedInviteDelete(invite);
        admin_log::note(tx, channel, (actor, now), what)?;
    }
    Ok(())
}

/// Open and revoked links by admin.
pub(super) fn counts(conn: &Connection, peer: Peer) -> Result<Vec<(UserId, i32, i32)>> {
    let mut statement = conn.prepare_cached(
        "SELECT admin_id, count(*) FILTER (WHERE revoked = 0), count(*) FILTER (WHERE revoked = 1)
         FROM invites WHERE peer_kind = ?1 AND peer_id = ?2 GROUP BY admin_id ORDER BY admin_id",
    )?;
    let rows = statement.query_map(params![peer.kind(), peer.id()], |row| {
        Ok((UserId(row.get(0)?), row.get(1)?, row.get(2)?))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
