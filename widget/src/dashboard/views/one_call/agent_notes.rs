//! The agent's notes about a call.

use crate::dashboard::access::Access;
use crate::dashboard::ui::{Card, format};
use call_ribbon_shared::wire::CallObject;
use leptos::prelude::*;

/// The card.
#[component]
pub fn AgentNotes(call: CallObject) -> impl IntoView {
    let access = Access::from_context();
    let CallObject { notes, disposition, follow_up, .. } = call;
    let nothing = notes.is_none() && disposition.is_none() && follow_up.is_none();
    let follow_up = follow_up.map(|follow_up| {
        let at = format::moment(&follow_up.at, &access.time_zone());
        follow_up.note.map_or(at.clone(), |note| format!("{at}: {note}"))
    });
    let facts = [
        ("Outcome", disposition.map(|code| access.disposition_name(&code))),
        ("Follow-up", follow_up),
        ("Notes", notes),
    ];
    let facts = facts.into_iter().filter_map(|(name, text)| {
        text.map(|text| view! { <dt>{name}</dt><dd class="notes" dir="auto">{text}</dd> })
    });
    let facts = facts.collect_view();
    view! {
        <Card title="What did the agent write?">
            {if nothing {
                view! { <p class="soft">"No notes or outcome were saved."</p> }.into_any()
            } else {
                view! { <dl class="facts">{facts}</dl> }.into_any()
            }}
        </Card>
    }
}
