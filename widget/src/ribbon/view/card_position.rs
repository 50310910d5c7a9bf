//! The position of the floating card: it is dragged by any part that is not a button, and restored
//! later.

use super::Handle;
use crate::ribbon::model::Position;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, PointerEvent};

/// The name under which the card's position is stored, as `left,top` in pixels.
const REMEMBERED: &str = "call-ribbon.place";

/// Begins to drag the card.
pub(super) fn begin_drag(handle: Handle, event: &web_sys::Event) {
    let down: &PointerEvent = event.unchecked_ref();
    let floating = handle.model.with_untracked(|model| model.position == Position::Floating);
    let (Some(card), Some(grip)) = (
        super::panel::closest_match(event, ".place").map(JsCast::unchecked_into::<HtmlElement>),
        down.current_target().map(JsCast::unchecked_into::<HtmlElement>),
    ) else {
        return;
    };
    let on_button = super::panel::closest_match(event, "button").is_some();
    if !floating || down.button() != 0 || on_button {
        return;
    }
    let _ = grip.set_pointer_capture(down.pointer_id());
    let edges = card.get_bounding_client_rect();
    let (dx, dy) =
        (f64::from(down.client_x()) - edges.left(), f64::from(down.client_y()) - edges.top());
    let moving = {
        let card = card.clone();
        Closure::<dyn FnMut(PointerEvent)>::new(move |event: PointerEvent| {
            move_card(&card, f64::from(event.client_x()) - dx, f64::from(event.client_y()) - dy);
        })
    };
    grip.set_onpointermove(Some(moving.as_ref().unchecked_ref()));
    let end = {
        let grip = grip.clone();
        Closure::once_into_js(move || {
            grip.set_onpointermove(None);
            grip.set_onpointerup(None);
            grip.set_onpointercancel(None);
            drop(moving);
            store_place(&card);
        })
    };
    grip.set_onpointerup(Some(end.unchecked_ref()));
    grip.set_onpointercancel(Some(end.unchecked_ref()));
}

/// Restores the card's position, within the window.
pub(super) fn recall_place(card: &HtmlElement) {
    let found = local_storage().and_then(|storage| storage.get_item(REMEMBERED).ok().flatten());
    let place = found.as_deref().and_then(|text| {
        let (left, top) = text.split_once(',')?;
        Some((left.parse::<i32>().ok()?, top.parse::<i32>().ok()?))
    });
    if let Some((left, top)) = place {
        move_card(card, f64::from(left), f64::from(top));
    }
}

/// Moves the card, but never out of the window.
fn move_card(card: &HtmlElement, left: f64, top: f64) {
    let size = |get: fn(&web_sys::Window) -> Result<JsValue, JsValue>| {
        web_sys::window()
            .and_then(|window| get(&window).ok())
            .and_then(|size| size.as_f64())
            .unwrap_or(0.0)
    };
    let width = size(web_sys::Window::inner_width) - f64::from(card.offset_width());
    let height = size(web_sys::Window::inner_height) - f64::from(card.offset_height());
    #[expect(clippy::cast_possible_truncation, reason = "a window is not that wide")]
    let whole = |value: f64, most: f64| (value.min(most).max(0.0) as i32).to_string();
    let style = card.style();
    let _ = style.set_property("--left", &(whole(left, width) + "px"));
    let _ = style.set_property("--top", &(whole(top, height) + "px"));
    let _ = card.set_attribute("data-moved", "true");
    // The keypad opens to the side that has room.
    let _ = card.set_attribute("data-upper", if top < height / 2.0 { "true" } else { "false" });
}

fn store_place(card: &HtmlElement) {
    let edges = card.get_bounding_client_rect();
    #[expect(clippy::cast_possible_truncation, reason = "a window is not that wide")]
    let text = format!("{},{}", edges.left() as i32, edges.top() as i32);
    // A page may forbid storage; then the card is back in its corner next time.
    if let Some(storage) = local_storage() {
        let _ = storage.set_item(REMEMBERED, &text);
    }
}

fn local_storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}
