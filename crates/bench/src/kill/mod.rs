//! kill -9 in the middle of load: what was acknowledged is there once, in order, and no pts has a hole.
//!
//! Several jobs write at once, each its own kind: private texts, posts of a channel and of a supergroup, files in parts, titles of a group.
//! A job that does not know whether the server did its last act does it again, as clients do. After each kill every person reads
//! what happened meanwhile by `getDifference` and `getChannelDifference` from the position it was at; what these say is compared
//! with what was acknowledged, and at the end with the whole history.
//!
//! Beside them subscribers listen, people come into a channel and leave it, and posts wait for their time.

mod check;
mod job;
mod later;
mod listen;
mod read;
mod scene;
mod storm;

use std::path::Path;
use std::time::{Duration, Instant};

use crate::client::random;
use crate::server::{Result, Server};

use scene::Scene;

/// A restart to serving must take less than this.
const RESTART: Duration = Duration::from_secs(2);

/// Runs the rounds and compares.
pub(crate) async fn run(binary: &Path, rounds: u32) -> Result<()> {
    let mut server = Server::new(binary)?;
    server.start()?;
    let rsa = server.key()?;
    let mut scene = Scene::new(&server, &rsa).await?;
    let mut restarts = Vec::new();
    let begun = Instant::now();
    let mut round = 0;
    // What is planned in the last rounds leaves between kills too.
    while round < rounds || scene.has_plans(server.address).await? {
        if round == rounds {
            scene.stop_planning();
        }
        let started = kill_once(&mut server, &mut scene);
        restarts.push(started.await.map_err(|error| format!("round {round}: {error}"))?);
        round += 1;
        if round % 100 == 0 {
            eprintln!("kill: {round} of {rounds} rounds, {}", scene.counts().await);
        }
    }
    scene.compare(server.address).await?;
    let checked = server.check()?;
    server.kill();
    let figures = scene.check_figures(&server).await?;
    restarts.sort();
    println!(
        "kill: {round} rounds in {} s, acknowledged: {}; 0 lost, 0 doubled, 0 reordered, no hole, none early; {figures}; restart to serving: median {} ms, slowest {} ms; {}",
        begun.elapsed().as_secs(),
        scene.counts().await,
        restarts.get(restarts.len() / 2).map_or(0, Duration::as_millis),
        restarts.last().map_or(0, Duration::as_millis),
        checked.trim().replace('\n', "; ")
    );
    Ok(())
}

/// Load, a kill in the middle of it, and what everybody finds afterwards. Answers how long the restart took.
async fn kill_once(server: &mut Server, scene: &mut Scene) -> Result<Duration> {
    let load = scene.load(server.address);
    // A different moment each round, from the first connection to the middle of the load.
    tokio::time::sleep(Duration::from_millis(20 + random().unsigned_abs() % 180)).await;
    server.kill();
    for task in load {
        task.await.map_err(|error| error.to_string())??;
    }
    let started = server.start()?;
    if started > RESTART {
        return Err(format!("the restart took {} ms", started.as_millis()));
    }
    scene.catch_up(server.address).await?;
    Ok(started)
}
