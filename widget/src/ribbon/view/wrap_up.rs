//! The panel for after-call work: notes, dispositions, and the follow-up.

use super::Handle;
use super::controls;
use super::keypad::digit_of;
use super::panel::{self, Panel, attr, on, text};
use crate::ribbon::platform;
use crate::ribbon::step::{Msg, Wrap};
use crate::ribbon::words::Words;
use crate::ribbon::wrap_up::WrapUp;
use call_ribbon_shared::Millis;
use js_sys::Date;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

/// The number of dispositions that have a key.
const KEYS: usize = 9;

impl Handle {
    /// Sends a message about the notes.
    fn wrap(self, msg: Wrap) {
        self.tell(Msg::Wrap(msg));
    }
}

/// Chooses a disposition by its position in the list, or clears the choice.
fn choose(handle: Handle, place: usize) {
    let chosen = handle.model.with_untracked(|model| {
        let (code, _) = model.dispositions.get(place)?;
        let now = model.wrap_up.as_ref().and_then(|wrap| wrap.disposition.as_ref());
        Some((now != Some(code)).then(|| code.clone()))
    });
    if let Some(code) = chosen {
        handle.wrap(Wrap::Disposition(code, None));
    }
}

/// Handles keys: Escape closes, Ctrl+Enter saves and continues, a digit chooses. While the agent
/// types in a field, digits are text unless Alt is held.
fn key(handle: Handle, event: &Event) {
    let event: &KeyboardEvent = event.unchecked_ref();
    let name = event.key();
    let digit = digit_of(event).parse::<usize>().ok().filter(|d| (1..=KEYS).contains(d));
    if name == "Escape" {
        handle.wrap(Wrap::Open(false));
    } else if name == "Enter" && (event.ctrl_key() || event.meta_key()) {
        handle.wrap(Wrap::Done);
    } else if let Some(digit) = digit {
        choose(handle, digit - 1);
    } else {
        return;
    }
    event.prevent_default();
}

/// Creates the panel; it always exists, so that the typed text stays as it is.
pub(super) fn wrap_up(handle: Handle, place: &Element) -> Panel {
    let root = panel::put(place, "section", "panel wrap");
    attr(&root, "part", "wrap-up");
    let (title, close) = panel::head(&root);
    let notes = panel::put(&root, "textarea", "notes");
    for (name, value) in [("rows", "3"), ("maxlength", "20000"), ("dir", "auto")] {
        attr(&notes, name, value);
    }
    let chips = panel::put(&root, "div", "chips");
    attr(&chips, "role", "group");
    let later = panel::put(&root, "div", "later");
    attr(&later, "role", "group");
    let label = panel::put(&later, "span", "label");
    let tomorrow = panel::button(&later, "chip", "tomorrow");
    let soon = panel::button(&later, "chip", "soon");
    let at = panel::put(&later, "input", "at");
    attr(&at, "type", "datetime-local");
    let about = panel::put(&later, "input", "about");
    attr(&about, "dir", "auto");
    let foot = panel::put(&root, "div", "foot");
    let saved = panel::put(&foot, "span", "saved");
    attr(&saved, "role", "status");
    let done = panel::button(&foot, "solid", "done");
    let listeners = vec![
        on(handle, &root, "click", click),
        on(handle, &root, "keydown", key),
        on(handle, &root, "input", typed),
        on(handle, &at, "change", picked),
    ];
    Panel::new(listeners, move |model| {
        let wrap = model.wrap_up.as_ref().filter(|wrap| wrap.open);
        root.set_hidden(wrap.is_none());
        let Some(wrap) = wrap else { return };
        let words = model.words;
        let heading = words.fill("wrap-up", &wrap.who);
        attr(&root, "aria-label", &heading);
        text(&title, &heading);
        attr(&title, "title", &heading);
        panel::name(&close, words.say("close"));
        attr(&notes, "aria-label", words.say("notes"));
        attr(&notes, "placeholder", words.say("notes.hint"));
        panel::fill(&notes, &wrap.notes);
        attr(&chips, "aria-label", words.say("outcome"));
        draw_chips(&chips, &model.dispositions, wrap.disposition.as_deref());
        attr(&later, "aria-label", words.say("follow-up"));
        text(&label, words.say("follow-up"));
        text(&tomorrow, words.say("tomorrow"));
        text(&soon, words.say("soon"));
        attr(&at, "aria-label", words.say("follow-up.at"));
        let due = wrap.follow_up.as_ref();
        panel::fill(&at, &due.map(|due| local(due.at)).unwrap_or_default());
        attr(&about, "aria-label", words.say("follow-up.note"));
        attr(&about, "placeholder", words.say("follow-up.note"));
        about.set_hidden(due.is_none());
        panel::fill(&about, due.map_or("", |due| &due.note));
        text(&saved, &how_saved(words, wrap));
        text(&done, &controls::save_name(model));
        attr(&done, "title", "Ctrl+Enter");
    })
}

/// Returns a text that says whether the server has the notes.
fn how_saved(words: Words, wrap: &WrapUp) -> String {
    let key = match &wrap.failed {
        Some(why) if !why.is_empty() => return why.clone(),
        Some(_) => "unsaved",
        None if wrap.sending.is_some() => "saving",
        None if wrap.is_saved() && wrap.version > 0 => "saved",
        None => return String::new(),
    };
    words.say(key).to_owned()
}

/// Draws one button per disposition; redrawn only when the list changes.
fn draw_chips(chips: &HtmlElement, list: &[(String, String)], chosen: Option<&str>) {
    let codes: Vec<&str> = list.iter().map(|(code, _)| code.as_str()).collect();
    let codes = codes.join(" ");
    if chips.get_attribute("data-codes").as_deref() != Some(&codes) {
        attr(chips, "data-codes", &codes);
        chips.set_text_content(None);
        for (place, (_, label)) in list.iter().enumerate() {
            let chip = panel::button(chips, "chip", "choose");
            if place < KEYS {
                let digit = (place + 1).to_string();
                attr(&chip, "aria-keyshortcuts", &["Alt+", &digit].concat());
                let key = panel::put(&chip, "kbd", "");
                attr(&key, "aria-hidden", "true");
                text(&key, &digit);
            }
            let name = panel::put(&chip, "span", "");
            attr(&name, "dir", "auto");
            text(&name, label);
        }
    }
    for (chip, (code, _)) in children(chips).into_iter().zip(list) {
        attr(&chip, "aria-pressed", if chosen == Some(code) { "true" } else { "false" });
    }
}

fn children(of: &Element) -> Vec<Element> {
    let mut all = Vec::new();
    let mut next = of.first_element_child();
    while let Some(child) = next {
        next = child.next_element_sibling();
        all.push(child);
    }
    all
}

fn click(handle: Handle, event: &Event) {
    let Some(button) = panel::about(event, "[data-act]") else { return };
    handle.wrap(match button.get_attribute("data-act").unwrap_or_default().as_str() {
        "close" => Wrap::Open(false),
        "done" => Wrap::Done,
        "tomorrow" => Wrap::FollowUp(Some(tomorrow())),
        "soon" => Wrap::FollowUp(Some(platform::now() + 2 * 3_600_000)),
        "choose" => {
            let place = button
                .parent_element()
                .and_then(|chips| children(&chips).iter().position(|chip| *chip == button));
            return choose(handle, place.unwrap_or(usize::MAX));
        }
        _ => return,
    });
}

fn typed(handle: Handle, event: &Event) {
    let Some(field) = panel::about(event, ".notes,.about") else { return };
    let text = panel::value(&field);
    let about = field.class_name() == "about";
    handle.wrap(if about { Wrap::FollowUpNote(text) } else { Wrap::Notes(text, None) });
}

fn picked(handle: Handle, event: &Event) {
    let Some(field) = panel::about(event, ".at") else { return };
    let at = Date::parse(&panel::value(&field));
    #[expect(clippy::cast_possible_truncation, reason = "a date fits in 53 bits")]
    handle.wrap(Wrap::FollowUp((!at.is_nan()).then_some(at as Millis)));
}

/// Returns ten o'clock of the next day, in the agent's time zone.
fn tomorrow() -> Millis {
    let date = Date::new_0();
    date.set_date(date.get_date() + 1);
    date.set_hours(10);
    date.set_minutes(0);
    date.set_seconds(0);
    date.set_milliseconds(0);
    #[expect(clippy::cast_possible_truncation, reason = "a date fits in 53 bits")]
    let at = date.get_time() as Millis;
    at
}

/// Formats a time for its input field: in the agent's time zone, to the minute.
fn local(at: Millis) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a date fits in 53 bits")]
    let date = Date::new(&JsValue::from_f64(at as f64));
    let two = |number: u32| if number < 10 { format!("0{number}") } else { number.to_string() };
    [
        &date.get_full_year().to_string(),
        "-",
        &two(date.get_month() + 1),
        "-",
        &two(date.get_date()),
        "T",
        &two(date.get_hours()),
        ":",
        &two(date.get_minutes()),
    ]
    .concat()
}
