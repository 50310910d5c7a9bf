//! Forecasts a client's month from the four weeks before.

use call_ribbon_shared::wire::{Forecast, Usage};
use chrono::{Datelike as _, Days, NaiveDate};
use std::collections::BTreeMap;

/// Past days that are used: each weekday four times.
pub const HISTORY_DAYS: u64 = 28;

/// What a forecast is made from. All days are in the client's time zone.
#[derive(Debug)]
pub struct ForecastInput<'a> {
    pub today: NaiveDate,
    /// The day of the client's first call.
    pub first: Option<NaiveDate>,
    /// Calls by the day on which they began, including today's so far.
    pub days: &'a BTreeMap<NaiveDate, i64>,
    pub usage: &'a Usage,
}

/// Forecasts the calls from today to the end of the month.
pub fn forecast_month(known: &ForecastInput<'_>) -> Forecast {
    let ForecastInput { today, usage, .. } = *known;
    let so_far = known.calls_on(today);
    let mut calls = to_float(usage.calls_this_month);
    let is_up = |calls: f64| calls >= to_float(usage.limit);
    let mut runs_out_on = is_up(calls).then_some(today);
    for day in today.iter_days().take_while(|day| day.month() == today.month()) {
        let expected = known.expected_calls(day);
        // For today, only the calls that are still expected.
        calls += if day == today { (expected - to_float(so_far)).max(0.0) } else { expected };
        if is_up(calls) {
            runs_out_on.get_or_insert(day);
        }
    }
    Forecast {
        calls_this_month: to_whole(calls),
        runs_out_on: runs_out_on.map(|day| day.to_string()),
    }
}

impl ForecastInput<'_> {
    fn calls_on(&self, day: NaiveDate) -> i64 {
        self.days.get(&day).copied().unwrap_or(0)
    }

    /// Returns the expected calls of a day: the average of its weekday, or of all days if that
    /// weekday has not occurred since the first call.
    fn expected_calls(&self, day: NaiveDate) -> f64 {
        let back = self.today.checked_sub_days(Days::new(HISTORY_DAYS)).unwrap_or(self.today);
        let Some(first) = self.first else { return 0.0 };
        let seen = back.max(first).iter_days().take_while(|seen| *seen < self.today);
        let seen: Vec<NaiveDate> = seen.collect();
        let like_it: Vec<NaiveDate> =
            seen.iter().copied().filter(|seen| seen.weekday() == day.weekday()).collect();
        let days = if like_it.is_empty() { &seen } else { &like_it };
        let calls: i64 = days.iter().map(|day| self.calls_on(*day)).sum();
        let days = u32::try_from(days.len()).unwrap_or(u32::MAX).max(1);
        to_float(calls) / f64::from(days)
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of calls are far below 2^53")]
fn to_float(calls: i64) -> f64 {
    calls as f64
}

#[expect(clippy::cast_possible_truncation, reason = "numbers of calls are far below 2^53")]
fn to_whole(calls: f64) -> i64 {
    calls.round() as i64
}
