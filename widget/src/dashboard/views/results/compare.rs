//! Two agents, campaigns or periods side by side.

use super::Bar;
use super::compare_rows::{add_figures, compare, compare_columns, compare_key};
use super::pair_links::group_name;
use super::questions::{figures_path, figures_path_for};
use crate::dashboard::access::Access;
use crate::dashboard::address::Address;
use crate::dashboard::address::range::chosen_days;
use crate::dashboard::address::team::{Team, TeamList};
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{Card, Choice, DataTable, DateRange, Empty, Note, Segments, Select};
use crate::dashboard::views::answer::render_answer;
use call_ribbon_shared::wire::{GroupKind, OutcomeFigures, OutcomeGroup, Outcomes, PivotGroup};
use leptos::prelude::*;

/// What is compared: the field in the address, and its label.
const KINDS: [(&str, &str); 4] =
    [("", "Agents"), (TEAMS, "Teams"), ("metadata.campaign", "Campaigns"), ("period", "Periods")];
const TEAMS: &str = "team";
/// How many days earlier the other period is: the name in the address and the label. Whole weeks,
/// so that both have the same weekdays; `None` is as many days as are shown.
const EARLIER: [(&str, &str, Option<i64>); 4] = [
    ("", "The days before", None),
    ("7", "A week earlier", Some(7)),
    ("28", "Four weeks earlier", Some(28)),
    ("364", "A year earlier", Some(364)),
];

/// What can be compared: its value in the address, its name and its figures.
type Side = (String, String, OutcomeFigures);

/// The tab.
#[component]
pub fn Compare() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let kind = Memo::new(move |_| address.filter_or("by", ""));
    // A key cannot read who is in a team.
    let kinds = move || -> Vec<Choice> {
        let sees_teams = access.sees_settings();
        let kinds = KINDS.iter().filter(|(key, _)| *key != TEAMS || sees_teams);
        kinds.map(|(key, name)| Choice::new(*key, *name)).collect()
    };
    let pick = move |kind: String| address.set_filters(&[("by", &kind), ("one", ""), ("two", "")]);
    let shown = move || match kind.get().as_str() {
        "period" => view! { <Periods /> }.into_any(),
        TEAMS => view! { <Teams /> }.into_any(),
        "" => view! { <Groups field="agentId" /> }.into_any(),
        _ => view! { <Groups field="metadata.campaign" /> }.into_any(),
    };
    view! {
        <Bar><Segments label="What to compare" choices=Signal::derive(kinds) value=kind on_pick=pick /></Bar>
        {shown}
    }
}

/// Two values of a field.
#[component]
fn Groups(field: &'static str) -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let found: Loaded<Outcomes> = load_json(move || {
        let more = [("by", field.to_owned()), ("limit", "200".to_owned())];
        Some(figures_path(access, address, "analytics/outcomes", &more))
    });
    render_answer(found, move |found| {
        let groups: Vec<Side> =
            found.groups.into_iter().filter_map(|group| named_group(field, group)).collect();
        view! { <Sides groups=groups /> }.into_any()
    })
}

/// Two teams: the sums of their agents.
#[component]
fn Teams() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let teams: Loaded<TeamList> = load_json(move || Some(access.settings_path("teams")));
    let found: Loaded<Outcomes> = load_json(move || {
        let more = [("by", "agentId".to_owned()), ("limit", "200".to_owned())];
        Some(figures_path(access, address, "analytics/outcomes", &more))
    });
    render_answer(teams, move |TeamList { teams }| {
        view! {
            {render_answer(found, move |found| {
                let is_other = |group: &OutcomeGroup| group.kind == GroupKind::Other;
                let note = found.groups.iter().any(is_other).then(|| {
                    view! { <Note>"Only the 200 agents with the most calls are counted."</Note> }
                });
                let agents: Vec<Side> =
                    found.groups.into_iter().filter_map(|group| named_group("agentId", group)).collect();
                let sides: Vec<Side> = teams.iter().map(|team| sum_team(team, &agents)).collect();
                view! { {note}<Sides groups=sides /> }.into_any()
            })}
        }
        .into_any()
    })
}

fn sum_team(team: &Team, agents: &[Side]) -> Side {
    let mut sum = OutcomeFigures::default();
    for (_, _, figures) in agents.iter().filter(|(id, ..)| team.agent_ids.contains(id)) {
        add_figures(&mut sum, figures);
    }
    (team.id.clone(), team.name.clone(), sum)
}

/// Chooses two of the groups and compares them.
#[component]
fn Sides(groups: Vec<Side>) -> impl IntoView {
    let address = Address::from_router();
    if groups.len() < 2 {
        return view! {
                <div class="card"><Empty title="Nothing to compare"><p>"There are fewer than two. Choose other days, or both directions; teams are made in Settings."</p></Empty></div>
            }
            .into_any();
    }
    let choices: Vec<Choice> =
        groups.iter().map(|(value, name, _)| Choice::new(value.clone(), name.clone())).collect();
    let groups = StoredValue::new(groups);
    // Without a choice, the two with the most calls.
    let value_of = move |name: &str, place: usize| {
        groups.with_value(|groups| {
            let chosen = address.get(name);
            let known = chosen.filter(|value| groups.iter().any(|(of, ..)| of == value));
            known
                .unwrap_or_else(|| groups.get(place).map(|(of, ..)| of.clone()).unwrap_or_default())
        })
    };
    let one = Signal::derive(move || value_of("one", 0));
    let two = Signal::derive(move || value_of("two", 1));
    let side = move |value: &str| {
        groups.with_value(|groups| {
            let found = groups.iter().find(|(of, ..)| of == value);
            found.map(|(_, name, figures)| (name.clone(), *figures)).unwrap_or_default()
        })
    };
    let table = move || {
        let (one, two) = (side(&one.read()), side(&two.read()));
        show_comparison(one, two)
    };
    let pick =
        move |name: &'static str| move |value: String| address.set_filters(&[(name, &value)]);
    view! {
        <div class="filters">
            <Select bare=true label="First" choices=choices.clone() value=one on_pick=pick("one") />
            <span class="soft">"and"</span>
            <Select bare=true label="Second" choices=choices value=two on_pick=pick("two") />
        </div>
        {table}
    }
    .into_any()
}

fn named_group(field: &str, group: OutcomeGroup) -> Option<Side> {
    if group.kind != GroupKind::Value {
        return None;
    }
    let figures = OutcomeFigures { figures: group.row.figures, outcomes: group.outcomes };
    let value = group.row.value.as_ref()?;
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let name = group_name(field, &PivotGroup { kind: group.kind, row: group.row });
    Some((text, name, figures))
}

/// The chosen days and earlier ones.
#[component]
fn Periods() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let earlier = Signal::derive(move || address.filter_or("two", ""));
    let before = move || {
        let days = chosen_days(address);
        let chosen = EARLIER.iter().find(|(key, ..)| *key == earlier.get());
        let by = chosen.and_then(|(.., days)| *days).unwrap_or_else(|| days.day_count());
        DateRange::new(days.start.plus_days(-by), days.end.plus_days(-by))
    };
    let ask = move |days: DateRange| {
        let more = [("by", "callDirection".to_owned())];
        Some(figures_path_for(access, address, "analytics/outcomes", days, &more))
    };
    let now: Loaded<Outcomes> = load_json(move || ask(chosen_days(address)));
    let then: Loaded<Outcomes> = load_json(move || ask(before()));
    let choices: Vec<Choice> =
        EARLIER.iter().map(|(key, name, _)| Choice::new(*key, *name)).collect();
    view! {
        <div class="filters">
            <span class="soft">"Compared with"</span>
            <Select bare=true label="Compared with" choices=choices value=earlier on_pick=move |value: String| address.set_filters(&[("two", &value)]) />
        </div>
        {render_answer(then, move |then| {
            view! {
                {render_answer(now, move |now| {
                    let one = (before().to_text(), then.summary);
                    let two = (untrack(|| chosen_days(address)).to_text(), now.summary);
                    show_comparison(one, two)
                })}
            }
            .into_any()
        })}
    }
}

fn show_comparison(one: (String, OutcomeFigures), two: (String, OutcomeFigures)) -> AnyView {
    let rows = compare(&one.1, &two.1);
    let answer = "Counts and times have no uncertainty to judge by; for rates, a difference that \
                  chance alone could make is called unclear.";
    let title = format!("{} and {}", one.0, two.0);
    view! {
        <Card title=title answer=answer.to_owned() flush=true>
            <DataTable
                name="compare"
                caption="Side by side"
                columns=compare_columns(one.0, two.0)
                rows=Signal::stored(rows)
                key=compare_key
            />
        </Card>
    }
    .into_any()
}
