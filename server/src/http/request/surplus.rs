//! Refuses requests on connections beyond the limit, except health checks.

use super::problem::Problem;
use crate::app::App;
use crate::connections::Surplus;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;

/// The paths of health checks.
const HEALTH_CHECKS: [&str; 2] = ["/health", "/health/ready"];

/// Refuses a request if its connection is beyond the limit and it is not a health check.
pub async fn refuse_surplus(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let surplus = request.extensions().get::<Surplus>().copied();
    let Some(surplus) = surplus.filter(|_| !HEALTH_CHECKS.contains(&request.uri().path())) else {
        return next.run(request).await;
    };
    app.metrics.count_rate_limited("connections");
    let sentence = match surplus {
        Surplus::Server => {
            "The server has as many connections open as it may have; try again in a moment."
        }
        Surplus::Network => {
            "Your network has as many connections open as it may have; close some, or try again in \
             a moment."
        }
    };
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", sentence).into_response()
}
