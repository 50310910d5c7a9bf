//! Handlers for `GET /api/ribbon/analytics/funnel`, `/analytics/today` and `/analytics/answering`.

use crate::app::App;
use crate::http::analytics::span::{HoursQuery, SpanQuery};
use crate::http::openapi::{ByKey, count_kind};
use crate::http::request::auth::{Keyed, Read};
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{QueryParams, non_empty, read_count};
use crate::http::request::team_query::TeamQuery;
use crate::services::analytics::funnel::CohortBy;
use crate::services::analytics::scan::ScanRequest;
use crate::services::analytics::{answering, funnel, today};
use axum::Json;
use axum::extract::State;
use call_ribbon_shared::call::Direction;
use call_ribbon_shared::wire::{Answering, Funnel, Today};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa::openapi::schema::Schema;

/// The seconds within which a call counts as answered in time, if the query does not say it, and at
/// most.
const WITHIN: i64 = 20;
const LONGEST_WITHIN: i64 = 3600;

/// The query for the funnel.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FunnelQuery {
    /// Also divides the leads: by `campaign`, by `agentId`, or by the `week` in which they came.
    #[param(pattern = "^(campaign|agentId|week|)$", example = "campaign")]
    by: Option<String>,
}

/// Follow leads to their outcome
///
/// How many leads of a range were called, reached, and promised or paid by its end, and which
/// attempt at which hour reaches people. The calls themselves are counted, so a range may have at
/// most 100,000 of them.
#[utoipa::path(
    get,
    path = "/api/ribbon/analytics/funnel",
    operation_id = "funnel",
    tag = "Figures",
    params(SpanQuery, FunnelQuery),
    responses(
        (status = 200, description = "The figures.", body = Funnel),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn show_funnel(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    QueryParams(span): QueryParams<SpanQuery>,
    QueryParams(query): QueryParams<FunnelQuery>,
) -> Result<Json<Funnel>, Problem> {
    let (range, zone) = span.into_range(&caller.client)?;
    let by = non_empty(query.by).map(|word| {
        CohortBy::parse(&word).ok_or_else(|| {
            Problem::invalid("by", "by must be \"campaign\", \"agentId\" or \"week\".")
        })
    });
    let by = by.transpose()?;
    Ok(Json(funnel::read_funnel(&app.store, &caller.client, range, zone, by).await?))
}

/// Compare today with the usual day
///
/// Today's half hours beside the mean of the last four same weekdays, and each agent's work beside
/// the target.
#[utoipa::path(
    get,
    path = "/api/ribbon/analytics/today",
    operation_id = "today",
    tag = "Figures",
    params(TeamQuery),
    responses(
        (status = 200, description = "The figures.", body = Today),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn show_today(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    QueryParams(team): QueryParams<TeamQuery>,
) -> Result<Json<Today>, Problem> {
    let team = team.into_view(&app, &caller.client, &caller.reach).await?;
    Ok(Json(today::read_today(&app.store, &caller.client, team, app.now()).await?))
}

/// The query for the answers of incoming calls.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AnsweringQuery {
    /// The seconds within which a call counts as answered in time, at most 3600.
    #[param(schema_with = within_kind)]
    within: Option<String>,
}

fn within_kind() -> Schema {
    let what = "The seconds within which a call counts as answered in time. At most 3600.";
    count_kind(what, WITHIN)
}

/// Measure how fast incoming calls are answered
///
/// How many incoming calls were answered, how many of them within some seconds, and how long callers
/// waited, in total and by the hour of the day. The wait begins when the call begins. A call that still
/// rings is not counted. The calls themselves are counted, so a range may have at most 100,000 of them.
#[utoipa::path(
    get,
    path = "/api/ribbon/analytics/answering",
    operation_id = "answering",
    tag = "Figures",
    params(SpanQuery, HoursQuery, TeamQuery, AnsweringQuery),
    responses(
        (status = 200, description = "The figures.", body = Answering),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn measure_answers(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    QueryParams(span): QueryParams<SpanQuery>,
    QueryParams(hours): QueryParams<HoursQuery>,
    QueryParams(team): QueryParams<TeamQuery>,
    QueryParams(query): QueryParams<AnsweringQuery>,
) -> Result<Json<Answering>, Problem> {
    let (range, zone) = span.into_range(&caller.client)?;
    let within = read_count("within", query.within, WITHIN)?;
    if within > LONGEST_WITHIN {
        let sentence = format!("within must be at most {LONGEST_WITHIN} seconds.");
        return Err(Problem::invalid("within", sentence));
    }
    let request = ScanRequest {
        range,
        hours: hours.into_hours(zone)?,
        direction: Some(Direction::Inbound),
        team: team.into_view(&app, &caller.client, &caller.reach).await?,
        with_sent: false,
    };
    Ok(Json(answering::count_answers(&app.store, &caller.client, request, zone, within).await?))
}
