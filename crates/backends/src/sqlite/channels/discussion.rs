//! Channels and the supergroups where their posts are discussed: the link, guests, and copies that follow their posts.

use model::channel::{Channel, Link, Participant};
use model::event::StoredChannelEvent;
use model::message::Body;
use model::{ChannelId, MessageId, UnixTime, UserId};
use rusqlite::{Connection, params};
use store::Error;
use store::ports::channels::Moved;

use super::super::{Result, admin_log};
use super::change::{self, live};
use super::rows;

/// Links two channels, or parts one from its partner.
pub(super) fn link(
    tx: &Connection,
    (actor, now): (UserId, UnixTime),
    broadcast: Option<ChannelId>,
    group: Option<ChannelId>,
) -> Result<Vec<Channel>> {
    let broadcast = broadcast.map(|id| of_kind(tx, id, true)).transpose()?;
    let group = group.map(|id| of_kind(tx, id, false)).transpose()?;
    let row = |channel: &Option<Channel>| match channel {
        Some(channel) => rows::participant(tx, channel.id, actor),
        None => Ok(None),
    };
    let (own, own_there) = (row(&broadcast)?, row(&group)?);
    let link = Link {
        actor,
        broadcast: broadcast.as_ref().map(|channel| (channel, own.as_ref())),
        group: group.as_ref().map(|channel| (channel, own_there.as_ref())),
    };
    link.check()?;
    if group.as_ref().is_some_and(|group| group.prehistory_hidden && broadcast.is_some()) {
        return Err(Error::Conflict.into());
    }
    let ends = [(&broadcast, &group), (&group, &broadcast)];
    let linked = |end: &Option<Channel>| end.as_ref().map(|channel| channel.id);
    if ends
        .iter()
        .all(|(end, other)| end.as_ref().is_none_or(|channel| channel.linked == linked(other)))
    {
        return Err(Error::NotModified.into());
    }
    let mut changed = Vec::new();
    for (end, other) in ends {
        let Some(end) = end else { continue };
        let other = linked(other);
        if let Some(former) = end.linked.filter(|former| Some(*former) != other) {
            let before = rows::log(tx, former)?.channel;
            let parted = part(tx, former)?;
            admin_log::note_change(tx, &before, &parted, (actor, now))?;
            changed.push(parted);
        }
        let after = Channel { linked: other, join_to_send: false, ..end.clone() };
        rows::save_description(tx, &after)?;
        admin_log::note_change(tx, end, &after, (actor, now))?;
        changed.push(after);
    }
    Ok(changed)
}

fn of_kind(conn: &Connection, id: ChannelId, broadcast: bool) -> Result<Channel> {
    let channel = rows::log(conn, id)?.channel;
    if channel.broadcast == broadcast { Ok(channel) } else { Err(Error::NotFound.into()) }
}

/// Ends a channel's link from its side.
pub(super) fn part(tx: &Connection, id: ChannelId) -> Result<Channel> {
    let channel = Channel { linked: None, join_to_send: false, ..rows::log(tx, id)?.channel };
    rows::save_description(tx, &channel)?;
    Ok(channel)
}

/// Whether somebody comes as a reader of the channel that is discussed here. Costs nothing where nobody does.
pub(super) fn is_guest(
    conn: &Connection,
    group: &Channel,
    row: Option<&Participant>,
    user: UserId,
    now: UnixTime,
) -> Result<bool> {
    let Some(channel) = group.hosts_readers_of(row) else { return Ok(false) };
    let channel = rows::log(conn, channel)?.channel;
    let row = rows::participant(conn, channel.id, user)?;
    Ok(channel.check_view(row.as_ref(), now).is_ok())
}

/// The copies of posts, in the group that they are discussed in now.
fn copies(conn: &Connection, channel: &Channel, posts: &[MessageId]) -> Result<Vec<MessageId>> {
    let Some(group) = channel.linked.filter(|_| channel.broadcast) else { return Ok(Vec::new()) };
    let mut statement = conn.prepare_cached(
        "SELECT top_id FROM channel_threads WHERE post_channel_id = ?1 AND post_id = ?2 AND channel_id = ?3",
    )?;
    let mut copies = Vec::new();
    for post in posts {
        let mut rows = statement.query(params![channel.id.0, post.0, group.0])?;
        if let Some(row) = rows.next()? {
            copies.push(MessageId(row.get(0)?));
        }
    }
    Ok(copies)
}

/// Deletes the copies of posts that are gone.
pub(super) fn delete_copies(
    tx: &Connection,
    channel: &Channel,
    posts: &[MessageId],
    now: UnixTime,
) -> Result<Option<Moved>> {
    let copies = copies(tx, channel, posts)?;
    let Some(group) = channel.linked.filter(|_| !copies.is_empty()) else { return Ok(None) };
    let mut log = rows::log(tx, group)?;
    let mut found = Vec::new();
    for id in copies {
        found.extend(live(tx, group, id)?.map(|(_, body)| (id, body)));
    }
    if found.is_empty() {
        return Ok(None);
    }
    let (_, change) = change::delete_found(tx, &mut log, &found, now)?;
    Ok(Some(Moved { channel: group, pts: change.pts, pts_count: change.pts_count }))
}

/// Brings the copy of an edited post up to date.
pub(super) fn edit_copy(
    tx: &Connection,
    channel: &Channel,
    (post, date): (MessageId, UnixTime),
    body: &Body,
    edited: Option<UnixTime>,
) -> Result<Option<Moved>> {
    let copy = copies(tx, channel, &[post])?.pop();
    let Some((group, id)) = channel.linked.zip(copy) else { return Ok(None) };
    let Some((_, before)) = live(tx, group, id)? else { return Ok(None) };
    let mut after = body.discussion_copy(channel, post, date);
    (after.ttl_period, after.expires) = (before.ttl_period, before.expires);
    if before == after {
        return Ok(None);
    }
    let mut log = rows::log(tx, group)?;
    change::replace(tx, group, id, (&before, &after), edited)?;
    let event = StoredChannelEvent::EditMessage { id };
    let change = change::append(tx, &mut log, (1, &event), edited)?;
    rows::save_position(tx, &log)?;
    Ok(Some(Moved { channel: group, pts: change.pts, pts_count: change.pts_count }))
}
