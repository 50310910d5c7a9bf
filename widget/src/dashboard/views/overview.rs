//! The Overview: a client's figures for some days against the previous ones, with charts.

mod cards;
pub mod figures;
mod usage;
mod welcome;

use super::answer::render_answer;
use super::head::Head;
use crate::dashboard::access::Access;
use crate::dashboard::address::range::{ChooseDays, chosen_days};
use crate::dashboard::address::{Address, api_query};
use crate::dashboard::feed;
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::views::saved_views::SaveView;
use call_ribbon_shared::wire::{CallHistory, DetailedAnalytics, Trends};
use cards::{detail_cards as of_details, latest_calls as of_latest, trend_cards};
use figures::Figures;
use leptos::prelude::*;
use std::time::Duration;
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
    let asked = move |what: &'static str| {
        move || {
            let days = chosen_days(address);
            let (start, end) = (days.start.to_iso(), days.end.to_iso());
            let fields = [("startDate", start.as_str()), ("endDate", end.as_str())];
            Some(api_query(&access.records_path(what), &fields))
        }
    };
    let trends: Loaded<Trends> = load_json(asked("analytics/trends"));
    let detailed: Loaded<DetailedAnalytics> = load_json(asked("analytics/detailed"));
    let latest: Loaded<CallHistory> = load_json(move || {
        let days = chosen_days(address);
        let (start, end) = (days.start.to_iso(), days.end.to_iso());
        let fields =
            [("list", "all"), ("startDate", start.as_str()), ("endDate", &end), ("limit", LATEST)];
        Some(api_query(&access.records_path("calls"), &fields))
    });
    reload_on_events(move || {
        trends.reload();
        detailed.reload();
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
        <div class="filters"><ChooseDays /></div>
        <Show when=is_new><Welcome /></Show>
        {render_answer(trends, move |trends| {
            view! {
                <Figures trends=trends.clone() />
                <div class="grid">
                    {trend_cards(&trends)}
                    {render_answer(detailed, |detailed| of_details(&detailed).into_any())}
                    <UsageCard trends=trends />
                    {render_answer(latest, |latest| of_latest(latest.calls).into_any())}
                </div>
            }
            .into_any()
        })}
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
