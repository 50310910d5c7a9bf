//! A menu that filters calls and figures by the time of day at which calls began, such as a shift.

use crate::dashboard::address::Address;
use crate::dashboard::ui::{Choice, Icon, Menu, Select, format};
use icondata_lu::LuClock;
use leptos::prelude::*;

const HOURS: usize = 24;

/// Returns the chosen hours in words, such as "10 am – 2 pm".
pub fn hours_text(address: Address) -> Option<String> {
    let hour = |name: &str| address.get(name).and_then(|text| text.parse::<usize>().ok());
    let first = format::hour_of_day(hour("hour")?);
    Some(match hour("hourTo") {
        Some(last) => format!("{first} – {}", format::hour_of_day((last + 1) % HOURS)),
        None => format!("At {first}"),
    })
}

/// Returns the filters of the chosen hours, for requests and links.
pub fn hour_filters(address: Address) -> [(&'static str, String); 2] {
    ["hour", "hourTo"].map(|name| (name, address.filter_or(name, "")))
}

/// The menu: the hour from which calls count, and the hour before which they do.
#[component]
pub fn TimeOfDay() -> impl IntoView {
    let address = Address::from_router();
    let hour = move |name: &str| address.get(name).and_then(|text| text.parse::<usize>().ok());
    let first = move || hour("hour");
    let last = move || hour("hourTo").or_else(first);
    let text = |hour: Option<usize>| hour.map(|hour| hour.to_string()).unwrap_or_default();
    let set = move |first: usize, last: usize| {
        address.set_filters(&[("hour", &first.to_string()), ("hourTo", &last.to_string())]);
    };
    let pick_first = move |word: String| match word.parse::<usize>() {
        Ok(first) => set(first, untrack(last).unwrap_or(HOURS - 1).max(first)),
        Err(_) => address.set_filters(&[("hour", ""), ("hourTo", "")]),
    };
    let pick_last = move |word: String| match word.parse::<usize>() {
        Ok(last) => set(untrack(first).unwrap_or(0).min(last), last),
        Err(_) => address.set_filters(&[("hour", ""), ("hourTo", "")]),
    };
    let choices = |shift: usize| {
        let mut choices = vec![Choice::new("", "Any time")];
        choices.extend((0..HOURS).map(|hour| {
            Choice::new(hour.to_string(), format::hour_of_day((hour + shift) % HOURS))
        }));
        choices
    };
    view! {
        <Menu label=move || view! { <Icon of=LuClock />"Time of day"{move || hours_text(address).map(|hours| format!(": {hours}"))} }>
            <Select label="From" choices=choices(0) value=Signal::derive(move || text(first())) on_pick=pick_first />
            // The last hour ends where the next one begins.
            <Select label="Until" choices=choices(1) value=Signal::derive(move || text(last())) on_pick=pick_last />
        </Menu>
    }
}
