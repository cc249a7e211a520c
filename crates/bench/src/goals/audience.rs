//! Goals 14 and 15: what a post writes and what a member missed, for a thousand, a hundred thousand and a million subscribers; and
//! the list of a million.

use model::message::Body;
use model::{MessageId, Pts};
use store::Stores;
use store::ports::channels::NewChannelMessage;
use tl_api::{enums, functions};

use crate::client::random;
use crate::goals::Bench;
use crate::load::asking::{ask, ask_raw};
use crate::load::connection::Connection;
use crate::load::crowd::Crowd;
use crate::load::posts;
use crate::population::{Account, Population, unix_time};
use crate::procstat::cpu_seconds;
use crate::report::{Gate, Goal, Line, Pair};
use crate::rounds;
use crate::server::Result;

/// Subscribers. None of them is connected but those who ask.
const AUDIENCES: [usize; 3] = [1_000, 100_000, 1_000_000];
/// Those who come back, one after the other.
const RETURNING: usize = 100;
/// Posts that they missed.
const MISSED: usize = 1000;
/// Posts that one call brings.
const PAGE: i32 = 100;
/// Calls of one measurement.
const CALLS: usize = 200;
/// Posts whose rows are counted.
const COUNTED: usize = 100;
/// People on one page of the list.
const PEOPLE: i32 = 200;

fn text(error: store::Error) -> String {
    error.to_string()
}

/// A channel of one size, with posts in it.
struct Audience {
    population: Population,
    size: usize,
    end: Pts,
    /// The number of the newest post.
    newest: MessageId,
    /// Of one post.
    written: Written,
}

/// What a post writes.
#[derive(Clone, Copy)]
struct Written {
    rows: f64,
    bytes: f64,
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
    async fn prepare(bench: &Bench, size: usize) -> Result<Self> {
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

    fn name(&self) -> String {
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

/// CPU of one server, microseconds.
#[derive(Clone, Copy)]
struct Cost {
    /// A call that brings a page.
    page: f64,
    /// As many calls as bring everything.
    everything: f64,
    /// A call while many come back.
    returning: f64,
}

/// Both goals.
pub(crate) fn run(bench: &Bench) -> Result<Vec<Line>> {
    let mut audiences = AUDIENCES
        .iter()
        .map(|size| bench.runtime.block_on(Audience::prepare(bench, *size)))
        .collect::<Result<Vec<_>>>()?;
    let mut lines = rows_and_bytes(&audiences);
    let goals = goals(&audiences);
    let gates: Vec<Gate> = goals.iter().map(|goal| goal.gate).collect();
    let rounds = rounds::among(
        &gates,
        audiences.len(),
        |at| catch_up(&mut audiences[at]),
        |costs: &[Cost]| {
            let [few, many, most] = costs else { return Vec::new() };
            let pages = MISSED as f64 / f64::from(PAGE);
            vec![
                Pair { value: many.page, reference: few.page },
                Pair { value: most.page, reference: few.page },
                Pair { value: many.everything, reference: many.page * pages },
                Pair { value: most.returning, reference: most.page },
            ]
        },
    )?;
    lines.extend(goals.iter().zip(&rounds).map(|(goal, rounds)| Line::new(goal, rounds)));
    if let Some(most) = audiences.last_mut() {
        lines.extend(paging(most)?);
    }
    Ok(lines)
}

/// Exact counts: one round says all.
fn rows_and_bytes(audiences: &[Audience]) -> Vec<Line> {
    let Some((few, others)) = audiences.split_first() else { return Vec::new() };
    let line = |size: usize, what, unit, value, reference| {
        let goal = Goal {
            number: 14,
            name: format!("G({size}) {what} of a post"),
            unit,
            against: format!("G({})", few.size),
            gate: Gate::AtMost(1.05),
        };
        Line::new(&goal, &[Pair { value, reference }])
    };
    let lines = others.iter().flat_map(|many| {
        [
            line(many.size, "rows", "rows", many.written.rows, few.written.rows),
            line(many.size, "bytes", "B", many.written.bytes, few.written.bytes),
        ]
    });
    lines.collect()
}

fn goals(audiences: &[Audience]) -> Vec<Goal> {
    let goal = |name: String, against: String, gate| Goal {
        number: 15,
        name: format!("{name} CPU"),
        unit: "us",
        against,
        gate,
    };
    let [few, many, most] = audiences else { return Vec::new() };
    let pages = MISSED / 100;
    vec![
        goal(many.name(), few.name(), Gate::AtMost(1.1)),
        goal(most.name(), few.name(), Gate::AtMost(1.1)),
        goal(
            format!("U({}, {MISSED})", many.size),
            format!("{pages} times {}", many.name()),
            Gate::AtMost(1.1),
        ),
        goal(
            format!("{RETURNING} of {} come back after {MISSED} posts, one call,", most.size),
            most.name(),
            Gate::None,
        ),
    ]
}

fn difference(
    population: &Population,
    account: &Account,
    pts: Pts,
) -> Result<functions::updates::GetChannelDifference> {
    Ok(functions::updates::GetChannelDifference {
        force: false,
        channel: population.channel_of(account)?.into(),
        filter: enums::ChannelMessagesFilter::ChannelMessagesFilterEmpty,
        pts: pts.0,
        limit: PAGE,
    })
}

/// Reads a page: it has to bring the posts that follow its position, each once and in order.
fn fetch(
    crowd: &mut Crowd<Connection>,
    member: usize,
    request: &functions::updates::GetChannelDifference,
    newest: (Pts, MessageId),
) -> Result<()> {
    let answer = ask(crowd, member, request, |_, _| Ok(()))?;
    let enums::updates::ChannelDifference::ChannelDifference(page) = answer else {
        return Err(format!("the difference from {} is no list", request.pts));
    };
    let ids: Vec<i32> = page
        .new_messages
        .iter()
        .filter_map(|message| match message {
            enums::Message::Message(message) => Some(message.id),
            _ => None,
        })
        .collect();
    // A post moves the position by one, and numbers have no holes.
    let first = newest.1.0 - (newest.0.0 - request.pts) + 1;
    if ids.iter().copied().eq(first..first + PAGE) && page.pts == request.pts + PAGE {
        Ok(())
    } else {
        Err(format!(
            "the difference from {} is not the posts from {first} on: {ids:?}",
            request.pts
        ))
    }
}

/// Microseconds of the server's CPU that work takes.
fn cost(pid: u32, work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let before = cpu_seconds(&[pid])?;
    work()?;
    Ok((cpu_seconds(&[pid])? - before) * 1e6)
}

fn catch_up(audience: &mut Audience) -> Result<Cost> {
    let population = &mut audience.population;
    population.server.start()?;
    let pid = population.server.pid().ok_or("the server does not run")?;
    let end = audience.end;
    let mut crowd = Crowd::new()?;
    let people = population.accounts[1..].to_vec();
    posts::connect(&mut crowd, &population.server, &people)?;
    let pages: Vec<i32> =
        (1..=MISSED as i32 / PAGE).rev().map(|page| end.0 - page * PAGE).collect();
    let requests = people
        .iter()
        .map(|account| pages.iter().map(|pts| difference(population, account, Pts(*pts))).collect())
        .collect::<Result<Vec<Vec<_>>>>()?;
    let newest = (end, audience.newest);
    let fetch = |crowd: &mut Crowd<Connection>, member: usize, page: usize| {
        fetch(crowd, member, &requests[member][page], newest)
    };
    let last = pages.len() - 1;
    (0..20).try_for_each(|_| fetch(&mut crowd, 0, last))?;
    let page = cost(pid, || (0..CALLS).try_for_each(|_| fetch(&mut crowd, 0, last)))?;
    let times = CALLS / pages.len();
    let everything = cost(pid, || {
        (0..times).try_for_each(|_| (0..=last).try_for_each(|page| fetch(&mut crowd, 0, page)))
    })?;
    let returning = cost(pid, || {
        (0..people.len())
            .try_for_each(|member| (0..=last).try_for_each(|page| fetch(&mut crowd, member, page)))
    })?;
    population.server.kill();
    Ok(Cost {
        page: page / CALLS as f64,
        everything: everything / times as f64,
        returning: returning / (people.len() * pages.len()) as f64,
    })
}

/// The list of subscribers: its first pages, and its last.
fn paging(audience: &mut Audience) -> Result<Vec<Line>> {
    let population = &mut audience.population;
    population.server.start()?;
    let pid = population.server.pid().ok_or("the server does not run")?;
    let mut crowd = Crowd::new()?;
    let owner = population.accounts[0].clone();
    posts::connect(&mut crowd, &population.server, std::slice::from_ref(&owner))?;
    let channel = population.channel_of(&owner)?;
    let mut page = |offset: usize| {
        let request = functions::channels::GetParticipants {
            channel: channel.clone().into(),
            filter: enums::ChannelParticipantsFilter::ChannelParticipantsRecent,
            offset: i32::try_from(offset).unwrap_or(i32::MAX),
            limit: PEOPLE,
            hash: 0,
        };
        ask_raw(&mut crowd, 0, &request, &mut |_, _| Ok(())).map(drop)
    };
    let step = PEOPLE as usize;
    (0..5).try_for_each(|number| page(number * step))?;
    let pages = 20;
    let first = cost(pid, || (0..pages).try_for_each(|number| page(number * step)))?;
    let deep = audience.size - (pages + 1) * step;
    let last = cost(pid, || (0..pages).try_for_each(|number| page(deep + number * step)))?;
    population.server.kill();
    let goal = Goal {
        number: 14,
        name: format!("a page of {PEOPLE} at the end of the list of {}, CPU", audience.size),
        unit: "us",
        against: "a page at its beginning".to_owned(),
        gate: Gate::None,
    };
    let each = |sum: f64| sum / pages as f64;
    Ok(vec![Line::new(&goal, &[Pair { value: each(last), reference: each(first) }])])
}
