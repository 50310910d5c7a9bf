//! Requests to the server: sign in, open the stream, start a call, control it.

use super::Ribbon;
use super::session::answered_agent;
use crate::ribbon::customer::Customer;
use crate::ribbon::feed::{self, Feed};
use crate::ribbon::json;
use crate::ribbon::model::{Agent, RibbonError, Session};
use crate::ribbon::net::{self, Link, Request, RequestError};
use crate::ribbon::platform::{self, Timer};
use crate::ribbon::rest;
use crate::ribbon::step::{ActionFailure, Msg, Reply, WrapUpMsg};
use crate::ribbon::words;
use crate::ribbon::wrap_up::{AskedField, Disposition};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::Action;
use js_sys::Object;
use leptos::prelude::Update;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// Pauses between attempts to reach the server: short ones first, then every 15 seconds.
pub(super) const PAUSES_MS: [i32; 5] = [1_000, 2_000, 4_000, 8_000, 15_000];

/// How many times longer the pauses are after the server has refused: up to four minutes.
const REFUSED_TIMES: i32 = 16;

/// The answer to the sign-in.
#[derive(Default)]
pub(super) struct SignInAnswer {
    events_url: String,
    /// How the voice travels.
    pub(super) voice: String,
    /// Server's clock minus the browser's.
    pub(super) clock_offset: Millis,
    /// When the answer arrived, by the browser's clock; 0 before the first one.
    pub(super) at: Millis,
}

impl Ribbon {
    /// Runs a request; `then` receives its outcome unless the ribbon was destroyed meanwhile.
    pub(super) fn run_request(
        &self,
        request: Request,
        then: impl FnOnce(&Self, Result<JsValue, RequestError>) + 'static,
    ) {
        let me = self.me.clone();
        let (sending, base) = (self.send(request.clone()), self.link().base);
        spawn_local(async move {
            // No call starts before the second file is there, which its events need.
            let mut outcome = if request.key.is_none() || rest::is_whole(true).await {
                sending.await
            } else {
                Err(net::server_away(&base))
            };
            let Some(ribbon) = me.upgrade() else { return };
            // Retry once after a lost answer, if the key makes that harmless.
            if request.key.is_some() && outcome.as_ref().is_err_and(|failure| failure.status == 0) {
                let sending = ribbon.send(request);
                drop(ribbon);
                outcome = sending.await;
            }
            if let Some(ribbon) = me.upgrade() {
                then(&ribbon, outcome);
            }
        });
    }

    /// Sends a request in the agent's session. A session that has expired, as while the computer
    /// slept, is renewed, and the request is sent again.
    pub(super) fn send(
        &self,
        request: Request,
    ) -> impl Future<Output = Result<JsValue, RequestError>> + use<> {
        let (me, link) = (self.me.clone(), self.link());
        async move {
            let outcome = net::send_json(&link, &request).await;
            let over = outcome.as_ref().is_err_and(RequestError::is_session_over);
            let Some(ribbon) = me.upgrade().filter(|_| over) else { return outcome };
            let asking = ribbon.request_session();
            drop(ribbon);
            let renewed = asking.await;
            let Some(ribbon) = me.upgrade() else { return outcome };
            if let Err(failure) = renewed {
                ribbon.session_failed(failure.clone());
                return Err(failure);
            }
            let link = ribbon.link();
            drop(ribbon);
            net::send_json(&link, &request).await
        }
    }

    pub(super) fn link(&self) -> Link {
        let options = self.options.borrow();
        Link {
            base: options.api_url.clone(),
            api_key: options.api_key.clone(),
            session: self.session.borrow().clone(),
        }
    }

    /// Returns `{"apiKey":…` and the agent, without the closing brace.
    pub(super) fn request_body(&self) -> String {
        self.body_for(Some(&self.current_agent_id()))
    }

    pub(super) fn body_for(&self, agent_id: Option<&str>) -> String {
        let mut body = "{\"apiKey\":".to_owned() + &json::quote(&self.options.borrow().api_key);
        let name = self.read(|model| model.agent.name.clone()).flatten();
        for (field, value) in [("agentId", agent_id), ("agentName", name.as_deref())] {
            if let Some(value) = value {
                body = [&body, ",\"", field, "\":", &json::quote(value)].concat();
            }
        }
        body
    }

    /// Joins the other tabs and signs in, in a task of its own: drawing comes first.
    pub(super) fn sign_in_soon(&self) {
        let me = self.me.clone();
        let timer = platform::run_soon(move || {
            if let Some(ribbon) = me.upgrade() {
                ribbon.join_tabs();
                ribbon.sign_in();
            }
        });
        if timer.is_some() {
            self.retry.replace(timer);
        }
    }

    pub(super) fn sign_in(&self) {
        self.retry.replace(None);
        self.open_session(false);
    }

    pub(super) fn handle_sign_in(&self, answer: &JsValue) {
        self.attempts.set(0);
        let agent_id = answered_agent(answer);
        if agent_id != self.current_agent_id() {
            // The agent's token says who it is.
            let agent = Agent { id: agent_id.clone(), name: json::text(answer, "agentName") };
            self.model.try_update(|model| {
                (model.agent, model.next_agent, model.last_seq) = (agent, None, None);
            });
            self.leave_agent();
            self.join_tabs();
        }
        self.token.replace(SignInAnswer {
            events_url: json::text(answer, "eventsUrl").unwrap_or_default(),
            voice: json::text(answer, "voice").unwrap_or_default(),
            clock_offset: json::integer(answer, "serverTime")
                .map_or(0, |time| time - platform::now()),
            at: platform::now(),
        });
        let history = json::items(&json::field(answer, "activeCall"));
        let history = history.iter().filter_map(json::write).filter_map(feed::read_event).collect();
        let position = json::integer(answer, "feedPosition").unwrap_or_default();
        let offered = json::items(&json::field(answer, "dispositions")).into_iter();
        let offered = offered.filter_map(|one| {
            Some(Disposition {
                code: json::text(&one, "code")?,
                label: json::text(&one, "label")?,
                call_types: json::text_list(&one, "callTypes"),
                parent: json::text(&one, "parent").unwrap_or_default(),
                no_contact: json::field(&one, "outcome").is_truthy(),
                requires: json::items(&json::field(&one, "requires"))
                    .iter()
                    .filter_map(read_asked_field)
                    .collect(),
            })
        });
        self.dispatch(Msg::WrapUp(WrapUpMsg::Offered(offered.collect())));
        let missed = self.read(|model| model.last_seq.is_some()).unwrap_or(false);
        let known = self.read(|model| model.live_call().is_some()).unwrap_or(false);
        self.dispatch(Msg::Restore { agent_id: agent_id.clone(), history, position });
        if !known {
            self.replay_to_all("incoming");
        }
        self.follow_feed(missed);
        self.dispatch(Msg::SignedIn { agent_id });
        self.open_desk(answer);
        self.refresh_companion();
    }

    /// Tries again after a growing pause, and immediately when the browser is back online. The pauses
    /// after a refusal, which an administrator may end, are longer.
    pub(super) fn sign_in_later(&self) {
        let attempt = self.attempts.replace(self.attempts.get() + 1);
        let mut pause = PAUSES_MS[attempt.min(PAUSES_MS.len() - 1)];
        if self.read(|model| matches!(model.session, Session::Refused(_))).unwrap_or(false) {
            pause *= REFUSED_TIMES;
        }
        let me = self.me.clone();
        let timer = Timer::after(pause, move || {
            if let Some(ribbon) = me.upgrade() {
                ribbon.sign_in();
            }
        });
        self.retry.replace(Some(timer));
    }

    /// Tries immediately, as the browser is back online or the machine awake again. An open stream
    /// is opened again: after a sleep it may be dead without an error.
    pub(super) fn reconnect_now(&self) {
        if self.retry.borrow().is_some() || self.feed.borrow().is_some() {
            self.sign_in();
        }
        self.flush_outbox();
    }

    /// Shows that the network is gone, as the browser says, and tries again: a server on the same
    /// machine can still be reached.
    pub(super) fn lose_network(&self) {
        if self.read(|model| model.session == Session::Ready).unwrap_or(false) {
            self.dispatch(Msg::FeedDown);
            self.sign_in_later();
        }
    }

    pub(super) fn open_feed(&self) {
        let mut url =
            format!("{}{}", self.options.borrow().api_url, self.token.borrow().events_url);
        // Continue where the old stream ended, not where this ticket begins.
        if let Some(last) = self.read(|model| model.last_seq).flatten() {
            url = format!("{url}&lastEventId={last}");
        }
        let (me, again) = (self.me.clone(), self.me.clone());
        let feed = Feed::open(
            &url,
            move |msg| {
                if let Some(ribbon) = me.upgrade() {
                    match &msg {
                        Msg::FeedUp => ribbon.forward_event("up"),
                        Msg::FeedDown => ribbon.forward_event("down"),
                        Msg::FeedEvent(fed) => ribbon.forward_event(&fed.json),
                        _ => {}
                    }
                    ribbon.dispatch(msg);
                }
            },
            move || {
                if let Some(ribbon) = again.upgrade() {
                    ribbon.sign_in_later();
                }
            },
        );
        self.feed.replace(feed);
    }

    pub(super) fn start_call(
        &self,
        key: String,
        to: &str,
        customer: Option<&Customer>,
        reply: Option<Reply>,
        reason: Option<String>,
    ) {
        let call = self.call_fields(to, customer);
        let mut body = [&self.request_body(), ",", &call].concat();
        if let Some(reason) = reason {
            body = [&body, ",\"override\":{\"reason\":", &json::quote(&reason), "}"].concat();
        }
        body.push('}');
        let name = key.clone();
        let request = Request::post("/api/ribbon/calls".to_owned(), body, Some(key));
        self.run_request(request, move |ribbon, outcome| match outcome {
            Ok(answer) => {
                let session_id = json::text(&answer, "sessionId").unwrap_or_default();
                let call_sid = json::text(&answer, "callSid").unwrap_or_default();
                let value = Object::new();
                json::set(&value, "callSid", &call_sid.as_str().into());
                json::set(&value, "sessionId", &session_id.as_str().into());
                ribbon.resolve(reply, &value);
                ribbon.dispatch(Msg::Started { key: name, session_id, call_sid });
            }
            Err(failure) => {
                let trouble = request_error(failure, words::NOT_STARTED);
                ribbon.reject(reply, &trouble);
                ribbon.dispatch(Msg::StartFailed { key: name, trouble });
            }
        });
    }

    /// Returns the fields of a call to be made or judged, without braces.
    pub(super) fn call_fields(&self, to: &str, customer: Option<&Customer>) -> String {
        let mut fields = "\"to\":".to_owned() + &json::quote(to);
        if let Some(customer) = customer {
            fields.push_str(",\"customerData\":");
            fields.push_str(&customer.json);
        }
        let carrier = self.voice.carrier.borrow();
        if !carrier.is_empty() {
            fields = [&fields, ",\"provider\":", &json::quote(&carrier)].concat();
        }
        fields
    }

    pub(super) fn send_action(&self, session_id: String, action: Action, reply: Option<Reply>) {
        let (verb, more) = match action {
            Action::Answer => ("answer", String::new()),
            Action::HangUp => ("hangup", String::new()),
            Action::Mute(on) => ("mute", format!(",\"muted\":{on}")),
            Action::Hold(on) => ("hold", format!(",\"onHold\":{on}")),
            Action::Digit(digit) => ("dtmf", format!(",\"digit\":\"{digit}\"")),
        };
        if self.act_at_desk(verb, &session_id, action, reply) {
            return;
        }
        let path = format!("/api/ribbon/calls/{session_id}/{verb}");
        let body = format!("{}{more}}}", self.request_body());
        let mut request = Request::post(path, body, None);
        if action == Action::HangUp {
            request.timeout = net::SHORT_TIMEOUT_MS;
        }
        self.run_request(request, move |ribbon, outcome| {
            match outcome {
                Ok(_) => ribbon.resolve(reply, &JsValue::UNDEFINED),
                // The call is already over: its end arrives by the stream.
                Err(failure) if action == Action::HangUp && failure.status == 409 => {
                    ribbon.resolve(reply, &JsValue::UNDEFINED);
                }
                Err(failure) => {
                    let why = match failure.status {
                        404 => ActionFailure::Gone,
                        _ if failure.is_server_away() => ActionFailure::Away,
                        _ => ActionFailure::Refused,
                    };
                    let trouble = request_error(failure, words::NOT_DONE);
                    let now = ribbon.server_now();
                    if action == Action::HangUp && why == ActionFailure::Away {
                        ribbon.send_to_tabs(&format!("over {session_id} {now}"));
                    }
                    if action == Action::HangUp && why != ActionFailure::Refused {
                        // The hang-up is stored, or there is nothing to end.
                        ribbon.resolve(reply, &JsValue::UNDEFINED);
                    } else {
                        ribbon.reject(reply, &trouble);
                    }
                    ribbon.dispatch(Msg::ActFailed { session_id, action, trouble, why, now });
                }
            }
        });
    }
}

/// Returns the error of a failed request, with a sentence for what was requested: an unreachable
/// server did not do it, and it will not be retried.
pub(super) fn request_error(failure: RequestError, what: &str) -> RibbonError {
    if failure.status == 0 { RibbonError::new("server_unreachable", what) } else { failure.trouble }
}

/// Reads a field that an agent enters with a disposition.
#[inline(never)]
fn read_asked_field(field: &JsValue) -> Option<AskedField> {
    Some(AskedField {
        name: json::text(field, "name")?,
        label: json::text(field, "label")?,
        kind: json::text(field, "kind")?,
        choices: json::text_list(field, "choices"),
        optional: json::field(field, "optional").is_truthy(),
    })
}
