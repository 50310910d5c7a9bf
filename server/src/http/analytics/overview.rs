//! Handlers for `GET /api/ribbon/analytics` and `/analytics/detailed`.

use crate::app::App;
use crate::http::analytics::span::SpanQuery;
use crate::http::openapi::{ByKey, count_kind};
use crate::http::request::auth::{Keyed, Read};
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{QueryParams, non_empty, read_count};
use crate::services::analytics::overview::{self, OverviewRequest};
use axum::Json;
use axum::extract::State;
use call_ribbon_shared::wire::{Analytics, DetailedAnalytics};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa::openapi::schema::Schema;

/// Calls in an answer if the query names no limit.
const CALLS: i64 = 100;
const MOST_CALLS: i64 = 500;

/// The query. Its fields are texts, so that an error can name the field.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct AnalyticsQuery {
    /// Only calls with this customer.
    #[param(pattern = r"^[^\u0000]*$", example = "CUST-1001")]
    customer_id: Option<String>,
    /// How many of the latest calls to include; more than 500 count as 500.
    #[param(schema_with = limit_kind)]
    limit: Option<String>,
}

fn limit_kind() -> Schema {
    count_kind("The number of recent calls to return. More than 500 counts as 500.", CALLS)
}

/// Get totals, calls by date and the latest calls
///
/// Every call counts once, at its start. Days are those of the client's time zone, or of
/// `timezone`.
#[utoipa::path(
    get,
    path = "/api/ribbon/analytics",
    operation_id = "analytics",
    tag = "Figures",
    params(SpanQuery, AnalyticsQuery),
    responses(
        (status = 200, description = "The figures.", body = Analytics),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn show_overview(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    QueryParams(span): QueryParams<SpanQuery>,
    QueryParams(query): QueryParams<AnalyticsQuery>,
) -> Result<Json<Analytics>, Problem> {
    let limit = read_count("limit", query.limit, CALLS)?.min(MOST_CALLS);
    let (range, zone) = span.into_range(&caller.client)?;
    let customer_id = non_empty(query.customer_id);
    let wanted = OverviewRequest { range, zone, customer_id };
    Ok(Json(overview::read_overview(&app.store, &caller.client, wanted, limit, app.now()).await?))
}

/// Get totals by hour, weekday, customer and duration
///
/// Includes every hour, day and bucket, also those with zero calls.
#[utoipa::path(
    get,
    path = "/api/ribbon/analytics/detailed",
    operation_id = "detailedAnalytics",
    tag = "Figures",
    params(SpanQuery),
    responses(
        (status = 200, description = "The figures.", body = DetailedAnalytics),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn show_detailed(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    QueryParams(span): QueryParams<SpanQuery>,
) -> Result<Json<DetailedAnalytics>, Problem> {
    let (range, zone) = span.into_range(&caller.client)?;
    // The contract has no customer filter here; a list of top customers would not need one.
    let wanted = OverviewRequest { range, zone, customer_id: None };
    Ok(Json(overview::read_detailed(&app.store, &caller.client, wanted).await?))
}
