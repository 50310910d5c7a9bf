//! Logs one line per request, with an id that all log lines of the request share.

use super::address::is_trusted_proxy;
use crate::app::App;
use crate::request_trace;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tracing::Instrument as _;
use tracing::field::Empty;

/// A request that takes longer is logged at a higher level.
const SLOW: Duration = Duration::from_secs(1);
/// The most characters of an id from a proxy.
const LONGEST_ID: usize = 128;
/// The route logged for a request that matches none, such as for a file.
const NO_ROUTE: &str = "other";
/// The header that carries a request's id in both directions.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A request's id, as in `X-Request-Id` and in error answers.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Gives each request an id, and logs a line when it is answered. Everything logged meanwhile is
/// within its span, which carries the id.
///
/// The line never contains the path itself, which may hold a phone number, or the query, which may
/// hold a key or a ticket. It contains the route.
pub async fn log_request(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let id = proxy_request_id(&app, &request).unwrap_or_else(|| app.ids.new_id("req", app.now()));
    let method = method_label(request.method());
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| NO_ROUTE.to_owned(), |route| route.as_str().to_owned());
    request.extensions_mut().insert(RequestId(id.clone()));
    // At the highest level, so that the span exists whatever the log's level is.
    let span = tracing::error_span!("request", id, client = Empty, trace = Empty);
    let trace = app.traces.as_ref().and_then(|traces| {
        let from = is_from_proxy(&app, &request).then(|| request.headers());
        traces.begin_request(from, method, &route, &id)
    });
    if let Some(trace) = &trace {
        span.record("trace", trace.id().as_str());
    }
    let answering = next.run(request).instrument(span.clone());
    let mut response = request_trace::run_within(trace.clone(), answering).await;
    let took = began.elapsed();
    if let Some(trace) = trace {
        trace.end(response.status().as_u16());
    }
    span.in_scope(|| log_answer(method, &route, response.status(), took));
    app.metrics.count_answer(method, route, response.status().as_u16(), took);
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// Adds the client to the request's spans, as soon as the caller is known.
pub fn record_client(client_id: &str) {
    tracing::Span::current().record("client", client_id);
    request_trace::record_client(client_id);
}

/// Logs a failure of the server as a warning, a refused or slow request as info, and everything
/// else as debug.
fn log_answer(method: &str, route: &str, status: StatusCode, took: Duration) {
    let status_code = status.as_u16();
    // Not wider, because JSON would have it as a text.
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    if status.is_server_error() {
        tracing::warn!(method, route, status = status_code, ms, "answered");
    } else if status.is_client_error() || took >= SLOW {
        tracing::info!(method, route, status = status_code, ms, "answered");
    } else {
        tracing::debug!(method, route, status = status_code, ms, "answered");
    }
}

/// Returns the method if it is a usual one; a sender may write any text there.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// Returns the id that a trusted proxy has set, so that its log and this one can be joined.
fn proxy_request_id(app: &App, request: &Request) -> Option<String> {
    let id = request.headers().get(REQUEST_ID)?.to_str().ok()?;
    (is_from_proxy(app, request) && is_harmless(id)).then(|| id.to_owned())
}

/// Returns whether a trusted proxy has sent the request.
fn is_from_proxy(app: &App, request: &Request) -> bool {
    is_trusted_proxy(request.extensions(), &app.config.limits.trusted_proxy)
}

/// Returns whether an id cannot end a line or look like another field.
fn is_harmless(id: &str) -> bool {
    (1..=LONGEST_ID).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/+=".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_id_that_is_one_word_is_taken_over() {
        for id in ["7b5e1c6e-5f0a-4c8e-9a5c-0f4a", "Root=1-67891233-abc", &"x".repeat(128)] {
            assert!(is_harmless(id), "{id}");
        }
        for id in ["", "a b", "a\tlevel=error", "\"}", "ü", &"x".repeat(129)] {
            assert!(!is_harmless(id), "{id}");
        }
    }
}
