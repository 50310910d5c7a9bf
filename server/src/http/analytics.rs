//! `GET /api/ribbon/analytics` and `/analytics/detailed`.

use super::auth::{Keyed, Read};
use super::logs::{count, unreadable_query};
use super::problem::Problem;
use crate::app::App;
use crate::services::analytics::{self, Wanted};
use crate::services::dates::DateRange;
use crate::storage::Client;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use call_ribbon_shared::wire::{Analytics, DetailedAnalytics};
use serde::Deserialize;
use std::sync::Arc;

/// Calls in an answer.
const CALLS: i64 = 100;
const MOST_CALLS: i64 = 500;

/// The query; texts, so that each can be refused by its name.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AnalyticsQuery {
    start_date: Option<String>,
    end_date: Option<String>,
    timezone: Option<String>,
    customer_id: Option<String>,
    limit: Option<String>,
}

/// Sums, calls by date and the calls that began last.
pub async fn overview(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    query: Result<Query<AnalyticsQuery>, QueryRejection>,
) -> Result<Json<Analytics>, Problem> {
    let Query(query) = query.map_err(|_| unreadable_query())?;
    let limit = count("limit", query.limit.clone(), CALLS)?.min(MOST_CALLS);
    let wanted = wanted(query, &caller.client)?;
    Ok(Json(analytics::overview(&app, &caller.client, wanted, limit).await?))
}

/// Sums, calls by hour, weekday, customer and duration.
pub async fn detailed(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    query: Result<Query<AnalyticsQuery>, QueryRejection>,
) -> Result<Json<DetailedAnalytics>, Problem> {
    let Query(query) = query.map_err(|_| unreadable_query())?;
    let mut wanted = wanted(query, &caller.client)?;
    // The contract has no customer here; a list of top customers has no use for one.
    wanted.customer_id = None;
    Ok(Json(analytics::detailed(&app, &caller.client, wanted).await?))
}

/// Without dates, all calls count; without a zone, the client's holds.
fn wanted(query: AnalyticsQuery, client: &Client) -> Result<Wanted, Problem> {
    let said = |text: Option<String>| text.filter(|text| !text.is_empty());
    let zone = match said(query.timezone) {
        Some(name) => analytics::zone(&name)?,
        None => client.time_zone,
    };
    let range =
        DateRange::read(said(query.start_date).as_deref(), said(query.end_date).as_deref(), zone)?;
    Ok(Wanted { range, zone, customer_id: said(query.customer_id) })
}
