//! What an operator reads of all clients.

use super::auth::Admin;
use super::problem::Problem;
use crate::app::App;
use crate::services::admin::{self, AllAnalytics, ClientObject};
use axum::Json;
use axum::extract::State;
use std::sync::Arc;

/// `GET /api/admin/clients`.
pub async fn clients(
    State(app): State<Arc<App>>,
    _: Admin,
) -> Result<Json<Vec<ClientObject>>, Problem> {
    Ok(Json(admin::clients(&app).await?))
}

/// `GET /api/admin/analytics/all`.
pub async fn analytics(
    State(app): State<Arc<App>>,
    _: Admin,
) -> Result<Json<AllAnalytics>, Problem> {
    Ok(Json(admin::analytics(&app).await?))
}
