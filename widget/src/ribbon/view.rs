//! Draws the model. It decides nothing: what is shown follows from [`Model`], and a click becomes a
//! message.
//!
//! Nearly every element always exists and is only shown or hidden. Nothing is created again during
//! a call, so the keyboard focus stays where it is and nothing jumps.

mod bar;
mod call_waiting;
mod controls;
mod history;
mod keypad;
mod panel;
mod place;
mod wrap_up;

use super::model::Model;
use super::platform;
use super::runtime::Ribbon;
use super::step::Msg;
use call_ribbon_shared::Millis;
use leptos::prelude::*;
use panel::{Panel, attr, on};
use std::rc::{Rc, Weak};
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Shared by the parts of the interface: the model to draw, and the ribbon to send messages to.
#[derive(Clone, Copy)]
pub(super) struct Handle {
    ribbon: StoredValue<Weak<Ribbon>, LocalStorage>,
    model: RwSignal<Model, LocalStorage>,
    now: RwSignal<Millis>,
}

impl Handle {
    /// Creates the handle of a ribbon.
    pub(super) fn new(
        ribbon: &Rc<Ribbon>,
        model: RwSignal<Model, LocalStorage>,
        now: RwSignal<Millis>,
    ) -> Self {
        let ribbon = ribbon.owner().with(|| StoredValue::new_local(Rc::downgrade(ribbon)));
        Self { ribbon, model, now }
    }

    /// Reads the model and tracks its changes.
    fn see<T>(self, read: impl FnOnce(&Model) -> T) -> T {
        self.model.with(read)
    }

    /// Returns the ribbon, unless it is being removed.
    fn ribbon(self) -> Option<Rc<Ribbon>> {
        self.ribbon.try_with_value(Weak::upgrade).flatten()
    }

    /// Sends a message to the ribbon.
    fn tell(self, msg: Msg) {
        if let Some(ribbon) = self.ribbon() {
            ribbon.tell(msg);
        }
    }
}

/// Prevents a key that is held down on a button from pressing it repeatedly, as Enter does.
pub(super) fn hold(event: &web_sys::Event) {
    let key: &web_sys::KeyboardEvent = event.unchecked_ref();
    if key.repeat() && panel::about(event, "button").is_some() && key.key() != "Tab" {
        event.prevent_default();
    }
}

/// Creates the whole interface.
pub(super) fn ribbon(handle: Handle) -> impl IntoView {
    let place = NodeRef::new();
    place.on_load(move |card: web_sys::HtmlDivElement| {
        place::recall(&card);
        let bar = panel::put(&card, "div", "bar");
        attr(&bar, "part", "bar");
        attr(&bar, "role", "region");
        build(handle, card.unchecked_into(), bar.unchecked_into(), 0);
    });
    view! {
        <div
            class="place"
            node_ref=place
            data-position=move || handle.see(|model| model.position.as_str())
            data-minimized=move || handle.see(|model| model.minimized.to_string())
            hidden=move || handle.see(|model| model.hidden)
            lang=move || handle.see(|model| model.words.tag)
            dir=move || handle.see(|model| model.words.say("dir"))
        ></div>
    }
}

/// Creates a part in the place, or in the bar within it.
type Part = fn(Handle, &Element, &Element) -> Panel;

/// The bar and the panels that open over it.
const PARTS: [Part; 8] = [
    |handle, _, bar| Panel::new(vec![on(handle, bar, "pointerdown", place::drag)], |_| {}),
    call_waiting::call_waiting,
    |_, _, bar| bar::who(bar),
    |handle, _, bar| bar::what(handle, bar),
    |handle, _, bar| controls::controls(handle, bar),
    |handle, place, _| keypad::keypad(handle, place),
    |handle, place, _| wrap_up::wrap_up(handle, place),
    |handle, place, _| history::history(handle, place),
];

/// Creates the parts one after the other, each in a task of its own, so that the page is never
/// blocked for long; the unfinished interface is not visible.
fn build(handle: Handle, place: Element, bar: Element, at: usize) {
    let Some(ribbon) = handle.ribbon() else { return };
    let Some(part) = PARTS.get(at) else {
        // Our own attribute can always be removed.
        let _ = place.remove_attribute("data-building");
        ribbon.move_desk();
        return;
    };
    attr(&place, "data-building", "true");
    ribbon.within_host(|| panel::follow(handle, part(handle, &place, &bar)));
    if let Some(timer) = platform::soon(move || build(handle, place, bar, at + 1)) {
        ribbon.build_on(timer);
    }
}
