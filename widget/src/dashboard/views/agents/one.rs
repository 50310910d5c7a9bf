//! One agent: figures against the previous days, a chart by day, and calls.

use super::days::{known, stops, values};
use super::{asked, called};
use crate::dashboard::access::Access;
use crate::dashboard::address::range::{self, ChooseDays, days as days_of};
use crate::dashboard::address::{Address, question};
use crate::dashboard::load::{Loaded, load};
use crate::dashboard::ui::{
    Better, Card, Change, DataTable, DateRange, Empty, Figure, Hue, Line, LineChart, Lines,
    Measure, format,
};
use crate::dashboard::views::answered::answered;
use crate::dashboard::views::head::Head;
use crate::dashboard::views::paged::{Paged, paged};
use crate::dashboard::views::rows;
use crate::dashboard::views::saved::SaveView;
use call_ribbon_shared::wire::{AgentFigures, AgentRow, CallHistory, CallObject, Figures};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The view.
#[component]
pub fn OneAgent() -> impl IntoView {
    let access = Access::here();
    let address = Address::here();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("agent").unwrap_or_default());
    let now: Loaded<AgentFigures> = load(move || Some(asked(access, days_of(address))));
    let before: Loaded<AgentFigures> = load(move || Some(asked(access, days_of(address).before())));
    let calls: Paged<CallObject> = paged::<CallHistory>(move || {
        let (id, days) = (id.get(), days_of(address));
        let (start, end) = (days.start.iso(), days.end.iso());
        let fields = [
            ("list", "all"),
            ("agentId", id.as_str()),
            ("startDate", start.as_str()),
            ("endDate", end.as_str()),
            ("limit", "50"),
        ];
        question(&access.records("calls"), &fields)
    });
    let title = move || {
        let found = now.answer().and_then(|figures| find(figures, &id.get()));
        found.map_or_else(|| id.get(), |agent| called(&agent))
    };
    let back = Signal::derive(move || {
        range::link_to("/dashboard/agents", days_of(address), range::NO_MORE)
    });
    let shown = move |figures: AgentFigures| {
        let all = figures.summary;
        let id = id.get();
        let earlier = before
            .answer()
            .map(|before| find(before, &id).map(|agent| agent.figures).unwrap_or_default());
        match find(figures, &id) {
            Some(agent) => one(&agent, &all, earlier, days_of(address)).into_any(),
            None => view! {
                <div class="card"><Empty title="No calls of this agent in these days"><p>"Choose other days."</p></Empty></div>
            }
            .into_any(),
        }
    };
    view! {
        <Head title=Signal::derive(title) back=(back, "Agents")><SaveView /></Head>
        <div class="filters"><ChooseDays /></div>
        {answered(now, shown)}
        <Card title="Which calls were there?" flush=true>
            <DataTable
                name="agent-calls"
                caption="Calls of this agent"
                columns=rows::columns(access)
                rows=calls.rows
                key=rows::key_of
                href=Callback::new(|call: CallObject| Some(rows::address_of(&call)))
                busy=calls.busy
                empty=move || calls.instead(|| view! { <Empty title="No calls in these days" /> }.into_any())
                footer=move || calls.footer()
            />
        </Card>
    }
}

fn find(figures: AgentFigures, id: &str) -> Option<AgentRow> {
    figures.agents.into_iter().find(|agent| agent.agent_id == id)
}

fn one(
    agent: &AgentRow,
    all: &Figures,
    before: Option<Figures>,
    range: DateRange,
) -> impl IntoView + use<> {
    let calls = calls(agent, range);
    let handling = handling(agent, range);
    let compared = compared(&agent.figures, all);
    view! {
        {tiles(&agent.figures, before)}
        <div class="grid">
            <Card title="How many calls were there each day?" table=calls.table() answer=compared>
                <LineChart data=calls label="Calls of this agent by day" />
            </Card>
            <Card title="How long does a call take?" table=handling.table() answer=spread(&agent.figures)>
                <LineChart data=handling label="Handling time of this agent by day" />
            </Card>
        </div>
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts and seconds stay far below 2^53")]
fn tiles(now: &Figures, before: Option<Figures>) -> impl IntoView + use<> {
    let counted = |of: fn(&Figures) -> i64, text: fn(i64) -> String| {
        before.map(|before| Change::of(of(now) as f64, of(&before) as f64, text(of(&before))))
    };
    let rate = before.map(|before| Change::of_share(now.connect_rate, before.connect_rate));
    view! {
        <div class="figures">
            <Figure label="Calls" value=format::number(now.calls) change=counted(|sums| sums.calls, format::number) better=Better::Neither />
            <Figure label="Connect rate" value=format::percent(now.connect_rate) change=rate hue=Hue::Connected />
            <Figure label="Missed" value=format::number(now.missed) change=counted(|sums| sums.missed, format::number) better=Better::Down hue=Hue::Missed />
            <Figure label="Talk time" value=format::duration(now.total_duration) change=counted(|sums| sums.total_duration, format::duration) better=Better::Neither hue=Hue::Time />
            <Figure label="Average handling time" value=format::duration(now.avg_handling_time) change=counted(|sums| sums.avg_handling_time, format::duration) better=Better::Neither hue=Hue::Time />
        </div>
    }
}

fn compared(own: &Figures, all: &Figures) -> String {
    format!(
        "Connects {} of the calls; all agents together {}.",
        format::percent_whole(own.connect_rate),
        format::percent_whole(all.connect_rate)
    )
}

fn spread(own: &Figures) -> String {
    format!(
        "Half of the calls are over within {}, nine in ten within {}.",
        format::duration(own.median_duration),
        format::duration(own.p90_duration)
    )
}

fn calls(agent: &AgentRow, range: DateRange) -> Lines {
    let id = agent.agent_id.clone();
    let href = move |day| range::calls(DateRange::new(day, day), &[("agentId", &id)]);
    let line = |name: &str, of: fn(&Figures) -> i64, hue| Line {
        name: name.to_owned(),
        values: values(&agent.days, range, of).into_iter().map(Some).collect(),
        hue,
        before: false,
    };
    Lines {
        of: "Day".to_owned(),
        stops: stops(range, href),
        lines: vec![
            line("Calls", |sums| sums.calls, Hue::Calls),
            line("Connected", |sums| sums.connected, Hue::Connected),
        ],
        measure: Measure::Count,
    }
}

fn handling(agent: &AgentRow, range: DateRange) -> Lines {
    let mut lines = calls(agent, range);
    lines.measure = Measure::Seconds;
    lines.lines = vec![Line {
        name: "Handling time".to_owned(),
        values: known(&agent.days, range, |sums| sums.avg_handling_time),
        hue: Hue::Time,
        before: false,
    }];
    lines
}
