//! Providers to try against: real servers that behave as the real ones' pages say, play calls when
//! a test tells them to, and fail on demand. Nothing in them happens by itself or after a while.

pub mod exotel;
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

/// What goes wrong with the next request that would dial, instead of a plain yes.
pub enum Fault {
    /// It is refused with this status and does not dial.
    Refused(u16),
    /// As [`Fault::Refused`] with 429, and with these seconds in `Retry-After`.
    TooMany(u64),
    /// It dials, and the answer waits until the test lets it go.
    Slow(Arc<Semaphore>),
    /// It dials, and the connection breaks before the answer is whole.
    ReplyLost,
    /// It dials, and the answer is cut in the middle of its JSON.
    Malformed,
    /// It dials, and says 500.
    Broken,
}

/// A request that came.
#[derive(Debug, Clone)]
pub struct Seen {
    /// `POST /v1/click_to_call`.
    pub what: String,
    /// The body's fields: a form's as texts.
    pub body: Value,
}

/// How a provider writes what it sends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Json,
    Form,
    Parts,
    /// All in the query of a GET.
    Query,
}

/// Something a provider sends by itself, which a test may send late, twice or never.
#[derive(Debug, Clone)]
pub struct Word {
    pub to: String,
    /// Its fields; those of lists and objects within are named with brackets in a form.
    pub body: Value,
    pub header: Option<(String, String)>,
}

impl Word {
    /// Sends it; hands back the status of the answer.
    pub async fn send(&self, encoding: Encoding) -> u16 {
        let http = reqwest::Client::new();
        let fields = flat(&self.body);
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

    /// Sends it as JSON; it must be taken.
    pub async fn tell(&self) {
        assert_eq!(self.send(Encoding::Json).await, 200);
    }
}

/// The fields of an object as a form has them.
fn flat(body: &Value) -> Vec<(String, String)> {
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

/// What both emulators keep: what came, and what is to go wrong.
#[derive(Default)]
pub struct Desk {
    seen: Mutex<Vec<Seen>>,
    faults: Mutex<VecDeque<Fault>>,
    /// Told each time a call was dialed.
    dialed: Notify,
}

impl Desk {
    fn note(&self, what: &str, body: Value) {
        self.seen.lock().unwrap().push(Seen { what: what.to_owned(), body });
    }

    fn next_fault(&self) -> Option<Fault> {
        self.faults.lock().unwrap().pop_front()
    }

    /// Has the next dial go wrong; said several times, the next ones.
    pub fn fail(&self, fault: Fault) {
        self.faults.lock().unwrap().push_back(fault);
    }

    /// All requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The bodies of all requests to this, `POST /v1/click_to_call` for one.
    pub fn bodies(&self, what: &str) -> Vec<Value> {
        let seen = self.seen();
        seen.into_iter().filter(|seen| seen.what == what).map(|seen| seen.body).collect()
    }

    /// Waits until a call was dialed that nobody has waited for yet.
    pub async fn dialed(&self) {
        self.dialed.notified().await;
    }
}

/// Answers a request that has dialed, as the fault has it.
async fn answer_dialed(desk: &Desk, fault: Option<Fault>, answer: Value) -> Response {
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

/// Serves an emulator on a port of its own; hands back its address.
async fn serve(routes: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    // It ends with the test's runtime.
    tokio::spawn(async move { axum::serve(listener, routes).await });
    base
}
