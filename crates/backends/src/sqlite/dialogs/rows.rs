//! The rows of dialogs: settings and marks.

use model::dialog::Draft;
use model::{ChannelId, ChatId, MessageId, Peer, UnixTime, UserId};
use rusqlite::{Connection, OptionalExtension as _, Row, Rows, params};

use super::super::codec::{decode, encode};
use super::super::{Result, names, unread_reactions};

/// What one person keeps about one chat.
#[derive(Default)]
pub(super) struct DialogRow {
    pub(super) listed: bool,
    pub(super) date: UnixTime,
    pub(super) read_inbox: MessageId,
    pub(super) read_outbox: MessageId,
    pub(super) unread_mark: bool,
    pub(super) pinned: Option<i32>,
    pub(super) folder: i32,
    pub(super) draft: Option<Draft>,
    pub(super) ttl_period: Option<i32>,
}

pub(super) const KEY: &str = "owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3";

/// The row of a chat; the default if there is none.
pub(super) fn row(conn: &Connection, owner: UserId, peer: Peer) -> Result<DialogRow> {
    let sql = "SELECT listed, date, read_inbox, read_outbox, unread_mark, pinned, folder, draft, ttl_period
               FROM dialogs WHERE owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params![owner.0, peer.kind(), peer.id()])?;
    rows.next()?.map_or_else(|| Ok(DialogRow::default()), from_row)
}

fn from_row(row: &Row<'_>) -> Result<DialogRow> {
    let draft: Option<Vec<u8>> = row.get(7)?;
    Ok(DialogRow {
        listed: row.get(0)?,
        date: UnixTime(row.get(1)?),
        read_inbox: MessageId(row.get(2)?),
        read_outbox: MessageId(row.get(3)?),
        unread_mark: row.get(4)?,
        pinned: row.get(5)?,
        folder: row.get(6)?,
        draft: draft.map(|draft| decode(&draft)).transpose()?,
        ttl_period: row.get(8)?,
    })
}

/// Puts a channel into its new subscriber's list, everything up to `read_max` read.
pub(in super::super) fn open_channel(
    tx: &Connection,
    owner: UserId,
    channel: ChannelId,
    date: UnixTime,
    read_max: MessageId,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO dialogs (owner_id, peer_kind, peer_id, listed, date, read_inbox) VALUES (?1, 3, ?2, 1, ?3, ?4)
         ON CONFLICT (owner_id, peer_kind, peer_id)
         DO UPDATE SET listed = 1, date = ?3, read_inbox = max(read_inbox, ?4)",
    )?
    .execute(params![owner.0, channel.0, date.0, read_max.0])?;
    Ok(())
}

/// Gives a channel the place that a basic group had in somebody's lists, which gives it up.
pub(in super::super) fn carry_place(
    tx: &Connection,
    owner: UserId,
    from: ChatId,
    to: ChannelId,
) -> Result<()> {
    tx.prepare_cached(
        "UPDATE dialogs SET (pinned, folder) =
         (SELECT pinned, folder FROM dialogs WHERE owner_id = ?1 AND peer_kind = 2 AND peer_id = ?2)
         WHERE owner_id = ?1 AND peer_kind = 3 AND peer_id = ?3 AND EXISTS
         (SELECT 1 FROM dialogs WHERE owner_id = ?1 AND peer_kind = 2 AND peer_id = ?2)",
    )?
    .execute(params![owner.0, from.0, to.0])?;
    tx.prepare_cached(
        "UPDATE dialogs SET pinned = NULL WHERE owner_id = ?1 AND peer_kind = 2 AND peer_id = ?2",
    )?
    .execute(params![owner.0, from.0])?;
    Ok(())
}

/// Takes a channel out of the list of someone who left, with all that was kept about it.
pub(in super::super) fn close_channel(
    tx: &Connection,
    owner: UserId,
    channel: ChannelId,
) -> Result<()> {
    tx.prepare_cached(
        "DELETE FROM dialogs WHERE owner_id = ?1 AND peer_kind = 3 AND peer_id = ?2",
    )?
    .execute(params![owner.0, channel.0])?;
    unread_reactions::forget_chat(tx, owner, Peer::Channel(channel), MessageId(i32::MAX))
}

/// Up to where a member has read a channel, 0 for others.
pub(in super::super) fn channel_mark(
    conn: &Connection,
    owner: UserId,
    channel: ChannelId,
) -> Result<MessageId> {
    let mark: Option<i32> = conn
        .prepare_cached(
            "SELECT read_inbox FROM dialogs WHERE owner_id = ?1 AND peer_kind = 3 AND peer_id = ?2",
        )?
        .query_row(params![owner.0, channel.0], |row| row.get(0))
        .optional()?;
    Ok(MessageId(mark.unwrap_or(0)))
}

/// The newest message of a channel that anyone but `user` has read, 0 if none.
pub(in super::super) fn newest_read_by_others(
    conn: &Connection,
    channel: ChannelId,
    user: UserId,
) -> Result<MessageId> {
    let newest: Option<i32> = conn
        .prepare_cached(
            "SELECT read_inbox FROM dialogs WHERE peer_kind = 3 AND peer_id = ?1 AND owner_id <> ?2
             ORDER BY read_inbox DESC LIMIT 1",
        )?
        .query_row(params![channel.0, user.0], |row| row.get(0))
        .optional()?;
    Ok(MessageId(newest.unwrap_or(0)))
}

/// Puts a chat into the list, where a first message goes.
pub(in super::super) fn list(
    tx: &Connection,
    owner: UserId,
    peer: Peer,
    date: UnixTime,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO dialogs (owner_id, peer_kind, peer_id, listed, date) VALUES (?1, ?2, ?3, 1, ?4)
         ON CONFLICT (owner_id, peer_kind, peer_id) DO UPDATE SET listed = 1, date = ?4 WHERE listed = 0",
    )?
    .execute(params![owner.0, peer.kind(), peer.id(), date.0])?;
    Ok(())
}

/// Puts a chat into the list, and forgets the draft that the message was.
pub(in super::super) fn list_sent(
    tx: &Connection,
    owner: UserId,
    peer: Peer,
    date: UnixTime,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO dialogs (owner_id, peer_kind, peer_id, listed, date) VALUES (?1, ?2, ?3, 1, ?4)
         ON CONFLICT (owner_id, peer_kind, peer_id)
         DO UPDATE SET listed = 1, date = CASE listed WHEN 0 THEN ?4 ELSE date END, draft = NULL
         WHERE listed = 0 OR draft IS NOT NULL",
    )?
    .execute(params![owner.0, peer.kind(), peer.id(), date.0])?;
    Ok(())
}

/// Takes an empty chat out of the list. Marks and settings stay for the case that it comes back.
pub(in super::super) fn unlist(tx: &Connection, owner: UserId, peer: Peer) -> Result<()> {
    let sql = format!(
        "UPDATE dialogs SET listed = 0, unread_mark = 0, pinned = NULL, draft = NULL WHERE {KEY}"
    );
    tx.prepare_cached(&sql)?.execute(params![owner.0, peer.kind(), peer.id()])?;
    Ok(())
}

/// Keeps a chat, which is about to lose its messages, at its place in the list.
pub(in super::super) fn touch(
    tx: &Connection,
    owner: UserId,
    peer: Peer,
    date: UnixTime,
) -> Result<()> {
    ensure(tx, owner, peer)?;
    let sql = format!("UPDATE dialogs SET date = max(date, ?4) WHERE {KEY}");
    tx.prepare_cached(&sql)?.execute(params![owner.0, peer.kind(), peer.id(), date.0])?;
    Ok(())
}

/// Makes sure that there is a row to keep something in.
pub(super) fn ensure(tx: &Connection, owner: UserId, peer: Peer) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO dialogs (owner_id, peer_kind, peer_id, listed, date) VALUES (?1, ?2, ?3, 0, 0)
         ON CONFLICT (owner_id, peer_kind, peer_id) DO NOTHING",
    )?
    .execute(params![owner.0, peer.kind(), peer.id()])?;
    Ok(())
}

/// The newest incoming message that the person read.
pub(in super::super) fn read_inbox(
    conn: &Connection,
    owner: UserId,
    peer: Peer,
) -> Result<MessageId> {
    Ok(row(conn, owner, peer)?.read_inbox)
}

pub(in super::super) fn move_inbox_mark(
    tx: &Connection,
    owner: UserId,
    peer: Peer,
    mark: MessageId,
) -> Result<()> {
    ensure(tx, owner, peer)?;
    let sql = format!("UPDATE dialogs SET read_inbox = ?4 WHERE {KEY}");
    tx.prepare_cached(&sql)?.execute(params![owner.0, peer.kind(), peer.id(), mark.0])?;
    Ok(())
}

/// Moves the outbox mark forward; answers whether it moved.
pub(in super::super) fn move_outbox_mark(
    tx: &Connection,
    owner: UserId,
    peer: Peer,
    mark: MessageId,
) -> Result<bool> {
    ensure(tx, owner, peer)?;
    let sql = format!("UPDATE dialogs SET read_outbox = ?4 WHERE {KEY} AND read_outbox < ?4");
    let params = params![owner.0, peer.kind(), peer.id(), mark.0];
    Ok(tx.prepare_cached(&sql)?.execute(params)? > 0)
}

pub(in super::super) fn clear_unread_mark(
    tx: &Connection,
    owner: UserId,
    peer: Peer,
) -> Result<()> {
    let sql = format!("UPDATE dialogs SET unread_mark = 0 WHERE {KEY} AND unread_mark = 1");
    tx.prepare_cached(&sql)?.execute(params![owner.0, peer.kind(), peer.id()])?;
    Ok(())
}

/// Forgets the draft of a chat, as a message was sent in its place.
pub(in super::super) fn clear_draft(tx: &Connection, owner: UserId, peer: Peer) -> Result<()> {
    let sql = format!("UPDATE dialogs SET draft = NULL WHERE {KEY} AND draft IS NOT NULL");
    tx.prepare_cached(&sql)?.execute(params![owner.0, peer.kind(), peer.id()])?;
    Ok(())
}

/// The chats of a person that fit, by kind and id. `condition` is our own text.
pub(super) fn peers(conn: &Connection, owner: UserId, condition: &str) -> Result<Vec<Peer>> {
    let sql = format!(
        "SELECT peer_kind, peer_id FROM dialogs WHERE owner_id = ?1 AND {condition} ORDER BY peer_kind, peer_id"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    read_peers(statement.query([owner.0])?)
}

/// Peers by the first two columns.
pub(super) fn read_peers(mut rows: Rows<'_>) -> Result<Vec<Peer>> {
    let mut peers = Vec::new();
    while let Some(row) = rows.next()? {
        peers.push(names::peer(row.get(0)?, row.get(1)?)?);
    }
    Ok(peers)
}

pub(super) fn set_unread_mark(
    tx: &Connection,
    owner: UserId,
    peer: Peer,
    unread: bool,
) -> Result<()> {
    ensure(tx, owner, peer)?;
    let sql = format!("UPDATE dialogs SET unread_mark = ?4 WHERE {KEY}");
    tx.prepare_cached(&sql)?.execute(params![owner.0, peer.kind(), peer.id(), unread])?;
    Ok(())
}

pub(super) fn set_draft(
    tx: &Connection,
    owner: UserId,
    peer: Peer,
    draft: Option<&Draft>,
) -> Result<bool> {
    if row(tx, owner, peer)?.draft.as_ref() == draft {
        return Ok(false);
    }
    ensure(tx, owner, peer)?;
    let sql = format!("UPDATE dialogs SET draft = ?4 WHERE {KEY}");
    let draft = draft.map(encode).transpose()?;
    tx.prepare_cached(&sql)?.execute(params![owner.0, peer.kind(), peer.id(), draft])?;
    Ok(true)
}

pub(super) fn drafts(conn: &Connection, owner: UserId) -> Result<Vec<(Peer, Draft)>> {
    let mut statement = conn.prepare_cached(
        "SELECT peer_kind, peer_id, draft FROM dialogs WHERE owner_id = ?1 AND draft IS NOT NULL
         ORDER BY peer_kind, peer_id",
    )?;
    let mut rows = statement.query([owner.0])?;
    let mut drafts = Vec::new();
    while let Some(row) = rows.next()? {
        let draft: Vec<u8> = row.get(2)?;
        drafts.push((names::peer(row.get(0)?, row.get(1)?)?, decode(&draft)?));
    }
    Ok(drafts)
}

pub(in super::super) fn set_ttl(
    tx: &Connection,
    owner: UserId,
    peer: Peer,
    period_s: Option<i32>,
) -> Result<()> {
    ensure(tx, owner, peer)?;
    let sql = format!("UPDATE dialogs SET ttl_period = ?4 WHERE {KEY}");
    tx.prepare_cached(&sql)?.execute(params![owner.0, peer.kind(), peer.id(), period_s])?;
    Ok(())
}

/// The timer of a chat, 0 for none; `None` if there never was such a chat.
pub(in super::super) fn ttl(conn: &Connection, owner: UserId, peer: Peer) -> Result<Option<i32>> {
    let sql = format!("SELECT coalesce(ttl_period, 0) FROM dialogs WHERE {KEY}");
    let found = conn
        .prepare_cached(&sql)?
        .query_row(params![owner.0, peer.kind(), peer.id()], |row| row.get(0))
        .optional()?;
    Ok(found)
}

pub(super) fn hide_bar(tx: &Connection, owner: UserId, peer: Peer) -> Result<()> {
    ensure(tx, owner, peer)?;
    let sql = format!("UPDATE dialogs SET bar_hidden = 1 WHERE {KEY}");
    tx.prepare_cached(&sql)?.execute(params![owner.0, peer.kind(), peer.id()])?;
    Ok(())
}

pub(super) fn is_bar_hidden(conn: &Connection, owner: UserId, peer: Peer) -> Result<bool> {
    let sql = format!("SELECT 1 FROM dialogs WHERE {KEY} AND bar_hidden = 1");
    Ok(conn.prepare_cached(&sql)?.exists(params![owner.0, peer.kind(), peer.id()])?)
}
