//! Goals 7 and 8: durable sends, against a loop over a bare SQLite that runs only the statements of a send.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::time::{Duration, Instant};

use model::{ChannelId, UnixTime, UserId};
use services::access::HashKind;
use store::ports::channels::NewChannel;
use tl_api::{enums, functions, types};

use crate::client::{now, random};
use crate::goals::Bench;
use crate::load::connection::{Connection, Heard};
use crate::load::crowd::Crowd;
use crate::load::posts;
use crate::population::{Account, Population};
use crate::report::{Gate, Goal, Line};
use crate::rounds;
use crate::server::Result;

/// Chats that the sends are spread over.
const CHATS: usize = 1000;
const WARM_UP: Duration = Duration::from_millis(500);
const MEASURED: Duration = Duration::from_secs(3);
const TEXT: usize = 300;
/// A stored message: its text and what belongs to it.
const ROW: usize = 400;

/// Where messages go: a private chat has a box on each side, a channel has one log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Private,
    Channel,
}

impl Kind {
    /// Copies that one message is stored in.
    const fn copies(self) -> i64 {
        match self {
            Self::Private => 2,
            Self::Channel => 1,
        }
    }
}

/// S(c) in private chats and in channels.
pub(crate) fn run(bench: &Bench, number: u32, senders: usize) -> Result<Vec<Line>> {
    [Kind::Private, Kind::Channel]
        .map(|kind| measure(bench, number, senders, kind))
        .into_iter()
        .collect()
}

fn measure(bench: &Bench, number: u32, senders: usize, kind: Kind) -> Result<Line> {
    let (chats, copies) = match kind {
        Kind::Private => ("private chats", "2 inserts, 2 updates"),
        Kind::Channel => ("channels", "1 insert, 1 update"),
    };
    let goal = Goal {
        number,
        name: format!("S({senders}) in {CHATS} {chats}"),
        unit: "1/s",
        against: format!("bare SQLite, {senders} per transaction ({copies} each)"),
        gate: Gate::AtLeast(0.7),
    };
    let mut scene = bench.runtime.block_on(Scene::prepare(bench, senders, kind))?;
    let file = scene.population.server.data().with_file_name("bare.sqlite");
    let rounds =
        rounds::around(goal.gate, || scene.send(), || bare(&file, senders as i64, kind.copies()))?;
    Ok(Line::new(&goal, &rounds))
}

/// Senders, and the chats of each.
pub(super) struct Scene {
    pub(super) population: Population,
    pub(super) chats: Vec<Vec<enums::InputPeer>>,
}

impl Scene {
    pub(super) async fn prepare(bench: &Bench, senders: usize, kind: Kind) -> Result<Self> {
        let readers = if kind == Kind::Private { CHATS } else { 0 };
        let mut population = Population::prepare(&bench.binary, senders + readers, false).await?;
        // The first start makes the secret behind access hashes.
        population.server.start()?;
        population.server.kill();
        let hashes = population.access_hashes()?;
        let (senders, readers) = population.accounts.split_at(senders);
        let owner = |chat: usize| senders[chat % senders.len()].user;
        let mut chats = vec![Vec::new(); senders.len()];
        let channels =
            if kind == Kind::Channel { channels(&population, owner).await? } else { Vec::new() };
        for chat in 0..CHATS {
            let viewer = owner(chat);
            let peer = match kind {
                Kind::Private => {
                    let user_id = readers[chat].user.0;
                    let access_hash = hashes.hash(viewer, HashKind::User, user_id);
                    types::InputPeerUser { user_id, access_hash }.into()
                }
                Kind::Channel => {
                    let channel_id = channels[chat].0;
                    let access_hash = hashes.hash(viewer, HashKind::Channel, channel_id);
                    types::InputPeerChannel { channel_id, access_hash }.into()
                }
            };
            chats[chat % senders.len()].push(peer);
        }
        Ok(Self { population, chats })
    }

    /// Acknowledged sends per second.
    fn send(&mut self) -> Result<f64> {
        self.population.server.start()?;
        let senders: &[Account] = &self.population.accounts[..self.chats.len()];
        let mut crowd = Crowd::new()?;
        posts::connect(&mut crowd, &self.population.server, senders)?;
        let next = RefCell::new(vec![0_usize; senders.len()]);
        let acknowledged = Cell::new(0_u64);
        let send = |sender: usize, connection: &mut Connection| {
            let chats = &self.chats[sender];
            let at = &mut next.borrow_mut()[sender];
            *at += 1;
            connection.request(3, &message(&chats[*at % chats.len()]));
            connection.flush()
        };
        for (sender, connection) in crowd.members.iter_mut().enumerate() {
            send(sender, connection)?;
        }
        let mut hear = |sender: usize, connection: &mut Connection, heard: Heard| match heard {
            Heard::Answer(3, _) => {
                acknowledged.set(acknowledged.get() + 1);
                send(sender, connection)
            }
            Heard::Refused(why) => Err(why),
            _ => Ok(()),
        };
        crowd.rest(WARM_UP, &mut hear)?;
        let (start, before) = (Instant::now(), acknowledged.get());
        crowd.rest(MEASURED, &mut hear)?;
        let rate = (acknowledged.get() - before) as f64 / start.elapsed().as_secs_f64();
        self.population.server.kill();
        Ok(rate)
    }
}

async fn channels(
    population: &Population,
    owner: impl Fn(usize) -> UserId,
) -> Result<Vec<ChannelId>> {
    let stores =
        backends::open(&population.server.data(), backends::ViewKey::of_tools(), &|_, _| {})
            .map_err(|e| e.to_string())?;
    let mut made = Vec::with_capacity(CHATS);
    for chat in 0..CHATS {
        let new = NewChannel {
            creator: owner(chat),
            title: format!("Bench {chat}"),
            about: String::new(),
            broadcast: true,
            now: UnixTime(i64::try_from(now().wall.unix_secs()).unwrap_or_default()),
            ttl_period: None,
        };
        made.push(stores.channels.create_channel(new).await.map_err(|error| error.to_string())?.id);
    }
    Ok(made)
}

pub(super) fn message(peer: &enums::InputPeer) -> functions::messages::SendMessage {
    functions::messages::SendMessage {
        peer: peer.clone(),
        message: "x".repeat(TEXT),
        random_id: random(),
        ..Default::default()
    }
}

/// Sends per second of a loop with the same pragmas and batch on the same disk: for each copy one insert and one update of
/// its counter.
fn bare(file: &Path, group: i64, copies: i64) -> Result<f64> {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        // Of the round before, if any.
        let _gone = std::fs::remove_file(name);
    }
    bare_loop(file, group, copies).map_err(|error| error.to_string())
}

fn bare_loop(file: &Path, group: i64, copies: i64) -> rusqlite::Result<f64> {
    let mut database = rusqlite::Connection::open(file)?;
    database.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    create(&database, copies)?;
    let mut sent = 0;
    write_for(&mut database, WARM_UP, group, copies, &mut sent)?;
    let (start, before) = (Instant::now(), sent);
    write_for(&mut database, MEASURED, group, copies, &mut sent)?;
    Ok((sent - before) as f64 / start.elapsed().as_secs_f64())
}

fn create(database: &rusqlite::Connection, copies: i64) -> rusqlite::Result<()> {
    database.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 16000;
         CREATE TABLE messages (owner INTEGER, id INTEGER, body BLOB, PRIMARY KEY (owner, id)) WITHOUT ROWID;
         CREATE TABLE counters (owner INTEGER PRIMARY KEY, pts INTEGER);",
    )?;
    for owner in 0..CHATS as i64 * copies {
        database.execute("INSERT INTO counters VALUES (?1, 0)", [owner])?;
    }
    Ok(())
}

fn write_for(
    database: &mut rusqlite::Connection,
    time: Duration,
    group: i64,
    copies: i64,
    sent: &mut i64,
) -> rusqlite::Result<()> {
    let body = vec![b'x'; ROW];
    let start = Instant::now();
    while start.elapsed() < time {
        let transaction = database.transaction()?;
        for _ in 0..group {
            for copy in 0..copies {
                let owner = *sent % CHATS as i64 * copies + copy;
                transaction
                    .prepare_cached("INSERT INTO messages VALUES (?1, ?2, ?3)")?
                    .execute(rusqlite::params![owner, *sent, body])?;
                transaction
                    .prepare_cached("UPDATE counters SET pts = pts + 1 WHERE owner = ?1")?
                    .execute([owner])?;
            }
            *sent += 1;
        }
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bare_loop_writes_every_copy() {
        let folder = tempfile::tempdir().unwrap();
        let mut database = rusqlite::Connection::open(folder.path().join("bare")).unwrap();
        create(&database, 2).unwrap();
        let mut sent = 0;
        write_for(&mut database, Duration::from_millis(1), 3, 2, &mut sent).unwrap();
        let count = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        assert!(sent >= 3 && sent % 3 == 0);
        assert_eq!(count("SELECT count(*) FROM messages"), sent * 2);
        assert_eq!(count("SELECT sum(pts) FROM counters"), sent * 2);
    }
}
