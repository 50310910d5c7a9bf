//! A chart of shares: one stacked bar.

use super::super::format;
use super::super::plain_table::PlainTable;
use super::{Hue, Measure};
use leptos::prelude::*;

/// A part of the whole.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Share {
    /// What it stands for.
    pub name: String,
    /// Its amount, not below zero.
    pub value: f64,
    /// Its colour.
    pub hue: Hue,
    /// The address of the calls behind it.
    pub href: Option<String>,
}

/// The data of a stacked bar.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shares {
    /// What the parts are, such as "How it ended".
    pub of: String,
    /// What is counted, such as "Calls".
    pub value_name: String,
    /// The unit.
    pub measure: Measure,
    /// The parts, in the order in which they are drawn.
    pub parts: Vec<Share>,
}

impl Shares {
    fn sum_of_parts(&self) -> f64 {
        self.parts.iter().map(|part| part.value).sum()
    }

    fn percent_of_whole(&self, part: &Share) -> String {
        let whole = self.sum_of_parts();
        format::percent(if whole > 0.0 { part.value / whole } else { 0.0 })
    }

    /// Returns the same numbers as a table.
    #[must_use]
    pub fn table(&self) -> PlainTable {
        let row = |part: &Share| {
            vec![
                part.name.clone(),
                self.measure.format_value(part.value),
                self.percent_of_whole(part),
            ]
        };
        PlainTable {
            heads: vec![self.of.clone(), self.value_name.clone(), "Share".to_owned()],
            rows: self.parts.iter().map(row).collect(),
            total: Some(vec![
                "All".to_owned(),
                self.measure.format_value(self.sum_of_parts()),
                format::percent(1.0),
            ]),
        }
    }
}

/// A stacked bar of shares with a legend; parts with `href` are links.
#[component]
pub fn StackedShare(
    /// The data.
    #[prop(into)]
    data: Signal<Shares>,
) -> impl IntoView {
    move || {
        let data = data.get();
        let drawn = data
            .parts
            .iter()
            .filter(|part| part.value > 0.0)
            .map(|part| {
                let title = format!("{}: {}", part.name, data.percent_of_whole(part));
                view! { <i data-hue=part.hue.class_name() style:--share=part.value.to_string() title=title></i> }
            })
            .collect_view();
        let parts = data.parts.iter().map(|part| share_item(&data, part)).collect_view();
        view! {
            <div class="shares" aria-hidden="true">{drawn}</div>
            <ul class="share-list">{parts}</ul>
        }
    }
}

fn share_item(data: &Shares, part: &Share) -> impl IntoView + use<> {
    let name = part.name.clone();
    let inside = view! {
        <span class="key" data-hue=part.hue.class_name()></span>
        <span class="cut" title=name.clone()><bdi>{name.clone()}</bdi></span>
        <span class="value">{data.measure.format_value(part.value)}</span>
        <span class="second">{data.percent_of_whole(part)}</span>
    };
    match part.href.clone() {
        Some(href) => view! { <li><a class="of" href=href>{inside}</a></li> }.into_any(),
        None => view! { <li><div class="of">{inside}</div></li> }.into_any(),
    }
}
