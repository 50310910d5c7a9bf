//! Which page a request comes from.
//!
//! As a rule the browser says so, in `Origin`. On a page whose policy lets no WebAssembly run, the
//! ribbon lives in a frame of this server's own origin, and so do its requests; then the frame
//! says around which page it was put, which the browser has told it. That is believed of this
//! server's own pages alone: a page of another origin may not send the header, as it is not among
//! those that CORS lets through.

use axum::http::{HeaderMap, header};

/// Where the ribbon's frame names the page around it. Its other half is in
/// `widget/loader/frame/inside.js`.
const AROUND: &str = "x-page-origin";

/// The origin of the page that asks; one that is no text is on no list. `None`: no page of another
/// origin.
pub fn of(headers: &HeaderMap) -> Option<&str> {
    let sent = headers.get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or("null"));
    match headers.get(AROUND) {
        Some(around) if sent.is_none_or(|sent| is_own(headers, sent)) => {
            Some(around.to_str().unwrap_or("null"))
        }
        _ => sent,
    }
}

/// Whether it is this server's own: the browser says so, or, where it says that of safe addresses
/// only, the address that was asked is the same.
fn is_own(headers: &HeaderMap, origin: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => text("host").is_some_and(|host| {
            origin.split_once("://").is_some_and(|(_, own)| own.eq_ignore_ascii_case(host))
        }),
    }
}
