//! Whether the server is well.

use super::problem::Problem;
use crate::app::App;
use axum::Json;
use axum::extract::State;
use call_ribbon_shared::wire::Health;
use std::sync::Arc;

/// The server runs.
pub async fn health(State(app): State<Arc<App>>) -> Json<Health> {
    Json(told(&app))
}

/// The server runs and its database answers.
pub async fn ready(State(app): State<Arc<App>>) -> Result<Json<Health>, Problem> {
    app.store.system_ping().await?;
    Ok(Json(told(&app)))
}

fn told(app: &App) -> Health {
    Health {
        status: "healthy".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        uptime: (app.now() - app.started_at).max(0) / 1000,
    }
}
