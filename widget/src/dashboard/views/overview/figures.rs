//! The tiles of the overview: each number against the previous days.

use crate::dashboard::address::range::{self, Comparison, chosen_comparison, client_today};
use crate::dashboard::address::{Address, view_link};
use crate::dashboard::ui::{Better, Change, DateRange, Day, Figure, Hue, format};
use crate::dashboard::views::figure_columns::rate;
use crate::dashboard::views::rows::OVER;
use call_ribbon_shared::wire::{DayFigures, Figures as Sums, Trends};
use leptos::prelude::*;

/// Reads a number from sums.
type FigureOf = fn(&Sums) -> f64;

/// The tiles.
#[component]
pub fn Figures(trends: Trends) -> impl IntoView {
    let address = Address::from_router();
    let is_compared = can_compare(&trends, chosen_comparison(address));
    let Trends { current, previous, active_calls, .. } = trends;
    let (now, before) = (current.summary, previous.summary);
    // A day that is not over would look like a fall.
    let over = current.days.len() - usize::from(current.end_date == client_today().to_iso());
    let spark = |of: FigureOf| -> Vec<f64> {
        current.days.iter().take(over).map(|DayFigures { figures, .. }| of(figures)).collect()
    };
    let days = Day::parse(&current.start_date).zip(Day::parse(&current.end_date));
    let rows = |more: &[(&str, &str)]| {
        days.map_or_else(
            || view_link("/dashboard/calls", more),
            |(start, end)| range::calls_link(DateRange::new(start, end), more),
        )
    };
    let changed = |of: fn(&Sums) -> i64, text: fn(i64) -> String| {
        let (now, before) = (of(&now), of(&before));
        is_compared.then(|| Change::of_number(to_float(now), to_float(before), text(before)))
    };
    let counted = |of: fn(&Sums) -> i64| changed(of, format::number);
    let lasting = |of: fn(&Sums) -> i64| changed(of, format::duration);
    let rates = is_compared.then(|| Change::of_share(rate(&now), rate(&before)));
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
                value=format::percent(rate(&now))
                change=rates
                spark=spark(rate)
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
                label="Average talk time"
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

/// Returns whether the earlier period can be compared with: the client had its first call before it.
pub fn can_compare(trends: &Trends, with: Comparison) -> bool {
    let first = trends.first_day.as_deref().unwrap_or("9999");
    with != Comparison::Nothing && first <= trends.previous.start_date.as_str()
}

/// Says with which days the tiles are compared.
pub fn describe_comparison(trends: &Trends, with: Comparison, zone: &str) -> Option<String> {
    if with == Comparison::Nothing {
        return None;
    }
    if !can_compare(trends, with) {
        return Some("There is no full period to compare with.".to_owned());
    }
    let previous = &trends.previous;
    let days = Day::parse(&previous.start_date).zip(Day::parse(&previous.end_date));
    let days = days.map(|(start, end)| DateRange::new(start, end).to_text()).unwrap_or_default();
    Some(match &previous.until {
        Some(until) => {
            format!("Compared with {days}, up to {}.", format::clock_time(until, zone))
        }
        None => format!("Compared with {days}."),
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts and seconds stay far below 2^53")]
pub fn to_float(number: i64) -> f64 {
    number as f64
}
