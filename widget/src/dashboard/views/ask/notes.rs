//! Remarks that a reader should know before trusting an answer.

use crate::dashboard::access::Access;
use crate::dashboard::address::{Address, view_link};
use crate::dashboard::ui::{Note, Tone, format};
use crate::dashboard::views::counted_from::counted_from_note;
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

/// Returns texts of the rows that differ only in case and spaces, each group by its most frequent one.
fn similar_values(breakdown: &Breakdown) -> Vec<Vec<String>> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for text in breakdown.rows.iter().filter_map(|row| row.value.as_ref()?.as_str()) {
        let plain = text.trim().to_lowercase();
        match groups.iter_mut().find(|(of, _)| *of == plain) {
            Some((_, group)) => group.push(text.to_owned()),
            None => groups.push((plain, vec![text.to_owned()])),
        }
    }
    groups.into_iter().map(|(_, group)| group).filter(|group| group.len() > 1).collect()
}

/// A remark that values may be the same, with the way to merge them.
fn similar_note(breakdown: &Breakdown) -> Option<impl IntoView + use<>> {
    let is_sent = ["context.", "metadata."].iter().any(|of| breakdown.field.starts_with(of));
    let groups = similar_values(breakdown);
    if !is_sent || groups.is_empty() {
        return None;
    }
    let quoted = |group: &Vec<String>| {
        group.iter().map(|text| format!("“{text}”")).collect::<Vec<_>>().join(", ")
    };
    let named = groups.iter().take(3).map(quoted).collect::<Vec<_>>().join("; ");
    let may_change = Access::from_context().may_change();
    let settings = may_change.then(|| {
        let href = view_link("/dashboard/settings", &[("tab", "records")]);
        view! { " "<a href=href>"Merge them in Settings"</a> }
    });
    Some(view! {
        <Note tone=Tone::Amber>
            <b>"Some values differ only in spelling"</b>
            <p><span dir="auto">{named}</span>"."{settings}</p>
        </Note>
    })
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
    let counted_from = counted_from_note(breakdown.counted_from.as_deref());
    view! { {counted_from}{similar_note(breakdown)}{cut}{shared} }
}
