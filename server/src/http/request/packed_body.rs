//! Decompresses request bodies.

use super::problem::Problem;
use crate::http::LARGEST_BODY;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use flate2::read::MultiGzDecoder;
use std::io::Read as _;

/// Decompresses a body that uses gzip. Both sizes have the limit of a body, so a small one that
/// expands to a huge one costs no more than any other. Other encodings are refused.
pub async fn unpack_body(request: Request, next: Next) -> Response {
    match decompress_request(request).await {
        Ok(request) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

async fn decompress_request(request: Request) -> Result<Request, Problem> {
    let gzip = match content_encoding(request.headers()).as_str() {
        "" | "identity" => false,
        "gzip" | "x-gzip" => true,
        _ => {
            let sentence = "The body must be compressed with gzip or not at all; set \
                            Content-Encoding to gzip or leave it out.";
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                sentence,
            ));
        }
    };
    if !gzip {
        return Ok(request);
    }
    let (mut parts, body) = request.into_parts();
    let too_large = || Problem::from_status(StatusCode::PAYLOAD_TOO_LARGE);
    let packed = to_bytes(body, LARGEST_BODY).await.map_err(|_| too_large())?;
    let mut bytes = Vec::new();
    let most = u64::try_from(LARGEST_BODY).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(packed.as_ref()).take(most).read_to_end(&mut bytes).map_err(|_| {
        let sentence = "Content-Encoding is gzip, but the body is not compressed with gzip.";
        Problem::new(StatusCode::BAD_REQUEST, "invalid_request", sentence)
    })?;
    if bytes.len() > LARGEST_BODY {
        return Err(too_large());
    }
    parts.headers.remove(header::CONTENT_ENCODING);
    parts.headers.insert(header::CONTENT_LENGTH, bytes.len().into());
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

fn content_encoding(headers: &HeaderMap) -> String {
    let named = headers.get(header::CONTENT_ENCODING);
    named.map_or_else(String::new, |named| {
        String::from_utf8_lossy(named.as_bytes()).trim().to_ascii_lowercase()
    })
}
