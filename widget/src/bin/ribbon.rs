//! The ribbon's WebAssembly program: two functions for the loader.

use call_ribbon_widget::ribbon::api;
use wasm_bindgen::prelude::*;

/// Says where the script came from.
#[wasm_bindgen]
pub fn home(url: &str) {
    api::set_home(url);
}

/// Carries out one call of the JavaScript API.
#[wasm_bindgen]
#[must_use]
pub fn call(method: &str, arguments: &js_sys::Array) -> JsValue {
    api::call(method, arguments)
}

fn main() {}
