//! Handler for `GET /api/ribbon/analytics/promises`.

use crate::app::App;
use crate::http::analytics::span::SpanQuery;
use crate::http::openapi::ByKey;
use crate::http::request::auth::{Keyed, Read};
use crate::http::request::bounds::text_within;
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{QueryParams, non_empty};
use crate::ids::LONGEST_ID;
use crate::services::analytics::promises::{self, ListedPromises, PromisesBy, PromisesRequest};
use axum::Json;
use axum::extract::State;
use call_ribbon_shared::wire::{PromiseState, Promises};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// The rows and the list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PromisesQuery {
    /// What the rows are: days, agents or campaigns.
    #[param(pattern = "^(day|agentId|campaign|)$", example = "day")]
    by: Option<String>,
    /// Which promises to list beside the figures: all, or those kept, broken or open.
    #[param(pattern = "^(all|kept|broken|open|)$", example = "broken")]
    list: Option<String>,
    /// Only list the promises of the row with this value.
    #[param(max_length = 200, example = "2025-10-12")]
    value: Option<String>,
}

/// Count promises to pay
///
/// A promise is an outcome that means one and has an amount and a date. It is kept if payments of its
/// customer (`POST /api/ribbon/customer/{customerId}/payments`) between its call and the end of its
/// day make up its amount, for the same account if both name one. A payment counts for the earliest
/// promise that it is in time for and that is not paid yet, what is left of it for the next. A range
/// counts the promises of calls that began in it, at most 100,000.
#[utoipa::path(
    get,
    path = "/api/ribbon/analytics/promises",
    operation_id = "promises",
    tag = "Figures",
    params(SpanQuery, PromisesQuery),
    responses(
        (status = 200, description = "The figures.", body = Promises),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn count_promises(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    QueryParams(span): QueryParams<SpanQuery>,
    QueryParams(query): QueryParams<PromisesQuery>,
) -> Result<Json<Promises>, Problem> {
    let (range, zone) = span.into_range(&caller.client)?;
    let by = non_empty(query.by).map_or(Ok(PromisesBy::Day), |by| {
        let sentence = format!("by must be {}.", PromisesBy::NAMES.join(", "));
        PromisesBy::parse(&by).ok_or_else(|| Problem::invalid("by", sentence))
    })?;
    let value = non_empty(query.value);
    let value = value.map(|value| text_within("value", value, LONGEST_ID)).transpose()?;
    let list = non_empty(query.list).map(|list| read_list(&list)).transpose()?;
    let list = list.map(|state| ListedPromises { state, value });
    let request = PromisesRequest { range, zone, by, list };
    let counted = promises::count_promises(&app.store, &caller.client, &request, app.now()).await?;
    Ok(Json(counted))
}

fn read_list(list: &str) -> Result<Option<PromiseState>, Problem> {
    match list {
        "all" => Ok(None),
        "kept" => Ok(Some(PromiseState::Kept)),
        "broken" => Ok(Some(PromiseState::Broken)),
        "open" => Ok(Some(PromiseState::Open)),
        _ => Err(Problem::invalid("list", "list must be all, kept, broken or open.")),
    }
}
