//! HTTP requests to the server.

use super::json;
use super::model::RibbonError;
use super::platform::{self, Timer};
use super::words;
use js_sys::{Object, Promise};
use std::sync::atomic::{AtomicUsize, Ordering};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Longer than any healthy answer takes, and shorter than an agent's patience.
pub(super) const TIMEOUT_MS: i32 = 15_000;
/// The timeout of a hang-up is shorter: for the agent the call is over, and the hang-up is stored.
pub(super) const SHORT_TIMEOUT_MS: i32 = 5_000;

/// A page's running `keepalive` requests have at most 64 KiB of bodies in all; browsers refuse one
/// more at once (Fetch standard, "HTTP-network-or-cache fetch").
const KEEPALIVE_BYTES: usize = 60_000;
/// The bytes of the running `keepalive` requests.
static ALIVE: AtomicUsize = AtomicUsize::new(0);

/// A request that brought no usable answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RequestError {
    /// The HTTP status; 0 if no answer arrived.
    pub(super) status: u16,
    /// The error to show.
    pub(super) trouble: RibbonError,
}

impl RequestError {
    /// Returns whether the same request may succeed later: no answer arrived, or the server
    /// reported a temporary failure.
    pub(super) fn is_temporary(&self) -> bool {
        self.status == 0 || self.status >= 500
    }

    /// Returns whether the server is away: no answer, or its database is unavailable.
    pub(super) fn is_server_away(&self) -> bool {
        matches!(self.status, 0 | 503)
    }

    /// Returns whether the agent's session has expired.
    pub(super) fn is_session_over(&self) -> bool {
        self.trouble.code.ends_with("_session")
    }
}

/// The server, and what identifies this page to it.
#[derive(Clone)]
pub(super) struct Link {
    /// The server's address.
    pub(super) base: String,
    pub(super) api_key: String,
    /// The token of the agent's session; empty before the sign-in.
    pub(super) session: String,
}

/// A request to the server.
#[derive(Clone)]
pub(super) struct Request {
    /// `GET`, `POST` or `PATCH`.
    pub(super) method: String,
    pub(super) path: String,
    /// The JSON body; a GET has none.
    pub(super) body: String,
    /// Makes the request idempotent.
    pub(super) key: Option<String>,
    pub(super) timeout: i32,
    /// Aborts it, also from outside.
    pub(super) abort: Option<web_sys::AbortController>,
}

impl Request {
    /// Creates a POST with a JSON body.
    pub(super) fn post(path: String, body: String, key: Option<String>) -> Self {
        Self { method: "POST".to_owned(), path, body, key, timeout: TIMEOUT_MS, abort: None }
    }

    /// Creates a GET.
    pub(super) fn get(path: String) -> Self {
        Self { method: "GET".to_owned(), ..Self::post(path, String::new(), None) }
    }
}

/// Returns the error of a request that brought no answer from the server at this address.
pub(super) fn server_away(base: &str) -> RequestError {
    let trouble = RibbonError::new("server_unreachable", words::server_unreachable(base));
    RequestError { status: 0, trouble }
}

/// Sends a request and returns the JSON answer. The key of a GET and the session are sent in
/// headers, never in the URL.
pub(super) async fn send_json(link: &Link, request: &Request) -> Result<JsValue, RequestError> {
    let base = &link.base;
    let headers = Object::new();
    let header = |name: &str, value: &str| json::set(&headers, name, &value.into());
    let init = Object::new();
    json::set(&init, "method", &request.method.as_str().into());
    json::set(&init, "headers", &headers);
    let size = request.body.len();
    if size == 0 {
        header("x-api-key", &link.api_key);
    } else {
        header("content-type", "application/json");
        json::set(&init, "body", &request.body.as_str().into());
    }
    if let Some(key) = &request.key {
        header("idempotency-key", key);
    }
    if !link.session.is_empty() {
        header("x-session-token", &link.session);
    }
    json::set(&init, "credentials", &"omit".into());
    // The request outlives the page, so that a hang-up sent on unload still arrives.
    let alive = ALIVE.load(Ordering::Relaxed) + size <= KEEPALIVE_BYTES;
    let reserved = if alive { size } else { 0 };
    ALIVE.fetch_add(reserved, Ordering::Relaxed);
    json::set(&init, "keepalive", &alive.into());
    let abort = request.abort.clone().or_else(|| web_sys::AbortController::new().ok());
    if let Some(abort) = &abort {
        json::set(&init, "signal", &abort.signal());
    }
    let _timeout = Timer::after(request.timeout, move || {
        if let Some(abort) = &abort {
            abort.abort();
        }
    });
    let sent: Result<Promise, JsValue> = platform::fetch(&[base, &*request.path].concat(), &init);
    let response = match sent {
        Ok(sent) => JsFuture::from(sent).await,
        Err(refused) => Err(refused),
    };
    ALIVE.fetch_sub(reserved, Ordering::Relaxed);
    read_answer(response.map_err(|_| server_away(base))?, base).await
}

/// Returns the JSON of an answer, or its error.
async fn read_answer(response: JsValue, base: &str) -> Result<JsValue, RequestError> {
    let away = || server_away(base);
    let response: web_sys::Response = response.unchecked_into();
    let text = JsFuture::from(response.text().map_err(|_| away())?).await.map_err(|_| away())?;
    let answer = text.as_string().and_then(|text| json::parse(&text));
    match answer {
        Some(answer) if response.ok() => Ok(answer),
        other => Err(error_answer(response.status(), other.as_ref(), base)),
    }
}

/// Posts the sign-in. If no answer is readable, checks whether the server is there.
///
/// A browser hides every answer of a server that does not allow the page's origin, even the
/// refusal. That would look like an unreachable server, which does not help to fix it.
pub(super) async fn sign_in(link: &Link, request: &Request) -> Result<JsValue, RequestError> {
    let base = &link.base;
    let outcome = send_json(link, request).await;
    if !outcome.as_ref().is_err_and(|failure| failure.status == 0) || !is_server_there(base).await {
        return outcome;
    }
    // The server may have come back just now.
    send_json(link, request).await.map_err(|failure| match failure.status {
        0 => RequestError {
            status: 403,
            trouble: RibbonError::new("domain_not_allowed", words::origin_refused(base)),
        },
        _ => failure,
    })
}

/// Returns whether a server answers, by a request that reveals only that.
async fn is_server_there(base: &str) -> bool {
    let init = Object::new();
    json::set(&init, "mode", &"no-cors".into());
    json::set(&init, "credentials", &"omit".into());
    match platform::fetch(&format!("{base}/health"), &init) {
        Ok(sent) => JsFuture::from(sent).await.is_ok(),
        Err(_) => false,
    }
}

/// Returns the error in an error answer, with the server's own sentence if it sent one.
fn error_answer(status: u16, answer: Option<&JsValue>, base: &str) -> RequestError {
    let part = |name| answer.and_then(|answer| json::text(answer, name));
    let trouble = match (part("code"), part("error")) {
        (Some(code), Some(error)) => {
            let decision = answer.map(|answer| json::field(answer, "decision"));
            let decision = decision.filter(json::is_fields).and_then(|value| json::write(&value));
            RibbonError { code, message: error, decision }
        }
        // Something else answers at that address: a proxy, a login page.
        _ => RibbonError::new("unexpected_answer", words::unexpected_answer(base, status)),
    };
    RequestError { status, trouble }
}
