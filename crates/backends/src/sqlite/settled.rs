//! The dates of account events, as [`store::settled`] has them, for the one writer and those who read beside it.

use std::cell::RefCell;
use std::sync::Arc;

use model::UnixTime;
use parking_lot::Mutex;
use store::settled::Settled;

thread_local! {
    /// Of the database whose writer this thread is: what is written there knows the connection only.
    static WRITTEN: RefCell<Option<Arc<Mutex<Settled>>>> = const { RefCell::new(None) };
}

/// Makes this thread the writer of a database.
pub(super) fn serve(settled: Arc<Mutex<Settled>>) {
    WRITTEN.set(Some(settled));
}

/// The date of an event that this thread writes.
pub(super) fn stamp(at: UnixTime) -> UnixTime {
    WRITTEN.with_borrow(|written| written.as_ref().map_or(at, |settled| settled.lock().stamp(at)))
}

/// The transaction of this thread is over.
pub(super) fn settle() {
    WRITTEN.with_borrow(|written| {
        if let Some(settled) = written {
            settled.lock().settle();
        }
    });
}
