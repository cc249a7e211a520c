//! Views and forwards of posts, counted in memory and written in groups.
//!
//! Every subscriber who reads a post would otherwise cost a write. They are the one thing that is answered before it is on the
//! disk: a crash loses at most [`DELAY`] of them, together with who was counted (see `viewed`).

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use model::message::Counters;
use model::series::{Audience, Counted, hour_of};
use model::{ChannelId, MessageId, UnixTime, UserId};
use parking_lot::Mutex;
use rusqlite::{Connection, OptionalExtension as _, params};
use tokio::sync::OnceCell;

use super::super::{Result, Sqlite, statistics};
use super::message_row::MessageRow;
use super::read::Kind;
use super::recent::{Recently, Tail};
use super::rows::{self, Log};
use super::viewed::{self, ViewKey, Viewed};

/// How long a count may wait for its group.
const DELAY: Duration = Duration::from_secs(1);
/// Posts whose counters are kept in memory at most.
const POSTS: usize = 100_000;
/// Views remembered in one generation; two are kept, about 32 MiB in all.
const VIEWS: usize = 1_000_000;

type Post = (ChannelId, MessageId);

/// What waits to be written.
#[derive(Clone, Default)]
struct Dirty {
    posts: Vec<(Post, Counters)>,
    series: Vec<(Bucket, i64)>,
    viewed: Vec<(i64, u64)>,
}

/// A counter of a channel's hour.
type Bucket = (ChannelId, UnixTime, Counted);

/// The counters of posts that were looked at lately, the truth as long as they are here.
pub(super) struct Views {
    key: ViewKey,
    state: Mutex<State>,
    /// Set when those who were counted before the start are known again.
    loaded: OnceCell<()>,
}

#[derive(Default)]
struct State {
    posts: HashMap<Post, Entry>,
    /// How often entries were dropped: what was read from the database before is too old afterwards.
    drops: u64,
    viewed: Viewed,
    /// Views since the last write, each with its generation.
    fresh: Vec<(i64, u64)>,
    /// What was counted of hours since the last write.
    series: HashMap<Bucket, i64>,
    /// A write is under way or waits for its time.
    scheduled: bool,
}

#[derive(Clone, Copy)]
struct Entry {
    counters: Counters,
    dirty: bool,
}

/// What is added to the counters.
#[derive(Clone, Copy)]
pub(super) enum Count {
    Nothing,
    ViewBy(UserId, UnixTime),
    Forward(UnixTime),
}

/// A post's counters as the database has them, with its author, who is not counted as a viewer.
pub(super) type Known = (MessageId, UserId, Counters);

/// The counters of those of these messages that have some. If they must be found `at_once`, `None` unless they are in memory.
pub(super) fn stored(
    conn: &Connection,
    recently: &Recently,
    log: &Log,
    (ids, at_once): (&[MessageId], bool),
) -> Result<Option<Vec<Known>>> {
    let tail = recently.tail(log);
    let kept = |tail: Arc<Tail>| ids.iter().map(|id| tail.find(*id).cloned()).collect();
    if let Some(rows) = tail.and_then(kept) {
        let rows: Vec<Arc<MessageRow>> = rows;
        let known = |row: &Arc<MessageRow>| {
            let counters = row.counters.filter(|_| row.body.is_some());
            counters.map(|counters| (row.id, row.from, counters))
        };
        return Ok(Some(rows.iter().filter_map(known).collect()));
    }
    if at_once { Ok(None) } else { read(conn, log.channel.id, ids).map(Some) }
}

fn read(conn: &Connection, channel: ChannelId, ids: &[MessageId]) -> Result<Vec<Known>> {
    let mut statement = conn.prepare_cached(
        "SELECT m.sender_id, c.views, c.forwards FROM channel_messages m
         LEFT JOIN channel_counters c ON c.channel_id = m.channel_id AND c.id = m.id
         WHERE m.channel_id = ?1 AND m.id = ?2 AND m.kind = ?3 AND m.body IS NOT NULL",
    )?;
    let mut known = Vec::new();
    for id in ids {
        let found = statement
            .query_row(params![channel.0, id.0, Kind::Post.number()], |row| {
                let views: Option<i32> = row.get(1)?;
                let forwards: Option<i32> = row.get(2)?;
                let counters =
                    Counters { views: views.unwrap_or(1), forwards: forwards.unwrap_or(0) };
                Ok((UserId(row.get(0)?), counters))
            })
            .optional()?;
        known.extend(found.map(|(author, counters)| (*id, author, counters)));
    }
    Ok(known)
}

/// To whom the one belongs who is counted.
pub(super) fn audience(conn: &Connection, channel: ChannelId, count: Count) -> Result<Audience> {
    match count {
        Count::ViewBy(viewer, _) if rows::is_member(conn, channel, viewer)? => {
            Ok(Audience::Members)
        }
        _ => Ok(Audience::Others),
    }
}

/// Writes counters of posts that still exist, what channels' hours had more of, and who was counted.
fn write(tx: &Connection, Dirty { posts: counters, series, viewed }: &Dirty) -> Result<()> {
    viewed::append(tx, viewed)?;
    for ((channel, hour, what), more) in series {
        // A channel that was deleted meanwhile has no series any more.
        if rows::find(tx, *channel)?.is_some_and(|log| !log.channel.deleted) {
            statistics::count(tx, *channel, *hour, what, *more)?;
        }
    }
    let mut statement = tx.prepare_cached(
        "INSERT INTO channel_counters (channel_id, id, views, forwards)
         SELECT channel_id, id, ?3, ?4 FROM channel_messages
         WHERE channel_id = ?1 AND id = ?2 AND body IS NOT NULL
         ON CONFLICT (channel_id, id) DO UPDATE SET views = ?3, forwards = ?4",
    )?;
    for ((channel, id), counters) in counters {
        statement.execute(params![channel.0, id.0, counters.views, counters.forwards])?;
    }
    Ok(())
}

impl Views {
    pub(super) fn new(key: ViewKey) -> Self {
        Self { key, state: Mutex::default(), loaded: OnceCell::new() }
    }

    /// Reads who was counted before the start; to be done before the first view is added.
    pub(super) async fn load(&self, database: &Sqlite) -> store::Result<()> {
        let load = async || {
            let found = database.read(viewed::load).await?;
            self.state.lock().viewed = found;
            Ok(())
        };
        self.loaded.get_or_try_init(load).await.copied()
    }

    /// To be asked before the database is: see [`Self::add`].
    pub(super) fn drops(&self) -> u64 {
        self.state.lock().drops
    }

    /// Adds to the counters of these posts. `None` if entries were dropped since `drops`: the caller reads them again.
    pub(super) fn add(
        &self,
        (channel, audience): (ChannelId, Audience),
        known: &[Known],
        count: Count,
        drops: u64,
    ) -> Option<Vec<(MessageId, Counters)>> {
        let mut state = self.state.lock();
        if state.drops != drops {
            return None;
        }
        let bucket = match count {
            Count::Nothing => None,
            Count::ViewBy(_, at) => Some((channel, hour_of(at), Counted::Views(audience))),
            Count::Forward(at) => Some((channel, hour_of(at), Counted::Shares)),
        };
        let mut more = 0;
        let counted = known.iter().map(|(id, author, stored)| {
            let post = (channel, *id);
            let (views, forwards) = match count {
                Count::Nothing => (0, 0),
                Count::ViewBy(viewer, _) => {
                    let view = self.key.view(channel, *id, viewer);
                    (i32::from(*author != viewer && state.is_new(view)), 0)
                }
                Count::Forward(_) => (0, 1),
            };
            let present = state.posts.get(&post).map_or(*stored, |entry| entry.counters);
            let counters = Counters {
                views: present.views.saturating_add(views),
                forwards: present.forwards.saturating_add(forwards),
            };
            more += i64::from(views) + i64::from(forwards);
            if counters != present {
                state.posts.insert(post, Entry { counters, dirty: true });
            }
            (*id, counters)
        });
        let counted = counted.collect();
        if let Some(bucket) = bucket.filter(|_| more > 0) {
            *state.series.entry(bucket).or_default() += more;
        }
        state.drop_clean();
        Some(counted)
    }

    /// The counters of a post, if they may differ from those in the database.
    pub(super) fn of(&self, channel: ChannelId, id: MessageId) -> Option<Counters> {
        self.state.lock().posts.get(&(channel, id)).map(|entry| entry.counters)
    }

    /// Writes what was counted, a little later, together with what is counted until then.
    pub(super) fn schedule(self: &Arc<Self>, database: &Arc<Sqlite>) {
        let mut state = self.state.lock();
        if state.scheduled || !state.posts.values().any(|entry| entry.dirty) {
            return;
        }
        state.scheduled = true;
        drop(state);
        let (views, database) = (Arc::downgrade(self), Arc::downgrade(database));
        tokio::spawn(write_later(views, database));
    }

    /// Writes what was counted. What could not be written waits for the next time.
    pub(super) async fn write(&self, database: &Sqlite) {
        let dirty = self.take_dirty();
        let counters = dirty.clone();
        let written = database.write(move |tx| write(tx, &counters)).await;
        if written.is_err() {
            let mut state = self.state.lock();
            let later = std::mem::replace(&mut state.fresh, dirty.viewed);
            state.fresh.extend(later);
            // The oldest are those that a generation forgets first.
            let spare = state.fresh.len().saturating_sub(VIEWS);
            state.fresh.drain(..spare);
            for (bucket, more) in dirty.series {
                *state.series.entry(bucket).or_default() += more;
            }
            for (post, _) in dirty.posts {
                if let Some(entry) = state.posts.get_mut(&post) {
                    entry.dirty = true;
                }
            }
        }
    }

    /// What too many posts would do.
    #[cfg(test)]
    pub(super) fn drop_written(&self) {
        self.state.lock().drop_all_clean();
    }

    fn take_dirty(&self) -> Dirty {
        let mut state = self.state.lock();
        let series = state.series.drain().collect();
        let viewed = std::mem::take(&mut state.fresh);
        let dirty = state.posts.iter_mut().filter(|(_, entry)| entry.dirty);
        let taken = dirty.map(|(post, entry)| {
            entry.dirty = false;
            (*post, entry.counters)
        });
        Dirty { posts: taken.collect(), series, viewed }
    }
}

impl State {
    /// Notes a view; answers whether it is the first that is remembered.
    fn is_new(&mut self, view: u64) -> bool {
        let viewed = &mut self.viewed;
        if viewed.before.contains(&view) || !viewed.seen.insert(view) {
            return false;
        }
        self.fresh.push((viewed.generation, view));
        if viewed.seen.len() >= VIEWS {
            viewed.before = std::mem::take(&mut viewed.seen);
            viewed.generation += 1;
        }
        true
    }

    /// Keeps memory bounded. Only while nothing is being written: what was taken for a write may not be in the database yet.
    fn drop_clean(&mut self) {
        if self.posts.len() > POSTS && !self.scheduled {
            self.drop_all_clean();
        }
    }

    fn drop_all_clean(&mut self) {
        self.posts.retain(|_, entry| entry.dirty);
        self.drops += 1;
    }
}

async fn write_later(views: Weak<Views>, database: Weak<Sqlite>) {
    tokio::time::sleep(DELAY).await;
    let (Some(views), Some(database)) = (views.upgrade(), database.upgrade()) else { return };
    views.write(&database).await;
    let mut state = views.state.lock();
    state.scheduled = false;
    state.drop_clean();
    drop(state);
    views.schedule(&database);
}
