//! Emulates Exotel's API for calls: `Calls/connect.json`, look-ups and status callbacks.

use super::{EmulatorState, Fault, Webhook, answer_dialed, serve_routes};
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex};

pub const SID: &str = "acmetest1";
pub const KEY: &str = "exotel-api-key-of-the-tests";
pub const TOKEN: &str = "exotel-api-token-of-the-tests";
/// The virtual number.
pub const CALLER_ID: &str = "08047112345";
/// Calls per minute.
const A_MINUTE: usize = 200;

/// The emulator.
pub struct Exotel {
    pub base: String,
    state: Arc<Inside>,
}

#[derive(Default)]
struct Inside {
    desk: EmulatorState,
    calls: Mutex<Vec<Call>>,
    /// The calls of this minute.
    made: Mutex<usize>,
}

#[derive(Clone)]
struct Call {
    sid: String,
    form: HashMap<String, String>,
    status: &'static str,
    legs: [&'static str; 2],
    talked: u32,
    ended_at: Option<String>,
    updated_at: String,
}

impl Deref for Exotel {
    type Target = EmulatorState;

    fn deref(&self) -> &EmulatorState {
        &self.state.desk
    }
}

impl Exotel {
    pub async fn start() -> Self {
        let state = Arc::new(Inside::default());
        let routes = Router::new()
            .route("/v1/Accounts/{sid}/Calls/connect.json", post(connect))
            .route("/v1/Accounts/{sid}/Calls.json", get(list))
            .route("/v1/Accounts/{sid}/Calls/{call}", get(look_up))
            .with_state(Arc::clone(&state));
        Self { base: serve_routes(routes).await, state }
    }

    /// Returns the settings of an account here.
    pub fn settings(&self) -> Value {
        json!({"accountSid": SID, "apiKey": KEY, "apiToken": TOKEN, "callerId": CALLER_ID,
            "baseUrl": self.base})
    }

    /// Returns the ids of all dialed calls, the first one first.
    pub fn call_ids(&self) -> Vec<String> {
        self.state.calls.lock().unwrap().iter().map(|call| call.sid.clone()).collect()
    }

    /// Uses up the calls of this minute.
    pub fn use_up_the_minute(&self) {
        *self.state.made.lock().unwrap() = A_MINUTE;
    }

    /// The agent answers.
    pub fn agent_answers(&self, sid: &str, at: &str) -> Webhook {
        self.change(sid, at, |call| {
            (call.status, call.legs) = ("in-progress", ["in-progress", ""]);
        });
        self.status_callback(sid, "answered")
    }

    /// The customer's phone rings. Exotel sends no webhook for this.
    pub fn ring_customer(&self, sid: &str, at: &str) {
        self.change(sid, at, |call| call.legs = ["in-progress", "ringing"]);
    }

    /// The customer answers.
    pub fn customer_answers(&self, sid: &str, at: &str) -> Webhook {
        self.change(sid, at, |call| {
            (call.status, call.legs) = ("in-progress", ["in-progress", "in-progress"]);
        });
        self.status_callback(sid, "answered")
    }

    /// Ends a call in which both talked for so many seconds.
    pub fn end_call(&self, sid: &str, at: &str, talked: u32) -> Webhook {
        self.change(sid, at, |call| {
            (call.status, call.legs) = ("completed", ["completed", "completed"]);
            (call.talked, call.ended_at) = (talked, Some(at.to_owned()));
        });
        self.status_callback(sid, "terminal")
    }

    /// Ends a call in another way: the status of the call, then of the agent's and the customer's
    /// leg.
    pub fn fail_with(
        &self,
        sid: &str,
        at: &str,
        status: &'static str,
        legs: [&'static str; 2],
    ) -> Webhook {
        self.change(sid, at, |call| {
            (call.status, call.legs, call.ended_at) = (status, legs, Some(at.to_owned()));
        });
        self.status_callback(sid, "terminal")
    }

    fn change(&self, sid: &str, at: &str, change: impl FnOnce(&mut Call)) {
        let mut calls = self.state.calls.lock().unwrap();
        let call = calls.iter_mut().find(|call| call.sid == sid).unwrap();
        at.clone_into(&mut call.updated_at);
        change(call);
    }

    /// Returns a status callback, with the address and events from the request that dialed.
    fn status_callback(&self, sid: &str, event: &str) -> Webhook {
        let calls = self.state.calls.lock().unwrap();
        let call = calls.iter().find(|call| call.sid == sid).unwrap();
        let told = |name: &str| call.form.get(name).cloned().unwrap_or_default();
        let events = [told("StatusCallbackEvents[0]"), told("StatusCallbackEvents[1]")];
        assert!(events.iter().any(|one| one == event), "nobody asked for {event}: {events:?}");
        assert_eq!(told("StatusCallbackContentType"), "application/json");
        let legs: Vec<Value> = call
            .legs
            .iter()
            .filter(|leg| !leg.is_empty())
            .map(|leg| json!({"OnCallDuration": call.talked.to_string(), "Status": leg}))
            .collect();
        let body = json!({
            "CallSid": sid, "EventType": event, "Status": call.status,
            "DateCreated": call.updated_at, "DateUpdated": call.updated_at,
            "StartTime": call.updated_at,
            // Not ended yet: the epoch, in the account's time zone.
            "EndTime": call.ended_at.as_deref().unwrap_or("1970-01-01 05:30:00"),
            "From": told("From"), "To": domestic_number(&told("To")), "PhoneNumberSid": told("CallerId"),
            "ConversationDuration": call.talked.to_string(), "Direction": "outbound-api",
            "CustomField": told("CustomField"), "RecordingUrl": "null", "Legs": legs,
        });
        Webhook { to: told("StatusCallback"), body, header: None }
    }
}

/// Returns a number in Exotel's notation for Indian numbers.
fn domestic_number(number: &str) -> String {
    number.strip_prefix("+91").map_or_else(|| number.to_owned(), |rest| format!("0{rest}"))
}

async fn connect(
    State(state): State<Arc<Inside>>,
    Path(sid): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    assert_eq!(headers[header::CONTENT_TYPE], "application/x-www-form-urlencoded");
    let form: HashMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
    state.desk.record_request("POST Calls/connect.json", json!(form));
    if let Some(refused) = refuse_unauthorized(&sid, &headers) {
        return refused;
    }
    for name in ["From", "To", "CallerId"] {
        if form.get(name).is_none_or(String::is_empty) {
            return exception(400, &format!("Mandatory Parameter missing: {name}"));
        }
    }
    if form.get("CustomField").is_some_and(|field| field.len() > 128) {
        return exception(400, "CustomField is longer than 128 characters");
    }
    let fault = state.desk.next_fault();
    match fault {
        Some(Fault::Refused(status)) => {
            // Like Exotel's, the error repeats what was sent.
            let words = format!("Cannot call {} with {TOKEN}", form["To"]);
            return exception(status, &words);
        }
        Some(Fault::TooMany(seconds)) => return too_many(seconds),
        _ => {}
    }
    {
        let mut made = state.made.lock().unwrap();
        if *made >= A_MINUTE {
            return too_many(60);
        }
        *made += 1;
    }
    let call = {
        let mut calls = state.calls.lock().unwrap();
        let call = Call {
            sid: format!("c0ffee{:026}", calls.len()),
            form,
            status: "in-progress",
            legs: ["ringing", ""],
            talked: 0,
            ended_at: None,
            updated_at: "0000-00-00 00:00:00".to_owned(),
        };
        calls.push(call.clone());
        call
    };
    answer_dialed(&state.desk, fault, json!({"Call": call_object(&call)})).await
}

async fn look_up(
    State(state): State<Arc<Inside>>,
    Path((sid, call)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    state.desk.record_request("GET Calls/{sid}.json", json!(query));
    if let Some(refused) = refuse_unauthorized(&sid, &headers) {
        return refused;
    }
    let calls = state.calls.lock().unwrap();
    let call = call.strip_suffix(".json").unwrap_or(&call);
    let Some(call) = calls.iter().find(|known| known.sid == call) else {
        return exception(404, "There is no such call");
    };
    let mut answer = call_object(call);
    if query.get("details").map(String::as_str) == Some("true") {
        answer["Details"] = json!({"ConversationDuration": call.talked,
            "Leg1Status": call.legs[0], "Leg2Status": call.legs[1],
            "Legs": [{"Leg": {"Id": 1, "OnCallDuration": call.talked}}]});
    }
    Json(json!({"Call": answer})).into_response()
}

async fn list(
    State(state): State<Arc<Inside>>,
    Path(sid): Path<String>,
    headers: HeaderMap,
) -> Response {
    state.desk.record_request("GET Calls.json", json!({}));
    refuse_unauthorized(&sid, &headers)
        .unwrap_or_else(|| Json(json!({"Calls": []})).into_response())
}

fn call_object(call: &Call) -> Value {
    let told = |name: &str| call.form.get(name).cloned();
    json!({"Sid": call.sid, "Status": call.status, "From": told("From"),
        "To": domestic_number(&told("To").unwrap_or_default()), "PhoneNumberSid": told("CallerId"),
        "StartTime": call.updated_at, "EndTime": call.ended_at, "Duration": null, "Price": null,
        "DateUpdated": call.updated_at, "Direction": "outbound-api", "RecordingUrl": null})
}

/// Returns the answer to a request without valid Basic auth or the account's name in the address.
fn refuse_unauthorized(sid: &str, headers: &HeaderMap) -> Option<Response> {
    let wanted = format!("Basic {}", STANDARD.encode(format!("{KEY}:{TOKEN}")));
    let sent = headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap());
    if sent != Some(wanted.as_str()) {
        return Some(exception(401, "Authentication failed"));
    }
    (sid != SID).then(|| exception(404, "There is no such account"))
}

fn too_many(seconds: u64) -> Response {
    let mut response = exception(429, "Too many requests");
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    response
}

fn exception(status: u16, words: &str) -> Response {
    let body = json!({"RestException": {"Status": status, "Message": words, "Code": 34001}});
    (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
}
