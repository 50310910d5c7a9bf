//! The HTTP side: all routes in one place, grouped by what holds for them.

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
        // By a ticket or an API key.
        .routes(routes!(calls::events::stream))
        .routes(routes!(calls::events::ticket))
        .routes(routes!(customers::profile::save))
        .routes(routes!(customers::profile::look_at))
        .routes(routes!(customers::profile::calls))
        .merge(figures_and_lists())
        .routes(routes!(clients::saved_views::list))
        // By the key in the address too, for a link.
        .routes(routes!(calls::export::calls))
        .route("/api/{*rest}", any(async || Problem::no_such_address()));
    let by_keys = ByKeys(Router::from(ribbon.clone()).with_state(Arc::clone(&app)));
    let ribbon = ribbon
        .layer(request::cors::of_any_client(&app))
        .layer(from_fn(request::cors::of_its_client));
    // By a key of its own, from machines and never from a page: no other origin is let in.
    let machines = OpenApiRouter::default()
        .merge(dialer_leads())
        // By the secret in the address.
        .routes(routes!(providers::webhooks::told, providers::webhooks::told_by_get))
        // By the operator's token; below one client also by a token of that client.
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
        // What keys read, for those who are signed in.
        .routes(routes!(access::staff_reads::read))
        // From the same machine, or by the admin token.
        .routes(routes!(ops::metrics::metrics));
    // Open to everybody.
    let open = OpenApiRouter::default()
        .routes(routes!(ops::health::health))
        .routes(routes!(ops::health::ready))
        .routes(routes!(openapi::document));
    let pages = Router::new()
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
        .fallback(pages::assets::built);
    let (api, document) = ribbon.merge(machines).merge(open).split_for_parts();
    let path = request::below_path::path(&app).to_owned();
    let inner = api
        .layer(Extension(Document::of(document, request::below_path::path(&app))))
        .layer(Extension(by_keys))
        .layer(from_fn(request::query::drop_nothing))
        .merge(pages)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn(request::packed_body::unpack))
        // No request may cost more than its own answer, not even one that finds a mistake.
        .layer(CatchPanicLayer::custom(|_| {
            Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
        }))
        .layer(from_fn_with_state(Arc::clone(&app), request::slow_body::limit))
        .layer(from_fn(request::problem::answer))
        .layer(from_fn_with_state(Arc::clone(&app), request::trace::follow))
        .with_state(app);
    request::below_path::routes(inner, &path)
}

/// Leads of dialers, with and without a slash at the end: some dialers leave it out.
fn dialer_leads() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::default()
        .routes(routes!(customers::leads::from_dialer))
        .route("/api/leads/from-dialer", post(customers::leads::from_dialer))
        // With the key in the address, for dialers that can set no header.
        .routes(routes!(customers::leads::by_address, customers::leads::by_get))
        .route(
            "/api/leads/from-dialer/{dialerKey}/",
            post(customers::leads::by_address).get(customers::leads::by_get),
        )
}

/// What a dashboard shows of a client: by an API key with the scope `read`.
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
