//! What agents and teams should reach on a day.

use super::client::Shown;
use super::form::{Form, SaveState};
use crate::dashboard::access::Access;
use crate::dashboard::address::team::{Team, TeamList};
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{Card, Icon, TextField};
use crate::dashboard::views::answer::render_answer;
use call_ribbon_shared::wire::{Target, Targets};
use gloo_net::http::Method;
use icondata_lu::{LuPlus, LuX};
use leptos::prelude::*;
use serde_json::{Map, Value, json};

/// The numbers of a target: the name in the API and the label.
const NUMBERS: [(&str, &str); 3] =
    [("calls", "Calls"), ("connected", "Connected"), ("promises", "Promises")];

/// The tab.
#[component]
pub fn TargetsTab() -> impl IntoView {
    let access = Access::from_context();
    let loaded = load_json::<Shown>(move || Some(access.settings_path("")));
    let teams: Loaded<TeamList> = load_json(move || Some(access.settings_path("teams")));
    view! {
        <Card title="What should agents and teams reach on a day?">
            {render_answer(teams, move |TeamList { teams }| {
                let teams = StoredValue::new(teams);
                render_answer(loaded, move |client| {
                    view! { <TargetsForm targets=client.targets teams=teams.get_value() /> }.into_any()
                })
                .into_any()
            })}
        </Card>
    }
}

/// An agent's own target, as it is typed.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Line {
    id: usize,
    agent: RwSignal<String>,
    numbers: [RwSignal<String>; 3],
}

/// A team's target, as it is typed.
struct TeamLine {
    id: String,
    name: String,
    numbers: [RwSignal<String>; 3],
}

impl TeamLine {
    /// Returns the team's id and its target; `None` without one.
    fn entry(&self) -> Option<(String, Value)> {
        let target = target_json(self.numbers);
        target
            .as_object()
            .is_some_and(|numbers| !numbers.is_empty())
            .then(|| (self.id.clone(), target))
    }

    fn render(&self, saving: SaveState) -> impl IntoView + use<> {
        let numbers = NUMBERS.iter().zip(self.numbers).map(|((_, label), value)| {
            let said = format!("{label}: {}", self.name);
            view! { <input class="input" inputmode="numeric" placeholder=*label aria-label=said bind:value=value /> }
        });
        let numbers = numbers.collect_view();
        let (id, name) = (self.id.clone(), self.name.clone());
        let error = move || {
            NUMBERS.iter().find_map(|(number, label)| {
                let label = format!("{label} of {name}");
                saving.labeled_error(&format!("targets.teams.{id}.{number}"), &label)
            })
        };
        view! {
            <li>
                <div class="line target-line"><span class="name cut" dir="auto">{self.name.clone()}</span>{numbers}</div>
                <div class="field"><p class="error" role="alert" dir="auto">{error}</p></div>
            </li>
        }
    }
}

fn number_texts(of: Target) -> [String; 3] {
    [of.calls, of.connected, of.promises]
        .map(|number| number.map(|number| number.to_string()).unwrap_or_default())
}

/// Returns a target as JSON. What is no number goes as it was typed, so that the server says what is
/// wrong with it.
fn target_json(numbers: [RwSignal<String>; 3]) -> Value {
    let mut target = Map::new();
    for ((name, _), text) in NUMBERS.iter().zip(numbers) {
        let text = text.read().trim().to_owned();
        if !text.is_empty() {
            let value = text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from);
            target.insert((*name).to_owned(), value);
        }
    }
    Value::Object(target)
}

#[component]
fn TargetsForm(targets: Targets, teams: Vec<Team>) -> impl IntoView {
    let access = Access::from_context();
    let saving = SaveState::new();
    saving.show_beside("targets.teams.");
    let every = number_texts(targets.every_agent).map(RwSignal::new);
    let last = StoredValue::new(0);
    let fresh = move |agent: String, of: Target| {
        last.update_value(|last| *last += 1);
        let numbers = number_texts(of).map(RwSignal::new);
        Line { id: last.get_value(), agent: RwSignal::new(agent), numbers }
    };
    let lines = RwSignal::new(
        targets.agents.iter().map(|(agent, of)| fresh(agent.clone(), *of)).collect::<Vec<_>>(),
    );
    // A target of a team that was removed goes with the next change.
    let team_lines: Vec<TeamLine> = teams
        .into_iter()
        .map(|team| {
            let of = targets.teams.get(&team.id).copied().unwrap_or_default();
            TeamLine { id: team.id, name: team.name, numbers: number_texts(of).map(RwSignal::new) }
        })
        .collect();
    let team_rows = team_lines.iter().map(|line| line.render(saving)).collect_view();
    let has_teams = !team_lines.is_empty();
    let team_lines = StoredValue::new(team_lines);
    let body = move || {
        let lines = lines.get();
        let agents = lines.iter().filter_map(|line| {
            let agent = line.agent.read().trim().to_owned();
            (!agent.is_empty()).then(|| (agent, target_json(line.numbers)))
        });
        let agents: Map<String, Value> = agents.collect();
        let teams = team_lines
            .with_value(|lines| lines.iter().filter_map(TeamLine::entry).collect::<Map<_, _>>());
        json!({"targets": {"everyAgent": target_json(every), "agents": agents, "teams": teams}})
    };
    let kept = RwSignal::new(untrack(body));
    let changed = Memo::new(move |_| body() != *kept.read());
    let save = Callback::new(move |()| {
        let sent = untrack(body);
        let saved = sent.clone();
        saving.send_change(Method::PATCH, access.settings_path(""), Some(sent), move |_: Value| {
            kept.set(saved);
            "Saved.".to_owned()
        });
    });
    let fields = NUMBERS.iter().zip(every).map(|((name, label), value)| {
        let field: &'static str = match *name {
            "calls" => "targets.everyAgent.calls",
            "connected" => "targets.everyAgent.connected",
            _ => "targets.everyAgent.promises",
        };
        view! { <TextField label=*label value=value error=saving.field_error(field) /> }
    });
    let fields = fields.collect_view();
    let add = move |_| {
        let line = fresh(String::new(), Target::default());
        lines.update(|lines| lines.push(line));
    };
    view! {
        <Form saving=saving changed=changed on_save=save>
            <p class="soft">"Every agent, on a day. Leave a field empty for no target."</p>
            <div class="target-fields">{fields}</div>
            <h3>"Agents with targets of their own"</h3>
            <ul class="lines">
                <For each=move || lines.get() key=|line| line.id children=move |line| target_line(line, lines) />
            </ul>
            <div><button type="button" class="button small" on:click=add><Icon of=LuPlus />"Add an agent"</button></div>
            {has_teams.then(|| view! {
                <h3>"Teams"</h3>
                <p class="soft">"What the agents of a team should reach together."</p>
                <ul class="lines">{team_rows}</ul>
            })}
        </Form>
    }
}

fn target_line(line: Line, lines: RwSignal<Vec<Line>>) -> impl IntoView {
    let numbers = NUMBERS.iter().zip(line.numbers).map(|((_, label), value)| {
        view! { <input class="input" inputmode="numeric" placeholder=*label aria-label=*label bind:value=value /> }
    });
    let numbers = numbers.collect_view();
    let remove = move |_| lines.update(|lines| lines.retain(|other| other.id != line.id));
    view! {
        <li>
            <div class="line target-line">
                <input class="input" dir="auto" placeholder="Agent ID" aria-label="Agent ID" bind:value=line.agent />
                {numbers}
                <button type="button" class="button quiet only" title="Remove this agent" on:click=remove>
                    <Icon of=LuX /><span class="unseen">"Remove this agent"</span>
                </button>
            </div>
        </li>
    }
}
