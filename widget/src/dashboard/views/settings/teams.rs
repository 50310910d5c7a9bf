//! Teams of agents, and the people who supervise them.

use super::credentials::SaveResult;
use super::form::{Form, SaveState};
use crate::dashboard::access::Access;
use crate::dashboard::agents::{Agent, AgentList};
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{Card, Choice, Confirm, Empty, TextField};
use crate::dashboard::views::answer::render_answer;
use gloo_net::http::Method;
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The answer to `GET …/teams`.
#[derive(Debug, Clone, Deserialize)]
struct TeamList {
    teams: Vec<Team>,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Team {
    #[serde(rename = "teamId")]
    id: String,
    name: String,
    agent_ids: Vec<String>,
    supervisor_ids: Vec<String>,
}

/// The answer to `GET …/people`.
#[derive(Debug, Clone, Deserialize)]
struct PersonList {
    people: Vec<Person>,
}

/// A person who can supervise teams.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Person {
    #[serde(rename = "personId")]
    id: String,
    name: String,
    role: String,
}

/// Names by id.
type Names = Memo<BTreeMap<String, String>>;

/// The tab.
#[component]
pub fn Teams() -> impl IntoView {
    let access = Access::from_context();
    let teams: Loaded<TeamList> = load_json(move || Some(access.settings_path("teams")));
    let agents: Loaded<AgentList> = load_json(move || Some(access.settings_path("agents")));
    let people: Loaded<PersonList> = load_json(move || Some(access.settings_path("people")));
    let agent_names: Names = Memo::new(move |_| {
        let listed = agents.answer().map(|list| list.agents).unwrap_or_default().into_iter();
        // A team may hold agents that are known only from calls.
        let of_teams = teams.answer().map(|list| list.teams).unwrap_or_default().into_iter();
        let mut names: BTreeMap<String, String> =
            of_teams.flat_map(|team| team.agent_ids).map(|id| (id.clone(), id)).collect();
        names.extend(listed.map(Agent::into_id_and_name));
        names
    });
    let supervisors: Names = Memo::new(move |_| {
        let people = people.answer().map(|list| list.people).unwrap_or_default().into_iter();
        let people = people.filter(|person| person.role == "supervisor");
        people.map(|person| (person.id, person.name)).collect()
    });
    let editing = RwSignal::new(None::<Team>);
    let removing = SaveState::new();
    let asked = RwSignal::new(None::<Team>);
    let asking = RwSignal::new(false);
    let remove = Callback::new(move |()| {
        let Some(team) = asked.get_untracked() else { return };
        let path = access.settings_path(&format!("teams/{}", team.id));
        removing.send_change(Method::DELETE, path, None, move |_: Value| {
            editing.set(None);
            teams.reload();
            format!("{} is removed.", team.name)
        });
    });
    let on_remove = Callback::new(move |team: Team| {
        asked.set(Some(team));
        asking.set(true);
    });
    let on_edit = Callback::new(move |team: Team| editing.set(Some(team)));
    let rows = move |list: TeamList| {
        if list.teams.is_empty() {
            return view! {
                <Empty title="No teams yet">
                    <p>"A person with the role Supervisor sees the calls, figures and follow-ups of the agents of their teams, and nothing else."</p>
                </Empty>
            }
            .into_any();
        }
        let rows = list.teams.into_iter().map(move |team| {
            view! { <TeamItem team=team agents=agent_names supervisors=supervisors on_edit=on_edit on_remove=on_remove /> }
        });
        view! { <ul class="accounts">{rows.collect_view()}</ul> }.into_any()
    };
    let form = move || {
        let team = editing.get();
        view! {
            <TeamForm
                team=team
                agents=agent_names
                supervisors=supervisors
                on_saved=move |()| {
                    editing.set(None);
                    teams.reload();
                }
            />
        }
    };
    view! {
        <Card title="Which teams are there?" flush=true>
            {render_answer(teams, rows)}
            <SaveResult saving=removing />
        </Card>
        {form}
        <Confirm
            open=asking
            title=Signal::derive(move || asked.get().map(|team| format!("Remove {}?", team.name)).unwrap_or_default())
            act="Remove"
            on_yes=remove
        >
            <p>"Its supervisors no longer see its agents. Agents, calls and accounts stay."</p>
        </Confirm>
    }
}

#[component]
fn TeamItem(
    team: Team,
    agents: Names,
    supervisors: Names,
    on_edit: Callback<Team>,
    on_remove: Callback<Team>,
) -> impl IntoView {
    let access = Access::from_context();
    let name = team.name.clone();
    let listed = |ids: Vec<String>, names: Names, none: &'static str| {
        move || {
            let name_of = |id: &String| names.read().get(id).cloned().unwrap_or_else(|| id.clone());
            let all: Vec<String> = ids.iter().map(name_of).collect();
            if all.is_empty() { none.to_owned() } else { all.join(", ") }
        }
    };
    let members = listed(team.agent_ids.clone(), agents, "none");
    let leads = listed(team.supervisor_ids.clone(), supervisors, "none");
    let edit = StoredValue::new(team.clone());
    let remove = StoredValue::new(team);
    view! {
        <li>
            <div class="row spread">
                <div>
                    <h3 dir="auto">{name.clone()}</h3>
                    <p class="soft" dir="auto">"Agents: "{members}</p>
                    <p class="soft" dir="auto">"Supervisors: "{leads}</p>
                </div>
                <div class="row" hidden=move || !access.may_change()>
                    <button type="button" class="button small" aria-label=format!("Change: {name}") on:click=move |_| on_edit.run(edit.get_value())>"Change"</button>
                    <button type="button" class="button small danger" aria-label=format!("Remove: {name}") on:click=move |_| on_remove.run(remove.get_value())>"Remove"</button>
                </div>
            </div>
        </li>
    }
}

/// The form for a new team, or a change of one.
#[component]
fn TeamForm(
    team: Option<Team>,
    agents: Names,
    supervisors: Names,
    #[prop(into)] on_saved: Callback<()>,
) -> impl IntoView {
    let access = Access::from_context();
    let saving = SaveState::new();
    let before = StoredValue::new(team.clone());
    let title = match &team {
        Some(team) => format!("Change {}", team.name),
        None => "Create a team".to_owned(),
    };
    let act = if team.is_some() { "Save the team" } else { "Create the team" };
    let Team { name, agent_ids, supervisor_ids, .. } = team.unwrap_or_else(|| Team {
        id: String::new(),
        name: String::new(),
        agent_ids: Vec::new(),
        supervisor_ids: Vec::new(),
    });
    let name = RwSignal::new(name);
    let members: RwSignal<BTreeSet<String>> = RwSignal::new(agent_ids.into_iter().collect());
    let leads: RwSignal<BTreeSet<String>> = RwSignal::new(supervisor_ids.into_iter().collect());
    let others = RwSignal::new(String::new());
    let changed = Memo::new(move |_| {
        let was = before.get_value();
        let (had_name, had_agents, had_leads) = match was {
            Some(was) => (was.name, was.agent_ids, was.supervisor_ids),
            None => <_>::default(),
        };
        name.read() != had_name
            || !others.read().trim().is_empty()
            || !members.read().iter().eq(had_agents.iter())
            || !leads.read().iter().eq(had_leads.iter())
    });
    let save = Callback::new(move |()| {
        let mut agent_ids = members.get_untracked();
        let typed = others.get_untracked();
        let typed = typed.split(',').map(str::trim).filter(|id| !id.is_empty());
        agent_ids.extend(typed.map(str::to_owned));
        let body = json!({
            "name": name.get_untracked().trim(),
            "agentIds": agent_ids,
            "supervisorIds": leads.get_untracked(),
        });
        let (method, path) = match before.get_value() {
            Some(team) => (Method::PATCH, format!("teams/{}", team.id)),
            None => (Method::POST, "teams".to_owned()),
        };
        let path = access.settings_path(&path);
        saving.send_change(method, path, Some(body), move |team: Team| {
            on_saved.run(());
            format!("{} is saved.", team.name)
        });
    });
    view! {
        <section class="card" hidden=move || !access.may_change() aria-label=title.clone()>
            <h2 dir="auto">{title.clone()}</h2>
            <Form saving=saving changed=changed on_save=save act=act>
                <TextField label="Name" value=name required=true error=saving.field_error("name") />
                <CheckList label="Agents" names=agents chosen=members none="No agents are set up yet; name them below." />
                <TextField
                    label="Further agents"
                    value=others
                    hint="Ids that your pages send as agentId, separated by commas"
                    error=saving.field_error("agentIds")
                />
                <CheckList label="Supervisors" names=supervisors chosen=leads none="Nobody has the role Supervisor yet; create such an account under People." />
            </Form>
        </section>
    }
}

/// Boxes to choose several of some names.
#[component]
fn CheckList(
    label: &'static str,
    names: Names,
    chosen: RwSignal<BTreeSet<String>>,
    none: &'static str,
) -> impl IntoView {
    let choices = move || {
        let names = names.get();
        if names.is_empty() {
            return view! { <p class="hint">{none}</p> }.into_any();
        }
        let boxes = names.into_iter().map(|(value, name)| Choice { value, name });
        boxes
            .map(|choice| view! { <CheckBox choice=choice chosen=chosen /> })
            .collect_view()
            .into_any()
    };
    view! {
        <div class="field" role="group" aria-label=label>
            <span class="label">{label}</span>
            <div>{choices}</div>
        </div>
    }
}

#[component]
fn CheckBox(choice: Choice, chosen: RwSignal<BTreeSet<String>>) -> impl IntoView {
    let id = StoredValue::new(choice.value);
    let is_chosen = move || id.with_value(|id| chosen.read().contains(id));
    let turn = move |_| {
        chosen.update(|chosen| {
            let id = id.get_value();
            if !chosen.remove(&id) {
                chosen.insert(id);
            }
        });
    };
    view! {
        <label class="check">
            <input type="checkbox" prop:checked=is_chosen on:change=turn />
            <span dir="auto">{choice.name}</span>
        </label>
    }
}
