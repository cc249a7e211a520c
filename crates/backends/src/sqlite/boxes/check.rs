//! What `hoopoe check` asks of boxes.

use model::invariants::{check_sequence, is_mark_within};
use model::{MessageId, Pts, UserId};
use rusqlite::{Connection, params};
use store::ports::upkeep::CheckReport;

use super::super::Result;

/// Every box: positions without holes, numbers that were given out, marks within them.
pub(in super::super) fn check(conn: &Connection, report: &mut CheckReport) -> Result<()> {
    let mut statement =
        conn.prepare("SELECT owner_id, pts, last_id FROM boxes ORDER BY owner_id")?;
    let mut boxes = statement.query([])?;
    while let Some(row) = boxes.next()? {
        let owner = UserId(row.get(0)?);
        let (pts, last_id) = (Pts(row.get(1)?), MessageId(row.get(2)?));
        report.checked += 1;
        check_box(conn, owner, pts, last_id, &mut report.faults)?;
    }
    check_ownerless(conn, report)
}

fn check_box(
    conn: &Connection,
    owner: UserId,
    pts: Pts,
    last_id: MessageId,
    faults: &mut Vec<String>,
) -> Result<()> {
    let mut fault = |text: String| faults.push(format!("box {}: {text}", owner.0));
    if let Err(broken) = check_sequence(sequence(conn, owner)?, pts) {
        fault(broken.to_string());
    }
    let (wrong, falling): (i64, i64) = conn
        .prepare_cached(
            "SELECT count(*) FILTER (WHERE id < 1 OR id > ?2), count(*) FILTER (WHERE pts <= before)
             FROM (SELECT id, pts, lag(pts, 1, 0) OVER (ORDER BY id) AS before
                   FROM box_messages WHERE owner_id = ?1)",
        )?
        .query_row(params![owner.0, last_id.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if wrong > 0 {
        fault(format!("{wrong} messages have numbers that were not given out"));
    }
    if falling > 0 {
        fault(format!("{falling} messages have a pts not above the one before"));
    }
    let mut statement = conn.prepare_cached(
        "SELECT read_inbox, read_outbox FROM dialogs WHERE owner_id = ?1 AND peer_kind IN (1, 2)",
    )?;
    let mut rows = statement.query([owner.0])?;
    let next_id = MessageId(last_id.0.saturating_add(1));
    while let Some(row) = rows.next()? {
        for mark in [MessageId(row.get(0)?), MessageId(row.get(1)?)] {
            if !is_mark_within(mark, next_id) {
                fault(format!("a read mark at {}, but the newest number is {}", mark.0, last_id.0));
            }
        }
    }
    Ok(())
}

/// All events of a box in order, with their counts.
fn sequence(conn: &Connection, owner: UserId) -> Result<Vec<(Pts, i32)>> {
    let mut statement = conn.prepare_cached(
        "SELECT pts, 1 FROM box_messages WHERE owner_id = ?1
         UNION ALL SELECT pts, pts_count FROM box_events WHERE owner_id = ?1 ORDER BY 1",
    )?;
    let rows = statement.query_map([owner.0], |row| Ok((Pts(row.get(0)?), row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Nothing lies in a box that does not exist.
fn check_ownerless(conn: &Connection, report: &mut CheckReport) -> Result<()> {
    let lost: i64 = conn.query_row(
        "SELECT count(*) FROM (SELECT owner_id FROM box_messages UNION SELECT owner_id FROM box_events)
         WHERE owner_id NOT IN (SELECT owner_id FROM boxes)",
        [],
        |row| row.get(0),
    )?;
    if lost > 0 {
        report.faults.push(format!("{lost} owners have messages but no box"));
    }
    Ok(())
}
