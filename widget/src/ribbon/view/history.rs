//! The panel of recent calls: missed ones first, then this customer's, then the rest.

use super::Handle;
use super::panel::{self, Panel, attr, on, put, text};
use crate::ribbon::history::{Past, Shown};
use crate::ribbon::model::Model;
use crate::ribbon::step::{Msg, Past as About};
use crate::ribbon::words;
use icondata_lu as set;
use leptos::prelude::*;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

/// Creates the panel, which is redrawn when other calls are to be shown.
pub(super) fn history(handle: Handle, place: &Element) -> Panel {
    let root = put(place, "section", "panel past");
    attr(&root, "part", "history");
    let (title, close) = panel::head(&root);
    let list = put(&root, "div", "list");
    let listeners = vec![on(handle, &root, "click", click), on(handle, &root, "keydown", key)];
    let drawn = Cell::new(0);
    Panel::new(listeners, move |model| {
        let history = &model.history;
        root.set_hidden(!history.open);
        if !history.open {
            return;
        }
        let heading = model.words.say("history");
        attr(&root, "aria-label", heading);
        text(&title, heading);
        panel::name(&close, model.words.say("close"));
        if drawn.replace(history.version) != history.version {
            list.set_text_content(None);
            let calls = matches!(&history.shown, Shown::Calls(calls) if !calls.is_empty());
            attr(&list, "role", if calls { "list" } else { "presentation" });
            draw(&list, model);
        }
    })
}

fn draw(list: &HtmlElement, model: &Model) {
    let words = model.words;
    let note = |key| {
        let line = put(list, "p", "note");
        attr(&line, "role", "status");
        text(&line, words.say(key));
    };
    match &model.history.shown {
        Shown::Loading => note("history.loading"),
        Shown::Failed => {
            note("history.failed");
            let again = panel::button(list, "chip", "again");
            text(&again, words.say("again"));
        }
        Shown::Calls(calls) if calls.is_empty() => note("history.empty"),
        Shown::Calls(calls) => {
            for (section, key) in
                [(0, "history.missed"), (1, "history.customer"), (2, "history.recent")]
            {
                let mut heading = false;
                for (place, call) in calls.iter().enumerate().filter(|(_, c)| c.section == section)
                {
                    if !std::mem::replace(&mut heading, true) {
                        text(&put(list, "div", "section"), words.say(key));
                    }
                    row(list, model, place, call);
                }
            }
        }
    }
}

/// Draws one call: its direction and outcome, who, when and how long, and the button to call again.
fn row(list: &HtmlElement, model: &Model, place: usize, call: &Past) {
    let words = model.words;
    let row = put(list, "div", "row");
    attr(&row, "role", "listitem");
    let (icon, way) = match (call.missed, call.inbound) {
        (true, _) => (set::LuPhoneMissed.data, "state.missed"),
        (false, true) => (set::LuPhoneIncoming.data, "history.in"),
        (false, false) => (set::LuPhoneOutgoing.data, "history.out"),
    };
    let mark = put(&row, "span", if call.missed { "mark missed" } else { "mark" });
    attr(&mark, "role", "img");
    panel::name(&mark, words.say(way));
    panel::draw_icon(&mark, icon);
    let lines = put(&row, "span", "lines");
    let who = match (call.name.as_str(), call.phone.as_str()) {
        ("", "") => words.say("withheld"),
        ("", phone) => phone,
        (name, _) => name,
    };
    let name = put(&lines, "b", "name");
    attr(&name, "dir", "auto");
    text(&name, who);
    attr(&name, "data-number", if call.name.is_empty() { "true" } else { "false" });
    let mut before = call.when.clone();
    if call.seconds > 0 {
        before = [&before, " · ", &words::clock(call.seconds)].concat();
    }
    let outcome = call.disposition.as_deref().map_or("", |code| {
        let label = model.dispositions.iter().find(|(known, _)| known == code);
        label.map_or(code, |(_, label)| label)
    });
    let number = if call.name.is_empty() { "" } else { &call.phone };
    if !number.is_empty() || !outcome.is_empty() {
        before.push_str(" · ");
    }
    panel::details(&lines, &before).show(number, outcome);
    attr(&lines, "title", &[who, "\n", &before, number, " ", outcome, "\n", &call.notes].concat());
    if call.phone.is_empty() {
        return;
    }
    let again = panel::button(&row, "quiet small", "redial");
    attr(&again, "data-place", &place.to_string());
    panel::name(&again, &words.fill("history.call", who));
    panel::draw_icon(&again, set::LuPhone.data);
}

fn click(handle: Handle, event: &Event) {
    let Some(button) = panel::about(event, "[data-act]") else { return };
    match button.get_attribute("data-act").unwrap_or_default().as_str() {
        "close" => handle.tell(Msg::Past(About::Open(false))),
        "again" => handle.tell(Msg::Past(About::Open(true))),
        "redial" => {
            let place = button.get_attribute("data-place").and_then(|p| p.parse::<usize>().ok());
            let phone = handle.model.with_untracked(|model| match &model.history.shown {
                Shown::Calls(calls) => Some(calls.get(place?)?.phone.clone()),
                _ => None,
            });
            if let (Some(ribbon), Some(phone)) = (handle.ribbon(), phone) {
                ribbon.call(Some(phone), None);
            }
        }
        _ => {}
    }
}

/// Handles keys: arrows move from call to call; Escape closes.
fn key(handle: Handle, event: &Event) {
    let key = event.unchecked_ref::<KeyboardEvent>().key();
    let down = match key.as_str() {
        "Escape" => {
            event.prevent_default();
            return handle.tell(Msg::Past(About::Open(false)));
        }
        "ArrowDown" => true,
        "ArrowUp" => false,
        _ => return,
    };
    let Some(list) = panel::about(event, ".past") else { return };
    event.prevent_default();
    let buttons = panel::all(&list, "[data-act=\"redial\"]");
    let here = panel::about(event, "[data-act=\"redial\"]");
    let here = here.and_then(|here| buttons.iter().position(|button| *button == here));
    let next = match here {
        None => 0,
        Some(place) if down => (place + 1).min(buttons.len().saturating_sub(1)),
        Some(place) => place.saturating_sub(1),
    };
    if let Some(button) = buttons.get(next) {
        // Focusing fails only for an element that was removed.
        let _ = button.unchecked_ref::<HtmlElement>().focus();
    }
}
