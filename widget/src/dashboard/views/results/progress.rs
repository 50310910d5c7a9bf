//! Each agent's work today, beside the target.

use crate::dashboard::access::Access;
use crate::dashboard::address::range::{self, client_today};
use crate::dashboard::address::team::{TEAM, chosen_team};
use crate::dashboard::address::{Address, api_query, view_link};
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{Card, Column, DataTable, DateRange, Empty, format};
use crate::dashboard::views::answer::render_answer;
use call_ribbon_shared::wire::{AgentProgress, Target, TeamProgress, Today};
use leptos::prelude::*;

/// The card, which loads the day itself.
#[component]
pub fn Progress() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let today: Loaded<Today> = load_json(move || Some(today_path(access, address)));
    render_answer(today, |today| progress_table(today).into_any())
}

/// Returns the path of the day of the address's team.
pub fn today_path(access: Access, address: Address) -> String {
    let team = chosen_team(address);
    api_query(&access.records_path("analytics/today"), &[(TEAM, &team)])
}

/// Shows the agents of a day, those with the most calls first.
pub fn progress_table(today: Today) -> impl IntoView {
    let access = Access::from_context();
    let mut agents = today.agents;
    agents.sort_by(|one, two| (two.calls, &one.agent_id).cmp(&(one.calls, &two.agent_id)));
    let has_target = |agent: &AgentProgress| agent.target != Target::default();
    let with_target = agents.iter().filter(|agent| has_target(agent)).count();
    let reached = agents.iter().filter(|agent| has_target(agent) && is_reached(agent)).count();
    let answer = (with_target > 0).then(|| {
        let (reached, all) = (count_of(reached), count_of(with_target));
        format!("{} of {} reached today's target.", reached, format::count(all, "agent", "agents"))
    });
    let actions = move || {
        access.may_change().then(|| {
            let href = view_link("/dashboard/settings", &[("tab", "targets")]);
            view! { <a class="button small" href=href>"Set targets"</a> }
        })
    };
    view! {
        <Card title="How is each agent doing today?" answer=answer actions=actions flush=true>
            <DataTable
                name="progress"
                caption="Agents today"
                columns=columns()
                rows=Signal::stored(agents)
                key=|agent: &AgentProgress| format!("{agent:?}")
                href=Callback::new(|agent: AgentProgress| Some(calls_of_agent(&agent.agent_id)))
                empty=|| view! { <Empty title="No calls yet today"><p>"Agents appear with their first call."</p></Empty> }
            />
        </Card>
    }
}

fn calls_of_agent(agent_id: &str) -> String {
    let today = client_today();
    range::calls_link(DateRange::new(today, today), &[("agentId", agent_id)])
}

fn count_of(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(0)
}

/// Returns whether every number of the target is reached.
fn is_reached(agent: &AgentProgress) -> bool {
    let target = agent.target;
    [
        (agent.calls, target.calls),
        (agent.connected, target.connected),
        (agent.outcomes.promises, target.promises),
    ]
    .iter()
    .all(|(done, wanted)| wanted.is_none_or(|wanted| *done >= wanted))
}

/// Shows what is done, beside what is wanted.
fn toward_cell(done: i64, wanted: Option<i64>) -> impl IntoView + use<> {
    let text = match wanted {
        Some(wanted) => format!("{} of {}", format::number(done), format::number(wanted)),
        None => format::number(done),
    };
    let bar = wanted.map(|wanted| {
        view! {
            <meter class="usage toward" aria-hidden="true" min="0" max=wanted value=done.min(wanted)></meter>
        }
    });
    view! { <span class="toward-cell">{text}{bar}</span> }
}

/// Shows what the agents of each team have done together; nothing without teams.
pub fn team_table(teams: Vec<TeamProgress>) -> AnyView {
    let toward = |key, title, of: fn(&TeamProgress) -> (i64, Option<i64>)| {
        Column::new(key, title, move |team: &TeamProgress| {
            let (done, wanted) = of(team);
            toward_cell(done, wanted)
        })
        .numeric()
    };
    let columns = vec![
        Column::new("name", "Team", |team: &TeamProgress| {
            let name = team.team_name.clone();
            view! { <span class="name" dir="auto" title=name.clone()>{name.clone()}</span> }
        }),
        toward("calls", "Calls", |team| (team.calls, team.target.calls)),
        toward("connected", "Connected", |team| (team.connected, team.target.connected)),
        toward("promises", "Promises", |team| (team.outcomes.promises, team.target.promises)),
        Column::new("payments", "Payments", |team: &TeamProgress| {
            format::number(team.outcomes.payments)
        })
        .numeric(),
        Column::new("talk", "Talk time", |team: &TeamProgress| {
            format::duration(team.total_duration)
        })
        .numeric(),
    ];
    if teams.is_empty() {
        return ().into_any();
    }
    view! {
            <Card title="How is each team doing today?" flush=true>
                <DataTable
                    name="team-progress"
                    caption="Teams today"
                    columns=columns
                    rows=Signal::stored(teams)
                    key=|team: &TeamProgress| format!("{team:?}")
                />
            </Card>
    }
    .into_any()
}

fn columns() -> Vec<Column<AgentProgress>> {
    let toward = |key, title, of: fn(&AgentProgress) -> (i64, Option<i64>)| {
        Column::new(key, title, move |agent: &AgentProgress| {
            let (done, wanted) = of(agent);
            toward_cell(done, wanted)
        })
        .numeric()
    };
    vec![
        Column::new("name", "Agent", |agent: &AgentProgress| {
            let name = agent.agent_name.clone().unwrap_or_else(|| agent.agent_id.clone());
            view! { <span class="name" dir="auto" title=name.clone()>{name.clone()}</span> }
        }),
        toward("calls", "Calls", |agent| (agent.calls, agent.target.calls)),
        toward("connected", "Connected", |agent| (agent.connected, agent.target.connected)),
        Column::new("contacts", "Contacts", |agent: &AgentProgress| {
            format::number(agent.outcomes.contacts)
        })
        .numeric(),
        toward("promises", "Promises", |agent| (agent.outcomes.promises, agent.target.promises)),
        Column::new("payments", "Payments", |agent: &AgentProgress| {
            format::number(agent.outcomes.payments)
        })
        .numeric(),
        Column::new("talk", "Talk time", |agent: &AgentProgress| {
            format::duration(agent.total_duration)
        })
        .numeric(),
    ]
}
