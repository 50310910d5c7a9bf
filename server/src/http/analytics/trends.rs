//! Handlers for `GET /api/ribbon/analytics/trends` and `/campaigns`.

use crate::app::App;
use crate::http::analytics::span::{SpanQuery, read_zone};
use crate::http::openapi::{ByKey, RangeEnd, zone_kind};
use crate::http::request::auth::{Keyed, Read};
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{QueryParams, non_empty};
use crate::services::analytics::campaigns;
use crate::services::analytics::trends::{self, DayRange};
use axum::Json;
use axum::extract::State;
use call_ribbon_shared::wire::{CampaignList, Trends};
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
    QueryParams(query): QueryParams<TrendsQuery>,
) -> Result<Json<Trends>, Problem> {
    let zone = read_zone(query.timezone, &caller.client)?;
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
    params(SpanQuery),
    responses(
        (status = 200, description = "The campaigns.", body = CampaignList),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn list_campaigns(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    QueryParams(span): QueryParams<SpanQuery>,
) -> Result<Json<CampaignList>, Problem> {
    let (range, _) = span.into_range(&caller.client)?;
    Ok(Json(campaigns::list_campaigns(&app.store, &caller.client, range).await?))
}
