//! An agent's figures by day, including days without calls.

use crate::dashboard::ui::{DateRange, Day, Stop, format};
use call_ribbon_shared::wire::{DayFigures, Figures};

/// Returns a count for each day of a range; the server omits days without calls.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub fn daily_counts(days: &[DayFigures], range: DateRange, of: fn(&Figures) -> i64) -> Vec<f64> {
    range.iter_days().map(|day| figures_of_day(days, day).map_or(0, of) as f64).collect()
}

/// Returns a count for each day of a range; `counts` begin on the day `from`.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub fn counts_of_range(counts: &[i64], from: Option<Day>, range: DateRange) -> Vec<f64> {
    let count = |day: Day| {
        let place = usize::try_from(day.days_since(from?)).ok()?;
        counts.get(place).map(|count| *count as f64)
    };
    range.iter_days().map(|day| count(day).unwrap_or(0.0)).collect()
}

/// Returns a figure for each day of a range; `None` for days without connected calls.
#[expect(clippy::cast_precision_loss, reason = "seconds stay far below 2^53")]
pub fn daily_values(
    days: &[DayFigures],
    range: DateRange,
    of: fn(&Figures) -> i64,
) -> Vec<Option<f64>> {
    let talked = |day: &Day| figures_of_day(days, *day).filter(|sums| sums.connected > 0);
    range.iter_days().map(|day| talked(&day).map(|sums| of(sums) as f64)).collect()
}

fn figures_of_day(days: &[DayFigures], day: Day) -> Option<&Figures> {
    let day = day.to_iso();
    days.iter().find(|one| one.date == day).map(|one| &one.figures)
}

/// Returns the days as stops of a chart.
pub fn day_stops(range: DateRange, href: impl Fn(Day) -> String) -> Vec<Stop> {
    range
        .iter_days()
        .map(|day| Stop {
            name: format::date_long(day),
            tick: format::date_short(day),
            rest: day.is_weekend(),
            href: Some(href(day)),
        })
        .collect()
}
