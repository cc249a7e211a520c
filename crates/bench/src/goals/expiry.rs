//! A hundred thousand messages end in one second: what the sweep does to the sends that go on beside it.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use model::UnixTime;
use model::message::Body;
use store::ports::boxes::{BoxPeer, NewBoxMessage};

use super::Bench;
use super::send::{Kind, Scene, message};
use crate::client::now;
use crate::load::connection::{Connection, Heard};
use crate::load::crowd::Crowd;
use crate::load::posts;
use crate::report::{Gate, Goal, Line, Pair, quantile};
use crate::rounds;
use crate::server::Result;

/// Messages that end together, each in two boxes.
const ENDING: usize = 100_000;
/// Written in one transaction.
const PIECE: usize = 250;
/// Who sends meanwhile, each with one send outstanding.
const SENDERS: usize = 16;
/// Before the end, for writing what is to end, starting the server and measuring without a sweep; seconds.
const AHEAD_S: i64 = 60;
/// How long sends are measured, without the sweep and with it.
const WINDOW: Duration = Duration::from_secs(6);
/// Kept free on both sides of the end.
const MARGIN: Duration = Duration::from_secs(1);

pub(super) fn run(bench: &Bench) -> Result<Vec<Line>> {
    let goal = Goal {
        number: 16,
        name: format!("p99 of S({SENDERS}) while {ENDING} messages end"),
        unit: "ms",
        against: "the same before they end".to_owned(),
        gate: Gate::AtMost(1.1),
    };
    let mut scene = bench.runtime.block_on(Scene::prepare(bench, SENDERS, Kind::Private))?;
    let rounds = rounds::within(goal.gate, || measure(bench, &mut scene))?;
    Ok(vec![Line::new(&goal, &rounds)])
}

fn unix_s() -> i64 {
    i64::try_from(now().wall.unix_secs()).unwrap_or_default()
}

/// When what ends this second has ended, by the monotonic clock.
fn instant_of(end_s: i64) -> Instant {
    let ahead = u64::try_from(end_s - unix_s()).unwrap_or_default();
    Instant::now() + Duration::from_secs(ahead)
}

fn measure(bench: &Bench, scene: &mut Scene) -> Result<Pair> {
    let end_s = unix_s() + AHEAD_S;
    bench.runtime.block_on(plant(scene, end_s))?;
    scene.population.server.start()?;
    let end = instant_of(end_s);
    let quiet = end.checked_sub(MARGIN + WINDOW).ok_or("the clock began just now")?;
    if quiet < Instant::now() {
        return Err(format!("{AHEAD_S} s are not enough to write {ENDING} messages"));
    }
    let windows = [quiet, end + MARGIN];
    let [without, with] = latencies(scene, windows)?;
    scene.population.server.kill();
    let left = bench.runtime.block_on(sweep_rest(scene, end_s))?;
    eprintln!(
        "  {} sends without, {} with; {left} of {} copies were left after {:?}",
        without.len(),
        with.len(),
        2 * ENDING,
        MARGIN + WINDOW
    );
    if left == 0 {
        return Err("all was swept before the measurement ended".to_owned());
    }
    Ok(Pair { value: quantile(&with, 0.99), reference: quantile(&without, 0.99) })
}

/// Writes what ends, between people who are not connected.
async fn plant(scene: &Scene, end_s: i64) -> Result<()> {
    let data = scene.population.server.data();
    let stores = backends::open(&data, backends::ViewKey::of_tools(), &|_, _| {})
        .map_err(|error| error.to_string())?;
    let people = &scene.population.accounts[SENDERS..];
    for piece in 0..ENDING / PIECE {
        let new = |at: usize| NewBoxMessage {
            sender: people[(piece * PIECE + at) % people.len()].user,
            peer: BoxPeer::User(people[(piece * PIECE + at + 1) % people.len()].user),
            random_id: None,
            date: UnixTime(unix_s()),
            body: Body {
                text: "x".repeat(300),
                ttl_period: Some(i32::try_from(AHEAD_S).unwrap_or(i32::MAX)),
                expires: Some(UnixTime(end_s)),
                ..Body::default()
            },
            reply_to: None,
            mentions: Vec::new(),
            clear_draft: false,
        };
        let sent = stores.boxes.send((0..PIECE).map(new).collect()).await;
        sent.map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Deletes what the server did not come to; answers how many copies.
async fn sweep_rest(scene: &Scene, end_s: i64) -> Result<i64> {
    let data = scene.population.server.data();
    let stores = backends::open(&data, backends::ViewKey::of_tools(), &|_, _| {})
        .map_err(|error| error.to_string())?;
    let mut left = 0;
    loop {
        let due = stores.boxes.expire(UnixTime(end_s), 1000).await;
        let looked_at = due.map_err(|error| error.to_string())?.looked_at;
        if looked_at == 0 {
            return Ok(left);
        }
        left += i64::from(looked_at);
    }
}

/// Milliseconds of each send that was answered within a window, for both.
fn latencies(scene: &Scene, windows: [Instant; 2]) -> Result<[Vec<f64>; 2]> {
    let mut crowd = Crowd::new()?;
    posts::connect(&mut crowd, &scene.population.server, &scene.population.accounts[..SENDERS])?;
    let sent = RefCell::new(vec![(0_usize, Instant::now()); SENDERS]);
    let send = |sender: usize, connection: &mut Connection| {
        let (next, at) = &mut sent.borrow_mut()[sender];
        let chats = &scene.chats[sender];
        connection.request(3, &message(&chats[*next % chats.len()]));
        (*next, *at) = (*next + 1, Instant::now());
        connection.flush()
    };
    for (sender, connection) in crowd.members.iter_mut().enumerate() {
        send(sender, connection)?;
    }
    let taken = RefCell::new([Vec::new(), Vec::new()]);
    let mut hear = |sender: usize, connection: &mut Connection, heard: Heard| match heard {
        Heard::Answer(3, _) => {
            let (answered, began) = (Instant::now(), sent.borrow()[sender].1);
            for (window, taken) in windows.iter().zip(taken.borrow_mut().iter_mut()) {
                if *window <= answered && answered < *window + WINDOW {
                    taken.push((answered - began).as_secs_f64() * 1000.0);
                }
            }
            send(sender, connection)
        }
        Heard::Refused(why) => Err(why),
        _ => Ok(()),
    };
    let over = windows[1] + WINDOW;
    crowd.rest(over.saturating_duration_since(Instant::now()), &mut hear)?;
    Ok(taken.into_inner())
}
