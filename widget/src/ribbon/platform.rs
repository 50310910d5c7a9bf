//! The browser functions that the ribbon uses, as free names.
//!
//! The build wraps the glue in a function. The loader passes it these names, taken from the page
//! when the loader first ran. A page that replaces `window.fetch` or `window.setTimeout` later
//! therefore does not change the ribbon.

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

/// Returns a deep copy of the value, or the value itself if it cannot be copied (it holds a
/// function, say).
pub(super) fn deep_copy(value: &JsValue) -> JsValue {
    structured_clone(value).unwrap_or_else(|_| value.clone())
}

/// Returns a property of the page's window, by name.
pub(super) fn page_property(name: &str) -> Result<JsValue, JsValue> {
    Reflect::get(&web_sys::window().into(), &name.into())
}

/// Calls a method by name. Used for functions that the ribbon seldom needs: a declaration in the
/// glue for each would add more to the download.
pub(super) fn call_method(
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

/// Returns the time in milliseconds since 1970, by the clock of the page's start. It advances
/// evenly even if the system's clock is set meanwhile (High Resolution Time, "Monotonic Clock").
pub(super) fn now() -> Millis {
    #[expect(clippy::cast_possible_truncation, reason = "a date fits in 53 bits")]
    let now = (ORIGIN.with(|origin| *origin) + since_origin()) as Millis;
    now
}

/// Returns the difference between the system's clock and [`now`], in milliseconds. It changes when
/// that clock is set, and when the machine sleeps: the other clock may stop then.
pub(super) fn clock_skew() -> Millis {
    #[expect(clippy::cast_possible_truncation, reason = "a date fits in 53 bits")]
    let wall = js_sys::Date::now() as Millis;
    wall - now()
}

/// Returns a random UUID (version 4). `crypto.randomUUID` is missing on plain-HTTP pages.
pub(super) fn random_uuid() -> String {
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
    /// Calls the function once, after a delay.
    pub(super) fn after(milliseconds: i32, call: impl FnMut() + 'static) -> Self {
        let callback = Closure::<dyn FnMut()>::new(call);
        let id = set_timeout(callback.as_ref().unchecked_ref(), milliseconds);
        Self { id, repeats: false, _callback: callback }
    }

    /// Calls the function repeatedly, at an interval.
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

/// Runs the function in a task of its own, so that the page can continue first. Runs it immediately
/// if the page is not visible, since timers are slow there and nothing is delayed.
pub(super) fn run_soon(call: impl FnOnce() + 'static) -> Option<Timer> {
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
    /// Adds a listener for an event of a target.
    pub(super) fn on(
        target: &web_sys::EventTarget,
        event: &'static str,
        call: impl FnMut(web_sys::Event) + 'static,
    ) -> Self {
        let callback = Closure::<dyn FnMut(web_sys::Event)>::new(call);
        // Adding fails only for a target without the method, which these types exclude.
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
