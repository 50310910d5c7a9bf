//! The keypad: twelve digits and the digits sent so far.

use super::Handle;
use super::panel::{self, Panel, add_element, add_listener, set_attribute, set_text};
use crate::ribbon::json;
use crate::ribbon::model::RibbonCall;
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
pub(super) fn keypad_panel(handle: Handle, place: &Element) -> Panel {
    let root = add_element(place, "div", "keypad");
    set_attribute(&root, "part", "keypad");
    set_attribute(&root, "role", "group");
    // It takes the focus when it opens.
    set_attribute(&root, "tabindex", "-1");
    let sent = add_element(&root, "output", "digits");
    set_attribute(&sent, "aria-live", "polite");
    let extension = panel::add_button(&root, "key extension", "extension");
    for (digit, letters) in DIGITS {
        let key = panel::add_button(&root, "key", "digit");
        set_attribute(&key, "data-digit", digit);
        set_text(&add_element(&key, "span", ""), digit);
        let below = add_element(&key, "span", "letters");
        set_attribute(&below, "aria-hidden", "true");
        set_text(&below, letters);
    }
    let listeners = vec![
        add_listener(handle, &root, "click", handle_click),
        add_listener(handle, place, "keydown", handle_key),
        add_listener(handle, place, "paste", handle_paste),
    ];
    Panel::new(listeners, move |model| {
        root.set_hidden(!model.keypad);
        set_attribute(&root, "aria-label", model.words.say("keypad"));
        set_attribute(&sent, "data-hint", model.words.say("keypad.hint"));
        set_text(&sent, model.live_call().map_or("", |line| &line.digits));
        let digits = model.live_call().map(RibbonCall::extension).unwrap_or_default();
        extension.set_hidden(digits.is_empty());
        set_attribute(&extension, "data-digit", &digits);
        set_text(&extension, &model.words.fill("extension", &digits));
    })
}

fn send_digits(handle: Handle, digits: String) {
    handle.dispatch(Msg::Digits(digits));
}

fn is_open(handle: Handle) -> bool {
    handle.model.with_untracked(|model| model.keypad)
}

fn handle_click(handle: Handle, event: &Event) {
    let key = panel::closest_match(event, ".key");
    if let Some(digits) = key.and_then(|key| key.get_attribute("data-digit")) {
        send_digits(handle, digits);
    }
}

fn handle_key(handle: Handle, event: &Event) {
    // A panel above it, such as the notes, handles its keys first.
    if event.default_prevented() || !is_open(handle) {
        return;
    }
    let event: &KeyboardEvent = event.unchecked_ref();
    if event.key() == "Escape" {
        handle.dispatch(Msg::Keypad(false));
    } else {
        let digit = digit_of(event);
        if digit.is_empty() || event.alt_key() {
            return;
        }
        // A key that is held down is one tone.
        if !event.repeat() {
            send_digits(handle, digit);
        }
    }
    event.prevent_default();
}

fn handle_paste(handle: Handle, event: &Event) {
    if !is_open(handle) || panel::closest_match(event, "textarea,input,select").is_some() {
        return;
    }
    let data = json::field(event, "clipboardData");
    let pasted = platform::call_method(&data, "getData", &["text".into()]);
    let pasted = pasted.ok().and_then(|text| text.as_string()).unwrap_or_default();
    // Only a number as it is written: other content would be lost silently.
    let dials = |c: &char| c.is_ascii_digit() || matches!(c, '*' | '#');
    let written = |c: char| dials(&c) || " -.()/+\u{a0}\t\r\n".contains(c);
    let digits: String = pasted.chars().filter(dials).take(MOST_PASTED + 1).collect();
    if digits.len() <= MOST_PASTED && pasted.chars().all(written) {
        send_digits(handle, digits);
    }
    event.prevent_default();
}
