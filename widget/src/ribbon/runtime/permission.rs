//! Asks the server whether a call may be made, and shows the answer.
//!
//! What the agent reads and types is a script of its own, `loader/permission.js`, which is loaded with
//! the first answer.

use super::Ribbon;
use crate::ribbon::customer::Customer;
use crate::ribbon::json;
use crate::ribbon::model::RibbonError;
use crate::ribbon::net::{Request, RequestError};
use crate::ribbon::permission::Judgment;
use crate::ribbon::platform;
use crate::ribbon::step::{Msg, PermissionMsg, Reply};
use crate::ribbon::words;
use js_sys::{Object, Promise};
use std::rc::Weak;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

impl Ribbon {
    /// Asks about a call: for the bar, or for the page (`reply`).
    pub(super) fn check_call(
        &self,
        asked: u32,
        to: &str,
        customer: Option<&Customer>,
        reply: Option<Reply>,
    ) {
        let call = self.call_fields(to, customer);
        let body = [&self.request_body(), ",\"calls\":[{", &call, "}]}"].concat();
        let request = Request::post("/api/ribbon/calls/check".to_owned(), body, None);
        let (me, sending) = (self.me.clone(), self.send(request));
        let script = self.permission_script();
        spawn_local(async move {
            let answer = sending.await.map_err(to_error).and_then(|answer| read_decision(&answer));
            let judgment = match answer {
                Ok((decision, said)) => Ok(judge(&me, script, &decision, said).await),
                Err(trouble) => Err(trouble),
            };
            let Some(ribbon) = me.upgrade() else { return };
            match (judgment, reply) {
                (Ok(judgment), Some(_)) => {
                    let value = permission_object(&judgment.decision, &judgment.said);
                    ribbon.resolve(reply, &value);
                }
                (Err(trouble), Some(_)) => {
                    ribbon.page_listeners().report_error(&trouble);
                    ribbon.reject(reply, &trouble);
                }
                // Without an answer Call stays possible: the server decides at the call.
                (judgment, None) => ribbon.show_judgment(asked, judgment.ok()),
            }
        });
    }

    /// Puts the decision about a refused call into the agent's words.
    pub(super) fn explain(&self, asked: u32, said: String, decision: String) {
        let (me, script) = (self.me.clone(), self.permission_script());
        spawn_local(async move {
            let Some(decision) = json::parse(&decision) else { return };
            let judgment = judge(&me, script, &decision, said).await;
            if let Some(ribbon) = me.upgrade() {
                ribbon.show_judgment(asked, Some(judgment));
            }
        });
    }

    /// Lets the agent write why to call all the same.
    pub(super) fn ask_reason(&self) {
        self.run_permission_script("ask", []);
    }

    fn show_judgment(&self, asked: u32, judgment: Option<Judgment>) {
        let next = judgment.as_ref().and_then(|judgment| judgment.next_allowed);
        let decision =
            judgment.as_ref().map_or(JsValue::UNDEFINED, |one| one.decision.as_str().into());
        let judgment = judgment.map(Box::new);
        self.dispatch(Msg::Permission(PermissionMsg::Judged { asked, judgment }));
        if self.read(|model| model.permission.asked) == Some(asked) {
            #[expect(clippy::cast_precision_loss, reason = "a date fits in 53 bits")]
            let wait = next.map_or(JsValue::UNDEFINED, |next| {
                JsValue::from_f64((next - self.server_now()) as f64)
            });
            let asks = self.read(|model| model.permission.asks_reason()).unwrap_or(false);
            self.run_permission_script("follow", [wait, asks.into(), decision]);
        }
    }

    /// Calls a function of the script, if it can be loaded.
    fn run_permission_script<const N: usize>(&self, function: &'static str, values: [JsValue; N]) {
        let script = self.permission_script();
        spawn_local(async move {
            if let Some(script) = load(script).await {
                // Its functions do not throw.
                let _ = platform::call_method(&script, function, &values);
            }
        });
    }

    /// Begins to load the script, unless it is there.
    fn permission_script(&self) -> Option<Promise> {
        let companion = self.companion.borrow();
        let loading = platform::call_method(&companion.as_ref()?.opener, "permission", &[]);
        loading.ok()?.dyn_into().ok()
    }

    /// Handles what the script asks: to check once more, or to call for a reason.
    pub(super) fn answer_permission(&self, what: &str, reason: String) {
        self.dispatch(Msg::Permission(if what == "call-because" {
            let (key, now) = (platform::random_uuid(), self.server_now());
            PermissionMsg::Override { reason, key, now }
        } else {
            PermissionMsg::Again
        }));
    }
}

/// Returns the decision as the page gets it, with what the agent reads.
pub(in crate::ribbon) fn permission_object(decision: &str, said: &str) -> JsValue {
    let Some(object) = json::parse(decision).and_then(|value| value.dyn_into::<Object>().ok())
    else {
        return JsValue::NULL;
    };
    json::set(&object, "said", &said.into());
    object.into()
}

fn to_error(failure: RequestError) -> RibbonError {
    super::server::request_error(failure, words::NOT_CHECKED)
}

/// Reads the answer to one call.
fn read_decision(answer: &JsValue) -> Result<(JsValue, String), RibbonError> {
    let answers = json::items(&json::field(answer, "results"));
    let one = answers.into_iter().next().unwrap_or(JsValue::UNDEFINED);
    let part = |name| json::text(&one, name).unwrap_or_default();
    let decision = json::field(&one, "decision");
    if let Some(fields) = decision.dyn_ref::<Object>().filter(|_| json::is_fields(&decision)) {
        // The agent's follow-up for the customer belongs to the answer, and not to the decision.
        let follow_up = json::field(&one, "followUp");
        if json::is_fields(&follow_up) {
            json::set(fields, "followUp", &follow_up);
        }
        return Ok((decision, part("said")));
    }
    Err(RibbonError::new(&part("code"), part("error")))
}

async fn load(script: Option<Promise>) -> Option<JsValue> {
    JsFuture::from(script?).await.ok()
}

/// Puts a decision into the agent's words. Without the script, the agent reads the server's sentence.
async fn judge(
    ribbon: &Weak<Ribbon>,
    script: Option<Promise>,
    decision: &JsValue,
    said: String,
) -> Judgment {
    let mut judgment = Judgment {
        allowed: json::field(decision, "allowed").is_truthy(),
        asks_reason: false,
        said,
        next_allowed: json::integer(decision, "nextAllowed"),
        decision: json::write(decision).unwrap_or_default(),
    };
    let is_silent = json::items(&json::field(decision, "because")).is_empty();
    let script = if is_silent { None } else { load(script).await };
    let tag = ribbon.upgrade().and_then(|ribbon| ribbon.read(|model| model.words.tag));
    let tag = tag.unwrap_or_default().into();
    let told = script.and_then(|script| {
        platform::call_method(&script, "explain", &[decision.clone(), tag]).ok()
    });
    if let Some(told) = told {
        judgment.said = json::text(&told, "said").unwrap_or(judgment.said);
        judgment.asks_reason = json::field(&told, "asks").is_truthy();
    }
    judgment
}
