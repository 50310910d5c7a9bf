//! Handlers for `GET /api/ribbon/analytics/funnel` and `/analytics/today`.

use crate::app::App;
use crate::http::analytics::span::SpanQuery;
use crate::http::openapi::ByKey;
use crate::http::request::auth::{Keyed, Read};
use crate::http::request::problem::Problem;
use crate::http::request::query_params::QueryParams;
use crate::services::analytics::{funnel, today};
use axum::Json;
use axum::extract::State;
use call_ribbon_shared::wire::{Funnel, Today};
use std::sync::Arc;

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
    params(SpanQuery),
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
) -> Result<Json<Funnel>, Problem> {
    let (range, zone) = span.into_range(&caller.client)?;
    Ok(Json(funnel::read_funnel(&app.store, &caller.client, range, zone).await?))
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
    responses(
        (status = 200, description = "The figures.", body = Today),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn show_today(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
) -> Result<Json<Today>, Problem> {
    Ok(Json(today::read_today(&app.store, &caller.client, app.now()).await?))
}
