//! The rules of calling: which packs are on, what calls are about, and what a pack would have stopped.

mod changes;
mod form;
pub mod pack;
mod pack_view;
mod proposal;
mod trial;
mod trial_run;
mod trials;
mod words;

use super::client::Shown;
use crate::dashboard::access::Access;
use crate::dashboard::load::{LoadState, Loaded, load_json};
use crate::dashboard::ui::Loading;
use crate::dashboard::views::answer::render_answer;
use form::RulesForm;
use leptos::prelude::*;
use pack::CallRules;
use proposal::{Proposal, ProposalCard};
use trials::Trials;

/// The tab.
#[component]
pub fn CallRulesTab() -> impl IntoView {
    let access = Access::from_context();
    let rules: Loaded<CallRules> = load_json(move || Some(access.settings_path("call-rules")));
    let client = load_json::<Shown>(move || Some(access.settings_path("")));
    let render = move |rules: CallRules| {
        let country = match client.state.get() {
            // The proposal needs the country, and the form would lose what is typed if it came late.
            LoadState::Loading => return view! { <Loading /> }.into_any(),
            LoadState::Ready(client) => client.default_country,
            LoadState::Failed(_) => None,
        };
        let proposal = Proposal::for_country(country.unwrap_or_default());
        let packs = StoredValue::new(rules.packs.clone());
        view! {
            <ProposalCard proposal=proposal packs=packs />
            <RulesForm rules=rules proposal=proposal />
            <Trials packs=packs proposal=proposal />
        }
        .into_any()
    };
    view! { <div class="stack">{render_answer(rules, render)}</div> }
}
