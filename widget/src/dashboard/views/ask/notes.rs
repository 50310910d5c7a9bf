//! Remarks that a reader should know before trusting an answer.

use crate::dashboard::address::Address;
use crate::dashboard::ui::{Note, Tone, format};
use crate::dashboard::views::field::field_title;
use call_ribbon_shared::wire::{Breakdown, Fields};
use leptos::prelude::*;

/// Other spellings of the selected field.
#[component]
pub fn SpellingNote(fields: Fields) -> impl IntoView {
    let address = Address::from_router();
    move || {
        let by = address.get("by")?;
        let field = fields.fields.iter().find(|field| field.field == by)?;
        if field.spelled_like.is_empty() {
            return None;
        }
        let others = field
            .spelled_like
            .iter()
            .map(|other| {
                let href = address.with_filters(&[("by", other), ("edges", "")]);
                view! { <a href=href><code>{other.clone()}</code></a>" " }
            })
            .collect_view();
        Some(view! {
            <Note tone=Tone::Amber>
                <b>{format!("“{}” is sent under more than one name", field_title(&by))}</b>
                <p>"Calls that send it as "{others}"are counted there, not here. Use one name on all pages."</p>
            </Note>
        })
    }
}

/// Returns remarks about values that were cut off and numbers that are estimates.
pub fn breakdown_notes(breakdown: &Breakdown) -> impl IntoView + use<> {
    let cut = breakdown.truncated.then(|| {
        view! {
            <Note tone=Tone::Amber>
                <b>"This field has too many different values"</b>
                <p>"Rare values are counted as Other. To look up a name or an ID, search the calls."</p>
            </Note>
        }
    });
    let shared = (!breakdown.interpolated.is_empty()).then(|| {
        let edges: Vec<String> =
            breakdown.interpolated.iter().map(|edge| format::decimal(*edge)).collect();
        view! {
            <Note tone=Tone::Blue>
                <b>{format!("The numbers near {} are estimates", edges.join(", "))}</b>
                <p>"This field has so many different numbers that they are stored in small steps, and these edges are inside a step. Rounder edges are exact."</p>
            </Note>
        }
    });
    view! { {cut}{shared} }
}
