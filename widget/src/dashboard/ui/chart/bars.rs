//! A chart of horizontal bars, the longest first.

use super::super::plain_table::PlainTable;
use super::{Hue, Measure};
use leptos::prelude::*;

/// A bar or a column.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bar {
    /// What the bar stands for.
    pub name: String,
    /// Its length, not below zero.
    pub value: f64,
    /// A second number beside it, such as the share of connected calls.
    pub second: Option<f64>,
    /// The address of the calls behind it.
    pub href: Option<String>,
    /// Whether it is the remainder, such as "Other": grey, and at the end.
    pub rest: bool,
}

/// The data of a bar chart or column chart.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bars {
    /// What the bars stand for, such as "Agent".
    pub of: String,
    /// What their length means, such as "Calls".
    pub value_name: String,
    /// The unit of the length.
    pub measure: Measure,
    /// The name and unit of the second number.
    pub second: Option<(String, Measure)>,
    /// The bars.
    pub bars: Vec<Bar>,
    /// The colour of what is counted.
    pub hue: Hue,
}

impl Bars {
    /// Returns the same numbers as a table.
    #[must_use]
    pub fn table(&self) -> PlainTable {
        let mut heads = vec![self.of.clone(), self.value_name.clone()];
        heads.extend(self.second.iter().map(|(name, _)| name.clone()));
        let row = |bar: &Bar| {
            let mut row = vec![bar.name.clone(), self.measure.format_value(bar.value)];
            row.extend(self.second.iter().map(|_| self.second_text(bar)));
            row
        };
        PlainTable { heads, rows: self.bars.iter().map(row).collect(), total: None }
    }

    /// Returns the longest bar's length, never zero.
    pub(super) fn max_value(&self) -> f64 {
        let most = self.bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
        if most > 0.0 { most } else { 1.0 }
    }

    pub(super) fn second_text(&self, bar: &Bar) -> String {
        match (&self.second, bar.second) {
            (Some((_, measure)), Some(value)) => measure.format_value(value),
            _ => String::new(),
        }
    }

    /// Returns the bars, the longest first, the remainder at the end.
    fn sorted_bars(&self) -> Vec<Bar> {
        let mut bars = self.bars.clone();
        bars.sort_by(|a, b| a.rest.cmp(&b.rest).then(b.value.total_cmp(&a.value)));
        bars
    }
}

/// A sorted bar chart, each bar with its number; bars with `href` are links.
#[component]
pub fn BarChart(
    /// The data.
    #[prop(into)]
    data: Signal<Bars>,
    /// Keeps the order of the data, if the order has a meaning.
    #[prop(optional)]
    keep_order: bool,
) -> impl IntoView {
    move || {
        let data = data.get();
        let most = data.max_value();
        let bars = if keep_order { data.bars.clone() } else { data.sorted_bars() };
        let heads = data.second.as_ref().map(|(second, _)| {
            view! {
                <li class="heads" aria-hidden="true">
                    <span></span>
                    <span></span>
                    <span class="bars-head">{data.value_name.clone()}</span>
                    <span class="bars-head">{second.clone()}</span>
                </li>
            }
        });
        let rows = bars.into_iter().map(|bar| bar_item(&data, bar, most)).collect_view();
        view! { <ul class="bars">{heads}{rows}</ul> }
    }
}

fn bar_item(data: &Bars, bar: Bar, most: f64) -> impl IntoView + use<> {
    let hue = if bar.rest { Hue::Rest } else { data.hue };
    let share = (bar.value / most).clamp(0.0, 1.0);
    let value = data.measure.format_value(bar.value);
    let second = data.second_text(&bar);
    let (value_name, second_name) = (
        data.value_name.clone(),
        data.second.as_ref().filter(|_| !second.is_empty()).map(|(name, _)| name.clone()),
    );
    let whole = bar.name.clone();
    let inside = view! {
        <span class="name cut" title=whole><bdi>{bar.name}</bdi></span>
        <span class="track"><span class="bar" data-hue=hue.class_name() data-none=(share <= 0.0).then_some("") style:--share=share.to_string()></span></span>
        <span class="value">{value}<span class="unseen">" "{value_name}" "</span></span>
        <span class="second">{second}<span class="unseen">" "{second_name}</span></span>
    };
    match bar.href {
        Some(href) => view! { <li><a class="of" href=href>{inside}</a></li> }.into_any(),
        None => view! { <li><div class="of">{inside}</div></li> }.into_any(),
    }
}
