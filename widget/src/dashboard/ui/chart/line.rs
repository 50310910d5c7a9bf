//! Line charts over days.

mod draw;
mod tip;

use super::super::plain_table::PlainTable;
use super::width::width_of;
use super::{Hue, Measure};
use draw::{ChartLayout, draw_static};
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html;
use leptos::prelude::*;
use std::time::Duration;
use tip::draw_tip;

/// A position on the horizontal axis, such as a day.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stop {
    /// The full name, such as "Sunday, 12 October 2025".
    pub name: String,
    /// The name below the chart, such as "12 Oct".
    pub tick: String,
    /// Whether it is a day of rest, which explains a gap.
    pub rest: bool,
    /// The address of the calls behind it.
    pub href: Option<String>,
}

/// One line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series {
    /// What it stands for.
    pub name: String,
    /// Its value at each stop, not below zero; `None` if unknown.
    pub values: Vec<Option<f64>>,
    /// Its colour.
    pub hue: Hue,
    /// Whether it is the previous period: grey and dashed.
    pub before: bool,
}

/// The data of a line chart: one to three lines, and the previous period.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LineData {
    /// What the stops are, such as "Day".
    pub of: String,
    /// The stops, from left to right.
    pub stops: Vec<Stop>,
    /// The lines; the first is the most important.
    pub lines: Vec<Series>,
    /// The unit of all lines.
    pub measure: Measure,
    /// Whether the last known stop is not over yet: the way to it is dotted.
    pub is_last_partial: bool,
}

impl LineData {
    /// Returns the same numbers as a table.
    #[must_use]
    pub fn table(&self) -> PlainTable {
        let mut heads = vec![self.of.clone()];
        heads.extend(self.lines.iter().map(|line| line.name.clone()));
        let row = |(place, stop): (usize, &Stop)| {
            let mut row = vec![stop.name.clone()];
            row.extend(self.lines.iter().map(|line| self.format_value(line, place)));
            row
        };
        PlainTable { heads, rows: self.stops.iter().enumerate().map(row).collect(), total: None }
    }

    /// Formats a line's value at a stop for people.
    fn format_value(&self, line: &Series, place: usize) -> String {
        value_at(line, place)
            .map_or_else(|| "–".to_owned(), |value| self.measure.format_value(value))
    }

    fn describe_stop(&self, place: usize) -> String {
        let Some(stop) = self.stops.get(place) else { return String::new() };
        let values: Vec<String> = self
            .lines
            .iter()
            .map(|line| format!("{}: {}", line.name, self.format_value(line, place)))
            .collect();
        format!("{}. {}.", stop.name, values.join(", "))
    }
}

fn value_at(line: &Series, place: usize) -> Option<f64> {
    line.values.get(place).copied().flatten()
}

/// A line chart, from zero. It takes the focus as a whole; the arrow keys move along the stops, and
/// Enter or a press follows the link of the selected stop.
#[component]
pub fn LineChart(
    /// The data.
    #[prop(into)]
    data: Signal<LineData>,
    /// What the chart is about, for screen readers.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    let whole = NodeRef::<html::Div>::new();
    let way = NodeRef::<html::A>::new();
    let width = width_of(whole);
    let at = RwSignal::new(None::<usize>);
    let frame = Memo::new(move |_| ChartLayout::for_data(&data.read(), width.get()));
    let last = move || data.read().stops.len().saturating_sub(1);
    let on_key = move |event: KeyboardEvent| {
        let here = at.get_untracked();
        let to = match event.key().as_str() {
            "ArrowRight" => Some(here.map_or(0, |here| (here + 1).min(last()))),
            "ArrowLeft" => Some(here.map_or_else(last, |here| here.saturating_sub(1))),
            "Home" => Some(0),
            "End" => Some(last()),
            "Escape" => None,
            "Enter" => {
                click_link(way);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        at.set(to);
    };
    let on_point = move |event: PointerEvent| {
        let Some(whole) = whole.get_untracked() else { return };
        let x = f64::from(event.client_x()) - whole.get_bounding_client_rect().left();
        at.set(frame.read_untracked().nearest_stop(x));
    };
    let said = move || at.get().map(|place| data.read().describe_stop(place)).unwrap_or_default();
    let href = move || data.read().stops.get(at.get()?).and_then(|stop| stop.href.clone());
    let legend = move || frame.read().has_legend.then(|| tip::draw_legend(&data.read()));
    view! {
        {legend}
        <div
            class="chart"
            tabindex="0"
            role="group"
            aria-roledescription="chart"
            aria-label=move || format!("{}. Move along it with the arrow keys.", label.get())
            node_ref=whole
            style:height=move || format!("{}px", draw::HEIGHT)
            style:cursor=move || if href().is_some() { "pointer" } else { "auto" }
            on:keydown=on_key
            on:pointermove=on_point
            on:pointerdown=on_point
            on:pointerleave=move |_| at.set(None)
            on:blur=move |_| at.set(None)
            on:click=move |_| click_link(way)
        >
            {move || draw_static(&data.read(), &frame.read())}
            {move || draw::draw_selection(&data.read(), &frame.read(), at.get()?)}
            {move || draw_tip(&data.read(), &frame.read(), at.get()?)}
        </div>
        // Announced as the arrow keys move.
        <p class="unseen" aria-live="polite">{said}</p>
        // Followed by a click on it, so that the router handles it.
        <a class="unseen" tabindex="-1" aria-hidden="true" href=href on:click=|event| event.stop_propagation() node_ref=way></a>
    }
}

fn click_link(way: NodeRef<html::A>) {
    if let Some(way) = way.get_untracked()
        && way.has_attribute("href")
    {
        // The router removes this chart, so it must not do that while the chart's own listener runs.
        set_timeout(move || way.click(), Duration::ZERO);
    }
}
