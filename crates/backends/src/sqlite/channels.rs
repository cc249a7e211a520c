//! Channels: one log each, read by everyone. A post is one row, whatever the audience.

mod acts;
mod asked;
mod change;
mod check;
mod discussion;
mod enroll;
mod erase;
mod events;
mod expiry;
mod filling;
mod gone;
mod index;
mod members;
mod message_row;
mod people;
mod port;
mod post;
mod reactions;
mod read;
mod readers;
mod reading;
mod recent;
mod rows;
mod search;
mod search_posts;
mod threads;
mod viewed;
mod views;
mod written_as;

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};

use model::dialog::HistoryPage;
use model::message::{Counters, Message};
use model::series::Audience;
use model::{ChannelId, MessageId};
use rusqlite::Connection;
use store::Error;

pub(super) use asked::{check_invite, head, head_for, message_for, set_username, title, with_row};
pub(super) use change::{live as live_post, unread_mentions};
pub(super) use check::check;
pub use enroll::Enrolled;
pub(crate) use enroll::enroll;
pub(super) use erase::some as erase_deleted;
pub(super) use members::open_for;
pub(super) use post::{first as post_first, post};
pub(super) use read::unread_after;
pub(super) use readers::note_reader;
pub(super) use recent::{Recent, take_changed};
pub use viewed::ViewKey;

use super::engine::LOOK_ROWS;
use super::{Result, Sqlite};
use filling::Filling;
use recent::{Recently, Tail};
use views::{Count, Known, Views};

/// Rows of a reading that looks for what it answers: as many as no look-up in place may ask for.
const SCAN: usize = usize::MAX;

/// The port of channels, over the database and the counters that are in memory.
#[derive(Clone)]
pub struct Channels {
    database: Arc<Sqlite>,
    counters: Arc<Counting>,
    filling: Arc<Filling>,
}

/// The counters with what writes the last of them.
struct Counting {
    views: Arc<Views>,
    database: Arc<Sqlite>,
}

impl Drop for Counting {
    fn drop(&mut self) {
        // Polled once, which gives the command to the writer: it finishes what waits before the database closes.
        let last = pin!(self.views.write(&self.database));
        let _ = last.poll(&mut Context::from_waker(Waker::noop()));
    }
}

impl std::fmt::Debug for Channels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Channels").field("database", &self.database).finish_non_exhaustive()
    }
}

impl Channels {
    /// The port over an open database.
    #[must_use]
    pub fn new(database: Arc<Sqlite>, views: ViewKey) -> Self {
        let views = Arc::new(Views::new(views));
        let counters = Arc::new(Counting { views, database: database.clone() });
        Self { database, counters, filling: Arc::default() }
    }

    /// Puts the counters that are newer in memory into a message.
    fn refresh(&self, channel: ChannelId, message: &mut Message) {
        if message.counters.is_some() {
            let newer = self.counters.views.of(channel, message.id);
            message.counters = newer.or(message.counters);
        }
    }

    fn refreshed(&self, channel: ChannelId, mut page: HistoryPage) -> HistoryPage {
        page.messages.iter_mut().for_each(|message| self.refresh(channel, message));
        page
    }

    async fn count(
        &self,
        channel: ChannelId,
        ids: &[MessageId],
        count: Count,
    ) -> store::Result<Vec<(MessageId, Counters)>> {
        let views = &self.counters.views;
        views.load(&self.database).await?;
        loop {
            let recently = self.recently();
            let drops = recently.drops();
            let (known, audience) = self.known(channel, ids, count, recently).await?;
            if let Some(counted) = views.add((channel, audience), &known, count, drops) {
                views.schedule(&self.database);
                return Ok(counted);
            }
        }
    }

    /// The counters of these messages, and to whom the one belongs who is counted.
    async fn known(
        &self,
        channel: ChannelId,
        ids: &[MessageId],
        count: Count,
        recently: Recently,
    ) -> store::Result<(Vec<Known>, Audience)> {
        let ids: Arc<[MessageId]> = ids.into();
        let has_all = |tail: &Tail| ids.iter().all(|id| tail.find(*id).is_some());
        let may_be_here = recently.knows(channel, has_all);
        let work = move |conn: &Connection, at_once| {
            let log = rows::log(conn, channel)?;
            let known = views::stored(conn, &recently, &log, (&ids, at_once))?;
            let Some(known) = known else { return Ok(None) };
            Ok(Some((known, views::audience(conn, channel, count)?)))
        };
        self.serve(may_be_here, SCAN, work).await
    }

    /// Runs a reading where it is asked for if it finds all in memory that it must not look for, else where so many rows are read.
    async fn serve<T, F>(&self, may_be_here: bool, rows: usize, work: F) -> store::Result<T>
    where
        T: Send + 'static,
        F: Fn(&Connection, bool) -> Result<Option<T>> + Clone + Send + 'static,
    {
        // What is looked up in place anyhow needs no attempt.
        if may_be_here && rows > LOOK_ROWS {
            let work = work.clone();
            if let Some(found) = self.database.look(1, move |conn| work(conn, true)).await? {
                return Ok(found);
            }
        }
        let found = self.database.look(rows, move |conn| work(conn, false)).await?;
        found.ok_or_else(|| Error::Corrupt("a reading without an answer".to_owned()))
    }

    /// What the next reader finds in memory; to be asked for before the database is.
    fn recently(&self) -> Recently {
        Recently::new(self.database.recent(), self.counters.views.drops())
    }

    /// Whether counters that were put in after a reading were the newest: none were dropped in between.
    fn has_newest(&self, recently: &Recently) -> bool {
        self.counters.views.drops() == recently.drops()
    }
}
