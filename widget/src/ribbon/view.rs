//! Draws the model. It decides nothing: what is shown follows from [`Model`], and a click becomes a
//! message.
//!
//! Nearly every element always exists and is only shown or hidden. Nothing is created again during
//! a call, so the keyboard focus stays where it is and nothing jumps.

mod bar;
mod call_waiting;
mod card_position;
mod controls;
mod keypad;
mod panel;
mod wrap_up;

use super::model::Model;
use super::platform;
use super::runtime::Ribbon;
use super::step::Msg;
use call_ribbon_shared::Millis;
use leptos::prelude::*;
use panel::{Panel, add_listener, set_attribute};
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
    fn track_model<T>(self, read: impl FnOnce(&Model) -> T) -> T {
        self.model.with(read)
    }

    /// Returns the ribbon, unless it is being removed.
    fn upgrade_ribbon(self) -> Option<Rc<Ribbon>> {
        self.ribbon.try_with_value(Weak::upgrade).flatten()
    }

    /// Sends a message to the ribbon.
    fn dispatch(self, msg: Msg) {
        if let Some(ribbon) = self.upgrade_ribbon() {
            ribbon.dispatch(msg);
        }
    }
}

/// Prevents a key that is held down on a button from pressing it repeatedly, as Enter does.
pub(super) fn ignore_repeat(event: &web_sys::Event) {
    let key: &web_sys::KeyboardEvent = event.unchecked_ref();
    if key.repeat() && panel::closest_match(event, "button").is_some() && key.key() != "Tab" {
        event.prevent_default();
    }
}

/// Creates the whole interface.
pub(super) fn ribbon_view(handle: Handle) -> impl IntoView {
    let place = NodeRef::new();
    place.on_load(move |card: web_sys::HtmlDivElement| {
        let bar = panel::add_element(&card, "div", "bar");
        set_attribute(&bar, "part", "bar");
        set_attribute(&bar, "role", "region");
        panel::follow_model(handle, place_panel(&card));
        build_parts(handle, card.unchecked_into(), bar.unchecked_into(), 0);
    });
    view! { <div class="place" node_ref=place></div> }
}

/// Follows what the whole interface depends on. Attributes of a Leptos view would each be compiled
/// separately.
fn place_panel(place: &Element) -> Panel {
    let place = place.clone();
    Panel::new(Vec::new(), move |model| {
        set_attribute(&place, "data-position", model.position.as_str());
        set_attribute(&place, "data-minimized", if model.minimized { "true" } else { "false" });
        set_attribute(&place, "lang", model.words.tag);
        set_attribute(&place, "dir", model.words.say("dir"));
        // Our own attribute can always be changed.
        let _ = place.toggle_attribute_with_force("hidden", model.hidden);
    })
}

/// Creates a part in the place, or in the bar within it.
type Part = fn(Handle, &Element, &Element) -> Panel;

/// The bar and the panels that open over it.
const PARTS: [Part; 10] = [
    |handle, _, bar| {
        Panel::new(
            vec![add_listener(handle, bar, "pointerdown", card_position::begin_drag)],
            |_| {},
        )
    },
    call_waiting::call_waiting,
    |handle, _, bar| bar::party_zone(handle, bar),
    |handle, _, bar| bar::facts_zone(handle, bar),
    |_, _, bar| bar::last_word_zone(bar),
    |handle, _, bar| bar::state_zone(handle, bar),
    |handle, _, bar| controls::controls(handle, bar),
    |handle, place, _| keypad::keypad_panel(handle, place),
    |handle, place, _| wrap_up::wrap_up_panel(handle, place),
    |_, _, bar| bar::script_line(bar),
];

/// Creates the parts one after the other, each in a task of its own, so that the page is never
/// blocked for long; the unfinished interface is not visible.
fn build_parts(handle: Handle, place: Element, bar: Element, at: usize) {
    let Some(ribbon) = handle.upgrade_ribbon() else { return };
    let Some(part) = PARTS.get(at) else {
        // Now that its size is known.
        card_position::recall_place(place.unchecked_ref());
        // Our own attribute can always be removed.
        let _ = place.remove_attribute("data-building");
        ribbon.move_desk();
        return;
    };
    set_attribute(&place, "data-building", "true");
    ribbon.within_host(|| panel::follow_model(handle, part(handle, &place, &bar)));
    if let Some(timer) = platform::run_soon(move || build_parts(handle, place, bar, at + 1)) {
        ribbon.keep_builder(timer);
    }
}
