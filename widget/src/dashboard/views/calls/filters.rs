//! The filters of the list of calls, all held in the address.

use crate::dashboard::access::Access;
use crate::dashboard::address::Address;
use crate::dashboard::address::range::{ChooseDays, chosen_days};
use crate::dashboard::ui::{Choice, Icon, Search, Select, format};
use crate::dashboard::views::rows;
use call_ribbon_shared::call::Status;
use icondata_lu::LuX;
use leptos::prelude::*;

/// Filters that have the same name in the address and in the API.
const PASSED_ON: [&str; 17] = [
    "search",
    "callDirection",
    "status",
    "disposition",
    "agentId",
    "customerId",
    "callType",
    "connected",
    "minDuration",
    "maxDuration",
    "field",
    "value",
    "missing",
    "weekday",
    "hour",
    "sort",
    "timezone",
];
/// Filters that come from links and are shown as removable chips.
const BY_LINK: [&str; 9] = [
    "agentId",
    "customerId",
    "callType",
    "connected",
    "minDuration",
    "maxDuration",
    "field",
    "weekday",
    "hour",
];
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
    let outcomes = move || {
        let list = access.client().map(|client| client.dispositions).unwrap_or_default();
        let mut outcomes = vec![any("Any outcome")];
        outcomes.extend(list.into_iter().map(|one| Choice::new(one.code, one.label)));
        let chosen = address.filter_or("disposition", "");
        if outcomes.iter().all(|one| one.value != chosen) {
            outcomes.push(Choice::new(chosen.clone(), chosen));
        }
        outcomes
    };
    view! {
        <div class="filters">
            <ChooseDays />
            <Search label="Name, number or ID" value=holds("search") on_search=pick("search") />
            <Select bare=true label="Direction" choices=directions value=holds("callDirection") on_pick=pick("callDirection") />
            <Select bare=true label="Status" choices=statuses value=holds("status") on_pick=pick("status") />
            <Select bare=true label="Outcome" choices=Signal::derive(outcomes) value=holds("disposition") on_pick=pick("disposition") />
        </div>
        <ByLink />
    }
}

/// Filters that a chart's link set, each with a button to remove it.
#[component]
fn ByLink() -> impl IntoView {
    let address = Address::from_router();
    let chip = move |name: &'static str| {
        let text = describe_filter(address, name)?;
        let without: Vec<(&str, &str)> = match name {
            "field" => {
                ["field", "value", "missing", "least", "below"].map(|name| (name, "")).to_vec()
            }
            _ => vec![(name, "")],
        };
        let href = address.with_filters(&without);
        Some(view! {
            <a class="chip" href=href title="Remove this filter">
                <span class="cut" dir="auto">{text}</span><Icon of=LuX /><span class="unseen">"Remove filter"</span>
            </a>
        })
    };
    let chips = move || BY_LINK.into_iter().filter_map(chip).collect_view();
    let any = move || BY_LINK.into_iter().any(|name| address.get(name).is_some());
    view! { <div class="chips" hidden=move || !any()>{chips}</div> }
}

/// Describes a filter in words.
fn describe_filter(address: Address, name: &str) -> Option<String> {
    let value = address.get(name)?;
    let seconds = |text: &str| text.parse().map_or_else(|_| text.to_owned(), format::duration);
    Some(match name {
        "agentId" => format!("Agent {value}"),
        "customerId" => format!("Customer {value}"),
        "callType" => format!("Type {value}"),
        "connected" if value == "true" => "Connected".to_owned(),
        "connected" => "Not connected".to_owned(),
        "minDuration" => format!("From {}", seconds(&value)),
        "maxDuration" => format!("Up to {}", seconds(&value)),
        "weekday" => {
            format!("On {}", value.parse().map(format::weekday_long).unwrap_or_default())
        }
        "hour" => format!("At {}", value.parse().map(format::hour_of_day).unwrap_or_default()),
        _ => {
            let (least, below) = (address.get("least"), address.get("below"));
            match (address.get("value"), least, below) {
                (Some(one), ..) => format!("{value} is {one}"),
                (None, Some(least), Some(below)) => {
                    format!("{value} from {least} to below {below}")
                }
                (None, Some(least), None) => format!("{value} from {least}"),
                (None, None, Some(below)) => format!("{value} below {below}"),
                (None, None, None) => format!("{value} is missing"),
            }
        }
    })
}
