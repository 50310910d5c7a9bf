//! The bar's zones but the buttons: the other side, the facts about it, the last word, and the
//! state of the call.

use super::Handle;
use super::panel::{self, Panel, add_element, add_listener, set_attribute, set_text};
use crate::ribbon::customer::Customer;
use crate::ribbon::json;
use crate::ribbon::model::{Look, Model};
use crate::ribbon::words;
use call_ribbon_shared::phone::Phone;
use icondata_lu as set;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, HtmlElement};

#[wasm_bindgen]
extern "C" {
    /// Draws the facts of a customer into an element. Implemented in `loader/facts.js`.
    #[wasm_bindgen(js_name = callRibbonDrawFacts)]
    fn draw_facts(zone: &Element, customer: &JsValue);
    /// Copies a text to the clipboard.
    #[wasm_bindgen(js_name = callRibbonCopy)]
    fn copy_text(button: &Element, text: &str);
}

/// The most characters of a number that is kept on one line.
const SHORT_NUMBER: usize = 28;

/// Adds an element for text in any language.
fn add_text(parent: &Element, tag: &str, class: &str) -> HtmlElement {
    let text = add_element(parent, tag, class);
    set_attribute(&text, "dir", "auto");
    text
}

/// Creates the zone of the other side: initials, name and number.
pub(super) fn party_zone(handle: Handle, bar: &Element) -> Panel {
    let zone = add_element(bar, "div", "who");
    set_attribute(&zone, "part", "who");
    let avatar = add_element(&zone, "span", "avatar");
    set_attribute(&avatar, "aria-hidden", "true");
    let lines = add_element(&zone, "span", "lines");
    let name = add_text(&lines, "b", "name");
    // The companion opens the customer's data.
    for (attribute, value) in [("role", "button"), ("tabindex", "0"), ("data-open", "card")] {
        set_attribute(&name, attribute, value);
    }
    let details = add_element(&lines, "span", "details");
    let number_part = add_element(&details, "span", "number");
    // A number keeps its direction between words of the other direction.
    set_attribute(&number_part, "dir", "ltr");
    let copy = panel::add_button(&details, "quiet copy", "copy");
    panel::draw_icon(&copy, set::LuCopy.data);
    let listeners = vec![add_listener(handle, &copy, "click", copy_number)];
    Panel::new(listeners, move |model| {
        let customer = model.shown_customer();
        set_text(&avatar, &customer.map_or_else(String::new, Customer::initials));
        let phone = model.shown_phone();
        let called = customer.map(|customer| customer.name.as_str()).unwrap_or_default();
        let (who, number) = match (called, phone) {
            ("", "") => match customer.filter(|customer| customer.is_known()) {
                Some(customer) => (customer.id.as_str(), ""),
                None if model.line.is_some() => (model.words.say("withheld"), ""),
                None => (model.words.say("no-customer"), ""),
            },
            ("", phone) => (phone, ""),
            named => named,
        };
        set_text(&name, who);
        let is_long = phone.chars().nth(SHORT_NUMBER).is_some();
        let kind = match (called, is_long) {
            ("", true) => "long",
            ("", false) => "true",
            _ => "false",
        };
        set_attribute(&name, "data-number", kind);
        set_text(&number_part, number);
        set_attribute(&number_part, "data-long", if is_long { "true" } else { "false" });
        details.set_hidden(number.is_empty());
        // Hidden digits cannot be copied.
        copy.set_hidden(phone.contains('•'));
        panel::set_name(&copy, model.words.say("copy"));
        set_attribute(&name, "title", &[who, "\n", number].concat());
    })
}

/// Copies the digits of the number that the bar shows.
fn copy_number(handle: Handle, event: &Event) {
    let Some(button) = panel::closest_match(event, "[data-act]") else { return };
    let phone = handle.model.with_untracked(|model| model.shown_phone().to_owned());
    let digits = Phone::parse(&phone).map_or(phone, |phone| phone.number.as_str().to_owned());
    copy_text(&button, &digits);
}

/// Creates the zone of the facts, as labels over values; after a call, of the time since then.
pub(super) fn facts_zone(handle: Handle, bar: &Element) -> Panel {
    let zone = add_element(bar, "div", "facts");
    set_attribute(&zone, "part", "facts");
    let clock = add_element(&zone, "span", "fact clock");
    let about = add_text(&clock, "span", "fact-name");
    let value = add_element(&clock, "b", "value");
    Panel::new(Vec::new(), move |model| {
        let since = model.line.as_ref().and_then(|line| line.call.ended_at());
        let since = since.filter(|_| model.has_open_notes() && model.shown_notes().is_some());
        clock.set_hidden(since.is_none());
        if let Some(since) = since {
            let seconds = (handle.now.get() - since) / 1000;
            set_text(&about, model.words.say("wrapping-up"));
            set_text(&value, &words::format_duration(seconds));
        }
        let customer = model.shown_customer().map(|customer| customer.data.clone());
        let none = JsValue::UNDEFINED;
        draw_facts(&zone, customer.as_deref().unwrap_or(&none));
    })
}

/// Creates the zone of the last word: when the last call was, what came of it, and the note.
pub(super) fn last_word_zone(bar: &Element) -> Panel {
    let zone = add_element(bar, "div", "last");
    set_attribute(&zone, "part", "last");
    let line = add_text(&zone, "span", "when");
    let when = add_element(&line, "span", "");
    let outcome = add_element(&line, "b", "");
    let due = add_element(&line, "span", "");
    let note = add_text(&zone, "span", "quote");
    Panel::new(Vec::new(), move |model| {
        let last = &model.last_word;
        let words = model.words;
        let shown = !last.when.is_empty() && !model.has_open_notes() && model.trouble.is_none();
        zone.set_hidden(!shown);
        // She returns a call that she missed.
        let returned = model.bar_look() == Look::Incoming && last.status == "no_answer";
        let key = if returned { "last.returned" } else { "last" };
        let came_of = match last.status.as_str() {
            _ if !last.disposition.is_empty() => model.outcome_label(&last.disposition),
            "no_answer" if !returned => words.say("state.no-answer"),
            "busy" => words.say("state.busy"),
            "missed" => words.say("state.missed"),
            "failed" => words.say("state.failed"),
            _ => "",
        };
        let parts =
            [words.fill(key, &last.when), came_of.to_owned(), words.fill("last.due", &last.due)];
        let [said, came_of, follow_up] = parts;
        let follow_up = if last.due.is_empty() { String::new() } else { follow_up };
        let between = |text: &str| if text.is_empty() { "" } else { " · " };
        set_text(&when, &[&said, between(&came_of)].concat());
        set_text(&outcome, &came_of);
        set_text(&due, &[between(&follow_up), &follow_up].concat());
        let quoted =
            if last.note.is_empty() { String::new() } else { ["“", &last.note, "”"].concat() };
        set_text(&note, &words::join_sentences(model.outcome_label(&last.noted), &quoted));
        set_attribute(&zone, "title", &[&said, " · ", &came_of, "\n", &last.note].concat());
    })
}

/// Creates the line with what to say to this customer, if the page has given a `script`.
pub(super) fn script_line(bar: &Element) -> Panel {
    let line = add_element(bar, "p", "script");
    set_attribute(&line, "part", "script");
    set_attribute(&line, "dir", "auto");
    Panel::new(Vec::new(), move |model| {
        let script = model.shown_customer().and_then(|one| json::text(&one.data, "script"));
        let script = script.unwrap_or_default();
        line.set_hidden(script.is_empty());
        set_text(&line, &script);
        set_attribute(&line, "title", &script);
    })
}

/// Creates the zone of the call's state: the state in a word, the time, and a line that says what
/// to do next.
pub(super) fn state_zone(handle: Handle, bar: &Element) -> Panel {
    let zone = add_element(bar, "div", "what");
    set_attribute(&zone, "part", "what");
    let lines = add_element(&zone, "span", "lines");
    let now = add_element(&lines, "span", "now");
    set_attribute(&add_element(&now, "i", "dot"), "aria-hidden", "true");
    let state = add_element(&now, "b", "state");
    set_attribute(&state, "role", "status");
    let timer = add_element(&now, "span", "timer");
    set_attribute(&timer, "role", "timer");
    let advice = add_text(&lines, "span", "advice");
    set_attribute(&advice, "role", "status");
    let bar = bar.clone();
    Panel::new(Vec::new(), move |model| {
        let look = model.bar_look();
        set_attribute(&bar, "aria-label", model.words.say("ribbon"));
        set_attribute(&bar, "data-look", look.as_str());
        let key = words::state_key(model);
        set_text(&state, model.words.say(key));
        // What `loader/rest.js` writes there if the program has to start again.
        set_attribute(&state, "data-offline", model.words.say("state.offline"));
        let now = handle.now.get();
        set_text(
            &timer,
            &talk_seconds(model, now).map_or_else(String::new, words::format_duration),
        );
        let said = words::advice_line(model);
        set_text(&advice, &said);
        set_attribute(&zone, "title", &said);
        // The button says that the customer can be called.
        let quiet = key == "state.idle.customer" && said.is_empty();
        set_attribute(&zone, "data-quiet", if quiet { "true" } else { "false" });
        let shouts = matches!(look, Look::Failed | Look::Offline)
            || model.trouble.is_some()
            || key == "state.trouble"
            || look == Look::Idle && !model.permission.said().is_empty();
        set_attribute(&advice, "data-alert", if shouts { "true" } else { "false" });
    })
}

/// Returns the seconds of talk so far, or in total.
fn talk_seconds(model: &Model, now: i64) -> Option<i64> {
    let line = model.line.as_ref()?;
    match line.call.connected_at() {
        Some(since) if line.is_live() => Some((now - since).max(0) / 1000),
        Some(_) => line.call.duration().map(i64::from),
        None => None,
    }
}
