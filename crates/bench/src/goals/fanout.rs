//! Goals 1 to 5: what a delivery costs, and when the last subscriber has read, against the limit server and against other servers
//! in the same rounds.

use std::time::Instant;

use crate::goals::Bench;
use crate::load::bundle;
use crate::load::posts::{self, Outcome, Plan};
use crate::load::rivals;
use crate::peers::ejabberd::{self, Occupant};
use crate::peers::mosquitto::{self, Mqtt};
use crate::peers::nats::{self, Nats};
use crate::population::Population;
use crate::report::{Gate, Goal, Line, Pair};
use crate::rounds::{self, Side};
use crate::server::Result;

/// Turns that are measured: a p99 needs a hundred.
const TURNS: usize = 100;

/// What a goal reads of an outcome.
type Figure = fn(&Outcome) -> f64;

/// Who delivers the posts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Contender {
    Hoopoe,
    /// The limit server; `joined`: posts of one write leave in one write to each subscriber.
    Limit {
        joined: bool,
    },
    Ejabberd,
    Mosquitto {
        qos: u8,
    },
    Nats,
}

impl Contender {
    const fn name(self) -> &'static str {
        match self {
            Self::Hoopoe => "Hoopoe",
            Self::Limit { joined: false } => "L",
            Self::Limit { joined: true } => "L, coalesced",
            Self::Ejabberd => "ejabberd, a room",
            Self::Mosquitto { qos: 0 } => "Mosquitto, QoS 0",
            Self::Mosquitto { .. } => "Mosquitto, QoS 1",
            Self::Nats => "NATS",
        }
    }

    fn run(self, population: &mut Population, plan: Plan) -> Result<Outcome> {
        match self {
            Self::Hoopoe => {
                population.server.start()?;
                let outcome = posts::hoopoe(&population.server, &population.accounts, plan);
                population.server.kill();
                outcome
            }
            Self::Limit { joined } => posts::limit(plan, joined),
            Self::Ejabberd => rivals::run(&ejabberd::start_with_rooms()?, plan, || Occupant),
            Self::Mosquitto { qos } => rivals::run(&mosquitto::start()?, plan, || Mqtt::new(qos)),
            Self::Nats => rivals::run(&nats::start()?, plan, || Nats),
        }
    }
}

/// One line: a figure against somebody's.
struct Aim {
    goal: Goal,
    against: Contender,
    figure: Figure,
}

impl Aim {
    /// Deliveries per CPU second.
    fn cost(number: u32, workload: &str, against: Contender, gate: Gate) -> Self {
        Self {
            goal: Goal {
                number,
                name: format!("{workload} deliveries per CPU-s"),
                unit: "1/CPU-s",
                against: against.name().to_owned(),
                gate,
            },
            against,
            figure: per_cpu_s,
        }
    }
}

const L: Contender = Contender::Limit { joined: false };
const QOS_0: Contender = Contender::Mosquitto { qos: 0 };
const QOS_1: Contender = Contender::Mosquitto { qos: 1 };

/// F(1000): deliveries per CPU second, of L's and of other servers'.
pub(crate) fn thousand(bench: &Bench) -> Result<Vec<Line>> {
    let aim = |number, against, gate| Aim::cost(number, "F(1000)", against, Gate::AtLeast(gate));
    let aims = [
        aim(1, L, 0.75),
        aim(2, Contender::Ejabberd, 3.5),
        aim(2, QOS_0, 1.3),
        aim(2, QOS_1, 1.8),
        aim(2, Contender::Nats, 1.6),
    ];
    compare(bench, Plan { subscribers: 1000, window: 1, turns: TURNS }, &aims)
}

/// F(5000): the same with five times as many.
pub(crate) fn five_thousand(bench: &Bench) -> Result<Vec<Line>> {
    let aim = |against, gate| Aim::cost(3, "F(5000)", against, gate);
    let aims = [
        aim(L, Gate::None),
        aim(Contender::Ejabberd, Gate::AtLeast(4.0)),
        aim(QOS_0, Gate::AtLeast(2.0)),
        aim(Contender::Nats, Gate::AtLeast(1.6)),
    ];
    compare(bench, Plan { subscribers: 5000, window: 1, turns: TURNS }, &aims)
}

/// F(10000): the slowest readers, of L's; and deliveries per CPU second for orientation.
pub(crate) fn late(bench: &Bench) -> Result<Vec<Line>> {
    let goal = Goal {
        number: 5,
        name: "F(10000) p99 to the last subscriber".to_owned(),
        unit: "ms",
        against: L.name().to_owned(),
        gate: Gate::AtMost(1.5),
    };
    let last: Figure = |outcome| outcome.p99_ms;
    let aims = [Aim { goal, against: L, figure: last }, Aim::cost(5, "F(10000)", L, Gate::None)];
    compare(bench, Plan { subscribers: 10_000, window: 1, turns: TURNS }, &aims)
}

/// B(1000): eight posts in one write, against L that joins them for each subscriber, and against other servers.
pub(crate) fn burst(bench: &Bench) -> Result<Vec<Line>> {
    let aim = |against, gate| Aim::cost(4, "B(1000)", against, gate);
    let aims = [
        aim(Contender::Limit { joined: true }, Gate::None),
        aim(Contender::Nats, Gate::AtLeast(1.5)),
        aim(QOS_0, Gate::AtLeast(5.0)),
    ];
    compare(bench, Plan { subscribers: 1000, window: 8, turns: TURNS }, &aims)
}

/// F(15000) against F(1000), both ours: what a delivery costs in a large crowd.
pub(crate) fn scale(bench: &Bench) -> Result<Vec<Line>> {
    let goal = Goal {
        number: 13,
        name: "F(15000) CPU per delivery".to_owned(),
        unit: "us",
        against: "F(1000)".to_owned(),
        gate: Gate::AtMost(1.3),
    };
    // Deliveries enough on both sides; no p99 is read of so few.
    let plans = [
        Plan { subscribers: 15_000, window: 1, turns: TURNS / 2 },
        Plan { subscribers: 1000, window: 1, turns: TURNS },
    ];
    let mut populations = Vec::new();
    for plan in plans {
        let preparing = Population::prepare(&bench.binary, plan.subscribers + 1, true);
        populations.push(bench.runtime.block_on(preparing)?);
    }
    let rounds = rounds::run(&[goal.gate], |side| {
        let at = usize::from(side == Side::Reference);
        let outcome = Contender::Hoopoe.run(&mut populations[at], plans[at])?;
        Ok(vec![1e6 / outcome.deliveries_per_cpu_s])
    })?;
    Ok(rounds.iter().map(|rounds| Line::new(&goal, rounds)).collect())
}

/// F(100000), more subscribers than sockets can be open: a hundred share one.
pub(crate) fn hundred_thousand(bench: &Bench) -> Result<Vec<Line>> {
    bundled(bench, Plan { subscribers: 100_000, window: 1, turns: 10 }, 100)
}

/// F(1000000): a thousand share one.
pub(crate) fn million(bench: &Bench) -> Result<Vec<Line>> {
    bundled(bench, Plan { subscribers: 1_000_000, window: 1, turns: 5 }, 1000)
}

/// `together` subscribers on each socket. Every one has a key and a session of its own, and reads as all others do.
fn bundled(bench: &Bench, plan: Plan, together: usize) -> Result<Vec<Line>> {
    let goal = |what: &str, unit| Goal {
        number: 13,
        name: format!(
            "F({}) on {} sockets, {together} sessions on each, {what}",
            plan.subscribers,
            plan.subscribers / together
        ),
        unit,
        against: "F(1000) on 1000 sockets".to_owned(),
        gate: Gate::None,
    };
    let goals = [goal("CPU per delivery", "us"), goal("median to the last", "ms")];
    let start = Instant::now();
    let preparing = Population::prepare_crowd(&bench.binary, plan.subscribers);
    let mut population = bench.runtime.block_on(preparing)?;
    eprintln!("  {} accounts made in {:.0} s", plan.subscribers, start.elapsed().as_secs_f64());
    population.server.start()?;
    let many = bundle::run(&population.server, &population.accounts, plan, together)?;
    population.server.kill();
    let few = Plan { subscribers: 1000, window: 1, turns: TURNS };
    let few = Contender::Hoopoe.run(&mut population, few)?;
    let us = |outcome: &Outcome| 1e6 / outcome.deliveries_per_cpu_s;
    let pairs = [
        Pair { value: us(&many), reference: us(&few) },
        Pair { value: many.p50_ms, reference: few.p50_ms },
    ];
    Ok(goals.iter().zip(pairs).map(|(goal, pair)| Line::new(goal, &[pair])).collect())
}

fn per_cpu_s(outcome: &Outcome) -> f64 {
    outcome.deliveries_per_cpu_s
}

/// Runs everybody in every round.
fn compare(bench: &Bench, plan: Plan, aims: &[Aim]) -> Result<Vec<Line>> {
    let preparing = Population::prepare(&bench.binary, plan.subscribers + 1, true);
    let mut population = bench.runtime.block_on(preparing)?;
    let mut contenders = vec![Contender::Hoopoe];
    for aim in aims {
        if !contenders.contains(&aim.against) {
            contenders.push(aim.against);
        }
    }
    let gates: Vec<Gate> = aims.iter().map(|aim| aim.goal.gate).collect();
    let rounds = rounds::among(
        &gates,
        contenders.len(),
        |at| {
            let outcome = contenders[at].run(&mut population, plan)?;
            eprintln!(
                "  {}: {:.0} deliveries per CPU-s, last reader p50 {:.2} ms, p99 {:.2} ms",
                contenders[at].name(),
                outcome.deliveries_per_cpu_s,
                outcome.p50_ms,
                outcome.p99_ms
            );
            Ok(outcome)
        },
        |outcomes| {
            let of = |wanted| contenders.iter().position(|known| *known == wanted).unwrap_or(0);
            let pair = |aim: &Aim| Pair {
                value: (aim.figure)(&outcomes[0]),
                reference: (aim.figure)(&outcomes[of(aim.against)]),
            };
            aims.iter().map(pair).collect()
        },
    )?;
    Ok(aims.iter().zip(&rounds).map(|(aim, rounds)| Line::new(&aim.goal, rounds)).collect())
}
