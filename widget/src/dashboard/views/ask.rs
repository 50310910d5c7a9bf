//! The Ask view: breaks calls down by any field that pages send.

mod drawn;
mod edges;
mod field;
mod fields_table;
mod notes;
mod rows;
mod words;

use super::answered::answered;
use super::head::Head;
use super::saved::SaveView;
use crate::dashboard::access::Access;
use crate::dashboard::address::range::{ChooseDays, days};
use crate::dashboard::address::{Address, question};
use crate::dashboard::load::{Loaded, load};
use crate::dashboard::ui::{Choice, Empty, Segments, Select, format};
use call_ribbon_shared::wire::{Breakdown, Fields};
use drawn::{Drawn, SHOWN};
use edges::edges;
use fields_table::FieldsTable;
use leptos::prelude::*;
use notes::{Spelled, notes};
use rows::in_numbers;

/// The view. The whole question is in the address.
#[component]
pub fn Ask() -> impl IntoView {
    let access = Access::here();
    let address = Address::here();
    let span = move || {
        let days = days(address);
        [
            ("startDate", days.start.iso()),
            ("endDate", days.end.iso()),
            ("timezone", address.or("timezone", "")),
        ]
    };
    let ask = move |what: &str, more: &[(&'static str, String)]| {
        let mut fields: Vec<(&str, String)> = span().into();
        fields.extend(more.iter().cloned());
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        question(&access.records(what), &fields)
    };
    let fields: Loaded<Fields> = load(move || Some(ask("analytics/fields", &[])));
    let breakdown: Loaded<Breakdown> = load(move || {
        let by = address.get("by")?;
        let set = |name: &'static str| (name, address.or(name, ""));
        Some(ask("analytics/breakdown", &[("by", by), set("edges"), set("callDirection")]))
    });
    let asks = Memo::new(move |_| address.get("by").is_some());
    view! {
        <Head title="Ask" about="Compare calls by any field that your pages send"><SaveView /></Head>
        <Bar fields=fields />
        <Show
            when=move || asks.get()
            fallback=move || answered(fields, |fields| view! { <FieldsTable fields=fields /> }.into_any())
        >
            {move || fields.answer().map(|fields| view! { <Spelled fields=fields /> })}
            {answered(breakdown, |breakdown| shown(&breakdown))}
        </Show>
    }
}

fn shown(breakdown: &Breakdown) -> AnyView {
    if breakdown.summary.calls == 0 {
        return view! {
            <div class="card">
                <Empty title="No calls in these days"><p>"Choose other days, or both directions."</p></Empty>
            </div>
        }
        .into_any();
    }
    view! {
        {notes(breakdown)}
        <Drawn breakdown=breakdown.clone() />
        {edges(breakdown)}
        {in_numbers(breakdown)}
    }
    .into_any()
}

/// The question: days, field, filters, and the figure to show.
#[component]
fn Bar(fields: Loaded<Fields>) -> impl IntoView {
    let access = Access::here();
    let address = Address::here();
    let holds = move |name: &'static str| Signal::derive(move || address.or(name, ""));
    let offered = move || {
        let by = address.or("by", "");
        let fields = fields.answer().map(|answer| answer.fields).unwrap_or_default();
        let mut offered = vec![Choice::new("", "Choose a field …")];
        offered.extend(fields.iter().map(|one| {
            let share = format::percent_whole(one.coverage);
            Choice::new(&one.field, format!("{} · {share}", field::title(&one.field)))
        }));
        // A field that no call of these days has can still be selected.
        if offered.iter().all(|one| one.value != by) {
            offered.push(Choice::new(&by, field::title(&by)));
        }
        offered
    };
    // Edges are numbers of one field and mean nothing for another.
    let pick_field = move |by: String| address.set(&[("by", &by), ("edges", "")]);
    let directions = vec![
        Choice::new("", "All calls"),
        Choice::new("inbound", "Inbound"),
        Choice::new("outbound", "Outbound"),
    ];
    let shown: Vec<Choice> = SHOWN.iter().map(|one| Choice::new(one.key, one.name)).collect();
    let zone = move || address.get("timezone").unwrap_or_else(|| access.zone());
    view! {
        <div class="filters">
            <ChooseDays />
            <Select bare=true label="Field" choices=Signal::derive(offered) value=holds("by") on_pick=pick_field />
            <Segments label="Direction" choices=directions value=holds("callDirection") on_pick=move |value: String| address.set(&[("callDirection", &value)]) />
            <Select bare=true label="What the chart shows" choices=shown value=holds("show") on_pick=move |value: String| address.set(&[("show", &value)]) />
            <span class="soft end">"Days in "{zone}</span>
        </div>
    }
}
