//! In which names somebody may write in a supergroup.

use model::channel::Participant;
use model::message::Body;
use model::rights::BannedRights;
use model::{ChannelId, UnixTime, UserId};
use rusqlite::{Connection, params};

use super::super::Result;
use super::rows::{self, Log};

/// The rows in a supergroup of the channels that somebody owns.
pub(super) fn owned(
    conn: &Connection,
    group: ChannelId,
    owner: UserId,
) -> Result<Vec<Participant>> {
    rows_of(conn, group, owner, None)
}

/// Those and that of one more channel.
fn rows_of(
    conn: &Connection,
    group: ChannelId,
    owner: UserId,
    name: Option<ChannelId>,
) -> Result<Vec<Participant>> {
    rows::log(conn, group)?;
    let mut statement = conn.prepare_cached(ROWS)?;
    let mut found = statement.query(params![group.0, owner.0, name.map(|name| name.0)])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        rows.push(rows::participant_of(row)?);
    }
    Ok(rows)
}

/// From the person's channels to their rows, never through those of everybody.
pub(super) const ROWS: &str = "SELECT body FROM channel_participants
     WHERE channel_id = ?1 AND user_id IN (SELECT -id FROM channels WHERE creator_id = ?2 UNION SELECT -?3)
     ORDER BY user_id";

/// Whether `sender` may write a message in the name that it has.
pub(super) fn check(
    tx: &Connection,
    log: &Log,
    (sender, body): (UserId, &Body),
    now: UnixTime,
    forbidden: impl Fn(&BannedRights) -> bool,
) -> Result<()> {
    let group = &log.channel;
    if body.send_as.is_none_or(|name| name == group.id) {
        return Ok(());
    }
    let rows = rows_of(tx, group.id, sender, body.send_as)?;
    Ok(group.check_name(body.send_as, &rows, now, forbidden)?)
}
