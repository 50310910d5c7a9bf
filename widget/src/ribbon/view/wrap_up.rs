//! The panel for after-call work: notes, dispositions, and the follow-up.

mod asked;

use super::Handle;
use super::controls;
use super::keypad::digit_of;
use super::panel::{self, Panel, add_listener, set_attribute, set_text};
use crate::ribbon::model::Model;
use crate::ribbon::platform;
use crate::ribbon::step::{Msg, WrapUpMsg};
use crate::ribbon::words::Words;
use crate::ribbon::wrap_up::{Disposition, WrapUp};
use call_ribbon_shared::Millis;
use js_sys::Date;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

/// The number of dispositions that have a key.
const KEYS: usize = 9;

impl Handle {
    /// Sends a message about the notes.
    fn dispatch_wrap_up(self, msg: WrapUpMsg) {
        self.dispatch(Msg::WrapUp(msg));
    }
}

/// Chooses a disposition by its position in the list, or clears the choice. A heading is opened or
/// closed.
fn choose_disposition(handle: Handle, place: usize) {
    let chosen = handle.model.with_untracked(|model| {
        let code = &model.offered_outcomes().get(place)?.code;
        let wrap = model.wrap_up.as_ref();
        let other = |now: Option<&String>| (now != Some(code)).then(|| code.clone());
        if model.is_group(code) {
            return Some(WrapUpMsg::Group(other(wrap.and_then(|wrap| wrap.group.as_ref()))));
        }
        let now = wrap.and_then(|wrap| wrap.disposition.as_ref());
        Some(WrapUpMsg::Disposition(other(now), None))
    });
    if let Some(msg) = chosen {
        handle.dispatch_wrap_up(msg);
    }
}

/// Handles keys: Escape closes, Ctrl+Enter saves, with Shift it also calls the next customer, a
/// digit chooses. While the agent types in a field, digits are text unless Alt is held.
fn handle_key(handle: Handle, event: &Event) {
    let event: &KeyboardEvent = event.unchecked_ref();
    let name = event.key();
    let digit = digit_of(event).parse::<usize>().ok().filter(|d| (1..=KEYS).contains(d));
    if name == "Escape" {
        handle.dispatch_wrap_up(WrapUpMsg::Open(false));
    } else if name == "Enter" && (event.ctrl_key() || event.meta_key()) {
        if event.shift_key() && handle.model.with_untracked(Model::has_open_notes) {
            controls::press_main(handle, false);
        } else {
            handle.dispatch_wrap_up(WrapUpMsg::Done);
        }
    } else if let Some(digit) = digit {
        choose_disposition(handle, digit - 1);
    } else {
        return;
    }
    event.prevent_default();
}

/// Draws the notes of a call.
type DrawNotes = Box<dyn Fn(&Model, &WrapUp)>;

/// Creates the panel; it always exists, so that the typed text stays as it is.
pub(super) fn wrap_up_panel(handle: Handle, place: &Element) -> Panel {
    let root = panel::add_element(place, "section", "panel wrap");
    set_attribute(&root, "part", "wrap-up");
    let (title, close) = panel::add_head(&root);
    let notes = panel::add_element(&root, "textarea", "notes");
    for (name, value) in [("rows", "3"), ("maxlength", "20000"), ("dir", "auto")] {
        set_attribute(&notes, name, value);
    }
    let chips = panel::add_element(&root, "div", "chips");
    set_attribute(&chips, "role", "group");
    let asked = panel::add_element(&root, "div", "asks");
    let later = panel::add_element(&root, "div", "later");
    set_attribute(&later, "role", "group");
    let label = panel::add_element(&later, "span", "label");
    let tomorrow = panel::add_button(&later, "chip", "tomorrow");
    let soon = panel::add_button(&later, "chip", "soon");
    let at = panel::add_element(&later, "input", "at");
    set_attribute(&at, "type", "datetime-local");
    let about = panel::add_element(&later, "input", "about");
    set_attribute(&about, "dir", "auto");
    let foot = panel::add_element(&root, "div", "foot");
    let saved = panel::add_element(&foot, "span", "saved");
    set_attribute(&saved, "role", "status");
    let done = panel::add_button(&foot, "solid", "done");
    let listeners = vec![
        add_listener(handle, &root, "click", handle_click),
        add_listener(handle, &root, "keydown", handle_key),
        add_listener(handle, &root, "input", handle_input),
        add_listener(handle, &at, "change", handle_date),
    ];
    let section = root.clone();
    // Boxed, so that its code is no part of the function below, which runs from the start.
    let draw: DrawNotes = Box::new(move |model, wrap| {
        let words = model.words;
        let heading = words.fill("wrap-up", &wrap.who);
        set_attribute(&root, "aria-label", &heading);
        set_text(&title, &heading);
        set_attribute(&title, "title", &heading);
        panel::set_name(&close, words.say("close"));
        set_attribute(&notes, "aria-label", words.say("notes"));
        set_attribute(&notes, "placeholder", words.say("notes.hint"));
        panel::set_field_value(&notes, &wrap.notes);
        set_attribute(&chips, "aria-label", words.say("outcome"));
        draw_chips(&chips, model, wrap);
        asked::draw_fields(&asked, model, wrap);
        set_attribute(&later, "aria-label", words.say("follow-up"));
        set_text(&label, words.say("follow-up"));
        set_text(&tomorrow, words.say("tomorrow"));
        set_text(&soon, words.say("soon"));
        set_attribute(&at, "aria-label", words.say("follow-up.at"));
        let due = wrap.follow_up.as_ref();
        set_attribute(&at, "aria-invalid", if wrap.past { "true" } else { "false" });
        if !wrap.past {
            panel::set_field_value(&at, &due.map(|due| format_local(due.at)).unwrap_or_default());
        }
        set_attribute(&tomorrow, "data-at", &next_morning().to_string());
        let due_at = due.map(|due| due.at.to_string());
        for chip in [&tomorrow, &soon] {
            let chosen = due_at.is_some() && chip.get_attribute("data-at") == due_at;
            set_attribute(chip, "aria-pressed", if chosen { "true" } else { "false" });
        }
        set_attribute(&about, "aria-label", words.say("follow-up.note"));
        set_attribute(&about, "placeholder", words.say("follow-up.note"));
        about.set_hidden(due.is_none());
        panel::set_field_value(&about, due.map_or("", |due| &due.note));
        let lacking = model.lacking_field();
        set_text(
            &saved,
            &match lacking {
                Some(field) if wrap.field_text(&field.name).trim().is_empty() => {
                    words.fill("lacking", &field.label)
                }
                Some(field) => words.fill("wrong-amount", &field.label),
                None => saved_text(words, wrap),
            },
        );
        set_text(&done, words.say("save"));
        set_attribute(&done, "aria-keyshortcuts", "Control+Enter");
    });
    Panel::new(listeners, move |model| {
        let wrap = model.wrap_up.as_ref().filter(|wrap| wrap.open);
        section.set_hidden(wrap.is_none());
        if let Some(wrap) = wrap {
            draw(model, wrap);
        }
    })
}

/// Returns a text that says whether the server has the notes.
fn saved_text(words: Words, wrap: &WrapUp) -> String {
    if wrap.past {
        return words.say("follow-up.past").to_owned();
    }
    let empty = wrap.notes.is_empty() && wrap.disposition.is_none() && wrap.follow_up.is_none();
    let key = match &wrap.failed {
        Some(why) if !why.is_empty() => return why.clone(),
        Some(_) => "unsaved",
        None if wrap.sending.is_some() => "saving",
        None if wrap.is_saved() && wrap.version > 0 && !empty => "saved",
        None => return String::new(),
    };
    words.say(key).to_owned()
}

/// Draws one button per disposition; redrawn only when the list changes.
fn draw_chips(chips: &HtmlElement, model: &Model, wrap: &WrapUp) {
    let list = model.offered_outcomes();
    let codes: Vec<&str> = list.iter().map(|one| one.code.as_str()).collect();
    let codes = [model.words.tag, &codes.join(" ")].concat();
    if chips.get_attribute("data-codes").as_deref() != Some(&codes) {
        set_attribute(chips, "data-codes", &codes);
        chips.set_text_content(None);
        for (place, one) in list.iter().enumerate() {
            let chip = panel::add_button(chips, "chip", "choose");
            if place < KEYS {
                let digit = (place + 1).to_string();
                set_attribute(&chip, "aria-keyshortcuts", &["Alt+", &digit].concat());
                let key = panel::add_element(&chip, "kbd", "");
                set_attribute(&key, "aria-hidden", "true");
                set_text(&key, &digit);
            }
            let name = panel::add_element(&chip, "span", "");
            set_attribute(&name, "dir", "auto");
            set_text(&name, model.words.translate(&one.label));
        }
    }
    let chosen = wrap.disposition.as_ref();
    let above = model.chosen_outcome().map(|one| &one.parent).filter(|code| !code.is_empty());
    for (chip, Disposition { code, .. }) in child_elements(chips).into_iter().zip(list) {
        let pressed = chosen == Some(code) || above == Some(code);
        set_attribute(&chip, "aria-pressed", if pressed { "true" } else { "false" });
        if model.is_group(code) {
            let open = wrap.group.as_ref() == Some(code);
            set_attribute(&chip, "aria-expanded", if open { "true" } else { "false" });
        }
    }
}

fn child_elements(of: &Element) -> Vec<Element> {
    let mut all = Vec::new();
    let mut next = of.first_element_child();
    while let Some(child) = next {
        next = child.next_element_sibling();
        all.push(child);
    }
    all
}

fn handle_click(handle: Handle, event: &Event) {
    let Some(button) = panel::closest_match(event, "[data-act]") else { return };
    handle.dispatch_wrap_up(match button.get_attribute("data-act").unwrap_or_default().as_str() {
        "close" => WrapUpMsg::Open(false),
        "done" => WrapUpMsg::Done,
        "tomorrow" | "soon" if button.get_attribute("aria-pressed").as_deref() == Some("true") => {
            WrapUpMsg::FollowUp(None)
        }
        "tomorrow" => WrapUpMsg::FollowUp(Some(next_morning())),
        "soon" => {
            let at = platform::now() + 2 * 3_600_000;
            // The chip shows that it is chosen while the time is this one.
            set_attribute(&button, "data-at", &at.to_string());
            WrapUpMsg::FollowUp(Some(at))
        }
        "choose" => {
            let place = button
                .parent_element()
                .and_then(|chips| child_elements(&chips).iter().position(|chip| *chip == button));
            return choose_disposition(handle, place.unwrap_or(usize::MAX));
        }
        _ => return,
    });
}

fn handle_input(handle: Handle, event: &Event) {
    let Some(field) = panel::closest_match(event, ".notes,.about,.asked") else { return };
    let text = panel::field_value(&field);
    if let Some(name) = field.get_attribute("data-name") {
        return handle.dispatch_wrap_up(WrapUpMsg::Field(name, text));
    }
    let about = field.class_name() == "about";
    handle.dispatch_wrap_up(if about {
        WrapUpMsg::FollowUpNote(text)
    } else {
        WrapUpMsg::Notes(text, None)
    });
}

fn handle_date(handle: Handle, event: &Event) {
    let Some(field) = panel::closest_match(event, ".at") else { return };
    let at = Date::parse(&panel::field_value(&field));
    #[expect(clippy::cast_possible_truncation, reason = "a date fits in 53 bits")]
    let at = (!at.is_nan()).then_some(at as Millis);
    handle.dispatch_wrap_up(match at {
        Some(at) if at < platform::now() => WrapUpMsg::FollowUpPast,
        at => WrapUpMsg::FollowUp(at),
    });
}

/// Returns ten o'clock of the next day, in the agent's time zone.
fn next_morning() -> Millis {
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
fn format_local(at: Millis) -> String {
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
