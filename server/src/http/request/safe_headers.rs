//! Adds the headers that every answer needs, unless a handler has set its own.

use crate::app::App;
use crate::config::PublicUrl;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

/// The policy of everything that is not a page: it loads nothing and no page may frame it.
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";
/// A year, in seconds.
const HTTPS_ONLY: &str = "max-age=31536000";

/// Whether answers say that browsers must use HTTPS (RFC 6797).
#[derive(Debug, Clone, Copy)]
pub struct HttpsOnly(bool);

impl HttpsOnly {
    /// Returns whether all that browsers know of this host is HTTPS: the server has a certificate,
    /// or a proxy has one and the public address says so. The header counts for the whole host, so
    /// a server below a path of another site leaves it to that site.
    pub fn of(app: &App) -> Self {
        let url = app.config.public_url.as_ref();
        let has_host = url.is_none_or(|url| url.path().is_empty());
        Self(has_host && (app.tls.is_some() || url.is_some_and(PublicUrl::is_https)))
    }
}

/// Adds the headers. What is cached on purpose says so itself; everything else may hold personal
/// data and is not stored.
pub async fn add_safe_headers(
    State(HttpsOnly(https_only)): State<HttpsOnly>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut add = |name: HeaderName, value| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    add(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(header::CACHE_CONTROL, "no-store");
    add(header::CONTENT_SECURITY_POLICY, POLICY);
    if https_only {
        add(header::STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
    }
    response
}
