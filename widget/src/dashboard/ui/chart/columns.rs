//! A column chart: how many there are of each size.

use super::{Bar, Bars, Hue};
use leptos::prelude::*;

/// From this many columns on, numbers do not fit.
const SOME: usize = 9;
/// From this many columns on, names do not fit.
const MANY: usize = 17;

/// A column chart, in the order of the data; columns with `href` are links.
#[component]
pub fn ColumnChart(
    /// The data.
    #[prop(into)]
    data: Signal<Bars>,
) -> impl IntoView {
    move || {
        let data = data.get();
        let most = data.max_value();
        let (some, many) = (data.bars.len() >= SOME, data.bars.len() >= MANY);
        let columns = data.bars.iter().map(|bar| column_item(&data, bar, most)).collect_view();
        view! { <ol class="columns" class:some=some class:many=many>{columns}</ol> }
    }
}

fn column_item(data: &Bars, bar: &Bar, most: f64) -> impl IntoView + use<> {
    let hue = if bar.rest { Hue::Rest } else { data.hue };
    let share = (bar.value / most).clamp(0.0, 1.0);
    let value = data.measure.format_value(bar.value);
    let second = data.second_text(bar);
    let second_said = data
        .second
        .as_ref()
        .filter(|_| !second.is_empty())
        .map(|(name, _)| format!(", {second} {}", name.to_lowercase()))
        .unwrap_or_default();
    let title = format!("{}: {value} {}{second_said}", bar.name, data.value_name.to_lowercase());
    let said = format!(" {}{second_said}", data.value_name.to_lowercase());
    // The name comes first for screen readers, and is drawn below.
    let inside = view! {
        <span class="stand">
            <span class="value" aria-hidden="true">{value.clone()}</span>
            <span class="bar" data-hue=hue.class_name() style:--share=share.to_string()></span>
        </span>
        <span class="name" dir="auto">{bar.name.clone()}</span>
        <span class="unseen">": "{value}{said}</span>
    };
    match bar.href.clone() {
        Some(href) => {
            view! { <li><a class="of" href=href title=title>{inside}</a></li> }.into_any()
        }
        None => view! { <li><div class="of" title=title>{inside}</div></li> }.into_any(),
    }
}
