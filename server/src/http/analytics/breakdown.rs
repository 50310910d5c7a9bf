//! Handlers for `GET /api/ribbon/analytics/breakdown`, `/analytics/fields` and `/analytics/agents`.

use crate::app::App;
use crate::http::analytics::span::{HoursQuery, SpanQuery};
use crate::http::openapi::{ByKey, FieldName, count_kind, direction_kind, edges_kind};
use crate::http::request::auth::{Keyed, Read, TeamRead};
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{QueryParams, non_empty, read_count, read_direction};
use crate::http::request::team_query::TeamQuery;
use crate::services::analytics::breakdown::{self, BreakdownRequest, MOST_EDGES};
use crate::services::analytics::{agents, fields};
use axum::Json;
use axum::extract::State;
use call_ribbon_shared::wire::{AgentFigures, Breakdown, Fields};
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
    #[param(value_type = FieldName, example = "context.daysOverdue")]
    by: Option<String>,
    /// The edges between rows of numbers, in ascending order; if missing, those that the client has
    /// set, or else edges that suit the numbers.
    #[param(schema_with = edges_kind, example = "0,30,60,90")]
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

/// Break calls down by any field
///
/// Any field of the data that you send can be used: numbers are grouped between edges, other values
/// get a row each. Rows, `other` and `missing` add up to the calls of the range.
#[utoipa::path(
    get,
    path = "/api/ribbon/analytics/breakdown",
    operation_id = "breakdown",
    tag = "Figures",
    params(SpanQuery, HoursQuery, TeamQuery, BreakdownQuery),
    responses(
        (status = 200, description = "The figures.", body = Breakdown),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn break_down_calls(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    QueryParams(span): QueryParams<SpanQuery>,
    QueryParams(hours): QueryParams<HoursQuery>,
    QueryParams(team): QueryParams<TeamQuery>,
    QueryParams(query): QueryParams<BreakdownQuery>,
) -> Result<Json<Breakdown>, Problem> {
    let (range, zone) = span.into_range(&caller.client)?;
    let direction = read_direction(query.call_direction);
    let limit = read_count("limit", query.limit, ROWS)?.min(MOST_ROWS);
    let wanted = BreakdownRequest {
        by: query.by.unwrap_or_default(),
        range,
        edges: non_empty(query.edges).map(|text| read_edges("edges", &text)).transpose()?,
        direction: direction?,
        hours: hours.into_hours(zone)?,
        team: team.into_view(&app, &caller.client, &caller.reach).await?,
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
    QueryParams(span): QueryParams<SpanQuery>,
) -> Result<Json<Fields>, Problem> {
    let (range, _) = span.into_range(&caller.client)?;
    Ok(Json(fields::list_fields(&app.store, &caller.client, range).await?))
}

/// Which calls of agents to count, and how much of each day to send.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct AgentsQuery {
    /// Only calls of this direction.
    #[param(schema_with = direction_kind)]
    call_direction: Option<String>,
    /// `counts`: instead of each day's figures, only how many calls it had, in `dailyCalls`.
    #[param(pattern = "^(counts|)$", example = "counts")]
    days: Option<String>,
}

/// Compare agents
///
/// Each agent's calls, connect rate, talk time and handling time, in total and by day.
#[utoipa::path(
    get,
    path = "/api/ribbon/analytics/agents",
    operation_id = "agentFigures",
    tag = "Figures",
    params(SpanQuery, TeamQuery, AgentsQuery),
    responses(
        (status = 200, description = "The figures.", body = AgentFigures),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn compare_agents(
    State(app): State<Arc<App>>,
    caller: Keyed<TeamRead>,
    QueryParams(span): QueryParams<SpanQuery>,
    QueryParams(team): QueryParams<TeamQuery>,
    QueryParams(query): QueryParams<AgentsQuery>,
) -> Result<Json<AgentFigures>, Problem> {
    let (range, zone) = span.into_range(&caller.client)?;
    let direction = read_direction(query.call_direction)?;
    let only_counts = match non_empty(query.days).as_deref() {
        None => false,
        Some("counts") => true,
        Some(_) => return Err(Problem::invalid("days", "days must be \"counts\" or missing.")),
    };
    let team = team.into_view(&app, &caller.client, &caller.reach).await?;
    let team = team.as_ref();
    let found =
        agents::list_agent_figures(&app.store, &caller.client, range, zone, direction, team);
    let found = found.await?;
    Ok(Json(if only_counts { agents::count_days(found) } else { found }))
}

/// Reads edges: numbers in ascending order.
pub fn read_edges(name: &'static str, text: &str) -> Result<Vec<f64>, Problem> {
    // In a query string a plus sign is a space, so a number such as `1e+6` may contain one.
    let numbers = text.split(',').map(|number| number.trim().parse::<f64>().ok());
    let edges: Vec<f64> = numbers.collect::<Option<_>>().unwrap_or_default();
    if breakdown::are_valid_edges(&edges) {
        return Ok(edges);
    }
    let sentence = format!(
        "{name} must be 1 to {MOST_EDGES} numbers, each greater than the one before, like \
         0,30,60,90."
    );
    Err(Problem::invalid(name, sentence))
}
