//! Goal 12: from the start of the process on an empty folder to the first connection that is accepted and answered; of
//! ejabberd, to the first that is accepted.

use crate::goals::Bench;
use crate::peers::ejabberd;
use crate::report::{Gate, Goal, Line, median};
use crate::rounds::{self, Side};
use crate::server::{Result, Server};

/// Starts of the program in each round.
const STARTS: usize = 10;
/// Starts of ejabberd in each round: it takes seconds.
const REFERENCE_STARTS: usize = 3;
/// The absolute bound.
const BOUND_MS: f64 = 100.0;

/// C: against ejabberd, and against a fixed time.
pub(crate) fn run(bench: &Bench) -> Result<Vec<Line>> {
    let goal = |against: &str, gate| Goal {
        number: 12,
        name: "C start to the first accepted connection".to_owned(),
        unit: "ms",
        against: against.to_owned(),
        gate,
    };
    let goals = [goal("ejabberd", Gate::AtMost(0.1)), goal("100 ms", Gate::AtMost(1.0))];
    let rounds = rounds::run(&goals.each_ref().map(|goal| goal.gate), |side| match side {
        Side::Program => hoopoe(bench).map(|ms| vec![ms, ms]),
        Side::Reference => ejabberd().map(|ms| vec![ms, BOUND_MS]),
    })?;
    Ok(goals.iter().zip(&rounds).map(|(goal, rounds)| Line::new(goal, rounds)).collect())
}

fn hoopoe(bench: &Bench) -> Result<f64> {
    let times = (0..STARTS).map(|_| {
        // A folder of its own each time, which ends with the server.
        let mut server = Server::new(&bench.binary)?;
        Ok(server.start()?.as_secs_f64() * 1e3)
    });
    Ok(median(&times.collect::<Result<Vec<_>>>()?))
}

fn ejabberd() -> Result<f64> {
    let times = (0..REFERENCE_STARTS).map(|_| Ok(ejabberd::start()?.1.as_secs_f64() * 1e3));
    Ok(median(&times.collect::<Result<Vec<_>>>()?))
}
