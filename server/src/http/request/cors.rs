//! Decides which pages of other origins may send requests and read the answers (CORS).
//!
//! A preflight request carries no key, so it is allowed if any client allows the origin. The
//! request itself identifies a client, and its answer may be read only if that client's list holds
//! the origin: a page that may not use a key must not learn anything about it. If no key was
//! recognised, the first rule applies again, so that a page can read the error. No page of another
//! origin may send cookies or the header of the dashboard's own requests.

use super::auth::SESSION_HEADER;
use crate::app::App;
use crate::services::access::domains;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// Where the authentication records the key's client: that client's list of domains; `None` if no
/// page of another origin may read the answer.
#[derive(Debug, Clone, Default)]
pub struct RecognisedClient(Arc<OnceLock<Option<Vec<String>>>>);

impl RecognisedClient {
    /// Records the list of the client whose key was recognised.
    pub fn record_domains(&self, allowed_domains: &[String]) {
        // A second key in one request is that of the same client, or changes nothing.
        let _ = self.0.set(Some(allowed_domains.to_vec()));
    }

    /// Records that the answer is only for this server's own pages.
    pub fn record_no_domains(&self) {
        let _ = self.0.set(None);
    }
}

/// Answers preflight requests, and states in each answer who may read it as long as no client is
/// known.
pub fn preflight_layer(app: &Arc<App>) -> CorsLayer {
    let app = Arc::clone(app);
    let known = move |origin: HeaderValue, _: &_| {
        let app = Arc::clone(&app);
        async move {
            let origin = origin.to_str().unwrap_or("null");
            app.origins.is_allowed_by_any(&app.store, &*app.clock, origin).await
        }
    };
    CorsLayer::new()
        .allow_origin(AllowOrigin::async_predicate(known))
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::CONTENT_TYPE,
            HeaderName::from_static("x-api-key"),
            HeaderName::from_static(SESSION_HEADER),
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

/// If the request's key was recognised, only its client's list decides who may read the answer.
pub async fn restrict_to_client(mut request: Request, next: Next) -> Response {
    let Some(sent) = request.headers().get(header::ORIGIN).cloned() else {
        return next.run(request).await;
    };
    let recognised = RecognisedClient::default();
    request.extensions_mut().insert(recognised.clone());
    let mut response = next.run(request).await;
    if let Some(list) = recognised.0.get() {
        let headers = response.headers_mut();
        let origin = sent.to_str().unwrap_or("null");
        if list.as_ref().is_some_and(|list| domains::is_allowed(list, Some(origin), None)) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, sent);
        } else {
            headers.remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        }
    }
    response
}
