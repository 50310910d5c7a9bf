//! What one pack would have stopped: counts, rules and calls.

use super::super::small_table::SmallTable;
use super::pack::Pack;
use super::proposal::Proposal;
use super::trial_run::{Phase, RuleCount, TrialRun, TrialSum, TriedCall};
use super::words::effect_text;
use crate::dashboard::access::Access;
use crate::dashboard::address::view_link;
use crate::dashboard::api::encode_component;
use crate::dashboard::ui::{Column, DataTable, DateRange, Empty, Note, Tag, Tone, format};
use crate::dashboard::views::file_button::FileButton;
use leptos::prelude::*;

/// The trial of a pack. One that is proposed begins at once.
#[component]
pub fn PackTrial(
    /// The pack.
    pack: Pack,
    /// The days.
    #[prop(into)]
    days: Signal<DateRange>,
    /// What is proposed.
    proposal: Proposal,
) -> impl IntoView {
    let run = TrialRun::new(pack.name.clone(), days);
    let title = pack.title.clone();
    let named = StoredValue::new(title.clone());
    let pack = StoredValue::new(pack);
    let is_proposed = Memo::new(move |_| pack.with_value(|pack| proposal.names(pack)));
    Effect::new(move |_| {
        if is_proposed.get() && run.phase.get_untracked() == Phase::Idle {
            run.start();
        }
    });
    // What was found is about other days now.
    Effect::watch(
        move || days.get(),
        move |_, _, _| {
            if run.phase.get_untracked() != Phase::Idle {
                run.start();
            }
        },
        false,
    );
    let press = move |_| match run.phase.get_untracked() {
        Phase::Going => run.stop(),
        Phase::Failed(_) => run.go_on(),
        Phase::Still if run.sum.read_untracked().next_cursor.is_some() => run.go_on(),
        Phase::Idle | Phase::Still => run.start(),
    };
    let label = move || match run.phase.get() {
        Phase::Going => "Stop",
        Phase::Idle => "Try it",
        Phase::Failed(_) => "Try again",
        Phase::Still if run.sum.read().next_cursor.is_some() => "Judge more calls",
        Phase::Still => "Try it again",
    };
    let said = move || match run.phase.get() {
        Phase::Idle => None,
        Phase::Going => Some(format!(
            "{} judged so far …",
            format::count(run.sum.read().calls, "call", "calls")
        )),
        _ => Some(sum_text(&run.sum.read())),
    };
    let trouble = move || match run.phase.get() {
        Phase::Failed(trouble) => Some(view! { <Note tone=Tone::Red>{trouble.sentence}</Note> }),
        _ => None,
    };
    let has_found = Memo::new(move |_| !run.sum.read().found.is_empty());
    view! {
        <li class="pack">
            <div class="row">
                <h3>{title}</h3>
                <Show when=move || is_proposed.get()><Tag text="Proposed" tone=Tone::Blue /></Show>
                <button type="button" class="button small" on:click=press>{label}<span class="unseen">{move || format!(": {}", named.get_value())}</span></button>
            </div>
            <p role="status">{said}</p>
            <div role="alert">{trouble}</div>
            <Show when=move || has_found.get()><Found run=run title=named /></Show>
        </li>
    }
}

/// Returns the counts in a sentence.
fn sum_text(sum: &TrialSum) -> String {
    if sum.calls == 0 {
        return "No outbound calls in these days.".to_owned();
    }
    let judged = format::count(sum.calls, "call", "calls");
    let more = if sum.next_cursor.is_some() { " There are more calls in these days." } else { "" };
    if sum.stopped + sum.warned == 0 {
        return format!("{judged} judged: no rule objects.{more}");
    }
    format!(
        "{judged} judged: {} would have been stopped, {} would have been made with a warning.{more}",
        format::number(sum.stopped),
        format::number(sum.warned)
    )
}

/// The rules that object, and the calls.
#[component]
fn Found(run: TrialRun, title: StoredValue<String>) -> impl IntoView {
    let access = Access::from_context();
    let rules = move || run.sum.read().rules.iter().map(rule_row).collect_view();
    let calls = Memo::new(move |_| run.sum.read().found.clone());
    let summary = move || {
        let (shown, all) = (calls.read().len(), run.sum.with(|sum| sum.stopped + sum.warned));
        let shown = i64::try_from(shown).unwrap_or_default();
        if shown < all {
            format!("The first {} of {} calls", format::number(shown), format::number(all))
        } else {
            format::count(all, "call", "calls")
        }
    };
    view! {
        <SmallTable caption=format!("Rules that object: {}", title.get_value()) heads=vec!["What the agent would have read", "Effect", "Calls"]>
            {rules}
        </SmallTable>
        <details>
            <summary>{summary}</summary>
            <DataTable
                name="trial"
                caption=format!("Calls to which a rule objects: {}", title.get_value())
                columns=call_columns(access)
                rows=calls
                key=|call: &TriedCall| call.session_id.clone()
                href=Callback::new(|call: TriedCall| Some(call_address(&call)))
                empty=|| view! { <Empty title="No calls" /> }
            />
        </details>
        <div class="row"><FileButton label="All calls as CSV" path=move |()| run.path(("format", "csv")) /></div>
    }
}

fn rule_row(rule: &RuleCount) -> impl IntoView + use<> {
    let (text, tone) = effect_text(&rule.effect);
    view! {
        <tr>
            <td class="wrap" dir="auto" title=rule.rule.clone()>{rule.said.clone()}</td>
            <td><Tag text=text tone=tone /></td>
            <td class="end">{format::number(rule.calls)}</td>
        </tr>
    }
}

fn call_address(call: &TriedCall) -> String {
    view_link(&format!("/dashboard/calls/{}", encode_component(&call.session_id)), &[])
}

fn call_columns(access: Access) -> Vec<Column<TriedCall>> {
    let zone = StoredValue::new(access.time_zone());
    vec![
        Column::new("at", "When", move |call: &TriedCall| {
            let text = zone.with_value(|zone| format::moment(&call.at, zone));
            view! { <time datetime=call.at.clone()>{text}</time> }
        }),
        Column::new("effect", "Result", |call: &TriedCall| {
            let (text, tone) =
                if call.stopped { ("Stopped", Tone::Red) } else { ("Warned", Tone::Amber) };
            view! { <Tag text=text tone=tone /> }
        }),
        Column::new("agent", "Agent", |call: &TriedCall| {
            view! { <span class="name" dir="auto">{call.agent_id.clone()}</span> }
        }),
        Column::new("customer", "Customer", |call: &TriedCall| {
            view! { <span class="name" dir="auto">{call.customer_id.clone()}</span> }
        }),
        Column::new("number", "Number", |call: &TriedCall| {
            view! { <span dir="ltr">{call.phone_number.clone()}</span> }
        }),
        Column::new("said", "Why", |call: &TriedCall| {
            view! { <span class="wrap" dir="auto">{call.said.clone()}</span> }
        }),
    ]
}
