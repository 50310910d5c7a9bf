//! Handler for the log of requests to and from a client's providers: `GET
//! /api/admin/clients/{clientId}/provider-requests`.

use crate::app::App;
use crate::http::openapi::{ByAdmin, NotFound, count_kind};
use crate::http::request::auth::{ClientStaff, View};
use crate::http::request::paths::ClientPath;
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{
    QueryParams, check_search, non_empty, read_count, read_cursor, read_moment, read_whole,
};
use crate::services::cursor;
use crate::services::providers::requests::{self, RequestList};
use crate::storage::RequestFilter;
use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa::openapi::schema::Schema;

/// Entries in an answer if the query names no limit.
const USUAL: i64 = 50;
const MOST: i64 = 200;

/// The query. Its fields are texts, so that an error can name the field.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct RequestQuery {
    /// Only requests of this account.
    #[param(pattern = r"^[^\u0000]*$")]
    account_id: Option<String>,
    /// Only requests about this call.
    #[param(pattern = r"^[^\u0000]*$")]
    session_id: Option<String>,
    /// `out`: only requests to a provider; `in`: only requests from it.
    #[param(pattern = "^(out|in)?$", example = "out")]
    direction: Option<String>,
    /// Only requests answered with this status; `failed`: those without an answer, or with a status
    /// of 400 or above.
    #[param(pattern = "^([0-9]{3}|failed)?$", example = "failed")]
    status: Option<String>,
    /// Only requests whose address, content, answer, error or outcome contains this text, ignoring
    /// case. Of a phone number only the last four digits can be found.
    #[param(pattern = r"^[^\u0000]*$", max_length = 200, example = "3210")]
    text: Option<String>,
    /// Only requests from this moment on.
    #[param(value_type = Option<String>, format = DateTime, example = "2025-10-12T10:30:00Z")]
    from: Option<String>,
    /// Only requests before this moment.
    #[param(value_type = Option<String>, format = DateTime, example = "2025-10-13T00:00:00Z")]
    to: Option<String>,
    /// How many; more than 200 count as 200.
    #[param(schema_with = limit_kind)]
    limit: Option<String>,
    /// `nextCursor` of another page: the entries after it.
    cursor: Option<String>,
}

fn limit_kind() -> Schema {
    count_kind("The number of entries to return. More than 200 counts as 200.", USUAL)
}

/// List the requests to and from a client's providers
///
/// Newest first. Secrets are masked, and phone numbers except for their last four digits.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/provider-requests",
    operation_id = "providerRequests",
    tag = "Administration",
    params(ClientPath, RequestQuery),
    responses(
        (status = 200, description = "A page of the log.", body = RequestList),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn list_provider_requests(
    State(app): State<Arc<App>>,
    caller: ClientStaff<View>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    QueryParams(query): QueryParams<RequestQuery>,
) -> Result<Json<RequestList>, Problem> {
    let most = read_count("limit", query.limit.clone(), USUAL)?.min(MOST);
    Ok(Json(
        requests::list_requests(&app.operator(caller.by()), &client_id, &read_filter(query)?, most)
            .await?,
    ))
}

fn read_filter(query: RequestQuery) -> Result<RequestFilter, Problem> {
    let direction = non_empty(query.direction);
    if direction.as_deref().is_some_and(|word| word != "out" && word != "in") {
        return Err(Problem::invalid("direction", "direction must be out or in."));
    }
    let status = non_empty(query.status);
    let failed_only = status.as_deref() == Some("failed");
    let status = status.filter(|_| !failed_only);
    check_search("text", query.text.as_deref())?;
    let status = status.as_deref().map(|text| {
        read_whole(text).filter(|_| text.len() == 3).ok_or_else(|| {
            Problem::invalid("status", "status must be a number like 404, or failed.")
        })
    });
    let after = read_cursor(query.cursor, cursor::read_request)?;
    Ok(RequestFilter {
        account_id: non_empty(query.account_id),
        session_id: non_empty(query.session_id),
        direction,
        status: status.transpose()?,
        failed_only,
        text: non_empty(query.text),
        from: read_moment("from", query.from)?,
        before: read_moment("to", query.to)?,
        after,
    })
}
