//! Handlers for health checks.

use crate::app::App;
use crate::http::openapi::{Open, Unavailable};
use crate::http::request::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use call_ribbon_shared::wire::Health;
use std::sync::Arc;

/// Check that the server runs
#[utoipa::path(
    get,
    path = "/health",
    operation_id = "health",
    tag = "Server",
    responses(
        (status = 200, description = "The server is running.", body = Health),
        Open,
    ),
    security(()),
)]
pub async fn show_health(State(app): State<Arc<App>>) -> Json<Health> {
    Json(current_health(&app))
}

/// Check that the server can work
///
/// For a load balancer: the server runs, is not shutting down, and can write to its database, which
/// it tries at most every two seconds; otherwise it answers 503 with the reason.
#[utoipa::path(
    get,
    path = "/health/ready",
    operation_id = "ready",
    tag = "Server",
    responses(
        (status = 200, description = "The server is ready.", body = Health),
        Open, Unavailable,
    ),
    security(()),
)]
pub async fn check_readiness(State(app): State<Arc<App>>) -> Result<Json<Health>, Problem> {
    if app.background.stop_token().is_cancelled() {
        let sentence = "The server is shutting down; another server may answer.";
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", sentence));
    }
    app.store.system_check_writable(app.now()).await.map_err(|why| {
        let sentence = format!("The server cannot save anything: {why}.");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", sentence)
    })?;
    Ok(Json(current_health(&app)))
}

fn current_health(app: &App) -> Health {
    Health {
        status: "healthy".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        uptime: (app.now() - app.started_at).max(0) / 1000,
    }
}
