//! The bar's first two zones: the other side, and the state of the call.

use super::Handle;
use super::panel::{self, Panel, add_element, set_attribute, set_text};
use crate::ribbon::customer::Customer;
use crate::ribbon::model::{Look, Model};
use crate::ribbon::words;
use leptos::prelude::*;
use web_sys::Element;

/// Creates the zone of the other side: initials, name, number and entries of the context.
pub(super) fn party_zone(bar: &Element) -> Panel {
    let zone = add_element(bar, "div", "who");
    set_attribute(&zone, "part", "who");
    let avatar = add_element(&zone, "span", "avatar");
    set_attribute(&avatar, "aria-hidden", "true");
    let lines = add_element(&zone, "span", "lines");
    let name = add_element(&lines, "b", "name");
    let details = panel::add_details(&lines, "");
    set_attribute(&name, "dir", "auto");
    Panel::new(Vec::new(), move |model| {
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
        set_attribute(&name, "data-number", if called.is_empty() { "true" } else { "false" });
        let facts = customer.map(|customer| customer.facts.as_slice()).unwrap_or_default();
        let facts: Vec<_> = facts.iter().map(|(name, value)| [name, " ", value].concat()).collect();
        let facts = facts.join(" · ");
        details.show_details(number, &facts);
        set_attribute(&zone, "title", &[who, "\n", number, "\n", &facts].concat());
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
    let advice = add_element(&lines, "span", "advice");
    for (name, value) in [("role", "status"), ("dir", "auto")] {
        set_attribute(&advice, name, value);
    }
    let bar = bar.clone();
    Panel::new(Vec::new(), move |model| {
        set_attribute(&bar, "aria-label", model.words.say("ribbon"));
        set_attribute(&bar, "data-look", model.bar_look().as_str());
        set_text(&state, model.words.say(words::state_key(model)));
        let now = handle.now.get();
        set_text(
            &timer,
            &talk_seconds(model, now).map_or_else(String::new, words::format_duration),
        );
        let said = words::advice_line(model);
        set_text(&advice, &said);
        set_attribute(&zone, "title", &said);
        let shouts =
            matches!(model.bar_look(), Look::Failed | Look::Offline) || model.trouble.is_some();
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
