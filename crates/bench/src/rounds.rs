//! Rounds: program and reference one after the other, in random order, as often as it takes.

use crate::client::random;
use crate::procstat::MachineTime;
use crate::report::{Gate, Pair};
use crate::server::Result;

/// Rounds at least.
const ROUNDS: usize = 3;
/// Rounds at most, where they disagree on the gate.
const MORE: usize = 5;
/// Rounds that may be dropped before the machine counts as too busy.
const DROPPED: usize = 3;
/// A round in which more than this share of the time was stolen says nothing.
const STOLEN: f64 = 0.01;

/// Which of both runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Program,
    Reference,
}

/// Runs rounds; `measure` answers one figure or several, always in the same order. The result has a list of rounds for
/// each figure. `gates` are those of the figures.
pub(crate) fn run(
    gates: &[Gate],
    mut measure: impl FnMut(Side) -> Result<Vec<f64>>,
) -> Result<Vec<Vec<Pair>>> {
    among(
        gates,
        2,
        |at| measure(if at == 0 { Side::Program } else { Side::Reference }),
        |measured| {
            let pairs = measured[0].iter().zip(&measured[1]);
            pairs.map(|(value, reference)| Pair { value: *value, reference: *reference }).collect()
        },
    )
}

/// Runs rounds of several, all in each round and in random order. `measure` measures one by its number below `count`;
/// `pairs` compares what they measured, in the order of their numbers.
pub(crate) fn among<T>(
    gates: &[Gate],
    count: usize,
    mut measure: impl FnMut(usize) -> Result<T>,
    pairs: impl Fn(&[T]) -> Vec<Pair>,
) -> Result<Vec<Vec<Pair>>> {
    repeat(gates, || {
        let measured = undisturbed(|| {
            let mut order: Vec<usize> = (0..count).collect();
            order.sort_by_cached_key(|_| random());
            let mut measured = Vec::with_capacity(count);
            for at in order {
                measured.push((at, measure(at)?));
            }
            measured.sort_by_key(|(at, _)| *at);
            Ok(measured.into_iter().map(|(_, what)| what).collect::<Vec<T>>())
        })?;
        Ok(measured.map(|measured| pairs(&measured)))
    })
}

/// What `work` measured, unless the machine did something else meanwhile.
fn undisturbed<T>(work: impl FnOnce() -> Result<T>) -> Result<Option<T>> {
    let before = MachineTime::now()?;
    let measured = work()?;
    let stolen = MachineTime::now()?.stolen_since(before);
    if stolen > STOLEN {
        eprintln!("  round dropped: {:.1} % of the time was stolen", stolen * 100.0);
        return Ok(None);
    }
    Ok(Some(measured))
}

/// Rounds on a disk: the reference runs right before and right after the program, and both runs have to agree.
pub(crate) fn around(
    gate: Gate,
    mut program: impl FnMut() -> Result<f64>,
    mut reference: impl FnMut() -> Result<f64>,
) -> Result<Vec<Pair>> {
    let rounds = repeat(&[gate], || {
        let runs = undisturbed(|| Ok((reference()?, program()?, reference()?)))?;
        let Some((first, value, second)) = runs else { return Ok(None) };
        if differ(first, second) {
            eprintln!("  round dropped: reference {first:.0} and {second:.0}");
            return Ok(None);
        }
        Ok(Some(vec![Pair { value, reference: f64::midpoint(first, second) }]))
    })?;
    Ok(rounds.into_iter().flatten().collect())
}

/// Rounds whose program and reference are two times of one run.
pub(crate) fn within(gate: Gate, mut round: impl FnMut() -> Result<Pair>) -> Result<Vec<Pair>> {
    let rounds = repeat(&[gate], || Ok(undisturbed(&mut round)?.map(|pair| vec![pair])))?;
    Ok(rounds.into_iter().flatten().collect())
}

/// As [`within`], of several figures at once.
pub(crate) fn several(
    gates: &[Gate],
    mut round: impl FnMut() -> Result<Vec<Pair>>,
) -> Result<Vec<Vec<Pair>>> {
    repeat(gates, || undisturbed(&mut round))
}

/// By more than a fifth: then the disk did something else meanwhile.
fn differ(first: f64, second: f64) -> bool {
    first.max(second) > first.min(second) * 1.2
}

fn repeat(
    gates: &[Gate],
    mut round: impl FnMut() -> Result<Option<Vec<Pair>>>,
) -> Result<Vec<Vec<Pair>>> {
    let mut figures: Vec<Vec<Pair>> = vec![Vec::new(); gates.len()];
    let mut dropped = 0;
    while wants_more(gates, &figures) {
        let Some(pairs) = round()? else {
            dropped += 1;
            if dropped > DROPPED {
                return Err("the machine is too busy: too many rounds dropped".to_owned());
            }
            continue;
        };
        for (rounds, pair) in figures.iter_mut().zip(&pairs) {
            rounds.push(*pair);
        }
        let told: Vec<String> = pairs
            .iter()
            .map(|pair| format!("{:.4} / {:.4} = {:.3}", pair.value, pair.reference, pair.ratio()))
            .collect();
        eprintln!("  round: {}", told.join("; "));
    }
    Ok(figures)
}

fn wants_more(gates: &[Gate], figures: &[Vec<Pair>]) -> bool {
    figures.iter().zip(gates).any(|(rounds, gate)| {
        let ratios: Vec<f64> = rounds.iter().map(|pair| pair.ratio()).collect();
        rounds.len() < ROUNDS || (rounds.len() < MORE && gate.is_straddled(&ratios))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(ratios: &[f64]) -> Vec<Pair> {
        ratios.iter().map(|value| Pair { value: *value, reference: 1.0 }).collect()
    }

    #[test]
    fn three_rounds_that_agree_are_enough() {
        let gates = [Gate::AtLeast(1.0)];
        assert!(wants_more(&gates, &[pairs(&[2.0, 2.0])]));
        assert!(!wants_more(&gates, &[pairs(&[2.0, 2.0, 1.1])]));
        assert!(!wants_more(&gates, &[pairs(&[0.5, 0.5, 0.9])]));
    }

    #[test]
    fn rounds_that_disagree_on_the_gate_go_on_for_a_while() {
        let gates = [Gate::AtLeast(1.0)];
        assert!(wants_more(&gates, &[pairs(&[2.0, 0.9, 2.0])]));
        assert!(!wants_more(&gates, &[pairs(&[2.0, 0.9, 2.0, 2.0, 2.0])]));
    }
}
