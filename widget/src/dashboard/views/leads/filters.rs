//! The filters of leads, all held in the address.

use crate::dashboard::access::{Access, Role};
use crate::dashboard::address::range::client_today;
use crate::dashboard::address::{Address, api_query};
use crate::dashboard::agents::{Agent, AgentList};
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{Choice, Day, Search, Select};
use call_ribbon_shared::wire::{CampaignList, LeadStatus};
use leptos::prelude::*;

/// When leads came, to choose from: the word in the address, the label, and the days back from today
/// of the first and the last day.
const RECEIVED: [(&str, &str, Option<i64>, Option<i64>); 7] = [
    ("", "Received any time", None, None),
    ("today", "Received today", Some(0), None),
    ("7d", "Received in the last 7 days", Some(6), None),
    ("30d", "Received in the last 30 days", Some(29), None),
    ("over-1d", "Received before today", None, Some(1)),
    ("over-7d", "More than 7 days old", None, Some(8)),
    ("over-30d", "More than 30 days old", None, Some(31)),
];

/// Returns a status in words.
pub fn status_name(status: LeadStatus) -> &'static str {
    match status {
        LeadStatus::New => "Not called yet",
        LeadStatus::Called => "Called, not reached",
        LeadStatus::Reached => "Reached",
    }
}

/// Returns the first and the last day of a choice, counted from today; empty if it is open.
fn received_days(word: &str, today: Day) -> [String; 2] {
    let found = RECEIVED.iter().find(|(key, ..)| *key == word);
    let day = |back: Option<i64>| back.map(|back| today.plus_days(-back).to_iso());
    found.map_or_else(Default::default, |(_, _, first, last)| {
        [day(*first).unwrap_or_default(), day(*last).unwrap_or_default()]
    })
}

/// Returns the path of the leads that the address selects.
pub fn list_path(access: Access, address: Address) -> String {
    let held = |name: &str| address.filter_or(name, "");
    let [first, last] = received_days(&held("received"), client_today());
    let fields = [
        ("search", held("search")),
        ("campaign", held("campaign")),
        ("agentId", held("agentId")),
        ("status", held("status")),
        ("startDate", first),
        ("endDate", last),
        ("limit", "50".to_owned()),
    ];
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    api_query(&access.records_path("leads"), &fields)
}

/// Returns the client's agents to choose from; none for users who may not read them.
pub fn load_agents(access: Access) -> Signal<Vec<Choice>> {
    let found: Loaded<AgentList> =
        load_json(move || (access.role() != Role::Key).then(|| access.settings_path("agents")));
    Signal::derive(move || {
        let agents = found.answer().map(|list| list.agents).unwrap_or_default();
        let named = agents.into_iter().map(Agent::into_id_and_name);
        named.map(|(id, name)| Choice::new(id, name)).collect()
    })
}

/// The bar of filters.
#[component]
pub fn LeadFilters(
    /// The client's agents.
    agents: Signal<Vec<Choice>>,
) -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let campaigns: Loaded<CampaignList> = load_json(move || Some(access.records_path("campaigns")));
    let pick =
        move |name: &'static str| move |value: String| address.set_filters(&[(name, &value)]);
    let held = move |name: &'static str| Signal::derive(move || address.filter_or(name, ""));
    let mut statuses = vec![Choice::new("", "Any status")];
    let status = |status: LeadStatus| Choice::new(status.as_str(), status_name(status));
    statuses.extend(LeadStatus::ALL.map(status));
    let received = RECEIVED.map(|(word, label, ..)| Choice::new(word, label)).to_vec();
    let campaigns = move || {
        let found = campaigns.answer().map(|list| list.campaigns).unwrap_or_default();
        let with_leads = found.into_iter().filter(|campaign| campaign.leads > 0);
        let names = with_leads.map(|campaign| Choice::new(&campaign.campaign, &campaign.campaign));
        with_any("Any campaign", names.collect(), address.filter_or("campaign", ""))
    };
    let owners = move || with_any("Any agent", agents.get(), address.filter_or("agentId", ""));
    view! {
        <div class="filters">
            <Search label="Name, number or ID" value=held("search") on_search=pick("search") />
            <Select bare=true label="Status" choices=statuses value=held("status") on_pick=pick("status") />
            <Select bare=true label="Received" choices=received value=held("received") on_pick=pick("received") />
            <Select bare=true label="Campaign" choices=Signal::derive(campaigns) value=held("campaign") on_pick=pick("campaign") />
            <Select bare=true label="Agent" choices=Signal::derive(owners) value=held("agentId") on_pick=pick("agentId") />
        </div>
    }
}

/// Returns choices after the one for all; what is chosen can be chosen even if it is not among them.
fn with_any(any: &str, mut choices: Vec<Choice>, chosen: String) -> Vec<Choice> {
    choices.insert(0, Choice::new("", any));
    if choices.iter().all(|one| one.value != chosen) {
        choices.push(Choice::new(chosen.clone(), chosen));
    }
    choices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_are_chosen_by_their_age_in_days() {
        let today = Day::parse("2026-11-29").unwrap();
        for (word, first, last) in [
            ("", "", ""),
            ("today", "2026-11-29", ""),
            ("7d", "2026-11-23", ""),
            ("over-1d", "", "2026-11-28"),
            ("over-7d", "", "2026-11-21"),
            ("of-a-later-version", "", ""),
        ] {
            assert_eq!(received_days(word, today), [first, last], "{word}");
        }
    }
}
