//! The answer of the trends endpoint: a range compared with the period before it.

use super::{DayFigures, Figures, Usage};
use serde::{Deserialize, Serialize};

/// The answer to `GET /api/ribbon/analytics/trends`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Trends {
    /// The requested range.
    pub current: Period,
    /// The period it is compared with: the same number of days just before it, unless the request
    /// names others. If the requested range ends today, it ends at the same time of day.
    pub previous: Period,
    /// Calls of the range by the hour of the week in which they began: 168 hours, beginning with
    /// Sunday's 0 to 23.
    pub hours: Vec<HourOfWeek>,
    /// This month's calls and the plan's limit.
    pub usage: Usage,
    /// The forecast for this month.
    pub forecast: Forecast,
    /// The day of the client's first call: an earlier period has no calls to compare with.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true, examples("2025-01-15")))]
    pub first_day: Option<String>,
    /// The number of calls in progress.
    pub active_calls: i64,
}

/// Figures of a number of days.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Period {
    /// Its first day, in the requested time zone.
    #[cfg_attr(feature = "openapi", schema(format = Date, examples("2025-10-06")))]
    pub start_date: String,
    /// Its last day.
    #[cfg_attr(feature = "openapi", schema(format = Date, examples("2025-10-12")))]
    pub end_date: String,
    /// The moment at which it ends within its last day, RFC 3339 in UTC; absent if it is whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, format = DateTime))]
    pub until: Option<String>,
    /// The figures over all its calls.
    pub summary: Figures,
    /// The figures of each day, including days without calls.
    pub days: Vec<DayFigures>,
}

/// An hour of the week, over all weeks of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct HourOfWeek {
    /// Calls that began in it.
    pub calls: i64,
    /// Calls in which both sides talked.
    pub connected: i64,
}

/// A forecast for the month, assuming that its days are like those of the four weeks before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Forecast {
    /// Calls expected in the whole month.
    pub calls_this_month: i64,
    /// The day on which the plan's calls are used up; null if they last.
    #[cfg_attr(feature = "openapi", schema(required = true, format = Date, examples("2025-10-27")))]
    pub runs_out_on: Option<String>,
}
