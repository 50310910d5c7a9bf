//! The customers with the most attempts, and how many more the rules permit.

use crate::dashboard::access::Access;
use crate::dashboard::address::{Address, view_link};
use crate::dashboard::api::encode_component;
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{
    Card, Choice, Column, DataTable, Empty, Note, Segments, Tag, Tone, format,
};
use crate::dashboard::views::answer::render_answer;
use crate::dashboard::views::customers::customer_link;
use call_ribbon_shared::wire::{CallLimit, CallLimits, LimitCount, LimitedCustomer};
use leptos::prelude::*;

/// The card.
#[component]
pub fn Limits() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let found: Loaded<CallLimits> =
        load_json(move || Some(access.records_path("analytics/call-limits?limit=200")));
    view! {
        <Card title="Who is near a limit on attempts?" flush=true>
            {render_answer(found, move |found| render_limits(found, access, address).into_any())}
        </Card>
    }
}

/// A customer and one limit.
#[derive(Clone)]
struct Row {
    customer: LimitedCustomer,
    count: LimitCount,
    limit: CallLimit,
}

fn render_limits(found: CallLimits, access: Access, address: Address) -> impl IntoView {
    if found.limits.is_empty() {
        return view! {
            <Empty title="No rule limits attempts"><p>"Packs with such rules are switched on in the settings, at Call rules."</p></Empty>
        }
        .into_any();
    }
    let cut = found.truncated.then(|| {
        view! { <Note tone=Tone::Amber>"Others may be near a limit, too: only the most called customers are examined."</Note> }
    });
    let rows = StoredValue::new(rows_of(found));
    let count_left = |wanted: &str| {
        rows.with_value(|rows| rows.iter().filter(|row| is_shown(row, wanted)).count())
    };
    let choices = ["", "1", "0"].map(|left| {
        let label = match left {
            "" => "All",
            "1" => "One attempt left",
            _ => "None left",
        };
        Choice::new(left, format!("{label} {}", count_left(left)))
    });
    let chosen = Memo::new(move |_| address.filter_or("left", ""));
    let shown = move || {
        let chosen = chosen.get();
        rows.with_value(|rows| rows.iter().filter(|row| is_shown(row, &chosen)).cloned().collect())
    };
    view! {
        {cut}
        <div class="table-bar wraps">
            <Segments
                label="Attempts left"
                choices=choices.to_vec()
                value=chosen
                on_pick=move |picked: String| address.set_filters(&[("left", &picked)])
            />
        </div>
        <DataTable
            name="call-limits"
            caption="Attempts by customer"
            columns=limit_columns(access)
            rows=Signal::derive(shown)
            key=|row: &Row| format!("{}·{:?}·{:?}", row.customer.session_id, row.customer.customer_id, row.count)
            href=Callback::new(|row: Row| Some(address_of(&row.customer)))
            empty=|| view! { <Empty title="No such customers"><p>"They appear when they were called often enough."</p></Empty> }
        />
    }
    .into_any()
}

/// Returns a row for each customer and limit, those with the fewest attempts left first.
fn rows_of(found: CallLimits) -> Vec<Row> {
    let mut rows = Vec::new();
    for customer in found.customers {
        for count in &customer.counts {
            let limit = found
                .limits
                .iter()
                .find(|limit| limit.pack == count.pack && limit.rule == count.rule);
            if let Some(limit) = limit {
                let (customer, count) = (customer.clone(), count.clone());
                rows.push(Row { customer, count, limit: limit.clone() });
            }
        }
    }
    rows.sort_by_key(|row| (row.count.left, std::cmp::Reverse(row.count.made)));
    rows
}

fn is_shown(row: &Row, left: &str) -> bool {
    match left {
        "1" => row.count.left == 1,
        "0" => row.count.left == 0,
        _ => true,
    }
}

/// Returns the address of the customer; of the last call if the customer is not known.
fn address_of(customer: &LimitedCustomer) -> String {
    if let Some(id) = &customer.customer_id {
        return customer_link(id);
    }
    let session = encode_component(&customer.session_id);
    view_link(&format!("/dashboard/calls/{session}"), &[])
}

fn limit_columns(access: Access) -> Vec<Column<Row>> {
    let zone = StoredValue::new(access.time_zone());
    let moment = move |at: &str| zone.with_value(|zone| format::moment(at, zone));
    vec![
        Column::new("customer", "Customer", |row: &Row| {
            let customer = &row.customer;
            let name = customer.name.clone().or_else(|| customer.customer_id.clone());
            view! {
                <span class="name" dir="auto">{name.unwrap_or_else(|| "Not known".to_owned())}</span>
                <span class="under"><bdi dir="ltr">{customer.phone_number.clone()}</bdi></span>
            }
        }),
        Column::new("made", "Attempts", |row: &Row| {
            format!("{} of {}", row.count.made, row.limit.most)
        })
        .numeric(),
        Column::new("left", "Left", |row: &Row| {
            let (text, tone) = match (row.count.left, row.limit.effect.as_str()) {
                (0, "block") => ("None".to_owned(), Tone::Red),
                (0, _) => ("None; a call warns".to_owned(), Tone::Amber),
                (1, _) => ("One".to_owned(), Tone::Amber),
                (left, _) => (format::number(i64::from(left)), Tone::Green),
            };
            view! { <Tag text=text tone=tone /> }
        }),
        Column::new("next", "Next attempt", move |row: &Row| {
            row.count.next_at.as_deref().map_or_else(|| "Now".to_owned(), moment)
        }),
        Column::new("rule", "Limit", |row: &Row| {
            let limit = &row.limit;
            let time = format::count(
                i64::from(limit.count),
                limit.unit.strip_suffix('s').unwrap_or(&limit.unit),
                &limit.unit,
            );
            let title = format!("{} · {}", limit.pack, limit.rule);
            view! { <span title=title>{format!("{} in {time} for each {}", limit.most, limit.per)}</span> }
        }),
        Column::new("pack", "Rule", |row: &Row| format!("{} · {}", row.limit.pack, row.limit.rule))
            .hidden(),
        Column::new("last", "Last attempt", move |row: &Row| moment(&row.customer.last_at)),
    ]
}
