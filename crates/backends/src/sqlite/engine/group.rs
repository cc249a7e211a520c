//! One transaction of the writer, shared by the commands that waited for it.

use rusqlite::Connection;

use super::super::fault::{Fault, Result};
use super::super::queue::Queue;
use super::super::{channels, counters, settled};
use super::job::Job;
use super::{Command, GROUP, Watch, execute, unavailable};

/// One transaction in the making.
///
/// A command that fails half way must leave nothing, and the others everything. A savepoint for each would do, but it
/// copies every page that is touched under it, for nothing as a rule. So what can be run again is run without: when such a
/// command fails half way, all is rolled back and what went well before is written anew, once in a transaction.
pub(super) struct Group<'a> {
    conn: &'a Connection,
    commands: &'a Queue<Command>,
    watch: &'a Watch,
    /// Commands that ran and wait for the commit. Refused ones wait too: they may have seen what is not committed yet.
    done: Vec<Box<dyn Job>>,
    /// Which of them wrote, as long as all of those can be run again.
    written: Vec<usize>,
    /// Something was written that cannot be written again: the next command needs a savepoint to fail alone.
    fixed: bool,
}

impl<'a> Group<'a> {
    pub(super) const fn new(
        conn: &'a Connection,
        commands: &'a Queue<Command>,
        watch: &'a Watch,
    ) -> Self {
        Self { conn, commands, watch, done: Vec::new(), written: Vec::new(), fixed: false }
    }

    pub(super) fn run(mut self, first: Box<dyn Job>) {
        let mut next = Some(first);
        let mut result = execute(self.conn, "BEGIN IMMEDIATE");
        while let (Ok(()), Some(job)) = (&result, next.take()) {
            result = self.step(job);
            if self.done.len() < GROUP
                && let Some(Command::Grouped(job)) =
                    self.commands.pop_if(|c| matches!(c, Command::Grouped(_)))
            {
                next = Some(job);
            }
        }
        let result = result.and_then(|()| execute(self.conn, "COMMIT"));
        self.done.extend(next);
        if result.is_err() && !self.conn.is_autocommit() {
            // Nothing of the group may stay; if this fails as well, the next BEGIN says so to its own callers.
            drop(execute(self.conn, "ROLLBACK"));
        }
        settled::settle();
        let (counters, recent) = self.watch;
        // What was changed or deleted is out of memory when its writer hears of it.
        recent.forget(&channels::take_changed());
        // Counted before anybody is answered, so that who asks afterwards finds it counted.
        counters.add_group(self.done.len(), result.is_ok());
        counters.add_written(self.conn.total_changes(), counters::take_statements());
        let outcome = result.map_err(|Fault(error)| unavailable(error));
        for job in self.done {
            job.answer(outcome.clone());
        }
    }

    /// Runs one command. An error means that the whole transaction is lost.
    fn step(&mut self, mut job: Box<dyn Job>) -> Result<()> {
        let saved = self.fixed;
        if saved && let Err(fault) = execute(self.conn, "SAVEPOINT command") {
            self.done.push(job);
            return Err(fault);
        }
        let before = self.conn.total_changes();
        let fine = job.run(self.conn);
        let (wrote, repeatable) = (self.conn.total_changes() != before, job.is_repeatable());
        self.done.push(job);
        self.check_open()?;
        match (fine, saved) {
            (true, true) => execute(self.conn, "RELEASE command"),
            (false, true) => {
                execute(self.conn, "ROLLBACK TO command")?;
                execute(self.conn, "RELEASE command")
            }
            (true, false) => {
                match (wrote, repeatable) {
                    (true, true) => self.written.push(self.done.len() - 1),
                    (true, false) => self.fixed = true,
                    (false, _) => {}
                }
                Ok(())
            }
            (false, false) if wrote => self.write_anew(),
            (false, false) => Ok(()),
        }
    }

    /// Takes back what a command left half done, with all before it, and writes that again.
    fn write_anew(&mut self) -> Result<()> {
        execute(self.conn, "ROLLBACK")?;
        execute(self.conn, "BEGIN IMMEDIATE")?;
        for place in self.written.drain(..) {
            let Some(job) = self.done.get_mut(place) else { continue };
            if !job.run(self.conn) {
                return Err(Fault(store::Error::Unavailable(
                    "a command failed when it was run again".to_owned(),
                )));
            }
            // From now on with savepoints: one rewriting bounds what a command that fails can cost the others.
            self.fixed = true;
        }
        self.check_open()
    }

    /// A full disk may end the transaction of itself.
    fn check_open(&self) -> Result<()> {
        if self.conn.is_autocommit() {
            return Err(Fault(store::Error::Unavailable("the transaction was lost".to_owned())));
        }
        Ok(())
    }
}
