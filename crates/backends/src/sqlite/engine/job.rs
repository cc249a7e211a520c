//! Commands and queries with their callers.

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::super::fault::{Fault, Result};
use super::{closed, guarded};

/// Where the answer to a job comes.
pub(super) type Answer<T> = oneshot::Receiver<store::Result<T>>;

/// A command, its result and its caller.
pub(super) trait Job: Send {
    /// Runs it; the result is kept for the caller. Answers whether it succeeded.
    fn run(&mut self, conn: &Connection) -> bool;
    /// Whether it may be run again after its writes were rolled back.
    fn is_repeatable(&self) -> bool;
    /// Answers the caller: with what it did, or with what befell the whole transaction.
    fn answer(self: Box<Self>, committed: store::Result<()>);
}

/// What is run, once or again.
pub(super) trait Run<T>: Send {
    const REPEATABLE: bool;
    fn run(&mut self, conn: &Connection) -> Result<T>;
}

/// Work that is used up by its run.
pub(super) struct Once<F>(Option<F>);

impl<F> Once<F> {
    pub(super) const fn new(work: F) -> Self {
        Self(Some(work))
    }
}

impl<T, F: FnOnce(&Connection) -> Result<T> + Send> Run<T> for Once<F> {
    const REPEATABLE: bool = false;

    fn run(&mut self, conn: &Connection) -> Result<T> {
        let work = self.0.take().ok_or_else(|| Fault(closed()))?;
        work(conn)
    }
}

/// Work that leaves what it was given as it was.
pub(super) struct Again<F>(pub(super) F);

impl<T, F: Fn(&Connection) -> Result<T> + Send> Run<T> for Again<F> {
    const REPEATABLE: bool = true;

    fn run(&mut self, conn: &Connection) -> Result<T> {
        (self.0)(conn)
    }
}

struct Work<T, R> {
    work: R,
    result: Option<store::Result<T>>,
    reply: oneshot::Sender<store::Result<T>>,
}

/// A job and where its answer comes.
pub(super) fn job<T, R>(work: R) -> (Box<dyn Job>, Answer<T>)
where
    T: Send + 'static,
    R: Run<T> + 'static,
{
    let (reply, answer) = oneshot::channel();
    (Box::new(Work { work, result: None, reply }), answer)
}

impl<T: Send, R: Run<T>> Job for Work<T, R> {
    fn run(&mut self, conn: &Connection) -> bool {
        let work = &mut self.work;
        let result = guarded(|| work.run(conn)).map_err(|Fault(error)| error);
        let fine = result.is_ok();
        self.result = Some(result);
        fine
    }

    fn is_repeatable(&self) -> bool {
        R::REPEATABLE
    }

    fn answer(self: Box<Self>, committed: store::Result<()>) {
        let result = match committed {
            Ok(()) => self.result.unwrap_or_else(|| Err(closed())),
            Err(error) => Err(error),
        };
        // A caller that left is no fault.
        drop(self.reply.send(result));
    }
}
