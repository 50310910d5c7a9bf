//! Refuses HEAD at addresses whose GET writes.

use super::problem::Problem;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// The methods of these addresses.
const ALLOWED: HeaderValue = HeaderValue::from_static("GET,POST");

/// Answers HEAD with 405. axum passes a HEAD to the handler of GET, but HEAD is safe (RFC 9110,
/// 9.2.1): a link checker that sends it must not write anything.
pub async fn refuse_head(request: Request, next: Next) -> Response {
    let mut response = if request.method() == Method::HEAD {
        Problem::from_status(StatusCode::METHOD_NOT_ALLOWED).into_response()
    } else {
        next.run(request).await
    };
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        // axum's own list has HEAD.
        response.headers_mut().insert(header::ALLOW, ALLOWED);
    }
    response
}
