//! Lines over days.

mod draw;
mod tip;

use super::super::plain_table::PlainTable;
use super::width::width_of;
use super::{Hue, Measure};
use draw::{Frame, drawing};
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html;
use leptos::prelude::*;
use tip::tip;

/// One place on the way from left to right, such as a day.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stop {
    /// Its name in full, such as "Sunday, 12 October 2025".
    pub name: String,
    /// Its name under the chart, such as "12 Oct".
    pub tick: String,
    /// Whether it is a day of rest, which explains a hole.
    pub rest: bool,
    /// Where the calls behind it are.
    pub href: Option<String>,
}

/// One line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Line {
    /// What it is of.
    pub name: String,
    /// Its value at each stop, not below zero; none where nothing is known.
    pub values: Vec<Option<f64>>,
    /// Its colour.
    pub hue: Hue,
    /// Whether it is the period before: grey and dashed.
    pub before: bool,
}

/// The data of a chart of lines: one to three, and the period before.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lines {
    /// What the stops are, such as "Day".
    pub of: String,
    /// The stops, from left to right.
    pub stops: Vec<Stop>,
    /// The lines; the first is the one that matters most.
    pub lines: Vec<Line>,
    /// How all of them are measured.
    pub measure: Measure,
}

impl Lines {
    /// The same numbers as a table.
    #[must_use]
    pub fn table(&self) -> PlainTable {
        let mut heads = vec![self.of.clone()];
        heads.extend(self.lines.iter().map(|line| line.name.clone()));
        let row = |(place, stop): (usize, &Stop)| {
            let mut row = vec![stop.name.clone()];
            row.extend(self.lines.iter().map(|line| self.text(line, place)));
            row
        };
        PlainTable { heads, rows: self.stops.iter().enumerate().map(row).collect(), total: None }
    }

    /// A line's value at a stop, as people read it.
    fn text(&self, line: &Line, place: usize) -> String {
        value(line, place).map_or_else(|| "–".to_owned(), |value| self.measure.text(value))
    }

    fn said(&self, place: usize) -> String {
        let Some(stop) = self.stops.get(place) else { return String::new() };
        let values: Vec<String> = self
            .lines
            .iter()
            .map(|line| format!("{}: {}", line.name, self.text(line, place)))
            .collect();
        format!("{}. {}.", stop.name, values.join(", "))
    }
}

fn value(line: &Line, place: usize) -> Option<f64> {
    line.values.get(place).copied().flatten()
}

/// A chart of lines, from zero. It takes the focus as a whole; arrow keys walk along the stops,
/// and Enter, as a press, follows the one that is shown.
#[component]
pub fn LineChart(
    /// What it shows.
    #[prop(into)]
    data: Signal<Lines>,
    /// What it is about, for those who listen.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    let whole = NodeRef::<html::Div>::new();
    let way = NodeRef::<html::A>::new();
    let width = width_of(whole);
    let at = RwSignal::new(None::<usize>);
    let frame = Memo::new(move |_| Frame::of(&data.read(), width.get()));
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
                follow(way);
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
        at.set(frame.read_untracked().nearest(x));
    };
    let said = move || at.get().map(|place| data.read().said(place)).unwrap_or_default();
    let href = move || data.read().stops.get(at.get()?).and_then(|stop| stop.href.clone());
    let legend = move || frame.read().has_legend.then(|| tip::legend(&data.read()));
    view! {
        {legend}
        <div
            class="chart"
            tabindex="0"
            role="group"
            aria-roledescription="chart"
            aria-label=move || format!("{}. Arrow keys walk along it.", label.get())
            node_ref=whole
            style:height=move || format!("{}px", draw::HEIGHT)
            style:cursor=move || if href().is_some() { "pointer" } else { "auto" }
            on:keydown=on_key
            on:pointermove=on_point
            on:pointerdown=on_point
            on:pointerleave=move |_| at.set(None)
            on:blur=move |_| at.set(None)
            on:click=move |_| follow(way)
        >
            {move || drawing(&data.read(), &frame.read())}
            {move || draw::here(&data.read(), &frame.read(), at.get()?)}
            {move || tip(&data.read(), &frame.read(), at.get()?)}
        </div>
        // Said as the arrow keys walk.
        <p class="unseen" aria-live="polite">{said}</p>
        // Followed by a press on it, so that the page's own router takes the way.
        <a class="unseen" tabindex="-1" aria-hidden="true" href=href on:click=|event| event.stop_propagation() node_ref=way></a>
    }
}

fn follow(way: NodeRef<html::A>) {
    if let Some(way) = way.get_untracked()
        && way.has_attribute("href")
    {
        way.click();
    }
}
