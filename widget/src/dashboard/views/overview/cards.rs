//! The charts of the overview, each answering a question.

use super::figures::to_float;
use crate::dashboard::access::Access;
use crate::dashboard::address::range::{self, chosen_days};
use crate::dashboard::address::{Address, view_link};
use crate::dashboard::api::encode_component;
use crate::dashboard::ui::{
    Bar, BarChart, Bars, Card, ColumnChart, DataTable, DateRange, Day, Empty, Heat, HeatCell,
    HeatMap, Hue, LineChart, LineData, Measure, Series, Stop, format,
};
use crate::dashboard::views::rows;
use call_ribbon_shared::wire::{CallObject, DetailedAnalytics, Figures, Period, Trends};
use leptos::prelude::*;

/// Draws the trends: calls by day, and by hour of the week.
pub fn trend_cards(trends: &Trends) -> impl IntoView + use<> {
    let range = chosen_days(Address::from_router());
    let by_day = call_lines(&trends.current, &trends.previous);
    let heat = call_heat(trends, range);
    view! {
        <Card title="How many calls were there each day?" table=by_day.table() answer=busiest_sentence(&trends.current) wide=true>
            <LineChart data=by_day label="Calls by day" />
        </Card>
        <Card title="When do people pick up?" table=heat.table() answer=best_hour(trends) wide=true>
            <HeatMap data=heat label="Connected calls by hour and weekday" />
        </Card>
    }
}

fn call_lines(current: &Period, previous: &Period) -> LineData {
    let stop = |date: &str| {
        let day = Day::parse(date);
        Stop {
            name: day.map(format::date_long).unwrap_or_default(),
            tick: day.map(format::date_short).unwrap_or_default(),
            rest: day.is_some_and(Day::is_weekend),
            href: day.map(|day| range::calls_link(DateRange::new(day, day), range::NO_MORE)),
        }
    };
    let values = |period: &Period, of: fn(&Figures) -> i64| -> Vec<Option<f64>> {
        period.days.iter().map(|day| Some(to_float(of(&day.figures)))).collect()
    };
    LineData {
        of: "Day".to_owned(),
        stops: current.days.iter().map(|day| stop(&day.date)).collect(),
        lines: vec![
            Series {
                name: "Calls".to_owned(),
                values: values(current, |sums| sums.calls),
                hue: Hue::Calls,
                before: false,
            },
            Series {
                name: "Connected".to_owned(),
                values: values(current, |sums| sums.connected),
                hue: Hue::Connected,
                before: false,
            },
            Series {
                name: "Calls before".to_owned(),
                values: values(previous, |sums| sums.calls),
                hue: Hue::Rest,
                before: true,
            },
        ],
        measure: Measure::Count,
    }
}

fn busiest_sentence(period: &Period) -> String {
    let busiest = period.days.iter().max_by_key(|day| day.figures.calls);
    match busiest.filter(|day| day.figures.calls > 0) {
        Some(day) => format!(
            "The busiest day was {} with {}.",
            Day::parse(&day.date).map(format::date_long).unwrap_or_default(),
            format::count(day.figures.calls, "call", "calls")
        ),
        None => "There were no calls in these days.".to_owned(),
    }
}

fn call_heat(trends: &Trends, range: DateRange) -> Heat {
    let cell = |(place, hour): (usize, &call_ribbon_shared::wire::HourOfWeek)| HeatCell {
        value: to_float(hour.connected),
        more: (hour.calls > 0).then(|| {
            let share = format::percent_whole(to_float(hour.connected) / to_float(hour.calls));
            format!("{share} of {}", format::count(hour.calls, "call", "calls"))
        }),
        href: (hour.calls > 0).then(|| {
            let weekday = ("weekday", (place / 24).to_string());
            range::calls_link(range, &[weekday, ("hour", (place % 24).to_string())])
        }),
    };
    Heat {
        cells: trends.hours.iter().enumerate().map(cell).collect(),
        value_name: "connected".to_owned(),
        measure: Measure::Count,
        hue: Hue::Connected,
    }
}

/// Describes the hour with the highest answer rate, among hours with enough calls for a conclusion.
fn best_hour(trends: &Trends) -> String {
    let most = trends.hours.iter().map(|hour| hour.calls).max().unwrap_or(0);
    let enough = (most / 4).max(5);
    let share = |place: usize| {
        let hour = trends.hours.get(place)?;
        (hour.calls >= enough).then(|| to_float(hour.connected) / to_float(hour.calls))
    };
    let best = (0..trends.hours.len())
        .filter_map(|place| Some((place, share(place)?)))
        .max_by(|one, two| one.1.total_cmp(&two.1));
    match best {
        Some((place, share)) => format!(
            "Of the busier hours, people picked up most on {} {}: {}.",
            format::weekday_long(place / 24),
            format::hour_of_day(place % 24),
            format::percent_whole(share)
        ),
        None => "There are too few calls to say which hour is best.".to_owned(),
    }
}

/// Draws the detailed figures.
pub fn detail_cards(detailed: &DetailedAnalytics) -> impl IntoView + use<> {
    let access = Access::from_context();
    let range = chosen_days(Address::from_router());
    let lengths = length_bars(detailed, range);
    let customers = customer_bars(detailed);
    let outcomes = outcome_bars(detailed, range, access);
    let no_customers = customers.bars.is_empty();
    let no_outcomes = outcomes.bars.is_empty();
    view! {
        <Card title="How long do calls take?" table=lengths.table() answer=usual_length_sentence(&lengths)>
            <ColumnChart data=lengths />
        </Card>
        <Card title="What were the outcomes?" table=outcomes.table()>
            {if no_outcomes {
                view! { <Empty title="No outcomes recorded"><p>"Agents choose one after a call."</p></Empty> }.into_any()
            } else {
                view! { <BarChart data=outcomes /> }.into_any()
            }}
        </Card>
        <Card title="Who do we speak with most?" table=customers.table()>
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
    let bar = |name: &str, calls: i64, from: &str, to: &str| Bar {
        name: name.to_owned(),
        value: to_float(calls),
        href: Some(range::calls_link(
            range,
            &[("minDuration", from.to_owned()), ("maxDuration", to.to_owned())],
        )),
        ..Bar::default()
    };
    Bars {
        of: "Length".to_owned(),
        value_name: "Calls".to_owned(),
        bars: vec![
            bar("under 30 s", buckets.to_30s, "", "29"),
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
        Some(bar) => format!(
            "Most calls took {}. Calls that were not connected count as under 30 s.",
            bar.name
        ),
        None => "There were no calls in these days.".to_owned(),
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

fn outcome_bars(detailed: &DetailedAnalytics, range: DateRange, access: Access) -> Bars {
    let bar = |(code, calls): (&String, &i64)| Bar {
        name: access.disposition_name(code),
        value: to_float(*calls),
        href: Some(range::calls_link(range, &[("disposition", code.clone())])),
        ..Bar::default()
    };
    Bars {
        of: "Outcome".to_owned(),
        value_name: "Calls".to_owned(),
        bars: detailed.dispositions.iter().map(bar).collect(),
        hue: Hue::Connected,
        ..Bars::default()
    }
}
