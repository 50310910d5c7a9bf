//! Emulates Smartflo's API for calls: click to call in both forms, live calls, hang-up, login, and
//! webhooks as our guide tells operators to set them up.

use super::{EmulatorState, Fault, Webhook, answer_dialed, serve_routes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::ops::Deref;
use std::sync::{Arc, Mutex};

pub const TOKEN: &str = "smartflo-token-of-the-tests";
pub const EMAIL: &str = "calls@example.com";
pub const PASSWORD: &str = "smartflo-password-of-the-tests";
/// The number that customers see.
pub const NUMBER: &str = "+918047112345";

/// The emulator.
pub struct Smartflo {
    pub base: String,
    state: Arc<Inside>,
}

struct Inside {
    desk: EmulatorState,
    calls: Mutex<Vec<Call>>,
    set: Mutex<Set>,
}

/// What differs by account, and may change.
struct Set {
    /// The ids of a call in an answer.
    answers: Answers,
    /// Whether requests have the older form.
    from_to: bool,
    /// The valid tokens, including those from a login.
    tokens: Vec<String>,
    logins: usize,
    /// The address of the webhooks.
    webhook: Option<(String, Option<(String, String)>)>,
}

/// Which id of a call an answer contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    CallId,
    /// An id that no other request accepts.
    RefId,
    /// No id.
    Nothing,
}

#[derive(Clone)]
struct Call {
    id: String,
    body: Value,
    state: &'static str,
    live: bool,
}

impl Deref for Smartflo {
    type Target = EmulatorState;

    fn deref(&self) -> &EmulatorState {
        &self.state.desk
    }
}

impl Smartflo {
    pub async fn start() -> Self {
        let set = Set {
            answers: Answers::CallId,
            from_to: false,
            tokens: vec![TOKEN.to_owned()],
            logins: 0,
            webhook: None,
        };
        let state = Inside {
            desk: EmulatorState::default(),
            calls: Mutex::default(),
            set: Mutex::new(set),
        };
        let state = Arc::new(state);
        let routes = Router::new()
            .route("/v1/auth/login", post(login))
            .route("/v1/click_to_call", post(click_to_call))
            .route("/v1/live_calls", get(live_calls))
            .route("/v1/call/hangup", post(hang_up))
            .with_state(Arc::clone(&state));
        Self { base: serve_routes(routes).await, state }
    }

    /// Returns the settings of an account with a token.
    pub fn settings(&self) -> Value {
        json!({"apiEndpoint": self.base, "apiToken": TOKEN, "accountId": "a-17",
            "phoneNumber": NUMBER})
    }

    /// Returns the settings of an account that logs in.
    pub fn settings_by_login(&self) -> Value {
        json!({"apiEndpoint": self.base, "email": EMAIL, "password": PASSWORD,
            "phoneNumber": NUMBER})
    }

    pub fn answer_with(&self, answers: Answers) {
        self.state.set.lock().unwrap().answers = answers;
    }

    /// Makes the account accept only the older form.
    pub fn take_from_to(&self) {
        self.state.set.lock().unwrap().from_to = true;
    }

    /// Sets the address of the webhooks, with a header if given.
    pub fn set_webhook(&self, url: &str, header: Option<(&str, &str)>) {
        let header = header.map(|(name, value)| (name.to_owned(), value.to_owned()));
        self.state.set.lock().unwrap().webhook = Some((url.to_owned(), header));
    }

    /// Makes all tokens issued so far invalid.
    pub fn expire_tokens(&self) {
        self.state.set.lock().unwrap().tokens.clear();
    }

    /// Returns the number of logins.
    pub fn login_count(&self) -> usize {
        self.state.set.lock().unwrap().logins
    }

    /// Returns Smartflo's ids of all calls, the first one first.
    pub fn call_ids(&self) -> Vec<String> {
        self.state.calls.lock().unwrap().iter().map(|call| call.id.clone()).collect()
    }

    /// Returns the ids of the live calls.
    pub fn live_call_ids(&self) -> Vec<String> {
        let calls = self.state.calls.lock().unwrap();
        calls.iter().filter(|call| call.live).map(|call| call.id.clone()).collect()
    }

    pub fn agent_answers(&self, call_id: &str, at: &str) -> Webhook {
        self.change(call_id, "Ringing", true);
        self.webhook(
            call_id,
            &json!({"event": "answered_by_agent", "call_status": "answered",
            "answer_stamp": at}),
        )
    }

    pub fn customer_answers(&self, call_id: &str, at: &str) -> Webhook {
        self.change(call_id, "Answered", true);
        self.webhook(
            call_id,
            &json!({"event": "answered_by_customer", "call_status": "answered",
            "answer_stamp": at}),
        )
    }

    /// Ends a call in which both talked for so many seconds.
    pub fn end_call(&self, call_id: &str, at: &str, talked: u32) -> Webhook {
        self.change(call_id, "Hangup", false);
        self.webhook(
            call_id,
            &json!({"event": "hangup", "call_status": "answered", "end_stamp": at,
            "billsec": talked.to_string(), "duration": (talked + 9).to_string(),
            "hangup_cause": "NORMAL_CLEARING"}),
        )
    }

    /// Ends a call that the customer did not answer.
    pub fn miss_call(&self, call_id: &str, at: &str, cause: &str) -> Webhook {
        self.change(call_id, "Hangup", false);
        self.webhook(
            call_id,
            &json!({"event": "missed_by_customer", "call_status": "missed",
            "end_stamp": at, "billsec": "0", "hangup_cause": cause}),
        )
    }

    fn change(&self, call_id: &str, state: &'static str, live: bool) {
        let mut calls = self.state.calls.lock().unwrap();
        let call = calls.iter_mut().find(|call| call.id == call_id).unwrap();
        (call.state, call.live) = (state, live);
    }

    /// Returns a webhook with the body of our guide; placeholders that are not filled in stay as
    /// they are.
    fn webhook(&self, call_id: &str, filled_in: &Value) -> Webhook {
        let calls = self.state.calls.lock().unwrap();
        let call = calls.iter().find(|call| call.id == call_id).unwrap();
        let mut body = json!({"call_id": call_id, "custom_identifier": "$custom_identifier",
            "ref_id": call.body["ref_id"], "direction": "clicktocall",
            "customer_number": customer_number(call), "caller_id_number": NUMBER,
            "answered_agent_number": "$answered_agent_number", "start_stamp": "$start_stamp",
            "answer_stamp": "$answer_stamp", "end_stamp": "$end_stamp", "billsec": "$billsec",
            "duration": "$duration", "hangup_cause": "$hangup_cause",
            "recording_url": "$recording_url"});
        for (name, value) in filled_in.as_object().unwrap() {
            body[name] = value.clone();
        }
        let (to, header) = self.state.set.lock().unwrap().webhook.clone().unwrap();
        Webhook { to, body, header }
    }
}

/// Returns the customer's number in Smartflo's notation.
fn customer_number(call: &Call) -> String {
    let number = call.body["destination_number"].as_str().or(call.body["to"].as_str()).unwrap();
    number.strip_prefix("+91").map_or_else(|| number.to_owned(), |rest| format!("0{rest}"))
}

async fn login(State(state): State<Arc<Inside>>, Json(body): Json<Value>) -> Response {
    state.desk.record_request("POST auth/login", body.clone());
    if body != json!({"email": EMAIL, "password": PASSWORD}) {
        return refuse_with(401, "Invalid credentials");
    }
    let mut set = state.set.lock().unwrap();
    set.logins += 1;
    let token = format!("smartflo-login-token-{}", set.logins);
    set.tokens.push(token.clone());
    Json(json!({"success": true, "access_token": token, "token_type": "bearer",
        "expires_in": 3600}))
    .into_response()
}

async fn click_to_call(
    State(state): State<Arc<Inside>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    state.desk.record_request("POST click_to_call", body.clone());
    if let Some(refused) = refuse_token(&state, &headers) {
        return refused;
    }
    let (answers, from_to) = {
        let set = state.set.lock().unwrap();
        (set.answers, set.from_to)
    };
    let wanted: &[&str] = if from_to {
        &["from", "to", "account_id"]
    } else {
        &["agent_number", "destination_number"]
    };
    for name in wanted {
        if body[name].as_str().is_none_or(str::is_empty) {
            return refuse_with(400, &format!("{name} is required"));
        }
    }
    if !from_to && body["async"] != 1 {
        return refuse_with(400, "async must be 1");
    }
    let fault = state.desk.next_fault();
    match fault {
        Some(Fault::Refused(status)) => {
            let number = body["destination_number"].as_str().unwrap_or_default();
            return refuse_with(status, &format!("{number} cannot be called with {TOKEN}"));
        }
        Some(Fault::TooMany(seconds)) => {
            let mut response = refuse_with(429, "Too many requests");
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            return response;
        }
        _ => {}
    }
    let call_id = {
        let mut calls = state.calls.lock().unwrap();
        let call_id = format!("1715252026.{}", 405_900 + calls.len());
        calls.push(Call { id: call_id.clone(), body, state: "Initiated", live: true });
        call_id
    };
    let mut answer = json!({"success": true, "message": "Originate successfully queued"});
    match answers {
        Answers::CallId => answer["call_id"] = json!(call_id),
        Answers::RefId => answer["ref_id"] = json!(format!("ref-{call_id}")),
        Answers::Nothing => {}
    }
    answer_dialed(&state.desk, fault, answer).await
}

async fn live_calls(State(state): State<Arc<Inside>>, headers: HeaderMap) -> Response {
    state.desk.record_request("GET live_calls", json!({}));
    if let Some(refused) = refuse_token(&state, &headers) {
        return refused;
    }
    let calls = state.calls.lock().unwrap();
    let live = calls.iter().filter(|call| call.live).map(|call| {
        json!({"id": 176_363_835, "user_id": 4_753, "client_id": null, "call_id": call.id,
            "direction": 2, "source": NUMBER, "type": "click-to-call", "did": NUMBER,
            "destination": customer_number(call), "state": call.state, "call_time": "00:00:52",
            "custom_identifier": call.body["custom_identifier"],
            "customer_number": customer_number(call)})
    });
    Json(live.collect::<Vec<_>>()).into_response()
}

async fn hang_up(
    State(state): State<Arc<Inside>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    state.desk.record_request("POST call/hangup", body.clone());
    if let Some(refused) = refuse_token(&state, &headers) {
        return refused;
    }
    let mut calls = state.calls.lock().unwrap();
    let call = calls.iter_mut().find(|call| call.live && body["call_id"] == call.id.as_str());
    let Some(call) = call else { return refuse_with(404, "Call not found") };
    call.live = false;
    Json(json!({"success": true, "message": "Call hangup successful"})).into_response()
}

/// Returns the answer to an invalid token.
fn refuse_token(state: &Inside, headers: &HeaderMap) -> Option<Response> {
    let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = sent.and_then(|sent| sent.strip_prefix("Bearer ")).unwrap_or_default();
    let known = state.set.lock().unwrap().tokens.iter().any(|known| known == token);
    (!known).then(|| refuse_with(401, "Unauthenticated"))
}

fn refuse_with(status: u16, words: &str) -> Response {
    let body = json!({"success": false, "message": words});
    (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
}
