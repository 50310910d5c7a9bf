//! The table of calls in progress: its columns, its order, and which calls match the filters.

use super::calls::LiveCall;
use crate::dashboard::ui::{Column, Sort, Tag, Tone, format};
use crate::dashboard::views::rows::{Customer, customer_title, direction_name};
use leptos::prelude::*;

/// Returns whether a call matches the text and the state that the user has chosen.
pub fn is_shown(seen: &LiveCall, text: &str, state: &str) -> bool {
    let in_state = match state {
        "talking" => seen.is_talking() && !seen.on_hold,
        "hold" => seen.on_hold,
        "incoming" => seen.state_tag().0 == "Incoming",
        "calling" => seen.state_tag().0 == "Calling",
        "marked" => seen.mark(format::now_millis()).is_some(),
        _ => true,
    };
    let text = text.to_lowercase();
    let customer = Customer::of_call(&seen.call);
    let (name, campaign) = (customer.display_name(), customer.campaign);
    let number = seen.call.phone_number.as_deref();
    let texts = [seen.agent(), Some(name.as_str()), number, campaign.as_deref()];
    in_state
        && (text.is_empty()
            || texts.into_iter().flatten().any(|shown| shown.to_lowercase().contains(&text)))
}

/// Sorts calls by a column; those that are equal by their start.
pub fn sort_calls(calls: &mut [LiveCall], sort: &Sort) {
    let name = |seen: &LiveCall| match sort.by.as_str() {
        "agent" => seen.agent().unwrap_or_default().to_lowercase(),
        "state" => seen.state_tag().0.to_owned(),
        "customer" => Customer::of_call(&seen.call).display_name().to_lowercase(),
        "campaign" => Customer::of_call(&seen.call).campaign.unwrap_or_default().to_lowercase(),
        _ => String::new(),
    };
    calls.sort_by(|one, two| {
        let order = if sort.by == "for" {
            // The earlier a state began, the longer it lasts.
            two.since().total_cmp(&one.since())
        } else {
            name(one).cmp(&name(two))
        };
        let order = if sort.descending { order.reverse() } else { order };
        order.then_with(|| one.call.start_time.cmp(&two.call.start_time))
    });
}

/// Returns the columns; durations follow `now`.
pub fn live_columns(now: RwSignal<f64>) -> Vec<Column<LiveCall>> {
    vec![
        Column::new("agent", "Agent", |seen: &LiveCall| {
            let agent = seen.agent().unwrap_or("Unassigned").to_owned();
            view! { <span class="name" dir="auto">{agent}</span> }
        })
        .sorted_by("agent"),
        Column::new("state", "State", |seen: &LiveCall| {
            let (text, tone) = seen.state_tag();
            view! { <Tag text=text tone=tone live=true /> }
        })
        .sorted_by("state"),
        Column::new("for", "Duration", move |seen: &LiveCall| {
            let (since, seen) = (seen.since(), seen.clone());
            let mark = Memo::new(move |_| seen.mark(now.get()));
            let duration = move || {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "a call's seconds are far within"
                )]
                let seconds = ((now.get() - since) / 1000.0).max(0.0) as i64;
                format::duration(seconds)
            };
            view! {
                {move || mark.get().map(|mark| view! { <Tag text=mark tone=Tone::Amber />" " })}
                <span class="digits">{duration}</span>
            }
        })
        .numeric()
        .sorted_by("for"),
        Column::new("customer", "Customer", |seen: &LiveCall| {
            let title = customer_title(&seen.call);
            view! { <span class="name" dir="auto" title=title.clone()>{title.clone()}</span> }
        })
        .sorted_by("customer"),
        Column::new("number", "Number", |seen: &LiveCall| {
            view! { <span dir="ltr">{seen.call.phone_number.clone()}</span> }
        }),
        Column::new("direction", "Direction", |seen: &LiveCall| {
            direction_name(seen.call.call_direction)
        }),
        Column::new("campaign", "Campaign", |seen: &LiveCall| {
            Customer::of_call(&seen.call).campaign
        })
        .sorted_by("campaign"),
    ]
}
