//! The keypad: twelve digits and what was sent so far.

use super::Handle;
use super::panel::{self, Panel, attr, on, put, text};
use crate::ribbon::model::Line;
use crate::ribbon::step::Msg;
use call_ribbon_shared::call::Action;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent};

const DIGITS: [&str; 12] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

/// The keypad, shown while it is open. Digits can be typed, Escape closes it.
pub(super) fn keypad(handle: Handle, place: &Element) -> Panel {
    let root = put(place, "div", "keypad");
    attr(&root, "part", "keypad");
    attr(&root, "role", "group");
    let sent = put(&root, "output", "digits");
    attr(&sent, "aria-live", "polite");
    let extension = panel::button(&root, "key extension", "extension");
    for digit in DIGITS {
        let key = panel::button(&root, "key", "digit");
        attr(&key, "data-digit", digit);
        text(&key, digit);
    }
    let listeners = vec![on(handle, &root, "click", click), on(handle, &root, "keydown", key)];
    Panel::new(listeners, move |model| {
        root.set_hidden(!model.keypad);
        attr(&root, "aria-label", model.words.say("keypad"));
        text(&sent, model.live().map_or("", |line| &line.digits));
        let digits = model.live().map(Line::extension).unwrap_or_default();
        extension.set_hidden(digits.is_empty());
        text(&extension, &model.words.fill("extension", &digits));
    })
}

fn send(handle: Handle, digit: &str) -> bool {
    let known = DIGITS.contains(&digit);
    if let Some(digit) = digit.chars().next().filter(|_| known) {
        handle.tell(Msg::Act { action: Action::Digit(digit), reply: None });
    }
    known
}

fn click(handle: Handle, event: &Event) {
    let key = panel::about(event, ".key");
    if key.as_ref().is_some_and(|key| !key.has_attribute("data-digit")) {
        handle.tell(Msg::SendExtension);
    }
    if let Some(digit) = key.and_then(|key| key.get_attribute("data-digit")) {
        send(handle, &digit);
    }
}

fn key(handle: Handle, event: &Event) {
    let key = event.unchecked_ref::<KeyboardEvent>().key();
    if key == "Escape" {
        handle.tell(Msg::Keypad(false));
    } else if send(handle, &key) {
        event.prevent_default();
    }
}
