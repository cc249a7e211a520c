//! One goal, one line: a figure as a ratio to a reference of the same run.

use serde::Serialize;

/// What a ratio has to keep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Gate {
    /// More is better.
    AtLeast(f64),
    /// Less is better.
    AtMost(f64),
    /// Told for orientation; no goal names a gate.
    None,
}

impl Gate {
    const fn bound(self) -> Option<f64> {
        match self {
            Self::AtLeast(bound) | Self::AtMost(bound) => Some(bound),
            Self::None => None,
        }
    }

    fn passes(self, ratio: f64) -> Option<bool> {
        match self {
            Self::AtLeast(bound) => Some(ratio >= bound),
            Self::AtMost(bound) => Some(ratio <= bound),
            Self::None => None,
        }
    }

    /// Whether the rounds disagree on it.
    pub(crate) fn is_straddled(self, ratios: &[f64]) -> bool {
        self.bound().is_some_and(|bound| least(ratios) < bound && bound < greatest(ratios))
    }
}

/// What is measured against what.
#[derive(Clone, Debug)]
pub(crate) struct Goal {
    /// Its number in the list of goals.
    pub(crate) number: u32,
    /// The workload.
    pub(crate) name: String,
    /// Of the value.
    pub(crate) unit: &'static str,
    /// The reference.
    pub(crate) against: String,
    pub(crate) gate: Gate,
}

/// One round: the program's figure and the reference's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pair {
    pub(crate) value: f64,
    pub(crate) reference: f64,
}

impl Pair {
    pub(crate) fn ratio(self) -> f64 {
        self.value / self.reference
    }
}

/// A line of the output. The fields and their order are the command's promise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Line {
    goal: u32,
    name: String,
    /// Median of the rounds.
    value: f64,
    unit: &'static str,
    against: String,
    /// Median of the rounds' ratios; with the least and the greatest.
    ratio: f64,
    min: f64,
    max: f64,
    gate: Option<f64>,
    pass: Option<bool>,
}

impl Line {
    /// The line of a goal from its rounds, of which there is at least one.
    pub(crate) fn new(goal: &Goal, rounds: &[Pair]) -> Self {
        let ratios: Vec<f64> = rounds.iter().map(|pair| pair.ratio()).collect();
        let values: Vec<f64> = rounds.iter().map(|pair| pair.value).collect();
        let ratio = median(&ratios);
        Self {
            goal: goal.number,
            name: goal.name.clone(),
            value: rounded(median(&values)),
            unit: goal.unit,
            against: goal.against.clone(),
            ratio: rounded(ratio),
            min: rounded(least(&ratios)),
            max: rounded(greatest(&ratios)),
            gate: goal.gate.bound(),
            pass: goal.gate.passes(ratio),
        }
    }

    /// A gate that was missed.
    pub(crate) fn failed(&self) -> bool {
        self.pass == Some(false)
    }

    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The middle value; of two middle ones their mean.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.is_empty() {
        f64::NAN
    } else if sorted.len() % 2 == 1 {
        sorted[middle]
    } else {
        f64::midpoint(sorted[middle - 1], sorted[middle])
    }
}

/// The value below which a share of all lies (nearest rank).
pub(crate) fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(rank.clamp(1, sorted.len().max(1)) - 1).copied().unwrap_or(f64::NAN)
}

fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

fn greatest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

/// Four digits that count: more is noise.
fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let scale = 10_f64.powi(3 - value.abs().log10().floor() as i32);
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goal(gate: Gate) -> Goal {
        Goal { number: 1, name: "F(1000)".into(), unit: "1/s", against: "L".into(), gate }
    }

    fn pair(value: f64, reference: f64) -> Pair {
        Pair { value, reference }
    }

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn a_quantile_is_one_of_the_values() {
        let hundred: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!(quantile(&hundred, 0.5), 50.0);
        assert_eq!(quantile(&hundred, 0.99), 99.0);
        assert_eq!(quantile(&hundred, 1.0), 100.0);
        assert_eq!(quantile(&[7.0], 0.99), 7.0);
    }

    #[test]
    fn the_ratio_is_the_median_of_ratios_not_the_ratio_of_medians() {
        let rounds = [pair(10.0, 10.0), pair(30.0, 60.0), pair(50.0, 25.0)];
        let line = Line::new(&goal(Gate::AtLeast(1.0)), &rounds);
        assert_eq!((line.value, line.ratio, line.min, line.max), (30.0, 1.0, 0.5, 2.0));
        assert_eq!(line.pass, Some(true));
    }

    #[test]
    fn the_line_has_exactly_the_promised_fields() {
        let line = Line::new(&goal(Gate::AtMost(1.5)), &[pair(2.0, 1.0)]);
        assert_eq!(
            line.to_json(),
            r#"{"goal":1,"name":"F(1000)","value":2.0,"unit":"1/s","against":"L","ratio":2.0,"min":2.0,"max":2.0,"gate":1.5,"pass":false}"#
        );
        assert!(line.failed());
        let told = Line::new(&goal(Gate::None), &[pair(2.0, 1.0)]);
        assert!(told.to_json().ends_with(r#""gate":null,"pass":null}"#));
        assert!(!told.failed());
    }

    #[test]
    fn a_gate_between_the_rounds_is_straddled() {
        assert!(Gate::AtLeast(0.75).is_straddled(&[0.7, 0.8]));
        assert!(!Gate::AtLeast(0.75).is_straddled(&[0.76, 0.8]));
        assert!(!Gate::AtMost(1.5).is_straddled(&[1.6, 1.7]));
        assert!(!Gate::None.is_straddled(&[0.1, 9.0]));
    }

    #[test]
    fn four_digits_are_told() {
        assert_eq!(rounded(123_456.0), 123_500.0);
        assert_eq!(rounded(0.812_345), 0.8123);
        assert_eq!(rounded(0.0), 0.0);
    }
}
