//! The Results view: what came of calls, by one field or two, side by side, along the funnel and
//! today.

mod answering;
mod compare;
mod compare_rows;
mod funnel;
mod matrix;
mod outcomes;
mod pair_links;
mod progress;
mod promises;
mod questions;
mod shaded_table;
mod today;

pub use progress::Progress;

use super::head::Head;
use super::saved_views::SaveView;
use super::time_of_day::TimeOfDay;
use crate::dashboard::address::Address;
use crate::dashboard::address::range::ChooseDays;
use crate::dashboard::address::team::ChooseTeam;
use crate::dashboard::ui::{Choice, Segments, Tabs};
use leptos::prelude::*;

/// The tabs: their name in the address and their label.
const TABS: [(&str, &str); 7] = [
    ("", "Outcomes"),
    ("promises", "Promises"),
    ("matrix", "Two fields"),
    ("compare", "Compare"),
    ("funnel", "Funnel"),
    ("today", "Today"),
    ("answering", "Answering"),
];

/// The view. The tab and its question are in the address.
#[component]
pub fn Results() -> impl IntoView {
    let address = Address::from_router();
    let tab = Memo::new(move |_| address.filter_or("tab", ""));
    let choices: Vec<Choice> = TABS.iter().map(|(key, name)| Choice::new(*key, *name)).collect();
    // What one tab asks means nothing to another; days and direction stay.
    let pick = move |tab: String| {
        let gone = [
            "by",
            "across",
            "edges",
            "acrossEdges",
            "show",
            "sort",
            "one",
            "two",
            "list",
            "of",
            "within",
        ];
        let mut changes: Vec<(&str, &str)> = gone.iter().map(|name| (*name, "")).collect();
        changes.push(("tab", &tab));
        address.set_filters(&changes);
    };
    let shown = move || match tab.get().as_str() {
        "promises" => view! { <promises::PromisesTab /> }.into_any(),
        "matrix" => view! { <matrix::Matrix /> }.into_any(),
        "compare" => view! { <compare::Compare /> }.into_any(),
        "funnel" => view! { <funnel::FunnelTab /> }.into_any(),
        "today" => view! { <today::TodayTab /> }.into_any(),
        "answering" => view! { <answering::AnsweringTab /> }.into_any(),
        _ => view! { <outcomes::OutcomesTab /> }.into_any(),
    };
    view! {
        <Head title="Results" about="Contacts, promises and payments"><SaveView /></Head>
        <Tabs label="Results" choices=choices value=tab on_pick=pick />
        {shown}
    }
}

/// The days, the hours, the direction, and what else a tab asks for.
#[component]
fn Bar(#[prop(optional)] children: Option<Children>) -> impl IntoView {
    let address = Address::from_router();
    let directions = vec![
        Choice::new("", "All calls"),
        Choice::new("inbound", "Inbound"),
        Choice::new("outbound", "Outbound"),
    ];
    let direction = Signal::derive(move || address.filter_or("callDirection", ""));
    view! {
        <div class="filters">
            <ChooseDays />
            <ChooseTeam />
            {children.map(|children| children())}
            <TimeOfDay />
            <Segments label="Direction" choices=directions value=direction on_pick=move |value: String| address.set_filters(&[("callDirection", &value)]) />
        </div>
    }
}
