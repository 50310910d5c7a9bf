//! Handlers for `GET /api/ribbon/analytics/breakdown`, `/analytics/fields` and `/analytics/agents`.

use crate::app::App;
use crate::http::calls::logs::{count, unreadable_query};
use crate::http::openapi::{ByKey, RangeEnd, count_kind, direction_kind, zone_kind};
use crate::http::request::auth::{Keyed, Read};
use crate::http::request::problem::Problem;
use crate::services::analytics::breakdown::{self, MOST_EDGES, Wanted};
use crate::services::analytics::dates::DateRange;
use crate::services::analytics::{agents, fields, overview};
use crate::storage::Client;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use call_ribbon_shared::call::Direction;
use call_ribbon_shared::wire::{AgentFigures, Breakdown, Fields};
use chrono_tz::Tz;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa::openapi::schema::Schema;

/// Rows of values if the query names no limit.
const ROWS: i64 = 20;
const MOST_ROWS: i64 = 200;

/// The query. Its fields are texts, so that an error can name the field.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct BreakdownQuery {
    /// The field: callType, agentId, status, disposition, callDirection, `context.…` or
    /// `metadata.…`, where dots lead into nested objects.
    #[param(required = true, pattern = r"^[^\u0000]+$", example = "context.daysOverdue")]
    by: Option<String>,
    /// The start of the range; if missing, the first call.
    #[param(value_type = Option<RangeEnd>)]
    start_date: Option<String>,
    /// The end of the range, that day or moment included; if missing, the last call.
    #[param(value_type = Option<RangeEnd>)]
    end_date: Option<String>,
    /// The time zone of the days; if missing, the client's.
    #[param(schema_with = zone_kind)]
    timezone: Option<String>,
    /// The edges between rows of numbers, in ascending order; if missing, those that the client has
    /// set, or else edges that suit the numbers.
    #[param(pattern = r"^[-+0-9.eE, ]*$", example = "0,30,60,90")]
    edges: Option<String>,
    /// Only calls of this direction.
    #[param(schema_with = direction_kind)]
    call_direction: Option<String>,
    /// How many values get a row of their own; more than 200 count as 200.
    #[param(schema_with = limit_kind)]
    limit: Option<String>,
}

fn limit_kind() -> Schema {
    count_kind("The number of values with a row of their own. More than 200 counts as 200.", ROWS)
}

/// The query of the other two.
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

/// Break calls down by any field
///
/// Any field of the data that you send can be used: numbers are grouped between edges, other values
/// get a row each. Rows, `other` and `missing` add up to the calls of the range.
#[utoipa::path(
    get,
    path = "/api/ribbon/analytics/breakdown",
    operation_id = "breakdown",
    tag = "Figures",
    params(BreakdownQuery),
    responses(
        (status = 200, description = "The figures.", body = Breakdown),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn by_field(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    query: Result<Query<BreakdownQuery>, QueryRejection>,
) -> Result<Json<Breakdown>, Problem> {
    let Query(query) = query.map_err(|_| unreadable_query())?;
    let span = SpanQuery {
        start_date: query.start_date,
        end_date: query.end_date,
        timezone: query.timezone,
    };
    let (range, _) = read(span, &caller.client)?;
    let direction = said(query.call_direction).map(|word| {
        Direction::parse(&word).ok_or_else(|| {
            let sentence = "callDirection must be \"inbound\" or \"outbound\".";
            Problem::invalid("callDirection", sentence)
        })
    });
    let limit = count("limit", query.limit, ROWS)?.min(MOST_ROWS);
    let wanted = Wanted {
        by: query.by.unwrap_or_default(),
        range,
        edges: said(query.edges).map(|text| edges(&text)).transpose()?,
        direction: direction.transpose()?,
        limit: usize::try_from(limit).unwrap_or(usize::MAX),
    };
    Ok(Json(breakdown::by_field(&app, &caller.client, wanted).await?))
}

/// List the fields that calls can be broken down by
///
/// The fields of the calls in the range, with the kinds of their values and the number of calls
/// that have them. Fields that differ only in spelling name each other.
#[utoipa::path(
    get,
    path = "/api/ribbon/analytics/fields",
    operation_id = "fields",
    tag = "Figures",
    params(SpanQuery),
    responses(
        (status = 200, description = "The fields.", body = Fields),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    query: Result<Query<SpanQuery>, QueryRejection>,
) -> Result<Json<Fields>, Problem> {
    let Query(query) = query.map_err(|_| unreadable_query())?;
    let (range, _) = read(query, &caller.client)?;
    Ok(Json(fields::list(&app, &caller.client, range).await?))
}

/// Compare agents
///
/// Each agent's calls, connect rate, talk time and handling time, in total and by day.
#[utoipa::path(
    get,
    path = "/api/ribbon/analytics/agents",
    operation_id = "agentFigures",
    tag = "Figures",
    params(SpanQuery),
    responses(
        (status = 200, description = "The figures.", body = AgentFigures),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn agents(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    query: Result<Query<SpanQuery>, QueryRejection>,
) -> Result<Json<AgentFigures>, Problem> {
    let Query(query) = query.map_err(|_| unreadable_query())?;
    let (range, zone) = read(query, &caller.client)?;
    Ok(Json(agents::list(&app, &caller.client, range, zone).await?))
}

fn said(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// Reads the range and the zone. If dates are missing, all calls count; if the zone is missing, the
/// client's applies.
fn read(query: SpanQuery, client: &Client) -> Result<(DateRange, Tz), Problem> {
    let zone = match said(query.timezone) {
        Some(name) => overview::zone(&name)?,
        None => client.time_zone,
    };
    let (start, end) = (said(query.start_date), said(query.end_date));
    Ok((DateRange::read(start.as_deref(), end.as_deref(), zone)?, zone))
}

/// Reads edges: numbers in ascending order.
fn edges(text: &str) -> Result<Vec<f64>, Problem> {
    // In a query string a plus sign is a space, so a number such as `1e+6` may contain one.
    let numbers = text.split(',').map(|number| number.trim().parse::<f64>().ok());
    let edges: Vec<f64> = numbers.collect::<Option<_>>().unwrap_or_default();
    if breakdown::are_edges(&edges) {
        return Ok(edges);
    }
    let sentence = format!(
        "edges must be 1 to {MOST_EDGES} numbers, each greater than the one before, like \
         0,30,60,90."
    );
    Err(Problem::invalid("edges", sentence))
}
