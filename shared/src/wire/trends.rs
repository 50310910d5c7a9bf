//! How a client does now, against the period before.

use super::{DayFigures, Figures, Usage};
use serde::{Deserialize, Serialize};

/// The answer to `GET /api/ribbon/analytics/trends`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Trends {
    /// The range that was asked for.
    pub current: Period,
    /// As many days just before it.
    pub previous: Period,
    /// The hours of the week in which calls of the range began: Sunday's 0 to 23 first, 168 in
    /// all.
    pub hours: Vec<HourOfWeek>,
    /// This month's calls against the plan.
    pub usage: Usage,
    /// How this month will go on.
    pub forecast: Forecast,
    /// Calls that are not over, now.
    pub active_calls: i64,
}

/// Figures of some days.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Period {
    /// Its first day, in the zone that was asked for.
    #[cfg_attr(feature = "openapi", schema(format = Date, examples("2025-10-06")))]
    pub start_date: String,
    /// Its last day.
    #[cfg_attr(feature = "openapi", schema(format = Date, examples("2025-10-12")))]
    pub end_date: String,
    /// All its calls.
    pub summary: Figures,
    /// Each day, those without calls too.
    pub days: Vec<DayFigures>,
}

/// An hour of the week, over all weeks of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct HourOfWeek {
    /// Calls that began in it.
    pub calls: i64,
    /// Those in which both sides talked.
    pub connected: i64,
}

/// How a month will go on, if its days are like those of the four weeks before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Forecast {
    /// Calls that the whole month will have had.
    pub calls_this_month: i64,
    /// The day on which the plan's calls are used up; null where they last.
    #[cfg_attr(feature = "openapi", schema(required = true, format = Date, examples("2025-10-27")))]
    pub runs_out_on: Option<String>,
}
