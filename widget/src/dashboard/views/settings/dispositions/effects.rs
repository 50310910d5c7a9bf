//! What a line does when an agent chooses it, and how the call went then.

use super::line::LinePosition;
use call_ribbon_shared::disposition::forbids_calls;
use call_ribbon_shared::wire::{OutcomeAct, OutcomeResult};
use leptos::prelude::*;

/// What can happen, and how it is called.
const ACTS: [(OutcomeAct, &str); 5] = [
    (OutcomeAct::Suppress, "The number must not be called any more"),
    (OutcomeAct::WrongNumber, "The number is wrong: no calls to it about this account"),
    (OutcomeAct::WithdrawConsent, "The customer’s consents are withdrawn"),
    (OutcomeAct::FollowUp, "The call gets a follow-up"),
    (OutcomeAct::Retry, "The call gets a follow-up when the rules permit another call"),
];

/// How a call can go: the name in the API, and the label.
const RESULTS: [(&str, &str); 5] = [
    ("", "Not said"),
    ("contact", "Right person reached"),
    ("no_contact", "Right person not reached"),
    ("promise", "Promise to pay"),
    ("refusal", "Refusal"),
];

/// Returns what a line does in a few words, for the line that is folded away; empty if it does nothing.
pub fn acts_text(acts: &[OutcomeAct], code: &str) -> Vec<&'static str> {
    let is_done = |act: &OutcomeAct| {
        acts.contains(act) || *act == OutcomeAct::Suppress && forbids_calls(code)
    };
    let words = |act| match act {
        OutcomeAct::Suppress => "no more calls",
        OutcomeAct::WrongNumber => "wrong number",
        OutcomeAct::WithdrawConsent => "withdraws consents",
        OutcomeAct::FollowUp => "follow-up",
        OutcomeAct::Retry => "another attempt",
    };
    OutcomeAct::ALL.into_iter().filter(is_done).map(words).collect()
}

/// Adds an act, or removes it. A call has one follow-up, so one of the two ways to make it is enough.
fn turn_act(acts: &mut Vec<OutcomeAct>, act: OutcomeAct) {
    if let Some(at) = acts.iter().position(|own| *own == act) {
        acts.remove(at);
        return;
    }
    match act {
        OutcomeAct::FollowUp => acts.retain(|own| *own != OutcomeAct::Retry),
        OutcomeAct::Retry => acts.retain(|own| *own != OutcomeAct::FollowUp),
        _ => {}
    }
    acts.push(act);
}

/// The effects of a line.
#[expect(clippy::large_types_passed_by_value, reason = "a component owns its properties")]
#[component]
pub fn EffectsOfLine(place: LinePosition) -> impl IntoView {
    let line = place.line;
    let boxes = ACTS
        .map(|(act, text)| {
            // Its code alone forbids further calls, whatever is chosen here.
            let is_fixed = move || act == OutcomeAct::Suppress && forbids_calls(&line.code());
            view! {
                <label class="check">
                    <input
                        type="checkbox"
                        prop:checked=move || is_fixed() || line.does.read().contains(&act)
                        prop:disabled=is_fixed
                        on:change=move |_| line.does.update(|acts| turn_act(acts, act))
                    />
                    <span>{text}{move || is_fixed().then_some(" – the code always does this")}</span>
                </label>
            }
        })
        .into_iter()
        .collect_view();
    let wrong_minutes = place.error_of("followUpAfterMinutes");
    let minutes = move || {
        let acts = line.does.read();
        let hint = if acts.contains(&OutcomeAct::FollowUp) {
            "Empty: at 09:00 of the first date that is filled in."
        } else if acts.contains(&OutcomeAct::Retry) {
            "Empty: 60 minutes."
        } else {
            return None;
        };
        Some(view! {
            <label class="field">
                <span class="label">"Follow-up after minutes"</span>
                <input
                    class="input"
                    inputmode="numeric"
                    maxlength="6"
                    aria-label=move || place.accessible_name("Follow-up after minutes of line")
                    aria-invalid=move || wrong_minutes.read().is_some().then_some("true")
                    bind:value=line.minutes
                />
                <span class="hint">{hint}</span>
            </label>
        })
    };
    let results = RESULTS.map(|(value, name)| {
        view! { <option value=value selected=move || *line.outcome.read() == value>{name}</option> }
    });
    let pick = move |event: web_sys::Event| {
        let value = event_target_value(&event);
        let result = OutcomeResult::parse(&value).map(OutcomeResult::as_str);
        line.outcome.set(result.unwrap_or_default().to_owned());
    };
    view! {
        <div class="field" role="group" aria-label=move || place.accessible_name("What happens then, line")>
            <span class="label">"What happens when an agent chooses it"</span>
            <div>{boxes}</div>
        </div>
        {minutes}
        <label class="field">
            <span class="label">"How the call went"</span>
            <select class="input" aria-label=move || place.accessible_name("How the call went, line") on:change=pick>
                {results.into_iter().collect_view()}
            </select>
        </label>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OutcomeAct::{FollowUp, Retry, Suppress};

    #[test]
    fn a_line_makes_one_follow_up_and_says_what_it_does() {
        let mut acts = vec![Suppress];
        for (turned, left) in [
            (FollowUp, vec![Suppress, FollowUp]),
            (Retry, vec![Suppress, Retry]),
            (Suppress, vec![Retry]),
            (Retry, vec![]),
        ] {
            turn_act(&mut acts, turned);
            assert_eq!(acts, left);
        }
        assert_eq!(acts_text(&[Retry, Suppress], "x"), ["no more calls", "another attempt"]);
        assert_eq!(acts_text(&[], "Do not call"), ["no more calls"]);
        assert!(acts_text(&[], "call_back").is_empty());
    }
}
