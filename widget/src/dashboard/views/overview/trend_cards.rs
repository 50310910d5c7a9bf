//! The charts of the overview over time: calls by day, and by hour of the week.

use super::figures::{can_compare, to_float};
use crate::dashboard::address::Address;
use crate::dashboard::address::range::{
    self, Comparison, chosen_comparison, chosen_days, client_today,
};
use crate::dashboard::ui::{
    Card, Choice, DateRange, Day, Heat, HeatCell, HeatMap, Hue, LineChart, LineData, Measure,
    Segments, Series, format,
};
use crate::dashboard::views::figure_columns::{clearly_best, rate};
use crate::dashboard::views::periods::{Period as Step, group_days, period_stop};
use call_ribbon_shared::wire::{Figures, HourOfWeek, Period, Trends};
use leptos::prelude::*;

/// An hour of fewer calls is drawn faintly: its share may be chance.
const FEW: i64 = 5;
/// The filter that chooses what the heat map shows.
const HEAT: &str = "hours";

/// Draws the trends.
pub fn trend_cards(trends: &Trends) -> impl IntoView + use<> {
    let address = Address::from_router();
    let range = chosen_days(address);
    let by_day = call_lines(trends, chosen_comparison(address));
    let title = format!("How many calls were there each {}?", by_day.of.to_lowercase());
    let trends = trends.clone();
    let busiest = busiest_sentence(&trends.current);
    let best = best_hour(&trends);
    let counts = move || address.filter_or(HEAT, "") == "count";
    let heat = Memo::new(move |_| call_heat(&trends, range, counts()));
    let choices = vec![Choice::new("", "Connect rate"), Choice::new("count", "Connected calls")];
    view! {
        <Card title=title table=by_day.table() answer=busiest wide=true>
            <LineChart data=by_day label="Calls by day" />
        </Card>
        <Card
            title="When do people pick up?"
            table=Signal::derive(move || heat.read().table())
            answer=best
            wide=true
            actions=move || view! {
                <Segments
                    label="What the hours show"
                    choices=Signal::stored(choices.clone())
                    value=Signal::derive(move || address.filter_or(HEAT, ""))
                    on_pick=move |what: String| address.set_filters(&[(HEAT, &what)])
                />
            }
        >
            <HeatMap data=heat label="Hours of the week" />
        </Card>
    }
}

fn call_lines(trends: &Trends, with: Comparison) -> LineData {
    let current = group_days(&trends.current.days);
    let previous = group_days(&trends.previous.days);
    let (of, ends) = (Step::name(trends.current.days.len()), &trends.current.end_date);
    let values = |steps: &[Step], of: fn(&Figures) -> i64| -> Vec<Option<f64>> {
        let mut values: Vec<_> =
            steps.iter().map(|step| Some(to_float(of(&step.figures)))).collect();
        // The lines have the same stops.
        values.resize(current.len(), None);
        values
    };
    let line =
        |name: &str, values, hue, before| Series { name: name.to_owned(), values, hue, before };
    let mut lines = vec![
        line("Calls", values(&current, |sums| sums.calls), Hue::Calls, false),
        line("Connected", values(&current, |sums| sums.connected), Hue::Connected, false),
    ];
    if can_compare(trends, with) {
        let name = match with {
            Comparison::Year => "A year before".to_owned(),
            Comparison::Month => "Last month".to_owned(),
            Comparison::Previous | Comparison::Nothing => match trends.previous.days.len() {
                1 => "Previous day".to_owned(),
                days => format!("Previous {days} days"),
            },
        };
        lines.push(line(&name, values(&previous, |sums| sums.calls), Hue::Rest, true));
    }
    LineData {
        of: of.to_owned(),
        stops: current
            .iter()
            .map(|step| period_stop(step, |days| range::calls_link(days, range::NO_MORE)))
            .collect(),
        lines,
        measure: Measure::Count,
        is_last_partial: *ends == client_today().to_iso(),
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

fn call_heat(trends: &Trends, range: DateRange, counts: bool) -> Heat {
    let cell = |(place, hour): (usize, &HourOfWeek)| {
        let figures = hour_figures(hour);
        let value = if counts { to_float(hour.connected) } else { rate(&figures) };
        let calls = format::count(hour.calls, "call", "calls");
        let more = if counts {
            format!("{} of {calls}", format::percent(rate(&figures)))
        } else {
            format!("{} of {calls}", format::number(hour.connected))
        };
        HeatCell {
            value,
            more: (hour.calls > 0).then_some(more),
            is_faint: !counts && hour.calls < FEW,
            href: (hour.calls > 0).then(|| {
                let weekday = ("weekday", (place / 24).to_string());
                range::calls_link(range, &[weekday, ("hour", (place % 24).to_string())])
            }),
        }
    };
    Heat {
        cells: trends.hours.iter().enumerate().map(cell).collect(),
        value_name: "connected".to_owned(),
        measure: if counts { Measure::Count } else { Measure::Share },
        hue: Hue::Connected,
    }
}

fn hour_figures(hour: &HourOfWeek) -> Figures {
    Figures { calls: hour.calls, connected: hour.connected, ..Figures::default() }
}

/// Names the hour in which clearly more people pick up than usual.
fn best_hour(trends: &Trends) -> String {
    let hours: Vec<Figures> = trends.hours.iter().map(hour_figures).collect();
    match clearly_best(hours.iter().zip(0..), &trends.current.summary) {
        Some(place) => format!(
            "People picked up most on {} {}: {} of {}, against {} of all calls.",
            format::weekday_long(place / 24),
            format::hour_of_day(place % 24),
            format::percent(rate(&hours[place])),
            format::count(hours[place].calls, "call", "calls"),
            format::percent(rate(&trends.current.summary))
        ),
        None => "No hour is clearly better than the others. Pale hours have few calls.".to_owned(),
    }
}
