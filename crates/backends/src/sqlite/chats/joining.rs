//! Who came by a link, or waits for approval.

use model::chat::{Chat, Importer, Invite};
use model::rights::Denial;
use model::{Peer, UnixTime, UserId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use store::Error;

use super::super::Result;
use super::{groups, invites};

/// What a link did for somebody.
#[derive(Clone, Debug)]
pub(in super::super) enum Entered {
    /// They may join now; the use is counted.
    Joined(Invite),
    /// They wait for approval; the request is kept.
    Requested,
}

/// Uses a link of `peer` for somebody who is not a member.
pub(in super::super) fn enter_by_invite(
    tx: &Connection,
    peer: Peer,
    hash: &str,
    user: UserId,
    (about, asks): (Option<String>, impl FnOnce(&Invite) -> bool),
    now: UnixTime,
) -> Result<Entered> {
    let known = invites::find(tx, hash)?.filter(|(of, _)| *of == peer);
    let (_, mut invite) = known.ok_or(Error::NotFound)?;
    if !invite.is_open(now) {
        return Err(Denial::InviteExpired.into());
    }
    let mut importer = Importer { user, date: now, requested: true, about, approved_by: None };
    if asks(&invite) {
        keep_request(tx, peer, Some(hash), &importer)?;
        return Ok(Entered::Requested);
    }
    invites::count(tx, hash, 1, 0)?;
    invite.usage = invite.usage.saturating_add(1);
    forget_request(tx, peer, user)?;
    importer.requested = false;
    put(tx, peer, Some(hash), &importer)?;
    Ok(Entered::Joined(invite))
}

/// Keeps a request to join `peer` that came by no link.
pub(in super::super) fn request_to_join(
    tx: &Connection,
    peer: Peer,
    user: UserId,
    about: Option<String>,
    now: UnixTime,
) -> Result<()> {
    let importer = Importer { user, date: now, requested: true, about, approved_by: None };
    keep_request(tx, peer, None, &importer)
}

/// Keeps a request, unless the person waits already.
fn keep_request(
    tx: &Connection,
    peer: Peer,
    hash: Option<&str>,
    importer: &Importer,
) -> Result<()> {
    if find(tx, peer, importer.user)?.is_some_and(|(_, importer)| importer.requested) {
        return Ok(());
    }
    if let Some(hash) = hash {
        invites::count(tx, hash, 0, 1)?;
    }
    put(tx, peer, hash, importer)
}

/// The link by which somebody asks to come.
pub(in super::super) fn asked_by(
    conn: &Connection,
    peer: Peer,
    user: UserId,
) -> Result<Option<Invite>> {
    let Some((Some(hash), _)) = find(conn, peer, user)? else { return Ok(None) };
    Ok(invites::find(conn, &hash)?.map(|(_, invite)| invite))
}

/// Takes a waiting request away.
pub(in super::super) fn forget_request(
    tx: &Connection,
    peer: Peer,
    user: UserId,
) -> Result<Option<(Option<String>, Importer)>> {
    let waiting = find(tx, peer, user)?.filter(|(_, importer)| importer.requested);
    let Some((hash, importer)) = waiting else { return Ok(None) };
    tx.prepare_cached(
        "DELETE FROM importers WHERE peer_kind = ?1 AND peer_id = ?2 AND user_id = ?3",
    )?
    .execute(params![peer.kind(), peer.id(), user.0])?;
    if let Some(hash) = &hash {
        invites::count(tx, hash, 0, -1)?;
    }
    Ok(Some((hash, importer)))
}

const COLUMNS: &str = "hash, user_id, date, requested, about, approved_by";

fn from_row(row: &Row<'_>) -> rusqlite::Result<(Option<String>, Importer)> {
    let approved_by: Option<i64> = row.get(5)?;
    let importer = Importer {
        user: UserId(row.get(1)?),
        date: UnixTime(row.get(2)?),
        requested: row.get(3)?,
        about: row.get(4)?,
        approved_by: approved_by.map(UserId),
    };
    Ok((row.get(0)?, importer))
}

fn find(conn: &Connection, peer: Peer, user: UserId) -> Result<Option<(Option<String>, Importer)>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM importers WHERE peer_kind = ?1 AND peer_id = ?2 AND user_id = ?3"
    );
    let found = conn
        .prepare_cached(&sql)?
        .query_row(params![peer.kind(), peer.id(), user.0], from_row)
        .optional()?;
    Ok(found)
}

fn put(tx: &Connection, peer: Peer, hash: Option<&str>, importer: &Importer) -> Result<()> {
    let Importer { user, date, requested, about, approved_by } = importer;
    tx.prepare_cached(
        "INSERT INTO importers (peer_kind, peer_id, user_id, hash, date, requested, about, approved_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (peer_kind, peer_id, user_id)
         DO UPDATE SET hash = ?4, date = ?5, requested = ?6, about = ?7, approved_by = ?8",
    )?
    .execute(params![
        peer.kind(),
        peer.id(),
        user.0,
        hash,
        date.0,
        requested,
        about,
        approved_by.map(|admin| admin.0),
    ])?;
    Ok(())
}

/// Joins a group by a link; `None` if approval is needed.
pub(super) fn join_chat(
    tx: &Connection,
    hash: &str,
    user: UserId,
    about: Option<String>,
    now: UnixTime,
) -> Result<Option<(Chat, Invite)>> {
    let (peer, _) = invites::find(tx, hash)?.ok_or(Error::NotFound)?;
    let Peer::Chat(id) = peer else { return Err(Error::NotFound.into()) };
    groups::group(tx, id)?.check_joining(user)?;
    let approval = (about, |invite: &Invite| invite.request_needed);
    let Entered::Joined(invite) = enter_by_invite(tx, peer, hash, user, approval, now)? else {
        return Ok(None);
    };
    let chat = groups::change(tx, id, |chat| {
        chat.join(user, invite.admin, now);
        Ok(())
    })?;
    Ok(Some((chat, invite)))
}

pub(super) fn importers(
    conn: &Connection,
    peer: Peer,
    hash: Option<&str>,
    requested: bool,
    limit: i32,
) -> Result<(Vec<Importer>, i32)> {
    let sql = format!(
        "SELECT {COLUMNS}, count(*) OVER () FROM importers
         WHERE peer_kind = ?1 AND peer_id = ?2 AND requested = ?3 AND (?4 IS NULL OR hash = ?4)
         ORDER BY date DESC, user_id DESC"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let params = params![peer.kind(), peer.id(), requested, hash];
    let found = statement.query_map(params, |row| Ok((from_row(row)?.1, row.get(6)?)))?;
    let found = found.collect::<rusqlite::Result<Vec<(Importer, i32)>>>()?;
    let total = found.first().map_or(0, |(_, total)| *total);
    let page = found.into_iter().take(usize::try_from(limit).unwrap_or(0));
    Ok((page.map(|(importer, _)| importer).collect(), total))
}

/// Takes a waiting request away, and keeps how it was settled.
pub(in super::super) fn take_request(
    tx: &Connection,
    peer: Peer,
    actor: UserId,
    user: UserId,
    approved: bool,
) -> Result<Importer> {
    invites::check_links(tx, peer, actor)?;
    let (hash, mut importer) = forget_request(tx, peer, user)?.ok_or(Error::NotFound)?;
    if approved {
        importer.requested = false;
        importer.approved_by = Some(actor);
        if let Some(hash) = &hash {
            invites::count(tx, hash, 1, 0)?;
        }
        put(tx, peer, hash.as_deref(), &importer)?;
    }
    Ok(importer)
}
