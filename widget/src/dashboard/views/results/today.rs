//! Today against the usual day.

use super::progress::{progress_table, team_table, today_path};
use crate::dashboard::access::Access;
use crate::dashboard::address::Address;
use crate::dashboard::address::team::ChooseTeam;
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{Card, Hue, LineChart, LineData, Measure, Series, Stop, format};
use crate::dashboard::views::answer::render_answer;
use call_ribbon_shared::wire::{HalfHour, Today};
use leptos::prelude::*;

/// The half hours that begin at 9 am and at 6 pm.
const NINE: usize = 18;
const SIX: usize = 36;

/// The tab.
#[component]
pub fn TodayTab() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let today: Loaded<Today> = load_json(move || Some(today_path(access, address)));
    let shown = render_answer(today, move |today| {
        let data = StoredValue::new(line_data(&today));
        let answer = usual_sentence(&today);
        let table = data.with_value(LineData::table);
        view! {
            <Card title="Is today a usual day?" table=table answer=answer>
                <LineChart data=Signal::derive(move || data.get_value()) label="Calls by half hour" />
            </Card>
            {team_table(today.teams.clone())}
            {progress_table(today)}
        }
        .into_any()
    });
    view! { <div class="filters"><ChooseTeam /></div>{shown} }
}

/// Returns the hours from nine to six, and all others in which anything ever happens, with half an
/// hour on both sides.
fn shown_half_hours(today: &Today) -> std::ops::RangeInclusive<usize> {
    let busy = |of: &HalfHour| of.calls > 0 || of.usual_calls > 0.0;
    let first = today.half_hours.iter().position(busy).unwrap_or(NINE).min(NINE);
    let last = today.half_hours.iter().rposition(busy).unwrap_or(SIX).max(SIX);
    first.saturating_sub(1)..=(last + 1).min(47)
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn line_data(today: &Today) -> LineData {
    let now = usize::try_from(today.now).unwrap_or(0);
    let shown: Vec<(usize, &HalfHour)> = shown_half_hours(today)
        .filter_map(|place| Some((place, today.half_hours.get(place)?)))
        .collect();
    let line = |name: &str, hue, of: &dyn Fn(&HalfHour) -> f64| Series {
        name: name.to_owned(),
        // What is to come is not known yet.
        values: shown.iter().map(|(place, half)| (*place <= now).then(|| of(half))).collect(),
        hue,
        before: false,
    };
    let mut lines = vec![
        line("Calls", Hue::Calls, &|half| half.calls as f64),
        line("Connected", Hue::Connected, &|half| half.connected as f64),
    ];
    if today.weeks > 0 {
        lines.push(Series {
            name: "Usual calls".to_owned(),
            values: shown.iter().map(|(_, half)| Some(half.usual_calls)).collect(),
            hue: Hue::Rest,
            before: true,
        });
    }
    let stop = |(place, _): &(usize, &HalfHour)| {
        let name = format::half_hour_of_day(*place);
        Stop { tick: name.clone(), name, rest: false, href: None }
    };
    LineData {
        of: "From".to_owned(),
        stops: shown.iter().map(stop).collect(),
        lines,
        measure: Measure::Count,
        is_last_partial: true,
    }
}

/// Compares the finished half hours of today with the same ones of the usual day.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn usual_sentence(today: &Today) -> String {
    let over = usize::try_from(today.now).unwrap_or(0);
    let halves = || today.half_hours.iter().take(over);
    let calls: i64 = halves().map(|half| half.calls).sum();
    let usual: f64 = halves().map(|half| half.usual_calls).sum();
    let until = format::half_hour_of_day(over);
    let so_far = format!("{} until {until}", format::count(calls, "call", "calls"));
    if today.weeks == 0 {
        return format!("{so_far}. The last four same weekdays had no calls to compare with.");
    }
    let before = match today.weeks {
        1 => "the last same weekday".to_owned(),
        weeks => format!("the last {weeks} same weekdays, on average,"),
    };
    // Counts of independent calls spread by about the square root; twice that is rare.
    let spread = 2.0 * (usual + calls as f64).sqrt().max(1.0);
    let verdict = match calls as f64 - usual {
        more if more > spread => "more than usual",
        more if more < -spread => "fewer than usual",
        _ => "about as usual",
    };
    let usual = format::decimal((usual * 10.0).round() / 10.0);
    format!("{so_far}, {verdict}: {before} had {usual} by then.")
}
