//! Measures in rounds, the server and what it is compared with in turn, so that other load on the
//! machine affects both.

use crate::load::Measured;
use std::time::Duration;

/// The results of several rounds.
#[derive(Debug, Clone, Default)]
pub struct Rounds {
    rates: Vec<f64>,
    p50: Vec<Duration>,
    p99: Vec<Duration>,
}

impl Rounds {
    /// Adds a load's result.
    pub fn add(&mut self, measured: &Measured) {
        self.rates.push(measured.rate);
        self.p50.push(measured.p50);
        self.p99.push(measured.p99);
    }

    /// Adds a rate alone.
    pub fn add_rate(&mut self, rate: f64) {
        self.rates.push(rate);
    }

    /// Returns the median rate; 0 before the first round.
    pub fn median(&self) -> f64 {
        median_of(&self.rates)
    }

    /// Describes the median rate and the spread.
    pub fn describe(&self) -> String {
        let least = self.rates.iter().copied().fold(f64::INFINITY, f64::min);
        let most = self.rates.iter().copied().fold(0.0, f64::max);
        format!("{:.0} ({least:.0}–{most:.0})", self.median())
    }

    /// Describes the medians of the median and of the 99th percentile of response times.
    pub fn describe_times(&self) -> String {
        let of = |times: &[Duration]| {
            median_of(&times.iter().map(Duration::as_secs_f64).collect::<Vec<_>>()) * 1e3
        };
        if self.p50.is_empty() {
            return String::new();
        }
        format!("{:.1} / {:.1} ms", of(&self.p50), of(&self.p99))
    }
}

/// A line of the table of rates.
#[derive(Debug, Clone)]
pub struct Line {
    /// What was measured.
    pub what: String,
    pub ours: Rounds,
    /// What it was compared with, and its rates.
    pub compared: Option<(String, Rounds)>,
    /// What the ratio, or without a comparison the rate, should be; empty if nothing is aimed at.
    pub aim: &'static str,
}

impl Line {
    /// Returns the line in Markdown.
    pub fn render(&self) -> String {
        let (name, rates, ratio) = match &self.compared {
            Some((name, theirs)) => {
                let ratio = self.ours.median() / theirs.median();
                (name.as_str(), theirs.describe(), format!("{ratio:.2}"))
            }
            None => ("–", String::new(), String::new()),
        };
        let (ours, times) = (self.ours.describe(), self.ours.describe_times());
        format!(
            "| {} | {ours} | {times} | {name} | {rates} | {ratio} | {} |\n",
            self.what, self.aim
        )
    }
}

/// Returns the middle of some numbers, the greater of two; 0 if there are none.
fn median_of(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds(rates: &[f64]) -> Rounds {
        let mut rounds = Rounds::default();
        for rate in rates {
            rounds.add_rate(*rate);
        }
        rounds
    }

    #[test]
    fn a_line_shows_medians_spread_and_ratio() {
        let compared = Some(("the other".to_owned(), rounds(&[50.0, 200.0, 100.0])));
        let ours = rounds(&[300.0, 100.0, 200.0]);
        let line = Line { what: "one".to_owned(), ours, compared, aim: "≥ 1" };
        assert_eq!(
            line.render(),
            "| one | 200 (100–300) |  | the other | 100 (50–200) | 2.00 | ≥ 1 |\n"
        );
        let alone = Line { compared: None, ..line };
        assert_eq!(alone.render(), "| one | 200 (100–300) |  | – |  |  | ≥ 1 |\n");
    }
}
