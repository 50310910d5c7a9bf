//! Handler that tries a pack of rules on past calls.

use crate::app::App;
use crate::http::analytics::span::SpanQuery;
use crate::http::openapi::{ByAdmin, NotFound, PackName};
use crate::http::request::auth::{ClientStaff, View};
use crate::http::request::paths::ClientPath;
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{QueryParams, non_empty};
use crate::services::permission::trial::{self, Trial, TrialReport};
use crate::services::{ServiceError, cursor};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// Which pack is tried, and in which format.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct TrialQuery {
    /// The name of the pack.
    #[param(value_type = PackName, required = true, example = "in-rbi-recovery")]
    pack: Option<String>,
    /// `json`: figures and the first calls; `csv`: all calls to which a rule objects.
    #[param(pattern = "^(json|csv)?$", example = "json")]
    format: Option<String>,
    /// `nextCursor` of another answer: the calls after those.
    cursor: Option<String>,
}

/// Try a pack of rules on past calls
///
/// Judges outbound calls as they were made, each at its own time, and changes nothing. Rules about
/// the number that a call showed are left out. The figures are of up to 5000 calls an answer; the
/// CSV is streamed, of any size.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/call-rules/trial",
    operation_id = "tryCallRules",
    tag = "Administration",
    params(ClientPath, SpanQuery, TrialQuery),
    responses(
        (
            status = 200,
            description = "What the rules object to.",
            content((TrialReport = "application/json"), (String = "text/csv")),
        ),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn try_call_rules(
    State(app): State<Arc<App>>,
    _: ClientStaff<View>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    QueryParams(span): QueryParams<SpanQuery>,
    QueryParams(query): QueryParams<TrialQuery>,
) -> Result<Response, Problem> {
    let client = app.store.clients().find_client(&client_id).await?;
    let client = client.ok_or_else(ServiceError::unknown_client)?;
    let missing = || Problem::invalid("pack", "pack is missing; name the pack to try.");
    let pack = non_empty(query.pack).ok_or_else(missing)?;
    let (range, _) = span.into_range(&client)?;
    let after = match non_empty(query.cursor) {
        None => None,
        Some(text) => Some(cursor::read_place(&text).ok_or_else(|| {
            Problem::invalid("cursor", "cursor must be nextCursor of another answer.")
        })?),
    };
    let is_csv = match non_empty(query.format).as_deref() {
        None | Some("json") => false,
        Some("csv") => true,
        Some(_) => return Err(Problem::invalid("format", "format must be \"json\" or \"csv\".")),
    };
    let range = (range.from, range.until);
    let trial = Trial::begin(&app.store, &client, &pack, range, after).await?;
    if !is_csv {
        return Ok(Json(trial::report_trial(trial).await?).into_response());
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"call-rules-trial.csv\""),
    ];
    let pieces = trial::export_trial(trial).await?;
    Ok((headers, Body::from_stream(pieces)).into_response())
}
