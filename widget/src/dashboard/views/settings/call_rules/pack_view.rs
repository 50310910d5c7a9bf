//! A pack in the list: its switch, and its rules in words.

use super::pack::{Pack, Rule};
use super::proposal::Proposal;
use super::words::{
    agent_text, demand_text, effect_text, effects_summary, override_text, standing_text,
};
use crate::dashboard::ui::{Tag, Toggle, Tone, format};
use crate::dashboard::views::do_not_call::purpose_name;
use leptos::prelude::*;

/// The pack.
#[component]
pub fn PackView(
    /// The pack.
    pack: Pack,
    /// The names of the packs that are on.
    on: RwSignal<Vec<String>>,
    /// What is proposed.
    proposal: Proposal,
) -> impl IntoView {
    let name = StoredValue::new(pack.name.clone());
    let title = pack.title.clone();
    let about =
        format!("{} · version {} · {}", pack.name, pack.version, effects_summary(&pack.rules));
    let count = format::count(i64::try_from(pack.rules.len()).unwrap_or_default(), "rule", "rules");
    let label = format!("{count}: {title}");
    let is_own = pack.own;
    let rules = pack.rules.iter().map(|rule| rule_view(rule, is_own)).collect_view();
    let turned_on = Signal::derive(move || name.with_value(|name| on.read().contains(name)));
    let turn = move |now_on: bool| {
        let name = name.get_value();
        on.update(|on| {
            on.retain(|other| *other != name);
            if now_on {
                on.push(name);
            }
        });
    };
    let pack = StoredValue::new(pack);
    let is_proposed = Memo::new(move |_| pack.with_value(|pack| proposal.names(pack)));
    view! {
        <li class="pack">
            <div class="row">
                <Toggle label=title value=turned_on on_change=turn />
                <Show when=move || is_proposed.get()><Tag text="Proposed" tone=Tone::Blue /></Show>
                <span class="soft">{about}</span>
            </div>
            <details>
                <summary aria-label=label>{count}</summary>
                <ul class="plain-list">{rules}</ul>
            </details>
        </li>
    }
}

fn rule_view(rule: &Rule, is_own: bool) -> impl IntoView + use<> {
    let (effect, effect_tone) = effect_text(&rule.effect);
    let (standing, standing_tone) = standing_text(&rule.standing);
    let purposes = if rule.purposes.is_empty() {
        "All calls".to_owned()
    } else {
        let names: Vec<String> =
            rule.purposes.iter().map(|purpose| purpose_name(purpose)).collect();
        names.join(", ")
    };
    let regions = if rule.regions.is_empty() {
        String::new()
    } else {
        format!(" · {}", rule.regions.join(", "))
    };
    let from =
        rule.applies_from.as_ref().map(|day| format!(" · from {day} on")).unwrap_or_default();
    // Agents read a pack of the client's own as it is written.
    let read = if is_own { rule.says.clone() } else { agent_text(rule) };
    view! {
        <li class="stack tight">
            <p>{demand_text(&rule.test)}</p>
            <p class="row">
                <Tag text=effect tone=effect_tone />
                <Tag text=standing tone=standing_tone />
                <span class="soft">{override_text(&rule.may_override)}</span>
            </p>
            <p class="soft">{format!("{purposes}{regions}{from} · The agent reads: “{read}”")}</p>
            <p class="soft">{format!("Source: {}, {} · rule {}", rule.source, rule.source_date, rule.id)}</p>
        </li>
    }
}
