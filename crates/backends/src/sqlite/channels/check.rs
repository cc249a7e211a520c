//! What must hold of every channel, for `hoopoe check`.

use model::invariants::check_sequence;
use model::{ChannelId, Pts};
use rusqlite::{Connection, params};
use store::ports::upkeep::CheckReport;

use super::super::Result;
use super::rows::{self, Log};

/// Looks at every channel; faults name it by number only.
pub(in super::super) fn check(conn: &Connection, report: &mut CheckReport) -> Result<()> {
    let mut statement = conn.prepare("SELECT id FROM channels ORDER BY id")?;
    let ids = statement.query_map([], |row| row.get(0).map(ChannelId))?;
    for id in ids {
        let log = rows::log(conn, id?)?;
        report.checked += 1;
        let mut faults = people(conn, &log)?;
        if !log.channel.deleted {
            faults.extend(sequence(conn, &log)?);
            faults.extend(messages(conn, &log)?);
            faults.extend(marks(conn, &log)?);
            faults.extend(reactions(conn, &log)?);
            faults.extend(threads(conn, &log)?);
        }
        let id = log.channel.id.0;
        report.faults.extend(faults.into_iter().map(|fault| format!("channel {id}: {fault}")));
    }
    Ok(())
}

fn expect(faults: &mut Vec<String>, what: &str, kept: i64, found: i64) {
    if kept != found {
        faults.push(format!("{what} is {kept}, but should be {found}"));
    }
}

/// The counts of people are those of the rows.
fn people(conn: &Connection, log: &Log) -> Result<Vec<String>> {
    let (members, admins, kicked): (i64, i64, i64) = conn.query_row(
        "SELECT coalesce(sum(member), 0), coalesce(sum(class = 1), 0), coalesce(sum(class IN (2, 3)), 0)
         FROM channel_participants WHERE channel_id = ?1",
        [log.channel.id.0],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let mut faults = Vec::new();
    expect(&mut faults, "the count of participants", log.channel.participants.into(), members);
    expect(&mut faults, "the count of admins", log.channel.admins.into(), admins);
    expect(&mut faults, "the count of kicked people", log.channel.kicked.into(), kicked);
    Ok(faults)
}

/// Messages and events fill the log's positions.
fn sequence(conn: &Connection, log: &Log) -> Result<Vec<String>> {
    let mut statement = conn.prepare_cached(
        "SELECT pts, 1 FROM channel_messages WHERE channel_id = ?1
         UNION ALL SELECT pts, pts_count FROM channel_events WHERE channel_id = ?1 ORDER BY 1",
    )?;
    let rows = statement
        .query_map([log.channel.id.0], |row| Ok((Pts(row.get(0)?), row.get::<_, i32>(1)?)))?;
    let mut failed = None;
    // Not collected: a log may have millions of events.
    let events = rows.map_while(|event| event.map_err(|error| failed = Some(error)).ok());
    let checked = check_sequence(events, log.channel.pts);
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(checked.err().map(|fault| fault.to_string()).into_iter().collect()),
    }
}

/// Deleted messages are counted in their blocks, and whether there is a public name is marked.
fn marks(conn: &Connection, log: &Log) -> Result<Vec<String>> {
    let id = log.channel.id.0;
    let wrong: i64 = conn.query_row(
        "SELECT count(*) FROM
             (SELECT id / 1024 AS block, count(*) AS gone FROM channel_messages
              WHERE channel_id = ?1 AND body IS NULL GROUP BY block) m
         FULL JOIN (SELECT block, gone FROM channel_gone WHERE channel_id = ?1) g ON g.block = m.block
         WHERE g.gone IS NOT m.gone",
        [id],
        |row| row.get(0),
    )?;
    let public: bool =
        conn.query_row("SELECT public FROM channels WHERE id = ?1", [id], |row| row.get(0))?;
    let mut faults = Vec::new();
    expect(&mut faults, "the number of blocks with a wrong count of deleted messages", wrong, 0);
    let named = log.channel.username.is_some();
    expect(&mut faults, "the mark of a public name", public.into(), named.into());
    Ok(faults)
}

/// Numbers have no holes; the newest and the number of messages are as kept.
fn messages(conn: &Connection, log: &Log) -> Result<Vec<String>> {
    let (rows, last, live, top): (i64, i64, i64, i64) = conn.query_row(
        "SELECT count(*), coalesce(max(id), 0), coalesce(sum(body IS NOT NULL), 0),
             coalesce(max(CASE WHEN body IS NOT NULL THEN id END), 0)
         FROM channel_messages WHERE channel_id = ?1",
        [log.channel.id.0],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    let mut faults = Vec::new();
    expect(&mut faults, "the last number", log.last_id.0.into(), last);
    expect(&mut faults, "the last number", log.last_id.0.into(), rows);
    expect(&mut faults, "the count of messages", log.messages.into(), live);
    expect(&mut faults, "the newest message", log.channel.top_message.0.into(), top);
    let disorder: i64 = conn.query_row(
        "SELECT count(*) FROM (SELECT pts - lag(pts) OVER (ORDER BY id) AS step
         FROM channel_messages WHERE channel_id = ?1) WHERE step < 1",
        [log.channel.id.0],
        |row| row.get(0),
    )?;
    expect(&mut faults, "the number of messages out of order", disorder, 0);
    let marks: i64 = conn.query_row(
        "SELECT count(*) FROM dialogs WHERE peer_kind = 3 AND peer_id = ?1 AND (read_inbox < 0 OR read_inbox > ?2)",
        params![log.channel.id.0, last],
        |row| row.get(0),
    )?;
    expect(&mut faults, "the number of read marks beyond the log", marks, 0);
    Ok(faults)
}

/// Counts of reactions are those of the rows.
fn reactions(conn: &Connection, log: &Log) -> Result<Vec<String>> {
    let id = log.channel.id.0;
    let given: i64 = conn.query_row(
        "SELECT count(*) FROM channel_reactions WHERE channel_id = ?1",
        [id],
        |row| row.get(0),
    )?;
    let counted: i64 = conn.query_row(
        "SELECT coalesce(sum(given), 0) FROM channel_reaction_counts WHERE channel_id = ?1",
        [id],
        |row| row.get(0),
    )?;
    let mut faults = Vec::new();
    expect(&mut faults, "the count of reactions", counted, given);
    Ok(faults)
}

/// Each thread counts the replies that it has.
fn threads(conn: &Connection, log: &Log) -> Result<Vec<String>> {
    let wrong: i64 = conn.query_row(
        "SELECT count(*) FROM channel_threads t
         WHERE t.channel_id = ?1 AND t.replies <> (SELECT count(*) FROM channel_messages m
             WHERE m.channel_id = t.channel_id AND m.thread = t.top_id)",
        [log.channel.id.0],
        |row| row.get(0),
    )?;
    let mut faults = Vec::new();
    expect(&mut faults, "the number of threads with a wrong count", wrong, 0);
    Ok(faults)
}
