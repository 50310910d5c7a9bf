//! Groups days into weeks or months, so that the line of a long range can be read.

use crate::dashboard::ui::{DateRange, Day, Stop, format};
use call_ribbon_shared::wire::{DayFigures, Figures};

/// From more days than this on, a chart shows weeks.
const MOST_DAYS: usize = 90;
/// From more days than this on, a chart shows months.
const MOST_WEEKS: usize = 400;

/// A day, week or month, with the sums of its days.
#[derive(Debug, Clone)]
pub struct Period {
    /// Its days.
    pub days: DateRange,
    /// The sums of counts and durations. Rates and means of several days are 0.
    pub figures: Figures,
}

impl Period {
    /// Returns what the periods of so many days are called.
    pub fn name(days: usize) -> &'static str {
        if days <= MOST_DAYS {
            "Day"
        } else if days <= MOST_WEEKS {
            "Week"
        } else {
            "Month"
        }
    }
}

/// Groups days by what can be drawn of so many.
pub fn group_days(days: &[DayFigures]) -> Vec<Period> {
    let start_of: fn(Day) -> Day = match Period::name(days.len()) {
        "Day" => |day| day,
        "Week" => Day::week_start,
        _ => Day::month_start,
    };
    let mut periods: Vec<Period> = Vec::new();
    for DayFigures { date, figures } in days {
        let Some(day) = Day::parse(date) else { continue };
        match periods.last_mut() {
            Some(last) if start_of(last.days.start) == start_of(day) => {
                last.days.end = day;
                add_figures(&mut last.figures, figures);
            }
            _ => periods.push(Period { days: DateRange::new(day, day), figures: *figures }),
        }
    }
    periods
}

fn add_figures(sums: &mut Figures, more: &Figures) {
    *sums = Figures {
        calls: sums.calls + more.calls,
        inbound: sums.inbound + more.inbound,
        connected: sums.connected + more.connected,
        missed: sums.missed + more.missed,
        total_duration: sums.total_duration + more.total_duration,
        ..Figures::default()
    };
}

/// Returns a period as a stop of a chart.
pub fn period_stop(period: &Period, href: impl Fn(DateRange) -> String) -> Stop {
    let days = period.days;
    let is_day = days.start == days.end;
    Stop {
        name: if is_day { format::date_long(days.start) } else { days.to_text() },
        tick: format::date_short(days.start),
        rest: is_day && days.start.is_weekend(),
        href: Some(href(days)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_ranges_are_shown_by_week_and_by_month() {
        let first = Day::parse("2025-01-01").unwrap();
        for (count, name, periods) in [
            (1, "Day", 1),
            (90, "Day", 90),
            (91, "Week", 14),
            (400, "Week", 58),
            (401, "Month", 14),
        ] {
            let figures = Figures { calls: 2, ..Figures::default() };
            let days: Vec<DayFigures> = (0..count)
                .map(|day| DayFigures { date: first.plus_days(day).to_iso(), figures })
                .collect();
            let grouped = group_days(&days);
            assert_eq!((Period::name(days.len()), grouped.len()), (name, periods), "{count}");
            let calls: i64 = grouped.iter().map(|period| period.figures.calls).sum();
            assert_eq!(calls, 2 * count);
            assert_eq!(grouped[0].days.start, first);
        }
    }
}
