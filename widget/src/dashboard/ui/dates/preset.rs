//! Ranges of days, and presets that name them.

use super::super::format;
use super::day::Day;

/// A range of days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateRange {
    /// The first day.
    pub start: Day,
    /// The last day, not before the first.
    pub end: Day,
}

impl DateRange {
    /// Creates a range; swaps the days if they are in the wrong order.
    #[must_use]
    pub fn new(start: Day, end: Day) -> Self {
        Self { start: start.min(end), end: start.max(end) }
    }

    /// Returns the number of days.
    #[must_use]
    pub fn day_count(self) -> i64 {
        self.end.days_since(self.start) + 1
    }

    /// Returns the range of the same length just before this one.
    #[must_use]
    pub fn preceding(self) -> Self {
        Self { start: self.start.plus_days(-self.day_count()), end: self.start.plus_days(-1) }
    }

    /// Iterates over the days.
    pub fn iter_days(self) -> impl Iterator<Item = Day> {
        (0..self.day_count()).map(move |place| self.start.plus_days(place))
    }

    /// Formats the range for people: `6 Oct – 12 Oct 2025`.
    #[must_use]
    pub fn to_text(self) -> String {
        if self.start == self.end {
            return format::date_medium(self.start);
        }
        let same_year = self.start.to_iso().get(..4) == self.end.to_iso().get(..4);
        let start = if same_year {
            format::date_short(self.start)
        } else {
            format::date_medium(self.start)
        };
        format!("{start} – {}", format::date_medium(self.end))
    }
}

/// A named range; its days depend on today's date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// Today.
    Today,
    /// Yesterday.
    Yesterday,
    /// From Monday until today.
    ThisWeek,
    /// The seven days up to last Sunday.
    LastWeek,
    /// Seven days, ending today.
    Last7Days,
    /// Thirty days, ending today.
    Last30Days,
    /// From the first of the month until today.
    ThisMonth,
    /// The whole month before this one.
    LastMonth,
    /// From the first day of the quarter until today.
    ThisQuarter,
}

impl Preset {
    /// All presets, in the order in which they are offered.
    pub const ALL: [Self; 9] = [
        Self::Today,
        Self::Yesterday,
        Self::Last7Days,
        Self::Last30Days,
        Self::ThisWeek,
        Self::LastWeek,
        Self::ThisMonth,
        Self::LastMonth,
        Self::ThisQuarter,
    ];

    /// Returns the label.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Today => "Today",
            Self::Yesterday => "Yesterday",
            Self::ThisWeek => "This week",
            Self::Last7Days => "Last 7 days",
            Self::Last30Days => "Last 30 days",
            Self::ThisMonth => "This month",
            Self::LastWeek => "Last week",
            Self::LastMonth => "Last month",
            Self::ThisQuarter => "This quarter",
        }
    }

    /// Returns the preset's key in an address, so that a link keeps meaning the last seven days.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Yesterday => "yesterday",
            Self::ThisWeek => "week",
            Self::Last7Days => "7d",
            Self::Last30Days => "30d",
            Self::ThisMonth => "month",
            Self::LastWeek => "last-week",
            Self::LastMonth => "last-month",
            Self::ThisQuarter => "quarter",
        }
    }

    /// Parses the key of an address.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.key() == key)
    }

    /// Returns the days.
    #[must_use]
    pub fn date_range(self, today: Day) -> DateRange {
        let (start, end) = match self {
            Self::Today => (today, today),
            Self::Yesterday => (today.plus_days(-1), today.plus_days(-1)),
            Self::ThisWeek => (today.week_start(), today),
            Self::Last7Days => (today.plus_days(-6), today),
            Self::Last30Days => (today.plus_days(-29), today),
            Self::ThisMonth => (today.month_start(), today),
            Self::LastWeek => (today.week_start().plus_days(-7), today.week_start().plus_days(-1)),
            Self::LastMonth => {
                let first = today.month_start();
                (first.plus_months(-1), first.plus_days(-1))
            }
            Self::ThisQuarter => (today.quarter_start(), today),
        };
        DateRange { start, end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start: &str, end: &str) -> DateRange {
        DateRange { start: Day::parse(start).unwrap(), end: Day::parse(end).unwrap() }
    }

    #[test]
    fn each_preset_ends_when_its_name_says() {
        let today = Day::parse("2025-10-12").unwrap();
        let expected = [
            range("2025-10-12", "2025-10-12"),
            range("2025-10-11", "2025-10-11"),
            range("2025-10-06", "2025-10-12"),
            range("2025-09-13", "2025-10-12"),
            range("2025-10-06", "2025-10-12"),
            range("2025-09-29", "2025-10-05"),
            range("2025-10-01", "2025-10-12"),
            range("2025-09-01", "2025-09-30"),
            range("2025-10-01", "2025-10-12"),
        ];
        for (preset, days) in Preset::ALL.into_iter().zip(expected) {
            assert_eq!(preset.date_range(today), days, "{}", preset.label());
            assert_eq!(Preset::of_key(preset.key()), Some(preset));
        }
    }

    #[test]
    fn the_period_before_has_as_many_days() {
        let week = range("2025-10-06", "2025-10-12");
        assert_eq!(week.day_count(), 7);
        assert_eq!(week.preceding(), range("2025-09-29", "2025-10-05"));
        assert_eq!(week.iter_days().count(), 7);
        assert_eq!(DateRange::new(week.end, week.start), week);
    }
}
