//! What fills the index after a search did not wait for all of it.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::time::Duration;

use model::ChannelId;
use parking_lot::Mutex;

use super::super::Sqlite;
use super::index;

/// Commands that a search waits for: about a tenth of a second.
const WAITED_FOR: usize = 20;
/// Between two commands afterwards, about three times as long as one takes: who sends shares the writer with them.
const PAUSE: Duration = Duration::from_millis(20);
/// Channels in one command.
const TOGETHER: usize = 5;
/// Channels that wait at most. Who searches another one asks again.
const WAITING: usize = 1000;

/// The channels whose logs come into the index by and by.
#[derive(Default)]
pub(super) struct Filling {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    channels: VecDeque<ChannelId>,
    running: bool,
}

impl Filling {
    /// Indexes the newest messages of these channels that are not in the index, and leaves older ones for later if there are many.
    pub(super) async fn fill(
        self: &Arc<Self>,
        database: &Arc<Sqlite>,
        channels: Vec<ChannelId>,
    ) -> store::Result<()> {
        let mut behind = database.read(move |conn| index::behind(conn, channels)).await?;
        for _ in 0..WAITED_FOR {
            if behind.is_empty() {
                return Ok(());
            }
            behind = database.write(move |tx| index::catch_up(tx, behind)).await?;
        }
        self.go_on(database, behind);
        Ok(())
    }

    /// Indexes what is missing of these channels when nobody waits for it.
    fn go_on(self: &Arc<Self>, database: &Arc<Sqlite>, channels: Vec<ChannelId>) {
        let mut state = self.state.lock();
        state.add(channels);
        if state.channels.is_empty() || std::mem::replace(&mut state.running, true) {
            return;
        }
        drop(state);
        tokio::spawn(go_on(Arc::downgrade(self), Arc::downgrade(database)));
    }

    /// The channels of the next command; none ends the task.
    fn take(&self) -> Vec<ChannelId> {
        let mut state = self.state.lock();
        let end = state.channels.len().min(TOGETHER);
        state.running = end > 0;
        state.channels.drain(..end).collect()
    }
}

impl State {
    fn add(&mut self, channels: Vec<ChannelId>) {
        for channel in channels {
            if self.channels.len() < WAITING && !self.channels.contains(&channel) {
                self.channels.push_back(channel);
            }
        }
    }
}

async fn go_on(filling: Weak<Filling>, database: Weak<Sqlite>) {
    loop {
        tokio::time::sleep(PAUSE).await;
        let (Some(filling), Some(database)) = (filling.upgrade(), database.upgrade()) else {
            return;
        };
        let channels = filling.take();
        if channels.is_empty() {
            return;
        }
        // What could not be written is asked for by the next search.
        let behind = database.write(move |tx| index::catch_up(tx, channels)).await;
        filling.state.lock().add(behind.unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use store::Stores;
    use store::conformance::channel_scene::{Scene, broadcast, text};
    use store::ports::boxes::SearchQuery;

    use super::*;

    /// A database with a channel of so many posts, the port's own database beside it.
    async fn filled(stores: &Stores, posts: usize) -> Scene<'_> {
        let scene = broadcast(stores).await;
        let batch = (0..posts).map(|_| scene.written(scene.owner, text("apple"))).collect();
        stores.channels.post(batch).await.unwrap();
        scene
    }

    async fn is_behind(database: &Arc<Sqlite>, channel: ChannelId) -> bool {
        let behind = database.read(move |conn| index::behind(conn, vec![channel])).await;
        !behind.unwrap().is_empty()
    }

    /// The numbers that the index has of a log.
    async fn ranges(database: &Arc<Sqlite>) -> Vec<(i32, i32)> {
        let read = database.read(|conn| {
            let mut statement =
                conn.prepare("SELECT first_id, last_id FROM channel_indexed ORDER BY last_id")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
        });
        read.await.unwrap()
    }

    /// The newest messages are found before the index has the others, wherever new ones come in meanwhile.
    #[tokio::test]
    async fn a_log_comes_in_newest_first() {
        let folder = tempfile::tempdir().unwrap();
        let stores = crate::open(folder.path(), crate::ViewKey::of_tools(), &|_, _| {}).unwrap();
        let scene = filled(&stores, 1_200).await;
        let channel = scene.id;
        let file = folder.path().join("hoopoe.db");
        let database = Sqlite::open(&file, None, &|_, _| {}).unwrap();
        let step = async || {
            let behind = database.write(move |tx| index::catch_up(tx, vec![channel])).await;
            !behind.unwrap().is_empty()
        };
        assert!(step().await);
        assert_eq!(ranges(&database).await, [(700, 1200)]);
        // Words of what is not in it yet are not looked for there.
        let old = model::MessageId(10);
        stores.channels.edit_post(channel, scene.owner, old, text("pear"), None).await.unwrap();
        scene.delete(&[model::MessageId(1_000)]).await;
        let more = (0..700).map(|_| scene.written(scene.owner, text("apple"))).collect();
        stores.channels.post(more).await.unwrap();
        assert!(step().await);
        assert_eq!(ranges(&database).await, [(700, 1200), (1400, 1900)]);
        assert!(step().await);
        assert_eq!(ranges(&database).await, [(400, 1900)]);
        assert!(!step().await);
        assert_eq!(ranges(&database).await, [(0, 1900)]);
        assert!(!is_behind(&database, channel).await);
        let query = |words: &str| SearchQuery { text: words.to_owned(), ..SearchQuery::default() };
        let total = async |words: &str| {
            let page = stores.channels.search_channel(channel, scene.member, query(words)).await;
            page.unwrap().total
        };
        assert_eq!((total("apple").await, total("pear").await), (1_898, 1));
        scene.delete(&[old]).await;
        assert_eq!(total("pear").await, 0);
    }

    /// What a search did not wait for comes in when nobody asks.
    #[tokio::test]
    async fn the_rest_comes_in_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let stores = crate::open(folder.path(), crate::ViewKey::of_tools(), &|_, _| {}).unwrap();
        let scene = filled(&stores, 1_300).await;
        let file = folder.path().join("hoopoe.db");
        let database = Sqlite::open(&file, None, &|_, _| {}).unwrap();
        let filling = Arc::new(Filling::default());
        assert!(is_behind(&database, scene.id).await);
        filling.go_on(&database, vec![scene.id, ChannelId(7)]);
        let begun = Instant::now();
        while is_behind(&database, scene.id).await {
            assert!(begun.elapsed() < Duration::from_secs(60), "it comes in");
        }
        assert_eq!(ranges(&database).await, [(0, 1300)]);
    }

    /// Whatever is asked for, a queue has an end.
    #[test]
    fn a_bounded_number_of_channels_waits() {
        let mut state = State::default();
        let many: Vec<_> = (0..3_000).map(ChannelId).collect();
        state.add(many.clone());
        state.add(many);
        assert_eq!(state.channels.len(), WAITING);
    }
}
