//! A thousand people join a channel: how fast they come in, and what the posts of that time notice of it.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use tl_api::{functions, types};

use crate::goals::Bench;
use crate::load::connection::{Connection, Heard};
use crate::load::posts::{self, Audience, Plan, Tally};
use crate::population::Population;
use crate::report::{Gate, Goal, Line, Pair, quantile};
use crate::rounds;
use crate::server::Result;

/// Subscribers who read the posts all the time.
const READERS: usize = 200;
/// Posts without a storm.
const POSTS: usize = 100;
/// Joins of one round at the pace of a thousand in a minute, and as fast as they are answered.
const PACED: usize = 300;
const FAST: usize = 1000;
/// Time between two of the first.
const PACE: Duration = Duration::from_millis(60);
/// Joins under way together of the others.
const TOGETHER: usize = 32;
/// Rounds at most, each with people of its own.
const ROUNDS: usize = 5;
/// Number of a join among the requests.
const JOIN: u32 = 8;
/// Between a post that everybody has read and the next.
const GAP: Duration = Duration::from_millis(20);
/// The longest wait for events: posts and joins fall due meanwhile.
const TURN: Duration = Duration::from_millis(2);

/// What a time of posts and joins gave.
struct Passed {
    p99_ms: f64,
    joins_per_s: f64,
}

pub(crate) fn run(bench: &Bench) -> Result<Vec<Line>> {
    let strangers = ROUNDS * (PACED + FAST);
    let preparing = Population::prepare_beside(&bench.binary, READERS + 1, strangers);
    let mut population = bench.runtime.block_on(preparing)?;
    let goal = |name: String, unit, against: &str, gate| Goal {
        number: 18,
        name,
        unit,
        against: against.to_owned(),
        gate,
    };
    let p99 = |when: &str| format!("p99 of F({READERS}) while people join {when}");
    let quiet = "while nobody joins";
    let goals = [
        goal("joins of one channel".to_owned(), "1/s", "1,000 in a minute", Gate::AtLeast(1.0)),
        goal(p99("at 1,000 in a minute"), "ms", quiet, Gate::None),
        goal(p99("as fast as they can"), "ms", quiet, Gate::None),
    ];
    let mut round = 0;
    let rounds = rounds::among(
        &goals.each_ref().map(|goal| goal.gate),
        1,
        |_| {
            let joined = round * (PACED + FAST);
            round += 1;
            if round > ROUNDS {
                return Err("nobody is left to join".to_owned());
            }
            population.server.start()?;
            let passed = measure(&population, joined)?;
            population.server.kill();
            bench.runtime.block_on(check(&population, READERS + 1 + joined + PACED + FAST))?;
            Ok(passed)
        },
        |measured: &[[Passed; 3]]| {
            let [quiet, paced, fast] = &measured[0];
            vec![
                Pair { value: fast.joins_per_s, reference: 1000.0 / 60.0 },
                Pair { value: paced.p99_ms, reference: quiet.p99_ms },
                Pair { value: fast.p99_ms, reference: quiet.p99_ms },
            ]
        },
    )?;
    Ok(goals.iter().zip(&rounds).map(|(goal, rounds)| Line::new(goal, rounds)).collect())
}

/// The channel has as many members as came in.
async fn check(population: &Population, members: usize) -> Result<()> {
    let stores = population.stores()?;
    let found = stores.channels.channels(&[population.channel()?]).await;
    let found = found.map_err(|error| error.to_string())?;
    let counted = found.first().map_or(0, |channel| channel.participants);
    if usize::try_from(counted).ok() == Some(members) {
        Ok(())
    } else {
        Err(format!("{counted} members are counted, and {members} have joined"))
    }
}

fn measure(population: &Population, joined: usize) -> Result<[Passed; 3]> {
    let (owner, others) = population.accounts.split_first().ok_or("no accounts")?;
    let (readers, strangers) = others.split_at(READERS);
    let joining = &strangers[joined..joined + PACED + FAST];
    let people = [readers, joining].concat();
    let mut audience = Audience::connect(&population.server, owner, &people)?;
    let names = joining.iter().map(|account| population.channel_of(account));
    let names = names.collect::<Result<Vec<_>>>()?;
    let (paced, fast) = names.split_at(PACED);
    let quiet = Storm::new(&[], READERS, Duration::ZERO).run(&mut audience)?;
    let paced = Storm::new(paced, READERS, PACE).run(&mut audience)?;
    let fast = Storm::new(fast, READERS + PACED, Duration::ZERO).run(&mut audience)?;
    eprintln!(
        "  p99 to the last reader: quiet {:.2} ms, {:.0} joins/s {:.2} ms, {:.0} joins/s {:.2} ms",
        quiet.p99_ms, paced.joins_per_s, paced.p99_ms, fast.joins_per_s, fast.p99_ms
    );
    Ok([quiet, paced, fast])
}

/// Posts, and joins beside them.
struct Storm<'a> {
    /// The channel as those who join name it.
    names: &'a [types::InputChannel],
    /// The first of them among the connections.
    first: usize,
    /// Between two joins; zero: as fast as they are answered.
    pace: Duration,
    asked: usize,
    begun: Instant,
}

impl<'a> Storm<'a> {
    fn new(names: &'a [types::InputChannel], first: usize, pace: Duration) -> Self {
        Self { names, first, pace, asked: 0, begun: Instant::now() }
    }

    /// How many should have asked by now.
    fn due(&self, answered: usize) -> usize {
        let due = if self.pace.is_zero() {
            answered + TOGETHER
        } else {
            1 + (self.begun.elapsed().as_micros() / self.pace.as_micros()) as usize
        };
        due.min(self.names.len())
    }

    fn ask(&mut self, audience: &mut Audience, answered: usize) -> Result<()> {
        while self.asked < self.due(answered) {
            let connection = &mut audience.crowd.members[self.first + self.asked];
            let channel = self.names[self.asked].clone().into();
            connection.request(JOIN, &functions::channels::JoinChannel { channel });
            connection.flush()?;
            self.asked += 1;
        }
        Ok(())
    }

    /// Goes on until everybody has joined, and for a number of posts at least.
    fn run(mut self, audience: &mut Audience) -> Result<Passed> {
        let plan = Plan { subscribers: READERS, window: 1, turns: 0 };
        let tally = RefCell::new(Tally::new(plan, audience.next));
        let answered = RefCell::new((0_usize, Instant::now()));
        let mut hear = |at: usize, _: &mut Connection, heard: Heard| match heard {
            Heard::Update(body) => {
                posts::marks(&body).try_for_each(|number| tally.borrow_mut().note(at, number))
            }
            Heard::Answer(JOIN, _) => {
                let (count, _) = *answered.borrow();
                *answered.borrow_mut() = (count + 1, Instant::now());
                Ok(())
            }
            Heard::Answer(..) => Ok(()),
            Heard::Refused(why) => Err(why),
        };
        let mut times = Vec::new();
        let mut posted = Instant::now();
        audience.publish(1, posts::TEXT)?;
        let mut read: Option<Instant> = None;
        let mut last = Instant::now();
        while times.len() < POSTS || answered.borrow().0 < self.names.len() {
            let count = answered.borrow().0;
            self.ask(audience, count)?;
            if audience.crowd.turn(TURN, &mut hear)? {
                last = Instant::now();
            } else if last.elapsed() > Duration::from_secs(20) {
                return Err("neither posts nor answers came for 20 s".to_owned());
            }
            if read.is_none() && tally.borrow().is_complete() {
                times.push(posted.elapsed().as_secs_f64() * 1e3);
                read = Some(Instant::now());
                tally.borrow_mut().next_turn();
            }
            if read.is_some_and(|at| at.elapsed() >= GAP) {
                (read, posted) = (None, Instant::now());
                audience.publish(1, posts::TEXT)?;
            }
        }
        // The last post, which the next time would take for one of its own.
        if read.is_none() {
            audience.crowd.until("the last post", &mut hear, || tally.borrow().is_complete())?;
        }
        audience.crowd.settle(&mut hear)?;
        let (count, at) = *answered.borrow();
        let joins_per_s = count as f64 / (at - self.begun).as_secs_f64();
        Ok(Passed { p99_ms: quantile(&times, 0.99), joins_per_s })
    }
}
