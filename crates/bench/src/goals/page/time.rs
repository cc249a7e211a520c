//! Whether time tells a private channel from a name that nobody ever had: both are asked for in a random order on one connection.
//!
//! The test is Mann and Whitney's: the ranks of all times together, which a few slow answers do not sway. Its figure is |z|
//! against 3.29, beyond which one comparison in a thousand falls by chance. The same is told of two halves of the unknown names.

use std::time::Instant;

use super::http::Client;
use super::scene::{PRIVATE, Scene, formerly, never};
use crate::client::random;
use crate::report::{Gate, Goal, Line, Pair, median};
use crate::server::Result;

/// Answers of each kind.
const SAMPLES: usize = 10_000;
/// Beyond it, chance is a poor explanation (one in a thousand, both sides).
const CRITICAL: f64 = 3.29;
/// Whom the pages are asked for.
const FORMS: [&str; 3] = ["/{}", "/s/{}", "/{}/7"];

pub(super) fn compare(scene: &Scene) -> Result<Vec<Line>> {
    let mut client = Client::connect(scene.server.address)?;
    let mut nothing: Option<(u16, Vec<u8>)> = None;
    let mut took: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    while took.iter().any(|times| times.len() < SAMPLES) {
        let dice = random().unsigned_abs() as usize;
        let (kind, number, form) = (dice % 2, dice / 2 % PRIVATE, FORMS[dice / 1024 % FORMS.len()]);
        let name = if kind == 0 { formerly(number) } else { never(number) };
        let path = form.replace("{}", &name);
        let begun = Instant::now();
        let answer = client.get(&path, true)?;
        took[kind].push((answer.first_byte - begun).as_secs_f64() * 1e6);
        let found = (answer.status, answer.body);
        if found.0 != 404 || nothing.get_or_insert_with(|| found.clone()) != &found {
            return Err(format!("{path} answers otherwise than what does not exist"));
        }
    }
    let [private, unknown] = took;
    let halves = halves(&unknown);
    let medians = Pair { value: median(&private), reference: median(&unknown) };
    Ok(vec![
        line(
            "median of a private channel's page",
            "us",
            "that of an unknown name",
            Gate::None,
            medians,
        ),
        ranks("private and unknown names", Gate::AtMost(1.0), &private, &unknown),
        ranks("unknown names among themselves", Gate::None, &halves[0], &halves[1]),
    ])
}

fn ranks(of: &str, gate: Gate, one: &[f64], other: &[f64]) -> Line {
    let name = format!("rank test of the times of {of}");
    let pair = Pair { value: z(one, other).abs(), reference: CRITICAL };
    line(&name, "|z|", "3.29 (p 0.001)", gate, pair)
}

fn line(name: &str, unit: &'static str, against: &str, gate: Gate, pair: Pair) -> Line {
    let goal = Goal { number: 20, name: name.to_owned(), unit, against: against.to_owned(), gate };
    Line::new(&goal, &[pair])
}

fn halves(times: &[f64]) -> [Vec<f64>; 2] {
    let half = |odd: usize| times.iter().skip(odd).step_by(2).copied().collect();
    [half(0), half(1)]
}

/// Mann and Whitney's z: how far the ranks of `one` lie from where chance puts them.
fn z(one: &[f64], other: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> = one.iter().map(|time| (*time, true)).collect();
    all.extend(other.iter().map(|time| (*time, false)));
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut sum, mut place) = (0.0, 0);
    for equal in all.chunk_by(|a, b| a.0 == b.0) {
        // Equal times share the mean of their ranks.
        let rank = place as f64 + (equal.len() as f64 + 1.0) / 2.0;
        sum += rank * equal.iter().filter(|(_, is_one)| *is_one).count() as f64;
        place += equal.len();
    }
    let (n, m) = (one.len() as f64, other.len() as f64);
    let u = sum - n * (n + 1.0) / 2.0;
    (u - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rank_test_sees_a_shift_and_no_other() {
        let one: Vec<f64> = (0..1000).map(|at| f64::from(at % 100)).collect();
        assert!(z(&one, &one).abs() < 1e-9);
        let later: Vec<f64> = one.iter().map(|time| time + 10.0).collect();
        assert!(z(&one, &later) < -CRITICAL && z(&later, &one) > CRITICAL);
        // A few very slow answers are no shift.
        let slow: Vec<f64> =
            one.iter().enumerate().map(|(at, time)| if at < 5 { 1e9 } else { *time }).collect();
        assert!(z(&one, &slow).abs() < CRITICAL);
    }
}
