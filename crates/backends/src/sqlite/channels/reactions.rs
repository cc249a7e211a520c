//! Reactions to posts, with their counts kept.

use model::event::AccountEvent;
use model::limits::REACTIONS_PER_USER;
use model::limits::RECENT_REACTIONS;
use model::message::Message;
use model::reaction::{Reaction, Summary, distinct};
use model::rights::Denial;
use model::{ChannelId, MessageId, Peer, UnixTime, UserId};
use rusqlite::{Connection, Row, params};
use store::Error;

use super::super::Result;
use super::super::profile;
use super::super::unread_reactions::{self, OwnMessage};
use super::{discussion, read, rows};

/// All reactions to a message, as one viewer sees them, who may be its author.
pub(super) fn summary(
    conn: &Connection,
    (channel, id): (ChannelId, MessageId),
    viewer: UserId,
    show_people: bool,
    own: bool,
) -> Result<Summary> {
    let recent = if show_people {
        let shown = i32::try_from(RECENT_REACTIONS).unwrap_or(i32::MAX);
        let place = OwnMessage { author: viewer, peer: Peer::Channel(channel), id };
        let since = if own { unread_reactions::since(conn, place)? } else { None };
        marked(list(conn, (channel, id), None, 0, shown)?, viewer, since)
    } else {
        Vec::new()
    };
    let mine = of_user(conn, channel, id, viewer)?.into_iter().map(|(_, emoji)| emoji).collect();
    Ok(Summary { counts: counts(conn, channel, id)?, mine, recent })
}

/// Reactions with their numbers, of which those of others than `viewer` from the number `since` on are unseen.
fn marked(list: Vec<(i64, Reaction)>, viewer: UserId, since: Option<i64>) -> Vec<Reaction> {
    let unread = |number: i64, reaction: &Reaction| {
        reaction.user != viewer && since.is_some_and(|since| number >= since)
    };
    list.into_iter()
        .map(|(number, reaction)| Reaction { unread: unread(number, &reaction), ..reaction })
        .collect()
}

fn counts(conn: &Connection, channel: ChannelId, id: MessageId) -> Result<Vec<(String, i32)>> {
    let mut statement = conn.prepare_cached(
        "SELECT c.emoji, c.given,
             (SELECT min(r.number) FROM channel_reactions r
              WHERE r.channel_id = c.channel_id AND r.id = c.id AND r.emoji = c.emoji) AS first
         FROM channel_reaction_counts c WHERE c.channel_id = ?1 AND c.id = ?2
         ORDER BY c.given DESC, first",
    )?;
    let counts =
        statement.query_map(params![channel.0, id.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(counts.collect::<rusqlite::Result<_>>()?)
}

/// One person's reactions with their numbers, in the order chosen.
fn of_user(
    conn: &Connection,
    channel: ChannelId,
    id: MessageId,
    user: UserId,
) -> Result<Vec<(i64, String)>> {
    let mut statement = conn.prepare_cached(
        "SELECT number, emoji FROM channel_reactions
         WHERE channel_id = ?1 AND id = ?2 AND user_id = ?3 ORDER BY number",
    )?;
    let params = params![channel.0, id.0, user.0];
    let own = statement.query_map(params, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(own.collect::<rusqlite::Result<_>>()?)
}

/// Who reacted, newest first, with their numbers: of one emoji, or of all.
fn list(
    conn: &Connection,
    (channel, id): (ChannelId, MessageId),
    emoji: Option<&str>,
    offset: i32,
    limit: i32,
) -> Result<Vec<(i64, Reaction)>> {
    let condition = if emoji.is_some() { "emoji = ?5" } else { "?5 IS NULL" };
    let sql = format!(
        "SELECT user_id, emoji, date, send_as, number FROM channel_reactions
         WHERE channel_id = ?1 AND id = ?2 AND {condition} ORDER BY number DESC LIMIT ?3 OFFSET ?4"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let params = params![channel.0, id.0, limit.max(0), offset.max(0), emoji];
    let list = statement.query_map(params, |row| Ok((row.get(4)?, reaction(row)?)))?;
    Ok(list.collect::<rusqlite::Result<_>>()?)
}

fn reaction(row: &Row<'_>) -> rusqlite::Result<Reaction> {
    let send_as: Option<i64> = row.get(3)?;
    Ok(Reaction {
        user: UserId(row.get(0)?),
        send_as: send_as.map(ChannelId),
        emoji: row.get(1)?,
        date: UnixTime(row.get(2)?),
        unread: false,
    })
}

/// A page of who reacted, and how many there are, as somebody sees it who may be the author.
pub(super) fn page(
    conn: &Connection,
    viewer: UserId,
    (channel, id): (ChannelId, MessageId),
    emoji: Option<&str>,
    (offset, limit): (i32, i32),
) -> Result<(Vec<Reaction>, i32)> {
    let author = read::author(conn, channel, id)?.ok_or(Error::NotFound)?;
    let place = OwnMessage { author, peer: Peer::Channel(channel), id };
    let since = if author == viewer { unread_reactions::since(conn, place)? } else { None };
    let counts = counts(conn, channel, id)?;
    let of_emoji = counts.iter().filter(|(one, _)| emoji.is_none_or(|emoji| one == emoji));
    let total = of_emoji.map(|(_, given)| *given).sum();
    let list = list(conn, (channel, id), emoji, offset, limit)?;
    Ok((marked(list, viewer, since), total))
}

/// Replaces one person's reactions.
pub(super) fn react(
    tx: &Connection,
    (channel, id): (ChannelId, MessageId),
    user: UserId,
    emoji: Vec<String>,
    at: UnixTime,
) -> Result<Message> {
    let log = rows::log(tx, channel)?;
    let row = rows::participant(tx, channel, user)?;
    let guest = discussion::is_guest(tx, &log.channel, row.as_ref(), user, at)?;
    log.channel.check_view_as(row.as_ref(), guest, at)?;
    let viewer = read::Viewer::of(tx, &log.channel, user)?;
    let emoji = distinct(emoji);
    let message = read::message(tx, &viewer, id)?;
    let Some(message) = message.filter(|message| message.body.action.is_none()) else {
        return Err(Error::NotFound.into());
    };
    if emoji.len() > REACTIONS_PER_USER {
        return Err(Denial::TooMany.into());
    }
    if !emoji.iter().all(|one| log.channel.allows_reaction(one)) {
        return Err(Denial::WriteForbidden.into());
    }
    take_back(tx, channel, id, user)?;
    let given = Given { user, send_as: log.channel.speaks_for(user, row.as_ref()), at };
    let first = give(tx, (channel, id), given, &emoji)?;
    if !log.channel.broadcast && message.from != user {
        let place = OwnMessage { author: message.from, peer: Peer::Channel(channel), id };
        let waited = unread_reactions::since(tx, place)?.is_some();
        note_unread(tx, channel, place, first)?;
        if unread_reactions::since(tx, place)?.is_some() != waited {
            // Once until they are seen, however many come.
            let event = AccountEvent::MessageReactions { peer: place.peer, id };
            profile::append_event(tx, place.author, event, at)?;
        }
    }
    Ok(read::message(tx, &viewer, id)?.ok_or(Error::NotFound)?)
}

fn take_back(tx: &Connection, channel: ChannelId, id: MessageId, user: UserId) -> Result<()> {
    for (number, emoji) in of_user(tx, channel, id, user)? {
        tx.prepare_cached(
            "DELETE FROM channel_reactions WHERE channel_id = ?1 AND id = ?2 AND number = ?3",
        )?
        .execute(params![channel.0, id.0, number])?;
        tx.prepare_cached(
            "UPDATE channel_reaction_counts SET given = given - 1
             WHERE channel_id = ?1 AND id = ?2 AND emoji = ?3",
        )?
        .execute(params![channel.0, id.0, emoji])?;
        tx.prepare_cached(
            "DELETE FROM channel_reaction_counts
             WHERE channel_id = ?1 AND id = ?2 AND emoji = ?3 AND given <= 0",
        )?
        .execute(params![channel.0, id.0, emoji])?;
    }
    Ok(())
}

/// Who reacts, in whose name, and when.
struct Given {
    user: UserId,
    send_as: Option<ChannelId>,
    at: UnixTime,
}

/// Answers the number of the first, if there are any.
fn give(
    tx: &Connection,
    (channel, id): (ChannelId, MessageId),
    Given { user, send_as, at }: Given,
    emoji: &[String],
) -> Result<Option<i64>> {
    if emoji.is_empty() {
        return Ok(None);
    }
    let last: i64 = tx
        .prepare_cached(
            "SELECT coalesce(max(number), 0) FROM channel_reactions WHERE channel_id = ?1 AND id = ?2",
        )?
        .query_row(params![channel.0, id.0], |row| row.get(0))?;
    let first = last.saturating_add(1);
    for (number, emoji) in (first..).zip(emoji) {
        tx.prepare_cached(
            "INSERT INTO channel_reactions (channel_id, id, number, user_id, send_as, emoji, date)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            channel.0,
            id.0,
            number,
            user.0,
            send_as.map(|channel| channel.0),
            emoji,
            at.0
        ])?;
        tx.prepare_cached(
            "INSERT INTO channel_reaction_counts (channel_id, id, emoji, given) VALUES (?1, ?2, ?3, 1)
             ON CONFLICT (channel_id, id, emoji) DO UPDATE SET given = given + 1",
        )?
        .execute(params![channel.0, id.0, emoji])?;
    }
    tx.prepare_cached(
        "UPDATE channel_messages SET reacted = 1 WHERE channel_id = ?1 AND id = ?2 AND reacted = 0",
    )?
    .execute(params![channel.0, id.0])?;
    Ok(Some(first))
}

/// Somebody's reactions to a message changed: from the number `first` on they are new to its author, if there are any. Whoever
/// left hears nothing of it.
fn note_unread(
    tx: &Connection,
    channel: ChannelId,
    place: OwnMessage,
    first: Option<i64>,
) -> Result<()> {
    let OwnMessage { author, id, .. } = place;
    match first {
        Some(first) if rows::is_member(tx, channel, author)? => {
            return unread_reactions::came(tx, place, first);
        }
        Some(_) => return Ok(()),
        None => {}
    }
    let newest = tx
        .prepare_cached(
            "SELECT max(number) FROM channel_reactions WHERE channel_id = ?1 AND id = ?2 AND user_id <> ?3",
        )?
        .query_row(params![channel.0, id.0, author.0], |row| row.get(0))?;
    unread_reactions::went(tx, place, newest)
}
