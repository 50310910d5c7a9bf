//! The keypad: twelve digits and the digits sent so far.

use super::Handle;
use super::panel::{self, Panel, attr, on, put, text};
use crate::ribbon::json;
use crate::ribbon::model::Line;
use crate::ribbon::platform;
use crate::ribbon::step::Msg;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, KeyboardEvent};

/// The keys and the letters below their digits (ITU-T E.161).
const DIGITS: [(&str, &str); 12] = [
    ("1", ""),
    ("2", "ABC"),
    ("3", "DEF"),
    ("4", "GHI"),
    ("5", "JKL"),
    ("6", "MNO"),
    ("7", "PQRS"),
    ("8", "TUV"),
    ("9", "WXYZ"),
    ("*", ""),
    ("0", ""),
    ("#", ""),
];

/// The most digits that may be pasted at once: a longer text is not a number.
const MOST_PASTED: usize = 64;

#[wasm_bindgen]
extern "C" {
    /// Returns the digit, star or hash of a key event. Empty for another key, and if the key types
    /// into a field. Implemented in `loader/keys.js`, which the build adds to the glue.
    #[wasm_bindgen(js_name = callRibbonDigit)]
    pub(super) fn digit_of(event: &KeyboardEvent) -> String;
}

/// Creates the keypad, shown while it is open. Digits can be typed and pasted anywhere in the
/// ribbon except into its fields; Escape closes it.
pub(super) fn keypad(handle: Handle, place: &Element) -> Panel {
    let root = put(place, "div", "keypad");
    attr(&root, "part", "keypad");
    attr(&root, "role", "group");
    // It takes the focus when it opens.
    attr(&root, "tabindex", "-1");
    let sent = put(&root, "output", "digits");
    attr(&sent, "aria-live", "polite");
    let extension = panel::button(&root, "key extension", "extension");
    for (digit, letters) in DIGITS {
        let key = panel::button(&root, "key", "digit");
        attr(&key, "data-digit", digit);
        text(&put(&key, "span", ""), digit);
        let below = put(&key, "span", "letters");
        attr(&below, "aria-hidden", "true");
        text(&below, letters);
    }
    let listeners = vec![
        on(handle, &root, "click", click),
        on(handle, place, "keydown", key),
        on(handle, place, "paste", paste),
    ];
    Panel::new(listeners, move |model| {
        root.set_hidden(!model.keypad);
        attr(&root, "aria-label", model.words.say("keypad"));
        attr(&sent, "data-hint", model.words.say("keypad.hint"));
        text(&sent, model.live().map_or("", |line| &line.digits));
        let digits = model.live().map(Line::extension).unwrap_or_default();
        extension.set_hidden(digits.is_empty());
        attr(&extension, "data-digit", &digits);
        text(&extension, &model.words.fill("extension", &digits));
    })
}

fn send(handle: Handle, digits: String) {
    handle.tell(Msg::Digits(digits));
}

fn is_open(handle: Handle) -> bool {
    handle.model.with_untracked(|model| model.keypad)
}

fn click(handle: Handle, event: &Event) {
    let key = panel::about(event, ".key");
    if let Some(digits) = key.and_then(|key| key.get_attribute("data-digit")) {
        send(handle, digits);
    }
}

fn key(handle: Handle, event: &Event) {
    // A panel above it, such as the notes, handles its keys first.
    if event.default_prevented() || !is_open(handle) {
        return;
    }
    let event: &KeyboardEvent = event.unchecked_ref();
    if event.key() == "Escape" {
        handle.tell(Msg::Keypad(false));
    } else {
        let digit = digit_of(event);
        if digit.is_empty() || event.alt_key() {
            return;
        }
        // A key that is held down is one tone.
        if !event.repeat() {
            send(handle, digit);
        }
    }
    event.prevent_default();
}

fn paste(handle: Handle, event: &Event) {
    if !is_open(handle) || panel::about(event, "textarea,input,select").is_some() {
        return;
    }
    let data = json::field(event, "clipboardData");
    let pasted = platform::invoke(&data, "getData", &["text".into()]);
    let pasted = pasted.ok().and_then(|text| text.as_string()).unwrap_or_default();
    // Only a number as it is written: other content would be lost silently.
    let dials = |c: &char| c.is_ascii_digit() || matches!(c, '*' | '#');
    let written = |c: char| dials(&c) || " -.()/+\u{a0}\t\r\n".contains(c);
    let digits: String = pasted.chars().filter(dials).take(MOST_PASTED + 1).collect();
    if digits.len() <= MOST_PASTED && pasted.chars().all(written) {
        send(handle, digits);
    }
    event.prevent_default();
}
