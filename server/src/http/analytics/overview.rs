//! `GET /api/ribbon/analytics` and `/analytics/detailed`.

use crate::app::App;
use crate::http::calls::logs::{count, unreadable_query};
use crate::http::openapi::{ByKey, RangeEnd, count_kind, zone_kind};
use crate::http::request::auth::{Keyed, Read};
use crate::http::request::problem::Problem;
use crate::services::analytics::dates::DateRange;
use crate::services::analytics::overview::{self, Wanted};
use crate::storage::Client;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use call_ribbon_shared::wire::{Analytics, DetailedAnalytics};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa::openapi::schema::Schema;

/// Calls in an answer.
const CALLS: i64 = 100;
const MOST_CALLS: i64 = 500;

/// The query; texts, so that each can be refused by its name.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct AnalyticsQuery {
    /// From when; without one, from the first call.
    #[param(value_type = Option<RangeEnd>)]
    start_date: Option<String>,
    /// Until when, that day or moment included; without one, until the last call.
    #[param(value_type = Option<RangeEnd>)]
    end_date: Option<String>,
    /// The zone whose days count; without one, the client's.
    #[param(schema_with = zone_kind)]
    timezone: Option<String>,
    /// Only calls with this customer.
    #[param(pattern = r"^[^\u0000]*$", example = "CUST-1001")]
    customer_id: Option<String>,
    /// How many of the latest calls; more than 500 count as 500.
    #[param(schema_with = limit_kind)]
    limit: Option<String>,
}

fn limit_kind() -> Schema {
    count_kind("How many of the latest calls; more than 500 count as 500.", CALLS)
}

/// The query of the detailed figures.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct DetailedQuery {
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

/// Sums, calls by date and the latest calls
///
/// Every call counts once, by its start. Days are the client's own, or those of `timezone`.
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
pub async fn overview(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    query: Result<Query<AnalyticsQuery>, QueryRejection>,
) -> Result<Json<Analytics>, Problem> {
    let Query(query) = query.map_err(|_| unreadable_query())?;
    let limit = count("limit", query.limit.clone(), CALLS)?.min(MOST_CALLS);
    let wanted = wanted(query, &caller.client)?;
    Ok(Json(overview::overview(&app, &caller.client, wanted, limit).await?))
}

/// Sums by hour, weekday, customer and duration
///
/// All hours, days and buckets are there, zeros too.
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
pub async fn detailed(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    query: Result<Query<DetailedQuery>, QueryRejection>,
) -> Result<Json<DetailedAnalytics>, Problem> {
    let Query(query) = query.map_err(|_| unreadable_query())?;
    let DetailedQuery { start_date, end_date, timezone } = query;
    // The contract has no customer here; a list of top customers has no use for one.
    let query = AnalyticsQuery { start_date, end_date, timezone, customer_id: None, limit: None };
    let wanted = wanted(query, &caller.client)?;
    Ok(Json(overview::detailed(&app, &caller.client, wanted).await?))
}

/// Without dates, all calls count; without a zone, the client's holds.
fn wanted(query: AnalyticsQuery, client: &Client) -> Result<Wanted, Problem> {
    let said = |text: Option<String>| text.filter(|text| !text.is_empty());
    let zone = match said(query.timezone) {
        Some(name) => overview::zone(&name)?,
        None => client.time_zone,
    };
    let range =
        DateRange::read(said(query.start_date).as_deref(), said(query.end_date).as_deref(), zone)?;
    Ok(Wanted { range, zone, customer_id: said(query.customer_id) })
}
