//! Goals 14 and 15: what a post writes and what a member missed, for a thousand, a hundred thousand and a million subscribers; and
//! the list of a million.

mod returning;
mod scene;

use tl_api::{enums, functions};

use self::scene::Audience;
use crate::goals::Bench;
use crate::load::asking::ask_raw;
use crate::load::crowd::Crowd;
use crate::load::posts;
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
/// People on one page of the list.
const PEOPLE: i32 = 200;

/// Both goals.
pub(crate) fn run(bench: &Bench) -> Result<Vec<Line>> {
    let mut audiences = AUDIENCES
        .iter()
        .map(|size| bench.runtime.block_on(Audience::prepare(bench, *size)))
        .collect::<Result<Vec<_>>>()?;
    let mut lines = rows_and_bytes(&audiences);
    let goals = goals(&audiences);
    let gates: Vec<Gate> = goals.iter().map(|goal| goal.gate).collect();
    let rounds = rounds::several(&gates, || {
        let costs = returning::catch_up(&mut audiences)?;
        let [few, many, most] = costs.as_slice() else { return Ok(Vec::new()) };
        let pages = MISSED as f64 / f64::from(PAGE);
        Ok(vec![
            Pair { value: many.page, reference: few.page },
            Pair { value: most.page, reference: few.page },
            Pair { value: many.everything, reference: many.page * pages },
            Pair { value: most.returning, reference: most.page },
        ])
    })?;
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

/// Microseconds of the server's CPU that work takes.
fn cost(pid: u32, work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let before = cpu_seconds(&[pid])?;
    work()?;
    Ok((cpu_seconds(&[pid])? - before) * 1e6)
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
