//! Functions that create the parts of the ribbon from plain elements.
//!
//! A Leptos view is compiled again for each of its closures, which is much to download. So Leptos
//! only keeps the state and reports its changes. A part is created once by the few functions here
//! and follows the model by an effect. Text and attributes are set as such, never as HTML, which
//! strict pages refuse.

use super::Handle;
use crate::ribbon::icon;
use crate::ribbon::model::Model;
use crate::ribbon::platform::Listener;
use icondata_lu as set;
use leptos::prelude::*;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent, MouseEvent};

const SVG: &str = "http://www.w3.org/2000/svg";

/// The maximum distance between the two taps of a double tap, in CSS pixels: half a button.
const SAME_PLACE: i32 = 20;

thread_local! {
    /// The position of the last click, in CSS pixels of the window.
    static LAST_CLICK: Cell<(i32, i32)> = const { Cell::new((0, 0)) };
}

/// A panel: how it is drawn, and its listeners.
pub(super) struct Panel {
    draw: Box<dyn Fn(&Model)>,
    _listeners: Vec<Listener>,
}

impl Panel {
    /// Creates a panel from its parts.
    pub(super) fn new(listeners: Vec<Listener>, draw: impl Fn(&Model) + 'static) -> Self {
        Self { draw: Box::new(draw), _listeners: listeners }
    }
}

/// Redraws the panel whenever the model changes, until the ribbon is removed.
pub(super) fn follow_model(handle: Handle, panel: Panel) {
    Effect::new(move |_: Option<()>| {
        // Capture the whole panel, so that its listeners live as long.
        let panel = &panel;
        handle.track_model(|model| (panel.draw)(model));
    });
}

/// Adds a listener that is a plain function, so that there is one kind of listener. Repeats of a
/// held key or button and the second click of a double click are ignored as unintended.
pub(super) fn add_listener(
    handle: Handle,
    target: &Element,
    event: &'static str,
    then: fn(Handle, &Event),
) -> Listener {
    Listener::on(target, event, move |event| {
        if !is_repeat(&event) {
            then(handle, &event);
        }
    })
}

/// Returns whether the event only repeats the previous one. The same digit may come twice in a row,
/// and arrows repeat while they are held.
fn is_repeat(event: &Event) -> bool {
    if event.type_() == "click" {
        let click: &MouseEvent = event.unchecked_ref();
        let at = (click.client_x(), click.client_y());
        let before = LAST_CLICK.replace(at);
        // Browsers count quick taps up to 100 px apart as one double tap, so the position
        // distinguishes two buttons that are tapped one after the other.
        let is_near = (at.0 - before.0).abs().max((at.1 - before.1).abs()) < SAME_PLACE;
        return click.detail() > 1 && is_near && closest_match(event, ".key").is_none();
    }
    let key: &KeyboardEvent = event.unchecked_ref();
    event.type_() == "keydown" && key.repeat() && !key.key().starts_with("Arrow")
}

/// Creates an element in another one.
pub(super) fn add_element(parent: &Element, tag: &str, class: &str) -> HtmlElement {
    add_element_of(parent, None, tag, class).unchecked_into()
}

fn add_element_of(parent: &Element, space: Option<&str>, tag: &str, class: &str) -> Element {
    let made = parent.owner_document().and_then(|document| match space {
        Some(space) => document.create_element_ns(Some(space), tag).ok(),
        None => document.create_element(tag).ok(),
    });
    // The tags are ours, so each of them can be created.
    let element = made.unwrap_or_else(|| parent.clone());
    set_attribute(&element, "class", class);
    let _ = parent.append_child(&element);
    element
}

/// Creates a button that performs the action `act`.
pub(super) fn add_button(parent: &Element, class: &str, act: &str) -> HtmlElement {
    let button = add_element(parent, "button", class);
    set_attribute(&button, "type", "button");
    set_attribute(&button, "data-act", act);
    button
}

/// Adds an icon to a button; its path can be changed to show another icon.
pub(super) fn draw_icon(parent: &Element, data: &str) -> Element {
    let svg = add_element_of(parent, Some(SVG), "svg", "icon");
    set_attribute(&svg, "viewBox", "0 0 24 24");
    set_attribute(&svg, "aria-hidden", "true");
    let path = add_element_of(&svg, Some(SVG), "path", "");
    set_attribute(&path, "d", &icon::icon_path(data));
    path
}

/// Creates a panel's title and the button that closes it.
pub(super) fn add_head(panel: &Element) -> (HtmlElement, HtmlElement) {
    let head = add_element(panel, "div", "head");
    let title = add_element(&head, "b", "title");
    let close = add_button(&head, "quiet small", "close");
    draw_icon(&close, set::LuX.data);
    (title, close)
}

/// Sets an attribute if it differs.
pub(super) fn set_attribute(element: &Element, name: &str, value: &str) {
    if element.get_attribute(name).as_deref() != Some(value) {
        // The names are ours, so each of them can be set.
        let _ = element.set_attribute(name, value);
    }
}

/// Sets a button's name for screen readers and for its tooltip (`loader/tips.js`).
pub(super) fn set_name(element: &Element, name: &str) {
    set_attribute(element, "aria-label", name);
}

/// Sets which key presses a button, for screen readers and for its tooltip: `command` is its name in
/// the options.
pub(super) fn set_shortcut(handle: Handle, button: &Element, command: &str) {
    let chord =
        handle.upgrade_ribbon().map(|ribbon| ribbon.command_chord(command)).unwrap_or_default();
    if chord.is_empty() {
        // Our own attribute can always be removed.
        let _ = button.remove_attribute("aria-keyshortcuts");
        return;
    }
    set_attribute(button, "aria-keyshortcuts", &chord);
}

/// Sets the text if it differs.
pub(super) fn set_text(element: &Element, text: &str) {
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
}

/// Returns the text typed into a field.
pub(super) fn field_value(field: &Element) -> String {
    field.unchecked_ref::<HtmlInputElement>().value()
}

/// Sets the text of a field if it differs, so that the cursor stays where it is.
pub(super) fn set_field_value(field: &Element, value: &str) {
    let field: &HtmlInputElement = field.unchecked_ref();
    if field.value() != value {
        field.set_value(value);
    }
}

/// Returns the event's target, or its nearest ancestor, that matches the selector.
pub(super) fn closest_match(event: &Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok()?
}
