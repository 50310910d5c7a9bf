//! Handler for `/embed`: the ribbon's own page, for a frame on a page whose policy forbids
//! WebAssembly.

use super::assets::{built_file, not_built};
use crate::app::App;
use crate::http::request::below_path;
use crate::http::request::problem::Problem;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use std::sync::Arc;

/// `/embed`.
pub async fn embed_page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut response =
        built_file("embed.html", &headers, below_path::base_path(&app)).ok_or_else(not_built)?;
    for (name, value) in [
        (header::REFERRER_POLICY, "no-referrer"),
        // A page with cross-origin isolation only loads frames that are isolated too.
        (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}
