//! Filters that come from links, each with a button to remove it.

use super::conditions::CONDITIONS;
use crate::dashboard::address::Address;
use crate::dashboard::ui::{Icon, format};
use crate::dashboard::views::field;
use crate::dashboard::views::time_of_day::hours_text;
use icondata_lu::LuX;
use leptos::prelude::*;

/// Filters that come from links and are shown as removable chips.
const BY_LINK: [&str; 9] = [
    "customerId",
    "callType",
    "connected",
    "minDuration",
    "maxDuration",
    "field",
    "andField",
    "weekday",
    "hour",
];

/// Filters that a chart's link set, each with a button to remove it.
#[component]
pub fn ByLink() -> impl IntoView {
    let address = Address::from_router();
    let chip = move |name: &'static str| {
        let text = describe_filter(address, name)?;
        let without: Vec<(&str, &str)> = match name {
            "field" => CONDITIONS[0].map(|name| (name, "")).to_vec(),
            "andField" => CONDITIONS[1].map(|name| (name, "")).to_vec(),
            "hour" => vec![("hour", ""), ("hourTo", "")],
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

/// Returns a number of an address in the manner of the page.
fn shown_number(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), format::decimal)
}

/// Describes a filter in words.
fn describe_filter(address: Address, name: &str) -> Option<String> {
    let mut value = address.get(name)?;
    if matches!(name, "field" | "andField") {
        value = field::field_title(&value);
    }
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
        "hour" => hours_text(address).unwrap_or_default(),
        _ => {
            let [_, one, _, least, below] = CONDITIONS[usize::from(name == "andField")];
            match (address.get(one), address.get(least), address.get(below)) {
                (Some(one), ..) => format!("{value}: {one}"),
                (None, Some(least), Some(below)) => {
                    format!("{value} {} – {}", shown_number(&least), shown_number(&below))
                }
                (None, Some(least), None) => format!("{value} {} and over", shown_number(&least)),
                (None, None, Some(below)) => format!("{value} under {}", shown_number(&below)),
                (None, None, None) => format!("{value}: no value"),
            }
        }
    })
}
