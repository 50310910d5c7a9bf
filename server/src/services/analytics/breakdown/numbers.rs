//! Grouping calls by number or by range of numbers.

use super::edges::{self, WeightedRange};
use crate::storage::{NumberBin, Tally, key_as_bin, key_as_number};

/// Up to this many distinct numbers each have a row.
const MAX_SINGLE_ROWS: usize = 12;

/// A range from a number to below another, either of which may be open, and its calls.
pub type NumberRange = (Option<f64>, Option<f64>, Tally);

/// Distinct numbers, and bins of numbers.
#[derive(Debug, Default)]
pub struct Numbers {
    exact: Vec<(f64, Tally)>,
    bins: Vec<(NumberBin, Tally)>,
}

impl Numbers {
    /// Adds a value; returns false if it is not a number.
    pub fn add(&mut self, key: &str, tally: &Tally) -> bool {
        if let Some(number) = key_as_number(key) {
            self.exact.push((number, tally.clone()));
        } else if let Some(bin) = key_as_bin(key) {
            self.bins.push((bin, tally.clone()));
        } else {
            return false;
        }
        true
    }

    /// Returns whether each number has a row of its own.
    pub fn are_few(&self) -> bool {
        self.bins.is_empty() && self.exact.len() <= MAX_SINGLE_ROWS
    }

    /// Chooses edges that fit the numbers.
    pub fn choose_edges(&self) -> Vec<f64> {
        let exact = self.exact.iter().map(|(number, tally)| (*number, *number, tally.calls));
        let bins = self.bins.iter().map(|(bin, tally)| (bin.from, bin.to, tally.calls));
        let all = exact.chain(bins).map(|(from, to, calls)| WeightedRange { from, to, calls });
        edges::choose_edges(all.collect())
    }

    /// Returns the calls below the first edge, between each two, and from the last one on, and the
    /// edges within a bin, whose calls were distributed on both sides.
    pub fn group_between(&self, edges: &[f64]) -> (Vec<NumberRange>, Vec<f64>) {
        let ends = || edges.iter().copied().map(Some).chain([None]);
        let begins = [None].into_iter().chain(edges.iter().copied().map(Some));
        let mut parts: Vec<NumberRange> =
            begins.zip(ends()).map(|(from, to)| (from, to, Tally::default())).collect();
        let place = |number: f64| edges.partition_point(|edge| *edge <= number);
        let mut add = |place: usize, tally: &Tally, times: i64| {
            if let Some((_, _, sums)) = parts.get_mut(place) {
                sums.add(tally, times);
            }
        };
        let mut shared: Vec<f64> = Vec::new();
        for (number, tally) in &self.exact {
            add(place(*number), tally, 1);
        }
        for (bin, tally) in &self.bins {
            let inside = edges.iter().filter(|edge| bin.from < **edge && **edge < bin.to);
            let width = bin.to - bin.from;
            let mut before = Tally::default();
            for edge in inside {
                // Take the cumulative share up to each edge, so that rounding loses no call.
                let until = tally.scaled(edge - bin.from, width);
                let below = place(*edge) - 1;
                add(below, &until, 1);
                add(below, &before, -1);
                before = until;
                shared.push(*edge);
            }
            // Only the bin of zero ends where it begins.
            let above = edges.partition_point(|edge| *edge < bin.to).max(place(bin.from));
            add(above, tally, 1);
            add(above, &before, -1);
        }
        shared.sort_by(f64::total_cmp);
        shared.dedup();
        (parts, shared)
    }
}
