//! The panels that an agent opens now and then: recent calls, follow-ups, dialing by hand, and the
//! customer's data. They are a script of their own, which is loaded when one is opened, or when a
//! follow-up or a missed call waits for the agent.

use super::Ribbon;
use crate::ribbon::hidden_number::visible_part;
use crate::ribbon::json;
use crate::ribbon::model::Session;
use crate::ribbon::net::Request;
use crate::ribbon::options;
use crate::ribbon::platform;
use crate::ribbon::step::Msg;
use call_ribbon_shared::phone::Phone;
use js_sys::{Object, Promise};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use web_sys::HtmlElement;

#[wasm_bindgen]
extern "C" {
    /// Opens the panels. Implemented in `loader/companion.js`, which the build adds to the glue.
    #[wasm_bindgen(js_name = callRibbonCompanion)]
    fn start_companion(host: &HtmlElement, ask: &JsValue, files: &str) -> JsValue;
}

/// Answers a question of the script. The arguments depend on the question.
type Ask = Closure<dyn FnMut(String, JsValue, JsValue) -> JsValue>;

/// The script's part that waits for the panels to be opened; stops when dropped.
pub(super) struct Companion {
    pub(super) opener: JsValue,
    _ask: Ask,
}

impl Drop for Companion {
    fn drop(&mut self) {
        let _ = platform::call_method(&self.opener, "stop", &[]);
    }
}

impl Ribbon {
    /// Lets the panels be opened in the current host.
    pub(super) fn start_companion(&self) {
        let Some(element) = self.host.borrow().as_ref().map(|host| host.element().clone()) else {
            return;
        };
        self.companion.replace(None);
        let me = self.me.clone();
        let ask = Ask::new(move |what: String, first: JsValue, second: JsValue| {
            let ribbon = me.upgrade();
            ribbon.map_or(JsValue::UNDEFINED, |ribbon| ribbon.answer_script(&what, &first, &second))
        });
        let opener = start_companion(&element, ask.as_ref(), &self.options.borrow().home);
        self.companion.replace(Some(Companion { opener, _ask: ask }));
    }

    /// Learns what the plan and the key allow, with each answer to `init`.
    pub(super) fn learn_plan(&self, answer: &JsValue) {
        let plan = json::field(answer, "clientInfo");
        let left = json::integer(&plan, "remainingCalls");
        self.dispatch(Msg::Plan {
            calls_left: left.zip(json::integer(&plan, "callLimit")),
            customer_search: json::field(answer, "customerSearch").is_truthy(),
            call_rules: json::field(answer, "callRules").is_truthy(),
        });
    }

    /// Notifies the panels that what waits for the agent may have changed.
    pub(super) fn refresh_companion(&self) {
        if let Some(companion) = &*self.companion.borrow() {
            let _ = platform::call_method(&companion.opener, "refresh", &[]);
        }
    }

    fn answer_script(self: &Rc<Self>, what: &str, first: &JsValue, second: &JsValue) -> JsValue {
        let text = first.as_string().unwrap_or_default();
        match what {
            "get" => self.send_for_script(Request::get(text)).into(),
            "state" => self.state_for_script(),
            "say" => self.read(|model| model.words.say(&text)).unwrap_or_default().into(),
            "counts" => {
                let (due, missed) = (json::count(first), json::count(second));
                self.dispatch(Msg::Counts { due, missed });
                JsValue::UNDEFINED
            }
            _ => self.answer_panel(what, text, second),
        }
    }

    /// Answers what only an open panel asks.
    #[inline(never)]
    fn answer_panel(self: &Rc<Self>, what: &str, text: String, second: &JsValue) -> JsValue {
        match what {
            "patch" => {
                // The change is an object without its braces.
                let change = second.as_string().unwrap_or_default();
                let body = [&self.request_body(), ",", &change, "}"].concat();
                let request =
                    Request { method: "PATCH".to_owned(), ..Request::post(text, body, None) };
                self.send_for_script(request).into()
            }
            "follow-up" => {
                let subject = self.read(|model| {
                    let permission = &model.permission;
                    self.call_fields(&permission.to, permission.customer.as_ref())
                });
                let body = [
                    &*self.request_body(),
                    ",",
                    &subject.unwrap_or_default(),
                    ",\"followUp\":{\"at\":\"",
                    &text,
                    "\"}}",
                ];
                let path = "/api/ribbon/follow-ups".to_owned();
                self.send_for_script(Request::post(path, body.concat(), None)).into()
            }
            "judge" | "call-because" => {
                self.answer_permission(what, text);
                JsValue::UNDEFINED
            }
            "check" => match Phone::parse(&text) {
                Ok(_) => JsValue::UNDEFINED,
                Err(why) => why.to_string().into(),
            },
            "call" => {
                match options::read_customer(second) {
                    Ok(customer) if customer.is_known() => self.dispatch(Msg::CallCustomer {
                        customer,
                        key: platform::random_uuid(),
                        now: self.server_now(),
                    }),
                    _ => self.request_call(Some(text), None),
                }
                JsValue::UNDEFINED
            }
            _ => JsValue::UNDEFINED,
        }
    }

    fn send_for_script(&self, request: Request) -> Promise {
        let sending = self.send(request);
        future_to_promise(async move {
            // The script has its own words for a server that does not answer.
            sending.await.map_err(|failure| {
                if failure.is_server_away() {
                    JsValue::UNDEFINED
                } else {
                    failure.trouble.message.into()
                }
            })
        })
    }

    /// Returns what the panels depend on.
    fn state_for_script(&self) -> JsValue {
        let state = Object::new();
        self.read(|model| {
            let put = |name: &str, value: JsValue| json::set(&state, name, &value);
            put("ready", (model.session == Session::Ready).into());
            put("live", model.live_call().is_some().into());
            put("agentId", model.agent.id.as_str().into());
            #[expect(clippy::cast_precision_loss, reason = "a date fits in 53 bits")]
            put("now", JsValue::from_f64(self.server_now() as f64));
            let permission = &model.permission;
            let refused = if permission.forbids() { &*permission.subject } else { "" };
            put("refused", refused.into());
            put("search", model.customer_search.into());
            put("phone", visible_part(model.shown_phone()).into());
            let customer = model.shown_customer();
            put("customer", customer.map_or(JsValue::NULL, |c| platform::deep_copy(&c.data)));
            let labels = Object::new();
            for one in &model.dispositions {
                json::set(&labels, &one.code, &model.outcome_label(&one.code).into());
            }
            put("dispositions", labels.into());
        });
        state.into()
    }
}
