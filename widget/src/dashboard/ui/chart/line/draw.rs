//! Draws a line chart: the positions of values, and the marks.

use super::super::scale::Scale;
use super::{LineData, Series, value_at};
use leptos::prelude::*;

/// In CSS pixels.
pub const HEIGHT: f64 = 232.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 24.0;
/// The approximate width of a letter of a tick.
const LETTER: f64 = 6.6;
/// Below this width, names do not fit beside the lines.
const WIDE: f64 = 400.0;
/// The least distance between names beside lines.
const NAME_GAP: f64 = 15.0;

/// The layout of a chart of a given width.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChartLayout {
    width: f64,
    left: f64,
    right: f64,
    top_value: f64,
    ticks: Vec<f64>,
    stops: usize,
    /// Whether names are above the chart instead of beside the lines.
    pub has_legend: bool,
}

#[expect(clippy::cast_precision_loss, reason = "a chart has some hundred stops")]
impl ChartLayout {
    /// Computes the layout of some data.
    pub fn for_data(data: &LineData, width: f64) -> Self {
        let most = data
            .lines
            .iter()
            .flat_map(|line| line.values.iter().flatten().copied())
            .fold(0.0, f64::max);
        let scale = Scale::up_to(most, data.measure);
        let longest =
            scale.ticks.iter().map(|tick| data.measure.format_tick(*tick).chars().count()).max();
        let left = longest.unwrap_or(1) as f64 * LETTER + 10.0;
        let names = data.lines.iter().map(|line| line.name.chars().count()).max().unwrap_or(0);
        let has_legend = data.lines.len() > 1 && (width < WIDE || names > 18);
        let beside =
            if has_legend || data.lines.len() < 2 { 10.0 } else { names as f64 * 7.2 + 16.0 };
        Self {
            width,
            left,
            right: width - beside,
            top_value: scale.top,
            ticks: scale.ticks,
            stops: data.stops.len(),
            has_legend,
        }
    }

    /// Returns the position of a stop, from the left.
    pub fn x(&self, place: usize) -> f64 {
        if self.stops < 2 {
            return f64::midpoint(self.left, self.right);
        }
        self.left + self.stop_spacing() * place as f64
    }

    /// Returns the position of a value, from the top.
    pub fn y(&self, value: f64) -> f64 {
        let room = HEIGHT - TOP - BOTTOM;
        HEIGHT - BOTTOM - (value / self.top_value).clamp(0.0, 1.0) * room
    }

    /// Returns the stop nearest to a position from the left.
    pub fn nearest_stop(&self, x: f64) -> Option<usize> {
        (0..self.stops).min_by(|a, b| (self.x(*a) - x).abs().total_cmp(&(self.x(*b) - x).abs()))
    }

    /// Returns the position of a stop as a fraction from 0 to 1.
    pub fn stop_fraction(&self, place: usize) -> f64 {
        self.x(place) / self.width.max(1.0)
    }

    fn stop_spacing(&self) -> f64 {
        (self.right - self.left) / (self.stops.max(2) - 1) as f64
    }

    /// Returns the interval of stops with a label below, so that labels do not touch.
    fn label_interval(&self, data: &LineData) -> usize {
        let longest = data.stops.iter().map(|stop| stop.tick.chars().count()).max().unwrap_or(1);
        let room = longest as f64 * LETTER + 18.0;
        // Whole weeks, if not every day fits.
        [1, 2, 7, 14, 28, 56]
            .into_iter()
            .find(|every| self.stop_spacing() * *every as f64 >= room)
            .unwrap_or(112)
    }
}

/// Draws everything that does not depend on the selection.
pub fn draw_static(data: &LineData, frame: &ChartLayout) -> impl IntoView + use<> {
    if frame.width < 40.0 {
        return None;
    }
    let (left, right) = (frame.left, frame.right);
    let rests = data
        .stops
        .iter()
        .enumerate()
        .filter(|(_, stop)| stop.rest && frame.stop_spacing() >= 4.0)
        .map(|(place, _)| {
            let from = (frame.x(place) - frame.stop_spacing() / 2.0).max(left);
            let to = (frame.x(place) + frame.stop_spacing() / 2.0).min(right);
            view! { <rect class="rest" x=to_px(from) y=to_px(TOP) width=to_px(to - from) height=to_px(HEIGHT - TOP - BOTTOM) /> }
        })
        .collect_view();
    let scale = frame
        .ticks
        .iter()
        .map(|tick| {
            let y = frame.y(*tick).round();
            let class = if *tick > 0.0 { "grid-line" } else { "ground-line" };
            view! {
                <line class=class x1=to_px(left) x2=to_px(right) y1=to_px(y) y2=to_px(y) />
                <text x=to_px(left - 8.0) y=to_px(y + 4.0) text-anchor="end">{data.measure.format_tick(*tick)}</text>
            }
        })
        .collect_view();
    let every = frame.label_interval(data);
    let names = data
        .stops
        .iter()
        .enumerate()
        // Counted from the last one: that is the day that people look for.
        .filter(|(place, _)| (data.stops.len() - 1 - place).is_multiple_of(every))
        .map(|(place, stop)| {
            let x = frame.x(place);
            let half =
                LETTER * f64::from(u32::try_from(stop.tick.chars().count()).unwrap_or(6)) / 2.0;
            let (x, anchor) = match () {
                () if x + half > frame.width => (frame.width, "end"),
                () if x < half => (0.0, "start"),
                () => (x, "middle"),
            };
            view! { <text x=to_px(x) y=to_px(HEIGHT - 6.0) text-anchor=anchor>{stop.tick.clone()}</text> }
        })
        .collect_view();
    // The previous period is drawn under the current one.
    let lines = data.lines.iter().rev().map(|line| draw_line(frame, line, data)).collect_view();
    let beside = (!frame.has_legend && data.lines.len() > 1).then(|| draw_end_labels(data, frame));
    Some(view! {
        <svg width=to_px(frame.width) height=to_px(HEIGHT) viewBox=format!("0 0 {} {HEIGHT}", to_px(frame.width)) aria-hidden="true">
            {rests}{scale}{names}{lines}{beside}
        </svg>
    })
}

/// Draws one line. Unknown values leave a gap.
fn draw_line(frame: &ChartLayout, line: &Series, data: &LineData) -> impl IntoView + use<> {
    let alone = data.lines.len() == 1;
    let mut path = String::new();
    let mut partial = String::new();
    let mut pen_down = false;
    let mut known = Vec::new();
    let last = (0..frame.stops).rev().find(|place| value_at(line, *place).is_some());
    for place in 0..frame.stops {
        let Some(value) = value_at(line, place) else {
            pen_down = false;
            continue;
        };
        if pen_down && Some(place) == last && data.is_last_partial && !line.before {
            let from = value_at(line, place - 1).unwrap_or(value);
            let ends = [(place - 1, from), (place, value)]
                .map(|(place, value)| [to_px(frame.x(place)), to_px(frame.y(value))].join(" "));
            partial = ["M", &ends.join("L")].concat();
            known.push(place);
            continue;
        }
        let letter = if pen_down { 'L' } else { 'M' };
        path.push(letter);
        path.push_str(&[to_px(frame.x(place)), to_px(frame.y(value))].join(" "));
        pen_down = true;
        known.push(place);
    }
    let whole = known.len() == frame.stops && frame.stops > 1 && partial.is_empty();
    let area = (whole && !line.before && alone).then(|| {
        let ground = to_px(frame.y(0.0));
        let d = format!("{path}V{ground}H{}Z", to_px(frame.left));
        view! { <path class="area" d=d /> }
    });
    // A value between two gaps would not be drawn by a line.
    let single = (known.len() == 1).then(|| draw_dot(frame, line, known[0]));
    view! {
        <g data-hue=line.hue.class_name()>
            {area}
            <path class="way" d=path data-before=line.before.then_some("") />
            <path class="way" d=partial data-partial="" />
            {single}
        </g>
    }
}

/// Draws the lines' names beside their ends, moved apart if they would overlap.
fn draw_end_labels(data: &LineData, frame: &ChartLayout) -> impl IntoView + use<> {
    let mut places: Vec<(f64, &Series)> = data
        .lines
        .iter()
        .filter_map(|line| {
            let last = line.values.iter().rev().flatten().next()?;
            Some((frame.y(*last), line))
        })
        .collect();
    places.sort_by(|a, b| a.0.total_cmp(&b.0));
    let lowest = HEIGHT
        - BOTTOM
        - NAME_GAP * f64::from(u32::try_from(places.len().saturating_sub(1)).unwrap_or(0));
    let mut free = TOP;
    let mut views = Vec::new();
    for (place, (y, line)) in places.into_iter().enumerate() {
        let limit = lowest + NAME_GAP * f64::from(u32::try_from(place).unwrap_or(0));
        let y = y.clamp(free, limit.max(free));
        free = y + NAME_GAP;
        views.push(view! { <text class="direct" data-hue=line.hue.class_name() x=to_px(frame.right + 10.0) y=to_px(y + 4.0)>{line.name.clone()}</text> });
    }
    views
}

/// Draws the marks of the selected stop.
pub fn draw_selection(
    data: &LineData,
    frame: &ChartLayout,
    place: usize,
) -> Option<impl IntoView + use<>> {
    if frame.width < 40.0 {
        return None;
    }
    let x = to_px(frame.x(place));
    let dots = data.lines.iter().rev().map(|line| draw_dot(frame, line, place)).collect_view();
    Some(view! {
        <svg class="over" width=to_px(frame.width) height=to_px(HEIGHT) aria-hidden="true">
            <line class="here" x1=x.clone() x2=x y1=to_px(TOP) y2=to_px(HEIGHT - BOTTOM) />
            {dots}
        </svg>
    })
}

fn draw_dot(frame: &ChartLayout, line: &Series, place: usize) -> Option<impl IntoView + use<>> {
    let value = value_at(line, place)?;
    Some(view! {
        <g data-hue=line.hue.class_name()>
            <circle class="dot" r="4" cx=to_px(frame.x(place)) cy=to_px(frame.y(value)) data-before=line.before.then_some("") />
        </g>
    })
}

fn to_px(value: f64) -> String {
    format!("{value:.1}")
}
