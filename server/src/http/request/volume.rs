//! Limits the bytes that the senders of one client may send in a minute.

use super::problem::Problem;
use crate::app::App;
use crate::http::LARGEST_BODY;
use crate::rate_limit::Sender;
use axum::Error;
use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use futures_util::{Stream, StreamExt as _};
use std::sync::Arc;
use std::time::Duration;

/// Counts the bytes of a request, or refuses it with a 429.
pub fn check_volume(
    app: &App,
    client_id: &str,
    sender: Sender,
    bytes: usize,
) -> Result<(), Problem> {
    let sender = (client_id.to_owned(), sender);
    app.telephony.write_limit.check_amount(sender, bytes, app.now()).map_err(|too_many| {
        app.metrics.count_rate_limited("bytes");
        let seconds = too_many.retry_after;
        let sentence = format!(
            "Too many bytes were sent for this client within a minute; try again in {seconds} s."
        );
        Problem::too_many(too_many, sentence)
    })
}

/// Returns the bytes of a body that has not been read. Without a length it may be the largest.
pub fn announced_bytes(parts: &Parts) -> usize {
    match announced_length(&parts.headers) {
        Some(bytes) => bytes,
        None if [Method::GET, Method::HEAD, Method::DELETE].contains(&parts.method) => 0,
        None if parts.headers.contains_key(header::CONTENT_TYPE) => LARGEST_BODY,
        None => 0,
    }
}

fn announced_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Returns the pieces of a body of any size, as fast as a client's staff may send. What the request
/// announced was counted before it began, but no more than may come at once.
pub fn pace_body(
    app: &Arc<App>,
    client_id: &str,
    headers: &HeaderMap,
    body: Body,
) -> impl Stream<Item = Result<Bytes, Error>> + use<> {
    let (app, sender) = (Arc::clone(app), (client_id.to_owned(), Sender::Staff));
    let at_once = usize::try_from(app.config.limits.write_bytes()).unwrap_or(usize::MAX);
    let mut counted = announced_length(headers).unwrap_or(LARGEST_BODY).min(at_once);
    body.into_data_stream().then(move |piece| {
        let bytes = piece.as_ref().map_or(0, Bytes::len);
        let uncounted = bytes.saturating_sub(counted);
        counted = counted.saturating_sub(bytes);
        let (app, sender) = (Arc::clone(&app), sender.clone());
        async move {
            let limit = &app.telephony.write_limit;
            while uncounted > 0
                && let Err(wait) = limit.check_amount(sender.clone(), uncounted, app.now())
            {
                tokio::time::sleep(Duration::from_secs(wait.retry_after)).await;
            }
            piece
        }
    })
}
