//! Parses the dates of a range.

use crate::services::ServiceError;
use crate::time::{day_start, parse};
use call_ribbon_shared::Millis;
use chrono::{Days, NaiveDate, NaiveDateTime, TimeZone};
use chrono_tz::Tz;

/// A range of time from `from` inclusive to `until` exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateRange {
    pub from: Millis,
    pub until: Millis,
}

impl DateRange {
    /// Parses both ends. A date without a time means that whole day in the time zone; a time
    /// without an offset is in that zone; a missing end is open.
    pub fn parse_ends(
        start: Option<&str>,
        end: Option<&str>,
        zone: Tz,
    ) -> Result<Self, ServiceError> {
        let from = match start {
            Some(text) => parse_moment("startDate", text, zone)?.0,
            None => Millis::MIN,
        };
        let until = match end {
            Some(text) => parse_moment("endDate", text, zone)?.1,
            None => Millis::MAX,
        };
        if from >= until {
            return Err(ServiceError::Invalid {
                field: "startDate",
                sentence: "startDate is after endDate.".to_owned(),
            });
        }
        Ok(Self { from, until })
    }
}

/// Returns the first millisecond that a text means, and the first after it.
fn parse_moment(
    field: &'static str,
    text: &str,
    zone: Tz,
) -> Result<(Millis, Millis), ServiceError> {
    let text = text.trim();
    if let Ok(date) = text.parse::<NaiveDate>() {
        let next = date.checked_add_days(Days::new(1)).unwrap_or(date);
        return Ok((day_start(date, zone), day_start(next, zone)));
    }
    let local = || {
        let local: NaiveDateTime = text.parse().ok()?;
        Some(zone.from_local_datetime(&local).earliest()?.timestamp_millis())
    };
    // In a query string a plus sign is a space; an offset such as +05:30 comes as " 05:30".
    let at = parse(text).or_else(|| parse(&text.replacen(' ', "+", 1))).or_else(local);
    match at {
        Some(at) => Ok((at, at + 1)),
        None => Err(ServiceError::Invalid {
            field,
            sentence: format!(
                "{field} is not a date; write it like 2025-10-12 or 2025-10-12T10:30:00Z."
            ),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Asia;

    #[test]
    fn a_date_is_the_whole_day_in_the_clients_zone() {
        let range =
            DateRange::parse_ends(Some("2025-10-12"), Some("2025-10-12"), Asia::Kolkata).unwrap();
        assert_eq!(range.from, parse("2025-10-11T18:30:00Z").unwrap());
        assert_eq!(range.until, parse("2025-10-12T18:30:00Z").unwrap());
    }

    #[test]
    fn times_are_read_with_and_without_an_offset() {
        let utc = parse("2025-10-12T10:30:00Z").unwrap();
        for text in
            ["2025-10-12T16:00:00 05:30", "2025-10-12T16:00:00+05:30", "2025-10-12T16:00:00"]
        {
            let range = DateRange::parse_ends(Some(text), Some(text), Asia::Kolkata).unwrap();
            assert_eq!((range.from, range.until), (utc, utc + 1), "{text}");
        }
    }

    #[test]
    fn nonsense_and_a_start_after_the_end_are_refused() {
        assert!(DateRange::parse_ends(Some("soon"), None, Tz::UTC).is_err());
        assert!(DateRange::parse_ends(Some("2025-10-13"), Some("2025-10-12"), Tz::UTC).is_err());
        assert!(DateRange::parse_ends(None, None, Tz::UTC).is_ok());
    }
}
