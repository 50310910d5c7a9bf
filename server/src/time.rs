//! The clock, and times as they are read and written.

use call_ribbon_shared::Millis;
use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, TimeZone, Utc};
use chrono_tz::Tz;

/// Where the server takes the time from. A parameter, so that months, tickets and sweeps can
/// be tested.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Millis;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Millis {
        Utc::now().timestamp_millis()
    }
}

/// Reads an RFC 3339 time with any offset.
pub(crate) fn parse(text: &str) -> Option<Millis> {
    DateTime::parse_from_rfc3339(text.trim()).ok().map(|time| time.timestamp_millis())
}

/// Writes a time as the API does: RFC 3339 in UTC, with milliseconds where there are any.
pub(crate) fn format(at: Millis) -> String {
    // A time outside the calendar's quarter of a million years cannot come in (`parse`).
    let time = DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default();
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// The calendar month of a time in a zone, as `YYYY-MM`.
pub(crate) fn month(at: Millis, zone: Tz) -> String {
    let local = DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default().with_timezone(&zone);
    format!("{:04}-{:02}", local.year(), local.month())
}

/// The day of a time in a zone, as `YYYY-MM-DD`.
pub(crate) fn day(at: Millis, zone: Tz) -> String {
    let local = DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default().with_timezone(&zone);
    local.date_naive().to_string()
}

/// When the calendar month after that of `at` begins in a zone.
pub(crate) fn next_month(at: Millis, zone: Tz) -> Millis {
    let local = DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default().with_timezone(&zone);
    let (year, month) =
        if local.month() == 12 { (local.year() + 1, 1) } else { (local.year(), local.month() + 1) };
    NaiveDate::from_ymd_opt(year, month, 1).map_or(at, |date| day_start(date, zone))
}

/// When a day begins in a zone. Where clocks go forward at midnight the day begins at the
/// first minute that exists.
pub(crate) fn day_start(date: NaiveDate, zone: Tz) -> Millis {
    let midnight = date.and_time(chrono::NaiveTime::MIN);
    (0..=4)
        .filter_map(|half_hours| {
            let local = midnight + chrono::TimeDelta::minutes(30 * half_hours);
            zone.from_local_datetime(&local).earliest()
        })
        .map(|time| time.timestamp_millis())
        .next()
        .unwrap_or_else(|| midnight.and_utc().timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{America, Asia};

    #[test]
    fn offsets_are_read_and_utc_is_written() {
        assert_eq!(parse("2025-10-12T16:00:00+05:30"), parse("2025-10-12T10:30:00Z"));
        assert_eq!(format(parse("2025-10-12T16:00:00+05:30").unwrap()), "2025-10-12T10:30:00Z");
        assert_eq!(format(parse("2025-10-12T10:30:00.250Z").unwrap()), "2025-10-12T10:30:00.250Z");
        assert_eq!(parse("2025-13-01T00:00:00Z"), None);
        assert_eq!(parse("yesterday"), None);
    }

    #[test]
    fn a_month_is_the_clients_own() {
        let late = parse("2025-10-31T19:00:00Z").unwrap();
        assert_eq!(month(late, Tz::UTC), "2025-10");
        assert_eq!(month(late, Asia::Kolkata), "2025-11");
        assert_eq!(format(next_month(late, Asia::Kolkata)), "2025-11-30T18:30:00Z");
        let december = parse("2025-12-05T00:00:00Z").unwrap();
        assert_eq!(format(next_month(december, Tz::UTC)), "2026-01-01T00:00:00Z");
    }

    #[test]
    fn a_day_without_a_midnight_begins_an_hour_later() {
        // Chile's clocks went from 23:59 to 01:00 in the night to 2025-09-07.
        let day = NaiveDate::from_ymd_opt(2025, 9, 7).unwrap();
        assert_eq!(format(day_start(day, America::Santiago)), "2025-09-07T04:00:00Z");
    }
}
