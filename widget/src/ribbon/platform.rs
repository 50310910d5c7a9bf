//! The browser's functions that the ribbon uses, as free names.
//!
//! The build wraps the glue into a function that is given these names by the loader, which
//! took them from the page when it first ran. A page that replaces `window.fetch` or
//! `window.setTimeout` later therefore does not change what the ribbon does.

use call_ribbon_shared::Millis;
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = fetch)]
    pub(super) fn fetch(url: &str, init: &Object) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, milliseconds: i32) -> f64;

    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(id: f64);

    #[wasm_bindgen(js_name = setInterval)]
    fn set_interval(callback: &Function, milliseconds: i32) -> f64;

    #[wasm_bindgen(js_name = clearInterval)]
    fn clear_interval(id: f64);

    #[wasm_bindgen(catch, js_name = structuredClone)]
    fn structured_clone(value: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn random_values(into: &Uint8Array);

    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn since_origin() -> f64;

    #[wasm_bindgen(thread_local_v2, js_namespace = performance, js_name = timeOrigin)]
    static ORIGIN: f64;

    #[wasm_bindgen(js_namespace = console, js_name = error)]
    pub(super) fn console_error(text: &str, value: &JsValue);
}

/// A copy that shares nothing with the value; the value itself where it cannot be copied (it
/// holds a function, say).
pub(super) fn copy(value: &JsValue) -> JsValue {
    structured_clone(value).unwrap_or_else(|_| value.clone())
}

/// Something of the page's window, by name.
pub(super) fn global(name: &str) -> Result<JsValue, JsValue> {
    Reflect::get(&web_sys::window().into(), &name.into())
}

/// Calls a method by name. What the ribbon seldom needs is called so: a line of its own in the
/// glue for each would be more to download.
pub(super) fn invoke(
    target: &JsValue,
    method: &str,
    arguments: &[JsValue],
) -> Result<JsValue, JsValue> {
    let function: Function = Reflect::get(target, &method.into())?.dyn_into()?;
    let list = Array::new();
    for argument in arguments {
        list.push(argument);
    }
    Reflect::apply(&function, target, &list)
}

/// Milliseconds since 1970 by the clock that the page began with. It goes on evenly when the
/// system's clock is set meanwhile (High Resolution Time, "Monotonic Clock").
pub(super) fn now() -> Millis {
    #[expect(clippy::cast_possible_truncation, reason = "a date fits in 53 bits")]
    let now = (ORIGIN.with(|origin| *origin) + since_origin()) as Millis;
    now
}

/// How far the system's clock is from [`now`], in milliseconds. It changes when that clock is set,
/// and when the machine sleeps: the other one may stand still then.
pub(super) fn skew() -> Millis {
    #[expect(clippy::cast_possible_truncation, reason = "a date fits in 53 bits")]
    let wall = js_sys::Date::now() as Millis;
    wall - now()
}

/// A random UUID (version 4). `crypto.randomUUID` is not there on plain-HTTP pages.
pub(super) fn uuid() -> String {
    let array = Uint8Array::new_with_length(16);
    random_values(&array);
    let mut bytes = [0_u8; 16];
    array.copy_to(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = String::with_capacity(36);
    for (i, byte) in bytes.into_iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for half in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
        }
    }
    text
}

/// A timer that stops when it is dropped.
pub(super) struct Timer {
    id: f64,
    repeats: bool,
    _callback: Closure<dyn FnMut()>,
}

impl Timer {
    /// Calls once, after the time.
    pub(super) fn after(milliseconds: i32, call: impl FnMut() + 'static) -> Self {
        let callback = Closure::<dyn FnMut()>::new(call);
        let id = set_timeout(callback.as_ref().unchecked_ref(), milliseconds);
        Self { id, repeats: false, _callback: callback }
    }

    /// Calls again and again.
    pub(super) fn every(milliseconds: i32, call: impl FnMut() + 'static) -> Self {
        let callback = Closure::<dyn FnMut()>::new(call);
        let id = set_interval(callback.as_ref().unchecked_ref(), milliseconds);
        Self { id, repeats: true, _callback: callback }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if self.repeats { clear_interval(self.id) } else { clear_timeout(self.id) }
    }
}

/// Calls in a task of its own, so that the page around gets on before; at once where nobody looks
/// at the page, since timers are slow there and nothing is held up.
pub(super) fn soon(call: impl FnOnce() + 'static) -> Option<Timer> {
    if web_sys::window().and_then(|window| window.document()).is_some_and(|page| page.hidden()) {
        call();
        return None;
    }
    let mut call = Some(call);
    Some(Timer::after(0, move || {
        if let Some(call) = call.take() {
            call();
        }
    }))
}

/// A listener that is removed when it is dropped.
pub(super) struct Listener {
    target: web_sys::EventTarget,
    event: &'static str,
    callback: Closure<dyn FnMut(web_sys::Event)>,
}

impl Listener {
    /// Listens to an event of a target.
    pub(super) fn on(
        target: &web_sys::EventTarget,
        event: &'static str,
        call: impl FnMut(web_sys::Event) + 'static,
    ) -> Self {
        let callback = Closure::<dyn FnMut(web_sys::Event)>::new(call);
        // Adding fails only for a target without the method, which these types rule out.
        let _ = target.add_event_listener_with_callback(event, callback.as_ref().unchecked_ref());
        Self { target: target.clone(), event, callback }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let callback = self.callback.as_ref().unchecked_ref();
        let _ = self.target.remove_event_listener_with_callback(self.event, callback);
    }
}
