//! The Overview: a client's figures for some days against the previous ones, with charts.

mod cards;
pub mod figures;
mod trend_cards;
mod usage;
mod welcome;

use super::answer::render_answer;
use super::head::Head;
use crate::dashboard::access::Access;
use crate::dashboard::address::Address;
use crate::dashboard::address::range::{
    ChooseComparison, ChooseDays, ChooseDirection, chosen_comparison, chosen_days, compared_days,
    range_query,
};
use crate::dashboard::address::team::ChooseTeam;
use crate::dashboard::feed;
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{DateRange, Day};
use crate::dashboard::views::saved_views::SaveView;
use call_ribbon_shared::wire::{Breakdown, CallHistory, DetailedAnalytics, Trends};
use cards::{detail_cards as of_details, latest_calls as of_latest, outcome_card};
use figures::{Figures, describe_comparison};
use leptos::prelude::*;
use std::time::Duration;
use trend_cards::trend_cards;
use usage::UsageCard;
use welcome::Welcome;

/// How long a view that follows the feed waits before it reloads: one call has many events.
const GATHER: Duration = Duration::from_millis(1500);

/// The number of latest calls shown.
const LATEST: &str = "10";

/// The view.
#[component]
pub fn Overview() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let asked = move |what: &'static str, more: &'static [(&'static str, &'static str)]| {
        move || Some(range_query(&access.records_path(what), address, more))
    };
    let trends: Loaded<Trends> = load_json(move || {
        let compared = compared_days(chosen_days(address), chosen_comparison(address));
        let iso = |day: fn(DateRange) -> Day| compared.map(|days| day(days).to_iso());
        let (start, end) = (iso(|days| days.start), iso(|days| days.end));
        let more = [
            ("previousStartDate", start.as_deref().unwrap_or_default()),
            ("previousEndDate", end.as_deref().unwrap_or_default()),
        ];
        Some(range_query(&access.records_path("analytics/trends"), address, &more))
    });
    let detailed: Loaded<DetailedAnalytics> = load_json(asked("analytics/detailed", &[]));
    let outcomes: Loaded<Breakdown> =
        load_json(asked("analytics/breakdown", &[("by", "disposition"), ("limit", "20")]));
    let latest: Loaded<CallHistory> =
        load_json(asked("calls", &[("list", "all"), ("limit", LATEST)]));
    reload_on_events(move || {
        trends.reload();
        detailed.reload();
        outcomes.reload();
        latest.reload();
    });
    let is_new = move || {
        trends.answer().is_some_and(|trends| {
            let none = trends.current.summary.calls + trends.previous.summary.calls == 0;
            none && trends.usage.calls_this_month == 0
        })
    };
    view! {
        <Head title="Overview"><SaveView /></Head>
        <div class="filters"><ChooseDays /><ChooseTeam /><ChooseDirection /><ChooseComparison /></div>
        <Show when=is_new><Welcome /></Show>
        // A filter that chooses what a card shows does not draw all of them again.
        {render_answer(trends, move |trends| untrack(|| {
            view! {
                <Figures trends=trends.clone() />
                {describe_comparison(&trends, chosen_comparison(address), &access.time_zone())
                    .map(|sentence| view! { <p class="soft">{sentence}</p> })}
                <div class="grid">
                    {trend_cards(&trends)}
                    {render_answer(outcomes, |outcomes| outcome_card(&outcomes).into_any())}
                    {render_answer(detailed, |detailed| of_details(&detailed).into_any())}
                    <UsageCard trends=trends />
                    {render_answer(latest, |latest| of_latest(latest.calls).into_any())}
                </div>
            }
            .into_any()
        }))}
    }
}

/// Reloads after events of the feed, without polling.
fn reload_on_events(again: impl Fn() + Copy + 'static) {
    let waits = StoredValue::new(false);
    let opened_before = StoredValue::new(false);
    let soon = move || {
        if waits.try_get_value() != Some(false) {
            return;
        }
        waits.set_value(true);
        set_timeout(
            move || {
                // The view may have been left.
                if waits.try_get_value().is_some() {
                    waits.set_value(false);
                    again();
                }
            },
            GATHER,
        );
    };
    // When the stream first opens, the data has already been requested; when it reopens, events may
    // have been missed.
    let opened = move || {
        if opened_before.try_get_value() == Some(true) {
            soon();
        }
        opened_before.try_update_value(|before| *before = true);
    };
    feed::listen(opened, move |_| soon());
}
