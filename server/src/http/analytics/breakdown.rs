//! Handlers for `GET /api/ribbon/analytics/breakdown`, `/analytics/fields` and `/analytics/agents`.

use crate::app::App;
use crate::http::calls::logs::{read_count, unreadable_query};
use crate::http::openapi::{ByKey, RangeEnd, count_kind, direction_kind, zone_kind};
use crate::http::request::auth::{Keyed, Read};
use crate::http::request::problem::Problem;
use crate::services::analytics::breakdown::{self, BreakdownRequest, MOST_EDGES};
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
pub async fn break_down_calls(
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
    let (range, _) = read_span(span, &caller.client)?;
    let direction = non_empty(query.call_direction).map(|word| {
        Direction::parse(&word).ok_or_else(|| {
            let sentence = "callDirection must be \"inbound\" or \"outbound\".";
            Problem::invalid("callDirection", sentence)
        })
    });
    let limit = read_count("limit", query.limit, ROWS)?.min(MOST_ROWS);
    let wanted = BreakdownRequest {
        by: query.by.unwrap_or_default(),
        range,
        edges: non_empty(query.edges).map(|text| read_edges(&text)).transpose()?,
        direction: direction.transpose()?,
        limit: usize::try_from(limit).unwrap_or(usize::MAX),
    };
    Ok(Json(breakdown::break_down_by_field(&app.store, &caller.client, wanted).await?))
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
pub async fn list_fields(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    query: Result<Query<SpanQuery>, QueryRejection>,
) -> Result<Json<Fields>, Problem> {
    let Query(query) = query.map_err(|_| unreadable_query())?;
    let (range, _) = read_span(query, &caller.client)?;
    Ok(Json(fields::list_fields(&app.store, &caller.client, range).await?))
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
pub async fn compare_agents(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    query: Result<Query<SpanQuery>, QueryRejection>,
) -> Result<Json<AgentFigures>, Problem> {
    let Query(query) = query.map_err(|_| unreadable_query())?;
    let (range, zone) = read_span(query, &caller.client)?;
    Ok(Json(agents::list_agent_figures(&app.store, &caller.client, range, zone).await?))
}

fn non_empty(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// Reads the range and the zone. If dates are missing, all calls count; if the zone is missing, the
/// client's applies.
fn read_span(query: SpanQuery, client: &Client) -> Result<(DateRange, Tz), Problem> {
    let zone = match non_empty(query.timezone) {
        Some(name) => overview::parse_time_zone(&name)?,
        None => client.time_zone,
    };
    let (start, end) = (non_empty(query.start_date), non_empty(query.end_date));
    Ok((DateRange::parse_ends(start.as_deref(), end.as_deref(), zone)?, zone))
}

/// Reads edges: numbers in ascending order.
fn read_edges(text: &str) -> Result<Vec<f64>, Problem> {
    // In a query string a plus sign is a space, so a number such as `1e+6` may contain one.
    let numbers = text.split(',').map(|number| number.trim().parse::<f64>().ok());
    let edges: Vec<f64> = numbers.collect::<Option<_>>().unwrap_or_default();
    if breakdown::are_valid_edges(&edges) {
        return Ok(edges);
    }
    let sentence = format!(
        "edges must be 1 to {MOST_EDGES} numbers, each greater than the one before, like \
         0,30,60,90."
    );
    Err(Problem::invalid("edges", sentence))
}
