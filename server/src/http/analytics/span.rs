//! The query fields that choose a range of days.

use crate::http::openapi::{RangeEnd, direction_kind, zone_kind};
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{non_empty, read_hours};
use crate::services::analytics::dates::DateRange;
use crate::services::analytics::overview;
use crate::services::analytics::scan::HoursOfDay;
use crate::storage::Client;
use chrono_tz::Tz;
use serde::Deserialize;
use utoipa::IntoParams;

/// A range of days.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct SpanQuery {
    /// The start of the range; if missing, the first call.
    #[param(value_type = Option<RangeEnd>)]
    start_date: Option<String>,
    /// The end of the range, that day or moment included; if missing, the last call.
    #[param(value_type = Option<RangeEnd>)]
    end_date: Option<String>,
    /// The time zone of the days; if missing, the client's.
    #[param(schema_with = zone_kind)]
    timezone: Option<String>,
}

/// Hours of the day.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct HoursQuery {
    /// Only calls that started in this hour of the day, 0 to 23. The calls themselves are then
    /// counted, so a range may have at most 100,000 of them.
    #[param(pattern = "^([0-9]|1[0-9]|2[0-3]|)$", example = "10")]
    hour: Option<String>,
    /// Only calls that started from `hour` to this hour of the day, both included; without it, only
    /// those in `hour`.
    #[param(pattern = "^([0-9]|1[0-9]|2[0-3]|)$", example = "13")]
    hour_to: Option<String>,
}

impl HoursQuery {
    /// Reads the hours of the zone's days.
    pub fn into_hours(self, zone: Tz) -> Result<Option<HoursOfDay>, Problem> {
        let hours = read_hours(self.hour, self.hour_to)?;
        Ok(hours.map(|(first, last)| HoursOfDay { first, last, zone }))
    }
}

/// Which calls to count.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct DirectionQuery {
    /// Only calls of this direction.
    #[param(schema_with = direction_kind)]
    pub call_direction: Option<String>,
}

impl SpanQuery {
    /// Reads the range and the zone. If dates are missing, all calls count; if the zone is missing,
    /// the client's applies.
    pub fn into_range(self, client: &Client) -> Result<(DateRange, Tz), Problem> {
        let zone = read_zone(self.timezone, client)?;
        let (start, end) = (non_empty(self.start_date), non_empty(self.end_date));
        Ok((DateRange::parse_ends(start.as_deref(), end.as_deref(), zone)?, zone))
    }
}

/// Reads `timezone`; if it is missing, the client's applies.
pub fn read_zone(name: Option<String>, client: &Client) -> Result<Tz, Problem> {
    match non_empty(name) {
        Some(name) => Ok(overview::parse_time_zone(&name)?),
        None => Ok(client.time_zone),
    }
}
