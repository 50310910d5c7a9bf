//! Sends events to the page: to its callbacks, its listeners and as DOM events.

use super::customer::Customer;
use super::hidden_number::split_handle;
use super::json;
use super::model::RibbonError;
use super::platform;
use super::step::{EventDetails, PageEvent};
use js_sys::{Date, Function, Object};
use wasm_bindgen::JsValue;

/// The names of all events that the page can listen to.
pub(super) const EVENTS: [&str; 11] = [
    "dialing",
    "ringing",
    "incoming",
    "connected",
    "mutetoggle",
    "holdtoggle",
    "dtmf",
    "missed",
    "failed",
    "callEnded",
    "notPermitted",
];

/// The page's callbacks and listeners.
#[derive(Default, Clone)]
pub(super) struct PageListeners {
    /// `onCallEvent` of `init`.
    pub(super) on_call_event: Option<Function>,
    /// `onReady` of `init`.
    pub(super) on_ready: Option<Function>,
    /// `onError` of `init`.
    pub(super) on_error: Option<Function>,
    /// The listeners added by `on`, with their event names.
    pub(super) listeners: Vec<(String, Function)>,
}

impl PageListeners {
    /// Sends an event to all callbacks and listeners. An exception in one of them is reported and
    /// does not stop the others.
    pub(super) fn send_event(&self, event: &PageEvent) {
        // Each listener gets its own copy, so that none can change what the others receive.
        self.send_to_callback(event);
        for (wanted, listener) in &self.listeners {
            if wanted == event.name {
                self.send_to(listener, event);
            }
        }
        let init = web_sys::CustomEventInit::new();
        init.set_detail(&event_data(event));
        let dom = web_sys::CustomEvent::new_with_event_init_dict(
            &format!("callribbon:{}", event.name),
            &init,
        );
        if let (Some(window), Ok(dom)) = (web_sys::window(), dom) {
            // Listeners of DOM events report their own exceptions.
            let _ = window.dispatch_event(&dom);
        }
    }

    /// Sends an event to `onCallEvent`.
    pub(super) fn send_to_callback(&self, event: &PageEvent) {
        if let Some(callback) = &self.on_call_event {
            self.run_callback(callback, &JsValue::from_str(event.name), &event_data(event));
        }
    }

    /// Sends an event to one listener.
    pub(super) fn send_to(&self, listener: &Function, event: &PageEvent) {
        self.run_callback(listener, &event_data(event), &JsValue::UNDEFINED);
    }

    /// Calls `onReady`: calls can be made.
    pub(super) fn notify_ready(&self) {
        if let Some(callback) = &self.on_ready {
            self.run_callback(callback, &JsValue::UNDEFINED, &JsValue::UNDEFINED);
        }
    }

    /// Reports an error to the page and to the console.
    pub(super) fn report_error(&self, trouble: &RibbonError) {
        let error = error_object(trouble);
        platform::console_error(
            &["Call ribbon: ", &trouble.message].concat(),
            &JsValue::from_str(&["(", &trouble.code, ")"].concat()),
        );
        if let Some(callback) = &self.on_error
            && let Err(thrown) = callback.call1(&JsValue::UNDEFINED, &error)
        {
            platform::console_error("Call ribbon: the page's onError threw", &thrown);
        }
    }

    fn run_callback(&self, callback: &Function, first: &JsValue, second: &JsValue) {
        if let Err(thrown) = callback.call2(&JsValue::UNDEFINED, first, second) {
            platform::console_error("Call ribbon: a callback of the page threw", &thrown);
            let text = "A callback of the page threw an exception; the console has it.";
            self.report_error(&RibbonError::new("callback_failed", text));
        }
    }
}

/// Creates `{code, message}` for `onError`.
fn error_object(trouble: &RibbonError) -> JsValue {
    let error = Object::new();
    json::set(&error, "message", &JsValue::from_str(&trouble.message));
    set_details(&error, trouble);
    error.into()
}

/// Creates the `Error`, with a `code`, with which a promise is rejected.
pub(super) fn rejection(trouble: &RibbonError) -> JsValue {
    let error = js_sys::Error::new(&trouble.message);
    set_details(&error, trouble);
    error.into()
}

/// Sets what both forms of an error have: its code and, of a call that is not permitted, the decision.
fn set_details(error: &Object, trouble: &RibbonError) {
    json::set(error, "code", &JsValue::from_str(&trouble.code));
    if let Some(decision) = trouble.decision.as_deref().and_then(json::parse) {
        json::set(error, "decision", &decision);
    }
}

/// Returns `customerData` of an event: always an object, since handlers read its fields.
pub(super) fn customer_data(customer: Option<&Customer>, phone: &str) -> JsValue {
    if let Some(data) = customer.map(|customer| &*customer.data).filter(|data| data.is_object()) {
        return platform::deep_copy(data);
    }
    let bare = Object::new();
    set_number(&bare, phone);
    bare.into()
}

/// Sets `phoneNumber`, and `phoneNumberHandle` if the agent sees only a part of the number. A handle
/// that the page gave is its number.
pub(super) fn set_number(on: &Object, number: &str) {
    let (shown, handle) = split_handle(number);
    let is_split = handle.filter(|_| !shown.is_empty());
    let number = if is_split.is_some() { shown } else { number };
    json::set(on, "phoneNumber", &JsValue::from_str(number));
    if let Some(handle) = is_split {
        json::set(on, "phoneNumberHandle", &JsValue::from_str(handle));
    }
}

fn event_data(event: &PageEvent) -> JsValue {
    let data = Object::new();
    let put = |name: &str, value: JsValue| json::set(&data, name, &value);
    put("callSid", event.call_sid.as_str().into());
    set_number(&data, &event.phone);
    put("callDirection", event.direction.as_str().into());
    put("duration", event.duration.into());
    put("customerData", customer_data(event.customer.as_ref(), &event.phone));
    #[expect(clippy::cast_precision_loss, reason = "a date fits in 53 bits")]
    let at = Date::new(&JsValue::from_f64(event.at as f64));
    put("timestamp", at.to_iso_string().into());
    if event.replayed {
        put("replayed", true.into());
    }
    match &event.more {
        EventDetails::None => {}
        EventDetails::End { status, reason } => {
            put("status", (*status).into());
            put("reason", reason.as_str().into());
        }
        EventDetails::Muted(on) => put("muted", (*on).into()),
        EventDetails::OnHold(on) => put("onHold", (*on).into()),
        EventDetails::Digit(digit) => put("digit", digit.to_string().into()),
        EventDetails::NotPermitted(decision) => {
            put("decision", json::parse(decision).unwrap_or(JsValue::NULL));
        }
    }
    data.into()
}
