//! The engine's own counters, for metrics and counted tests.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

thread_local! {
    static STATEMENTS: Cell<u64> = const { Cell::new(0) };
    static STEPS: Cell<u64> = const { Cell::new(0) };
    static POST_ROWS: Cell<u64> = const { Cell::new(0) };
    static KEPT_ROWS: Cell<u64> = const { Cell::new(0) };
}

/// Steps that are counted at a time: instructions of SQLite's virtual machine, a few for each row that is looked at.
pub(super) const STEPS_AT_A_TIME: i32 = 100;

/// Counts a statement of this thread's connection.
pub(super) fn count_statement() {
    STATEMENTS.with(|count| count.set(count.get() + 1));
}

/// Counts [`STEPS_AT_A_TIME`] of this thread's connection.
pub(super) fn count_steps() {
    STEPS.with(|count| count.set(count.get() + u64::from(STEPS_AT_A_TIME.unsigned_abs())));
}

/// Counts a row of a channel's log that this thread read.
pub(super) fn count_post_row() {
    POST_ROWS.with(|count| count.set(count.get() + 1));
}

/// Counts rows of a channel's log that were in memory.
pub(super) fn count_kept_rows(rows: usize) {
    let rows = u64::try_from(rows).unwrap_or(u64::MAX);
    KEPT_ROWS.with(|count| count.set(count.get().saturating_add(rows)));
}

/// The steps of this thread since the last call.
pub(super) fn take_steps() -> u64 {
    STEPS.with(Cell::take)
}

/// The statements of this thread since the last call.
pub(super) fn take_statements() -> u64 {
    STATEMENTS.with(Cell::take)
}

/// Counters since the database was opened.
#[derive(Default)]
pub(super) struct Counters {
    commands: AtomicU64,
    commits: AtomicU64,
    failed_commits: AtomicU64,
    rows_written: AtomicU64,
    write_statements: AtomicU64,
    reads: AtomicU64,
    read_statements: AtomicU64,
    read_steps: AtomicU64,
    read_post_rows: AtomicU64,
    kept_post_rows: AtomicU64,
}

impl Counters {
    pub(super) fn add_group(&self, commands: usize, committed: bool) {
        self.commands.fetch_add(u64::try_from(commands).unwrap_or(u64::MAX), Ordering::Relaxed);
        let ends = if committed { &self.commits } else { &self.failed_commits };
        ends.fetch_add(1, Ordering::Relaxed);
    }

    /// `rows` is the writer's own running total.
    pub(super) fn add_written(&self, rows: u64, statements: u64) {
        self.rows_written.store(rows, Ordering::Relaxed);
        self.write_statements.fetch_add(statements, Ordering::Relaxed);
    }

    /// Adds what this thread read.
    pub(super) fn add_read(&self) {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.read_statements.fetch_add(take_statements(), Ordering::Relaxed);
        self.read_steps.fetch_add(take_steps(), Ordering::Relaxed);
        self.read_post_rows.fetch_add(POST_ROWS.with(Cell::take), Ordering::Relaxed);
        self.kept_post_rows.fetch_add(KEPT_ROWS.with(Cell::take), Ordering::Relaxed);
    }

    /// Names and values, in a fixed order. Statements include those that open and end transactions.
    pub(super) fn values(&self) -> Vec<(&'static str, u64)> {
        [
            ("commands", &self.commands),
            ("commits", &self.commits),
            ("failed_commits", &self.failed_commits),
            ("rows_written", &self.rows_written),
            ("write_statements", &self.write_statements),
            ("reads", &self.reads),
            ("read_statements", &self.read_statements),
            ("read_steps", &self.read_steps),
            ("read_post_rows", &self.read_post_rows),
            ("kept_post_rows", &self.kept_post_rows),
        ]
        .map(|(name, value)| (name, value.load(Ordering::Relaxed)))
        .to_vec()
    }
}
