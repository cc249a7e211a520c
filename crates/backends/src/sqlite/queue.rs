//! A queue from async callers to threads. Taking never waits for a group to fill.

use std::collections::VecDeque;

use parking_lot::{Condvar, Mutex};

/// The queue; closed when its owner goes.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    ready: Condvar,
}

struct State<T> {
    waiting: VecDeque<T>,
    closed: bool,
}

impl<T> Queue<T> {
    pub(super) const fn new() -> Self {
        Self {
            state: Mutex::new(State { waiting: VecDeque::new(), closed: false }),
            ready: Condvar::new(),
        }
    }

    /// Adds an item, or gives it back if the queue is closed.
    pub(super) fn push(&self, item: T) -> Result<(), T> {
        let mut state = self.state.lock();
        if state.closed {
            return Err(item);
        }
        state.waiting.push_back(item);
        drop(state);
        self.ready.notify_one();
        Ok(())
    }

    /// Waits for an item; `None` once the queue is closed and empty.
    pub(super) fn pop(&self) -> Option<T> {
        let mut state = self.state.lock();
        loop {
            if let Some(item) = state.waiting.pop_front() {
                return Some(item);
            }
            if state.closed {
                return None;
            }
            self.ready.wait(&mut state);
        }
    }

    /// Takes the next item if there is one now and it fits.
    pub(super) fn pop_if(&self, fits: impl FnOnce(&T) -> bool) -> Option<T> {
        let mut state = self.state.lock();
        if state.waiting.front().is_some_and(fits) { state.waiting.pop_front() } else { None }
    }

    /// Items that nobody took yet.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.state.lock().waiting.len()
    }

    /// Lets the threads finish what waits, and nothing more.
    pub(super) fn close(&self) {
        self.state.lock().closed = true;
        self.ready.notify_all();
    }
}
