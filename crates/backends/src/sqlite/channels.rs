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
mod people;
mod port;
mod post;
mod reactions;
mod read;
mod readers;
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
use model::{ChannelId, MessageId};

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
pub use viewed::ViewKey;

use super::Sqlite;
use filling::Filling;
use views::{Count, Views};

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
            let drops = views.drops();
            let ids = ids.to_vec();
            let known = self.database.read(move |conn| {
                rows::log(conn, channel)?;
                let audience = views::audience(conn, channel, count)?;
                Ok((views::stored(conn, channel, &ids)?, audience))
            });
            let (known, audience) = known.await?;
            if let Some(counted) = views.add((channel, audience), &known, count, drops) {
                views.schedule(&self.database);
                return Ok(counted);
            }
        }
    }
}
