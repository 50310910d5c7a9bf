//! Requests recent calls from the server.

use super::Ribbon;
use crate::ribbon::hidden_number::join_handle;
use crate::ribbon::history::PastCall;
use crate::ribbon::json;
use crate::ribbon::net::Request;
use crate::ribbon::step::{HistoryMsg as About, Msg};
use js_sys::{Date, Object};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

impl Ribbon {
    /// Loads the agent's calls, and the customer's if one is shown.
    pub(super) fn load_history(&self) {
        let shown = self.read(|model| model.shown_customer().map(|c| c.data.clone())).flatten();
        let customer = shown.and_then(|data| json::text(&data, "customerId"));
        let tag = self.read(|model| model.words.tag).unwrap_or_default();
        let me = self.me.clone();
        let list = |name: &str, id: &str| {
            let id = String::from(js_sys::encode_uri_component(id));
            self.send(Request::get(["/api/ribbon/calls?limit=20&", name, "=", &id].concat()))
        };
        let agents = list("agentId", &self.current_agent_id());
        let customers = customer.map(|id| list("customerId", &id));
        spawn_local(async move {
            let agents = agents.await;
            let customers = match customers {
                Some(customers) => customers.await.ok(),
                None => None,
            };
            let Some(ribbon) = me.upgrade() else { return };
            let calls = |answer: &JsValue| {
                let calls = json::items(&json::field(answer, "calls"));
                calls.iter().filter_map(|call| read_past_call(call, tag)).collect()
            };
            ribbon.dispatch(Msg::History(match agents {
                Ok(answer) => {
                    About::Loaded(calls(&answer), customers.as_ref().map(calls).unwrap_or_default())
                }
                Err(_) => About::Failed,
            }));
        });
    }
}

/// Reads a call of the answer; `None` for a call that is not over.
fn read_past_call(call: &JsValue, tag: &str) -> Option<PastCall> {
    let text = |name| json::text(call, name).unwrap_or_default();
    let status = text("status");
    let customer = json::field(call, "customerData");
    let inbound = text("callDirection") == "inbound";
    (status != "active").then(|| PastCall {
        session_id: text("sessionId"),
        name: json::text(&customer, "name").unwrap_or_default(),
        phone: join_handle(text("phoneNumber"), json::text(call, "phoneNumberHandle")),
        when: format_day_time(&text("startTime"), tag),
        seconds: json::integer(call, "duration").unwrap_or_default(),
        inbound,
        missed: inbound && (status == "missed" || status == "no_answer"),
        disposition: json::text(call, "disposition"),
        notes: text("notes"),
        section: 0,
    })
}

/// Formats day and time for the agent's language, with Latin digits.
fn format_day_time(time: &str, tag: &str) -> String {
    let how = Object::new();
    for (part, value) in
        [("day", "numeric"), ("month", "short"), ("hour", "numeric"), ("minute", "2-digit")]
    {
        json::set(&how, part, &value.into());
    }
    let date = Date::new(&JsValue::from_str(time));
    date.to_locale_string(&[tag, "-u-nu-latn"].concat(), &how).into()
}
