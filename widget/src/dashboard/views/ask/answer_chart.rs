//! The answer as a chart and a sentence.

use super::answer_sentence::answer_sentence;
use crate::dashboard::address::Address;
use crate::dashboard::address::range::{self, chosen_days};
use crate::dashboard::ui::{Bar, BarChart, Bars, Card, ColumnChart, Hue, Measure};
use crate::dashboard::views::field::{field_title, missing_name, row_filters, row_name};
use crate::dashboard::views::figure_columns::rate;
use crate::dashboard::views::time_of_day::hour_filters;
use call_ribbon_shared::wire::{Breakdown, BreakdownRow, FieldType, Figures};
use leptos::prelude::*;

/// The most bars that can still be compared.
const BARS: usize = 15;

/// A figure that the chart can show.
pub struct ShownFigure {
    /// Its key in the address; empty for the default.
    pub key: &'static str,
    /// Its label.
    pub name: &'static str,
    of: fn(&Figures) -> f64,
    measure: Measure,
    hue: Hue,
}

/// The figures that can be shown.
pub const FIGURES: [ShownFigure; 5] = [
    ShownFigure {
        key: "",
        name: "Calls",
        of: |sums| to_float(sums.calls),
        measure: Measure::Count,
        hue: Hue::Calls,
    },
    ShownFigure {
        key: "rate",
        name: "Connect rate",
        of: rate,
        measure: Measure::Share,
        hue: Hue::Connected,
    },
    ShownFigure {
        key: "missed",
        name: "Missed",
        of: |sums| to_float(sums.missed),
        measure: Measure::Count,
        hue: Hue::Missed,
    },
    ShownFigure {
        key: "talk",
        name: "Talk time",
        of: |sums| to_float(sums.total_duration),
        measure: Measure::Seconds,
        hue: Hue::Time,
    },
    ShownFigure {
        key: "handling",
        name: "Average talk time",
        of: |sums| to_float(sums.avg_handling_time),
        measure: Measure::Seconds,
        hue: Hue::Time,
    },
];

#[expect(clippy::cast_precision_loss, reason = "counts and seconds stay far below 2^53")]
fn to_float(number: i64) -> f64 {
    number as f64
}

/// Returns the address of the calls of these days with more filters, in the selected directions.
pub fn calls_behind(address: Address, more: &[(&'static str, String)]) -> String {
    let mut filters = vec![
        ("callDirection", address.filter_or("callDirection", "")),
        ("timezone", address.filter_or("timezone", "")),
    ];
    filters.extend(hour_filters(address));
    filters.extend(more.iter().cloned());
    range::calls_link(chosen_days(address), &filters)
}

/// The chart: columns for numbers, whose order has a meaning, bars for everything else.
#[component]
pub fn AnswerChart(breakdown: Breakdown) -> impl IntoView {
    let address = Address::from_router();
    let called = field_title(&breakdown.field);
    let is_number = breakdown.r#type == FieldType::Number;
    let asked = breakdown.clone();
    let said = Memo::new(move |_| answer_sentence(&asked, &address.filter_or("show", "")));
    let bars = Memo::new(move |_| {
        let key = address.filter_or("show", "");
        let shown = FIGURES.iter().find(|one| one.key == key).unwrap_or(&FIGURES[0]);
        breakdown_bars(&breakdown, shown, address)
    });
    let question = move || {
        let called = called.to_lowercase();
        match address.filter_or("show", "").as_str() {
            "rate" => format!("Who picks up, by {called}?"),
            "missed" => format!("Which calls are missed, by {called}?"),
            "talk" => format!("Where does the time go, by {called}?"),
            "handling" => format!("How long does a call take, by {called}?"),
            _ => format!("How many calls are there, by {called}?"),
        }
    };
    view! {
        <Card title=Signal::derive(question) table=Signal::derive(move || bars.read().table()) answer=said>
            {if is_number {
                view! { <ColumnChart data=bars /> }.into_any()
            } else {
                view! { <BarChart data=bars /> }.into_any()
            }}
        </Card>
    }
}

fn breakdown_bars(breakdown: &Breakdown, shown: &ShownFigure, address: Address) -> Bars {
    let counts = shown.key.is_empty();
    // The second number is the connect rate for counts, the number of calls for other figures.
    let second = |sums: &Figures| if counts { rate(sums) } else { to_float(sums.calls) };
    let row = |row: &BreakdownRow| Bar {
        name: row_name(row),
        value: (shown.of)(&row.figures),
        second: Some(second(&row.figures)),
        href: Some(calls_behind(address, &row_filters(&breakdown.field, row))),
        rest: false,
    };
    let rest = |name: &str, sums: Option<Figures>, href: Option<String>| {
        sums.map(|sums| Bar {
            name: name.to_owned(),
            value: (shown.of)(&sums),
            second: Some(second(&sums)),
            href,
            rest: true,
        })
    };
    let number = breakdown.r#type == FieldType::Number;
    let most = if number { breakdown.rows.len() } else { BARS };
    let missing = [("field", breakdown.field.clone()), ("missing", "true".to_owned())];
    Bars {
        of: field_title(&breakdown.field),
        value_name: shown.name.to_owned(),
        measure: shown.measure,
        second: Some(if counts {
            ("Connected".to_owned(), Measure::Share)
        } else {
            ("Calls".to_owned(), Measure::Count)
        }),
        bars: breakdown
            .rows
            .iter()
            .take(most)
            .map(row)
            .chain(rest("Other", breakdown.other, None))
            .chain(rest(
                missing_name(&breakdown.field),
                breakdown.missing,
                Some(calls_behind(address, &missing)),
            ))
            .collect(),
        hue: shown.hue,
    }
}
