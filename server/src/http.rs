//! The HTTP layer: all routes in one place, grouped by the credential that they need.

mod access;
mod analytics;
mod calls;
mod clients;
mod customers;
mod openapi;
mod ops;
mod pages;
mod providers;
mod request;

use crate::app::App;
use access::staff_reads::ByKeys;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse as _;
use axum::routing::{any, get, post};
use axum::{Extension, Router};
use openapi::Document;
use request::problem::Problem;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The most bytes of a body.
const LARGEST_BODY: usize = 1024 * 1024;

/// Builds the router for everything that the server answers.
///
/// A route of the API appears here only as its handler: its method, path and parameters are in the
/// handler's own description, from which both the router and the OpenAPI document are built. So no
/// route can be missing from the document. Pages and files are not part of the API and are added by
/// their path; `tests/api/openapi.rs` has the complete list of those.
pub fn routes(app: Arc<App>) -> Router {
    // By API key, which the handlers' extractors check; allowed from pages of other origins.
    let ribbon = OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(calls::ribbon_init::init))
        .routes(routes!(calls::ribbon_init::config))
        .routes(routes!(calls::ribbon_init::client))
        .routes(routes!(calls::page_events::log_call))
        .routes(routes!(calls::page_events::log_calls))
        .routes(routes!(calls::logs::call_logs))
        .routes(routes!(calls::history::calls, calls::start::start))
        .routes(routes!(calls::history::follow_ups))
        .routes(routes!(calls::start::active))
        .routes(routes!(calls::start::look_at, calls::notes::save))
        .routes(routes!(calls::control::answer))
        .routes(routes!(calls::control::hangup))
        .routes(routes!(calls::control::hold))
        .routes(routes!(calls::control::mute))
        .routes(routes!(calls::control::dtmf))
        .routes(routes!(calls::start::incoming))
        // By ticket or API key.
        .routes(routes!(calls::events::stream))
        .routes(routes!(calls::events::ticket))
        .routes(routes!(customers::profile::save))
        .routes(routes!(customers::profile::look_at))
        .routes(routes!(customers::profile::calls))
        .merge(figures_and_lists())
        .routes(routes!(clients::saved_views::list))
        // By a key in the address too, for a link.
        .routes(routes!(calls::export::calls))
        .route("/api/{*rest}", any(async || Problem::no_such_address()));
    let by_keys = ByKeys(Router::from(ribbon.clone()).with_state(Arc::clone(&app)));
    let ribbon = ribbon
        .layer(request::cors::of_any_client(&app))
        .layer(from_fn(request::cors::of_its_client));
    // By a credential of their own, from machines or this server's pages: no CORS.
    let machines = OpenApiRouter::default()
        .merge(dialer_leads())
        // By the secret in the address.
        .routes(routes!(providers::webhooks::told, providers::webhooks::told_by_get))
        // By the operator's token; below one client also by that client's staff tokens.
        .routes(routes!(access::sign_in::sign_in))
        .routes(routes!(access::sign_in::sign_out))
        .routes(routes!(access::sign_in::change_password))
        .routes(routes!(access::sign_in::me))
        .routes(routes!(clients::summaries::clients, clients::client::create))
        .routes(routes!(clients::client::look_at, clients::client::patch, clients::client::suspend))
        .routes(routes!(access::audit::list))
        .routes(routes!(clients::agents::list, clients::agents::create))
        .routes(routes!(clients::agents::look_at, clients::agents::patch, clients::agents::remove))
        .routes(routes!(access::api_keys::list, access::api_keys::create))
        .routes(routes!(access::api_keys::revoke))
        .routes(routes!(access::dialer_keys::list, access::dialer_keys::create))
        .routes(routes!(access::dialer_keys::revoke))
        .routes(routes!(access::staff_tokens::list, access::staff_tokens::create))
        .routes(routes!(access::staff_tokens::revoke))
        .routes(routes!(access::people::list, access::people::create))
        .routes(routes!(access::people::patch, access::people::remove))
        .routes(routes!(providers::accounts::list, providers::accounts::create))
        .routes(routes!(
            providers::accounts::look_at,
            providers::accounts::patch,
            providers::accounts::remove
        ))
        .routes(routes!(providers::accounts::validate))
        .routes(routes!(providers::accounts::rotate_webhook))
        .routes(routes!(providers::accounts::webhooks))
        .routes(routes!(providers::requests::list))
        .routes(routes!(customers::personal_data::erase))
        .routes(routes!(customers::personal_data::export))
        .routes(routes!(clients::saved_views::save))
        .routes(routes!(clients::saved_views::remove))
        .routes(routes!(clients::embed::look_at))
        .routes(routes!(clients::retention::look_at))
        .routes(routes!(clients::retention::run))
        .routes(routes!(clients::summaries::analytics))
        // What API keys read, for staff.
        .routes(routes!(access::staff_reads::read))
        // From the same machine, or by the admin token.
        .routes(routes!(ops::metrics::metrics));
    // Public.
    let open = OpenApiRouter::default()
        .routes(routes!(ops::health::health))
        .routes(routes!(ops::health::ready))
        .routes(routes!(openapi::document));
    let (api, document) = ribbon.merge(machines).merge(open).split_for_parts();
    let path = request::below_path::path(&app).to_owned();
    let inner = api
        .layer(Extension(Document::of(document, request::below_path::path(&app))))
        .layer(Extension(by_keys))
        .layer(from_fn(request::query::drop_nothing))
        .merge(browser_files())
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn(request::packed_body::unpack))
        // A panic (a bug) costs only the request that caused it.
        .layer(CatchPanicLayer::custom(|_| {
            Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
        }))
        .layer(from_fn_with_state(Arc::clone(&app), request::slow_body::limit))
        .layer(from_fn(request::problem::answer))
        .layer(from_fn_with_state(Arc::clone(&app), request::trace::follow))
        .with_state(app);
    request::below_path::routes(inner, &path)
}

/// Returns the routes of pages and files for browsers, which are not part of the API.
fn browser_files() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(pages::assets::welcome))
        .route("/dashboard", get(pages::assets::dashboard))
        .route("/dashboard/{*rest}", get(pages::assets::dashboard))
        .route("/embed", get(pages::embed::page))
        .route("/docs", get(pages::docs::to_page))
        .route("/docs/", get(pages::docs::page))
        .route("/docs/{*path}", get(pages::docs::part))
        .route("/inspector", get(pages::assets::inspector))
        .route("/examples", get(pages::assets::to_examples))
        .route("/examples/", get(pages::assets::example_index))
        .route("/examples/{*path}", get(pages::assets::example))
        .fallback(pages::assets::built)
}

/// Returns the routes for dialers' leads, with and without a trailing slash, which some dialers
/// omit.
fn dialer_leads() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::default()
        .routes(routes!(customers::leads::from_dialer))
        .route("/api/leads/from-dialer", post(customers::leads::from_dialer))
        // With the key in the address, for dialers that cannot set a header.
        .routes(routes!(customers::leads::by_address, customers::leads::by_get))
        .route(
            "/api/leads/from-dialer/{dialerKey}/",
            post(customers::leads::by_address).get(customers::leads::by_get),
        )
}

/// Returns the routes for a client's figures and lists: by an API key with the scope `read`.
fn figures_and_lists() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::default()
        .routes(routes!(customers::lists::customers))
        .routes(routes!(customers::lists::leads))
        .routes(routes!(analytics::trends::campaigns))
        .routes(routes!(analytics::trends::trends))
        .routes(routes!(analytics::overview::overview))
        .routes(routes!(analytics::overview::detailed))
        .routes(routes!(analytics::breakdown::by_field))
        .routes(routes!(analytics::breakdown::list))
        .routes(routes!(analytics::breakdown::agents))
}
