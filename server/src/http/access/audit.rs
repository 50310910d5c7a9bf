//! Handler for a client's audit log: `GET /api/admin/clients/{clientId}/audit`.

use crate::app::App;
use crate::http::calls::history::non_empty;
use crate::http::calls::logs::{read_count, unreadable_query};
use crate::http::openapi::{ByAdmin, ClientInPath, NotFound, count_kind};
use crate::http::request::auth::{ClientStaff, View};
use crate::http::request::problem::Problem;
use crate::services::access::audit::{self, AuditLog};
use crate::services::cursor;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa::openapi::schema::Schema;

/// The most entries in an answer.
const MOST: i64 = 500;

/// The query. Its fields are texts, so that an error can name the field.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// How many entries; more than 500 count as 500.
    #[param(schema_with = limit_kind)]
    limit: Option<String>,
    /// `nextCursor` of another page: the entries after it.
    cursor: Option<String>,
}

fn limit_kind() -> Schema {
    count_kind("The number of entries to return. More than 500 counts as 500.", MOST)
}

/// List changes to a client, and who made them
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/audit",
    operation_id = "auditLog",
    tag = "Administration",
    params(ClientInPath, AuditQuery),
    responses(
        (status = 200, description = "A page of the log.", body = AuditLog),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn list_audit_log(
    State(app): State<Arc<App>>,
    caller: ClientStaff<View>,
    Path(client_id): Path<String>,
    query: Result<Query<AuditQuery>, QueryRejection>,
) -> Result<Json<AuditLog>, Problem> {
    let Query(query) = query.map_err(|_| unreadable_query())?;
    let most = read_count("limit", query.limit, MOST)?.min(MOST);
    let wrong = || {
        Problem::invalid(
            "cursor",
            "cursor is not valid for this list; copy it from the previous page.",
        )
    };
    let before = non_empty(query.cursor).map(|text| cursor::read_line(&text).ok_or_else(wrong));
    let before = before.transpose()?.unwrap_or(i64::MAX);
    Ok(Json(audit::list_entries(&app.operator(caller.by()), &client_id, before, most).await?))
}
