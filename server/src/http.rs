//! The HTTP layer: all routes in one place, grouped by the credential that they need.

mod access;
mod analytics;
mod calls;
mod clients;
mod customers;
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
mod openapi;
mod ops;
mod pages;
mod permission;
mod providers;
mod receivers;
mod request;

use crate::app::App;
use access::staff_reads::ApiKeyRoutes;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse as _;
use axum::routing::{any, get, post};
use axum::{Extension, Router};
use openapi::Document;
use request::auth::LARGEST_WEBHOOK;
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
pub fn build_router(app: Arc<App>) -> Router {
    // By API key, which the handlers' extractors check; allowed from pages of other origins.
    let ribbon = OpenApiRouter::with_openapi(openapi::base_document())
        .routes(routes!(calls::ribbon_init::init_ribbon))
        .routes(routes!(calls::ribbon_init::show_config))
        .routes(routes!(calls::voice_line::open_voice_line))
        .routes(routes!(calls::ribbon_init::show_own_client))
        .routes(routes!(calls::page_events::log_call))
        .routes(routes!(calls::page_events::log_calls))
        .routes(routes!(calls::logs::list_call_logs))
        .routes(routes!(calls::history::list_calls, calls::start::start_call))
        .routes(routes!(permission::check::check_calls))
        .routes(routes!(calls::history::list_follow_ups, calls::follow_ups::plan_follow_up))
        .routes(routes!(calls::follow_ups::replan_follow_up))
        .routes(routes!(calls::call_backs::list_call_backs))
        .routes(routes!(calls::missed::list_missed_calls))
        .routes(routes!(calls::start::list_active_calls))
        .routes(routes!(calls::start::show_call, calls::notes::save_notes))
        .routes(routes!(calls::control::answer_call))
        .routes(routes!(calls::control::hang_up_call))
        .routes(routes!(calls::control::hold_call))
        .routes(routes!(calls::control::mute_call))
        .routes(routes!(calls::control::send_digit))
        .routes(routes!(calls::start::simulate_incoming))
        // By ticket or API key.
        .routes(routes!(calls::events::stream_events))
        .routes(routes!(calls::events::create_ticket))
        .routes(routes!(customers::profile::save_customer))
        .routes(routes!(customers::profile::show_customer))
        .routes(routes!(customers::profile::list_customer_calls))
        .routes(routes!(customers::profile::list_customer_leads))
        .routes(routes!(customers::payments::add_payment))
        .routes(routes!(permission::quiet_times::report_quiet_time))
        .routes(routes!(permission::quiet_times::take_back_quiet_time))
        .merge(read_routes())
        .routes(routes!(clients::saved_views::list_saved_views))
        // By a key in the address too, for a link.
        .routes(routes!(calls::export::export_calls))
        .route("/api/{*rest}", any(async || Problem::no_such_address()));
    let by_keys = ApiKeyRoutes(Router::from(ribbon.clone()).with_state(Arc::clone(&app)));
    let ribbon = ribbon
        .layer(request::cors::preflight_layer(&app))
        .layer(from_fn(request::cors::restrict_to_client));
    // By a credential of their own, from machines or this server's pages: no CORS.
    let machines = OpenApiRouter::default()
        .merge(dialer_routes())
        // By the secret in the address.
        .merge(webhook_routes())
        .merge(staff_routes())
        // From the same machine, or by the admin token.
        .routes(routes!(ops::metrics::show_metrics));
    // Public.
    let open = OpenApiRouter::default()
        .routes(routes!(ops::health::show_health))
        .routes(routes!(ops::health::check_readiness))
        .routes(routes!(permission::seals::list_seal_keys))
        .routes(routes!(openapi::show_document));
    let (api, document) = ribbon.merge(machines).merge(open).split_for_parts();
    let path = request::below_path::base_path(&app).to_owned();
    let https_only = request::safe_headers::HttpsOnly::of(&app);
    let inner = api
        .layer(Extension(Document::from_openapi(document, request::below_path::base_path(&app))))
        .layer(Extension(by_keys))
        .layer(from_fn(request::query::drop_missing_values))
        .merge(browser_files())
        .merge(oidc_pages())
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn(request::packed_body::unpack_body))
        // A panic (a bug) costs only the request that caused it.
        .layer(CatchPanicLayer::custom(|_| {
            Problem::from_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
        }))
        .layer(from_fn_with_state(Arc::clone(&app), request::slow_body::limit_body_time))
        .layer(from_fn_with_state(Arc::clone(&app), request::surplus::refuse_surplus))
        .layer(from_fn(request::problem::write_problems))
        .layer(from_fn_with_state(Arc::clone(&app), request::number_view::hide_numbers_in_answer))
        .layer(request::packed_answer::packing_layer())
        .layer(from_fn(request::packed_answer::pack_only_reads))
        .layer(from_fn_with_state(Arc::clone(&app), request::trace::log_request))
        .layer(from_fn(request::unread_body::drain_or_close))
        .with_state(app);
    request::below_path::nest_routes(inner, &path)
        .layer(from_fn_with_state(https_only, request::safe_headers::add_safe_headers))
}

/// Returns the routes for staff: by the operator's token, and below one client also by that
/// client's staff tokens.
fn staff_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::default()
        .routes(routes!(
            access::browser_session::begin_session,
            access::browser_session::show_session,
            access::browser_session::end_session
        ))
        .routes(routes!(access::sign_in::sign_in))
        .routes(routes!(access::sign_in::sign_out))
        .routes(routes!(access::sign_in::change_password))
        .routes(routes!(access::sign_in::show_account))
        .routes(routes!(clients::summaries::list_clients, clients::client::create_client))
        .routes(routes!(
            clients::client::show_client,
            clients::client::change_client,
            clients::client::suspend_client
        ))
        .routes(routes!(access::audit::list_audit_log))
        .routes(routes!(access::numbers::reveal_number))
        .routes(routes!(clients::agents::list_agents, clients::agents::create_agent))
        .routes(routes!(
            clients::agents::show_agent,
            clients::agents::change_agent,
            clients::agents::remove_agent
        ))
        .routes(routes!(access::credentials::list_api_keys, access::credentials::create_api_key))
        .routes(routes!(access::credentials::revoke_api_key))
        .routes(routes!(
            access::credentials::list_dialer_keys,
            access::credentials::create_dialer_key
        ))
        .routes(routes!(access::credentials::revoke_dialer_key))
        .routes(routes!(
            access::credentials::list_staff_tokens,
            access::credentials::create_staff_token
        ))
        .routes(routes!(access::credentials::revoke_staff_token))
        .routes(routes!(
            access::agent_token_keys::list_agent_token_keys,
            access::agent_token_keys::create_agent_token_key
        ))
        .routes(routes!(access::agent_token_keys::remove_agent_token_key))
        .routes(routes!(access::people::list_people, access::people::create_person))
        .routes(routes!(access::people::change_person, access::people::remove_person))
        .routes(routes!(access::teams::list_teams, access::teams::create_team))
        .routes(routes!(access::teams::change_team, access::teams::remove_team))
        .routes(routes!(providers::accounts::list_accounts, providers::accounts::create_account))
        .routes(routes!(
            providers::accounts::show_account,
            providers::accounts::change_account,
            providers::accounts::remove_account
        ))
        .routes(routes!(providers::accounts::validate_account))
        .routes(routes!(providers::accounts::rotate_webhook))
        .routes(routes!(providers::accounts::list_webhooks))
        .routes(routes!(providers::requests::list_provider_requests))
        .routes(routes!(customers::personal_data::erase_customer))
        .routes(routes!(customers::personal_data::export_customer))
        .routes(routes!(customers::lists::assign_leads))
        .routes(routes!(calls::call_backs::change_follow_up))
        .routes(routes!(calls::call_backs::change_call_back))
        .merge(permission_routes())
        .routes(routes!(clients::saved_views::save_view))
        .routes(routes!(clients::saved_views::remove_view))
        .routes(routes!(clients::alerts::show_alerts, clients::alerts::set_alerts))
        .routes(routes!(clients::alerts::test_alerts))
        .routes(routes!(clients::alerts::show_alerts_secret))
        .merge(receiver_routes())
        .routes(routes!(permission::rules::show_call_rules, permission::rules::set_call_rules))
        .routes(routes!(permission::trial::try_call_rules))
        .routes(routes!(permission::seals::show_seal_state))
        .routes(routes!(permission::complaints::make_complaint_file))
        .routes(routes!(clients::embed::show_embed))
        .routes(routes!(clients::retention::show_retention))
        .routes(routes!(clients::retention::run_retention))
        .routes(routes!(clients::summaries::list_client_figures))
        // What API keys read, for staff.
        .routes(routes!(access::staff_reads::read_as_staff))
}

/// Returns the routes for staff about what permits or forbids calls.
fn receiver_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::default()
        .routes(routes!(receivers::settings::list_receivers, receivers::settings::create_receiver))
        .routes(routes!(receivers::settings::change_receiver, receivers::settings::remove_receiver))
        .routes(routes!(receivers::settings::show_receiver_key))
        .routes(routes!(receivers::settings::exchange_receiver_key))
        .routes(routes!(receivers::settings::test_receiver))
        .routes(routes!(receivers::deliveries::list_deliveries))
        .routes(routes!(receivers::deliveries::show_delivery))
        .routes(routes!(receivers::deliveries::resend_deliveries))
}

fn permission_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::default()
        .routes(routes!(
            permission::suppressions::list_suppressions,
            permission::suppressions::add_suppression
        ))
        .routes(routes!(permission::suppressions::remove_suppression))
        .routes(routes!(permission::suppressions::export_suppressions))
        .routes(routes!(permission::imports::import_suppressions))
        .routes(routes!(permission::imports::list_suppression_imports))
        .routes(routes!(permission::consents::list_consents, permission::consents::add_consent))
        .routes(routes!(permission::consents::withdraw_consent))
        .routes(routes!(
            permission::quiet_times::list_quiet_times,
            permission::quiet_times::add_quiet_time
        ))
        .routes(routes!(permission::quiet_times::remove_quiet_time))
        .routes(routes!(permission::holidays::show_holidays, permission::holidays::set_holidays))
        .routes(routes!(
            permission::own_packs::show_own_pack,
            permission::own_packs::set_own_pack,
            permission::own_packs::remove_own_pack
        ))
}

/// Returns the routes of pages and files for browsers, which are not part of the API.
fn browser_files() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(pages::assets::welcome_page))
        .route("/dashboard", get(pages::assets::dashboard_page))
        .route("/dashboard/", get(pages::assets::redirect_without_slash))
        .route("/dashboard/{*rest}", get(pages::assets::dashboard_page))
        .route("/embed", get(pages::embed::embed_page))
        .route("/embed/", get(pages::assets::redirect_without_slash))
        .route("/docs", get(pages::docs::redirect_to_docs))
        .route("/docs/", get(pages::docs::docs_page))
        .route("/docs/guides", get(pages::guides::redirect_to_guides))
        .route("/docs/guides/", get(pages::guides::guides_index))
        .route("/docs/guides/{*path}", get(pages::guides::guides_file))
        .route("/docs/{*path}", get(pages::docs::docs_file))
        .route("/verify.html", get(permission::complaints::show_verifier))
        .route("/inspector", get(pages::assets::inspector_page))
        .route("/inspector/", get(pages::assets::redirect_without_slash))
        .route("/examples", get(pages::assets::redirect_to_examples))
        .route("/examples/", get(pages::assets::example_index))
        .route("/examples/{*path}", get(pages::assets::example_file))
        .fallback(pages::assets::browser_file)
}

/// Returns the pages of signing in by an OpenID Connect provider. Their form is the standard's.
fn oidc_pages() -> Router<Arc<App>> {
    Router::new()
        .route("/oidc/sign-in", get(access::oidc::begin_sign_in))
        .route("/oidc/callback", get(access::oidc::finish_sign_in))
        .route("/oidc/logout", post(access::oidc::log_out))
        .layer(DefaultBodyLimit::max(access::oidc::LARGEST_LOGOUT))
}

/// Returns the routes for providers' webhooks.
fn webhook_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::default()
        .routes(routes!(
            providers::webhooks::receive_webhook,
            providers::webhooks::receive_webhook_by_get
        ))
        .layer(DefaultBodyLimit::max(LARGEST_WEBHOOK))
        .layer(from_fn(request::get_only::refuse_head))
}

/// Returns the routes for dialers' leads, with and without a trailing slash, which some dialers
/// omit.
fn dialer_routes() -> OpenApiRouter<Arc<App>> {
    // With the key in the address, for dialers that cannot set a header.
    let by_address = OpenApiRouter::default()
        .routes(routes!(
            customers::leads::receive_lead_by_address,
            customers::leads::receive_lead_by_get
        ))
        .route(
            "/api/leads/from-dialer/{dialerKey}/",
            post(customers::leads::receive_lead_by_address)
                .get(customers::leads::receive_lead_by_get),
        )
        .layer(from_fn(request::get_only::refuse_head));
    OpenApiRouter::default()
        .routes(routes!(customers::leads::receive_lead))
        .route("/api/leads/from-dialer", post(customers::leads::receive_lead))
        .merge(by_address)
}

/// Returns the routes for a client's figures and lists: by an API key with the scope `read`.
fn read_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::default()
        .routes(routes!(customers::lists::list_customers))
        .routes(routes!(customers::lists::list_leads))
        .routes(routes!(analytics::trends::list_campaigns))
        .routes(routes!(analytics::trends::show_trends))
        .routes(routes!(analytics::overview::show_overview))
        .routes(routes!(analytics::overview::show_detailed))
        .routes(routes!(analytics::breakdown::break_down_calls))
        .routes(routes!(analytics::breakdown::list_fields))
        .routes(routes!(analytics::breakdown::compare_agents))
        .routes(routes!(analytics::pivot::pivot_calls))
        .routes(routes!(analytics::pivot::count_outcomes))
        .routes(routes!(analytics::funnel::show_funnel))
        .routes(routes!(analytics::funnel::show_today))
        .routes(routes!(analytics::funnel::measure_answers))
        .routes(routes!(analytics::promises::count_promises))
        .routes(routes!(permission::decisions::show_decisions))
        .routes(routes!(permission::decisions::list_decisions))
        .routes(routes!(permission::decisions::list_call_limits))
}
