//! `/metrics`: counters in Prometheus' text format.

use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

/// Name, kind (`counter` or `gauge`), value.
pub type Sample = (&'static str, &'static str, u64);

type Source = Box<dyn Fn() -> Vec<Sample> + Send + Sync>;

/// Where the counters are read from: set once, when everything runs.
#[derive(Clone, Default)]
pub struct Counters {
    source: Arc<OnceLock<Source>>,
}

impl Counters {
    /// Names the source; a second one is ignored.
    pub fn set(&self, source: impl Fn() -> Vec<Sample> + Send + Sync + 'static) {
        // Set once by the wiring.
        drop(self.source.set(Box::new(source)));
    }

    /// The text page.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (name, kind, value) in self.source.get().map(|read| read()).unwrap_or_default() {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "# TYPE hoopoe_{name} {kind}\nhoopoe_{name} {value}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_two_lines() {
        let counters = Counters::default();
        counters.set(|| vec![("rows", "gauge", 7)]);
        assert_eq!(counters.text(), "# TYPE hoopoe_rows gauge\nhoopoe_rows 7\n");
    }
}
