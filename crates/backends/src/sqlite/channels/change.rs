//! What changes messages: edits, deletions, pins, mentions seen.

use std::collections::{BTreeMap, BTreeSet};

use model::admin_log::{Happened, NOTED_PINS, Turned};
use model::channel::Channel;
use model::event::StoredChannelEvent;
use model::message::{Body, Message};
use model::rights::forbidden_flag;
use model::{ChannelId, MessageId, Peer, Pts, UnixTime, UserId};
use rusqlite::{Connection, OptionalExtension as _, params};
use store::Error;
use store::ports::channels::LogChange;

use super::super::codec::{decode, encode};
use super::super::unread_reactions::{self, OwnMessage};
use super::super::{Result, admin_log, needed};
use super::rows::{self, Log};
use super::{discussion, gone, index, read, recent, threads, written_as};

/// Moves the position of the log by an event; the caller saves it.
pub(super) fn append(
    tx: &Connection,
    log: &mut Log,
    (by, event): (usize, &StoredChannelEvent),
    at: Option<UnixTime>,
) -> Result<LogChange> {
    let pts_count = i32::try_from(by).unwrap_or(i32::MAX);
    let pts = log.channel.pts.0.checked_add(pts_count);
    let pts = Pts(pts.ok_or_else(|| Error::Unavailable("the log is full".to_owned()))?);
    tx.prepare_cached(
        "INSERT INTO channel_events (channel_id, pts, pts_count, payload) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![log.channel.id.0, pts.0, pts_count, encode(event)?])?;
    recent::note_changed(log.channel.id);
    (log.channel.pts, log.moved) = (pts, log.moved.max(at.unwrap_or_default()));
    Ok(LogChange { pts, pts_count, discussion: None })
}

const fn unmoved(log: &Log) -> LogChange {
    LogChange { pts: log.channel.pts, pts_count: 0, discussion: None }
}

/// A message's author and body, if it was not deleted.
pub(in super::super) fn live(
    conn: &Connection,
    channel: ChannelId,
    id: MessageId,
) -> Result<Option<(UserId, Body)>> {
    let found: Option<(i64, Vec<u8>)> = conn
        .prepare_cached(
            "SELECT sender_id, body FROM channel_messages
             WHERE channel_id = ?1 AND id = ?2 AND body IS NOT NULL",
        )?
        .query_row(params![channel.0, id.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    found.map(|(sender, body)| Ok((UserId(sender), decode(&body)?))).transpose()
}

pub(super) fn edit(
    tx: &Connection,
    channel: ChannelId,
    actor: UserId,
    (id, body): (MessageId, &Body),
    edited: Option<UnixTime>,
) -> Result<(Message, LogChange)> {
    let mut log = rows::log(tx, channel)?;
    log.channel.check_exists()?;
    let row = rows::participant(tx, channel, actor)?;
    let found = live(tx, channel, id)?.filter(|(_, body)| body.action.is_none());
    let (author, before) = found.ok_or(Error::NotFound)?;
    // Where the time is not told, a ban counts as running.
    let at = edited.unwrap_or_default();
    let guest = discussion::is_guest(tx, &log.channel, row.as_ref(), actor, at)?;
    log.channel.check_edit(actor, row.as_ref(), (guest, at), author, forbidden_flag(body))?;
    written_as::check(tx, &log, (actor, &before), at, |_| false)?;
    if before == *body {
        return Err(Error::NotModified.into());
    }
    replace(tx, channel, id, (&before, body), edited)?;
    if let Some(at) = edited {
        let texts = Box::new(Turned { before, after: body.clone() });
        admin_log::note_about(tx, channel, (actor, at), id, |about| {
            Happened::EditMessage(about, Some(texts))
        })?;
    }
    let event = StoredChannelEvent::EditMessage { id };
    let mut change = append(tx, &mut log, (1, &event), edited)?;
    rows::save_position(tx, &log)?;
    let viewer = read::Viewer::of(tx, &log.channel, actor)?.seeing_all();
    let message = read::message(tx, &viewer, id)?.ok_or(Error::NotFound)?;
    change.discussion = discussion::edit_copy(tx, &log.channel, (id, message.date), body, edited)?;
    Ok((message, change))
}

/// Writes another body in place of `before`.
pub(super) fn replace(
    tx: &Connection,
    channel: ChannelId,
    id: MessageId,
    (before, after): (&Body, &Body),
    edited: Option<UnixTime>,
) -> Result<()> {
    needed::check(tx, after)?;
    needed::release_replaced(tx, before, after)?;
    tx.prepare_cached(
        "UPDATE channel_messages SET body = ?3, class = ?4, edit_date = coalesce(?5, edit_date), attached = ?6,
             cover = ?7
         WHERE channel_id = ?1 AND id = ?2",
    )?
    .execute(params![
        channel.0,
        id.0,
        encode(after)?,
        after.media_class().number(),
        edited.map(|at| at.0),
        after.attached(),
        after.cover(),
    ])?;
    index::replace(tx, channel, id, Some(before), Some(after))
}

pub(super) fn delete(
    tx: &Connection,
    channel: ChannelId,
    actor: UserId,
    ids: &[MessageId],
    now: UnixTime,
) -> Result<(Vec<MessageId>, LogChange)> {
    let mut log = rows::log(tx, channel)?;
    let mut found = Vec::new();
    for id in ids.iter().copied().collect::<BTreeSet<_>>() {
        found.extend(live(tx, channel, id)?.map(|(author, body)| (id, author, body)));
    }
    let all_own = found.iter().all(|(_, author, _)| *author == actor);
    let row = rows::participant(tx, channel, actor)?;
    let guest = discussion::is_guest(tx, &log.channel, row.as_ref(), actor, now)?;
    log.channel.check_delete(actor, row.as_ref(), (guest, now), all_own)?;
    if found.is_empty() {
        return Ok((Vec::new(), unmoved(&log)));
    }
    for (id, ..) in &found {
        admin_log::note_about(tx, channel, (actor, now), *id, Happened::DeleteMessage)?;
    }
    let found: Vec<_> = found.into_iter().map(|(id, _, body)| (id, body)).collect();
    delete_found(tx, &mut log, &found, now)
}

/// Deletes messages that are there, and the copies of those that are discussed.
pub(super) fn delete_found(
    tx: &Connection,
    log: &mut Log,
    found: &[(MessageId, Body)],
    now: UnixTime,
) -> Result<(Vec<MessageId>, LogChange)> {
    let mut threads: BTreeMap<MessageId, i32> = BTreeMap::new();
    for (id, body) in found {
        if let Some(top) = erase_message(tx, &log.channel, *id, body)? {
            *threads.entry(top).or_default() += 1;
        }
    }
    let deleted: Vec<_> = found.iter().map(|(id, _)| *id).collect();
    let gone = i32::try_from(deleted.len()).unwrap_or(i32::MAX);
    log.messages = log.messages.saturating_sub(gone);
    if deleted.contains(&log.channel.top_message) {
        find_top(tx, log)?;
    }
    let event = StoredChannelEvent::DeleteMessages { ids: deleted.clone() };
    let mut change = append(tx, log, (deleted.len(), &event), Some(now))?;
    for (top, lost) in threads {
        threads::recount(tx, log.channel.id, top, lost, change.pts)?;
    }
    rows::save_position(tx, log)?;
    change.discussion = discussion::delete_copies(tx, &log.channel, &deleted, now)?;
    Ok((deleted, change))
}

/// Leaves only what keeps the log without holes. Answers the thread that has a reply less.
fn erase_message(
    tx: &Connection,
    channel: &Channel,
    id: MessageId,
    body: &Body,
) -> Result<Option<MessageId>> {
    let (broadcast, channel) = (channel.broadcast, channel.id);
    needed::release(tx, body.carried())?;
    let thread = if broadcast { None } else { threads::forget(tx, channel, id)? };
    let (author, mentions): (i64, Option<Vec<u8>>) = tx
        .prepare_cached(
            "SELECT sender_id, mentions FROM channel_messages WHERE channel_id = ?1 AND id = ?2",
        )?
        .query_row(params![channel.0, id.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let place = OwnMessage { author: UserId(author), peer: Peer::Channel(channel), id };
    unread_reactions::forget(tx, place)?;
    let mentions: BTreeSet<UserId> =
        mentions.map_or_else(|| Ok(BTreeSet::new()), |users| decode(&users))?;
    for user in mentions {
        see_mentions(tx, channel, user, &[id])?;
    }
    tx.prepare_cached(
        "UPDATE channel_messages SET edit_date = NULL, class = 0, pinned = 0, reacted = 0, reply_to = NULL,
             thread = NULL, threaded = 0, mentions = NULL, expires = NULL, attached = NULL, cover = NULL, body = NULL,
             send_as = NULL
         WHERE channel_id = ?1 AND id = ?2",
    )?
    .execute(params![channel.0, id.0])?;
    gone::note(tx, channel, id)?;
    for table in ["channel_reactions", "channel_reaction_counts", "channel_counters"] {
        let sql = format!("DELETE FROM {table} WHERE channel_id = ?1 AND id = ?2");
        tx.prepare_cached(&sql)?.execute(params![channel.0, id.0])?;
    }
    index::replace(tx, channel, id, Some(body), None)?;
    admin_log::forget_texts(tx, channel, id)?;
    Ok(thread)
}

fn find_top(conn: &Connection, log: &mut Log) -> Result<()> {
    let channel = log.channel.id;
    let top = gone::newest_below(conn, channel, MessageId(i32::MAX))?;
    log.channel.top_message = top.unwrap_or_default();
    log.top_date = match top {
        Some(id) => conn
            .prepare_cached("SELECT date FROM channel_messages WHERE channel_id = ?1 AND id = ?2")?
            .query_row(params![channel.0, id.0], |row| row.get(0).map(UnixTime))?,
        None => log.channel.created,
    };
    Ok(())
}

pub(super) fn pin(
    tx: &Connection,
    channel: ChannelId,
    actor: UserId,
    (ids, pinned): (&[MessageId], bool),
    now: UnixTime,
) -> Result<(Vec<MessageId>, LogChange)> {
    let mut log = rows::log(tx, channel)?;
    log.channel.check_pin(actor, rows::participant(tx, channel, actor)?.as_ref(), now)?;
    let wanted: BTreeSet<_> = if ids.is_empty() && !pinned {
        all_pinned(tx, channel)?
    } else {
        ids.iter().copied().collect()
    };
    let mut changed = Vec::new();
    for id in wanted {
        let rows = tx
            .prepare_cached(
                "UPDATE channel_messages SET pinned = ?3
                 WHERE channel_id = ?1 AND id = ?2 AND pinned <> ?3 AND body IS NOT NULL",
            )?
            .execute(params![channel.0, id.0, pinned])?;
        if rows > 0 {
            changed.push(id);
        }
    }
    if changed.is_empty() {
        return Ok((changed, unmoved(&log)));
    }
    for id in changed.iter().take(NOTED_PINS) {
        let by = (actor, now);
        admin_log::note_about(tx, channel, by, *id, |about| Happened::UpdatePinned(about, pinned))?;
    }
    let event = StoredChannelEvent::PinnedMessages { ids: changed.clone(), pinned };
    let change = append(tx, &mut log, (changed.len(), &event), Some(now))?;
    rows::save_position(tx, &log)?;
    Ok((changed, change))
}

fn all_pinned(conn: &Connection, channel: ChannelId) -> Result<BTreeSet<MessageId>> {
    let mut statement = conn
        .prepare_cached("SELECT id FROM channel_messages WHERE channel_id = ?1 AND pinned = 1")?;
    let ids = statement.query_map([channel.0], |row| row.get(0).map(MessageId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// Mentions of `user` not yet seen.
pub(in super::super) fn unread_mentions(
    conn: &Connection,
    channel: ChannelId,
    user: UserId,
) -> Result<i32> {
    Ok(i32::try_from(unseen(conn, channel, user, (None, i32::MAX))?.len()).unwrap_or(i32::MAX))
}

/// The oldest of them, or of those in a thread.
pub(super) fn unseen(
    conn: &Connection,
    channel: ChannelId,
    user: UserId,
    (thread, limit): (Option<MessageId>, i32),
) -> Result<Vec<MessageId>> {
    let Some(log) = rows::find(conn, channel)?.filter(|log| !log.channel.deleted) else {
        return Ok(Vec::new());
    };
    let hidden = read::Viewer::of(conn, &log.channel, user)?.hidden;
    let mut statement = conn.prepare_cached(
        "SELECT n.id FROM channel_mentions n
         JOIN channel_messages m ON m.channel_id = n.channel_id AND m.id = n.id AND m.body IS NOT NULL
         WHERE n.channel_id = ?1 AND n.user_id = ?2 AND n.id > ?3 AND (?5 IS NULL OR m.thread = ?5)
         ORDER BY n.id LIMIT ?4",
    )?;
    let params = params![channel.0, user.0, hidden.0, limit.max(0), thread.map(|top| top.0)];
    let ids = statement.query_map(params, |row| row.get(0).map(MessageId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// Marks mentions as seen; answers those that were not.
pub(super) fn see_mentions(
    tx: &Connection,
    channel: ChannelId,
    user: UserId,
    ids: &[MessageId],
) -> Result<Vec<MessageId>> {
    let mut delete = tx.prepare_cached(
        "DELETE FROM channel_mentions WHERE channel_id = ?1 AND user_id = ?2 AND id = ?3",
    )?;
    let mut seen = Vec::new();
    for id in ids {
        if delete.execute(params![channel.0, user.0, id.0])? > 0 {
            seen.push(*id);
        }
    }
    Ok(seen)
}
