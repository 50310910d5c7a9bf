//! Compresses answers.
//!
//! Only answers to GET: their texts are the long ones, and a secret that an answer shows once is
//! never in one of them. Only gzip: its window of 32 kB bounds the memory of each answer that is
//! being sent to about 300 kB, where brotli takes some megabytes for a few per cent less.

use axum::extract::Request;
use axum::http::{Extensions, HeaderMap, Method, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{And, Predicate as _, SizeAbove};

/// A shorter answer gains nothing.
const MIN_BYTES: u64 = 1024;

/// Decides which answers are compressed.
type IsWorthIt = And<SizeAbove, fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool>;

/// Returns the layer that compresses JSON and CSV, for callers that accept gzip. A file of the
/// dashboard comes compressed already, and a live stream must not wait in a buffer.
pub fn packing_layer() -> CompressionLayer<IsWorthIt> {
    let is_worth_it: fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool = is_text_in_full;
    CompressionLayer::new().compress_when(SizeAbove::new(MIN_BYTES).and(is_worth_it))
}

/// Leaves answers to other methods than GET as they are.
pub async fn pack_only_reads(mut request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    next.run(request).await
}

fn is_text_in_full(status: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default();
    status != StatusCode::PARTIAL_CONTENT
        && (kind.starts_with("application/json") || kind.starts_with("text/csv"))
}
