//! Handlers for a client's rules of calling: `/api/admin/clients/{clientId}/call-rules`.

use crate::app::App;
use crate::http::openapi::{ByAdmin, ByAdminBody, NotFound};
use crate::http::request::auth::{ClientStaff, Manage, View};
use crate::http::request::body::JsonBody;
use crate::http::request::paths::ClientPath;
use crate::http::request::problem::Problem;
use crate::permission::PermissionSettings;
use crate::services::permission::rules::{self, CallRules};
use axum::Json;
use axum::extract::{Path, State};
use std::sync::Arc;

/// Get the client's rules of calling
///
/// The settings, and every pack of rules with its sources. A rule with the standing `draft` or
/// `unconfirmed` only warns.
#[utoipa::path(
    get,
    path = "/api/admin/clients/{clientId}/call-rules",
    operation_id = "callRules",
    tag = "Administration",
    params(ClientPath),
    responses(
        (status = 200, description = "The settings and all packs.", body = CallRules),
        ByAdmin, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn show_call_rules(
    State(app): State<Arc<App>>,
    _: ClientStaff<View>,
    Path(ClientPath { client_id }): Path<ClientPath>,
) -> Result<Json<CallRules>, Problem> {
    Ok(Json(rules::show_rules(&app.store, &client_id).await?))
}

/// Set the client's rules of calling
///
/// Replaces all settings; fields that are missing get their defaults. Calls that are started from
/// then on are judged by them; no earlier decision changes.
#[utoipa::path(
    put,
    path = "/api/admin/clients/{clientId}/call-rules",
    operation_id = "setCallRules",
    tag = "Administration",
    params(ClientPath),
    request_body = PermissionSettings,
    responses(
        (status = 200, description = "The settings and all packs.", body = CallRules),
        ByAdminBody, NotFound,
    ),
    security(("adminToken" = [])),
)]
pub async fn set_call_rules(
    State(app): State<Arc<App>>,
    caller: ClientStaff<Manage>,
    Path(ClientPath { client_id }): Path<ClientPath>,
    JsonBody(body): JsonBody<PermissionSettings>,
) -> Result<Json<CallRules>, Problem> {
    rules::save_rules(&app.operator(caller.by()), &client_id, body).await?;
    Ok(Json(rules::show_rules(&app.store, &client_id).await?))
}
