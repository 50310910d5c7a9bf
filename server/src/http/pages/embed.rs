//! `/embed`: the ribbon's own page, for a frame on a page whose policy lets no WebAssembly run.

use super::assets::{built_file, not_built};
use crate::app::App;
use crate::http::request::below_path;
use crate::http::request::problem::Problem;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use std::sync::Arc;

/// It runs the ribbon and talks to this server, and any page may put it in a frame: without a key
/// it does nothing, and for which pages a key is good the server judges with each request.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    connect-src 'self' https://integrationscore.mum1.exotel.com wss://voip.in1.exotel.com; \
    media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";

/// `/embed`.
pub async fn page(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    let mut response =
        built_file("embed.html", &headers, below_path::path(&app)).ok_or_else(not_built)?;
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        // A page that isolates itself lets only frames in that do the same.
        (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}
