//! Large audiences for benchmarks and counted tests.

use std::path::Path;

use model::account::{Authorization, StoredKey, User};
use model::{ChannelId, UnixTime, UserId};
use rusqlite::{Connection, TransactionBehavior};

use super::super::{Fault, Result, dialogs, keys, users};
use super::rows;

/// People of one transaction.
const PIECE: usize = 50_000;

/// Somebody who is enrolled.
#[derive(Clone, Debug)]
pub struct Enrolled {
    /// Of an account that there is not yet.
    pub user: UserId,
    /// The key that they are signed in with. Without one nobody can speak for them.
    pub device: Option<(StoredKey, Authorization)>,
}

/// Makes accounts without a phone number, and subscribers of them, in a database that nobody else has open.
pub(crate) fn enroll(
    database: &Path,
    channel: ChannelId,
    people: &mut dyn Iterator<Item = Enrolled>,
    now: UnixTime,
) -> store::Result<()> {
    write(database, channel, people, now).map_err(|Fault(error)| error)
}

fn write(
    database: &Path,
    channel: ChannelId,
    people: &mut dyn Iterator<Item = Enrolled>,
    now: UnixTime,
) -> Result<()> {
    let mut conn = Connection::open(database)?;
    // A half of it is of no use: whoever asks begins anew.
    conn.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144")?;
    loop {
        let piece: Vec<Enrolled> = people.take(PIECE).collect();
        if piece.is_empty() {
            return Ok(());
        }
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        write_piece(&tx, channel, piece, now)?;
        tx.commit()?;
    }
}

fn write_piece(
    tx: &Connection,
    channel: ChannelId,
    piece: Vec<Enrolled>,
    now: UnixTime,
) -> Result<()> {
    let log = rows::log(tx, channel)?;
    let mut counted = log.channel.clone();
    let mut devices = Vec::new();
    for Enrolled { user: id, device } in piece {
        let first_name = format!("Reader {}", id.0);
        let user = User { id, first_name, created: now, last_seen: now, ..User::default() };
        users::put(tx, &user)?;
        let row = log.channel.joined(id, None, id, None, now);
        counted.recount(None, Some(&row));
        rows::write_participant(tx, channel, &row)?;
        dialogs::open_channel(tx, id, channel, now, log.channel.top_message)?;
        devices.extend(device);
    }
    rows::save_counts(tx, &counted)?;
    // In the order of the table: ids of keys are random, and each would else be far from the last.
    devices.sort_unstable_by_key(|(key, _)| key.id.0.cast_signed());
    for (key, authorization) in devices {
        keys::insert(tx, &key)?;
        keys::authorize(tx, &authorization)?;
    }
    Ok(())
}
