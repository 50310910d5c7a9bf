//! The bar's first two zones: the other side, and the state of the call.

use super::Handle;
use super::panel::{self, Panel, attr, put, text};
use crate::ribbon::customer::Customer;
use crate::ribbon::model::{Look, Model};
use crate::ribbon::words;
use leptos::prelude::*;
use web_sys::Element;

/// Creates the zone of the other side: initials, name, number and entries of the context.
pub(super) fn who(bar: &Element) -> Panel {
    let zone = put(bar, "div", "who");
    attr(&zone, "part", "who");
    let avatar = put(&zone, "span", "avatar");
    attr(&avatar, "aria-hidden", "true");
    let lines = put(&zone, "span", "lines");
    let name = put(&lines, "b", "name");
    let details = panel::details(&lines, "");
    attr(&name, "dir", "auto");
    Panel::new(Vec::new(), move |model| {
        let customer = model.shown_customer();
        text(&avatar, &customer.map_or_else(String::new, Customer::initials));
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
        text(&name, who);
        attr(&name, "data-number", if called.is_empty() { "true" } else { "false" });
        let facts = customer.map(|customer| customer.facts.as_slice()).unwrap_or_default();
        let facts: Vec<_> =
            facts.iter().map(|(label, value)| [label, " ", value].concat()).collect();
        let facts = facts.join(" · ");
        details.show(number, &facts);
        attr(&zone, "title", &[who, "\n", number, "\n", &facts].concat());
    })
}

/// Creates the zone of the call's state: the state in a word, the time, and a line that says what
/// to do next.
pub(super) fn what(handle: Handle, bar: &Element) -> Panel {
    let zone = put(bar, "div", "what");
    attr(&zone, "part", "what");
    let lines = put(&zone, "span", "lines");
    let now = put(&lines, "span", "now");
    attr(&put(&now, "i", "dot"), "aria-hidden", "true");
    let state = put(&now, "b", "state");
    attr(&state, "role", "status");
    let timer = put(&now, "span", "timer");
    attr(&timer, "role", "timer");
    let advice = put(&lines, "span", "advice");
    for (name, value) in [("role", "status"), ("dir", "auto")] {
        attr(&advice, name, value);
    }
    let bar = bar.clone();
    Panel::new(Vec::new(), move |model| {
        attr(&bar, "aria-label", model.words.say("ribbon"));
        attr(&bar, "data-look", model.look().as_str());
        text(&state, model.words.say(words::state(model)));
        let now = handle.now.get();
        text(&timer, &seconds(model, now).map_or_else(String::new, words::clock));
        let said = words::advice(model);
        text(&advice, &said);
        attr(&zone, "title", &said);
        let shouts =
            matches!(model.look(), Look::Failed | Look::Offline) || model.trouble.is_some();
        attr(&advice, "data-alert", if shouts { "true" } else { "false" });
    })
}

/// Returns the seconds of talk so far, or in total.
fn seconds(model: &Model, now: i64) -> Option<i64> {
    let line = model.line.as_ref()?;
    match line.call.connected_at() {
        Some(since) if line.is_live() => Some((now - since).max(0) / 1000),
        Some(_) => line.call.duration().map(i64::from),
        None => None,
    }
}
