//! The panel of recent calls: missed ones first, then this customer's, then the rest.

use super::Handle;
use super::panel::{self, Panel, add_element, add_listener, set_attribute, set_text};
use crate::ribbon::hidden_number::visible_part;
use crate::ribbon::history::{HistoryContent, PastCall};
use crate::ribbon::model::Model;
use crate::ribbon::step::{HistoryMsg as About, Msg};
use crate::ribbon::words;
use icondata_lu as set;
use leptos::prelude::*;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

/// Creates the panel, which is redrawn when other calls are to be shown.
pub(super) fn history_panel(handle: Handle, place: &Element) -> Panel {
    let root = add_element(place, "section", "panel past");
    set_attribute(&root, "part", "history");
    let (title, close) = panel::add_head(&root);
    let list = add_element(&root, "div", "list");
    let listeners = vec![
        add_listener(handle, &root, "click", handle_click),
        add_listener(handle, &root, "keydown", handle_key),
    ];
    let drawn = Cell::new(0);
    Panel::new(listeners, move |model| {
        let history = &model.history;
        root.set_hidden(!history.open);
        if !history.open {
            return;
        }
        let heading = model.words.say("history");
        set_attribute(&root, "aria-label", heading);
        set_text(&title, heading);
        panel::set_name(&close, model.words.say("close"));
        if drawn.replace(history.version) != history.version {
            list.set_text_content(None);
            let calls = matches!(&history.shown, HistoryContent::Calls(calls) if !calls.is_empty());
            set_attribute(&list, "role", if calls { "list" } else { "presentation" });
            draw_calls(&list, model);
        }
    })
}

fn draw_calls(list: &HtmlElement, model: &Model) {
    let words = model.words;
    let note = |key| {
        let line = add_element(list, "p", "note");
        set_attribute(&line, "role", "status");
        set_text(&line, words.say(key));
    };
    match &model.history.shown {
        HistoryContent::Loading => note("history.loading"),
        HistoryContent::Failed => {
            note("history.failed");
            let again = panel::add_button(list, "chip", "again");
            set_text(&again, words.say("again"));
        }
        HistoryContent::Calls(calls) if calls.is_empty() => note("history.empty"),
        HistoryContent::Calls(calls) => {
            for (section, key) in
                [(0, "history.missed"), (1, "history.customer"), (2, "history.recent")]
            {
                let mut heading = false;
                for (place, call) in calls.iter().enumerate().filter(|(_, c)| c.section == section)
                {
                    if !std::mem::replace(&mut heading, true) {
                        set_text(&add_element(list, "div", "section"), words.say(key));
                    }
                    draw_call(list, model, place, call);
                }
            }
        }
    }
}

/// Draws one call: its direction and outcome, who, when and how long, and the button to call again.
fn draw_call(list: &HtmlElement, model: &Model, place: usize, call: &PastCall) {
    let words = model.words;
    let row = add_element(list, "div", "row");
    set_attribute(&row, "role", "listitem");
    let (icon, way) = match (call.missed, call.inbound) {
        (true, _) => (set::LuPhoneMissed.data, "state.missed"),
        (false, true) => (set::LuPhoneIncoming.data, "history.in"),
        (false, false) => (set::LuPhoneOutgoing.data, "history.out"),
    };
    let mark = add_element(&row, "span", if call.missed { "mark missed" } else { "mark" });
    set_attribute(&mark, "role", "img");
    panel::set_name(&mark, words.say(way));
    panel::draw_icon(&mark, icon);
    let lines = add_element(&row, "span", "lines");
    let who = match (call.name.as_str(), visible_part(&call.phone)) {
        ("", "") => words.say("withheld"),
        ("", phone) => phone,
        (name, _) => name,
    };
    let name = add_element(&lines, "b", "name");
    set_attribute(&name, "dir", "auto");
    set_text(&name, who);
    set_attribute(&name, "data-number", if call.name.is_empty() { "true" } else { "false" });
    let mut before = call.when.clone();
    if call.seconds > 0 {
        before = [&before, " · ", &words::format_duration(call.seconds)].concat();
    }
    let outcome = call.disposition.as_deref().map_or("", |code| model.outcome_label(code));
    let number = if call.name.is_empty() { "" } else { visible_part(&call.phone) };
    if !number.is_empty() || !outcome.is_empty() {
        before.push_str(" · ");
    }
    panel::add_details(&lines, &before).show_details(number, outcome);
    set_attribute(
        &lines,
        "title",
        &[who, "\n", &before, number, " ", outcome, "\n", &call.notes].concat(),
    );
    if call.phone.is_empty() {
        return;
    }
    let again = panel::add_button(&row, "quiet small", "redial");
    set_attribute(&again, "data-place", &place.to_string());
    panel::set_name(&again, &words.fill("history.call", who));
    panel::draw_icon(&again, set::LuPhone.data);
}

fn handle_click(handle: Handle, event: &Event) {
    let Some(button) = panel::closest_match(event, "[data-act]") else { return };
    match button.get_attribute("data-act").unwrap_or_default().as_str() {
        "close" => handle.dispatch(Msg::History(About::Open(false))),
        "again" => handle.dispatch(Msg::History(About::Open(true))),
        "redial" => {
            let place = button.get_attribute("data-place").and_then(|p| p.parse::<usize>().ok());
            let phone = handle.model.with_untracked(|model| match &model.history.shown {
                HistoryContent::Calls(calls) => Some(calls.get(place?)?.phone.clone()),
                _ => None,
            });
            if let (Some(ribbon), Some(phone)) = (handle.upgrade_ribbon(), phone) {
                ribbon.request_call(Some(phone), None);
            }
        }
        _ => {}
    }
}

/// Handles keys: arrows move from call to call; Escape closes.
fn handle_key(handle: Handle, event: &Event) {
    let key = event.unchecked_ref::<KeyboardEvent>().key();
    let down = match key.as_str() {
        "Escape" => {
            event.prevent_default();
            return handle.dispatch(Msg::History(About::Open(false)));
        }
        "ArrowDown" => true,
        "ArrowUp" => false,
        _ => return,
    };
    let Some(list) = panel::closest_match(event, ".past") else { return };
    event.prevent_default();
    let buttons = panel::find_all(&list, "[data-act=\"redial\"]");
    let here = panel::closest_match(event, "[data-act=\"redial\"]");
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
