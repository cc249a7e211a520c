//! The search of posts in public channels: ten thousand of them, with a million posts.

use std::time::Instant;

use model::message::Body;
use model::{ChannelId, Peer};
use store::Stores;
use store::ports::boxes::SearchQuery;
use store::ports::channels::{NewChannel, NewChannelMessage};
use tl_api::{enums, functions};
use tokio::task::JoinSet;

use crate::goals::Bench;
use crate::load::asking::ask;
use crate::load::connection::Connection;
use crate::load::crowd::Crowd;
use crate::load::posts;
use crate::population::{Account, Population, unix_time};
use crate::procstat::cpu_seconds;
use crate::report::{Gate, Goal, Line, Pair, median};
use crate::server::Result;

/// Public channels.
const CHANNELS: usize = 10_000;
/// Those that are searched: the largest ones.
const LARGE: usize = 100;
/// Posts of each of these, and of each of the others.
const POSTS: usize = 5000;
const OTHERS: usize = 50;
/// Owners, each of whom has as many channels as one may have.
const OWNERS: usize = 50;
/// Posts written together, and channels made together.
const TOGETHER: usize = 500;
/// Searches of one word; each from an account of its own, since searches are limited.
const SEARCHES: usize = 10;

fn text(error: store::Error) -> String {
    error.to_string()
}

/// What a search costs, by how many posts have the word.
pub(crate) fn run(bench: &Bench) -> Result<Vec<Line>> {
    let preparing = Population::prepare(&bench.binary, OWNERS + 2 * SEARCHES, false);
    let mut population = bench.runtime.block_on(preparing)?;
    bench.runtime.block_on(fill(&population))?;
    population.server.start()?;
    let pid = population.server.pid().ok_or("the server does not run")?;
    let mut crowd = Crowd::new()?;
    let searchers = population.accounts[OWNERS..].to_vec();
    posts::connect(&mut crowd, &population.server, &searchers)?;
    let mut next = 0;
    let mut lines = Vec::new();
    for (word, share) in [("common", "every"), ("rare", "every thousandth")] {
        let times = search(&mut crowd, &mut next, pid, word)?;
        let goal = Goal {
            number: 19,
            name: format!("search of {CHANNELS} public channels for a word of {share} post, CPU"),
            unit: "ms",
            against: "100 ms".to_owned(),
            gate: Gate::AtMost(1.0),
        };
        lines.push(Line::new(&goal, &[Pair { value: median(&times), reference: 100.0 }]));
    }
    population.server.kill();
    Ok(lines)
}

/// Milliseconds of the server's CPU for each search.
fn search(
    crowd: &mut Crowd<Connection>,
    next: &mut usize,
    pid: u32,
    word: &str,
) -> Result<Vec<f64>> {
    let mut times = Vec::new();
    for _ in 0..SEARCHES {
        let before = cpu_seconds(&[pid])?;
        let request = functions::channels::SearchPosts {
            query: Some(word.to_owned()),
            offset_peer: enums::InputPeer::InputPeerEmpty,
            limit: 20,
            ..Default::default()
        };
        let found = ask(crowd, *next, &request, |_, _| Ok(()))?;
        times.push((cpu_seconds(&[pid])? - before) * 1e3);
        *next += 1;
        let count = match &found {
            enums::messages::Messages::MessagesSlice(page) => page.messages.len(),
            enums::messages::Messages::Messages(page) => page.messages.len(),
            _ => 0,
        };
        if count == 0 {
            return Err(format!("no posts with the word {word}"));
        }
    }
    Ok(times)
}

/// Makes the channels and writes the posts.
async fn fill(population: &Population) -> Result<()> {
    let stores = population.stores()?;
    let numbers: Vec<usize> = (0..CHANNELS).collect();
    let mut channels = Vec::with_capacity(CHANNELS);
    for some in numbers.chunks(TOGETHER) {
        let mut calls = JoinSet::new();
        for number in some.iter().copied() {
            calls.spawn(found(
                stores.clone(),
                population.accounts[number % OWNERS].clone(),
                number,
            ));
        }
        while let Some(made) = calls.join_next().await {
            channels.push(made.map_err(|error| error.to_string())??);
        }
    }
    channels.sort_unstable();
    for (at, channel) in channels.iter().enumerate() {
        let count = if at < LARGE { POSTS } else { OTHERS };
        // Whoever made it may post; which one that was, the numbers of concurrent calls do not say.
        let made = stores.channels.channels(&[*channel]).await.map_err(text)?;
        let owner = made.first().ok_or("a channel is gone")?.creator;
        let mut number = 0;
        while number < count {
            let piece = (count - number).min(TOGETHER);
            let new = |n: usize| NewChannelMessage {
                sender: owner,
                channel: *channel,
                random_id: None,
                date: unix_time(),
                clock: unix_time(),
                body: Body { text: words(number + n), ..Body::default() },
                reply_to: None,
                mentions: Vec::new(),
                clear_draft: false,
            };
            stores.channels.post((0..piece).map(new).collect()).await.map_err(text)?;
            number += piece;
        }
    }
    // The index is filled when somebody searches: here, so that it is not measured.
    let begun = Instant::now();
    for channel in channels.iter().take(LARGE) {
        let query = SearchQuery { text: "rare".to_owned(), ..SearchQuery::default() };
        let owner = population.accounts[0].user;
        stores.channels.search_channel(*channel, owner, query).await.map_err(text)?;
    }
    eprintln!("  {} posts were indexed in {:.1} s", LARGE * POSTS, begun.elapsed().as_secs_f64());
    stores.upkeep.tidy().await.map_err(text)
}

fn words(number: usize) -> String {
    let rare = if number % 1000 == 7 { " rare" } else { "" };
    format!("a common post {number} with some words that people might read{rare}")
}

async fn found(stores: Stores, owner: Account, number: usize) -> Result<ChannelId> {
    let new = NewChannel {
        creator: owner.user,
        title: format!("Channel {number}"),
        about: String::new(),
        broadcast: true,
        now: unix_time(),
        ttl_period: None,
    };
    let id = stores.channels.create_channel(new).await.map_err(text)?.id;
    let name = Some(format!("bench_number_{number}"));
    stores.accounts.set_username(Peer::Channel(id), name).await.map_err(text)?;
    Ok(id)
}
