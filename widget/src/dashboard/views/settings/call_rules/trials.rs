//! What packs would have stopped in a range of days.

use super::pack::Pack;
use super::proposal::Proposal;
use super::trial::PackTrial;
use crate::dashboard::address::range::client_today;
use crate::dashboard::ui::{Card, DateRange, DateRangePicker, Preset};
use leptos::prelude::*;

/// The card: the days, and a trial for each pack.
#[component]
pub fn Trials(
    /// All packs.
    packs: StoredValue<Vec<Pack>>,
    /// What is proposed.
    proposal: Proposal,
) -> impl IntoView {
    let today = Memo::new(move |_| client_today());
    let preset = RwSignal::new(Some(Preset::LastMonth));
    let range = RwSignal::new(Preset::LastMonth.date_range(today.get_untracked()));
    let pick = move |(chosen, days): (Option<Preset>, DateRange)| {
        preset.set(chosen);
        range.set(days);
    };
    // Without a country, all of them.
    let shown = Memo::new(move |_| {
        let country = proposal.country.get();
        let mut all = packs.get_value();
        if all.iter().any(|pack| pack.country.as_deref() == Some(country.as_str())) {
            all.retain(|pack| pack.country.as_deref() == Some(country.as_str()));
        }
        all.sort_by_key(|pack| !proposal.names(pack));
        all
    });
    view! {
        <Card title="What would a pack have stopped?" actions=move || view! {
            <DateRangePicker range=range preset=preset today=today on_pick=pick />
        }>
            <p class="soft">"Each outbound call is judged at its own time, by the saved settings and by the lists of today. Rules about the shown number are left out: what a past call showed is not known. Nothing is changed."</p>
            <ul class="packs">
                <For each=move || shown.get() key=|pack| pack.name.clone() children=move |pack| {
                    view! { <PackTrial pack=pack days=range proposal=proposal /> }
                } />
            </ul>
        </Card>
    }
}
