//! Handlers for `GET /api/ribbon/analytics/pivot` and `/analytics/outcomes`.

use super::breakdown::read_edges;
use crate::app::App;
use crate::http::analytics::span::{HoursQuery, SpanQuery};
use crate::http::openapi::{ByKey, FieldName, count_kind, direction_kind, edges_kind};
use crate::http::request::auth::{Keyed, Read};
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{QueryParams, non_empty, read_count, read_direction};
use crate::http::request::team_query::TeamQuery;
use crate::services::analytics::breakdown::Axis;
use crate::services::analytics::outcomes;
use crate::services::analytics::pivot::{self, MOST_COLUMNS, PivotRequest};
use crate::services::analytics::scan::ScanRequest;
use axum::Json;
use axum::extract::State;
use call_ribbon_shared::wire::{Outcomes, Pivot};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa::openapi::schema::Schema;

/// Rows of values if the query names no limit.
const ROWS: i64 = 50;
const MOST_ROWS: i64 = 200;
/// Columns of values if the query names no limit.
const COLUMNS: i64 = 12;

/// The query. Its fields are texts, so that an error can name the field.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct PivotQuery {
    /// The field of the rows: callType, agentId, status, disposition, callDirection, `context.…` or
    /// `metadata.…`, where dots lead into nested objects.
    #[param(value_type = FieldName, example = "agentId")]
    by: Option<String>,
    /// The field of the columns, another one.
    #[param(value_type = FieldName, example = "disposition")]
    across: Option<String>,
    /// The edges between rows of numbers, in ascending order; if missing, those that the client has
    /// set, or else edges that suit the numbers.
    #[param(schema_with = edges_kind, example = "0,30,60,90")]
    edges: Option<String>,
    /// The edges between columns of numbers.
    #[param(schema_with = edges_kind, example = "0,30,60,90")]
    across_edges: Option<String>,
    /// Only calls of this direction.
    #[param(schema_with = direction_kind)]
    call_direction: Option<String>,
    /// How many values get a row of their own; more than 200 count as 200.
    #[param(schema_with = rows_kind)]
    limit: Option<String>,
    /// How many values get a column of their own; more than 50 count as 50.
    #[param(schema_with = columns_kind)]
    across_limit: Option<String>,
}

/// The query. Its fields are texts, so that an error can name the field.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct OutcomesQuery {
    /// The field: callType, agentId, status, disposition, callDirection, `context.…` or
    /// `metadata.…`, where dots lead into nested objects.
    #[param(value_type = FieldName, example = "agentId")]
    by: Option<String>,
    /// The edges between groups of numbers, in ascending order; if missing, those that the client
    /// has set, or else edges that suit the numbers.
    #[param(schema_with = edges_kind, example = "0,30,60,90")]
    edges: Option<String>,
    /// Only calls of this direction.
    #[param(schema_with = direction_kind)]
    call_direction: Option<String>,
    /// How many values get a group of their own; more than 200 count as 200.
    #[param(schema_with = rows_kind)]
    limit: Option<String>,
}

fn rows_kind() -> Schema {
    count_kind("The number of values with a row of their own. More than 200 counts as 200.", ROWS)
}

fn columns_kind() -> Schema {
    count_kind(
        "The number of values with a column of their own. More than 50 counts as 50.",
        COLUMNS,
    )
}

/// Count calls by two fields
///
/// Each row is a value of one field, each column one of another. The cells add up to the rows and
/// columns, and these to the calls of the range. The calls themselves are counted, so a range may
/// have at most 100,000 of them.
#[utoipa::path(
    get,
    path = "/api/ribbon/analytics/pivot",
    operation_id = "pivot",
    tag = "Figures",
    params(SpanQuery, HoursQuery, TeamQuery, PivotQuery),
    responses(
        (status = 200, description = "The figures.", body = Pivot),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn pivot_calls(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    QueryParams(span): QueryParams<SpanQuery>,
    QueryParams(hours): QueryParams<HoursQuery>,
    QueryParams(team): QueryParams<TeamQuery>,
    QueryParams(query): QueryParams<PivotQuery>,
) -> Result<Json<Pivot>, Problem> {
    let (range, zone) = span.into_range(&caller.client)?;
    let (by, across) = (query.by.unwrap_or_default(), query.across.unwrap_or_default());
    let most_columns = i64::try_from(MOST_COLUMNS).unwrap_or(COLUMNS);
    let wanted = PivotRequest {
        rows: Axis {
            name: "by",
            edges_name: "edges",
            field: &by,
            edges: read_axis_edges("edges", query.edges)?,
            limit: read_limit("limit", query.limit, ROWS, MOST_ROWS)?,
        },
        columns: Axis {
            name: "across",
            edges_name: "acrossEdges",
            field: &across,
            edges: read_axis_edges("acrossEdges", query.across_edges)?,
            limit: read_limit("acrossLimit", query.across_limit, COLUMNS, most_columns)?,
        },
        range,
        direction: read_direction(query.call_direction)?,
        hours: hours.into_hours(zone)?,
        team: team.into_view(&app, &caller.client, &caller.reach).await?,
    };
    Ok(Json(pivot::pivot_calls(&app.store, &caller.client, wanted).await?))
}

/// Count contacts, promises and payments
///
/// What came of calls, by the values of a field and by the kinds that the client's dispositions
/// have. The calls themselves are counted, so a range may have at most 100,000 of them.
#[utoipa::path(
    get,
    path = "/api/ribbon/analytics/outcomes",
    operation_id = "outcomes",
    tag = "Figures",
    params(SpanQuery, HoursQuery, TeamQuery, OutcomesQuery),
    responses(
        (status = 200, description = "The figures.", body = Outcomes),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn count_outcomes(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    QueryParams(span): QueryParams<SpanQuery>,
    QueryParams(hours): QueryParams<HoursQuery>,
    QueryParams(team): QueryParams<TeamQuery>,
    QueryParams(query): QueryParams<OutcomesQuery>,
) -> Result<Json<Outcomes>, Problem> {
    let (range, zone) = span.into_range(&caller.client)?;
    let by = query.by.unwrap_or_default();
    let axis = Axis {
        name: "by",
        edges_name: "edges",
        field: &by,
        edges: read_axis_edges("edges", query.edges)?,
        limit: read_limit("limit", query.limit, ROWS, MOST_ROWS)?,
    };
    let request = ScanRequest {
        range,
        hours: hours.into_hours(zone)?,
        direction: read_direction(query.call_direction)?,
        team: team.into_view(&app, &caller.client, &caller.reach).await?,
        with_sent: false,
    };
    Ok(Json(outcomes::count_outcomes(&app.store, &caller.client, axis, request).await?))
}

fn read_axis_edges(name: &'static str, text: Option<String>) -> Result<Option<Vec<f64>>, Problem> {
    non_empty(text).map(|text| read_edges(name, &text)).transpose()
}

fn read_limit(
    name: &'static str,
    text: Option<String>,
    default: i64,
    most: i64,
) -> Result<usize, Problem> {
    Ok(usize::try_from(read_count(name, text, default)?.min(most)).unwrap_or(usize::MAX))
}
