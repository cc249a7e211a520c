//! Goals 1, 3, 4, 5: what a delivery costs, and when the last subscriber has read.

use crate::goals::Bench;
use crate::load::posts::{self, Outcome, Plan};
use crate::population::Population;
use crate::report::{Gate, Goal, Line};
use crate::rounds::{self, Side};
use crate::server::Result;

/// Turns that are measured: a p99 needs a hundred.
const TURNS: usize = 100;

/// What a goal reads of an outcome.
type Figure = fn(&Outcome) -> f64;

/// F(N): deliveries per CPU second, of L's.
pub(crate) fn steady(bench: &Bench, number: u32, subscribers: usize) -> Result<Vec<Line>> {
    let plan = Plan { subscribers, window: 1, turns: TURNS };
    let gate = if number == 1 { Gate::AtLeast(0.75) } else { Gate::None };
    let name = format!("F({subscribers}) deliveries per CPU-s");
    let deliveries = Goal { number, name, unit: "1/CPU-s", against: "L".to_owned(), gate };
    compare(bench, plan, false, &[(deliveries, per_cpu_s)])
}

/// F(10000): the slowest readers, of L's; and deliveries per CPU second for orientation.
pub(crate) fn late(bench: &Bench) -> Result<Vec<Line>> {
    let plan = Plan { subscribers: 10_000, window: 1, turns: TURNS };
    let goal = |name: &str, unit, gate| Goal {
        number: 5,
        name: format!("F(10000) {name}"),
        unit,
        against: "L".to_owned(),
        gate,
    };
    let last: Figure = |outcome| outcome.p99_ms;
    compare(
        bench,
        plan,
        false,
        &[
            (goal("p99 to the last subscriber", "ms", Gate::AtMost(1.5)), last),
            (goal("deliveries per CPU-s", "1/CPU-s", Gate::None), per_cpu_s),
        ],
    )
}

/// B(1000): eight posts in one write, against L that joins them for each subscriber.
pub(crate) fn burst(bench: &Bench) -> Result<Vec<Line>> {
    let plan = Plan { subscribers: 1000, window: 8, turns: TURNS };
    let goal = Goal {
        number: 4,
        name: "B(1000) deliveries per CPU-s".to_owned(),
        unit: "1/CPU-s",
        against: "L, coalesced".to_owned(),
        gate: Gate::None,
    };
    compare(bench, plan, true, &[(goal, per_cpu_s)])
}

fn per_cpu_s(outcome: &Outcome) -> f64 {
    outcome.deliveries_per_cpu_s
}

fn compare(bench: &Bench, plan: Plan, joined: bool, goals: &[(Goal, Figure)]) -> Result<Vec<Line>> {
    let preparing = Population::prepare(&bench.binary, plan.subscribers + 1, true);
    let mut population = bench.runtime.block_on(preparing)?;
    let gates: Vec<Gate> = goals.iter().map(|(goal, _)| goal.gate).collect();
    let rounds = rounds::run(&gates, |side| {
        let outcome = match side {
            Side::Program => {
                population.server.start()?;
                let outcome = posts::hoopoe(&population.server, &population.accounts, plan);
                population.server.kill();
                outcome?
            }
            Side::Reference => posts::limit(plan, joined)?,
        };
        eprintln!(
            "  {side:?}: {:.0} deliveries per CPU-s, last reader p50 {:.2} ms, p99 {:.2} ms",
            outcome.deliveries_per_cpu_s, outcome.p50_ms, outcome.p99_ms
        );
        Ok(goals.iter().map(|(_, figure)| figure(&outcome)).collect())
    })?;
    Ok(goals.iter().zip(&rounds).map(|((goal, _), rounds)| Line::new(goal, rounds)).collect())
}
