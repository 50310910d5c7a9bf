//! The measures of two sides and what their difference means.

use crate::dashboard::ui::{Column, format};
use call_ribbon_shared::share::{difference_interval, share_of};
use call_ribbon_shared::wire::OutcomeFigures;
use leptos::prelude::*;

const MEDIAN: &str = "Median talk time";
/// Stands for a median that is not known.
const NO_MEDIAN: i64 = -1;

/// A measure of two sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompareRow {
    measure: &'static str,
    one: String,
    two: String,
    difference: String,
    /// What the difference means; empty for a plain count.
    verdict: String,
}

/// Compares two sides. Shares are compared with their uncertainty; counts and times have none to
/// judge by.
pub fn compare(one: &OutcomeFigures, two: &OutcomeFigures) -> Vec<CompareRow> {
    let count = |measure, of: fn(&OutcomeFigures) -> i64| {
        let (a, b) = (of(one), of(two));
        row(measure, format::number(a), format::number(b), signed(b - a, format::number))
    };
    let time = |measure, of: fn(&OutcomeFigures) -> i64| {
        let (a, b) = (of(one), of(two));
        row(measure, format::duration(a), format::duration(b), signed(b - a, format::duration))
    };
    let share = |measure, parts: fn(&OutcomeFigures) -> (i64, i64)| {
        let (a, b) = (parts(one), parts(two));
        let text = |(part, whole)| super::outcomes::rate_text(part, whole);
        if a.1 == 0 || b.1 == 0 {
            return row(measure, text(a), text(b), "–".to_owned());
        }
        let range = difference_interval(b, a);
        let verdict = match (range.low > 0.0, range.high < 0.0) {
            (true, _) => "Clearly higher",
            (_, true) => "Clearly lower",
            _ => "No clear difference",
        };
        let difference = share_of(b.0, b.1) - share_of(a.0, a.1);
        CompareRow {
            verdict: verdict.to_owned(),
            ..row(measure, text(a), text(b), points(difference))
        }
    };
    let has_median = ![one, two].iter().any(|of| of.figures.median_duration == NO_MEDIAN);
    vec![
        count("Calls", |of| of.figures.calls),
        share("Connect rate", |of| (of.figures.connected, of.figures.calls)),
        count("Contacts", |of| of.outcomes.contacts),
        share("Contact rate", |of| (of.outcomes.contacts, of.figures.calls)),
        count("Promises", |of| of.outcomes.promises),
        share("Promises of contacts", |of| (of.outcomes.promises, of.outcomes.contacts)),
        count("Payments", |of| of.outcomes.payments),
        share("Payments of contacts", |of| (of.outcomes.payments, of.outcomes.contacts)),
        count("Missed", |of| of.figures.missed),
        time("Talk time", |of| of.figures.total_duration),
        time("Average talk time", |of| of.figures.avg_handling_time),
        time(MEDIAN, |of| of.figures.median_duration),
    ]
    .into_iter()
    .filter(|row| row.measure != MEDIAN || has_median)
    .collect()
}

/// Adds the figures of an agent to those of a team. A median of several agents does not follow from
/// theirs.
pub fn add_figures(sum: &mut OutcomeFigures, more: &OutcomeFigures) {
    let (of, by) = (&mut sum.figures, &more.figures);
    of.calls += by.calls;
    of.connected += by.connected;
    of.missed += by.missed;
    of.total_duration += by.total_duration;
    of.avg_handling_time = mean_of(of.total_duration, of.connected);
    of.median_duration = NO_MEDIAN;
    let (of, by) = (&mut sum.outcomes, &more.outcomes);
    of.recorded += by.recorded;
    of.contacts += by.contacts;
    of.promises += by.promises;
    of.payments += by.payments;
}

/// Returns a mean, rounded.
fn mean_of(sum: i64, count: i64) -> i64 {
    if count > 0 { (2 * sum + count) / (2 * count) } else { 0 }
}

fn row(measure: &'static str, one: String, two: String, difference: String) -> CompareRow {
    CompareRow { measure, one, two, difference, verdict: String::new() }
}

fn signed(difference: i64, text: fn(i64) -> String) -> String {
    let sign = if difference < 0 { "−" } else { "+" };
    if difference == 0 { "0".to_owned() } else { [sign, &text(difference.abs())].concat() }
}

/// Formats a difference of shares in percentage points.
fn points(difference: f64) -> String {
    let sign = if difference < 0.0 { "−" } else { "+" };
    [sign, &format::points(difference.abs()), " points"].concat()
}

/// Returns the columns of the comparison.
pub fn compare_columns(one: String, two: String) -> Vec<Column<CompareRow>> {
    vec![
        Column::new("measure", "Measure", |row: &CompareRow| row.measure),
        Column::new("one", one, |row: &CompareRow| row.one.clone()).numeric(),
        Column::new("two", two, |row: &CompareRow| row.two.clone()).numeric(),
        Column::new("difference", "Difference", |row: &CompareRow| row.difference.clone())
            .numeric(),
        Column::new("verdict", "Meaning", |row: &CompareRow| {
            view! { <span class="soft">{row.verdict.clone()}</span> }
        }),
    ]
}

/// Returns the key of a row.
pub fn compare_key(row: &CompareRow) -> String {
    format!("{row:?}")
}
