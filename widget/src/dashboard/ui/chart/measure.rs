//! The units of a chart's numbers, and how they are formatted.

use super::super::format;

/// The unit of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Measure {
    /// A count, or the mean of counts.
    #[default]
    Count,
    /// Seconds.
    Seconds,
    /// A share from 0 to 1.
    Share,
}

impl Measure {
    /// Formats the number for people.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "seconds are far within")]
    pub fn format_value(self, value: f64) -> String {
        match self {
            Self::Count => format::decimal(value),
            Self::Seconds => format::duration(value.round() as i64),
            Self::Share => format::percent(value),
        }
    }

    /// Formats the number for a tick of a scale, which has little room.
    #[must_use]
    pub fn format_tick(self, value: f64) -> String {
        match self {
            Self::Count if value >= 10_000.0 => format::short_number(value),
            Self::Share => format::percent_whole(value),
            Self::Count | Self::Seconds => self.format_value(value),
        }
    }
}
