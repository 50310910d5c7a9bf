//! The filters of the list of calls, all held in the address.

use super::chips::ByLink;
use super::conditions::{apply, find_condition, remove_condition, set_condition};
use super::field_filter::FieldFilter;
use crate::dashboard::access::Access;
use crate::dashboard::address::Address;
use crate::dashboard::address::range::{ChooseDays, chosen_days, range_query};
use crate::dashboard::address::team::{ChooseTeam, TEAM};
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{Choice, Search, Select, format};
use crate::dashboard::views::time_of_day::TimeOfDay;
use crate::dashboard::views::{field, rows};
use call_ribbon_shared::call::Status;
use call_ribbon_shared::wire::{Breakdown, Disposition};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Filters that have the same name in the address and in the API.
const PASSED_ON: [&str; 24] = [
    "search",
    "callDirection",
    "status",
    "disposition",
    TEAM,
    "agentId",
    "customerId",
    "callType",
    "connected",
    "minDuration",
    "maxDuration",
    "field",
    "value",
    "missing",
    "andField",
    "andValue",
    "andFrom",
    "andTo",
    "andMissing",
    "weekday",
    "hour",
    "hourTo",
    "sort",
    "timezone",
];
/// The field in which calls name their campaign.
const CAMPAIGN: &str = "metadata.campaign";
/// The choice of calls without an outcome.
const NO_OUTCOME: &str = "-";
const STATUSES: [Status; 7] = [
    Status::Active,
    Status::Completed,
    Status::Missed,
    Status::NoAnswer,
    Status::Busy,
    Status::Failed,
    Status::Abandoned,
];

/// Returns the query to the server for the current address, without a page.
pub fn list_query(address: Address) -> Vec<(String, String)> {
    let days = chosen_days(address);
    let mut fields = vec![
        ("list".to_owned(), "all".to_owned()),
        ("startDate".to_owned(), days.start.to_iso()),
        ("endDate".to_owned(), days.end.to_iso()),
    ];
    for name in PASSED_ON {
        if let Some(value) = address.get(name) {
            fields.push((name.to_owned(), value));
        }
    }
    // `from` and `to` are the days in the address, so the bounds of a number have other names
    // there.
    for (name, asked) in [("least", "from"), ("below", "to")] {
        if let Some(value) = address.get(name) {
            fields.push((asked.to_owned(), value));
        }
    }
    fields
}

/// The bar of filters.
#[component]
pub fn Filters() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let pick =
        move |name: &'static str| move |value: String| address.set_filters(&[(name, &value)]);
    let holds = move |name: &'static str| Signal::derive(move || address.filter_or(name, ""));
    let any = |name: &str| Choice::new("", name);
    let directions = vec![
        any("Both directions"),
        Choice::new("inbound", "Inbound"),
        Choice::new("outbound", "Outbound"),
    ];
    let mut statuses = vec![any("Any status"), Choice::new(rows::OVER, "Ended")];
    statuses.extend(STATUSES.map(|status| Choice::new(status.as_str(), rows::status_name(status))));
    let found_by = move |by: &'static str| -> Loaded<Breakdown> {
        load_json(move || {
            let path = access.records_path("analytics/breakdown");
            Some(range_query(&path, address, &[("by", by), ("limit", "200")]))
        })
    };
    let (outcomes, agents) = (found_by("disposition"), found_by("agentId"));
    let campaigns = found_by(CAMPAIGN);
    let outcomes = move || {
        let list = access.client().map(|client| client.dispositions).unwrap_or_default();
        outcome_choices(list, outcomes.answer(), address.filter_or("disposition", ""))
    };
    let pick_outcome = move |code: String| {
        let mut changes = if code == NO_OUTCOME {
            set_condition(address, "disposition", &[("missing", "true".to_owned())])
        } else {
            remove_condition(address, "disposition")
        };
        let code = if code == NO_OUTCOME { String::new() } else { code };
        changes.push(("disposition", code));
        apply(address, &changes);
    };
    let outcome = move || {
        if has_no_outcome(address) {
            NO_OUTCOME.to_owned()
        } else {
            address.filter_or("disposition", "")
        }
    };
    let agents =
        move || found_choices("Any agent", agents.answer(), address.filter_or("agentId", ""));
    let campaign = move || {
        let found = find_condition(address, CAMPAIGN);
        found.and_then(|[_, value, ..]| address.get(value)).unwrap_or_default()
    };
    let campaigns = move || found_choices("Any campaign", campaigns.answer(), campaign());
    let pick_campaign = move |name: String| {
        let changes = if name.is_empty() {
            remove_condition(address, CAMPAIGN)
        } else {
            set_condition(address, CAMPAIGN, &[("value", name)])
        };
        apply(address, &changes);
    };
    view! {
        <div class="filters">
            <ChooseDays />
            <ChooseTeam />
            <Search label="Name, number, ID or notes" value=holds("search") on_search=pick("search") />
            <Select bare=true label="Direction" choices=directions value=holds("callDirection") on_pick=pick("callDirection") />
            <Select bare=true label="Status" choices=statuses value=holds("status") on_pick=pick("status") />
            <Select bare=true label="Outcome" choices=Signal::derive(outcomes) value=Signal::derive(outcome) on_pick=pick_outcome />
            <Select bare=true label="Agent" choices=Signal::derive(agents) value=holds("agentId") on_pick=pick("agentId") />
            <Show when=move || { campaigns().len() > 1 }>
                <Select bare=true label="Campaign" choices=Signal::derive(campaigns) value=Signal::derive(campaign) on_pick=pick_campaign />
            </Show>
            <TimeOfDay />
            <FieldFilter />
        </div>
        <ByLink />
    }
}

fn has_no_outcome(address: Address) -> bool {
    find_condition(address, "disposition")
        .is_some_and(|[_, _, missing, ..]| address.get(missing).is_some())
}

/// Returns the outcomes that agents can choose and those that calls have, with their numbers.
fn outcome_choices(
    list: Vec<Disposition>,
    found: Option<Breakdown>,
    chosen: String,
) -> Vec<Choice> {
    let mut calls: BTreeMap<String, i64> = BTreeMap::new();
    let missing = found.as_ref().map_or(0, |found| found.missing.map_or(0, |sums| sums.calls));
    for row in found.into_iter().flat_map(|found| found.rows) {
        if let Some(code) = row.value.as_ref().and_then(|value| value.as_str()) {
            calls.insert(code.to_owned(), row.figures.calls);
        }
    }
    let mut choices = vec![Choice::new("", "Any outcome")];
    for Disposition { code, label, .. } in list {
        let count = calls.remove(&code).unwrap_or(0);
        choices.push(Choice::new(code, with_count(&label, count)));
    }
    choices.extend(calls.into_iter().map(|(code, count)| {
        let name = with_count(&code, count);
        Choice::new(code, name)
    }));
    choices.push(Choice::new(NO_OUTCOME, with_count("No outcome", missing)));
    add_chosen(&mut choices, chosen);
    choices
}

/// Returns the values that calls have, with their numbers.
fn found_choices(any: &str, found: Option<Breakdown>, chosen: String) -> Vec<Choice> {
    let mut choices = vec![Choice::new("", any)];
    for row in found.into_iter().flat_map(|found| found.rows) {
        let name = field::row_name(&row);
        if let Some(value) = row.value.as_ref().and_then(|value| value.as_str()) {
            choices.push(Choice::new(value, with_count(&name, row.figures.calls)));
        }
    }
    add_chosen(&mut choices, chosen);
    choices
}

fn with_count(name: &str, calls: i64) -> String {
    format!("{name} · {}", format::number(calls))
}

/// A value that no call of these days has can still be chosen.
fn add_chosen(choices: &mut Vec<Choice>, chosen: String) {
    if choices.iter().all(|one| one.value != chosen) {
        choices.push(Choice::new(chosen.clone(), chosen));
    }
}
