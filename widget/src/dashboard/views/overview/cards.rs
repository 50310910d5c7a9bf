//! The charts of the overview, each answering a question.

use super::figures::float;
use crate::dashboard::access::Access;
use crate::dashboard::address::range::{self, days};
use crate::dashboard::address::{Address, link};
use crate::dashboard::api::encoded;
use crate::dashboard::ui::{
    Bar, BarChart, Bars, Card, ColumnChart, DataTable, DateRange, Day, Empty, Heat, HeatCell,
    HeatMap, Hue, Line, LineChart, Lines, Measure, Stop, format,
};
use crate::dashboard::views::rows;
use call_ribbon_shared::wire::{CallObject, DetailedAnalytics, Figures, Period, Trends};
use leptos::prelude::*;

/// Draws the trends: calls by day, and by hour of the week.
pub fn drawn(trends: &Trends) -> impl IntoView + use<> {
    let range = days(Address::here());
    let by_day = lines(&trends.current, &trends.previous);
    let heat = heat(trends, range);
    view! {
        <Card title="How many calls were there each day?" table=by_day.table() answer=busiest(&trends.current) wide=true>
            <LineChart data=by_day label="Calls by day" />
        </Card>
        <Card title="When do people pick up?" table=heat.table() answer=best_hour(trends) wide=true>
            <HeatMap data=heat label="Connected calls by hour and weekday" />
        </Card>
    }
}

fn lines(current: &Period, previous: &Period) -> Lines {
    let stop = |date: &str| {
        let day = Day::parse(date);
        Stop {
            name: day.map(format::date_long).unwrap_or_default(),
            tick: day.map(format::date_short).unwrap_or_default(),
            rest: day.is_some_and(Day::is_weekend),
            href: day.map(|day| range::calls(DateRange::new(day, day), range::NO_MORE)),
        }
    };
    let values = |period: &Period, of: fn(&Figures) -> i64| -> Vec<Option<f64>> {
        period.days.iter().map(|day| Some(float(of(&day.figures)))).collect()
    };
    Lines {
        of: "Day".to_owned(),
        stops: current.days.iter().map(|day| stop(&day.date)).collect(),
        lines: vec![
            Line {
                name: "Calls".to_owned(),
                values: values(current, |sums| sums.calls),
                hue: Hue::Calls,
                before: false,
            },
            Line {
                name: "Connected".to_owned(),
                values: values(current, |sums| sums.connected),
                hue: Hue::Connected,
                before: false,
            },
            Line {
                name: "Calls before".to_owned(),
                values: values(previous, |sums| sums.calls),
                hue: Hue::Rest,
                before: true,
            },
        ],
        measure: Measure::Count,
    }
}

fn busiest(period: &Period) -> String {
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

fn heat(trends: &Trends, range: DateRange) -> Heat {
    let cell = |(place, hour): (usize, &call_ribbon_shared::wire::HourOfWeek)| HeatCell {
        value: float(hour.connected),
        more: (hour.calls > 0).then(|| {
            let share = format::percent_whole(float(hour.connected) / float(hour.calls));
            format!("{share} of {}", format::count(hour.calls, "call", "calls"))
        }),
        href: (hour.calls > 0).then(|| {
            let weekday = ("weekday", (place / 24).to_string());
            range::calls(range, &[weekday, ("hour", (place % 24).to_string())])
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
        (hour.calls >= enough).then(|| float(hour.connected) / float(hour.calls))
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
pub fn detailed(detailed: &DetailedAnalytics) -> impl IntoView + use<> {
    let access = Access::here();
    let range = days(Address::here());
    let lengths = lengths(detailed, range);
    let customers = customers(detailed);
    let outcomes = outcomes(detailed, range, access);
    let no_customers = customers.bars.is_empty();
    let no_outcomes = outcomes.bars.is_empty();
    view! {
        <Card title="How long do calls take?" table=lengths.table() answer=usual_length(&lengths)>
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
pub fn latest(calls: Vec<CallObject>) -> impl IntoView {
    view! {
        <Card title="What were the latest calls?" flush=true wide=true>
            <DataTable
                name="latest"
                caption="The latest calls"
                columns=rows::columns(Access::here())
                rows=Signal::stored(calls)
                key=rows::key_of
                href=Callback::new(|call: CallObject| Some(rows::address_of(&call)))
                empty=|| view! { <Empty title="No calls in these days" /> }
            />
        </Card>
    }
}

fn lengths(detailed: &DetailedAnalytics, range: DateRange) -> Bars {
    let buckets = &detailed.duration_buckets;
    let bar = |name: &str, calls: i64, from: &str, to: &str| Bar {
        name: name.to_owned(),
        value: float(calls),
        href: Some(range::calls(
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

fn usual_length(lengths: &Bars) -> String {
    let usual = lengths.bars.iter().max_by(|one, two| one.value.total_cmp(&two.value));
    match usual.filter(|bar| bar.value > 0.0) {
        Some(bar) => format!(
            "Most calls took {}. Calls that were not connected count as under 30 s.",
            bar.name
        ),
        None => "There were no calls in these days.".to_owned(),
    }
}

fn customers(detailed: &DetailedAnalytics) -> Bars {
    let bar = |customer: &call_ribbon_shared::wire::TopCustomer| Bar {
        name: customer.customer_name.clone().unwrap_or_else(|| customer.customer_id.clone()),
        value: float(customer.call_count),
        second: Some(float(customer.total_duration)),
        href: Some(link(&format!("/dashboard/customers/{}", encoded(&customer.customer_id)), &[])),
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

fn outcomes(detailed: &DetailedAnalytics, range: DateRange, access: Access) -> Bars {
    let bar = |(code, calls): (&String, &i64)| Bar {
        name: access.disposition(code),
        value: float(*calls),
        href: Some(range::calls(range, &[("disposition", code.clone())])),
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
