//! Moving the focus.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Focuses the first element of the page that matches a selector, after the next drawing.
pub fn focus_soon(selector: String) {
    request_animation_frame(move || {
        let found = document().query_selector(&selector).ok().flatten();
        if let Some(field) = found.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
            // Focusing an element of the page cannot fail.
            let _ = field.focus();
        }
    });
}
