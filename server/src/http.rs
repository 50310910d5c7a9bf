//! The HTTP side: all routes in one place, grouped by what holds for them.

mod address;
mod admin;
mod admin_agents;
mod admin_clients;
mod admin_keys;
mod analytics;
mod assets;
mod auth;
mod body;
mod calls;
mod control;
mod customers;
mod events;
mod export;
mod health;
mod leads;
mod log_call;
mod logs;
mod notes;
mod problem;
mod session;
mod slow_body;

use crate::app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, Method, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse as _;
use axum::routing::{any, delete, get, post};
use problem::Problem;
use std::sync::Arc;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// Bytes of a body.
const LARGEST_BODY: usize = 1024 * 1024;

/// All that the server answers.
pub fn routes(app: Arc<App>) -> Router {
    // By an API key, which the handlers' extractors ask for; from pages of any origin.
    let ribbon = Router::new()
        .route("/api/ribbon/init", post(session::init))
        .route("/api/ribbon/config", get(session::config))
        .route("/api/ribbon/log-call", post(log_call::log_call))
        .route("/api/ribbon/log-calls", post(log_call::log_calls))
        .route("/api/ribbon/customer", post(customers::save))
        .route("/api/ribbon/customer/{customer_id}", get(customers::look_at))
        .route("/api/ribbon/customer/{customer_id}/calls", get(customers::calls))
        .route("/api/ribbon/call-logs", get(logs::call_logs))
        // By the key in the address too, for a link.
        .route("/api/ribbon/export/calls", get(export::calls))
        .route("/api/ribbon/active-calls", get(calls::active))
        .route("/api/ribbon/analytics", get(analytics::overview))
        .route("/api/ribbon/analytics/detailed", get(analytics::detailed))
        .route("/api/ribbon/calls", post(calls::start))
        .route("/api/ribbon/calls/{session_id}", get(calls::look_at).patch(notes::save))
        .route("/api/ribbon/calls/{session_id}/answer", post(control::answer))
        .route("/api/ribbon/calls/{session_id}/hangup", post(control::hangup))
        .route("/api/ribbon/calls/{session_id}/hold", post(control::hold))
        .route("/api/ribbon/calls/{session_id}/mute", post(control::mute))
        .route("/api/ribbon/calls/{session_id}/dtmf", post(control::dtmf))
        .route("/api/ribbon/simulator/incoming", post(calls::incoming))
        // By a ticket or an API key.
        .route("/api/ribbon/events", get(events::stream))
        .route("/api/ribbon/events/ticket", get(events::ticket))
        .route("/api/{*rest}", any(async || Problem::no_such_address()))
        .layer(pages_of_any_origin());
    // By a key of its own, from machines and never from a page: no other origin is let in.
    let machines = Router::new()
        .route("/api/leads/from-dialer", post(leads::from_dialer))
        .route("/api/leads/from-dialer/", post(leads::from_dialer))
        // By the admin token.
        .route("/api/admin/clients", get(admin::clients).post(admin_clients::create))
        .route(
            "/api/admin/clients/{client_id}",
            get(admin_clients::look_at).patch(admin_clients::patch).delete(admin_clients::suspend),
        )
        .route("/api/admin/clients/{client_id}/audit", get(admin_clients::audit))
        .route(
            "/api/admin/clients/{client_id}/agents",
            get(admin_agents::list).post(admin_agents::create),
        )
        .route(
            "/api/admin/clients/{client_id}/agents/{agent_id}",
            get(admin_agents::look_at).patch(admin_agents::patch).delete(admin_agents::remove),
        )
        .route(
            "/api/admin/clients/{client_id}/keys",
            get(admin_keys::list).post(admin_keys::create),
        )
        .route("/api/admin/clients/{client_id}/keys/{key_id}", delete(admin_keys::revoke))
        .route("/api/admin/analytics/all", get(admin::analytics));
    // Open to everybody.
    let open = Router::new()
        .route("/health", get(health::health))
        .route("/health/ready", get(health::ready))
        .route("/", get(assets::welcome))
        .route("/dashboard", get(assets::dashboard))
        .route("/dashboard/{*rest}", get(assets::dashboard))
        .route("/examples", get(assets::to_examples))
        .route("/examples/", get(assets::example_index))
        .route("/examples/{*path}", get(assets::example))
        .fallback(assets::built);
    ribbon
        .merge(machines)
        .merge(open)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        // No request may cost more than its own answer, not even one that finds a mistake.
        .layer(CatchPanicLayer::custom(|_| {
            Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
        }))
        .layer(from_fn_with_state(Arc::clone(&app), slow_body::limit))
        .layer(from_fn_with_state(Arc::clone(&app), problem::answer))
        .with_state(app)
}

/// The ribbon works on pages of other origins. No cookies are used, so any origin may be
/// echoed; which ones a client's key is good for is looked at with the key.
fn pages_of_any_origin() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::mirror_request())
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::CONTENT_TYPE,
            HeaderName::from_static("x-api-key"),
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("last-event-id"),
        ])
        .expose_headers([
            header::RETRY_AFTER,
            header::CONTENT_DISPOSITION,
            HeaderName::from_static("x-request-id"),
        ])
        .max_age(Duration::from_hours(2))
}
