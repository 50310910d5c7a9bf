//! The tiles of the overview: each number against the previous days.

use crate::dashboard::address::range;
use crate::dashboard::address::view_link;
use crate::dashboard::ui::{Better, Change, DateRange, Day, Figure, Hue, format};
use crate::dashboard::views::rows::OVER;
use call_ribbon_shared::wire::{DayFigures, Figures as Sums, Trends};
use leptos::prelude::*;

/// Reads a number from sums.
type FigureOf = fn(&Sums) -> f64;

/// The tiles.
#[component]
pub fn Figures(trends: Trends) -> impl IntoView {
    let Trends { current, previous, active_calls, .. } = trends;
    let (now, before) = (current.summary, previous.summary);
    let spark = |of: FigureOf| -> Vec<f64> {
        current.days.iter().map(|DayFigures { figures, .. }| of(figures)).collect()
    };
    let days = Day::parse(&current.start_date).zip(Day::parse(&current.end_date));
    let rows = |more: &[(&str, &str)]| {
        days.map_or_else(
            || view_link("/dashboard/calls", more),
            |(start, end)| range::calls_link(DateRange::new(start, end), more),
        )
    };
    let counted = |of: fn(&Sums) -> i64| {
        let (now, before) = (of(&now), of(&before));
        Change::of_number(to_float(now), to_float(before), format::number(before))
    };
    let lasting = |of: fn(&Sums) -> i64| {
        let (now, before) = (of(&now), of(&before));
        Change::of_number(to_float(now), to_float(before), format::duration(before))
    };
    view! {
        <div class="figures">
            <Figure
                label="Calls"
                value=format::number(now.calls)
                change=counted(|sums| sums.calls)
                better=Better::Neither
                spark=spark(|sums| to_float(sums.calls))
                href=rows(&[])
            />
            <Figure
                label="Connect rate"
                value=format::percent(now.connect_rate)
                change=Change::of_share(now.connect_rate, before.connect_rate)
                spark=spark(|sums| sums.connect_rate)
                hue=Hue::Connected
                href=rows(&[("connected", "true")])
            />
            <Figure
                label="Talk time"
                value=format::duration(now.total_duration)
                change=lasting(|sums| sums.total_duration)
                better=Better::Neither
                spark=spark(|sums| to_float(sums.total_duration))
                hue=Hue::Time
                href=rows(&[("connected", "true"), ("sort", "longest")])
            />
            <Figure
                label="Average handling time"
                value=format::duration(now.avg_handling_time)
                change=lasting(|sums| sums.avg_handling_time)
                better=Better::Neither
                spark=spark(|sums| to_float(sums.avg_handling_time))
                hue=Hue::Time
                href=rows(&[("connected", "true"), ("sort", "longest")])
            />
            <Figure
                label="Missed"
                value=format::number(now.missed)
                change=counted(|sums| sums.missed)
                better=Better::Down
                spark=spark(|sums| to_float(sums.missed))
                hue=Hue::Missed
                // Includes calls that a provider reported as failed.
                href=rows(&[("callDirection", "inbound"), ("connected", "false"), ("status", OVER)])
            />
            <Figure label="Active now" value=format::number(active_calls) href=view_link("/dashboard/live", &[]) />
        </div>
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts and seconds stay far below 2^53")]
pub fn to_float(number: i64) -> f64 {
    number as f64
}
