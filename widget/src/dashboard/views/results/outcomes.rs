//! Contacts, promises and payments by a field.

use super::Bar;
use super::pair_links::{calls_of, group_name};
use super::questions::{field_choices, figures_path};
use crate::dashboard::access::Access;
use crate::dashboard::address::{Address, view_link};
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{
    Card, Choice, Column, DataTable, Empty, Figure, Note, Select, Sort, format,
};
use crate::dashboard::views::answer::render_answer;
use crate::dashboard::views::counted_from::counted_from_note;
use crate::dashboard::views::field::field_title;
use call_ribbon_shared::share::{difference_interval, share_of, wilson_interval};
use call_ribbon_shared::wire::{
    Fields, Figures, GroupKind, OutcomeCounts, Outcomes, PivotGroup, Rate,
};
use leptos::prelude::*;

const BY: &str = "agentId";
/// A group with fewer contacts is not compared with others.
const FEW: i64 = 20;

/// A row, ready to be shown.
#[derive(Debug, Clone)]
struct Row {
    name: String,
    href: Option<String>,
    figures: Figures,
    outcomes: OutcomeCounts,
    /// "Other" and "No value" stay at the end in every order.
    rest: bool,
}

/// The tab.
#[component]
pub fn OutcomesTab() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let fields: Loaded<Fields> =
        load_json(move || Some(figures_path(access, address, "analytics/fields", &[])));
    let outcomes: Loaded<Outcomes> = load_json(move || {
        let more = [("by", address.filter_or("by", BY)), ("limit", "200".to_owned())];
        Some(figures_path(access, address, "analytics/outcomes", &more))
    });
    let by = Signal::derive(move || address.filter_or("by", BY));
    let offered = move || -> Vec<Choice> {
        let fields = field_choices(fields, &by.get());
        // By the outcome itself every rate would be all or nothing.
        fields.into_iter().filter(|one| one.value != "disposition").collect()
    };
    view! {
        <Bar>
            <Select bare=true label="Field" choices=Signal::derive(offered) value=by on_pick=move |field: String| address.set_filters(&[("by", &field), ("sort", "")]) />
        </Bar>
        {render_answer(outcomes, move |outcomes| render_outcomes(outcomes, access, address))}
    }
}

fn render_outcomes(found: Outcomes, access: Access, address: Address) -> AnyView {
    let all = found.summary;
    if all.figures.calls == 0 {
        return view! {
            <div class="card"><Empty title="No calls in these days"><p>"Choose other days, or both directions."</p></Empty></div>
        }
        .into_any();
    }
    let marks = access
        .client()
        .is_some_and(|client| client.dispositions.iter().any(|one| one.meaning().is_some()));
    let unmarked = (!marks).then(|| {
        let href = view_link("/dashboard/settings", &[("tab", "dispositions")]);
        view! { <Note>"No outcome is marked as a contact, a promise or a payment yet. "<a href=href>"Mark them in Settings"</a></Note> }
    });
    let field = found.field.clone();
    let rows: Vec<Row> = found
        .groups
        .into_iter()
        .map(|group| {
            let pivot = PivotGroup { kind: group.kind, row: group.row };
            Row {
                name: group_name(field.as_str(), &pivot),
                href: calls_of(address, &[(field.as_str(), &pivot)]),
                figures: pivot.row.figures,
                outcomes: group.outcomes,
                rest: matches!(group.kind, GroupKind::Other | GroupKind::Missing),
            }
        })
        .collect();
    let answer = best_sentence(&rows);
    let sort = Memo::new(move |_| Sort::of_word(&address.filter_or("sort", "-calls")));
    let rows = StoredValue::new(rows);
    let sorted = move || {
        let mut rows = rows.get_value();
        let sort = sort.get();
        rows.sort_by(|one, two| {
            let order = sort_value(one, &sort.by).total_cmp(&sort_value(two, &sort.by));
            let order = if sort.descending { order.reverse() } else { order };
            one.rest.cmp(&two.rest).then(order)
        });
        rows
    };
    let counts = all.outcomes;
    let recorded = format!(
        "{} of {} have an outcome.",
        format::percent(share_of(counts.recorded, all.figures.calls)),
        format::count(all.figures.calls, "call", "calls")
    );
    view! {
        {counted_from_note(found.counted_from.as_deref())}
        {unmarked}
        <div class="figures">
            <Figure label="Contacts" value=format::number(counts.contacts) />
            <Figure label="Contact rate" value=format::percent(share_of(counts.contacts, all.figures.calls)) />
            <Figure label="Promises" value=format::number(counts.promises) />
            <Figure label="Promises of contacts" value=rate_text(counts.promises, counts.contacts) />
            <Figure label="Payments" value=format::number(counts.payments) />
            <Figure label="Payments of contacts" value=rate_text(counts.payments, counts.contacts) />
        </div>
        <Card title="How did the calls end?" answer=format!("{answer} {recorded}") flush=true>
            <DataTable
                name="outcomes"
                caption="Outcomes"
                columns=columns(field_title(&field))
                rows=Signal::derive(sorted)
                key=|row: &Row| format!("{}·{:?}·{:?}", row.name, row.figures, row.outcomes)
                href=Callback::new(|row: Row| row.href)
                sort=sort
                on_sort=move |sort: Sort| address.set_filters(&[("sort", &sort.as_param())])
            />
        </Card>
    }
    .into_any()
}

/// Returns a share in words; a dash of nothing.
pub fn rate_text(part: i64, whole: i64) -> String {
    if whole == 0 { "–".to_owned() } else { format::percent(share_of(part, whole)) }
}

/// Names the group with the most promises only if it is clearly better than all others together.
fn best_sentence(rows: &[Row]) -> String {
    let told = rows.iter().filter(|row| !row.rest && row.outcomes.contacts >= FEW);
    let low = |row: &Row| wilson_interval(row.outcomes.promises, row.outcomes.contacts).low;
    let Some(best) = told.max_by(|one, two| low(one).total_cmp(&low(two))) else {
        return "Too few contacts to name a best.".to_owned();
    };
    let of = |row: &Row| (row.outcomes.promises, row.outcomes.contacts);
    let others = rows.iter().filter(|row| row.name != best.name).map(of);
    let others = others.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let (part, whole) = of(best);
    if others.1 == 0 || difference_interval((part, whole), others).low <= 0.0 {
        return "No clear difference in promises.".to_owned();
    }
    let range = wilson_interval(part, whole);
    format!(
        "{} gets the most promises: {} of {} (likely {} to {}), all others {}.",
        best.name,
        format::percent(share_of(part, whole)),
        format::count(whole, "contact", "contacts"),
        format::percent(range.low),
        format::percent(range.high),
        format::percent(share_of(others.0, others.1))
    )
}

#[expect(clippy::cast_precision_loss, reason = "counts and seconds stay far below 2^53")]
fn sort_value(row: &Row, by: &str) -> f64 {
    let of = &row.outcomes;
    match by {
        "rate" => share_of(row.figures.connected, row.figures.calls),
        "contacts" => of.contacts as f64,
        "contactRate" => share_of(of.contacts, row.figures.calls),
        "promises" => of.promises as f64,
        "promiseRate" => share_of(of.promises, of.contacts),
        "payments" => of.payments as f64,
        "paymentRate" => share_of(of.payments, of.contacts),
        "talk" => row.figures.total_duration as f64,
        _ => row.figures.calls as f64,
    }
}

fn columns(called: String) -> Vec<Column<Row>> {
    let count = |key, title, of: fn(&Row) -> i64| {
        Column::new(key, title, move |row: &Row| format::number(of(row))).numeric().sorted_by(key)
    };
    let rate = |key, title, parts: fn(&Row) -> (i64, i64), of: fn(&Row) -> Rate| {
        Column::new(key, title, move |row: &Row| {
            let (part, whole) = parts(row);
            let Rate { low, high, .. } = of(row);
            let range = format!("Likely {} to {}", format::percent(low), format::percent(high));
            view! { <span title=range>{rate_text(part, whole)}</span> }
        })
        .numeric()
        .sorted_by(key)
    };
    vec![
        Column::new("name", called, |row: &Row| {
            view! { <span class="name" dir="auto" title=row.name.clone()>{row.name.clone()}</span> }
        }),
        count("calls", "Calls", |row| row.figures.calls),
        Column::new("rate", "Connect rate", |row: &Row| {
            rate_text(row.figures.connected, row.figures.calls)
        })
        .numeric()
        .sorted_by("rate"),
        count("contacts", "Contacts", |row| row.outcomes.contacts),
        rate(
            "contactRate",
            "Contact rate",
            |row| (row.outcomes.contacts, row.figures.calls),
            |row| row.outcomes.contact_rate,
        ),
        count("promises", "Promises", |row| row.outcomes.promises),
        rate(
            "promiseRate",
            "Promise rate",
            |row| (row.outcomes.promises, row.outcomes.contacts),
            |row| row.outcomes.promise_rate,
        ),
        count("payments", "Payments", |row| row.outcomes.payments),
        rate(
            "paymentRate",
            "Payment rate",
            |row| (row.outcomes.payments, row.outcomes.contacts),
            |row| row.outcomes.payment_rate,
        ),
        Column::new("talk", "Talk time", |row: &Row| format::duration(row.figures.total_duration))
            .numeric()
            .sorted_by("talk")
            .hidden(),
    ]
}
