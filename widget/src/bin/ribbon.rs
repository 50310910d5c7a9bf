//! The ribbon's WebAssembly program: exports two functions to the loader.

use call_ribbon_widget::ribbon::api;
use wasm_bindgen::prelude::*;

/// Sets the URL that the script was loaded from.
#[wasm_bindgen]
pub fn home(url: &str) {
    api::set_home(url);
}

/// Runs one call of the JavaScript API.
#[wasm_bindgen]
#[must_use]
pub fn call(method: &str, arguments: &js_sys::Array) -> JsValue {
    api::run_method(method, arguments)
}

fn main() {}
