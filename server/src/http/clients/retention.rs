//! Handlers for a client's retention: `/api/admin/clients/{clientId}/retention`.

use crate::app::App;
use crate::http::openapi::{ByAdmin, ByAdminBody, NotFound};
use crate::http::request::auth::{ClientStaff, Manage, View};
use crate::http::request::body::JsonBody;
use crate::http::request::paths::ClientPath;
use crate::http::request::problem::Problem;
use crate::services::clients::retention::{self, Report};
use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The options of a run.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RetentionRun {
    /// Removes nothing, and reports what would be removed.
    #[serde(default)]
    dry_run: bool,
}

/// Get a client's retention
///
/// The settings, and what would be removed now.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/retention",
    operation_id = "retention",
    tag = "Administration",
    params(ClientPath),
    responses(
        (status = 200, description = "The retention periods, and how much would be deleted.", body = Report),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn show_retention(
    State(app): State<Arc<App>>,
    caller: ClientStaff<View>,
    Path(ClientPath { client_id }): Path<ClientPath>,
) -> Result<Json<Report>, Problem> {
    Ok(Json(retention::preview_removal(&app.operator(caller.by()), &client_id).await?))
}

/// Remove what is past a client's retention
///
/// The server does so automatically every hour. The next run removes what one run leaves.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/retention/run",
    operation_id = "runRetention",
    tag = "Administration",
    params(ClientPath),
    request_body = RetentionRun,
    responses(
        (status = 200, description = "What was deleted, or would be deleted.", body = Report),
        ByAdminBody, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn run_retention(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    JsonBody(body): JsonBody<RetentionRun>,
) -> Result<Json<Report>, Problem> {
    let operator = app.operator(caller.by());
    Ok(Json(if body.dry_run {
        retention::preview_removal(&operator, &client_id).await?
    } else {
        retention::remove_expired(&operator, &client_id).await?
    }))
}
