//! The answer as a chart and a sentence.

use super::field::{row_filters, row_name, title};
use super::words::answer;
use crate::dashboard::address::Address;
use crate::dashboard::address::range::{self, days};
use crate::dashboard::ui::{Bar, BarChart, Bars, Card, ColumnChart, Hue, Measure};
use call_ribbon_shared::wire::{Breakdown, BreakdownRow, FieldType, Figures};
use leptos::prelude::*;

/// The most bars that can still be compared.
const BARS: usize = 15;

/// A figure that the chart can show.
pub struct Shown {
    /// Its key in the address; empty for the default.
    pub key: &'static str,
    /// Its label.
    pub name: &'static str,
    of: fn(&Figures) -> f64,
    measure: Measure,
    hue: Hue,
}

/// The figures that can be shown.
pub const SHOWN: [Shown; 5] = [
    Shown {
        key: "",
        name: "Calls",
        of: |sums| float(sums.calls),
        measure: Measure::Count,
        hue: Hue::Calls,
    },
    Shown {
        key: "rate",
        name: "Connect rate",
        of: |sums| sums.connect_rate,
        measure: Measure::Share,
        hue: Hue::Connected,
    },
    Shown {
        key: "missed",
        name: "Missed",
        of: |sums| float(sums.missed),
        measure: Measure::Count,
        hue: Hue::Missed,
    },
    Shown {
        key: "talk",
        name: "Talk time",
        of: |sums| float(sums.total_duration),
        measure: Measure::Seconds,
        hue: Hue::Time,
    },
    Shown {
        key: "handling",
        name: "Handling time",
        of: |sums| float(sums.avg_handling_time),
        measure: Measure::Seconds,
        hue: Hue::Time,
    },
];

#[expect(clippy::cast_precision_loss, reason = "counts and seconds stay far below 2^53")]
fn float(number: i64) -> f64 {
    number as f64
}

/// Returns the address of the calls of these days with more filters, in the selected directions.
pub fn behind(address: Address, more: &[(&'static str, String)]) -> String {
    let mut filters = vec![
        ("callDirection", address.or("callDirection", "")),
        ("timezone", address.or("timezone", "")),
    ];
    filters.extend(more.iter().cloned());
    range::calls(days(address), &filters)
}

/// The chart: columns for numbers, whose order has a meaning, bars for everything else.
#[component]
pub fn Drawn(breakdown: Breakdown) -> impl IntoView {
    let address = Address::here();
    let called = title(&breakdown.field);
    let is_number = breakdown.r#type == FieldType::Number;
    let asked = breakdown.clone();
    let said = Memo::new(move |_| answer(&asked, &address.or("show", "")));
    let bars = Memo::new(move |_| {
        let key = address.or("show", "");
        let shown = SHOWN.iter().find(|one| one.key == key).unwrap_or(&SHOWN[0]);
        bars(&breakdown, shown, address)
    });
    let question = move || {
        let called = called.to_lowercase();
        match address.or("show", "").as_str() {
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

fn bars(breakdown: &Breakdown, shown: &Shown, address: Address) -> Bars {
    let counts = shown.key.is_empty();
    // The second number is the connect rate for counts, the number of calls for other figures.
    let second = |sums: &Figures| if counts { sums.connect_rate } else { float(sums.calls) };
    let row = |row: &BreakdownRow| Bar {
        name: row_name(row),
        value: (shown.of)(&row.figures),
        second: Some(second(&row.figures)),
        href: Some(behind(address, &row_filters(&breakdown.field, row))),
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
        of: title(&breakdown.field),
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
            .chain(rest("Not sent", breakdown.missing, Some(behind(address, &missing))))
            .collect(),
        hue: shown.hue,
    }
}
