//! Promises to pay: kept, broken and open, by day, agent or campaign.

use crate::dashboard::access::Access;
use crate::dashboard::address::range::{ChooseDays, chosen_days};
use crate::dashboard::address::{Address, api_query, view_link};
use crate::dashboard::api::encode_component;
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{Card, Choice, Column, DataTable, Day, Empty, Figure, Select, format};
use crate::dashboard::views::answer::render_answer;
use call_ribbon_shared::wire::{Promise, PromiseFigures, PromiseGroup, PromiseState, Promises};
use leptos::prelude::*;

/// What the rows can be: name in the API and label.
const BY: [(&str, &str); 3] = [("day", "Days"), ("agentId", "Agents"), ("campaign", "Campaigns")];

/// The tab.
#[component]
pub fn PromisesTab() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let found: Loaded<Promises> = load_json(move || {
        let days = chosen_days(address);
        let (start, end) = (days.start.to_iso(), days.end.to_iso());
        let filter = |name| address.filter_or(name, "");
        let (zone, list, value) =
            (filter("timezone"), address.filter_or("list", "all"), filter("of"));
        let by = address.filter_or("by", BY[0].0);
        let fields = [
            ("startDate", start.as_str()),
            ("endDate", &end),
            ("timezone", &zone),
            ("by", &by),
            ("list", &list),
            ("value", &value),
        ];
        Some(api_query(&access.records_path("analytics/promises"), &fields))
    });
    let by = Signal::derive(move || address.filter_or("by", BY[0].0));
    let choices: Vec<Choice> = BY.iter().map(|(key, name)| Choice::new(*key, *name)).collect();
    let pick = move |by: String| address.set_filters(&[("by", &by), ("list", ""), ("of", "")]);
    view! {
        <div class="filters">
            <ChooseDays />
            <Select bare=true label="Rows" choices=Signal::stored(choices) value=by on_pick=pick />
        </div>
        {render_answer(found, move |found| render_promises(found, address))}
    }
}

fn render_promises(found: Promises, address: Address) -> AnyView {
    let all = found.summary;
    if all.made == 0 {
        return view! {
            <div class="card">
                <Empty title="No promises in these days">
                    <p>"A promise is an outcome that means one, with an amount and a date. Set its fields with the API (docs/outcomes.md)."</p>
                </Empty>
            </div>
        }
        .into_any();
    }
    let link = move |list: &str| address.with_filters(&[("list", list), ("of", "")]);
    let by = found.by.clone();
    let rows = found.rows;
    let listed = found.promises.unwrap_or_default();
    let title = match (address.filter_or("list", "all").as_str(), address.get("of")) {
        ("all", None) => "All promises".to_owned(),
        ("all", Some(of)) => format!("Promises: {of}"),
        (state, of) => {
            let state = state_name(state);
            of.map_or_else(|| format!("{state} promises"), |of| format!("{state} promises: {of}"))
        }
    };
    view! {
        <div class="figures">
            <Figure label="Promises" value=format::number(all.made) href=link("all") />
            <Figure label="Kept" value=format::number(all.kept) href=link("kept") />
            <Figure label="Broken" value=format::number(all.broken) href=link("broken") />
            <Figure label="Open" value=format::number(all.open) href=link("open") />
            <Figure label="Kept of those due" value=rate_text(&all) />
        </div>
        <Card title="Which promises were kept?" flush=true>
            <DataTable
                name="promises"
                caption="Promises by row"
                columns=group_columns(&by, address)
                rows=Signal::stored(rows)
                key=|row: &PromiseGroup| format!("{:?}·{:?}", row.value, row.figures)
            />
        </Card>
        <Card title=title flush=true>
            <DataTable
                name="promise-list"
                caption="Promises"
                columns=promise_columns()
                rows=Signal::stored(listed)
                key=|row: &Promise| format!("{}·{}·{}", row.session_id, row.paid, row.state.as_str())
                href=Callback::new(|row: Promise| Some(call_link(&row.session_id)))
            />
        </Card>
    }
    .into_any()
}

fn call_link(session_id: &str) -> String {
    view_link(&format!("/dashboard/calls/{}", encode_component(session_id)), &[])
}

/// Returns a day as people of the client's country write it.
fn day_text(day: &str) -> String {
    Day::parse(day).map_or_else(|| day.to_owned(), format::date_medium)
}

fn state_name(state: &str) -> &'static str {
    match state {
        "kept" => "Kept",
        "broken" => "Broken",
        _ => "Open",
    }
}

/// Returns the share of promises that were kept of those that are kept or broken.
fn rate_text(figures: &PromiseFigures) -> String {
    if figures.kept + figures.broken == 0 {
        "–".to_owned()
    } else {
        format::percent(figures.kept_rate)
    }
}

fn group_columns(by: &str, address: Address) -> Vec<Column<PromiseGroup>> {
    let is_day = by == "day";
    let title = BY.iter().find(|(key, _)| *key == by).map_or("Days", |(_, name)| *name);
    // Each number leads to its promises, in the list below.
    let count = |key: &'static str, title: &'static str, of: fn(&PromiseFigures) -> i64| {
        Column::new(key, title, move |row: &PromiseGroup| {
            let number = format::number(of(&row.figures));
            match &row.value {
                Some(value) => {
                    let href = address.with_filters(&[("list", key), ("of", value)]);
                    view! { <a href=href>{number}</a> }.into_any()
                }
                None => number.into_any(),
            }
        })
        .numeric()
    };
    let amount = |key: &'static str, title: &'static str, of: fn(&PromiseFigures) -> f64| {
        Column::new(key, title, move |row: &PromiseGroup| format::decimal(of(&row.figures)))
            .numeric()
    };
    vec![
        Column::new("value", title, move |row: &PromiseGroup| {
            let name = row.name.clone().or_else(|| row.value.clone());
            let name = name.unwrap_or_else(|| "No value".to_owned());
            let name = if is_day { day_text(&name) } else { name };
            view! { <span class="name" dir="auto">{name}</span> }
        }),
        count("all", "Promises", |figures| figures.made),
        count("kept", "Kept", |figures| figures.kept),
        count("broken", "Broken", |figures| figures.broken),
        count("open", "Open", |figures| figures.open),
        Column::new("rate", "Kept of those due", |row: &PromiseGroup| rate_text(&row.figures))
            .numeric(),
        amount("amount", "Promised", |figures| figures.amount),
        amount("paid", "Paid in time", |figures| figures.paid),
    ]
}

fn promise_columns() -> Vec<Column<Promise>> {
    let text = |key: &'static str, title: &'static str, of: fn(&Promise) -> Option<String>| {
        Column::new(key, title, move |row: &Promise| {
            view! { <span dir="auto">{of(row).unwrap_or_default()}</span> }
        })
    };
    vec![
        text("customer", "Customer", |row| {
            row.customer_name
                .clone()
                .or_else(|| row.customer_id.clone())
                .or(Some("Unknown".to_owned()))
        }),
        text("account", "Account", |row| row.account.clone()),
        text("agent", "Agent", |row| row.agent_name.clone().or_else(|| row.agent_id.clone())),
        Column::new("amount", "Promised", |row: &Promise| format::decimal(row.amount)).numeric(),
        text("day", "Until", |row| Some(day_text(&row.day))),
        Column::new("paid", "Paid in time", |row: &Promise| format::decimal(row.paid)).numeric(),
        text("state", "State", |row| {
            Some(
                match row.state {
                    PromiseState::Kept => "Kept",
                    PromiseState::Broken => "Broken",
                    PromiseState::Open => "Open",
                }
                .to_owned(),
            )
        }),
    ]
}
