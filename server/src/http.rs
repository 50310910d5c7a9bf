//! The HTTP side: all routes in one place, grouped by what holds for them.

mod address;
mod admin;
mod admin_agents;
mod admin_audit;
mod admin_clients;
mod admin_customers;
mod admin_dialer_keys;
mod admin_embed;
mod admin_keys;
mod admin_people;
mod admin_provider_requests;
mod admin_providers;
mod admin_retention;
mod admin_tokens;
mod analytics_overview;
mod assets;
mod auth;
mod below_path;
mod body;
mod breakdown;
mod call_filter;
mod call_start;
mod control;
mod cors;
mod customer_profile;
mod docs;
mod embed;
mod events;
mod export;
mod health;
mod history;
mod leads;
mod lists;
mod log_call;
mod logs;
mod metrics;
mod notes;
mod openapi;
mod packed_body;
mod page_origin;
mod problem;
mod query;
mod saved_views;
mod session;
mod sign_in;
mod signed_in;
mod slow_body;
mod trace;
mod trends;
mod webhooks;
mod whole;

use crate::app::App;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse as _;
use axum::routing::{any, get, post};
use axum::{Extension, Router};
use openapi::Document;
use problem::Problem;
use signed_in::ByKeys;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Bytes of a body.
const LARGEST_BODY: usize = 1024 * 1024;

/// All that the server answers.
///
/// What is part of the API stands here as a handler alone: where it is and how it is asked stands
/// in the handler's own description, of which both the router and the OpenAPI document are made. So
/// nothing of it can be left out of the document. Pages and files are no part of it, and are added
/// by their address; `tests/api/openapi.rs` has the whole list of those.
pub fn routes(app: Arc<App>) -> Router {
    // By an API key, which the handlers' extractors ask for; from pages of other origins.
    let ribbon = OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(session::init))
        .routes(routes!(session::config))
        .routes(routes!(session::client))
        .routes(routes!(log_call::log_call))
        .routes(routes!(log_call::log_calls))
        .routes(routes!(logs::call_logs))
        .routes(routes!(history::calls, call_start::start))
        .routes(routes!(history::follow_ups))
        .routes(routes!(call_start::active))
        .routes(routes!(call_start::look_at, notes::save))
        .routes(routes!(control::answer))
        .routes(routes!(control::hangup))
        .routes(routes!(control::hold))
        .routes(routes!(control::mute))
        .routes(routes!(control::dtmf))
        .routes(routes!(call_start::incoming))
        // By a ticket or an API key.
        .routes(routes!(events::stream))
        .routes(routes!(events::ticket))
        .routes(routes!(customer_profile::save))
        .routes(routes!(customer_profile::look_at))
        .routes(routes!(customer_profile::calls))
        .merge(figures_and_lists())
        .routes(routes!(saved_views::list))
        // By the key in the address too, for a link.
        .routes(routes!(export::calls))
        .route("/api/{*rest}", any(async || Problem::no_such_address()));
    let by_keys = ByKeys(Router::from(ribbon.clone()).with_state(Arc::clone(&app)));
    let ribbon = ribbon.layer(cors::of_any_client(&app)).layer(from_fn(cors::of_its_client));
    // By a key of its own, from machines and never from a page: no other origin is let in.
    let machines = OpenApiRouter::default()
        .merge(dialer_leads())
        // By the secret in the address.
        .routes(routes!(webhooks::told, webhooks::told_by_get))
        // By the operator's token; below one client also by a token of that client.
        .routes(routes!(sign_in::sign_in))
        .routes(routes!(sign_in::sign_out))
        .routes(routes!(sign_in::change_password))
        .routes(routes!(sign_in::me))
        .routes(routes!(admin::clients, admin_clients::create))
        .routes(routes!(admin_clients::look_at, admin_clients::patch, admin_clients::suspend))
        .routes(routes!(admin_audit::list))
        .routes(routes!(admin_agents::list, admin_agents::create))
        .routes(routes!(admin_agents::look_at, admin_agents::patch, admin_agents::remove))
        .routes(routes!(admin_keys::list, admin_keys::create))
        .routes(routes!(admin_keys::revoke))
        .routes(routes!(admin_dialer_keys::list, admin_dialer_keys::create))
        .routes(routes!(admin_dialer_keys::revoke))
        .routes(routes!(admin_tokens::list, admin_tokens::create))
        .routes(routes!(admin_tokens::revoke))
        .routes(routes!(admin_people::list, admin_people::create))
        .routes(routes!(admin_people::patch, admin_people::remove))
        .routes(routes!(admin_providers::list, admin_providers::create))
        .routes(routes!(admin_providers::look_at, admin_providers::patch, admin_providers::remove))
        .routes(routes!(admin_providers::validate))
        .routes(routes!(admin_providers::rotate_webhook))
        .routes(routes!(admin_providers::webhooks))
        .routes(routes!(admin_provider_requests::list))
        .routes(routes!(admin_customers::erase))
        .routes(routes!(admin_customers::export))
        .routes(routes!(saved_views::save))
        .routes(routes!(saved_views::remove))
        .routes(routes!(admin_embed::look_at))
        .routes(routes!(admin_retention::look_at))
        .routes(routes!(admin_retention::run))
        .routes(routes!(admin::analytics))
        // What keys read, for those who are signed in.
        .routes(routes!(signed_in::read))
        // From the same machine, or by the admin token.
        .routes(routes!(metrics::metrics));
    // Open to everybody.
    let open = OpenApiRouter::default()
        .routes(routes!(health::health))
        .routes(routes!(health::ready))
        .routes(routes!(openapi::document));
    let pages = Router::new()
        .route("/", get(assets::welcome))
        .route("/dashboard", get(assets::dashboard))
        .route("/dashboard/{*rest}", get(assets::dashboard))
        .route("/embed", get(embed::page))
        .route("/docs", get(docs::to_page))
        .route("/docs/", get(docs::page))
        .route("/docs/{*path}", get(docs::part))
        .route("/inspector", get(assets::inspector))
        .route("/examples", get(assets::to_examples))
        .route("/examples/", get(assets::example_index))
        .route("/examples/{*path}", get(assets::example))
        .fallback(assets::built);
    let (api, document) = ribbon.merge(machines).merge(open).split_for_parts();
    let path = below_path::path(&app).to_owned();
    let inner = api
        .layer(Extension(Document::of(document, below_path::path(&app))))
        .layer(Extension(by_keys))
        .layer(from_fn(query::drop_nothing))
        .merge(pages)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn(packed_body::unpack))
        // No request may cost more than its own answer, not even one that finds a mistake.
        .layer(CatchPanicLayer::custom(|_| {
            Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
        }))
        .layer(from_fn_with_state(Arc::clone(&app), slow_body::limit))
        .layer(from_fn(problem::answer))
        .layer(from_fn_with_state(Arc::clone(&app), trace::follow))
        .with_state(app);
    below_path::routes(inner, &path)
}

/// Leads of dialers, with and without a slash at the end: some dialers leave it out.
fn dialer_leads() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::default()
        .routes(routes!(leads::from_dialer))
        .route("/api/leads/from-dialer", post(leads::from_dialer))
        // With the key in the address, for dialers that can set no header.
        .routes(routes!(leads::by_address, leads::by_get))
        .route("/api/leads/from-dialer/{dialerKey}/", post(leads::by_address).get(leads::by_get))
}

/// What a dashboard shows of a client: by an API key with the scope `read`.
fn figures_and_lists() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::default()
        .routes(routes!(lists::customers))
        .routes(routes!(lists::leads))
        .routes(routes!(trends::campaigns))
        .routes(routes!(trends::trends))
        .routes(routes!(analytics_overview::overview))
        .routes(routes!(analytics_overview::detailed))
        .routes(routes!(breakdown::by_field))
        .routes(routes!(breakdown::list))
        .routes(routes!(breakdown::agents))
}
