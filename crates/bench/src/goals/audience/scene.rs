//! A channel of one size, and what a post to it writes.

use model::message::Body;
use model::{MessageId, Pts};
use store::Stores;
use store::ports::channels::NewChannelMessage;

use super::{MISSED, PAGE, RETURNING};
use crate::client::random;
use crate::goals::Bench;
use crate::population::{Population, unix_time};
use crate::server::Result;

/// Posts whose rows are counted.
const COUNTED: usize = 100;

fn text(error: store::Error) -> String {
    error.to_string()
}

/// A channel of one size, with posts in it.
pub(super) struct Audience {
    pub(super) population: Population,
    pub(super) size: usize,
    pub(super) end: Pts,
    /// The number of the newest post.
    pub(super) newest: MessageId,
    /// Of one post.
    pub(super) written: Written,
}

/// What a post writes.
#[derive(Clone, Copy)]
pub(super) struct Written {
    pub(super) rows: f64,
    pub(super) bytes: f64,
}

fn post(population: &Population) -> Result<NewChannelMessage> {
    let now = unix_time();
    Ok(NewChannelMessage {
        sender: population.accounts[0].user,
        channel: population.channel()?,
        random_id: Some(random()),
        date: now,
        clock: now,
        body: Body { text: "x".repeat(300), ..Body::default() },
        reply_to: None,
        mentions: Vec::new(),
        clear_draft: false,
    })
}

impl Audience {
    pub(super) async fn prepare(bench: &Bench, size: usize) -> Result<Self> {
        let mut population =
            Population::prepare_audience(&bench.binary, RETURNING + 1, size).await?;
        let stores = population.stores()?;
        let written = written(&stores, &population).await?;
        for _ in 0..MISSED / 100 {
            let posts = (0..100).map(|_| post(&population)).collect::<Result<Vec<_>>>()?;
            stores.channels.post(posts).await.map_err(text)?;
        }
        let channels = stores.channels.channels(&[population.channel()?]).await.map_err(text)?;
        let channel = channels.first().ok_or("no channel")?;
        let (end, newest) = (channel.pts, channel.top_message);
        stores.upkeep.tidy().await.map_err(text)?;
        drop(stores);
        // The first start makes the secret behind access hashes.
        population.server.start()?;
        population.server.kill();
        eprintln!(
            "  {size} subscribers: a post writes {} rows, {} bytes",
            written.rows, written.bytes
        );
        Ok(Self { population, size, end, newest, written })
    }

    pub(super) fn name(&self) -> String {
        format!("U({}, {PAGE})", self.size)
    }
}

/// Rows and bytes of the database's log, of posts that follow each other.
async fn written(stores: &Stores, population: &Population) -> Result<Written> {
    let some = async || -> Result<()> {
        for _ in 0..COUNTED {
            stores.channels.post(vec![post(population)?]).await.map_err(text)?;
        }
        Ok(())
    };
    let rows = || {
        let counters = stores.upkeep.counters();
        counters.into_iter().find(|(name, _)| *name == "rows_written").map_or(0, |(_, rows)| rows)
    };
    some().await?;
    stores.upkeep.tidy().await.map_err(text)?;
    let before = rows();
    some().await?;
    let log = population.server.data().join(format!("{}-wal", backends::DATABASE));
    let bytes = std::fs::metadata(&log).map_err(|error| error.to_string())?.len();
    let each = |sum: u64| sum as f64 / COUNTED as f64;
    Ok(Written { rows: each(rows() - before), bytes: each(bytes) })
}
