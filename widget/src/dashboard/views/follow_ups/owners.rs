//! The agents who can own a row of the queue, with their names.

use super::QueueWork;
use crate::dashboard::access::Access;
use crate::dashboard::agents::AgentList;
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{Choice, Select};
use call_ribbon_shared::wire::{CallBacks, FollowUps};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// The names of agents by id.
#[derive(Clone, Copy)]
pub struct Owners(Memo<BTreeMap<String, String>>);

impl Owners {
    /// Loads the client's agents, and adds those that the lists name: pages may name agents that
    /// nobody has added to the client.
    pub fn load(access: Access, due: Loaded<FollowUps>, missed: Loaded<CallBacks>) -> Self {
        let listed: Loaded<AgentList> =
            load_json(move || access.may_organise().then(|| access.settings_path("agents")));
        Self(Memo::new(move |before: Option<&BTreeMap<String, String>>| {
            // Agents stay in the list while other rows are shown.
            let mut names = before.cloned().unwrap_or_default();
            let mut add = |id: &Option<String>, name: &Option<String>| {
                let Some(id) = id else { return };
                match name {
                    Some(name) => drop(names.insert(id.clone(), name.clone())),
                    None => drop(names.entry(id.clone()).or_insert_with(|| id.clone())),
                }
            };
            for call in due.answer().map(|list| list.follow_ups).unwrap_or_default() {
                add(&call.agent_id, &call.agent_name);
                add(&call.follow_up.and_then(|due| due.agent_id), &None);
            }
            for caller in missed.answer().map(|list| list.callers).unwrap_or_default() {
                add(&caller.last_call.agent_id, &caller.last_call.agent_name);
                add(&caller.owner_id, &None);
            }
            for agent in listed.answer().map(|list| list.agents).unwrap_or_default() {
                add(&Some(agent.agent_id), &agent.name);
            }
            names
        }))
    }

    /// Returns an agent's name.
    pub fn name_of(self, id: &str) -> String {
        self.0.read().get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    /// Returns the choices of the filter.
    pub fn filter_choices(self) -> Signal<Vec<Choice>> {
        Signal::derive(move || {
            let mut choices = vec![Choice::new("", "All agents")];
            choices.extend(self.0.get().into_iter().map(|(id, name)| Choice::new(id, name)));
            choices
        })
    }
}

/// The owner of a row: a choice for users who may reassign it, else the name.
#[component]
pub fn Owner(
    /// The owner's id.
    owner: Option<String>,
    /// The API's name of the row's list.
    list: &'static str,
    /// The call's id.
    session_id: String,
    /// The customer's name, for screen readers and messages.
    whose: String,
    owners: Owners,
    work: QueueWork,
) -> impl IntoView {
    let access = Access::from_context();
    let owner = StoredValue::new(owner.unwrap_or_default());
    let current = Signal::derive(move || owner.get_value());
    let name = move || match owner.get_value() {
        id if id.is_empty() => "Nobody".to_owned(),
        id => owners.name_of(&id),
    };
    if !access.may_organise() {
        return view! { <span dir="auto">{name}</span> }.into_any();
    }
    let choices = Signal::derive(move || {
        let mut choices = owners.filter_choices().get();
        // Nobody can be chosen only while there is no owner.
        if owner.with_value(String::is_empty) {
            choices[0] = Choice::new("", "Nobody");
        } else {
            choices.remove(0);
        }
        choices
    });
    let label = format!("Owner: {whose}");
    let on_pick = move |picked: String| {
        if !picked.is_empty() && owner.with_value(|owner| *owner != picked) {
            let name = owners.name_of(&picked);
            work.reassign(list, &session_id, (&picked, name), &whose);
        }
    };
    view! { <Select label=label choices=choices value=current on_pick=on_pick bare=true /> }
        .into_any()
}
