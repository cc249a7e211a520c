//! Public pages: the first byte of a channel with ten thousand posts at a steady rate, the size of its largest page, and whether
//! time tells a private channel from one that never was.

mod http;
mod scene;
mod time;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::Bench;
use crate::client::random;
use crate::procstat::cpu_seconds;
use crate::report::{Gate, Goal, Line, Pair, quantile};
use crate::rounds;
use crate::server::Result;
use http::Client;
use scene::{NAME, POSTS, Scene};

/// Requests a second.
const RATE: u32 = 500;
/// Keep-alive connections that share them.
const CONNECTIONS: usize = 16;
/// Before anything is measured, and measured; seconds.
const WARM_S: u32 = 3;
const MEASURED_S: u32 = 12;
/// The gates of the first byte and of a page without media.
const FIRST_BYTE_MS: f64 = 5.0;
const PAGE_BYTES: f64 = 60_000.0;

pub(super) fn run(bench: &Bench) -> Result<Vec<Line>> {
    let mut scene = bench.runtime.block_on(Scene::prepare(bench))?;
    scene.server.start()?;
    let largest = scene::read_whole(&scene.server)?;
    let floor = format!("/healthz of the same server at {RATE}/s");
    let goals = [
        goal("first byte of its pages, p50", "ms", "5 ms", Gate::AtMost(1.0)),
        goal("first byte of its pages, p99", "ms", "5 ms", Gate::AtMost(1.0)),
        goal("first byte of its pages, p99", "ms", &floor, Gate::None),
        goal("CPU of the server for a request", "ms", "a core's 2 ms", Gate::AtMost(1.0)),
    ];
    let gates: Vec<Gate> = goals.iter().map(|goal| goal.gate).collect();
    let mut figures = rounds::several(&gates, || steady(&scene))?.into_iter();
    let mut lines: Vec<Line> =
        goals.iter().map(|goal| Line::new(goal, &figures.next().unwrap_or_default())).collect();
    let size = goal("HTML of its largest page", "B", "60 KB", Gate::AtMost(1.0));
    lines.push(Line::new(&size, &[Pair { value: largest, reference: PAGE_BYTES }]));
    lines.extend(time::compare(&scene)?);
    Ok(lines)
}

fn goal(name: &str, unit: &'static str, against: &str, gate: Gate) -> Goal {
    let name = format!("{name}, channel of {POSTS} posts, {RATE}/s");
    Goal { number: 20, name, unit, against: against.to_owned(), gate }
}

/// One round: the pages, and the plainest answer that the server has.
fn steady(scene: &Scene) -> Result<Vec<Pair>> {
    let pid = [scene.server.pid().ok_or("the server does not run")?];
    load(scene, WARM_S, page)?;
    let before = cpu_seconds(&pid)?;
    let pages = load(scene, MEASURED_S, page)?;
    let cpu_ms = (cpu_seconds(&pid)? - before) * 1000.0 / pages.len() as f64;
    let floor = load(scene, MEASURED_S / 3, |_| "/healthz".to_owned())?;
    let (p50, p99) = (quantile(&pages, 0.5), quantile(&pages, 0.99));
    Ok(vec![
        Pair { value: p50, reference: FIRST_BYTE_MS },
        Pair { value: p99, reference: FIRST_BYTE_MS },
        Pair { value: p99, reference: quantile(&floor, 0.99) },
        Pair { value: cpu_ms, reference: 1000.0 / f64::from(RATE) },
    ])
}

/// The three kinds in turn; old posts are as likely as new ones, so that most pages are not in memory.
fn page(number: usize) -> String {
    let post = 1 + random().unsigned_abs() % POSTS as u64;
    match number % 3 {
        0 => format!("/s/{NAME}"),
        1 => format!("/s/{NAME}?before={post}"),
        _ => format!("/{NAME}/{post}"),
    }
}

/// Sends requests when they are due, whether the ones before are answered or not, as long as a connection is free; answers the
/// milliseconds from when each was due to its first byte.
fn load(scene: &Scene, seconds: u32, path: fn(usize) -> String) -> Result<Vec<f64>> {
    let total = (seconds * RATE) as usize;
    let (next, start) = (AtomicUsize::new(0), Instant::now() + Duration::from_millis(20));
    let work = || -> Result<Vec<f64>> {
        let mut client = Client::connect(scene.server.address)?;
        let mut took = Vec::with_capacity(total / CONNECTIONS * 2);
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= total {
                return Ok(took);
            }
            let path = path(number);
            let due = start + Duration::from_secs(1) * number as u32 / RATE;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let answer = client.get(&path, true)?;
            if answer.status != 200 {
                return Err(format!("{path}: {}", answer.status));
            }
            took.push((answer.first_byte - due).as_secs_f64() * 1000.0);
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(work)).collect();
        let mut all = Vec::with_capacity(total);
        for worker in workers {
            all.extend(worker.join().map_err(|_| "a connection's thread ended")??);
        }
        Ok(all)
    })
}
