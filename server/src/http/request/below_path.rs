//! Serves all routes below a path of another site, such as `https://www.example.com/ribbon`.
//!
//! The setting `public_url` names the path. A proxy may strip it from the address or leave it: both
//! work. Pages refer to files by their path on this server, so the base path is inserted when a
//! page is sent.

use super::problem::Problem;
use crate::app::App;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Redirect, Response};
use std::sync::Arc;

/// What precedes a path on this server, in the pages and scripts of the examples and in the page of
/// the dashboard.
const BEGINNINGS: [&str; 3] = ["=\"/", "'/api/", "'/call-ribbon.js"];

/// Returns the path below which the server runs; empty if it has a host of its own.
pub fn base_path(app: &App) -> &str {
    app.config.public_url.as_ref().map_or("", |url| url.path())
}

/// Adds the routes below the path as well.
pub fn nest_routes(inner: Router, path: &str) -> Router {
    if path.is_empty() {
        return inner;
    }
    let path: Arc<str> = path.into();
    Router::new().fallback_service(inner).layer(from_fn_with_state(path, strip_base_path))
}

/// Strips the path if a proxy has left it.
async fn strip_base_path(
    State(path): State<Arc<str>>,
    mut request: Request,
    next: Next,
) -> Response {
    let asked = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
    let Some(rest) = asked.strip_prefix(&*path) else { return next.run(request).await };
    if rest.is_empty() {
        // Without the slash the page's relative links would not resolve.
        return Redirect::permanent(&format!("{path}/")).into_response();
    }
    // `/ribbons` is not below `/ribbon`.
    if !rest.starts_with(['/', '?']) {
        return next.run(request).await;
    }
    let rest = if rest.starts_with('?') { format!("/{rest}") } else { rest.to_owned() };
    match rest.parse::<Uri>() {
        Ok(uri) => *request.uri_mut() = uri,
        Err(_) => return Problem::no_such_address().into_response(),
    }
    next.run(request).await
}

/// Inserts the path before the paths in a page or a script.
pub fn prefix_paths(text: &str, path: &str) -> String {
    BEGINNINGS.iter().fold(text.to_owned(), |text, beginning| {
        // After its first quote: `="/x` becomes `="/ribbon/x`.
        let (before, after) = beginning.split_at(beginning.find('/').unwrap_or_default());
        text.replace(beginning, &format!("{before}{path}{after}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_pages_get_the_path_before_them() {
        for (text, expected) in [
            (r#"<a href="/dashboard">"#, r#"<a href="/ribbon/dashboard">"#),
            (r#"<script src="/call-ribbon.js">"#, r#"<script src="/ribbon/call-ribbon.js">"#),
            ("fetch('/api/ribbon' + x)", "fetch('/ribbon/api/ribbon' + x)"),
            (r#"<a href="https://a.example/x">"#, r#"<a href="https://a.example/x">"#),
            (r#"<a href="sales.html">"#, r#"<a href="sales.html">"#),
        ] {
            assert_eq!(prefix_paths(text, "/ribbon"), expected);
        }
    }
}
