//! Limits the bytes that the senders of one client may send in a minute.

use super::problem::Problem;
use crate::app::App;
use crate::http::LARGEST_BODY;
use crate::rate_limit::Sender;
use axum::http::request::Parts;
use axum::http::{Method, header};

/// Counts the bytes of a request, or refuses it with a 429.
pub fn check_volume(
    app: &App,
    client_id: &str,
    sender: Sender,
    bytes: usize,
) -> Result<(), Problem> {
    app.write_limit.check_amount((client_id.to_owned(), sender), bytes, app.now()).map_err(
        |too_many| {
            app.metrics.count_rate_limited("bytes");
            let seconds = too_many.retry_after;
            let sentence = format!(
                "Too many bytes were sent for this client within a minute; try again in \
                 {seconds} s."
            );
            Problem::too_many(too_many, sentence)
        },
    )
}

/// Returns the bytes of a body that has not been read. Without a length it may be the largest.
pub fn announced_bytes(parts: &Parts) -> usize {
    let length = parts.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    match length.and_then(|length| length.parse().ok()) {
        Some(bytes) => bytes,
        None if [Method::GET, Method::HEAD, Method::DELETE].contains(&parts.method) => 0,
        None if parts.headers.contains_key(header::CONTENT_TYPE) => LARGEST_BODY,
        None => 0,
    }
}
