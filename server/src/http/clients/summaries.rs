//! Handlers for the operator's overview of all clients.

use crate::app::App;
use crate::http::openapi::ByAdmin;
use crate::http::request::auth::Admin;
use crate::http::request::problem::Problem;
use crate::services::clients::summaries::{self, AllAnalytics, ClientObject};
use axum::Json;
use axum::extract::State;
use std::sync::Arc;

/// List all clients
#[utoipa::path(
    get,
    path = "/api/admin/clients",
    operation_id = "clients",
    tag = "Administration",
    responses(
        (status = 200, description = "The clients.", body = Vec<ClientObject>),
        ByAdmin,
    ),
    security(("adminToken" = [])),
)]
pub async fn list_clients(
    State(app): State<Arc<App>>,
    _: Admin,
) -> Result<Json<Vec<ClientObject>>, Problem> {
    Ok(Json(summaries::list_clients(&app.store, app.now()).await?))
}

/// List all clients with their call figures
#[utoipa::path(
    get,
    path = "/api/admin/analytics/all",
    operation_id = "allAnalytics",
    tag = "Administration",
    responses(
        (status = 200, description = "The clients, with their numbers of calls.", body = AllAnalytics),
        ByAdmin,
    ),
    security(("adminToken" = [])),
)]
pub async fn list_client_figures(
    State(app): State<Arc<App>>,
    _: Admin,
) -> Result<Json<AllAnalytics>, Problem> {
    Ok(Json(summaries::list_analytics(&app.store, app.now()).await?))
}
