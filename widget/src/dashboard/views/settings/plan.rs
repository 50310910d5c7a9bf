//! The client's plan and its usage.

mod change;

use super::client::Shown;
use crate::dashboard::access::{Access, Role};
use crate::dashboard::address::api_query;
use crate::dashboard::load::load_json;
use crate::dashboard::ui::format::{count, number, percent_whole};
use crate::dashboard::ui::{Card, Note, Tag, Tone};
use crate::dashboard::views::answer::render_answer;
use call_ribbon_shared::wire::{ConfigAnswer, Trends, Usage};
use change::Change;
use leptos::prelude::*;

/// The tab.
#[component]
pub fn Plan() -> impl IntoView {
    let access = Access::from_context();
    let config = load_json::<ConfigAnswer>(move || Some(access.records_path("config")));
    let client = load_json::<Shown>(move || Some(access.settings_path("")));
    let is_operator = Memo::new(move |_| access.role() == Role::Operator);
    view! {
        <Card title="How much of this month's calls is used?">
            {render_answer(config, |config| view! { <UsageBar usage=config.usage /> }.into_any())}
            <Forecast />
        </Card>
        <Card title="What may this client use?">
            {render_answer(client, move |client| {
                if is_operator.get() {
                    view! { <Change client=client on_change=move |()| config.reload() /> }.into_any()
                } else {
                    view! { <Facts client=client /> }.into_any()
                }
            })}
        </Card>
    }
}

#[component]
fn UsageBar(usage: Usage) -> impl IntoView {
    #[expect(clippy::cast_precision_loss, reason = "calls of a month stay far below 2^53")]
    let share = usage.calls_this_month as f64 / usage.limit.max(1) as f64;
    let calls = count(usage.calls_this_month, "call", "calls");
    let words = format!("{calls} of {}, {} left", number(usage.limit), number(usage.remaining));
    view! {
        <div class="stack">
            <p><b>{words}</b>" "<span class="soft">{format!("({})", percent_whole(share))}</span></p>
            <meter class="usage" min="0" max=usage.limit.max(1) value=usage.calls_this_month aria-label="Calls used this month"></meter>
            <Show when=move || usage.remaining == 0>
                <Note tone=Tone::Amber>"No more calls can be started this month. Incoming calls still work, and all calls are logged."</Note>
            </Show>
        </div>
    }
}

/// The forecast of the month's usage, as a sentence; empty if no forecast is available.
#[component]
fn Forecast() -> impl IntoView {
    let access = Access::from_context();
    let trends = load_json::<Trends>(move || {
        Some(api_query(
            &access.records_path("analytics/trends"),
            &[("timezone", &access.time_zone())],
        ))
    });
    let sentence = move || {
        let forecast = trends.answer()?.forecast;
        let calls = count(forecast.calls_this_month, "call", "calls");
        Some(match forecast.runs_out_on {
            Some(day) => format!(
                "At this pace the month would have {calls}, and the limit is reached on {day}."
            ),
            None => format!("At this pace the month will have {calls}, which the plan covers."),
        })
    };
    view! { <p class="card-answer" role="status">{sentence}</p> }
}

/// The plan, for users who cannot change it.
#[component]
fn Facts(client: Shown) -> impl IntoView {
    let plan = plan_name(&client.plan);
    let limit = format!("{} a month", count(client.limit, "call", "calls"));
    let features = client.features.join(", ");
    let state = if client.suspended {
        view! { <Tag text="Suspended" tone=Tone::Red /> }
    } else {
        view! { <Tag text="Active" tone=Tone::Green /> }
    };
    view! {
        <div class="stack">
            <dl class="facts">
                <dt>"Plan"</dt><dd>{plan}</dd>
                <dt>"Limit"</dt><dd>{limit}</dd>
                <dt>"Features"</dt><dd>{features}</dd>
                <dt>"State"</dt><dd>{state}</dd>
            </dl>
            <Note>"Only the operator of this server can change the plan, the limit, the features and the suspension."</Note>
        </div>
    }
}

/// Returns the label of a plan.
fn plan_name(plan: &str) -> String {
    let mut letters = plan.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
