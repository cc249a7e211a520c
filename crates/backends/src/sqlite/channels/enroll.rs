//! Large audiences for benchmarks and counted tests.

use std::ops::Range;
use std::path::Path;

use model::account::User;
use model::{ChannelId, UnixTime, UserId};
use rusqlite::{Connection, TransactionBehavior};

use super::super::{Fault, Result, dialogs, users};
use super::rows;

/// People of one transaction.
const PIECE: usize = 50_000;

/// Makes accounts without a phone number of these ids, and subscribers of them, in a database that nobody else has open.
pub(crate) fn enroll(
    database: &Path,
    channel: ChannelId,
    people: Range<i64>,
    now: UnixTime,
) -> store::Result<()> {
    write(database, channel, people, now).map_err(|Fault(error)| error)
}

fn write(database: &Path, channel: ChannelId, people: Range<i64>, now: UnixTime) -> Result<()> {
    let mut conn = Connection::open(database)?;
    // A half of it is of no use: whoever asks begins anew.
    conn.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144")?;
    let people: Vec<i64> = people.collect();
    for piece in people.chunks(PIECE) {
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let log = rows::log(&tx, channel)?;
        let mut counted = log.channel.clone();
        for id in piece.iter().copied().map(UserId) {
            let first_name = format!("Reader {}", id.0);
            let user = User { id, first_name, created: now, last_seen: now, ..User::default() };
            users::put(&tx, &user)?;
            let row = log.channel.joined(id, None, id, None, now);
            counted.recount(None, Some(&row));
            rows::write_participant(&tx, channel, &row)?;
            dialogs::open_channel(&tx, id, channel, now, log.channel.top_message)?;
        }
        rows::save_counts(&tx, &counted)?;
        tx.commit()?;
    }
    Ok(())
}
