//! Lists of people, and of the channels of a person.

use std::fmt::Write as _;

use model::channel::{Participant, ParticipantClass, named_by};
use model::search::{matches, words};
use model::{ChannelId, Pts, UnixTime, UserId};
use rusqlite::types::ToSql;
use rusqlite::{Connection, params};
use store::ports::channels::{Listed, ParticipantFilter};

use super::super::Result;
use super::rows;

/// People looked through for one search by name: a bound on what one call may cost.
const CANDIDATES: i64 = 10_000;

/// The channels that a person is in.
pub(super) fn channels_of(conn: &Connection, user: UserId) -> Result<Vec<ChannelId>> {
    let mut statement = conn.prepare_cached(
        "SELECT p.channel_id FROM channel_participants p JOIN channels c ON c.id = p.channel_id
         WHERE p.user_id = ?1 AND p.member = 1 AND c.deleted = 0 ORDER BY p.channel_id",
    )?;
    let ids = statement.query_map([user.0], |row| row.get(0).map(ChannelId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// The same, with the departures of each.
pub(super) fn memberships(conn: &Connection, user: UserId) -> Result<Vec<(ChannelId, i64)>> {
    let mut statement = conn.prepare_cached(
        "SELECT p.channel_id, c.departures FROM channel_participants p JOIN channels c ON c.id = p.channel_id
         WHERE p.user_id = ?1 AND p.member = 1 AND c.deleted = 0 ORDER BY p.channel_id",
    )?;
    let found = statement.query_map([user.0], |row| Ok((ChannelId(row.get(0)?), row.get(1)?)))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Those of these people who are not in a channel.
pub(super) fn strangers(
    conn: &Connection,
    channel: ChannelId,
    mut people: Vec<UserId>,
) -> Result<Vec<UserId>> {
    let mut strangers = Vec::new();
    for user in people.drain(..) {
        if !rows::is_member(conn, channel, user)? {
            strangers.push(user);
        }
    }
    Ok(strangers)
}

/// Those of them whose logs moved since, and where they stand.
pub(super) fn channels_moved(
    conn: &Connection,
    user: UserId,
    since: UnixTime,
) -> Result<Vec<(ChannelId, Pts)>> {
    let mut statement = conn.prepare_cached(MOVED)?;
    let found = statement.query_map(params![user.0, since.0], |row| {
        Ok((ChannelId(row.get(0)?), Pts(row.get(1)?)))
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// From the person to the channels: never through all that moved on this server.
const MOVED: &str = "SELECT c.id, c.pts FROM channel_participants p JOIN channels c ON c.id = p.channel_id
     WHERE p.user_id = ?1 AND p.member = 1 AND c.moved >= ?2 AND c.deleted = 0 ORDER BY p.channel_id";

/// The public channels that a person made.
pub(super) fn public_channels_of(conn: &Connection, creator: UserId) -> Result<Vec<ChannelId>> {
    let mut statement = conn.prepare_cached(
        "SELECT c.id FROM channels c JOIN names n ON n.peer_kind = 3 AND n.peer_id = c.id
         WHERE c.creator_id = ?1 AND c.deleted = 0 ORDER BY c.id",
    )?;
    let ids = statement.query_map([creator.0], |row| row.get(0).map(ChannelId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// Those with a public name and an id in the range, newest first.
pub(super) fn public_channels(
    conn: &Connection,
    ids: &std::ops::Range<ChannelId>,
    limit: i32,
) -> Result<Vec<Listed>> {
    let mut statement = conn.prepare_cached(
        "SELECT n.peer_id, n.name, c.broadcast
         FROM names n CROSS JOIN channels c ON c.id = n.peer_id AND c.deleted = 0
         WHERE n.peer_kind = 3 AND n.peer_id >= ?1 AND n.peer_id < ?2
         ORDER BY n.peer_id DESC LIMIT ?3",
    )?;
    let found = statement.query_map((ids.start.0, ids.end.0, limit.max(0)), |row| {
        Ok(Listed { id: ChannelId(row.get(0)?), name: row.get(1)?, broadcast: row.get(2)? })
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Members with an id above `after`.
pub(super) fn member_ids(
    conn: &Connection,
    channel: ChannelId,
    after: UserId,
    limit: i32,
) -> Result<Vec<UserId>> {
    rows::log(conn, channel)?;
    let mut statement = conn.prepare_cached(
        "SELECT user_id FROM channel_participants WHERE channel_id = ?1 AND user_id > ?2 AND member = 1
         ORDER BY user_id LIMIT ?3",
    )?;
    let params = params![channel.0, after.0, limit.max(0)];
    let ids = statement.query_map(params, |row| row.get(0).map(UserId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// A page of participants, and how many fit the filter, but for those who are left out.
pub(super) fn list(
    conn: &Connection,
    channel: ChannelId,
    viewer: UserId,
    (filter, without): (&ParticipantFilter, &[UserId]),
    (offset, limit): (i32, i32),
) -> Result<(Vec<Participant>, i32)> {
    let log = rows::log(conn, channel)?;
    let mut found = match filter {
        ParticipantFilter::Recent => return recent(conn, &log, without, (offset, limit)),
        ParticipantFilter::Search(query) if words(query).is_empty() => {
            return recent(conn, &log, without, (offset, limit));
        }
        ParticipantFilter::Admins => {
            let mut admins = of_class(conn, channel, ParticipantClass::Admin, "")?;
            admins.sort_by_key(|row| (row.user != log.channel.creator, row.user));
            admins
        }
        ParticipantFilter::Kicked(query) => {
            of_class(conn, channel, ParticipantClass::Kicked, query)?
        }
        ParticipantFilter::Banned(query) => {
            of_class(conn, channel, ParticipantClass::Restricted, query)?
        }
        ParticipantFilter::Search(query) => members_named(conn, channel, query)?,
        ParticipantFilter::Contacts(query) => contacts(conn, channel, viewer, query)?,
    };
    found.retain(|row| !without.contains(&row.user));
    Ok(page(found, offset, limit))
}

fn page(list: Vec<Participant>, offset: i32, limit: i32) -> (Vec<Participant>, i32) {
    let total = i32::try_from(list.len()).unwrap_or(i32::MAX);
    let at = |n: i32| usize::try_from(n).unwrap_or(0);
    (list.into_iter().skip(at(offset)).take(at(limit)).collect(), total)
}

/// Those before the page are passed over in the index alone.
pub(super) fn recent_statement(without: &[UserId]) -> String {
    let mut sql = "SELECT p.body FROM
         (SELECT user_id, date FROM channel_participants WHERE channel_id = ?1 AND member = 1"
        .to_owned();
    if !without.is_empty() {
        let ids: Vec<String> = without.iter().map(|user| user.0.to_string()).collect();
        let _ = write!(sql, " AND user_id NOT IN ({})", ids.join(", "));
    }
    sql.push_str(
        " ORDER BY date DESC, user_id LIMIT ?2 OFFSET ?3) page
     CROSS JOIN channel_participants p ON p.channel_id = ?1 AND p.user_id = page.user_id
     ORDER BY page.date DESC, page.user_id",
    );
    sql
}

/// A page of the members, newest first, and how many there are.
fn recent(
    conn: &Connection,
    log: &rows::Log,
    without: &[UserId],
    (offset, limit): (i32, i32),
) -> Result<(Vec<Participant>, i32)> {
    let channel = log.channel.id;
    let mut total = log.channel.participants;
    for user in without {
        total -= i32::from(rows::is_member(conn, channel, *user)?);
    }
    let mut statement = conn.prepare_cached(&recent_statement(without))?;
    let mut rows = statement.query(params![channel.0, limit.max(0), offset.max(0)])?;
    let mut people = Vec::new();
    while let Some(row) = rows.next()? {
        people.push(rows::participant_of(row)?);
    }
    Ok((people, total))
}

/// Participants of one class whose name fits.
pub(super) fn of_class(
    conn: &Connection,
    channel: ChannelId,
    class: ParticipantClass,
    query: &str,
) -> Result<Vec<Participant>> {
    let sql = "SELECT p.body, u.first_name, u.last_name, u.username, p.user_id
         FROM channel_participants p LEFT JOIN users u ON u.id = p.user_id
         WHERE p.channel_id = ?1 AND p.class = ?2 AND p.class <> 0
         ORDER BY p.date DESC, p.user_id LIMIT ?3";
    named(conn, sql, &[&channel.0, &class.number(), &CANDIDATES], query)
}

fn members_named(conn: &Connection, channel: ChannelId, query: &str) -> Result<Vec<Participant>> {
    let sql = "SELECT p.body, u.first_name, u.last_name, u.username, p.user_id
         FROM channel_participants p LEFT JOIN users u ON u.id = p.user_id
         WHERE p.channel_id = ?1 AND p.member = 1 ORDER BY p.date DESC, p.user_id LIMIT ?2";
    named(conn, sql, &[&channel.0, &CANDIDATES], query)
}

fn contacts(
    conn: &Connection,
    channel: ChannelId,
    viewer: UserId,
    query: &str,
) -> Result<Vec<Participant>> {
    let sql = "SELECT p.body, u.first_name, u.last_name, u.username, p.user_id
         FROM contacts k
         JOIN channel_participants p ON p.channel_id = ?1 AND p.user_id = k.user_id AND p.member = 1
         LEFT JOIN users u ON u.id = p.user_id
         WHERE k.owner_id = ?2 ORDER BY p.date DESC, p.user_id LIMIT ?3";
    named(conn, sql, &[&channel.0, &viewer.0, &CANDIDATES], query)
}

/// The people of a query (participant, first, last and public name, number) who are called so.
fn named(
    conn: &Connection,
    sql: &str,
    params: &[&dyn ToSql],
    query: &str,
) -> Result<Vec<Participant>> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut people = Vec::new();
    while let Some(row) = rows.next()? {
        let mut names = String::new();
        for column in 1..=3 {
            names.push_str(&row.get::<_, Option<String>>(column)?.unwrap_or_default());
            names.push(' ');
        }
        if let Some(channel) = named_by(UserId(row.get(4)?)) {
            let log = rows::find(conn, channel)?.filter(|log| !log.channel.deleted);
            names = log.map(|log| log.channel.search_text()).unwrap_or_default();
        }
        if matches(&names, query) {
            people.push(rows::participant_of(row)?);
        }
    }
    Ok(people)
}
