//! The clock, and functions that read and write times.

use call_ribbon_shared::Millis;
use chrono::{DateTime, Datelike, NaiveDate, Offset as _, SecondsFormat, TimeZone, Utc};
use chrono_tz::Tz;

/// The years in which the days that people enter may be.
pub const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

/// The source of the server's time. It is a parameter, so that months, tickets and sweeps can be
/// tested.
pub trait Clock: Send + Sync {
    /// Returns the current time.
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

/// The beginning of 2000, before which no call was logged. Programs write earlier times for a
/// missing one: 0001-01-01 (Go, .NET), 1601, 1900, 1904, 1970.
const EARLIEST: Millis = 946_684_800_000;
/// How far a sender's clock may be ahead of this machine's.
const AHEAD: Millis = 24 * 60 * 60 * 1000;
/// Zones are assumed not to change their offset before or after these times, 1830 and 2101: time
/// zones did not exist before, and the compiled-in data ends. A test compares some years on either
/// side in each zone.
const CHANGES: (Millis, Millis) = (-4_417_977_600_000, 4_133_980_800_000);

/// Returns whether an event can have happened at a time, as of `now`.
pub(crate) fn is_plausible(at: Millis, now: Millis) -> bool {
    (EARLIEST..=now.saturating_add(AHEAD)).contains(&at)
}

/// Reads an RFC 3339 time with any offset.
pub(crate) fn parse(text: &str) -> Option<Millis> {
    DateTime::parse_from_rfc3339(text.trim()).ok().map(|time| time.timestamp_millis())
}

/// Formats a time as the API does: RFC 3339 in UTC, with milliseconds if there are any.
pub(crate) fn format(at: Millis) -> String {
    // A time outside the calendar's quarter of a million years is never accepted (`parse`).
    let time = DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default();
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Returns the calendar month of a time in a zone, as `YYYY-MM`.
pub(crate) fn month(at: Millis, zone: Tz) -> String {
    let local = DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default().with_timezone(&zone);
    format!("{:04}-{:02}", local.year(), local.month())
}

/// Returns the day of a time in a zone, as `YYYY-MM-DD`.
pub(crate) fn day(at: Millis, zone: Tz) -> String {
    let local = DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default().with_timezone(&zone);
    local.date_naive().to_string()
}

/// Returns the date and the time of day in a zone, as `YYYY-MM-DD hh:mm:ss`.
pub(crate) fn local_clock(at: Millis, zone: Tz) -> String {
    let local = DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default().with_timezone(&zone);
    local.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// Returns when the calendar month after that of `at` begins in a zone.
pub(crate) fn next_month(at: Millis, zone: Tz) -> Millis {
    let local = DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default().with_timezone(&zone);
    let (year, month) =
        if local.month() == 12 { (local.year() + 1, 1) } else { (local.year(), local.month() + 1) };
    NaiveDate::from_ymd_opt(year, month, 1).map_or(at, |date| day_start(date, zone))
}

/// Returns when a day begins in a zone. If clocks go forward at midnight, the day begins at the
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

/// Returns how far a zone's clocks are ahead of UTC, in milliseconds.
pub(crate) fn utc_offset(at: Millis, zone: Tz) -> Millis {
    let utc = DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default().naive_utc();
    Millis::from(zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()) * 1000
}

/// A time span throughout which a zone's offset from UTC is constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SameOffset {
    pub from: Millis,
    pub until: Millis,
    pub offset: Millis,
}

/// Splits a time span where a zone's offset changes, at the next moment that is a whole number of
/// steps after its beginning.
pub(crate) fn same_offsets(from: Millis, until: Millis, step: Millis, zone: Tz) -> Vec<SameOffset> {
    const DAY: Millis = 24 * 60 * 60 * 1000;
    // In a span of decades this checks each week instead of each day. A test compares that with
    // each day from 1900 to 2100 in some zones.
    let stride = if until.saturating_sub(from) > 20 * 365 * DAY { 7 * DAY } else { DAY };
    let mut found = Vec::new();
    let mut at = SameOffset { from, until, offset: utc_offset(from, zone) };
    let mut seen = from;
    while seen < until {
        // No zone changes its offset and changes it back within a stride. Times before and after
        // all changes are skipped at once, or a range of ten thousand years would take seconds.
        let next = match seen {
            seen if seen < CHANGES.0 => CHANGES.0.min(until),
            seen if seen >= CHANGES.1 => until,
            seen => seen.saturating_add(stride).min(until),
        };
        if utc_offset(next, zone) == at.offset {
            seen = next;
            continue;
        }
        // The change is after `seen + low` steps, and not after `seen + high` steps.
        let (mut low, mut high) = (0, (next - seen + step - 1) / step);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            let same = utc_offset(seen + middle * step, zone) == at.offset;
            if same { low = middle } else { high = middle }
        }
        let change = (seen + high * step).min(until);
        found.push(SameOffset { until: change, ..at });
        at = SameOffset { from: change, until, offset: utc_offset(change, zone) };
        seen = change;
    }
    if at.from < until {
        found.push(at);
    }
    found
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
    fn a_time_that_stands_for_none_is_not_plausible() {
        let now = parse("2025-10-12T10:30:00Z").unwrap();
        for (time, plausible) in [
            ("0001-01-01T00:00:00Z", false),
            ("1601-01-01T00:00:00Z", false),
            ("1970-01-01T00:00:00Z", false),
            ("1999-12-31T23:59:59.999Z", false),
            ("2000-01-01T00:00:00Z", true),
            ("2025-10-13T10:30:00Z", true),
            ("2025-10-13T10:30:00.001Z", false),
            ("9999-12-31T23:59:59Z", false),
        ] {
            assert_eq!(is_plausible(parse(time).unwrap(), now), plausible, "{time}");
        }
    }

    #[test]
    fn no_zone_changes_its_clocks_in_the_years_that_are_passed_over() {
        for zone in chrono_tz::TZ_VARIANTS {
            let at = |time: &str| utc_offset(parse(time).unwrap(), zone);
            for time in ["0001-01-01T00:00:00Z", "1500-07-01T00:00:00Z", "1829-12-31T00:00:00Z"] {
                assert_eq!(at(time), utc_offset(CHANGES.0, zone), "{zone} {time}");
            }
            for time in ["2101-07-01T00:00:00Z", "2150-01-01T00:00:00Z", "9999-12-31T00:00:00Z"] {
                assert_eq!(at(time), utc_offset(CHANGES.1, zone), "{zone} {time}");
            }
        }
        let (from, until) =
            (parse("0001-01-01T00:00:00Z").unwrap(), parse("9999-12-31T00:00:00Z").unwrap());
        let parts = same_offsets(from, until, 900_000, America::New_York);
        assert!(parts.len() > 200);
        assert!(parts.windows(2).all(|pair| pair[0].until == pair[1].from));
        assert_eq!((parts[0].from, parts[parts.len() - 1].until), (from, until));
    }

    #[test]
    fn ten_thousand_years_are_taken_apart_as_day_by_day() {
        const DAY: Millis = 24 * 60 * 60 * 1000;
        let at = |time: &str| parse(time).unwrap();
        let whole = (at("0001-01-01T00:00:00Z"), at("9999-12-31T00:00:00Z"));
        let days = (at("1900-01-01T00:00:00Z"), at("2100-01-01T00:00:00Z"));
        for zone in [
            Tz::UTC,
            Asia::Kolkata,
            Asia::Kathmandu,
            America::New_York,
            chrono_tz::Africa::Casablanca,
        ] {
            let parts = same_offsets(whole.0, whole.1, 900_000, zone);
            assert!(parts.len() < 1000, "{zone}: {}", parts.len());
            let mut part = 0;
            for day in (days.0..days.1).step_by(usize::try_from(DAY).unwrap()) {
                while parts[part].until <= day {
                    part += 1;
                }
                assert_eq!(parts[part].offset, utc_offset(day, zone), "{zone} {}", format(day));
            }
        }
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

    #[test]
    fn a_year_is_taken_apart_where_clocks_change() {
        let (from, until) =
            (parse("2025-01-01T00:00:00Z").unwrap(), parse("2026-01-01T00:00:00Z").unwrap());
        let parts = same_offsets(from, until, 900_000, America::New_York);
        let changes: Vec<_> = parts.iter().map(|part| format(part.from)).collect();
        assert_eq!(
            changes,
            ["2025-01-01T00:00:00Z", "2025-03-09T07:00:00Z", "2025-11-02T06:00:00Z"]
        );
        assert_eq!(parts[2].until, until);
        assert!(parts.windows(2).all(|pair| pair[0].until == pair[1].from));
        assert_eq!(same_offsets(from, until, 900_000, Asia::Kolkata).len(), 1);
        assert_eq!(utc_offset(from, Asia::Kathmandu), 20_700_000);
    }
}
