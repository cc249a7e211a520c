//! One writer thread with group commit, a few reader threads, and connections for what is read in passing.
//!
//! The writer takes every command that waits, runs them in one transaction, commits, and only then answers. It never
//! waits for a group to fill: under load groups form while the last commit is on its way to the disk.
//!
//! A look-up by key costs a tenth of the two changes of thread that bring it to a reader and back, so it is made where it is
//! asked for (docs/adr/0011-look-ups-in-place.md).

mod group;
mod job;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use parking_lot::Mutex;
use rusqlite::Connection;
use store::ports::ExpiryKeys;
use store::ports::upkeep::Progress;
use store::settled::Settled;

use super::channels::{self, Recent};
use super::connection::{self, Role};
use super::counters::{self, Counters};
use super::fault::{Fault, Result};
use super::migrations;
use super::queue::Queue;
use super::{sealing, settled};
use crate::lock::FolderLock;
use group::Group;
use job::{Again, Job, Once, job};

/// Commands in one transaction at most: beyond this a commit's share of each is already under 2 us.
const GROUP: usize = 256;
/// Reader threads. Reads are short; more than the cores of a small machine gains nothing.
const READERS: usize = 4;
/// Connections for look-ups. They are taken last in, first out, so that one keeps its statements and pages warm.
const LOOKERS: usize = 4;
/// Rows that one look-up may ask for; more go to a reader thread.
pub(super) const LOOK_ROWS: usize = 16;

/// An open database.
pub struct Sqlite {
    path: PathBuf,
    commands: Arc<Queue<Command>>,
    queries: Arc<Queue<Box<dyn Job>>>,
    lookers: Mutex<Vec<Connection>>,
    counters: Arc<Counters>,
    /// Which dates account events may have.
    pub(super) settled: Arc<Mutex<Settled>>,
    recent: Arc<Recent>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    _lock: Option<FolderLock>,
}

impl std::fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sqlite").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Work for the writer.
enum Command {
    /// Shares a transaction with others.
    Grouped(Box<dyn Job>),
    /// Needs the connection outside any transaction (checkpoints, pragmas).
    Alone(Box<dyn Job>),
}

impl Sqlite {
    /// Opens the database in this file, or makes it, and brings its schema up to date. `lock` is held as long as it is
    /// open. `progress` hears of each
    /// migration: how many are done, of how many.
    ///
    /// # Errors
    /// `Corrupt` if the file is damaged, foreign, or of a newer version; `Unavailable` if it cannot be opened.
    pub fn open(
        file: &Path,
        lock: Option<FolderLock>,
        progress: Progress<'_>,
    ) -> store::Result<Arc<Self>> {
        Self::open_inner(file, lock, progress).map_err(|Fault(error)| named(file, error))
    }

    fn open_inner(
        file: &Path,
        lock: Option<FolderLock>,
        progress: Progress<'_>,
    ) -> Result<Arc<Self>> {
        let mut writer = connection::open(file, Role::Writer)?;
        migrations::run(&mut writer, progress)?;
        let counters = Arc::new(Counters::default());
        let commands = Arc::new(Queue::new());
        let queries = Arc::new(Queue::new());
        let mut threads = Vec::with_capacity(READERS + 1);
        for number in 0..READERS {
            let reader = connection::open(file, Role::Reader)?;
            let (queries, counters) = (Arc::clone(&queries), Arc::clone(&counters));
            threads.push(spawn(format!("sqlite-read-{number}"), move || {
                read_loop(&reader, &queries, &counters);
            })?);
        }
        let lookers = (0..LOOKERS).map(|_| connection::open(file, Role::Reader));
        let lookers = Mutex::new(lookers.collect::<Result<_>>()?);
        let recent = Arc::new(Recent::default());
        let (taken, watch) = (Arc::clone(&commands), (Arc::clone(&counters), Arc::clone(&recent)));
        let settled: Arc<Mutex<Settled>> = Arc::default();
        let stamped = Arc::clone(&settled);
        threads.push(spawn("sqlite-write".to_owned(), move || {
            settled::serve(stamped);
            write_loop(&writer, &taken, &watch);
        })?);
        let threads = Mutex::new(threads);
        Ok(Arc::new(Self {
            path: file.to_owned(),
            commands,
            queries,
            lookers,
            counters,
            settled,
            recent,
            threads,
            _lock: lock,
        }))
    }

    /// The database's file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts back what is sealed in a database that was a backup; called before anybody reads. Answers how many rows had no
    /// key.
    ///
    /// # Errors
    /// `Corrupt` if something was sealed with another key.
    pub(crate) fn unseal(&self, keys: &dyn ExpiryKeys) -> store::Result<usize> {
        let unsealed = connection::open(&self.path, Role::Writer)
            .and_then(|mut conn| sealing::unseal(&mut conn, keys));
        unsealed.map_err(|Fault(error)| named(&self.path, error))
    }

    /// Whether something in it is sealed, as in a backup.
    pub(crate) fn is_sealed(&self) -> store::Result<bool> {
        let sealed =
            connection::open(&self.path, Role::Reader).and_then(|conn| sealing::is_sealed(&conn));
        sealed.map_err(|Fault(error)| named(&self.path, error))
    }

    /// Runs a command in the writer's next transaction, and answers once that is on the disk. A command that answers
    /// an error leaves nothing written. Dropping the future does not stop the command.
    pub(super) async fn write<T, F>(&self, work: F) -> store::Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let (job, answer) = job(Once::new(work));
        if self.commands.push(Command::Grouped(job)).is_err() {
            return Err(closed());
        }
        answer.await.unwrap_or_else(|_| Err(closed()))
    }

    /// As [`Sqlite::write`], for a command that may be run again. While a transaction holds only such commands they need
    /// no savepoints, each of which copies every page that it touches: when one fails half way, the others are written anew.
    pub(super) async fn write_again<T, F>(&self, work: F) -> store::Result<T>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T> + Send + 'static,
    {
        let (job, answer) = job(Again(work));
        if self.commands.push(Command::Grouped(job)).is_err() {
            return Err(closed());
        }
        answer.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Reads in one snapshot, which includes everything that was answered before.
    pub(super) async fn read<T, F>(&self, work: F) -> store::Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let (job, answer) = job(Once::new(|conn: &Connection| snapshot(conn, work)));
        if self.queries.push(job).is_err() {
            return Err(closed());
        }
        answer.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Looks up to `rows` rows up by key, here and now; more of them, or when every connection is in use, as [`Sqlite::read`].
    pub(super) async fn look<T, F>(&self, rows: usize, work: F) -> store::Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let free = if rows <= LOOK_ROWS { self.lookers.lock().pop() } else { None };
        let Some(conn) = free else { return self.read(work).await };
        // What this thread did before, such as opening the database, is no read.
        counters::take_statements();
        counters::take_steps();
        let result = snapshot(&conn, work).map_err(|Fault(error)| error);
        self.counters.add_read();
        self.lookers.lock().push(conn);
        result
    }

    /// Runs work on the writer's connection outside any transaction.
    pub(super) async fn alone<T, F>(&self, work: F) -> store::Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let (job, answer) = job(Once::new(work));
        if self.commands.push(Command::Alone(job)).is_err() {
            return Err(closed());
        }
        answer.await.unwrap_or_else(|_| Err(closed()))
    }

    pub(super) fn counters(&self) -> &Counters {
        &self.counters
    }

    /// What of channels' logs is in memory.
    pub(super) const fn recent(&self) -> &Arc<Recent> {
        &self.recent
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.commands.close();
        self.queries.close();
        for thread in self.threads.get_mut().drain(..) {
            // A thread that panicked has nothing left to finish.
            drop(thread.join());
        }
    }
}

fn closed() -> store::Error {
    store::Error::Unavailable("the database is closed".to_owned())
}

fn named(file: &Path, error: store::Error) -> store::Error {
    let file = file.display();
    match error {
        store::Error::Corrupt(text) => store::Error::Corrupt(format!("{file}: {text}")),
        store::Error::Unavailable(text) => store::Error::Unavailable(format!("{file}: {text}")),
        other => other,
    }
}

fn spawn(name: String, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    let thread = std::thread::Builder::new().name(name).spawn(body);
    thread.map_err(|error| {
        Fault(store::Error::Unavailable(format!("no thread for the database: {error}")))
    })
}

/// Runs a command; one that panics fails alone.
fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(Fault(store::Error::Corrupt("a storage command stopped half way".to_owned())))
    })
}

fn execute(conn: &Connection, sql: &str) -> Result<()> {
    conn.prepare_cached(sql)?.execute([])?;
    Ok(())
}

fn snapshot<T>(conn: &Connection, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
    execute(conn, "BEGIN")?;
    let result = guarded(|| work(conn));
    let ended = execute(conn, "COMMIT");
    if !conn.is_autocommit() {
        // The next snapshot must not begin inside this one. If this fails too, it says so.
        drop(execute(conn, "ROLLBACK"));
    }
    let value = result?;
    ended?;
    Ok(value)
}

fn read_loop(conn: &Connection, queries: &Queue<Box<dyn Job>>, counters: &Counters) {
    while let Some(mut query) = queries.pop() {
        query.run(conn);
        counters.add_read();
        query.answer(Ok(()));
    }
}

/// Who hears of a transaction between its commit and its answers.
type Watch = (Arc<Counters>, Arc<Recent>);

fn write_loop(conn: &Connection, commands: &Queue<Command>, watch: &Watch) {
    let (counters, recent) = watch;
    while let Some(command) = commands.pop() {
        match command {
            Command::Alone(mut job) => {
                job.run(conn);
                recent.forget(&channels::take_changed());
                counters.add_written(conn.total_changes(), counters::take_statements());
                job.answer(Ok(()));
            }
            Command::Grouped(first) => {
                Group::new(conn, commands, watch).run(first);
            }
        }
    }
}

/// What befell a whole transaction is never one caller's conflict.
fn unavailable(error: store::Error) -> store::Error {
    match error {
        store::Error::Corrupt(_) | store::Error::Unavailable(_) => error,
        other => store::Error::Unavailable(other.to_string()),
    }
}

#[cfg(test)]
mod tests;
