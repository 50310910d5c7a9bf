//! Gives chosen leads to another agent.

use crate::dashboard::access::Access;
use crate::dashboard::ui::{Choice, Select, format};
use crate::dashboard::views::settings::form::{FormError, SaveState, StatusText};
use gloo_net::http::Method;
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeSet;

/// The most leads that are given at once.
const MOST: usize = 500;

/// The answer of an assignment.
#[derive(Deserialize)]
struct Assigned {
    assigned: i64,
}

/// The bar for the chosen leads. It takes no room while none is chosen and nothing was done.
#[component]
pub fn AssignBar(
    /// The numbers of the chosen leads.
    chosen: RwSignal<BTreeSet<i64>>,
    /// The numbers of all leads that are shown.
    shown: Signal<BTreeSet<i64>>,
    /// The client's agents.
    agents: Signal<Vec<Choice>>,
    /// Called after leads were given to an agent.
    #[prop(into)]
    on_assign: Callback<()>,
) -> impl IntoView {
    let access = Access::from_context();
    let saving = SaveState::new();
    let agent = RwSignal::new(String::new());
    let choices = move || {
        let mut choices = vec![Choice::new("", "Choose an agent …")];
        choices.extend(agents.get());
        choices
    };
    let name_of = move |id: &str| {
        let name =
            agents.read_untracked().iter().find(|one| one.value == id).map(|one| one.name.clone());
        name.unwrap_or_else(|| id.to_owned())
    };
    let give = move |_| {
        let id = agent.get_untracked();
        if id.is_empty() {
            return saving.set_error("agent", "Choose the agent who gets these leads.");
        }
        if chosen.read_untracked().len() > MOST {
            return saving.set_error("leads", "Choose at most 500 leads at once.");
        }
        let body = json!({"leadIds": *chosen.read_untracked(), "agentId": id});
        let path = access.settings_path("leads");
        saving.send_change(Method::PATCH, path, Some(body), move |answer: Assigned| {
            chosen.set(BTreeSet::new());
            on_assign.run(());
            match answer.assigned {
                0 => format!("{} has these leads already.", name_of(&id)),
                count => format!(
                    "{} has {} more now.",
                    name_of(&id),
                    format::count(count, "lead", "leads")
                ),
            }
        });
    };
    let count = move || i64::try_from(chosen.read().len()).unwrap_or(0);
    let is_used = move || !chosen.read().is_empty();
    let all_chosen = move || shown.read().is_subset(&chosen.read());
    view! {
        <div class="row chosen" hidden=move || !is_used() role="group" aria-label="Chosen leads">
            <b>{move || format!("{} chosen", format::count(count(), "lead", "leads"))}</b>
            <button type="button" class="button small" hidden=all_chosen on:click=move |_| chosen.set(shown.get_untracked())>"Choose all shown"</button>
            <button type="button" class="button small" on:click=move |_| chosen.set(BTreeSet::new())>"Choose none"</button>
            <Select bare=true label="Give to" choices=Signal::derive(choices) value=agent on_pick=move |id: String| agent.set(id) />
            <button type="button" class="button main small" aria-disabled=move || saving.busy.get().to_string() on:click=give>"Give to this agent"</button>
        </div>
        <FormError saving=saving />
        <StatusText text=Signal::derive(move || saving.success_text()) good=Signal::derive(move || !saving.success_text().is_empty()) />
    }
}
