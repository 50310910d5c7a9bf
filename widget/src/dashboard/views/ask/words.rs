//! The answer in a sentence.

use super::field::row_name;
use crate::dashboard::ui::format;
use call_ribbon_shared::wire::{Breakdown, BreakdownRow};

/// A row with fewer calls than this says nothing about a rate.
const FEW: i64 = 20;
/// Rates closer than this are called about the same.
const CLOSE: f64 = 0.02;

/// Where people pick up, and where they do not, of those rows that have enough calls to say so.
pub fn answer(breakdown: &Breakdown) -> String {
    let all = format!(
        "{} in these days, {} connected.",
        format::count(breakdown.summary.calls, "call", "calls"),
        format::percent_whole(breakdown.summary.connect_rate)
    );
    let told: Vec<&BreakdownRow> =
        breakdown.rows.iter().filter(|row| row.figures.calls >= FEW).collect();
    let by_rate = |one: &&&BreakdownRow, two: &&&BreakdownRow| {
        one.figures.connect_rate.total_cmp(&two.figures.connect_rate)
    };
    let (best, worst) = (told.iter().max_by(by_rate), told.iter().min_by(by_rate));
    let (Some(best), Some(worst)) = (best, worst) else { return all };
    let rate = |row: &BreakdownRow| format::percent_whole(row.figures.connect_rate);
    if told.len() < 2 {
        return all;
    }
    if best.figures.connect_rate - worst.figures.connect_rate < CLOSE {
        return format!("{all} All connect about as often.");
    }
    format!(
        "{all} {} connects best with {} of {}, {} least with {}.",
        row_name(best),
        rate(best),
        format::count(best.figures.calls, "call", "calls"),
        row_name(worst),
        rate(worst)
    )
}
