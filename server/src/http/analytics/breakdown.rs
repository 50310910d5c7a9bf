//! `GET /api/ribbon/analytics/breakdown`, `/analytics/fields` and `/analytics/agents`.

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

/// Rows of values.
const ROWS: i64 = 20;
const MOST_ROWS: i64 = 200;

/// The query; texts, so that each can be refused by its name.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct BreakdownQuery {
    /// The field: callType, agentId, status, disposition, callDirection, `context.…` or
    /// `metadata.…`, where dots go into nested objects.
    #[param(required = true, pattern = r"^[^\u0000]+$", example = "context.daysOverdue")]
    by: Option<String>,
    /// From when; without one, from the first call.
    #[param(value_type = Option<RangeEnd>)]
    start_date: Option<String>,
    /// Until when, that day or moment included; without one, until the last call.
    #[param(value_type = Option<RangeEnd>)]
    end_date: Option<String>,
    /// The zone whose days count; without one, the client's.
    #[param(schema_with = zone_kind)]
    timezone: Option<String>,
    /// The numbers at which rows begin and end, in their order; without them, those that the
    /// client has declared, else some that suit the numbers.
    #[param(pattern = r"^[-+0-9.eE, ]*$", example = "0,30,60,90")]
    edges: Option<String>,
    /// Only calls of this direction.
    #[param(schema_with = direction_kind)]
    call_direction: Option<String>,
    /// How many values have a row of their own; more than 200 count as 200.
    #[param(schema_with = limit_kind)]
    limit: Option<String>,
}

fn limit_kind() -> Schema {
    count_kind("How many values have a row of their own; more than 200 count as 200.", ROWS)
}

/// The query of the others.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct SpanQuery {
    /// From when; without one, from the first call.
    #[param(value_type = Option<RangeEnd>)]
    start_date: Option<String>,
    /// Until when, that day or moment included; without one, until the last call.
    #[param(value_type = Option<RangeEnd>)]
    end_date: Option<String>,
    /// The zone whose days count; without one, the client's.
    #[param(schema_with = zone_kind)]
    timezone: Option<String>,
}

/// Calls by the values of any field
///
/// What you send is what you can ask: numbers between edges, everything else a row a value.
/// Rows, `other` and `missing` add up to the calls of the range.
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

/// The fields by which calls can be told apart
///
/// Those that calls of the range have, with what their values are and how many calls have them.
/// Fields that differ only in spelling name each other.
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

/// Agents side by side
///
/// Each agent's calls, connect rate, talk time and handling time, and the same by day.
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

/// Without dates, all calls count; without a zone, the client's holds.
fn read(query: SpanQuery, client: &Client) -> Result<(DateRange, Tz), Problem> {
    let zone = match said(query.timezone) {
        Some(name) => overview::zone(&name)?,
        None => client.time_zone,
    };
    let (start, end) = (said(query.start_date), said(query.end_date));
    Ok((DateRange::read(start.as_deref(), end.as_deref(), zone)?, zone))
}

/// Reads edges: numbers in their order.
fn edges(text: &str) -> Result<Vec<f64>, Problem> {
    // In a query string a plus sign is a space, so one may stand within a number, too.
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
