//! Numbers with the calls that have them, put together between edges.

use super::edges::{self, Weighted};
use crate::storage::{Bin, Tally, as_bin, as_number};

/// Different numbers up to which each has a row of its own.
const FEW: usize = 12;

/// From a number to below another, either of which may be open, with the calls between.
pub type Part = (Option<f64>, Option<f64>, Tally);

/// Numbers, each by itself or some of them together.
#[derive(Debug, Default)]
pub struct Numbers {
    exact: Vec<(f64, Tally)>,
    bins: Vec<(Bin, Tally)>,
}

impl Numbers {
    /// Takes a value in; false where it is no number.
    pub fn add(&mut self, key: &str, tally: &Tally) -> bool {
        if let Some(number) = as_number(key) {
            self.exact.push((number, tally.clone()));
        } else if let Some(bin) = as_bin(key) {
            self.bins.push((bin, tally.clone()));
        } else {
            return false;
        }
        true
    }

    /// Whether each has a row of its own.
    pub fn are_few(&self) -> bool {
        self.bins.is_empty() && self.exact.len() <= FEW
    }

    /// Edges that suit the numbers.
    pub fn edges(&self) -> Vec<f64> {
        let exact = self.exact.iter().map(|(number, tally)| (*number, *number, tally.calls));
        let bins = self.bins.iter().map(|(bin, tally)| (bin.from, bin.to, tally.calls));
        let all = exact.chain(bins).map(|(from, to, calls)| Weighted { from, to, calls });
        edges::chosen(all.collect())
    }

    /// The calls below the first edge, between each two, and from the last one on; and the edges
    /// on either side of which some were shared out.
    pub fn between(&self, edges: &[f64]) -> (Vec<Part>, Vec<f64>) {
        let ends = || edges.iter().copied().map(Some).chain([None]);
        let begins = [None].into_iter().chain(edges.iter().copied().map(Some));
        let mut parts: Vec<Part> =
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
                // Up to each edge its share of all, so that no call is lost to rounding.
                let until = tally.share(edge - bin.from, width);
                let below = place(*edge) - 1;
                add(below, &until, 1);
                add(below, &before, -1);
                before = until;
                shared.push(*edge);
            }
            // Zero is the one bin that ends where it begins.
            let above = edges.partition_point(|edge| *edge < bin.to).max(place(bin.from));
            add(above, tally, 1);
            add(above, &before, -1);
        }
        shared.sort_by(f64::total_cmp);
        shared.dedup();
        (parts, shared)
    }
}
