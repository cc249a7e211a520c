//! The port of upkeep: checks, backups, the write-ahead log.

use std::fs::File;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use model::UnixTime;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use store::Error;
use store::ports::upkeep::{CheckReport, CountedTime, Counting, KeptBlob, Progress};
use store::ports::{ExpiryKeys, UpkeepStore};
use tokio::sync::mpsc::UnboundedSender;

use super::connection::{self, BUSY, Role};
use super::fault::{Fault, Result};
use super::{Sqlite, boxes, channels, names, needed, sealing, sequences};
use crate::open::INCOMING;

/// Pages copied between two reports of a backup: 4 MiB.
const BACKUP_STEP: i32 = 1024;
/// Backups that this process began.
static BACKUPS: AtomicU64 = AtomicU64::new(0);
/// How long truncating the log waits for readers, while writers wait for it. Otherwise it is left to the next time.
const TRUNCATE_WAIT: Duration = Duration::from_millis(250);

/// One part of the check.
type Part = fn(&Connection, &mut CheckReport) -> Result<()>;

const PARTS: [Part; 5] =
    [structure, names::check, boxes::check, channels::check, needed::check_carried];

/// Makes the connection read the search indexes anew: it may hold their state of an earlier snapshot, which SQLite's
/// check (not its queries) would take for damage.
fn refresh_indexes(conn: &Connection) -> Result<()> {
    let mut statement = conn.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%USING fts5%'",
    )?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?;
    for name in names {
        let name = name?;
        conn.prepare(&format!("SELECT rowid FROM {name} WHERE {name} MATCH 'x' LIMIT 1"))?
            .exists([])?;
    }
    Ok(())
}

fn structure(conn: &Connection, report: &mut CheckReport) -> Result<()> {
    refresh_indexes(conn)?;
    let mut statement = conn.prepare("PRAGMA integrity_check")?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    for line in lines {
        let line = line?;
        if line != "ok" {
            report.faults.push(line);
        }
    }
    Ok(())
}

#[async_trait]
impl UpkeepStore for Sqlite {
    async fn next_boot_epoch(&self) -> store::Result<i64> {
        self.write(|tx| sequences::next(tx, "boot_epoch", 1)).await
    }

    async fn raise_clock(&self, at: UnixTime) -> store::Result<UnixTime> {
        self.write(move |tx| sequences::raise(tx, "clock", at.0)).await.map(UnixTime)
    }

    async fn count_time(&self, now: UnixTime, most_s: i64) -> store::Result<Counting> {
        self.write(move |tx| {
            let seen = sequences::read(tx, "clock_seen")?.map(UnixTime);
            let passed_over_s = sequences::read(tx, "clock_passed_over")?.unwrap_or(0);
            let before = seen.map(|seen| CountedTime { seen, passed_over_s });
            let (counted, counting) = CountedTime::look(before, now, most_s);
            sequences::set(tx, "clock_seen", counted.seen.0)?;
            sequences::set(tx, "clock_passed_over", counted.passed_over_s)?;
            Ok(counting)
        })
        .await
    }

    async fn check(&self, progress: Progress<'_>) -> store::Result<CheckReport> {
        let mut report = CheckReport::default();
        for (done, part) in (1..).zip(PARTS) {
            report = self
                .read(move |conn| {
                    let mut report = report;
                    part(conn, &mut report)?;
                    Ok(report)
                })
                .await?;
            progress(done, PARTS.len().try_into().unwrap_or(u64::MAX));
        }
        Ok(report)
    }

    async fn backup(
        &self,
        target: &Path,
        keys: Arc<dyn ExpiryKeys>,
        progress: Progress<'_>,
    ) -> store::Result<Vec<KeptBlob>> {
        let (source, target) = (self.path().to_owned(), target.to_owned());
        let (sender, mut steps) = tokio::sync::mpsc::unbounded_channel();
        let copy = tokio::task::spawn_blocking(move || backup(&source, &target, &*keys, &sender));
        // Ends when the copy drops its end.
        while let Some((done, total)) = steps.recv().await {
            progress(done, total);
        }
        let copied =
            copy.await.map_err(|_| Error::Unavailable("the backup was stopped".to_owned()))?;
        copied.map_err(|Fault(error)| error)
    }

    fn counters(&self) -> Vec<(&'static str, u64)> {
        self.counters().values()
    }

    async fn tidy(&self) -> store::Result<()> {
        while self.write(channels::erase_deleted).await? {}
        self.alone(truncate_log).await
    }
}

/// Copies one snapshot to a new file. Writes go on beside: they only make the log grow until the copy is done.
///
/// The copy is made and sealed in our own folder for unfinished files, which the next start empties: whatever ends this half way
/// leaves nothing in plain where nobody looks.
fn backup(
    source: &Path,
    target: &Path,
    keys: &dyn ExpiryKeys,
    steps: &UnboundedSender<(u64, u64)>,
) -> Result<Vec<KeptBlob>> {
    let failed = |path: &Path, error: &std::io::Error| {
        Error::Unavailable(format!("{}: {error}", path.display()))
    };
    let folder = source.with_file_name(INCOMING);
    std::fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
    // Two may be taken at once.
    let number = BACKUPS.fetch_add(1, Ordering::Relaxed);
    let working = folder.join(format!("backup-{number}"));
    make_new(&working).map_err(|error| failed(&working, &error))?;
    let kept =
        copy(source, &working, steps).and_then(|()| sealed(&working, keys)).and_then(|kept| {
            let placed = place(&working, target);
            placed.map(|()| kept).map_err(|error| failed(target, &error).into())
        });
    drop(std::fs::remove_file(&working));
    kept
}

/// A backup is what everyone wrote: for its owner only. An existing file is never overwritten.
fn make_new(path: &Path) -> std::io::Result<File> {
    File::options().write(true).create_new(true).mode(0o600).open(path)
}

/// Brings the finished copy to its place, which may be on another disk.
fn place(working: &Path, target: &Path) -> std::io::Result<()> {
    let mut file = make_new(target)?;
    let copied = File::open(working)
        .and_then(|mut from| std::io::copy(&mut from, &mut file))
        .and_then(|_| file.sync_all());
    if copied.is_err() {
        // A part of a database is worse than none.
        drop(std::fs::remove_file(target));
    }
    copied
}

/// Seals what has an end in a copy, in place: what stood there is overwritten.
fn sealed(target: &Path, keys: &dyn ExpiryKeys) -> Result<Vec<KeptBlob>> {
    let mut target = Connection::open(target)?;
    // Without a journal, which would hold what is overwritten, all of it. If it fails half way the file is removed.
    target.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;",
    )?;
    let tx = target.transaction()?;
    let kept = sealing::seal(&tx, keys)?;
    tx.commit()?;
    // As the database is kept, so that it can be opened as it is.
    target.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    Ok(kept)
}

fn copy(source: &Path, target: &Path, steps: &UnboundedSender<(u64, u64)>) -> Result<()> {
    let source = connection::open(source, Role::Reader)?;
    let mut target = Connection::open(target)?;
    // An open read keeps the copy at one snapshot; without it every write beside would begin the copy anew.
    source.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema;")?;
    let backup = Backup::new(&source, &mut target)?;
    loop {
        let step = backup.step(BACKUP_STEP)?;
        let progress = backup.progress();
        let total = u64::try_from(progress.pagecount).unwrap_or(0);
        let left = u64::try_from(progress.remaining).unwrap_or(0);
        // The caller may have left; the copy is finished all the same.
        let _ = steps.send((total.saturating_sub(left), total));
        match step {
            StepResult::Done => return Ok(()),
            StepResult::More => {}
            _ => return Err(Error::Unavailable("the backup's file is in use".to_owned()).into()),
        }
    }
}

/// Moves the log into the database and empties it, so that what was deleted is on the disk no more.
fn truncate_log(conn: &Connection) -> Result<()> {
    conn.busy_timeout(TRUNCATE_WAIT)?;
    let busy = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
    conn.busy_timeout(BUSY)?;
    if busy? {
        return Err(
            Error::Unavailable("the log is being read; it is truncated later".to_owned()).into()
        );
    }
    Ok(())
}
