//! Handlers for `GET /api/ribbon/analytics/trends` and `/campaigns`.

use crate::app::App;
use crate::http::calls::history::non_empty;
use crate::http::calls::logs::unreadable_query;
use crate::http::openapi::{ByKey, RangeEnd, zone_kind};
use crate::http::request::auth::{Keyed, Read};
use crate::http::request::problem::Problem;
use crate::services::analytics::dates::DateRange;
use crate::services::analytics::trends::{self, DayRange};
use crate::services::analytics::{campaigns, overview};
use crate::storage::Client;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use call_ribbon_shared::wire::{CampaignList, Trends};
use chrono_tz::Tz;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// The query. Its fields are texts, so that an error can name the field.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct TrendsQuery {
    /// The first day, or a time within it; if missing, the range is the week that ends with
    /// `endDate`.
    #[param(value_type = Option<RangeEnd>)]
    start_date: Option<String>,
    /// The last day, or a time within it; if missing, today.
    #[param(value_type = Option<RangeEnd>)]
    end_date: Option<String>,
    /// The time zone of the days; if missing, the client's.
    #[param(schema_with = zone_kind)]
    timezone: Option<String>,
}

/// The query for campaigns.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct CampaignsQuery {
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

/// Get a client's trends
///
/// Compares whole days with as many days just before them, shows the hours of the week, and
/// forecasts the current month, in the client's own time zone. At most 1000 days.
#[utoipa::path(
    get,
    path = "/api/ribbon/analytics/trends",
    operation_id = "trends",
    tag = "Figures",
    params(TrendsQuery),
    responses(
        (status = 200, description = "The figures.", body = Trends),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn show_trends(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    query: Result<Query<TrendsQuery>, QueryRejection>,
) -> Result<Json<Trends>, Problem> {
    let Query(query) = query.map_err(|_| unreadable_query())?;
    let zone = read_zone(non_empty(query.timezone), &caller.client)?;
    let (start, end) = (non_empty(query.start_date), non_empty(query.end_date));
    let wanted = DayRange::parse_ends(start.as_deref(), end.as_deref(), zone, app.now())?;
    Ok(Json(trends::read_trends(&app.store, &caller.client, wanted, app.now()).await?))
}

/// Get the results of campaigns
///
/// Campaigns named by leads (`campaign`) or by calls of the range (`metadata.campaign`); the 500
/// with the most calls.
#[utoipa::path(
    get,
    path = "/api/ribbon/campaigns",
    operation_id = "campaigns",
    tag = "Leads",
    params(CampaignsQuery),
    responses(
        (status = 200, description = "The campaigns.", body = CampaignList),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn list_campaigns(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    query: Result<Query<CampaignsQuery>, QueryRejection>,
) -> Result<Json<CampaignList>, Problem> {
    let Query(query) = query.map_err(|_| unreadable_query())?;
    let zone = read_zone(non_empty(query.timezone), &caller.client)?;
    let (start, end) = (non_empty(query.start_date), non_empty(query.end_date));
    let range = DateRange::parse_ends(start.as_deref(), end.as_deref(), zone)?;
    Ok(Json(campaigns::list_campaigns(&app.store, &caller.client, range).await?))
}

fn read_zone(name: Option<String>, client: &Client) -> Result<Tz, Problem> {
    Ok(name.map(|name| overview::parse_time_zone(&name)).transpose()?.unwrap_or(client.time_zone))
}
