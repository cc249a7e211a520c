//! The newest rows of the logs that were read lately, in memory (docs/adr/0015-hot-posts-in-memory.md).
//!
//! Nothing here is believed by itself: rows are kept with the position of the log that they were read at, and serve only a snapshot
//! that stands at that very position. Whatever changes a message moves the position, but for what is asked for apart: reactions,
//! threads, marks, and the counters that [`super::views`] has newer.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use model::{ChannelId, MessageId, Pts};
use parking_lot::Mutex;

use super::message_row::MessageRow;
use super::rows::Log;

/// Bytes of all rows: some thousand posts, small beside the 68 MiB of pages that the connections may hold.
const BYTES: usize = 8 << 20;
/// Rows of one log: a whole difference or page, and some that were deleted.
const ROWS: usize = 128;
/// Bytes of one log: one channel of long posts does not push out all others.
const LOG_BYTES: usize = BYTES / 8;

thread_local! {
    /// Logs that the writer's transaction changes other than by posting.
    static CHANGED: RefCell<Vec<ChannelId>> = const { RefCell::new(Vec::new()) };
}

/// Notes that something of a log is changed or deleted, in the writer's transaction.
pub(super) fn note_changed(channel: ChannelId) {
    CHANGED.with_borrow_mut(|changed| changed.push(channel));
}

/// The logs that were changed on this thread since the last call.
pub(in super::super) fn take_changed() -> Vec<ChannelId> {
    CHANGED.take()
}

/// The newest rows of a log, up to its last number, without holes.
#[derive(Clone, Debug)]
pub(super) struct Tail {
    /// Where the log stood.
    pts: Pts,
    /// How often `views` had dropped counters: see [`Stamp`].
    drops: u64,
    /// All rows with a higher pts are here.
    whole_after: Pts,
    rows: VecDeque<Arc<MessageRow>>,
    bytes: usize,
}

impl Tail {
    /// Rows that were read one after another, up to the log's last number. `None` if they were not.
    pub(super) fn of(log: &Log, drops: u64, read: &Read) -> Option<Self> {
        let rows = &read.rows;
        let follow =
            rows.windows(2).all(|two| matches!(two, [one, next] if next.id.0 == one.id.0 + 1));
        if !follow || rows.last().is_none_or(|row| row.id != log.last_id) {
            return None;
        }
        let bytes = rows.iter().map(|row| row.bytes()).sum();
        let (pts, whole_after) = (log.channel.pts, read.whole_after);
        Some(Self { pts, drops, whole_after, rows: rows.iter().cloned().collect(), bytes })
    }

    /// Adds what was posted since, while nothing else happened.
    fn extend(&mut self, pts: Pts, rows: &[Arc<MessageRow>]) {
        for row in rows.iter().filter(|row| row.pts > self.pts) {
            // A first reply makes a thread of what it replies to.
            let top = row.thread.and_then(|top| self.place(top));
            if let Some(top) = top.and_then(|place| self.rows.get_mut(place)) {
                Arc::make_mut(top).threaded = true;
            }
            self.bytes += row.bytes();
            self.rows.push_back(Arc::clone(row));
        }
        self.pts = pts;
        self.shrink();
    }

    /// Keeps the bounds, and nothing that ends by itself, with what is older.
    fn shrink(&mut self) {
        let ending = self.rows.iter().rposition(|row| row.ends());
        let mut over =
            ending.map_or(0, |place| place + 1).max(self.rows.len().saturating_sub(ROWS));
        while over > 0 || self.bytes > LOG_BYTES {
            let Some(row) = self.rows.pop_front() else { return };
            self.bytes -= row.bytes();
            self.whole_after = row.pts;
            over = over.saturating_sub(1);
        }
    }

    /// The first number from which on all are here.
    pub(super) fn first(&self) -> MessageId {
        self.rows.front().map_or(MessageId(i32::MAX), |row| row.id)
    }

    fn place(&self, id: MessageId) -> Option<usize> {
        usize::try_from(id.0.checked_sub(self.first().0)?).ok()
    }

    /// The row of this number, if it is here.
    pub(super) fn find(&self, id: MessageId) -> Option<&Arc<MessageRow>> {
        self.rows.get(self.place(id)?)
    }

    /// The rows with a higher pts, if all are here.
    pub(super) fn after(&self, pts: Pts) -> Option<impl Iterator<Item = &Arc<MessageRow>>> {
        let first = self.rows.partition_point(|row| row.pts <= pts);
        self.is_whole_after(pts).then(|| self.rows.range(first..))
    }

    /// All rows, by number.
    pub(super) fn rows(&self) -> impl DoubleEndedIterator<Item = &Arc<MessageRow>> {
        self.rows.iter()
    }

    /// Whether all rows with a higher pts are here.
    pub(super) fn is_whole_after(&self, pts: Pts) -> bool {
        pts >= self.whole_after
    }

    fn fits(&self, log: &Log, drops: u64) -> bool {
        (self.pts, self.drops) == (log.channel.pts, drops)
    }
}

/// The tails of all logs.
#[derive(Debug, Default)]
pub(in super::super) struct Recent(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    logs: HashMap<ChannelId, Kept>,
    bytes: usize,
    uses: u64,
    /// How often something was forgotten because it changed.
    changes: u64,
}

#[derive(Debug)]
struct Kept {
    tail: Arc<Tail>,
    used: u64,
}

/// Taken before a snapshot begins. What that snapshot reads is kept only if nothing was changed in between: else an older snapshot
/// could bring back what was deleted, for nobody to see, but into memory. `drops`: the counters in a row are as good as those in the
/// database until `views` forgets newer ones that it has written.
#[derive(Clone, Copy, Debug)]
struct Stamp {
    changes: u64,
    drops: u64,
}

/// Rows that a snapshot read, up to the last one.
pub(super) struct Read {
    /// All with a higher pts are among them.
    pub(super) whole_after: Pts,
    /// Since then nothing happened but posts.
    pub(super) quiet_after: Pts,
    pub(super) rows: Vec<Arc<MessageRow>>,
}

/// What one reader finds in memory, and leaves there.
#[derive(Clone)]
pub(super) struct Recently {
    recent: Arc<Recent>,
    stamp: Stamp,
}

impl Recently {
    /// To be made before the snapshot begins. `drops`: see [`super::views::Views::drops`].
    pub(super) fn new(recent: &Arc<Recent>, drops: u64) -> Self {
        let changes = recent.0.lock().changes;
        Self { recent: Arc::clone(recent), stamp: Stamp { changes, drops } }
    }

    /// How often counters had been dropped.
    pub(super) const fn drops(&self) -> u64 {
        self.stamp.drops
    }

    /// Whether what is here of this log, which may be too old, would do.
    pub(super) fn knows(&self, channel: ChannelId, would_do: impl Fn(&Tail) -> bool) -> bool {
        self.recent.0.lock().logs.get(&channel).is_some_and(|kept| would_do(&kept.tail))
    }

    /// The newest rows as the snapshot that `log` was read in has them.
    pub(super) fn tail(&self, log: &Log) -> Option<Arc<Tail>> {
        let state = &mut *self.recent.0.lock();
        let kept = state.logs.get_mut(&log.channel.id)?;
        state.uses += 1;
        kept.used = state.uses;
        kept.tail.fits(log, self.stamp.drops).then(|| Arc::clone(&kept.tail))
    }

    /// Keeps what a snapshot read.
    pub(super) fn keep(&self, log: &Log, read: &Read) {
        let Stamp { changes, drops } = self.stamp;
        let channel = log.channel.id;
        let state = &mut *self.recent.0.lock();
        if state.changes != changes {
            return;
        }
        let mut kept = state.logs.remove(&channel);
        state.bytes -= kept.as_ref().map_or(0, |kept| kept.tail.bytes);
        let to_the_end = read.rows.last().is_some_and(|row| row.id == log.last_id);
        let follows = |tail: &Tail| {
            let known = read.whole_after.max(read.quiet_after)..log.channel.pts;
            to_the_end && known.contains(&tail.pts) && tail.drops == drops
        };
        if let Some(kept) = kept.as_mut().filter(|kept| follows(&kept.tail)) {
            Arc::make_mut(&mut kept.tail).extend(log.channel.pts, &read.rows);
        } else if let Some(mut new) = Tail::of(log, drops, read) {
            new.shrink();
            let better = |before: &Kept| {
                before.tail.pts > new.pts
                    || before.tail.fits(log, drops) && before.tail.rows.len() >= new.rows.len()
            };
            if !kept.as_ref().is_some_and(better) {
                kept = Some(Kept { tail: Arc::new(new), used: 0 });
            }
        }
        let Some(mut kept) = kept.filter(|kept| !kept.tail.rows.is_empty()) else { return };
        state.uses += 1;
        kept.used = state.uses;
        state.bytes += kept.tail.bytes;
        state.logs.insert(channel, kept);
        state.shrink();
    }
}

impl Recent {
    /// Forgets logs that a committed transaction changed other than by posting, before anybody hears that it did.
    pub(in super::super) fn forget(&self, channels: &[ChannelId]) {
        if channels.is_empty() {
            return;
        }
        let state = &mut *self.0.lock();
        state.changes += 1;
        for channel in channels {
            let kept = state.logs.remove(channel);
            state.bytes -= kept.map_or(0, |kept| kept.tail.bytes);
        }
    }
}

impl State {
    /// Forgets the half that was not asked for the longest.
    fn shrink(&mut self) {
        while self.bytes > BYTES {
            let mut uses: Vec<u64> = self.logs.values().map(|kept| kept.used).collect();
            let middle = uses.len() / 2;
            let (_, median, _) = uses.select_nth_unstable(middle);
            let oldest = *median;
            self.logs.retain(|_, kept| kept.used > oldest);
            self.bytes = self.logs.values().map(|kept| kept.tail.bytes).sum();
        }
    }
}

#[cfg(test)]
mod tests;
