//! The team whose agents a view shows.

use super::{Address, current_filter};
use crate::dashboard::access::{Access, Role};
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{Choice, Select};
use leptos::prelude::*;
use serde::Deserialize;

/// The filter of the team, in the address and in the API.
pub const TEAM: &str = "teamId";

/// The answer to `GET …/teams`.
#[derive(Clone, Deserialize)]
pub struct TeamList {
    pub teams: Vec<Team>,
}

/// A team.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Team {
    #[serde(rename = "teamId")]
    pub id: String,
    pub name: String,
    pub agent_ids: Vec<String>,
}

/// Returns the team of the address; empty for all.
pub fn chosen_team(address: Address) -> String {
    address.filter_or(TEAM, "")
}

/// Returns the team of the current address, for a link, without subscribing to changes.
pub fn current_team() -> Option<(&'static str, String)> {
    Some((TEAM, current_filter(TEAM)?))
}

/// Lets the user choose a team, if there are teams to choose from. A key cannot read which there are.
#[component]
pub fn ChooseTeam() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let teams: Loaded<TeamList> =
        load_json(move || (access.role() != Role::Key).then(|| access.settings_path("teams")));
    let choices = Memo::new(move |_| {
        let mut choices = vec![Choice::new("", "All teams")];
        let teams = teams.answer().map(|list| list.teams).unwrap_or_default();
        choices.extend(teams.into_iter().map(|team| Choice::new(team.id, team.name)));
        let chosen = chosen_team(address);
        if choices.iter().all(|one| one.value != chosen) {
            choices.push(Choice::new(chosen, "Another team"));
        }
        choices
    });
    view! {
        <Show when=move || { choices.read().len() > 1 }>
            <Select
                bare=true
                label="Team"
                choices=choices
                value=Signal::derive(move || chosen_team(address))
                on_pick=move |team: String| address.set_filters(&[(TEAM, &team)])
            />
        </Show>
    }
}
