//! Finds the page that a request comes from.
//!
//! Normally the browser names it in `Origin`. On a page whose policy forbids WebAssembly, the
//! ribbon runs in a frame of this server's own origin, and so do its requests; the frame then sends
//! the origin of the page around it, which the browser has given to it. This is trusted only from
//! this server's own pages: a page of another origin cannot send the header, because CORS does not
//! allow it.

use axum::http::{HeaderMap, header};

/// The header in which the ribbon's frame names the page around it. `widget/loader/frame/inside.js`
/// sends it.
const AROUND: &str = "x-page-origin";

/// Returns the origin of the calling page; one that is not text matches no list. `None`: not a page
/// of another origin.
pub fn calling_origin(headers: &HeaderMap) -> Option<&str> {
    let sent = headers.get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or("null"));
    match headers.get(AROUND) {
        Some(around) if sent.is_none_or(|sent| is_own_origin(headers, sent)) => {
            Some(around.to_str().unwrap_or("null"))
        }
        _ => sent,
    }
}

/// Returns whether the request is from this server's own pages: `Sec-Fetch-Site` says so, or,
/// because browsers send that only to secure addresses, the origin matches `Host`.
fn is_own_origin(headers: &HeaderMap, origin: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => text("host").is_some_and(|host| {
            origin.split_once("://").is_some_and(|(_, own)| own.eq_ignore_ascii_case(host))
        }),
    }
}
