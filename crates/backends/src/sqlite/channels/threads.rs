//! Threads of supergroups: their counters, kept with every reply, and how far people have read them.

use model::channel::{Replies, Thread, ThreadRead, with_replier};
use model::{ChannelId, MessageId, Peer, Pts, UserId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use store::Error;

use super::super::codec::{decode, encode};
use super::super::{Result, dialogs};
use super::read::{self, Viewer};
use super::rows;

/// Replies looked through for who wrote last, after one was deleted.
const LOOKED_BACK: i32 = 50;
/// Authors told of one reader.
const AUTHORS: i32 = 100;

/// What is kept of a thread.
struct Kept {
    top: MessageId,
    post: Option<(ChannelId, MessageId)>,
    replies: i32,
    max_id: MessageId,
    pts: Pts,
    recent: Vec<Peer>,
}

const COLUMNS: &str = "top_id, post_channel_id, post_id, replies, max_id, pts, recent";

fn kept(row: &Row<'_>) -> Result<Kept> {
    let post: (Option<i64>, Option<i32>) = (row.get(1)?, row.get(2)?);
    let recent: Vec<u8> = row.get(6)?;
    Ok(Kept {
        top: MessageId(row.get(0)?),
        post: post.0.zip(post.1).map(|(channel, id)| (ChannelId(channel), MessageId(id))),
        replies: row.get(3)?,
        max_id: MessageId(row.get(4)?),
        pts: Pts(row.get(5)?),
        recent: decode(&recent)?,
    })
}

fn find(conn: &Connection, group: ChannelId, top: MessageId) -> Result<Option<Kept>> {
    let sql =
        format!("SELECT {COLUMNS} FROM channel_threads WHERE channel_id = ?1 AND top_id = ?2");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![group.0, top.0])?;
    rows.next()?.map(kept).transpose()
}

fn find_by_post(
    conn: &Connection,
    group: ChannelId,
    channel: ChannelId,
    post: MessageId,
) -> Result<Option<Kept>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM channel_threads WHERE post_channel_id = ?1 AND post_id = ?2 AND channel_id = ?3"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![channel.0, post.0, group.0])?;
    rows.next()?.map(kept).transpose()
}

/// The thread of a copy of a post, still without replies.
pub(super) fn open(
    tx: &Connection,
    (group, top, pts): (ChannelId, MessageId, Pts),
    post: Option<(ChannelId, MessageId)>,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO channel_threads (channel_id, top_id, post_channel_id, post_id, replies, max_id, pts, recent)
         VALUES (?1, ?2, ?3, ?4, 0, 0, ?5, ?6)",
    )?
    .execute(params![
        group.0,
        top.0,
        post.map(|(channel, _)| channel.0),
        post.map(|(_, id)| id.0),
        pts.0,
        encode(&Vec::<Peer>::new())?,
    ])?;
    Ok(())
}

/// Counts a new reply. A thread whose first message is gone is not counted.
pub(super) fn add(
    tx: &Connection,
    group: ChannelId,
    top: MessageId,
    (id, pts): (MessageId, Pts),
    replier: Peer,
) -> Result<()> {
    if find(tx, group, top)?.is_none() {
        let marked = tx
            .prepare_cached(
                "UPDATE channel_messages SET threaded = 1
                 WHERE channel_id = ?1 AND id = ?2 AND body IS NOT NULL",
            )?
            .execute(params![group.0, top.0])?;
        if marked == 0 {
            return Ok(());
        }
        open(tx, (group, top, pts), None)?;
    }
    let Some(thread) = find(tx, group, top)? else { return Ok(()) };
    let recent = with_replier(&thread.recent, replier);
    save(tx, group, top, (thread.replies + 1, id, pts), &recent)
}

fn save(
    tx: &Connection,
    group: ChannelId,
    top: MessageId,
    (replies, max_id, pts): (i32, MessageId, Pts),
    recent: &[Peer],
) -> Result<()> {
    tx.prepare_cached(
        "UPDATE channel_threads SET replies = ?3, max_id = ?4, pts = ?5, recent = ?6
         WHERE channel_id = ?1 AND top_id = ?2",
    )?
    .execute(params![group.0, top.0, replies, max_id.0, pts.0, encode(&recent)?])?;
    Ok(())
}

/// Takes a message out, which is still in its row: its own thread ends, and that which it is in has one reply less.
pub(super) fn forget(
    tx: &Connection,
    group: ChannelId,
    id: MessageId,
) -> Result<Option<MessageId>> {
    for table in ["channel_threads", "channel_thread_reads"] {
        let sql = format!("DELETE FROM {table} WHERE channel_id = ?1 AND top_id = ?2");
        tx.prepare_cached(&sql)?.execute(params![group.0, id.0])?;
    }
    Ok(read::thread_of(tx, group, id)?.filter(|top| *top != id))
}

/// Counts a thread anew that lost replies.
pub(super) fn recount(
    tx: &Connection,
    group: ChannelId,
    top: MessageId,
    lost: i32,
    pts: Pts,
) -> Result<()> {
    let Some(thread) = find(tx, group, top)? else { return Ok(()) };
    let mut statement = tx.prepare_cached(
        "SELECT id, sender_id, body FROM channel_messages WHERE channel_id = ?1 AND thread = ?2
         ORDER BY id DESC LIMIT ?3",
    )?;
    let mut rows = statement.query(params![group.0, top.0, LOOKED_BACK])?;
    let (mut max_id, mut newest_first) = (MessageId(0), Vec::new());
    while let Some(row) = rows.next()? {
        max_id = max_id.max(MessageId(row.get(0)?));
        let body: Vec<u8> = row.get(2)?;
        let body: model::message::Body = decode(&body)?;
        newest_first.push(body.author(UserId(row.get(1)?)));
    }
    let recent =
        newest_first.iter().rev().fold(Vec::new(), |recent, peer| with_replier(&recent, *peer));
    save(tx, group, top, (thread.replies.saturating_sub(lost).max(0), max_id, pts), &recent)
}

/// The counter that a message shows.
pub(super) fn replies(
    conn: &Connection,
    viewer: &Viewer,
    id: MessageId,
) -> Result<Option<Replies>> {
    let group = viewer.discussed_in.unwrap_or(viewer.channel);
    let thread = match (viewer.broadcast, viewer.discussed_in) {
        (true, None) => None,
        (true, Some(group)) => find_by_post(conn, group, viewer.channel, id)?,
        (false, _) => find(conn, group, id)?,
    };
    let Some(thread) = thread else { return Ok(None) };
    let read = mark(conn, group, thread.top, viewer.user)?;
    Ok(Some(Replies {
        comments_in: viewer.discussed_in,
        count: thread.replies,
        pts: thread.pts,
        recent: if viewer.discussed_in.is_some() { thread.recent } else { Vec::new() },
        max_id: Some(thread.max_id).filter(|id| id.0 > 0),
        read_max_id: Some(read).filter(|id| id.0 > 0),
    }))
}

/// What somebody read in a thread: there, or with the whole group.
fn mark(conn: &Connection, group: ChannelId, top: MessageId, user: UserId) -> Result<MessageId> {
    let own: Option<i32> = conn
        .prepare_cached(
            "SELECT max_id FROM channel_thread_reads WHERE channel_id = ?1 AND top_id = ?2 AND user_id = ?3",
        )?
        .query_row(params![group.0, top.0, user.0], |row| row.get(0))
        .optional()?;
    let all = dialogs::channel_mark(conn, user, group)?;
    Ok(MessageId(own.unwrap_or(0)).max(all))
}

/// The newest message of a thread that anybody but `user` has read there.
fn read_by_others(
    conn: &Connection,
    group: ChannelId,
    top: MessageId,
    user: UserId,
) -> Result<MessageId> {
    let newest: Option<i32> = conn
        .prepare_cached(
            "SELECT max_id FROM channel_thread_reads
             WHERE channel_id = ?1 AND top_id = ?2 AND user_id <> ?3 ORDER BY max_id DESC LIMIT 1",
        )?
        .query_row(params![group.0, top.0, user.0], |row| row.get(0))
        .optional()?;
    Ok(MessageId(newest.unwrap_or(0)))
}

/// The newest reply of one author up to a number.
fn newest_of(
    conn: &Connection,
    group: ChannelId,
    top: MessageId,
    author: UserId,
    up_to: MessageId,
) -> Result<MessageId> {
    let newest: Option<i32> = conn
        .prepare_cached(
            "SELECT id FROM channel_messages INDEXED BY channel_messages_by_thread
             WHERE channel_id = ?1 AND thread = ?2 AND sender_id = ?3 AND id <= ?4 ORDER BY id DESC LIMIT 1",
        )?
        .query_row(params![group.0, top.0, author.0, up_to.0], |row| row.get(0))
        .optional()?;
    Ok(MessageId(newest.unwrap_or(0)))
}

/// A thread as somebody sees it.
pub(super) fn view(
    conn: &Connection,
    channel: ChannelId,
    viewer: UserId,
    id: MessageId,
) -> Result<Thread> {
    let log = rows::log(conn, channel)?;
    let (group, thread) = if log.channel.broadcast {
        let group = log.channel.linked.ok_or(Error::NotFound)?;
        (group, find_by_post(conn, group, channel, id)?.ok_or(Error::NotFound)?)
    } else {
        let top = read::thread_of(conn, channel, id)?.ok_or(Error::NotFound)?;
        let none = || Kept {
            top,
            post: None,
            replies: 0,
            max_id: MessageId(0),
            pts: log.channel.pts,
            recent: Vec::new(),
        };
        (channel, find(conn, channel, top)?.unwrap_or_else(none))
    };
    let top = thread.top;
    let read_inbox_max = mark(conn, group, top, viewer)?;
    let read = read_by_others(conn, group, top, viewer)?;
    let unread_count = conn
        .prepare_cached(
            "SELECT count(*) FROM channel_messages
             WHERE channel_id = ?1 AND thread = ?2 AND id > ?3 AND sender_id <> ?4",
        )?
        .query_row(params![group.0, top.0, read_inbox_max.0, viewer.0], |row| row.get(0))?;
    Ok(Thread {
        group,
        top,
        post: thread.post,
        max_id: Some(thread.max_id).filter(|id| id.0 > 0),
        read_inbox_max,
        read_outbox_max: newest_of(conn, group, top, viewer, read)?,
        unread_count,
    })
}

/// Moves somebody's mark.
pub(super) fn read(
    tx: &Connection,
    group: ChannelId,
    user: UserId,
    top: MessageId,
    max_id: MessageId,
) -> Result<ThreadRead> {
    let thread = find(tx, group, top)?.ok_or(Error::NotFound)?;
    let max_id = max_id.min(thread.max_id.max(top));
    let before = mark(tx, group, top, user)?;
    if max_id <= before {
        return Err(Error::NotModified.into());
    }
    let mut statement = tx.prepare_cached(
        "SELECT sender_id, max(id) FROM channel_messages
         WHERE channel_id = ?1 AND thread = ?2 AND id > ?3 AND id <= ?4 AND sender_id NOT IN (0, ?5)
         GROUP BY sender_id ORDER BY sender_id LIMIT ?6",
    )?;
    let params = params![group.0, top.0, before.0, max_id.0, user.0, AUTHORS];
    let written =
        statement.query_map(params, |row| Ok((UserId(row.get(0)?), MessageId(row.get(1)?))))?;
    let mut authors = Vec::new();
    for (author, newest) in written.collect::<rusqlite::Result<Vec<_>>>()? {
        if newest > read_by_others(tx, group, top, author)? {
            authors.push((author, newest));
        }
    }
    tx.prepare_cached(
        "INSERT INTO channel_thread_reads (channel_id, top_id, user_id, max_id) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (channel_id, top_id, user_id) DO UPDATE SET max_id = ?4",
    )?
    .execute(params![group.0, top.0, user.0, max_id.0])?;
    Ok(ThreadRead { max_id, authors })
}
