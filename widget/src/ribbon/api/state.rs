//! Implements `getState`.

use super::current_ribbon;
use crate::ribbon::emit::set_number;
use crate::ribbon::json;
use crate::ribbon::model::RibbonCall;
use crate::ribbon::platform;
use crate::ribbon::runtime::permission::permission_object;
use crate::ribbon::runtime::wrap_up::format_time;
use call_ribbon_shared::Millis;
use js_sys::Object;
use wasm_bindgen::JsValue;

/// Returns the answer of `getState()`: what the bar shows, for the page to read at any time.
pub(in crate::ribbon) fn current_state() -> JsValue {
    let state = Object::new();
    let put = |name: &str, value: JsValue| json::set(&state, name, &value);
    let Some(ribbon) = current_ribbon() else {
        put("phase", "signed-out".into());
        return state.into();
    };
    let now = ribbon.server_now();
    ribbon.read(|model| {
        put("phase", model.state_phase().into());
        put("agentId", model.agent.id.as_str().into());
        let name = model.agent.name.as_deref();
        put("agentName", name.map_or(JsValue::NULL, JsValue::from_str));
        put("position", model.position.as_str().into());
        put("visible", (!model.hidden).into());
        put("minimized", model.minimized.into());
        put("height", ribbon.bar_height());
        put("waiting", model.unsent.into());
        let customer =
            model.shown_customer().map_or(JsValue::NULL, |c| platform::deep_copy(&c.data));
        put("customerData", customer);
        let wrap = model.shown_notes();
        put("notes", wrap.map_or("", |wrap| wrap.notes.as_str()).into());
        let code = wrap.and_then(|wrap| wrap.disposition.as_deref());
        put("disposition", code.map_or(JsValue::NULL, JsValue::from_str));
        let follow_up = wrap.and_then(|wrap| wrap.follow_up.as_ref()).map(|follow_up| {
            let object = Object::new();
            json::set(&object, "at", &format_time(follow_up.at).into());
            json::set(&object, "note", &follow_up.note.as_str().into());
            object
        });
        put("followUp", follow_up.map_or(JsValue::NULL, Into::into));
        let call =
            |line: Option<&RibbonCall>| line.map_or(JsValue::NULL, |line| call_object(line, now));
        put("call", call(model.line.as_ref()));
        put("callWaiting", call(model.waiting_call()));
        let judgment = model.permission.judgment.as_ref();
        put(
            "permission",
            judgment.map_or(JsValue::NULL, |one| permission_object(&one.decision, &one.said)),
        );
    });
    state.into()
}

/// Returns a call as part of `getState`.
fn call_object(line: &RibbonCall, now: Millis) -> JsValue {
    let state = Object::new();
    let put = |name: &str, value: JsValue| json::set(&state, name, &value);
    let call = &line.call;
    put("callSid", line.call_sid.as_str().into());
    put("sessionId", line.session_id.as_str().into());
    set_number(&state, &line.phone);
    put("callDirection", call.direction().as_str().into());
    put("status", call.status().as_str().into());
    put("muted", call.is_muted().into());
    put("onHold", call.is_on_hold().into());
    let running = call.connected_at().map_or(0, |since| (now - since).max(0) / 1000);
    let seconds = call.duration().map_or(running, i64::from);
    put("duration", JsValue::from_f64(f64::from(u32::try_from(seconds).unwrap_or(0))));
    state.into()
}
