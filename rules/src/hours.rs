//! Permitted hours, in the zones of the called person.

use crate::facts::{Holiday, QuietTime};
use crate::pack::{HolidayHours, Opening};
use crate::work::Work;
use call_ribbon_shared::Millis;
use chrono::{
    DateTime, Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _,
    Timelike as _, Utc,
};
use chrono_tz::Tz;

/// The days that are searched for an opening: more than any series of holidays is long.
const DAYS_AHEAD: u64 = 30;
/// What it takes to find a moment by the clocks of a zone, in steps.
const ZONE_STEPS: usize = 20;

/// Hours with what closes them.
#[derive(Debug, Clone, Copy)]
pub struct Hours<'h> {
    pub open: &'h [Opening],
    pub on_holidays: HolidayHours,
    pub holidays: &'h [Holiday],
    /// The regions whose holidays count: those of the called person and their countries.
    pub regions: &'h [String],
    pub work: &'h Work,
}

impl Hours<'_> {
    /// Returns whether a moment is within the hours in a zone.
    pub fn is_open(&self, at: Millis, zone: Tz) -> bool {
        let local = local_time(at, zone);
        self.openings_on(local.date())
            .any(|hours| hours.from <= local.time() && local.time() < hours.to)
    }

    /// Returns the first moment from `at` on that is within the hours in a zone; `None` if there is
    /// none within a month, or no step is left to look for it.
    pub fn next_open(&self, at: Millis, zone: Tz) -> Option<Millis> {
        if self.is_open(at, zone) {
            return Some(at);
        }
        let today = local_time(at, zone).date();
        (0..=DAYS_AHEAD).take_while(|_| !self.work.is_spent()).find_map(|days| {
            let date = today.checked_add_days(chrono::Days::new(days))?;
            let begins = self.openings_on(date).flat_map(|hours| {
                self.work.spend(ZONE_STEPS);
                moments_in_zone(date.and_time(hours.from), zone)
            });
            // Where clocks were turned, the hours may begin again or be skipped.
            begins.filter(|begins| *begins > at && self.is_open(*begins, zone)).min()
        })
    }

    fn openings_on(&self, date: NaiveDate) -> impl Iterator<Item = &Opening> {
        self.work.spend(ZONE_STEPS + self.open.len() + self.holidays.len());
        let is_closed = self.on_holidays == HolidayHours::Closed && self.is_holiday(date);
        let day = date.weekday().number_from_monday();
        let of_day = move |hours: &&Opening| hours.days.iter().any(|open| u32::from(*open) == day);
        self.open.iter().filter(move |hours| !is_closed && of_day(hours))
    }

    fn is_holiday(&self, date: NaiveDate) -> bool {
        self.holidays.iter().any(|holiday| {
            holiday.date == date
                && self.regions.iter().any(|region| {
                    *region == holiday.region
                        || region
                            .split_once('-')
                            .is_some_and(|(country, _)| country == holiday.region)
                })
        })
    }
}

/// Returns when a quiet time that covers a moment ends in a zone; `None` if it covers no such time.
pub fn quiet_until(quiet: &QuietTime, at: Millis, zone: Tz) -> Option<Millis> {
    if at < quiet.since || quiet.until.is_some_and(|until| until <= at) {
        return None;
    }
    let end = find_quiet_end(quiet, at, zone)?;
    Some(quiet.until.map_or(end, |until| end.min(until)))
}

/// Returns when a quiet time that covers a moment ends, as if it always held.
fn find_quiet_end(quiet: &QuietTime, at: Millis, zone: Tz) -> Option<Millis> {
    let local = local_time(at, zone);
    let minute = local.time().num_seconds_from_midnight() / 60;
    let begins_on =
        |date: NaiveDate| quiet.weekdays >> date.weekday().num_days_from_monday() & 1 == 1;
    let end_on = |date: NaiveDate| {
        let end = date.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(quiet.to));
        Some(moment_in_zone(end, zone)).filter(|end| *end > at)
    };
    if quiet.from < quiet.to {
        let covers = begins_on(local.date()) && (quiet.from..quiet.to).contains(&minute);
        return covers.then(|| end_on(local.date())).flatten();
    }
    if minute >= quiet.from && begins_on(local.date()) {
        return end_on(local.date().succ_opt()?);
    }
    let covers = minute < quiet.to && begins_on(local.date().pred_opt()?);
    covers.then(|| end_on(local.date())).flatten()
}

/// Returns when the day begins that is a number of days after that of a moment.
pub fn day_start_after(at: Millis, days: u32, zone: Tz) -> Millis {
    let date = local_time(at, zone).date();
    let date = date.checked_add_days(chrono::Days::new(u64::from(days))).unwrap_or(date);
    moment_in_zone(date.and_time(NaiveTime::MIN), zone)
}

/// Returns the date of a moment in a zone.
pub fn local_date(at: Millis, zone: Tz) -> NaiveDate {
    local_time(at, zone).date()
}

fn local_time(at: Millis, zone: Tz) -> NaiveDateTime {
    DateTime::<Utc>::from_timestamp_millis(at)
        .unwrap_or_default()
        .with_timezone(&zone)
        .naive_local()
}

/// Returns the moment of a local time. One that is skipped when clocks go forward is the first after
/// the gap, and of one that comes twice the later is meant: both are the stricter reading of a time
/// before which no call is permitted.
fn moment_in_zone(local: NaiveDateTime, zone: Tz) -> Millis {
    let [_, latest] = moments_in_zone(local, zone);
    latest
}

/// Returns the first and the last moment of a local time, which differ if it comes twice. One that is
/// skipped is the first after the gap.
fn moments_in_zone(local: NaiveDateTime, zone: Tz) -> [Millis; 2] {
    // No zone has skipped more than a day.
    (0..=24 * 60)
        .find_map(|minutes| {
            let found = zone.from_local_datetime(&(local + TimeDelta::minutes(minutes)));
            Some([found.earliest()?, found.latest()?].map(|moment| moment.timestamp_millis()))
        })
        .unwrap_or_else(|| [local.and_utc().timestamp_millis(); 2])
}
