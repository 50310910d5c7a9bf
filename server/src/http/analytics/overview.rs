//! Handlers for `GET /api/ribbon/analytics` and `/analytics/detailed`.

use crate::app::App;
use crate::http::calls::logs::{read_count, unreadable_query};
use crate::http::openapi::{ByKey, RangeEnd, count_kind, zone_kind};
use crate::http::request::auth::{Keyed, Read};
use crate::http::request::problem::Problem;
use crate::services::analytics::dates::DateRange;
use crate::services::analytics::overview::{self, OverviewRequest};
use crate::storage::Client;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
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
    /// The start of the range; if missing, the first call.
    #[param(value_type = Option<RangeEnd>)]
    start_date: Option<String>,
    /// The end of the range, that day or moment included; if missing, the last call.
    #[param(value_type = Option<RangeEnd>)]
    end_date: Option<String>,
    /// The time zone of the days; if missing, the client's.
    #[param(schema_with = zone_kind)]
    timezone: Option<String>,
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

/// The query of the detailed figures.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct DetailedQuery {
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

/// Get totals, calls by date and the latest calls
///
/// Every call counts once, at its start. Days are those of the client's time zone, or of
/// `timezone`.
#[utoipa::path(
    get,
    path = "/api/ribbon/analytics",
    operation_id = "analytics",
    tag = "Figures",
    params(AnalyticsQuery),
    responses(
        (status = 200, description = "The figures.", body = Analytics),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn show_overview(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    query: Result<Query<AnalyticsQuery>, QueryRejection>,
) -> Result<Json<Analytics>, Problem> {
    let Query(query) = query.map_err(|_| unreadable_query())?;
    let limit = read_count("limit", query.limit.clone(), CALLS)?.min(MOST_CALLS);
    let wanted = read_query(query, &caller.client)?;
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
    params(DetailedQuery),
    responses(
        (status = 200, description = "The figures.", body = DetailedAnalytics),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn show_detailed(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    query: Result<Query<DetailedQuery>, QueryRejection>,
) -> Result<Json<DetailedAnalytics>, Problem> {
    let Query(query) = query.map_err(|_| unreadable_query())?;
    let DetailedQuery { start_date, end_date, timezone } = query;
    // The contract has no customer filter here; a list of top customers would not need one.
    let query = AnalyticsQuery { start_date, end_date, timezone, customer_id: None, limit: None };
    let wanted = read_query(query, &caller.client)?;
    Ok(Json(overview::read_detailed(&app.store, &caller.client, wanted).await?))
}

/// Reads the query. If dates are missing, all calls count; if the zone is missing, the client's
/// applies.
fn read_query(query: AnalyticsQuery, client: &Client) -> Result<OverviewRequest, Problem> {
    let said = |text: Option<String>| text.filter(|text| !text.is_empty());
    let zone = match said(query.timezone) {
        Some(name) => overview::parse_time_zone(&name)?,
        None => client.time_zone,
    };
    let range = DateRange::parse_ends(
        said(query.start_date).as_deref(),
        said(query.end_date).as_deref(),
        zone,
    )?;
    Ok(OverviewRequest { range, zone, customer_id: said(query.customer_id) })
}
