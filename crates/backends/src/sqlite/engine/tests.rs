//! What the engine promises when commands fail, the disk is full, or the file is not what it should be.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::UnixTime;
use rusqlite::{Connection, params};
use store::Error;
use store::memory::LocalExpiryKeys;
use store::ports::{AccountStore as _, ExpiryKeys, UpkeepStore as _};
use tempfile::TempDir;

use super::super::Result;
use super::{GROUP, Sqlite};

/// What was told before its commit is asked again from the event's second on.
#[tokio::test]
async fn no_date_is_told_past_an_event_that_is_not_committed() {
    let database = Database::new().await;
    let settled = Arc::clone(&database.sqlite);
    let told = database.sqlite.write(move |_| {
        let stamped = super::super::settled::stamp(UnixTime(100));
        Ok((stamped, settled.settled(UnixTime(105))))
    });
    assert_eq!(told.await, Ok((UnixTime(100), UnixTime(100))));
    assert_eq!(database.sqlite.settled(UnixTime(106)), UnixTime(106));
    // Neither is it held up by one that failed.
    let failed = database.sqlite.write(move |_| {
        super::super::settled::stamp(UnixTime(106));
        Err::<(), _>(Error::NotFound.into())
    });
    assert_eq!(failed.await, Err(Error::NotFound));
    assert_eq!(database.sqlite.settled(UnixTime(107)), UnixTime(107));
}

struct Database {
    sqlite: Arc<Sqlite>,
    folder: TempDir,
}

impl Database {
    /// An open database with a table to try things on.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = open(&folder.path().join("hoopoe.db")).unwrap();
        let table = "CREATE TABLE probe (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT";
        sqlite.alone(move |conn| Ok(conn.execute_batch(table)?)).await.unwrap();
        Self { sqlite, folder }
    }

    async fn insert(&self, id: i64) -> store::Result<()> {
        self.sqlite.write(move |tx| insert(tx, id, "x")).await
    }

    async fn ids(&self) -> Vec<i64> {
        self.sqlite.read(ids).await.unwrap()
    }

    fn counter(&self, name: &str) -> u64 {
        let counters = self.sqlite.counters().values();
        counters.into_iter().find(|(known, _)| *known == name).unwrap().1
    }

    /// Runs futures so that they all wait for the writer at once.
    async fn together<T, I>(&self, commands: I) -> Vec<T>
    where
        T: Send + 'static,
        I: IntoIterator,
        I::Item: Future<Output = T> + Send + 'static,
    {
        let (release, held) = std::sync::mpsc::channel();
        let sqlite = Arc::clone(&self.sqlite);
        let hold = tokio::spawn(async move {
            let wait = move |_: &Connection| {
                held.recv().unwrap();
                Ok(())
            };
            sqlite.alone(wait).await.unwrap();
        });
        let commands: Vec<_> = commands.into_iter().map(tokio::spawn).collect();
        while self.sqlite.commands.waiting() < commands.len() {
            tokio::task::yield_now().await;
        }
        release.send(()).unwrap();
        hold.await.unwrap();
        let mut answers = Vec::new();
        for command in commands {
            answers.push(command.await.unwrap());
        }
        answers
    }
}

fn open(file: &Path) -> store::Result<Arc<Sqlite>> {
    Sqlite::open(file, None, &|_, _| {})
}

fn keys() -> Arc<dyn ExpiryKeys> {
    Arc::new(LocalExpiryKeys::default())
}

fn insert(tx: &Connection, id: i64, text: &str) -> Result<()> {
    tx.prepare_cached("INSERT INTO probe (id, text) VALUES (?1, ?2)")?
        .execute(params![id, text])?;
    Ok(())
}

fn ids(conn: &Connection) -> Result<Vec<i64>> {
    let mut statement = conn.prepare_cached("SELECT id FROM probe ORDER BY id")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

#[tokio::test]
async fn a_read_sees_what_was_answered_before() {
    let db = Database::new().await;
    for id in 0..20 {
        db.insert(id).await.unwrap();
        assert_eq!(db.ids().await.last(), Some(&id));
    }
}

#[tokio::test]
async fn a_refused_command_leaves_nothing_alone_or_in_company() {
    let db = Database::new().await;
    let refuse = |id| {
        move |tx: &Connection| -> Result<()> {
            insert(tx, id, "never")?;
            Err(Error::NotModified.into())
        }
    };
    assert_eq!(db.sqlite.write(refuse(1)).await, Err(Error::NotModified));
    assert_eq!(db.ids().await, []);
    let commands = (0..40).map(|id| {
        let sqlite = Arc::clone(&db.sqlite);
        async move {
            match id % 4 {
                0 => sqlite.write(refuse(id)).await,
                _ => sqlite.write(move |tx| insert(tx, id, "x")).await,
            }
        }
    });
    let answers = db.together(commands).await;
    for (id, answer) in (0..).zip(&answers) {
        assert_eq!(*answer, if id % 4 == 0 { Err(Error::NotModified) } else { Ok(()) });
    }
    let kept: Vec<i64> = (0..40).filter(|id| id % 4 != 0).collect();
    assert_eq!(db.ids().await, kept);
}

#[tokio::test]
async fn a_command_that_panics_fails_alone() {
    let db = Database::new().await;
    let commands = (0..10).map(|id| {
        let sqlite = Arc::clone(&db.sqlite);
        async move {
            let work = move |tx: &Connection| {
                insert(tx, id, "x")?;
                assert!(id != 4, "this test means it");
                Ok(())
            };
            sqlite.write(work).await
        }
    });
    let answers = db.together(commands).await;
    assert!(matches!(answers[4], Err(Error::Corrupt(_))));
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 9);
    assert_eq!(db.ids().await, [0, 1, 2, 3, 5, 6, 7, 8, 9]);
    let panic = |_: &Connection| -> Result<()> { panic!("this test means it") };
    assert!(matches!(db.sqlite.read(panic).await, Err(Error::Corrupt(_))));
    assert_eq!(db.ids().await.len(), 9);
}

#[tokio::test]
async fn commands_that_wait_share_commits_up_to_a_bound() {
    let db = Database::new().await;
    let (commits, commands) = (db.counter("commits"), db.counter("commands"));
    let waiting = 2 * i64::try_from(GROUP).unwrap() + 1;
    let inserts = (0..waiting).map(|id| {
        let sqlite = Arc::clone(&db.sqlite);
        async move { sqlite.write(move |tx| insert(tx, id, "x")).await }
    });
    let answers = db.together(inserts).await;
    assert!(answers.iter().all(store::Result::is_ok));
    assert_eq!(db.counter("commits") - commits, 3);
    assert_eq!(db.counter("commands") - commands, u64::try_from(waiting).unwrap());
    assert_eq!(db.ids().await.len(), usize::try_from(waiting).unwrap());
}

#[tokio::test]
async fn rows_and_statements_are_counted() {
    let db = Database::new().await;
    let before = ["rows_written", "write_statements"].map(|name| db.counter(name));
    let work = |tx: &Connection| {
        insert(tx, 1, "a")?;
        insert(tx, 2, "b")?;
        Ok(tx.execute("UPDATE probe SET text = 'c'", [])?)
    };
    assert_eq!(db.sqlite.write(work).await, Ok(2));
    let after = ["rows_written", "write_statements"].map(|name| db.counter(name));
    // Three statements, and the two around them.
    assert_eq!([after[0] - before[0], after[1] - before[1]], [4, 5]);
}

/// Lets the database grow by this many pages and no more.
async fn limit_pages(db: &Database, more: i64) {
    let limit = move |conn: &Connection| {
        let pages: i64 = conn.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        conn.query_row(&format!("PRAGMA max_page_count = {}", pages + more), [], |_| Ok(()))?;
        Ok(())
    };
    db.sqlite.alone(limit).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_refuses_writes_and_loses_nothing() {
    let db = Database::new().await;
    db.insert(-1).await.unwrap();
    limit_pages(&db, 8).await;
    let mut acknowledged = vec![-1];
    let mut refused = 0;
    // Alone, and with others in one transaction.
    for round in 0..4 {
        let commands = (0..8).map(|n| {
            let sqlite = Arc::clone(&db.sqlite);
            let id = round * 8 + n;
            async move { (id, sqlite.write(move |tx| insert(tx, id, &"x".repeat(3000))).await) }
        });
        for (id, answer) in db.together(commands).await {
            match answer {
                Ok(()) => acknowledged.push(id),
                Err(Error::Unavailable(_)) => refused += 1,
                other => panic!("{other:?}"),
            }
        }
        acknowledged.sort_unstable();
        assert_eq!(db.ids().await, acknowledged);
    }
    assert!(refused > 0);
    let alone = db.sqlite.write(|tx| insert(tx, 99, &"x".repeat(100_000))).await;
    assert!(matches!(alone, Err(Error::Unavailable(_))), "{alone:?}");
    // Deleting makes room.
    let deleted =
        db.sqlite.write(|tx| Ok(tx.execute("DELETE FROM probe WHERE id >= 0", [])?)).await;
    assert_eq!(deleted, Ok(acknowledged.len() - 1));
    db.insert(100).await.unwrap();
    // And so does a larger disk.
    limit_pages(&db, 100_000).await;
    db.sqlite.write(|tx| insert(tx, 101, &"x".repeat(100_000))).await.unwrap();
    assert_eq!(db.ids().await, [-1, 100, 101]);
    assert_eq!(db.sqlite.check(&|_, _| {}).await.unwrap().faults, [""; 0]);
}

#[tokio::test]
async fn what_was_committed_is_there_after_opening_again() {
    let Database { sqlite, folder } = Database::new().await;
    sqlite.write(|tx| insert(tx, 1, "x")).await.unwrap();
    let first = sqlite.next_boot_epoch().await.unwrap();
    drop(sqlite);
    let sqlite = open(&folder.path().join("hoopoe.db")).unwrap();
    assert_eq!(sqlite.read(ids).await, Ok(vec![1]));
    assert!(sqlite.next_boot_epoch().await.unwrap() > first);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect()
}

fn contains(folder: &Path, marker: &str) -> bool {
    files(folder).iter().any(|path| {
        fs::read(path).unwrap().windows(marker.len()).any(|window| window == marker.as_bytes())
    })
}

#[tokio::test]
async fn what_was_deleted_is_in_no_file_after_tidying() {
    let db = Database::new().await;
    let fill = |tx: &Connection| {
        for id in 0..200 {
            insert(tx, id, &format!("hoopoe-marker {id} {}", "y".repeat(500)))?;
        }
        Ok(())
    };
    db.sqlite.write(fill).await.unwrap();
    db.sqlite.tidy().await.unwrap();
    assert!(contains(db.folder.path(), "hoopoe-marker"));
    let delete = |tx: &Connection| Ok(tx.execute("DELETE FROM probe WHERE id % 10 <> 3", [])?);
    db.sqlite.write(delete).await.unwrap();
    db.sqlite.write(|tx| Ok(tx.execute("UPDATE probe SET text = 'short'", [])?)).await.unwrap();
    db.sqlite.tidy().await.unwrap();
    assert!(!contains(db.folder.path(), "hoopoe-marker"));
}

#[tokio::test]
async fn tidying_gives_way_to_a_long_read() {
    let db = Database::new().await;
    let reader = Connection::open(db.sqlite.path()).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM probe;").unwrap();
    db.insert(1).await.unwrap();
    assert!(matches!(db.sqlite.tidy().await, Err(Error::Unavailable(_))));
    db.insert(2).await.unwrap();
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(db.sqlite.tidy().await, Ok(()));
}

#[tokio::test]
async fn a_backup_is_one_moment_while_writes_go_on() {
    let db = Database::new().await;
    let fill = |tx: &Connection| (0..3000).try_for_each(|id| insert(tx, id, &"z".repeat(3000)));
    db.sqlite.write(fill).await.unwrap();
    let target = db.folder.path().join("copy.db");
    let reports = parking_lot::Mutex::new(Vec::new());
    let progress = |done, total| reports.lock().push((done, total));
    let writes = async {
        for id in 3000..3020 {
            // Every transaction writes two rows: a torn copy would show one.
            let two = move |tx: &Connection| {
                insert(tx, 2 * id, "a")?;
                insert(tx, 2 * id + 1, "b")
            };
            db.sqlite.write(two).await.unwrap();
        }
    };
    let (copied, ()) = tokio::join!(db.sqlite.backup(&target, keys(), &progress), writes);
    assert_eq!(copied, Ok(Vec::new()));
    let reports = reports.into_inner();
    assert!(reports.len() > 1, "{reports:?}");
    assert!(reports.last().is_some_and(|(done, total)| done == total));
    let copy = open(&target).unwrap();
    let there = copy.read(ids).await.unwrap();
    assert!(there.len() >= 3000 && there.len() % 2 == 0);
    assert_eq!(copy.check(&|_, _| {}).await.unwrap().faults, [""; 0]);
    // It overwrites nothing.
    let again = db.sqlite.backup(&target, keys(), &|_, _| {}).await;
    assert!(matches!(again, Err(Error::Unavailable(text)) if text.contains("copy.db")));
}

#[tokio::test]
async fn the_check_finds_what_contradicts_itself() {
    let db = Database::new().await;
    let broken = "INSERT INTO names (folded, name, peer_kind, peer_id) VALUES ('a', 'a', 1, 1000001);
        INSERT INTO users (id, first_name, last_name, about, created, deleted, last_seen, account_ttl_days)
        VALUES (1000001, 'A', '', '', 0, 0, 0, 0);";
    db.sqlite.write(move |tx| Ok(tx.execute_batch(broken)?)).await.unwrap();
    let report = db.sqlite.check(&|_, _| {}).await.unwrap();
    assert_eq!(report.faults.len(), 1, "{:?}", report.faults);
}

#[test]
fn a_file_that_is_no_database_of_ours_is_refused_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hoopoe.db");
    let refused = |expected: &str| {
        let Err(error) = open(&file) else { panic!("opened: {expected}") };
        let line = error.to_string();
        assert!(
            line.contains(expected) && line.contains("hoopoe.db") && !line.contains('\n'),
            "{line}"
        );
    };
    fs::write(&file, "no database at all, but long enough to look at".repeat(100)).unwrap();
    refused("not a database");
    fs::remove_file(&file).unwrap();
    Connection::open(&file).unwrap().execute_batch("CREATE TABLE other (a)").unwrap();
    refused("another program's");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    refused("unavailable");
}

#[tokio::test]
async fn a_damaged_page_is_reported_and_not_served() {
    let Database { sqlite, folder } = Database::new().await;
    let fill = |tx: &Connection| (0..500).try_for_each(|id| insert(tx, id, &"z".repeat(3000)));
    sqlite.write(fill).await.unwrap();
    sqlite.tidy().await.unwrap();
    drop(sqlite);
    let file = folder.path().join("hoopoe.db");
    let mut bytes = fs::read(&file).unwrap();
    let behind_schema = bytes.len() / 2;
    bytes[behind_schema..].fill(0xA5);
    fs::write(&file, bytes).unwrap();
    let sqlite = open(&file).unwrap();
    assert!(matches!(sqlite.read(ids).await, Err(Error::Corrupt(_))));
    assert!(!sqlite.check(&|_, _| {}).await.unwrap().faults.is_empty());
}

/// Inserts; every fifth is refused after it wrote.
fn insert_some(tx: &Connection, id: i64) -> Result<i64> {
    insert(tx, id, "x")?;
    if id % 5 == 3 { Err(Error::NotModified.into()) } else { Ok(id) }
}

async fn run_some(sqlite: Arc<Sqlite>, id: i64, again: bool) -> store::Result<i64> {
    let work = move |tx: &Connection| insert_some(tx, id);
    if again { sqlite.write_again(work).await } else { sqlite.write(work).await }
}

#[tokio::test]
async fn what_can_run_again_survives_a_neighbour_that_fails_half_way() {
    let db = Database::new().await;
    // Some may run once only, all in one transaction.
    let commands = (0..40).map(|id| run_some(Arc::clone(&db.sqlite), id, id % 7 != 6));
    let before = db.counter("commits");
    let answers = db.together(commands).await;
    assert_eq!(db.counter("commits"), before + 1);
    let kept: Vec<i64> = (0..40).filter(|id| id % 5 != 3).collect();
    let fine: Vec<i64> = answers.iter().filter_map(|answer| answer.clone().ok()).collect();
    assert_eq!(fine, kept);
    assert_eq!(answers.iter().filter(|answer| **answer == Err(Error::NotModified)).count(), 8);
    assert_eq!(db.ids().await, kept);
}

#[tokio::test]
async fn savepoints_are_for_what_cannot_run_again() {
    let db = Database::new().await;
    let mut statements = Vec::new();
    for (again, first) in [(true, 0), (false, 5 * 9)] {
        let before = db.counter("write_statements");
        // None that is refused.
        let ids = (first..first + 11).filter(|id| id % 5 != 3).take(9);
        db.together(ids.map(|id| run_some(Arc::clone(&db.sqlite), id, again))).await;
        statements.push(db.counter("write_statements") - before);
    }
    // BEGIN, nine insertions and COMMIT; besides those, a savepoint made and released for all but the first.
    assert_eq!(statements, [11, 11 + 2 * 8]);
    assert_eq!(db.ids().await.len(), 18);
}
