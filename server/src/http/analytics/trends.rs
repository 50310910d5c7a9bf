//! Handlers for `GET /api/ribbon/analytics/trends` and `/campaigns`.

use crate::app::App;
use crate::http::analytics::span::{DirectionQuery, SpanQuery, read_zone};
use crate::http::openapi::{ByKey, RangeEnd, direction_kind, zone_kind};
use crate::http::request::auth::{Keyed, Read};
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{QueryParams, non_empty, read_direction};
use crate::http::request::team_query::TeamQuery;
use crate::services::ServiceError;
use crate::services::analytics::campaigns;
use crate::services::analytics::trends::{self, DayRange, TrendsRequest};
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
    /// The first day of the period to compare with; if missing, the period just before.
    #[param(value_type = Option<RangeEnd>)]
    previous_start_date: Option<String>,
    /// The last day of the period to compare with; required with `previousStartDate`.
    #[param(value_type = Option<RangeEnd>)]
    previous_end_date: Option<String>,
    /// Only calls of this direction.
    #[param(schema_with = direction_kind)]
    call_direction: Option<String>,
}

/// Get a client's trends
///
/// Compares whole days with as many days just before them, or with other days; a range that ends
/// today is compared with days that end at the same time of day. Shows the hours of the week, and
/// forecasts the current month, in the client's own time zone. At most 1000 days. For a team, the calls
/// themselves are counted, so a range may have at most 100,000 of them; forecast, usage and active
/// calls are those of the client.
#[utoipa::path(
    get,
    path = "/api/ribbon/analytics/trends",
    operation_id = "trends",
    tag = "Figures",
    params(TrendsQuery, TeamQuery),
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
    QueryParams(team): QueryParams<TeamQuery>,
) -> Result<Json<Trends>, Problem> {
    let zone = read_zone(query.timezone, &caller.client)?;
    let (start, end) = (non_empty(query.start_date), non_empty(query.end_date));
    let range = DayRange::parse_ends(start.as_deref(), end.as_deref(), zone, app.now())?;
    let (start, end) = (non_empty(query.previous_start_date), non_empty(query.previous_end_date));
    let previous = match (start, end) {
        (None, None) => None,
        (Some(start), Some(end)) => {
            let parsed = DayRange::parse_ends(Some(&start), Some(&end), zone, app.now());
            Some(parsed.map_err(|error| match error {
                ServiceError::Invalid { field, sentence } => {
                    let name = |text: &str| {
                        text.replace("startDate", "previousStartDate")
                            .replace("endDate", "previousEndDate")
                    };
                    Problem::invalid(&name(field), name(&sentence))
                }
                other => other.into(),
            })?)
        }
        (Some(_), None) => {
            let sentence = "previousEndDate is missing; give both ends or neither.";
            return Err(Problem::invalid("previousEndDate", sentence));
        }
        (None, Some(_)) => {
            let sentence = "previousStartDate is missing; give both ends or neither.";
            return Err(Problem::invalid("previousStartDate", sentence));
        }
    };
    let wanted = TrendsRequest {
        range,
        previous,
        direction: read_direction(query.call_direction)?,
        team: team.into_view(&app, &caller.client, &caller.reach).await?,
    };
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
    params(SpanQuery, DirectionQuery),
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
    QueryParams(query): QueryParams<DirectionQuery>,
) -> Result<Json<CampaignList>, Problem> {
    let (range, _) = span.into_range(&caller.client)?;
    let direction = read_direction(query.call_direction)?;
    Ok(Json(campaigns::list_campaigns(&app.store, &caller.client, range, direction).await?))
}
