//! Requests to our server.

use super::json;
use super::model::Trouble;
use super::platform::{self, Timer};
use super::words;
use js_sys::{Object, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Longer than any healthy answer takes, shorter than an agent's patience.
pub(super) const TIMEOUT_MS: i32 = 15_000;
/// A hang-up is not waited for as long: the agent is done with the call, and it is kept.
pub(super) const SHORT_TIMEOUT_MS: i32 = 5_000;

/// Why a request brought no answer that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    /// The HTTP status; 0 where no answer came at all.
    pub(super) status: u16,
    /// What to say.
    pub(super) trouble: Trouble,
}

impl Failure {
    /// Whether the same request may do better later: nobody answered, or the server said
    /// that it cannot just now.
    pub(super) fn is_passing(&self) -> bool {
        self.status == 0 || self.status >= 500
    }

    /// Whether nobody is there: no answer, or a server whose database is away.
    pub(super) fn is_away(&self) -> bool {
        matches!(self.status, 0 | 503)
    }
}

/// Posts a JSON body and reads the JSON answer.
pub(super) async fn post(
    base: &str,
    path: &str,
    body: String,
    key: Option<&str>,
) -> Result<JsValue, Failure> {
    send("POST", base, path, body, key, TIMEOUT_MS).await
}

/// Sends a JSON body and reads the JSON answer, waiting for it only so long. `key` makes a repeat
/// of the request harmless.
pub(super) async fn send(
    method: &str,
    base: &str,
    path: &str,
    body: String,
    key: Option<&str>,
    timeout: i32,
) -> Result<JsValue, Failure> {
    let away = || Failure {
        status: 0,
        trouble: Trouble::new("server_unreachable", words::server_unreachable(base)),
    };
    let headers = Object::new();
    json::set(&headers, "content-type", &"application/json".into());
    if let Some(key) = key {
        json::set(&headers, "idempotency-key", &key.into());
    }
    let init = Object::new();
    json::set(&init, "method", &method.into());
    json::set(&init, "headers", &headers);
    json::set(&init, "body", &body.into());
    json::set(&init, "credentials", &"omit".into());
    // The request outlives the page: a hang-up on the way out still arrives.
    json::set(&init, "keepalive", &true.into());
    let abort = web_sys::AbortController::new().ok();
    if let Some(abort) = &abort {
        json::set(&init, "signal", &abort.signal());
    }
    let _timeout = Timer::after(timeout, move || {
        if let Some(abort) = &abort {
            abort.abort();
        }
    });
    let sent: Promise = platform::fetch(&format!("{base}{path}"), &init).map_err(|_| away())?;
    read(JsFuture::from(sent).await.map_err(|_| away())?, base).await
}

/// The JSON of an answer, or what it says instead.
async fn read(response: JsValue, base: &str) -> Result<JsValue, Failure> {
    let away = || Failure {
        status: 0,
        trouble: Trouble::new("server_unreachable", words::server_unreachable(base)),
    };
    let response: web_sys::Response = response.unchecked_into();
    let text = JsFuture::from(response.text().map_err(|_| away())?).await.map_err(|_| away())?;
    let answer = text.as_string().and_then(|text| json::parse(&text));
    match answer {
        Some(answer) if response.ok() => Ok(answer),
        other => Err(refusal(response.status(), other.as_ref(), base)),
    }
}

/// Reads a JSON answer; the key travels in a header, never in the address.
pub(super) async fn get(base: &str, path: &str, key: &str) -> Result<JsValue, Failure> {
    let away = || Failure {
        status: 0,
        trouble: Trouble::new("server_unreachable", words::server_unreachable(base)),
    };
    let headers = Object::new();
    json::set(&headers, "x-api-key", &key.into());
    let init = Object::new();
    json::set(&init, "headers", &headers);
    json::set(&init, "credentials", &"omit".into());
    let sent: Promise = platform::fetch(&format!("{base}{path}"), &init).map_err(|_| away())?;
    read(JsFuture::from(sent).await.map_err(|_| away())?, base).await
}

/// Signs in: as [`post`], but where no answer can be had it looks whether the server is there.
///
/// A browser shows a page nothing of a server that does not let its origin in, not even the
/// refusal; that looks like a server that is away, and helps nobody to mend it.
pub(super) async fn enter(base: &str, path: &str, body: String) -> Result<JsValue, Failure> {
    let outcome = post(base, path, body.clone(), None).await;
    if !outcome.as_ref().is_err_and(|failure| failure.status == 0) || !is_there(base).await {
        return outcome;
    }
    // It may have come back just now.
    post(base, path, body, None).await.map_err(|failure| match failure.status {
        0 => Failure {
            status: 403,
            trouble: Trouble::new("domain_not_allowed", words::not_let_in(base)),
        },
        _ => failure,
    })
}

/// Whether a server answers, by a request of which only that much can be seen.
async fn is_there(base: &str) -> bool {
    let init = Object::new();
    json::set(&init, "mode", &"no-cors".into());
    json::set(&init, "credentials", &"omit".into());
    match platform::fetch(&format!("{base}/health"), &init) {
        Ok(sent) => JsFuture::from(sent).await.is_ok(),
        Err(_) => false,
    }
}

/// What an error answer says; the server's own sentence where it sent one.
fn refusal(status: u16, answer: Option<&JsValue>, base: &str) -> Failure {
    let part = |name| answer.and_then(|answer| json::text(answer, name));
    let trouble = match (part("code"), part("error")) {
        (Some(code), Some(error)) => Trouble { code, message: error },
        // Something else answers at that address: a proxy, a login page.
        _ => Trouble::new("unexpected_answer", words::unexpected_answer(base, status)),
    };
    Failure { status, trouble }
}
