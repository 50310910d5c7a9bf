//! A heat map of the hours of a week.

use super::super::format;
use super::super::plain_table::PlainTable;
use super::{Hue, Measure};
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

const HOURS: usize = 24;
const DAYS: usize = 7;
/// The number of colour steps; more could not be told apart.
const STEPS: f64 = 5.0;
/// The scale labels one hour out of this many.
const EVERY: usize = 3;

/// One hour of the week.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HeatCell {
    /// The value.
    pub value: f64,
    /// A further remark, such as "61% connected".
    pub more: Option<String>,
    /// Whether it is drawn faintly, since it says little.
    pub is_faint: bool,
    /// The address of the calls behind it.
    pub href: Option<String>,
}

/// The data of a heat map.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Heat {
    /// 168 hours, starting with Sunday's 0 to 23; missing ones count as empty.
    pub cells: Vec<HeatCell>,
    /// What is counted, such as "calls".
    pub value_name: String,
    /// The unit.
    pub measure: Measure,
    /// The colour of what is counted.
    pub hue: Hue,
}

/// Returns the weekday of a row: weeks are shown from Monday on.
fn weekday_of_row(row: usize) -> usize {
    (row + 1) % DAYS
}

impl Heat {
    fn cell_at(&self, row: usize, hour: usize) -> HeatCell {
        self.cells.get(weekday_of_row(row) * HOURS + hour).cloned().unwrap_or_default()
    }

    fn max_value(&self) -> f64 {
        self.cells.iter().map(|cell| cell.value).fold(0.0, f64::max)
    }

    /// Returns the step of a value's colour, from 1; `None` if the value is zero.
    fn color_step(&self, value: f64) -> Option<f64> {
        (value > 0.0).then(|| (value / self.max_value() * STEPS).ceil().clamp(1.0, STEPS))
    }

    /// Returns a cell's value as text; `None` for a share of nothing.
    fn value_text(&self, cell: &HeatCell) -> Option<String> {
        let is_of_nothing = self.measure == Measure::Share && cell.more.is_none();
        (!is_of_nothing).then(|| self.measure.format_value(cell.value))
    }

    fn describe_cell(&self, row: usize, hour: usize) -> String {
        let cell = self.cell_at(row, hour);
        let when = [format::weekday_long(weekday_of_row(row)), format::hour_of_day(hour)].join(" ");
        let Some(value) = self.value_text(&cell) else { return [&when, ": no calls"].concat() };
        let more = cell.more.map(|more| format!(", {more}")).unwrap_or_default();
        format!("{when}: {value} {}{more}", self.value_name)
    }

    /// Returns the same numbers as a table: a row per hour, a column per day.
    #[must_use]
    pub fn table(&self) -> PlainTable {
        let mut heads = vec!["Hour".to_owned()];
        heads.extend((0..DAYS).map(|row| format::weekday_short(weekday_of_row(row))));
        let hour = |hour: usize| {
            let mut row = vec![format::hour_of_day(hour)];
            row.extend((0..DAYS).map(|day| {
                self.value_text(&self.cell_at(day, hour)).unwrap_or_else(|| "–".to_owned())
            }));
            row
        };
        PlainTable { heads, rows: (0..HOURS).map(hour).collect(), total: None }
    }
}

/// The hours of a week; higher values have stronger colours. One hour has the focus, the arrow keys
/// move it, and its value is shown below.
#[component]
pub fn HeatMap(
    /// The data.
    #[prop(into)]
    data: Signal<Heat>,
    /// What the chart is about, for screen readers.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    let table = NodeRef::<html::Table>::new();
    // The cell that Tab reaches, and the cell under the pointer or focus.
    let home = RwSignal::new((0_usize, 9_usize));
    let looked_at = RwSignal::new(None::<(usize, usize)>);
    let on_key = move |event: KeyboardEvent| {
        let (row, hour) = home.get_untracked();
        let to = match event.key().as_str() {
            "ArrowRight" => (row, (hour + 1).min(HOURS - 1)),
            "ArrowLeft" => (row, hour.saturating_sub(1)),
            "ArrowDown" => ((row + 1).min(DAYS - 1), hour),
            "ArrowUp" => (row.saturating_sub(1), hour),
            "Home" => (row, 0),
            "End" => (row, HOURS - 1),
            _ => return,
        };
        event.prevent_default();
        home.set(to);
        focus_cell(table, to);
    };
    let hours = (0..HOURS)
        .step_by(EVERY)
        .map(|hour| view! { <th scope="colgroup" colspan=EVERY>{format::hour_of_day(hour)}</th> })
        .collect_view();
    let rows = (0..DAYS)
        .map(|row| {
            let cells = (0..HOURS)
                .map(|hour| view! { <td>{cell(data, row, hour, home, looked_at)}</td> })
                .collect_view();
            view! { <tr><th scope="row">{format::weekday_short(weekday_of_row(row))}</th>{cells}</tr> }
        })
        .collect_view();
    let said = move || match looked_at.get() {
        Some((row, hour)) => data.read().describe_cell(row, hour),
        None => "Point at an hour, or move with the arrow keys.".to_owned(),
    };
    let scale = move || {
        let data = data.read();
        let steps =
            (1..=5).map(|step| view! { <i style:--step=step.to_string()></i> }).collect_view();
        view! {
            <span class="heat-scale" data-hue=data.hue.class_name() aria-hidden="true">
                {data.measure.format_tick(0.0)}<i></i>{steps}{data.measure.format_tick(data.max_value())}
            </span>
        }
    };
    view! {
        <div class="heat-box">
            <table
                class="heat"
                role="grid"
                aria-label=label
                data-hue=move || data.read().hue.class_name()
                node_ref=table
                on:keydown=on_key
                on:pointerleave=move |_| looked_at.set(None)
                on:focusout=move |_| looked_at.set(None)
            >
                <thead><tr><td></td>{hours}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <div class="heat-foot"><span>{said}</span>{scale}</div>
    }
}

fn cell(
    data: Signal<Heat>,
    row: usize,
    hour: usize,
    home: RwSignal<(usize, usize)>,
    looked_at: RwSignal<Option<(usize, usize)>>,
) -> impl IntoView {
    let place = (row, hour);
    move || {
        let data = data.read();
        let HeatCell { value, href, is_faint, .. } = data.cell_at(row, hour);
        let faint = is_faint.then_some("");
        let step = data.color_step(value);
        let text = view! { <span class="unseen">{data.describe_cell(row, hour)}</span> };
        let tabindex = move || if home.get() == place { "0" } else { "-1" };
        let enter = move |_| looked_at.set(Some(place));
        let focused = move |_| {
            home.set(place);
            looked_at.set(Some(place));
        };
        let marked = step.map(|_| "");
        let strength = step.map(|step| step.to_string()).unwrap_or_default();
        match href {
            Some(href) => view! {
                <a class="cell" href=href data-faint=faint data-step=marked style:--step=strength tabindex=tabindex on:pointerenter=enter on:focus=focused>{text}</a>
            }
            .into_any(),
            None => view! {
                <span class="cell" data-faint=faint data-step=marked style:--step=strength tabindex=tabindex on:pointerenter=enter on:focus=focused>{text}</span>
            }
            .into_any(),
        }
    }
}

/// Focuses the cell at a position.
fn focus_cell(table: NodeRef<html::Table>, (row, hour): (usize, usize)) {
    let found = table.get_untracked().and_then(|table| {
        let cells = table.query_selector_all(".cell").ok()?;
        let place = u32::try_from(row * HOURS + hour).ok()?;
        cells.item(place)?.dyn_into::<web_sys::HtmlElement>().ok()
    });
    if let Some(cell) = found {
        // Focusing an element of the page cannot fail.
        let _ = cell.focus();
    }
}
