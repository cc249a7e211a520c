//! Goal 6: what a connection costs on which nothing happens.

use std::time::Duration;

use crate::goals::Bench;
use crate::load::crowd::Crowd;
use crate::load::posts;
use crate::peers::ejabberd;
use crate::population::Population;
use crate::procstat::rss_bytes;
use crate::report::{Gate, Goal, Line};
use crate::rounds::{self, Side};
use crate::server::Result;

const CONNECTIONS: usize = 5000;
/// What a server still does after the last sign-in.
const SETTLE: Duration = Duration::from_millis(1500);
/// The absolute bound.
const BOUND_KIB: f64 = 8.0;

/// I(5000): against ejabberd, and against a fixed size.
pub(crate) fn run(bench: &Bench) -> Result<Vec<Line>> {
    let preparing = Population::prepare(&bench.binary, CONNECTIONS, false);
    let mut population = bench.runtime.block_on(preparing)?;
    let goal = |against: &str, gate| Goal {
        number: 6,
        name: format!("I({CONNECTIONS}) RSS per connection"),
        unit: "KiB",
        against: against.to_owned(),
        gate,
    };
    let goals = [goal("ejabberd", Gate::AtMost(0.3)), goal("8 KiB", Gate::AtMost(1.0))];
    let rounds = rounds::run(&goals.each_ref().map(|goal| goal.gate), |side| match side {
        Side::Program => hoopoe(&mut population).map(|kib| vec![kib, kib]),
        Side::Reference => ejabberd().map(|kib| vec![kib, BOUND_KIB]),
    })?;
    Ok(goals.iter().zip(&rounds).map(|(goal, rounds)| Line::new(goal, rounds)).collect())
}

fn each(before: u64, after: u64) -> f64 {
    after.saturating_sub(before) as f64 / 1024.0 / CONNECTIONS as f64
}

fn hoopoe(population: &mut Population) -> Result<f64> {
    population.server.start()?;
    let pids = [population.server.pid().ok_or("the server does not run")?];
    let before = rss_bytes(&pids)?;
    let mut crowd = Crowd::new()?;
    posts::connect(&mut crowd, &population.server, &population.accounts)?;
    crowd.settle(&mut |_, _, _| Ok(()))?;
    crowd.rest(SETTLE, &mut |_, _, _| Ok(()))?;
    let after = rss_bytes(&pids)?;
    population.server.kill();
    Ok(each(before, after))
}

fn ejabberd() -> Result<f64> {
    let (peer, _) = ejabberd::start()?;
    let before = rss_bytes(&peer.pids())?;
    let held =
        (0..CONNECTIONS).map(|_| ejabberd::connect(peer.address)).collect::<Result<Vec<_>>>()?;
    std::thread::sleep(SETTLE);
    let after = rss_bytes(&peer.pids())?;
    drop(held);
    Ok(each(before, after))
}
