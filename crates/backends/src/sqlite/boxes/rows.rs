//! Rows of boxes, and the messages made of them.

use model::event::StoredBoxEvent;
use model::invariants::START;
use model::message::{Message, Origin};
use model::reaction::{Reaction, Summary};
use model::{MessageId, Peer, Pts, UnixTime, UserId};
use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter};
use store::Error;
use store::ports::boxes::BoxChange;

use super::super::codec::{decode, encode};
use super::super::unread_reactions::{self, OwnMessage};
use super::super::{Result, chats, names};

/// Flags of `box_messages`.
pub(super) const MENTIONED: i64 = 1;
pub(super) const UNSEEN: i64 = 2;
pub(super) const PINNED: i64 = 4;

/// What [`from_row`] reads, in its order.
pub(super) const COLUMNS: &str = "m.id, m.pts, m.peer_kind, m.peer_id, m.sender_id, m.out, m.origin_id, m.date, m.edit_date, m.flags, m.reply_to, m.body";

/// Where a box stands.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) pts: Pts,
    pub(super) last_id: MessageId,
}

pub(super) fn place(conn: &Connection, owner: UserId) -> Result<Place> {
    let place = conn
        .prepare_cached("SELECT pts, last_id FROM boxes WHERE owner_id = ?1")?
        .query_row([owner.0], |row| {
            Ok(Place { pts: Pts(row.get(0)?), last_id: MessageId(row.get(1)?) })
        })
        .optional()?;
    Ok(place.unwrap_or(Place { pts: START, last_id: MessageId(0) }))
}

/// Moves a box by `pts_count` events and `ids` messages; answers where it stands then.
pub(super) fn advance(tx: &Connection, owner: UserId, pts_count: i32, ids: i32) -> Result<Place> {
    // A new box starts at 1, where it has no events yet. Not one statement with RETURNING, for which SQLite keeps the
    // answer in a table of its own, made and thrown away each time.
    let Place { pts, last_id } = place(tx, owner)?;
    let full = || Error::Unavailable(format!("box {} has given out all its numbers", owner.0));
    let place = Place {
        pts: Pts(pts.0.checked_add(pts_count).ok_or_else(full)?),
        last_id: MessageId(last_id.0.checked_add(ids).ok_or_else(full)?),
    };
    tx.prepare_cached(
        "INSERT INTO boxes (owner_id, pts, last_id) VALUES (?1, ?2, ?3)
         ON CONFLICT (owner_id) DO UPDATE SET pts = ?2, last_id = ?3",
    )?
    .execute(params![owner.0, place.pts.0, place.last_id.0])?;
    Ok(place)
}

/// Moves a box by an event.
pub(super) fn push(
    tx: &Connection,
    owner: UserId,
    count: usize,
    date: UnixTime,
    event: &StoredBoxEvent,
) -> Result<BoxChange> {
    let pts_count = i32::try_from(count).unwrap_or(i32::MAX);
    let pts = advance(tx, owner, pts_count, 0)?.pts;
    put_event(tx, owner, (pts, pts_count), date, Some(event))?;
    Ok(BoxChange { owner, pts, pts_count })
}

/// Writes an event; without one, it stands for a new message that is deleted now.
pub(super) fn put_event(
    tx: &Connection,
    owner: UserId,
    (pts, pts_count): (Pts, i32),
    date: UnixTime,
    event: Option<&StoredBoxEvent>,
) -> Result<()> {
    let payload = event.map(encode).transpose()?;
    tx.prepare_cached(
        "INSERT INTO box_events (owner_id, pts, pts_count, date, payload) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![owner.0, pts.0, pts_count, date.0, payload])?;
    Ok(())
}

/// A message without its reactions, from [`COLUMNS`].
pub(super) fn from_row(row: &Row<'_>) -> Result<Message> {
    let sender = UserId(row.get(4)?);
    let flags: i64 = row.get(9)?;
    let edit_date: Option<i64> = row.get(8)?;
    let reply_to: Option<i32> = row.get(10)?;
    Ok(Message {
        id: MessageId(row.get(0)?),
        pts: Pts(row.get(1)?),
        peer: names::peer(row.get(2)?, row.get(3)?)?,
        from: sender,
        out: row.get(5)?,
        post: false,
        date: UnixTime(row.get(7)?),
        edit_date: edit_date.map(UnixTime),
        mentioned: flags & MENTIONED != 0,
        media_unread: flags & UNSEEN != 0,
        pinned: flags & PINNED != 0,
        reply_to: reply_to.map(MessageId),
        thread: None,
        origin: Some(Origin { owner: sender, id: MessageId(row.get(6)?) }),
        body: decode(
            row.get_ref(11)?
                .as_blob()
                .map_err(|_| Error::Corrupt("a message's body is no blob".to_owned()))?,
        )?,
        counters: None,
        reactions: Summary::default(),
        replies: None,
    })
}

/// A message without its reactions.
pub(super) fn bare(conn: &Connection, owner: UserId, id: MessageId) -> Result<Option<Message>> {
    let sql = format!("SELECT {COLUMNS} FROM box_messages m WHERE m.owner_id = ?1 AND m.id = ?2");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![owner.0, id.0])?;
    rows.next()?.map(from_row).transpose()
}

/// A message as the box's owner sees it.
pub(in super::super) fn message(
    conn: &Connection,
    owner: UserId,
    id: MessageId,
) -> Result<Option<Message>> {
    let Some(mut message) = bare(conn, owner, id)? else { return Ok(None) };
    if let Some(origin) = message.origin {
        let mut all = reactions(conn, origin, None)?;
        let place = OwnMessage { author: owner, peer: message.peer, id };
        if message.from == owner
            && !all.is_empty()
            && let Some(since) = unread_reactions::since(conn, place)?
        {
            all = reactions(conn, origin, Some(since))?;
        }
        message.reactions = Summary::of(&all, owner, true);
    }
    Ok(Some(message))
}

/// Messages in the order asked; unknown ones are left out.
pub(super) fn messages(
    conn: &Connection,
    owner: UserId,
    ids: &[MessageId],
) -> Result<Vec<Message>> {
    let mut messages = Vec::with_capacity(ids.len());
    for id in ids {
        messages.extend(bare(conn, owner, *id)?);
    }
    with_reactions(conn, owner, &mut messages)?;
    Ok(messages)
}

/// Messages whose reactions are looked up by one statement.
const PAGE: usize = 100;

/// Adds the reactions to messages of one box, a page at once.
pub(super) fn with_reactions(
    conn: &Connection,
    owner: UserId,
    messages: &mut [Message],
) -> Result<()> {
    let sql = format!(
        "SELECT m.id, r.user_id, r.emoji, r.date, u.since IS NOT NULL AND r.number >= u.since AND r.user_id <> ?1
         FROM box_messages m CROSS JOIN box_reactions r
         ON r.sender_id = m.sender_id AND r.origin_id = m.origin_id
         LEFT JOIN unread_reactions u ON u.owner_id = ?1 AND u.peer_kind = m.peer_kind AND u.peer_id = m.peer_id
             AND u.id = m.id
         WHERE m.owner_id = ?1 AND m.id IN ({}) ORDER BY m.id, r.number",
        ["?"; PAGE].join(", ")
    );
    let mut statement = conn.prepare_cached(&sql)?;
    for page in messages.chunks_mut(PAGE) {
        let ids = page.iter().map(|message| i64::from(message.id.0));
        // No message has the number 0.
        let padded = ids.chain(std::iter::repeat(0)).take(PAGE);
        let mut rows = statement.query(params_from_iter(std::iter::once(owner.0).chain(padded)))?;
        let mut found: Vec<(MessageId, Reaction)> = Vec::new();
        while let Some(row) = rows.next()? {
            let reaction = Reaction {
                send_as: None,
                user: UserId(row.get(1)?),
                emoji: row.get(2)?,
                date: UnixTime(row.get(3)?),
                unread: row.get(4)?,
            };
            found.push((MessageId(row.get(0)?), reaction));
        }
        if found.is_empty() {
            continue;
        }
        for message in page {
            let own = found.iter().filter(|(id, _)| *id == message.id);
            let own: Vec<_> = own.map(|(_, reaction)| reaction.clone()).collect();
            message.reactions = Summary::of(&own, owner, true);
        }
    }
    Ok(())
}

/// All reactions to a message, in order of arrival; those of others with the number `unread_since` or a later one are unseen.
pub(super) fn reactions(
    conn: &Connection,
    origin: Origin,
    unread_since: Option<i64>,
) -> Result<Vec<Reaction>> {
    let mut statement = conn.prepare_cached(
        "SELECT user_id, emoji, date, number FROM box_reactions WHERE sender_id = ?1 AND origin_id = ?2
         ORDER BY number",
    )?;
    let rows = statement.query_map(params![origin.owner.0, origin.id.0], |row| {
        let (user, number): (i64, i64) = (row.get(0)?, row.get(3)?);
        Ok(Reaction {
            user: UserId(user),
            send_as: None,
            emoji: row.get(1)?,
            date: UnixTime(row.get(2)?),
            unread: user != origin.owner.0 && unread_since.is_some_and(|since| number >= since),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// All reactions to a copy, in order of arrival, as the box's owner sees them.
pub(super) fn reactions_of(
    conn: &Connection,
    owner: UserId,
    id: MessageId,
) -> Result<Vec<Reaction>> {
    let origin = origin_of(conn, owner, id)?.ok_or(Error::NotFound)?;
    let own = bare(conn, owner, id)?.filter(|message| message.from == owner);
    let since = match own {
        Some(own) => {
            unread_reactions::since(conn, OwnMessage { author: owner, peer: own.peer, id })?
        }
        None => None,
    };
    reactions(conn, origin, since)
}

/// The shared identity of a copy.
pub(super) fn origin_of(conn: &Connection, owner: UserId, id: MessageId) -> Result<Option<Origin>> {
    let origin = conn
        .prepare_cached(
            "SELECT sender_id, origin_id FROM box_messages WHERE owner_id = ?1 AND id = ?2",
        )?
        .query_row(params![owner.0, id.0], |row| {
            Ok(Origin { owner: UserId(row.get(0)?), id: MessageId(row.get(1)?) })
        })
        .optional()?;
    Ok(origin)
}

/// The boxes that have a message, with its number there: `first`, then by owner.
pub(super) fn copies_of(
    conn: &Connection,
    origin: Origin,
    first: UserId,
) -> Result<Vec<(UserId, MessageId)>> {
    let mut statement = conn.prepare_cached(
        "SELECT owner_id, id FROM box_messages WHERE sender_id = ?1 AND origin_id = ?2 AND out = 0
         UNION ALL SELECT owner_id, id FROM box_messages WHERE owner_id = ?1 AND id = ?2",
    )?;
    let rows = statement.query_map(params![origin.owner.0, origin.id.0], |row| {
        Ok((UserId(row.get(0)?), MessageId(row.get(1)?)))
    })?;
    let mut copies = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    copies.sort_by_key(|(owner, _)| (*owner != first, *owner));
    Ok(copies)
}

/// The copies that a change by `owner` reaches: in a group their own and those of its members, as those who left hear nothing of it
/// any more.
pub(super) fn reached(
    conn: &Connection,
    peer: Peer,
    origin: Origin,
    owner: UserId,
) -> Result<Vec<(UserId, MessageId)>> {
    let mut copies = copies_of(conn, origin, owner)?;
    if let Peer::Chat(id) = peer {
        let chat = chats::find(conn, id)?;
        let stays = |user| chat.as_ref().is_some_and(|chat| chat.member(user).is_some());
        copies.retain(|(holder, _)| *holder == owner || stays(*holder));
    }
    Ok(copies)
}

/// The number that a message has in one box.
pub(super) fn copy_in(
    conn: &Connection,
    origin: Origin,
    owner: UserId,
) -> Result<Option<MessageId>> {
    let sql = if owner == origin.owner {
        "SELECT id FROM box_messages WHERE owner_id = ?3 AND id = ?2 AND sender_id = ?1"
    } else {
        "SELECT id FROM box_messages WHERE sender_id = ?1 AND origin_id = ?2 AND owner_id = ?3 AND out = 0"
    };
    let id = conn
        .prepare_cached(sql)?
        .query_row(params![origin.owner.0, origin.id.0, owner.0], |row| row.get(0))
        .optional()?;
    Ok(id.map(MessageId))
}

/// The newest message of a chat, and its date.
pub(in super::super) fn top(
    conn: &Connection,
    owner: UserId,
    peer: Peer,
) -> Result<Option<(MessageId, UnixTime)>> {
    let top = conn
        .prepare_cached(
            "SELECT id, date FROM box_messages WHERE owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3
             ORDER BY id DESC LIMIT 1",
        )?
        .query_row(params![owner.0, peer.kind(), peer.id()], |row| {
            Ok((MessageId(row.get(0)?), UnixTime(row.get(1)?)))
        })
        .optional()?;
    Ok(top)
}

/// Incoming messages of a chat after a read mark.
pub(in super::super) fn unread_after(
    conn: &Connection,
    owner: UserId,
    peer: Peer,
    mark: MessageId,
) -> Result<i32> {
    let unread = conn
        .prepare_cached(
            "SELECT count(*) FROM box_messages
             WHERE owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3 AND id > ?4 AND out = 0",
        )?
        .query_row(params![owner.0, peer.kind(), peer.id(), mark.0], |row| row.get(0))?;
    Ok(unread)
}

/// Mentions of a chat that were not seen.
pub(in super::super) fn unread_mentions(
    conn: &Connection,
    owner: UserId,
    peer: Peer,
) -> Result<i32> {
    let unread = conn
        .prepare_cached(
            "SELECT count(*) FROM box_messages
             WHERE owner_id = ?1 AND peer_kind = ?2 AND peer_id = ?3 AND flags & 3 = 3",
        )?
        .query_row(params![owner.0, peer.kind(), peer.id()], |row| row.get(0))?;
    Ok(unread)
}
