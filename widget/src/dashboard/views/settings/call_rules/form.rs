//! The form: which packs are on, and where the page's data say what a call is about.

use super::super::form::{Form, SaveState};
use super::changes::list_changes;
use super::pack::{CallRules, Pack, RuleSettings, Test};
use super::pack_view::PackView;
use super::proposal::Proposal;
use crate::dashboard::access::Access;
use crate::dashboard::address::api_query;
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{Card, Choice, Field, Icon, Note, Select, TextField};
use crate::dashboard::views::do_not_call::PURPOSES;
use call_ribbon_shared::wire::Breakdown;
use gloo_net::http::Method;
use icondata_lu::{LuPlus, LuX};
use leptos::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;

/// The id of the list of the types that calls have.
const SEEN_TYPES: &str = "seen-call-types";

/// A type of calls and its purpose, as they are typed.
#[derive(Clone, Copy, PartialEq, Eq)]
struct TypeLine {
    id: usize,
    name: RwSignal<String>,
    purpose: RwSignal<String>,
}

/// Everything that the form changes.
#[derive(Clone, Copy)]
struct Typed {
    on: RwSignal<Vec<String>>,
    lines: RwSignal<Vec<TypeLine>>,
    last: StoredValue<usize>,
    sector: RwSignal<String>,
    /// The paths of account, party and zone.
    paths: [RwSignal<String>; 3],
}

impl Typed {
    fn new() -> Self {
        Self {
            on: RwSignal::new(Vec::new()),
            lines: RwSignal::new(Vec::new()),
            last: StoredValue::new(0),
            sector: RwSignal::new(String::new()),
            paths: [(); 3].map(|()| RwSignal::new(String::new())),
        }
    }

    fn add_line(self, name: &str, purpose: &str) {
        self.last.update_value(|last| *last += 1);
        let line = TypeLine {
            id: self.last.get_value(),
            name: RwSignal::new(name.to_owned()),
            purpose: RwSignal::new(purpose.to_owned()),
        };
        self.lines.update(|lines| lines.push(line));
    }

    /// Shows settings as they are saved.
    fn fill(self, settings: &RuleSettings) {
        self.on.set(settings.packs.clone());
        self.lines.set(Vec::new());
        for (name, purpose) in &settings.call_types {
            self.add_line(name, purpose);
        }
        self.sector.set(settings.sector.clone().unwrap_or_default());
        let saved = [&settings.account_field, &settings.party_field, &settings.zone_field];
        for (path, text) in self.paths.into_iter().zip(saved) {
            path.set(text.clone());
        }
    }

    /// Returns the settings to save.
    fn to_settings(self) -> RuleSettings {
        let lines = self.lines.read();
        let types =
            lines.iter().map(|line| (line.name.read().trim().to_owned(), line.purpose.get()));
        let call_types: BTreeMap<String, String> =
            types.filter(|(name, _)| !name.is_empty()).collect();
        let mut packs = self.on.get();
        packs.sort_unstable();
        let sector = self.sector.read().trim().to_owned();
        let [account_field, party_field, zone_field] =
            self.paths.map(|path| path.read().trim().to_owned());
        RuleSettings {
            packs,
            call_types,
            sector: (!sector.is_empty()).then_some(sector),
            account_field,
            party_field,
            zone_field,
        }
    }

    /// Returns a name that two lines have: in any letter case it is the same type.
    fn find_double(self) -> Option<String> {
        let lines = self.lines.read();
        let mut seen = std::collections::BTreeSet::new();
        let names = lines.iter().map(|line| line.name.read().trim().to_owned());
        names.filter(|name| !name.is_empty()).find(|name| !seen.insert(name.to_lowercase()))
    }
}

fn sorted(mut settings: RuleSettings) -> RuleSettings {
    settings.packs.sort_unstable();
    settings
}

/// The form.
#[component]
pub fn RulesForm(
    /// The settings and all packs.
    rules: CallRules,
    /// What is proposed.
    proposal: Proposal,
) -> impl IntoView {
    let access = Access::from_context();
    let saving = SaveState::new();
    saving.show_beside("callTypes");
    let packs = StoredValue::new(rules.packs);
    let saved = RwSignal::new(sorted(rules.settings));
    let typed = Typed::new();
    typed.fill(&saved.read_untracked());
    let changed = Memo::new(move |_| typed.to_settings() != *saved.read());
    let differences = Memo::new(move |_| {
        packs.with_value(|packs| list_changes(&saved.read(), &typed.to_settings(), packs))
    });
    let save = Callback::new(move |()| {
        if let Some(name) = untrack(|| typed.find_double()) {
            saving
                .set_error("callTypes", &format!("“{name}” is named twice; name each type once."));
            return;
        }
        let body = json!(untrack(|| typed.to_settings()));
        let path = access.settings_path("call-rules");
        saving.send_change(Method::PUT, path, Some(body), move |rules: CallRules| {
            let now = sorted(rules.settings);
            typed.fill(&now);
            saved.set(now);
            "Saved. Calls are judged by it from now on.".to_owned()
        });
    });
    let summary = move || {
        let differences = differences.get();
        (!differences.is_empty()).then(|| {
            let items = differences.into_iter().map(|text| view! { <li dir="auto">{text}</li> }).collect_view();
            view! { <Note><b>"What changes when you save"</b><ul class="bullets">{items}</ul></Note> }
        })
    };
    view! {
        <Form saving=saving changed=changed on_save=save>
            <Card title="Which packs are on?">
                <p class="soft">"A rule in force, or a policy, may stop a call; a draft or an unconfirmed rule only warns. Your own list of numbers is always respected."</p>
                <PackList packs=packs on=typed.on proposal=proposal />
            </Card>
            <Card title="What are calls about?"><Facts typed=typed saving=saving packs=packs /></Card>
            <div role="status">{summary}</div>
        </Form>
    }
}

/// The packs, those of the chosen country first.
#[component]
fn PackList(
    packs: StoredValue<Vec<Pack>>,
    on: RwSignal<Vec<String>>,
    proposal: Proposal,
) -> impl IntoView {
    let ordered = Memo::new(move |_| {
        let country = proposal.country.get();
        let mut all = packs.get_value();
        all.sort_by_key(|pack| pack.country.as_deref() != Some(country.as_str()));
        all
    });
    view! {
        <ul class="packs">
            <For each=move || ordered.get() key=|pack| pack.name.clone() children=move |pack| {
                view! { <PackView pack=pack on=on proposal=proposal /> }
            } />
        </ul>
    }
}

/// Where the page's data say what a call is about.
#[component]
fn Facts(typed: Typed, saving: SaveState, packs: StoredValue<Vec<Pack>>) -> impl IntoView {
    let [account, party, zone] = typed.paths;
    // The types of the client's own calls are offered.
    let access = Access::from_context();
    let seen: Loaded<Breakdown> = load_json(move || {
        let fields = [("by", "callType"), ("limit", "100")];
        Some(api_query(&access.records_path("analytics/breakdown"), &fields))
    });
    let seen_types = move || {
        let rows = seen.answer().map(|found| found.rows).unwrap_or_default();
        let names = rows.into_iter().filter_map(|row| row.value?.as_str().map(str::to_owned));
        names.map(|name| view! { <option value=name></option> }).collect_view()
    };
    let types_error = move || saving.error_of("callTypes");
    view! {
        <div class="stack">
            <div class="field" role="group" aria-label="Purposes by type of call">
                <span class="label">"Purposes by type of call"</span>
                <p class="hint">"A page names the type of a call in callType; types of your latest calls are offered. A type without a purpose here is judged by every rule, unless it is itself the name of one: recovery, sales, service, transactional."</p>
                <datalist id=SEEN_TYPES>{seen_types}</datalist>
                <ul class="lines">
                    <For each=move || typed.lines.get() key=|line| line.id children=move |line| type_line(line, typed, saving) />
                </ul>
                <div><button type="button" class="button small" on:click=move |_| typed.add_line("", PURPOSES[0].0)><Icon of=LuPlus />"Add a type"</button></div>
                <p class="error" role="alert">{types_error}</p>
            </div>
            <div class="fields">
                <SectorField sector=typed.sector packs=packs error=saving.field_error("sector") />
                <TextField label="Account" value=account hint="Where the page’s data name the account, such as a loan." error=saving.field_error("accountField") />
                <TextField label="Who is called" value=party hint="Where they say customer, borrower or guarantor." error=saving.field_error("partyField") />
                <TextField label="Time zone" value=zone hint="Where they name the customer’s time zone." error=saving.field_error("zoneField") />
            </div>
        </div>
    }
}

fn type_line(line: TypeLine, typed: Typed, saving: SaveState) -> impl IntoView {
    let remove = move |_| {
        saving.clear_result();
        typed.lines.update(|lines| lines.retain(|other| other.id != line.id));
    };
    let purposes = PURPOSES.map(|(value, name)| Choice::new(value, name)).to_vec();
    let wrong = move || {
        let name = line.name.read().trim().to_lowercase();
        let error = saving.error_of("callTypes").is_some();
        let lines = typed.lines.read();
        let same =
            lines.iter().filter(|other| other.name.read().trim().to_lowercase() == name).count();
        (error && same > 1).then_some("true")
    };
    view! {
        <li>
            <div class="line">
                <input class="input" dir="auto" maxlength="100" placeholder="loan_reminder" list=SEEN_TYPES autocapitalize="none" aria-label="Type of call" aria-invalid=wrong bind:value=line.name />
                <Select bare=true label="Purpose" choices=purposes value=line.purpose on_pick=move |picked| line.purpose.set(picked) />
                <button type="button" class="button quiet only" title="Remove this type" on:click=remove>
                    <Icon of=LuX /><span class="unseen">"Remove this type"</span>
                </button>
            </div>
        </li>
    }
}

/// The line of business, with those that packs name.
#[component]
fn SectorField(
    sector: RwSignal<String>,
    packs: StoredValue<Vec<Pack>>,
    error: Signal<Option<String>>,
) -> impl IntoView {
    let mut names: Vec<String> = packs.with_value(|packs| {
        let tests = packs.iter().flat_map(|pack| pack.rules.iter().map(|rule| &rule.test));
        let series = tests.filter_map(|test| match test {
            Test::CallerSeries { series } => Some(series),
            _ => None,
        });
        series.flatten().flat_map(|one| one.sectors.clone()).collect()
    });
    names.sort_unstable();
    names.dedup();
    let control = move |id: String, about: String| {
        let list = format!("{id}-sectors");
        let options = names.into_iter().map(|name| view! { <option value=name></option> });
        view! {
            <input class="input" id=id list=list.clone() autocomplete="off" aria-describedby=about aria-invalid=move || error.read().is_some().then_some("true") bind:value=sector />
            <datalist id=list>{options.collect_view()}</datalist>
        }
    };
    view! { <Field label="Line of business" hint="As the packs name it, such as bank or nbfc. Some rules are only for some." error=error control=control /> }
}
