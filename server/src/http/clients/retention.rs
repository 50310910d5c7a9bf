//! How long a client keeps what happened: `/api/admin/clients/{clientId}/retention`.

use crate::app::App;
use crate::http::openapi::{ByAdmin, ByAdminBody, ClientInPath, NotFound};
use crate::http::request::auth::{Manage, OfClient, View};
use crate::http::request::body::JsonBody;
use crate::http::request::problem::Problem;
use crate::services::clients::retention::{self, Report};
use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What is to be run.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RetentionRun {
    /// Removes nothing, and says what would go.
    #[serde(default)]
    dry_run: bool,
}

/// How long a client keeps what happened
///
/// What is set, and what would go now.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/retention",
    operation_id = "retention",
    tag = "Administration",
    params(ClientInPath),
    responses(
        (status = 200, description = "What is set, and how much would go.", body = Report),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn look_at(
    State(app): State<Arc<App>>,
    caller: OfClient<View>,
    Path(client_id): Path<String>,
) -> Result<Json<Report>, Problem> {
    Ok(Json(retention::look_at(&app.operator(caller.by()), &client_id).await?))
}

/// Remove what a client keeps no longer
///
/// The server does so by itself every hour. What one run leaves, the next takes.
#[utoipa::path(
    post,
    path = "/api/admin/clients/{clientId}/retention/run",
    operation_id = "runRetention",
    tag = "Administration",
    params(ClientInPath),
    request_body = RetentionRun,
    responses(
        (status = 200, description = "What went, or would go.", body = Report),
        ByAdminBody, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn run(
    State(app): State<Arc<App>>,
    caller: OfClient<Manage>,
    Path(client_id): Path<String>,
    JsonBody(body): JsonBody<RetentionRun>,
) -> Result<Json<Report>, Problem> {
    let operator = app.operator(caller.by());
    Ok(Json(if body.dry_run {
        retention::look_at(&operator, &client_id).await?
    } else {
        retention::run(&operator, &client_id).await?
    }))
}
