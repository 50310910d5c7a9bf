//! The charts of the overview about all calls of the days, each answering a question.

use super::figures::to_float;
use crate::dashboard::access::Access;
use crate::dashboard::address::range::{self, chosen_days, chosen_direction};
use crate::dashboard::address::team::chosen_team;
use crate::dashboard::address::{Address, view_link};
use crate::dashboard::api::encode_component;
use crate::dashboard::ui::{
    Bar, BarChart, Bars, Card, ColumnChart, DataTable, DateRange, Empty, Hue, Measure, format,
};
use crate::dashboard::views::rows;
use call_ribbon_shared::wire::{Breakdown, BreakdownRow, CallObject, DetailedAnalytics};
use leptos::prelude::*;

/// Draws the detailed figures.
pub fn detail_cards(detailed: &DetailedAnalytics) -> impl IntoView + use<> {
    let address = Address::from_router();
    let lengths = length_bars(detailed, chosen_days(address));
    let customers = customer_bars(detailed);
    let no_customers = customers.bars.is_empty();
    // These figures are of all calls.
    let is_wider = !chosen_direction(address).is_empty() || !chosen_team(address).is_empty();
    let both = move || is_wider.then(|| "Counts all teams and directions.".to_owned());
    let usual = usual_length_sentence(&lengths);
    let usual = both().map_or_else(|| usual.clone(), |both| format!("{both} {usual}"));
    view! {
        <Card title="How long do calls take?" table=lengths.table() answer=usual>
            <ColumnChart data=lengths />
        </Card>
        <Card title="Who do we speak with most?" table=customers.table() answer=both()>
            {if no_customers {
                view! { <Empty title="No calls have a customer"><p>"Pages set one with setCustomer."</p></Empty> }.into_any()
            } else {
                view! { <BarChart data=customers /> }.into_any()
            }}
        </Card>
    }
}

/// Shows the latest calls.
pub fn latest_calls(calls: Vec<CallObject>) -> impl IntoView {
    view! {
        <Card title="What were the latest calls?" flush=true wide=true>
            <DataTable
                name="latest"
                caption="The latest calls"
                columns=rows::call_columns(Access::from_context())
                rows=Signal::stored(calls)
                key=rows::row_key
                href=Callback::new(|call: CallObject| Some(rows::call_link(&call)))
                empty=|| view! { <Empty title="No calls in these days" /> }
            />
        </Card>
    }
}

fn length_bars(detailed: &DetailedAnalytics, range: DateRange) -> Bars {
    let buckets = &detailed.duration_buckets;
    // A call that was not connected has no length.
    let unconnected = detailed.summary.total_calls - detailed.connected_calls;
    let bar = |name: &str, calls: i64, from: &str, to: &str| Bar {
        name: name.to_owned(),
        value: to_float(calls),
        href: Some(range::calls_link(
            range,
            &[("connected", "true"), ("minDuration", from), ("maxDuration", to)],
        )),
        ..Bar::default()
    };
    Bars {
        of: "Length".to_owned(),
        value_name: "Connected calls".to_owned(),
        bars: vec![
            bar("under 30 s", buckets.to_30s - unconnected, "", "29"),
            bar("30 s – 1 min", buckets.to_1m, "30", "59"),
            bar("1 – 3 min", buckets.to_3m, "60", "179"),
            bar("3 – 5 min", buckets.to_5m, "180", "299"),
            bar("5 min +", buckets.over_5m, "300", ""),
        ],
        hue: Hue::Time,
        ..Bars::default()
    }
}

fn usual_length_sentence(lengths: &Bars) -> String {
    let usual = lengths.bars.iter().max_by(|one, two| one.value.total_cmp(&two.value));
    match usual.filter(|bar| bar.value > 0.0) {
        Some(bar) => format!("Most connected calls took {}.", bar.name),
        None => "No call was connected in these days.".to_owned(),
    }
}

fn customer_bars(detailed: &DetailedAnalytics) -> Bars {
    let bar = |customer: &call_ribbon_shared::wire::TopCustomer| Bar {
        name: customer.customer_name.clone().unwrap_or_else(|| customer.customer_id.clone()),
        value: to_float(customer.call_count),
        second: Some(to_float(customer.total_duration)),
        href: Some(view_link(
            &format!("/dashboard/customers/{}", encode_component(&customer.customer_id)),
            &[],
        )),
        rest: false,
    };
    Bars {
        of: "Customer".to_owned(),
        value_name: "Calls".to_owned(),
        second: Some(("Talk time".to_owned(), Measure::Seconds)),
        bars: detailed.top_customers.iter().map(bar).collect(),
        ..Bars::default()
    }
}

/// Shows how the calls ended, as agents said.
pub fn outcome_card(found: &Breakdown) -> impl IntoView + use<> {
    let range = chosen_days(Address::from_router());
    let all = to_float(found.summary.calls.max(1));
    let bar = |row: &BreakdownRow| {
        let code = row.value.as_ref().and_then(|value| value.as_str()).unwrap_or_default();
        Bar {
            name: row.label.clone().unwrap_or_else(|| code.to_owned()),
            value: to_float(row.figures.calls),
            second: Some(to_float(row.figures.calls) / all),
            href: Some(range::calls_link(range, &[("disposition", code)])),
            rest: false,
        }
    };
    let other = found.other.map(|sums| Bar {
        name: "Other".to_owned(),
        value: to_float(sums.calls),
        second: Some(to_float(sums.calls) / all),
        href: None,
        rest: true,
    });
    let bars = Bars {
        of: "Outcome".to_owned(),
        value_name: "Calls".to_owned(),
        second: Some(("Share".to_owned(), Measure::Share)),
        bars: found.rows.iter().map(bar).chain(other).collect(),
        ..Bars::default()
    };
    let none = bars.bars.is_empty();
    let without = found.missing.filter(|sums| sums.calls > 0).map(|sums| {
        let share = format::percent(to_float(sums.calls) / all);
        let calls = format::count(found.summary.calls, "call", "calls");
        format!("{share} have no outcome: {} of {calls}.", format::number(sums.calls))
    });
    view! {
        <Card title="How did the calls end?" table=bars.table() answer=without>
            {if none {
                view! { <Empty title="No outcomes recorded"><p>"Agents choose one after a call."</p></Empty> }.into_any()
            } else {
                view! { <BarChart data=bars /> }.into_any()
            }}
        </Card>
    }
}
