//! The second file of the program, which is loaded when the page is idle (`loader/rest.js`).

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// Implemented in `loader/rest.js`, which the build adds to the glue.
    #[wasm_bindgen(js_name = callRibbonArrive)]
    fn arrive(hurry: bool) -> Promise;
}

/// Waits until the second file is there, or until the next attempt to load it has failed. Returns
/// whether it is there. With `hurry`, the attempt begins now and not when the page is idle.
pub(super) async fn is_whole(hurry: bool) -> bool {
    JsFuture::from(arrive(hurry)).await.is_ok_and(|whole| whole == JsValue::TRUE)
}
