//! The tooltip of the selected stop, and the legend if names do not fit beside the lines.

use super::draw::ChartLayout;
use super::{LineData, Series};
use leptos::prelude::*;

/// Draws the box beside the stop, on the side that has room.
pub fn draw_tip(
    data: &LineData,
    frame: &ChartLayout,
    place: usize,
) -> Option<impl IntoView + use<>> {
    let stop = data.stops.get(place)?.clone();
    let across = frame.stop_fraction(place) * 100.0;
    let lines = data
        .lines
        .iter()
        .map(|line| {
            view! { <div class="line">{legend_key(line)}<span>{line.name.clone()}</span><b>{data.format_value(line, place)}</b></div> }
        })
        .collect_view();
    let (start, end) = if across > 50.0 {
        ("auto".to_owned(), format!("calc({:.2}% + 12px)", 100.0 - across))
    } else {
        (format!("calc({across:.2}% + 12px)"), "auto".to_owned())
    };
    Some(view! {
        <div class="tip" aria-hidden="true" style:left=start style:right=end>
            <div class="when">{stop.name}</div>
            {lines}
        </div>
    })
}

/// Draws the lines' names above the chart.
pub fn draw_legend(data: &LineData) -> impl IntoView + use<> {
    let names = data
        .lines
        .iter()
        .map(|line| view! { <li>{legend_key(line)}<span class="cut">{line.name.clone()}</span></li> })
        .collect_view();
    view! { <ul class="legend">{names}</ul> }
}

fn legend_key(line: &Series) -> impl IntoView + use<> {
    view! { <span class="key" data-hue=line.hue.class_name() data-before=line.before.then_some("")></span> }
}
