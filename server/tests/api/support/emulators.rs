//! Emulated providers: real servers that behave as the providers' documentation says, play calls
//! when a test tells them to, and fail on demand. They do nothing automatically or after a delay.

pub mod exotel;
pub mod key_server;
pub mod oidc;
pub mod pbx;
pub mod tata;

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};

/// How the next request that would dial fails.
pub enum Fault {
    /// It is refused with this status and does not dial.
    Refused(u16),
    /// As [`Fault::Refused`] with 429, and with these seconds in `Retry-After`.
    TooMany(u64),
    /// It dials, and the answer waits until the test releases it.
    Slow(Arc<Semaphore>),
    /// It dials, and the connection breaks before the answer is complete.
    ReplyLost,
    /// It dials, and the answer's JSON is truncated.
    Malformed,
    /// It dials, and answers 500.
    Broken,
}

/// A received request.
#[derive(Debug, Clone)]
pub struct ReceivedRequest {
    /// `POST /v1/click_to_call`.
    pub what: String,
    /// The fields of the body: of a form, as texts.
    pub body: Value,
}

/// The encoding of a provider's webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Json,
    Form,
    Parts,
    /// Everything in the query of a GET.
    Query,
}

/// A webhook, which a test may send late, twice or never.
#[derive(Debug, Clone)]
pub struct Webhook {
    pub to: String,
    /// Its fields; in a form, those of nested lists and objects are named with brackets.
    pub body: Value,
    pub header: Option<(String, String)>,
}

impl Webhook {
    /// Sends it; returns the status of the answer.
    pub async fn send(&self, encoding: Encoding) -> u16 {
        let http = reqwest::Client::new();
        let fields = form_fields(&self.body);
        let mut request = match encoding {
            Encoding::Json => http.post(&self.to).json(&self.body),
            Encoding::Form => http.post(&self.to).form(&fields),
            Encoding::Query => {
                let query =
                    form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
                let and = if self.to.contains('?') { '&' } else { '?' };
                http.get(format!("{}{and}{query}", self.to))
            }
            Encoding::Parts => {
                let part = |(name, value): &(String, String)| {
                    format!(
                        "--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                    )
                };
                let parts: String = fields.iter().map(part).collect();
                http.post(&self.to)
                    .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
                    .body(format!("{parts}--b--\r\n"))
            }
        };
        if let Some((name, value)) = &self.header {
            request = request.header(name, value);
        }
        request.send().await.unwrap().status().as_u16()
    }

    /// Sends it as JSON; it must be accepted.
    pub async fn send_json(&self) {
        assert_eq!(self.send(Encoding::Json).await, 200);
    }
}

/// Returns the fields of an object as a form has them.
fn form_fields(body: &Value) -> Vec<(String, String)> {
    fn put(fields: &mut Vec<(String, String)>, name: String, value: &Value) {
        match value {
            Value::Object(inner) => {
                for (key, value) in inner {
                    put(fields, format!("{name}[{key}]"), value);
                }
            }
            Value::Array(inner) => {
                for (key, value) in inner.iter().enumerate() {
                    put(fields, format!("{name}[{key}]"), value);
                }
            }
            Value::String(text) => fields.push((name, text.clone())),
            other => fields.push((name, other.to_string())),
        }
    }
    let mut fields = Vec::new();
    for (name, value) in body.as_object().unwrap() {
        put(&mut fields, name.clone(), value);
    }
    fields
}

/// The state of both emulators: received requests, and faults to come.
#[derive(Default)]
pub struct EmulatorState {
    seen: Mutex<Vec<ReceivedRequest>>,
    faults: Mutex<VecDeque<Fault>>,
    /// Notified each time a call was dialed.
    dialed: Notify,
}

impl EmulatorState {
    fn record_request(&self, what: &str, body: Value) {
        self.seen.lock().unwrap().push(ReceivedRequest { what: what.to_owned(), body });
    }

    fn next_fault(&self) -> Option<Fault> {
        self.faults.lock().unwrap().pop_front()
    }

    /// Makes the next dial fail; called several times, the next ones.
    pub fn fail_next(&self, fault: Fault) {
        self.faults.lock().unwrap().push_back(fault);
    }

    /// Returns all requests so far.
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.seen.lock().unwrap().clone()
    }

    /// Returns the bodies of all requests to one route, such as `POST /v1/click_to_call`.
    pub fn request_bodies(&self, what: &str) -> Vec<Value> {
        let seen = self.requests();
        seen.into_iter().filter(|seen| seen.what == what).map(|seen| seen.body).collect()
    }

    /// Waits until a call was dialed that no earlier wait has returned for.
    pub async fn wait_for_dial(&self) {
        self.dialed.notified().await;
    }
}

/// Answers a request that has dialed, according to the fault.
async fn answer_dialed(desk: &EmulatorState, fault: Option<Fault>, answer: Value) -> Response {
    desk.dialed.notify_one();
    match fault {
        Some(Fault::Slow(gate)) => {
            gate.acquire().await.unwrap().forget();
            Json(answer).into_response()
        }
        Some(Fault::ReplyLost) => {
            let broken = std::io::Error::other("the line is cut");
            Body::from_stream(futures_util::stream::iter([
                Ok(Bytes::from_static(b"{\"")),
                Err(broken),
            ]))
            .into_response()
        }
        Some(Fault::Malformed) => {
            let whole = answer.to_string();
            let half = whole[..whole.len() / 2].to_owned();
            ([(header::CONTENT_TYPE, "application/json")], half).into_response()
        }
        Some(Fault::Broken) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        _ => Json(answer).into_response(),
    }
}

/// Starts a provider that answers every request with this text; returns its address.
pub async fn answer_all_with(text: String) -> String {
    serve_routes(Router::new().fallback(async move || text.clone())).await
}

/// Serves an emulator on a port of its own; returns its address.
async fn serve_routes(routes: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    // It ends with the test's runtime.
    tokio::spawn(async move { axum::serve(listener, routes).await });
    base
}
