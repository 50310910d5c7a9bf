//! The Overview: a client's figures for some days against the previous ones, with charts.

mod cards;
mod figures;
mod usage;
mod welcome;

use super::answered::answered;
use super::head::Head;
use crate::dashboard::access::Access;
use crate::dashboard::address::range::{ChooseDays, days};
use crate::dashboard::address::{Address, question};
use crate::dashboard::feed;
use crate::dashboard::load::{Loaded, load};
use crate::dashboard::views::saved::SaveView;
use call_ribbon_shared::wire::{CallHistory, DetailedAnalytics, Trends};
use cards::{detailed as of_details, drawn, latest as of_latest};
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
    let access = Access::here();
    let address = Address::here();
    let asked = move |what: &'static str| {
        move || {
            let days = days(address);
            let (start, end) = (days.start.iso(), days.end.iso());
            let fields = [("startDate", start.as_str()), ("endDate", end.as_str())];
            Some(question(&access.records(what), &fields))
        }
    };
    let trends: Loaded<Trends> = load(asked("analytics/trends"));
    let detailed: Loaded<DetailedAnalytics> = load(asked("analytics/detailed"));
    let latest: Loaded<CallHistory> = load(move || {
        let days = days(address);
        let (start, end) = (days.start.iso(), days.end.iso());
        let fields =
            [("list", "all"), ("startDate", start.as_str()), ("endDate", &end), ("limit", LATEST)];
        Some(question(&access.records("calls"), &fields))
    });
    keep_fresh(move || {
        trends.again();
        detailed.again();
        latest.again();
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
        {answered(trends, move |trends| {
            view! {
                <Figures trends=trends.clone() />
                <div class="grid">
                    {drawn(&trends)}
                    {answered(detailed, |detailed| of_details(&detailed).into_any())}
                    <UsageCard trends=trends />
                    {answered(latest, |latest| of_latest(latest.calls).into_any())}
                </div>
            }
            .into_any()
        })}
    }
}

/// Reloads after events of the feed, without polling.
fn keep_fresh(again: impl Fn() + Copy + 'static) {
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
