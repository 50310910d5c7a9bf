//! Proposes packs by the client's country and what its calls are for.

use super::pack::Pack;
use super::words::country_name;
use crate::dashboard::address::view_link;
use crate::dashboard::ui::{Card, Choice, Note, Select};
use leptos::prelude::*;

/// What calls are for: the purpose in the API, and the label.
const BUSINESSES: [(&str, &str); 4] = [
    ("", "Choose …"),
    ("recovery", "Lending and collections"),
    ("sales", "Sales"),
    ("service", "Service and support"),
];

/// The chosen country and business.
#[derive(Clone, Copy)]
pub struct Proposal {
    /// ISO 3166 alpha-2; empty: not chosen.
    pub country: RwSignal<String>,
    /// The purpose of the calls; empty: not chosen.
    business: RwSignal<String>,
}

impl Proposal {
    /// Creates a proposal for the client's country, before the business is chosen.
    pub fn for_country(country: String) -> Self {
        Self { country: RwSignal::new(country), business: RwSignal::new(String::new()) }
    }

    /// Returns whether a pack is proposed.
    pub fn names(self, pack: &Pack) -> bool {
        let (country, business) = (self.country.read(), self.business.read());
        !business.is_empty() && pack.fits(&country, &business)
    }
}

/// The card that asks for both, and says what is proposed.
#[component]
pub fn ProposalCard(
    /// What is chosen.
    proposal: Proposal,
    /// All packs.
    packs: StoredValue<Vec<Pack>>,
) -> impl IntoView {
    let Proposal { country, business } = proposal;
    let countries = Memo::new(move |_| {
        let mut codes: Vec<String> = packs
            .with_value(|packs| packs.iter().filter_map(|pack| pack.country.clone()).collect());
        codes.extend([String::new(), country.get()]);
        codes.sort_unstable();
        codes.dedup();
        let name = |code: &String| {
            if code.is_empty() { "Choose …".to_owned() } else { country_name(code) }
        };
        codes.iter().map(|code| Choice::new(code, name(code))).collect::<Vec<_>>()
    });
    let answer = move || {
        if business.read().is_empty() || country.read().is_empty() {
            return None;
        }
        let titles: Vec<String> = packs.with_value(|packs| {
            packs
                .iter()
                .filter(|pack| proposal.names(pack))
                .map(|pack| format!("“{}”", pack.title))
                .collect()
        });
        Some(if titles.is_empty() {
            "No pack is about such calls in this country. Numbers that must not be called are refused all the same.".to_owned()
        } else {
            format!(
                "Proposed: {}. Below is what they would have stopped last month; switch on what counsel confirms, and save.",
                titles.join(", ")
            )
        })
    };
    let businesses = BUSINESSES.map(|(value, name)| Choice::new(value, name)).to_vec();
    let settings = view_link("/dashboard/settings", &[("tab", "client")]);
    view! {
        <Card title="Which rules fit these calls?" answer=Signal::derive(answer)>
            <div class="stack">
                <Note>"The packs are summaries by engineers, each rule with its source and date. They are no legal advice: let counsel confirm what you switch on."</Note>
                <div class="fields">
                    <Select label="Country that is called" choices=countries value=country on_pick=move |picked| country.set(picked) />
                    <Select label="What are the calls for?" choices=businesses value=business on_pick=move |picked| business.set(picked) />
                </div>
                <p class="soft" hidden=move || !country.read().is_empty()>
                    "This client has no country. "<a href=settings>"Set it"</a>", so that numbers without a country code are recognized."
                </p>
            </div>
        </Card>
    }
}
