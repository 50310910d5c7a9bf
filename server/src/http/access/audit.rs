//! Handler for a client's audit log: `GET /api/admin/clients/{clientId}/audit`.

use crate::app::App;
use crate::http::openapi::{ByAdmin, ClientInPath, NotFound, count_kind};
use crate::http::request::auth::{ClientStaff, View};
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{QueryParams, read_count, read_cursor};
use crate::services::access::audit::{self, AuditLog};
use crate::services::cursor;
use axum::Json;
use axum::extract::{Path, State};
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
    QueryParams(query): QueryParams<AuditQuery>,
) -> Result<Json<AuditLog>, Problem> {
    let most = read_count("limit", query.limit, MOST)?.min(MOST);
    let before = read_cursor(query.cursor, cursor::read_line)?.unwrap_or(i64::MAX);
    Ok(Json(audit::list_entries(&app.operator(caller.by()), &client_id, before, most).await?))
}
