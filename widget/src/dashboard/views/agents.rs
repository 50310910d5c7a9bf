//! Compares agents with each other.

mod days;
mod one;

pub use one::OneAgent;

use super::answer::render_answer;
use super::figure_columns::{clearly_best, figure_by_column, figure_columns, rate};
use super::head::Head;
use super::results::Progress;
use super::saved_views::SaveView;
use crate::dashboard::access::{Access, Role};
use crate::dashboard::address::range::{
    self, ChooseDays, ChooseDirection, NO_MORE, chosen_days as days_of, chosen_direction, link_to,
};
use crate::dashboard::address::team::{ChooseTeam, TEAM, chosen_team};
use crate::dashboard::address::{Address, api_query};
use crate::dashboard::api::encode_component;
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{
    Bar, BarChart, Bars, Card, Column, DataTable, DateRange, Day, Empty, Measure, Note, Search,
    Sort, Spark, format,
};
use call_ribbon_shared::wire::{AgentFigures, AgentRow};
use days::counts_of_range;
use leptos::prelude::*;

/// The most bars that can still be compared.
const BARS: usize = 12;

/// Returns the path of all agents' figures from a day until a day or a moment.
fn figures_path(access: Access, (start, end): (&str, &str), direction: &str, team: &str) -> String {
    let fields =
        [("startDate", start), ("endDate", end), ("callDirection", direction), (TEAM, team)];
    api_query(&access.records_path("analytics/agents"), &fields)
}

/// Returns an agent's name, or id if it has none.
fn agent_name(agent: &AgentRow) -> String {
    agent.agent_name.clone().unwrap_or_else(|| agent.agent_id.clone())
}

/// Returns the address of an agent's view, with the same days.
fn address_of(id: &str, range: DateRange) -> String {
    link_to(&format!("/dashboard/agents/{}", encode_component(id)), range, NO_MORE)
}

/// The view.
#[component]
pub fn Agents() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let agents: Loaded<AgentFigures> = load_json(move || {
        let days = days_of(address);
        let ends = (&*days.start.to_iso(), &*days.end.to_iso());
        let path = figures_path(access, ends, &chosen_direction(address), &chosen_team(address));
        // The lines of calls by day need no other figures.
        Some([&path, "&days=counts"].concat())
    });
    view! {
        <Head title="Agents" about="All agents over the same days"><SaveView /></Head>
        <div class="filters"><ChooseDays /><ChooseTeam /><ChooseDirection /></div>
        {render_answer(agents, move |agents| render_figures(agents, address).into_any())}
        // A supervisor sees figures of some agents only, of which this has none.
        {move || (access.role() != Role::Supervisor).then(|| view! { <Progress /> })}
    }
}

fn render_figures(figures: AgentFigures, address: Address) -> impl IntoView {
    let range = days_of(address);
    let bars = agent_bars(&figures.agents, range);
    let none = bars.bars.is_empty();
    let sentence = summary_sentence(&figures);
    let without = figures.missing.filter(|sums| sums.calls > 0).map(|sums| {
        view! {
            <Note>
                <p>{format!(
                    "{} no agent (mostly missed calls). ",
                    format::count(sums.calls, "call has", "calls have")
                )}<a href=range::calls_link(range, &[("field", "agentId"), ("missing", "true")])>"Show them"</a></p>
            </Note>
        }
    });
    let sort = Memo::new(move |_| Sort::of_word(&address.filter_or("sort", "-calls")));
    let all = figures.agents.len();
    let agents = StoredValue::new(figures.agents);
    let search = move || address.filter_or("search", "");
    let sorted = Signal::derive(move || {
        let mut agents = agents.get_value();
        let text = search().to_lowercase();
        agents.retain(|agent| {
            [&agent_name(agent), &agent.agent_id]
                .into_iter()
                .any(|one| one.to_lowercase().contains(&text))
        });
        let sort = sort.get();
        agents.sort_by(|one, two| {
            let order = if sort.by == "name" {
                agent_name(one).to_lowercase().cmp(&agent_name(two).to_lowercase())
            } else {
                figure_by_column(&one.figures, &sort.by)
                    .total_cmp(&figure_by_column(&two.figures, &sort.by))
            };
            if sort.descending { order.reverse() } else { order }
        });
        agents
    });
    let summary = move || {
        let number = |count: usize| i64::try_from(count).unwrap_or(0);
        let shown = sorted.read().len();
        let all_text = format::count(number(all), "agent", "agents");
        if shown == all {
            all_text
        } else {
            format!("{} of {all_text}", format::number(number(shown)))
        }
    };
    view! {
        <Card title="Who has the most calls?" table=bars.table() answer=sentence>
            {if none {
                view! { <Empty title="No calls in these days have an agent"><p>"Pages pass the agent to init as agentId."</p></Empty> }.into_any()
            } else {
                view! { <BarChart data=bars /> }.into_any()
            }}
        </Card>
        {(all > BARS).then(|| view! {
            <Search
                label="Agent"
                value=Signal::derive(search)
                on_search=move |text: String| address.set_filters(&[("search", &text)])
            />
        })}
        <Card title="How is each agent doing?" flush=true>
            <DataTable
                name="agents"
                caption="Agents"
                columns=agent_columns(range, figures.daily_calls_from.and_then(|day| Day::parse(&day)))
                rows=sorted
                key=|agent: &AgentRow| format!("{}·{:?}", agent.agent_id, agent.figures)
                href=Callback::new(move |agent: AgentRow| Some(address_of(&agent.agent_id, range)))
                sort=sort
                on_sort=move |sort: Sort| address.set_filters(&[("sort", &sort.as_param())])
                summary=summary
                empty=|| view! {
                    <Empty title="No agents in these days"><p>"Agents appear with their first call. Choose other days, or make a call."</p></Empty>
                }
            />
        </Card>
        {without}
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn agent_bars(agents: &[AgentRow], range: DateRange) -> Bars {
    let bar = |agent: &AgentRow| Bar {
        name: agent_name(agent),
        value: agent.figures.calls as f64,
        second: Some(rate(&agent.figures)),
        href: Some(address_of(&agent.agent_id, range)),
        rest: false,
    };
    Bars {
        of: "Agent".to_owned(),
        value_name: "Calls".to_owned(),
        second: Some(("Connected".to_owned(), Measure::Share)),
        bars: agents.iter().take(BARS).map(bar).collect(),
        ..Bars::default()
    }
}

fn summary_sentence(figures: &AgentFigures) -> Option<String> {
    let most = figures.agents.iter().max_by_key(|agent| agent.figures.calls)?;
    let agents = &figures.agents;
    let best = clearly_best(agents.iter().map(|agent| &agent.figures).zip(0..), &figures.summary);
    let all = format::percent(rate(&figures.summary));
    let connects = match best.and_then(|place| agents.get(place)) {
        Some(best) => format!(
            " {} connects best: {} of {}; all agents together {all}.",
            agent_name(best),
            format::percent(rate(&best.figures)),
            format::count(best.figures.calls, "call", "calls"),
        ),
        None => format!(" Connect rates show no clear difference; all agents together {all}."),
    };
    let calls = format::count(most.figures.calls, "call", "calls");
    Some(format!("{} has the most: {calls}.{}", agent_name(most), connects))
}

fn agent_columns(range: DateRange, counted_from: Option<Day>) -> Vec<Column<AgentRow>> {
    let mut columns = vec![
        Column::new("name", "Agent", |agent: &AgentRow| {
            view! { <span dir="auto" title=agent_name(agent)>{agent_name(agent)}</span> }
        })
        .sorted_by("name"),
        Column::new("days", "Calls by day", move |agent: &AgentRow| {
            let counts = agent.daily_calls.as_deref().unwrap_or_default();
            view! { <Spark values=counts_of_range(counts, counted_from, range) /> }
        }),
    ];
    columns.extend(figure_columns(|agent: &AgentRow| agent.figures));
    columns.push(Column::new("id", "ID", |agent: &AgentRow| agent.agent_id.clone()).hidden());
    columns
}
