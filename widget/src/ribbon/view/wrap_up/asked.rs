//! The fields that the agent fills in with a disposition.

use super::child_elements;
use super::panel::{self, set_attribute, set_text};
use crate::ribbon::model::Model;
use crate::ribbon::wrap_up::{AskedField, WrapUp};
use web_sys::{Element, HtmlElement};

/// Draws the fields of the chosen disposition; created again only when another one is chosen.
pub(super) fn draw_fields(place: &HtmlElement, model: &Model, wrap: &WrapUp) {
    let asked = model.chosen_outcome().map(|one| one.requires.as_slice()).unwrap_or_default();
    place.set_hidden(asked.is_empty());
    if asked.is_empty() {
        if place.has_child_nodes() {
            place.set_text_content(None);
            set_attribute(place, "data-code", "");
        }
        return;
    }
    draw_asked(place, asked, model, wrap);
}

#[inline(never)]
fn draw_asked(place: &HtmlElement, asked: &[AskedField], model: &Model, wrap: &WrapUp) {
    let code = wrap.disposition.as_deref().unwrap_or_default();
    if place.get_attribute("data-code").as_deref() != Some(code) {
        set_attribute(place, "data-code", code);
        place.set_text_content(None);
        for field in asked {
            add_field(place, field);
        }
    }
    let lacking = model.lacking_field();
    for (label, field) in child_elements(place).into_iter().zip(asked) {
        let Some(input) = label.last_element_child() else { continue };
        panel::set_field_value(&input, wrap.field_text(&field.name));
        let wrong = lacking.is_some() && !field.accepts(wrap.field_text(&field.name));
        set_attribute(&input, "aria-invalid", if wrong { "true" } else { "false" });
    }
}

fn add_field(place: &Element, field: &AskedField) {
    let label = panel::add_element(place, "label", "ask");
    let name = panel::add_element(&label, "span", "label");
    set_attribute(&name, "dir", "auto");
    set_text(&name, &field.label);
    let tag = if field.kind == "choice" { "select" } else { "input" };
    let input = panel::add_element(&label, tag, "asked");
    set_attribute(&input, "part", "outcome-field");
    set_attribute(&input, "data-name", &field.name);
    set_attribute(&input, "aria-required", if field.optional { "false" } else { "true" });
    match field.kind.as_str() {
        "date" => set_attribute(&input, "type", "date"),
        "amount" => set_attribute(&input, "inputmode", "decimal"),
        "choice" => {
            for choice in [""].into_iter().chain(field.choices.iter().map(String::as_str)) {
                let option = panel::add_element(&input, "option", "");
                set_attribute(&option, "value", choice);
                set_text(&option, choice);
            }
        }
        _ => {
            set_attribute(&input, "maxlength", "1000");
            set_attribute(&input, "dir", "auto");
        }
    }
}
