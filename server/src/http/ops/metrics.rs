//! Handler for Prometheus: `GET /metrics`.

use crate::app::App;
use crate::http::openapi::ByAdmin;
use crate::http::request::auth::Scraper;
use crate::http::request::problem::Problem;
use crate::metrics::MetricsSnapshot;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::time::Duration;

/// How long the database may take to answer: metrics without its figures are better than none,
/// above all while the database is down.
const PATIENCE: Duration = Duration::from_secs(2);

/// Get the metrics of this server
///
/// For Prometheus, in the format of `OpenMetrics`: open to programs on the same machine, and to
/// others with the admin token.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "metrics",
    tag = "Server",
    responses(
        (status = 200, description = "The figures.", body = String,
            content_type = "application/openmetrics-text"),
        ByAdmin,
    ),
    security((), ("adminToken" = [])),
)]
pub async fn show_metrics(State(app): State<Arc<App>>, _: Scraper) -> Result<Response, Problem> {
    let asked = async {
        Some((
            app.store.system_count_active_calls().await.ok()?,
            app.hub.lag(&app.store).await.ok()?,
        ))
    };
    let (active_calls, feed_lag) =
        tokio::time::timeout(PATIENCE, asked).await.ok().flatten().unzip();
    let moment = MetricsSnapshot { load: app.store.system_load(), active_calls, feed_lag };
    let text = app
        .metrics
        .encode_text(&moment)
        .map_err(|_| Problem::from_status(StatusCode::INTERNAL_SERVER_ERROR))?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
