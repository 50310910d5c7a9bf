//! A calendar day, without a time zone.

use std::fmt;

/// Days in 400 years of the Gregorian calendar, after which it repeats.
const ERA: i64 = 146_097;

/// A day, counted from 1 January 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i64);

impl Day {
    /// Creates a day from year, month (from 1) and day (from 1); `None` if it does not exist.
    #[must_use]
    pub fn from_ymd(year: i64, month: i64, day: i64) -> Option<Self> {
        if !(1..=12).contains(&month) || day < 1 {
            return None;
        }
        let made = Self::days_from_civil(year, month, day);
        // The 31st of a month of 30 days would be another day.
        (made.to_civil() == (year, month, day)).then_some(made)
    }

    /// Parses `2025-10-12`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-').map(str::parse::<i64>);
        let mut next = || parts.next()?.ok();
        let (year, month, day) = (next()?, next()?, next()?);
        (text.len() == 10).then(|| Self::from_ymd(year, month, day))?
    }

    /// Returns the day of a moment in UTC, in milliseconds since 1970.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "a browser's moments are far within")]
    pub fn of_epoch_ms(moment: f64) -> Self {
        Self((moment / 86_400_000.0).floor() as i64)
    }

    /// Returns a Sunday, for the names of weekdays.
    #[must_use]
    pub fn a_sunday() -> Self {
        Self(3)
    }

    /// Returns the day that many days later; earlier if negative.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        Self(self.0 + days)
    }

    /// Returns the number of days since another day.
    #[must_use]
    pub fn days_since(self, other: Self) -> i64 {
        self.0 - other.0
    }

    /// Returns the weekday: 0 for Sunday to 6 for Saturday.
    #[must_use]
    pub fn weekday(self) -> usize {
        // 1 January 1970 was a Thursday.
        usize::try_from((self.0 + 4).rem_euclid(7)).unwrap_or_default()
    }

    /// Returns whether it is a Saturday or a Sunday.
    #[must_use]
    pub fn is_weekend(self) -> bool {
        matches!(self.weekday(), 0 | 6)
    }

    /// Returns the Monday of its week.
    #[must_use]
    pub fn week_start(self) -> Self {
        Self(self.0 - (self.0 + 3).rem_euclid(7))
    }

    /// Returns the first day of its month.
    #[must_use]
    pub fn month_start(self) -> Self {
        let (_, _, day) = self.to_civil();
        self.plus_days(1 - day)
    }

    /// Returns the same day some months later, or earlier if negative; the last day of that month if
    /// it is shorter.
    #[must_use]
    pub fn plus_months(self, months: i64) -> Self {
        let (year, month, day) = self.to_civil();
        let months = year * 12 + month - 1 + months;
        let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
        let found = (0..4).find_map(|short| Self::from_ymd(year, month, day - short));
        found.unwrap_or(self)
    }

    /// Returns the first day of its quarter.
    #[must_use]
    pub fn quarter_start(self) -> Self {
        let (_, month, _) = self.to_civil();
        self.month_start().plus_months(-((month - 1) % 3))
    }

    /// Returns the day as the server reads it: `2025-10-12`.
    #[must_use]
    pub fn to_iso(self) -> String {
        let (year, month, day) = self.to_civil();
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// Howard Hinnant's `days_from_civil`: years start in March, so that the leap day comes last.
    fn days_from_civil(year: i64, month: i64, day: i64) -> Self {
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self(era * ERA + day_of_era - 719_468)
    }

    /// Returns year, month and day: Hinnant's `civil_from_days`.
    fn to_civil(self) -> (i64, i64, i64) {
        let days = self.0 + 719_468;
        let era = days.div_euclid(ERA);
        let day_of_era = days.rem_euclid(ERA);
        let year =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
        let march = (5 * day_of_year + 2) / 153;
        let month = if march < 10 { march + 3 } else { march - 9 };
        let day = day_of_year - (153 * march + 2) / 5 + 1;
        (year + era * 400 + i64::from(month <= 2), month, day)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_iso())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_it_is_written() {
        for text in ["1970-01-01", "2000-02-29", "2024-02-29", "2025-12-31", "2100-03-01"] {
            assert_eq!(Day::parse(text).map(Day::to_iso).as_deref(), Some(text));
        }
        for text in
            ["2025-02-29", "2025-13-01", "2025-04-31", "2025-1-1", "", "today", "2025-10-12T00"]
        {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_the_first() {
        let sunday = Day::parse("2025-10-12").unwrap();
        assert_eq!((sunday.weekday(), sunday.is_weekend()), (0, true));
        assert_eq!(sunday.week_start().to_iso(), "2025-10-06");
        assert_eq!(sunday.plus_days(1).week_start().to_iso(), "2025-10-13");
        assert_eq!(sunday.month_start().to_iso(), "2025-10-01");
        assert_eq!(Day::a_sunday().weekday(), 0);
        assert_eq!(sunday.quarter_start().to_iso(), "2025-10-01");
        for (day, months, then) in [
            ("2025-12-31", -1, "2025-11-30"),
            ("2025-03-31", -1, "2025-02-28"),
            ("2024-02-29", -12, "2023-02-28"),
            ("2025-11-28", 2, "2026-01-28"),
        ] {
            assert_eq!(Day::parse(day).unwrap().plus_months(months).to_iso(), then);
        }
    }
}
