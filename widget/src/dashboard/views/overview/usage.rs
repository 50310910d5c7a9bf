//! The usage of the plan, and how long it will last.

use crate::dashboard::ui::{Card, Day, format};
use call_ribbon_shared::wire::Trends;
use leptos::prelude::*;

/// The card.
#[component]
pub fn UsageCard(trends: Trends) -> impl IntoView {
    let (usage, forecast) = (trends.usage, trends.forecast);
    let sentence = match forecast.runs_out_on.as_deref().and_then(Day::parse) {
        _ if usage.remaining == 0 => {
            "All calls of this month's plan are used; no more can be started until next month."
                .to_owned()
        }
        Some(day) => format!(
            "At this pace the plan's calls run out on {}: the month would need {}.",
            format::date_long(day),
            format::count(forecast.calls_this_month, "call", "calls")
        ),
        None => format!(
            "At this pace the plan lasts: about {} by the end of the month.",
            format::count(forecast.calls_this_month, "call", "calls")
        ),
    };
    let (used, limit) = (usage.calls_this_month, usage.limit);
    let share = super::figures::to_float(used) / super::figures::to_float(limit.max(1));
    view! {
        <Card title="How much of this month's plan is used?" answer=sentence>
            <div class="stack">
                <p class="row">
                    <b class="usage-value">{format::percent(share)}</b>
                    <span>{format::number(used)}" of "{format::count(limit, "call", "calls")}</span>
                </p>
                <meter class="usage" min="0" max=limit.max(1).to_string() high=(limit * 9 / 10).to_string() value=used.to_string() aria-label="Calls used this month">
                    {format::percent(share)}
                </meter>
            </div>
        </Card>
    }
}
