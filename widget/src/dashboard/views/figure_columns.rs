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
    // Read from a sketch of the durations, which is exact to three in a hundred.
    let about = |key, title, seconds: fn(&Figures) -> i64| {
        Column::new(key, title, move |row: &T| about_duration(seconds(&of(row))))
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
        Column::new("rate", "Connect rate", move |row: &T| format::percent(rate(&of(row))))
            .numeric()
            .sorted_by("rate"),
        count("missed", "Missed", |sums| sums.missed),
        time("talk", "Talk time", |sums| sums.total_duration),
        time("handling", "Average talk time", |sums| sums.avg_handling_time),
        about("median", "Median talk", |sums| sums.median_duration),
        about("p90", "9 in 10 within", |sums| sums.p90_duration).hidden(),
        count("inbound", "Inbound", |sums| sums.inbound).hidden(),
    ]
}

/// Formats a duration that is not exact.
pub fn about_duration(seconds: i64) -> String {
    ["≈ ", &format::duration(seconds)].concat()
}

/// Returns the share of connected calls, from 0 to 1. The server's own is rounded to four digits,
/// and would be rounded again when it is shown.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub fn rate(figures: &Figures) -> f64 {
    if figures.calls == 0 { 0.0 } else { figures.connected as f64 / figures.calls as f64 }
}

/// The fewest calls of which a share says something.
const ENOUGH: i64 = 30;

/// Returns the place of the best connect rate, if it is better than that of all calls by more than
/// chance explains: by the lower end of the Wilson interval at 95 %.
pub fn clearly_best<'a>(
    of: impl Iterator<Item = (&'a Figures, usize)>,
    all: &Figures,
) -> Option<usize> {
    of.filter(|(figures, _)| figures.calls >= ENOUGH)
        .map(|(figures, place)| (lowest_likely_rate(figures), place))
        .filter(|(low, _)| *low > rate(all))
        .max_by(|one, two| one.0.total_cmp(&two.0))
        .map(|(_, place)| place)
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn lowest_likely_rate(figures: &Figures) -> f64 {
    const Z: f64 = 1.96;
    let (share, calls) = (rate(figures), figures.calls as f64);
    let spread = (share * (1.0 - share) / calls + Z * Z / (4.0 * calls * calls)).sqrt();
    (share + Z * Z / (2.0 * calls) - Z * spread) / (1.0 + Z * Z / calls)
}

/// Returns the figure by which such a column sorts.
#[expect(clippy::cast_precision_loss, reason = "counts and seconds stay far below 2^53")]
pub fn figure_by_column(figures: &Figures, by: &str) -> f64 {
    let whole = match by {
        "rate" => return rate(figures),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(connected: i64, calls: i64) -> Figures {
        Figures { calls, connected, ..Figures::default() }
    }

    #[test]
    fn only_a_clear_difference_is_called_best() {
        let all = figures(605, 1000);
        for (rows, best) in [
            // Five of five are no evidence, and 62 % of 578 are within chance of 60.5 %.
            (vec![figures(5, 5), figures(358, 578)], None),
            (vec![figures(5, 5), figures(80, 100)], Some(1)),
            (vec![figures(400, 500), figures(45, 50)], Some(1)),
            (vec![], None),
        ] {
            let found = clearly_best(rows.iter().zip(0..), &all);
            assert_eq!(found, best, "{rows:?}");
        }
        assert!((rate(&figures(60, 110)) - 0.545_454).abs() < 0.000_001);
        assert!(rate(&figures(0, 0)).abs() < f64::EPSILON);
    }
}
