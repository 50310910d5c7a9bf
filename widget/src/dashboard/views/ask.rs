//! The Ask view: breaks calls down by any field that pages send.

mod answer_chart;
mod answer_sentence;
mod edges;
mod fields_table;
mod notes;
mod rows;

use super::answer::render_answer;
use super::field;
use super::head::Head;
use super::saved_views::SaveView;
use super::time_of_day::{TimeOfDay, hour_filters};
use crate::dashboard::access::Access;
use crate::dashboard::address::range::{ChooseDays, chosen_days};
use crate::dashboard::address::team::{ChooseTeam, TEAM};
use crate::dashboard::address::{Address, api_query};
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{Choice, Empty, Segments, Select, format};
use answer_chart::{AnswerChart, FIGURES};
use call_ribbon_shared::wire::{Breakdown, Fields};
use edges::edges_field;
use fields_table::FieldsTable;
use leptos::prelude::*;
use notes::{SpellingNote, breakdown_notes};
use rows::figures_table;

/// The view. The whole question is in the address.
#[component]
pub fn Ask() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let span = move || {
        let days = chosen_days(address);
        [
            ("startDate", days.start.to_iso()),
            ("endDate", days.end.to_iso()),
            ("timezone", address.filter_or("timezone", "")),
        ]
    };
    let ask = move |what: &str, more: &[(&'static str, String)]| {
        let mut fields: Vec<(&str, String)> = span().into();
        fields.extend(more.iter().cloned());
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        api_query(&access.records_path(what), &fields)
    };
    let fields: Loaded<Fields> = load_json(move || Some(ask("analytics/fields", &[])));
    let breakdown: Loaded<Breakdown> = load_json(move || {
        let by = address.get("by")?;
        let set = |name: &'static str| (name, address.filter_or(name, ""));
        let [first, last] = hour_filters(address);
        let more = [("by", by), set("edges"), set("callDirection"), set(TEAM), first, last];
        Some(ask("analytics/breakdown", &more))
    });
    let asks = Memo::new(move |_| address.get("by").is_some());
    view! {
        <Head title="Breakdown" about="Break calls down by any field that your CRM sends"><SaveView /></Head>
        <Bar fields=fields />
        <Show
            when=move || asks.get()
            fallback=move || render_answer(fields, |fields| view! { <FieldsTable fields=fields /> }.into_any())
        >
            {move || fields.answer().map(|fields| view! { <SpellingNote fields=fields /> })}
            {render_answer(breakdown, |breakdown| render_breakdown(&breakdown))}
        </Show>
    }
}

fn render_breakdown(breakdown: &Breakdown) -> AnyView {
    if breakdown.summary.calls == 0 {
        return view! {
            <div class="card">
                <Empty title="No calls in these days"><p>"Choose other days or hours, or both directions."</p></Empty>
            </div>
        }
        .into_any();
    }
    view! {
        {breakdown_notes(breakdown)}
        <AnswerChart breakdown=breakdown.clone() />
        {edges_field(breakdown)}
        {figures_table(breakdown)}
    }
    .into_any()
}

/// The question: days, field, filters, and the figure to show.
#[component]
fn Bar(fields: Loaded<Fields>) -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let holds = move |name: &'static str| Signal::derive(move || address.filter_or(name, ""));
    let offered = move || {
        let by = address.filter_or("by", "");
        let fields = fields.answer().map(|answer| answer.fields).unwrap_or_default();
        let mut offered = vec![Choice::new("", "Choose a field …")];
        offered.extend(fields.iter().map(|one| {
            let share = format::percent_whole(one.coverage);
            Choice::new(&one.field, format!("{} · {share}", field::field_title(&one.field)))
        }));
        // A field that no call of these days has can still be selected.
        if offered.iter().all(|one| one.value != by) {
            offered.push(Choice::new(&by, field::field_title(&by)));
        }
        offered
    };
    // Edges are numbers of one field and mean nothing for another.
    let pick_field = move |by: String| address.set_filters(&[("by", &by), ("edges", "")]);
    let directions = vec![
        Choice::new("", "All calls"),
        Choice::new("inbound", "Inbound"),
        Choice::new("outbound", "Outbound"),
    ];
    let shown: Vec<Choice> = FIGURES.iter().map(|one| Choice::new(one.key, one.name)).collect();
    let zone = move || address.get("timezone").unwrap_or_else(|| access.time_zone());
    view! {
        <div class="filters">
            <ChooseDays />
            <ChooseTeam />
            <Select bare=true label="Field" choices=Signal::derive(offered) value=holds("by") on_pick=pick_field />
            <Segments label="Direction" choices=directions value=holds("callDirection") on_pick=move |value: String| address.set_filters(&[("callDirection", &value)]) />
            <Select bare=true label="What the chart shows" choices=shown value=holds("show") on_pick=move |value: String| address.set_filters(&[("show", &value)]) />
            <TimeOfDay />
            <span class="soft end">"Days in "{zone}</span>
        </div>
    }
}
