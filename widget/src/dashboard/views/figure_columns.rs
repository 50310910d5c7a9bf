//! Table columns for the figures of calls, shared by several views.

use crate::dashboard::ui::{Column, format};
use call_ribbon_shared::wire::Figures;

/// Returns the columns for any row that has figures; each is sortable.
pub fn figure_columns<T: 'static>(
    of: impl Fn(&T) -> Figures + Copy + Send + Sync + 'static,
) -> Vec<Column<T>> {
    let time = |key, title, seconds: fn(&Figures) -> i64| {
        Column::new(key, title, move |row: &T| format::duration(seconds(&of(row))))
            .numeric()
            .sorted_by(key)
    };
    let count = |key, title, number: fn(&Figures) -> i64| {
        Column::new(key, title, move |row: &T| format::number(number(&of(row))))
            .numeric()
            .sorted_by(key)
    };
    vec![
        count("calls", "Calls", |sums| sums.calls),
        Column::new("rate", "Connect rate", move |row: &T| format::percent(of(row).connect_rate))
            .numeric()
            .sorted_by("rate"),
        count("missed", "Missed", |sums| sums.missed),
        time("talk", "Talk time", |sums| sums.total_duration),
        time("handling", "Handling time", |sums| sums.avg_handling_time),
        time("median", "Median talk", |sums| sums.median_duration),
        time("p90", "9 in 10 within", |sums| sums.p90_duration).hidden(),
        count("inbound", "Inbound", |sums| sums.inbound).hidden(),
    ]
}

/// Returns the figure by which such a column sorts.
#[expect(clippy::cast_precision_loss, reason = "counts and seconds stay far below 2^53")]
pub fn figure_by_column(figures: &Figures, by: &str) -> f64 {
    let whole = match by {
        "rate" => return figures.connect_rate,
        "calls" => figures.calls,
        "missed" => figures.missed,
        "talk" => figures.total_duration,
        "handling" => figures.avg_handling_time,
        "median" => figures.median_duration,
        "p90" => figures.p90_duration,
        "inbound" => figures.inbound,
        _ => 0,
    };
    whole as f64
}
