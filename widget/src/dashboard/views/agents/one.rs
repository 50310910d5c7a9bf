//! One agent: figures against the previous days, a chart by day, and calls.

use super::days::{daily_counts, daily_values, day_stops};
use super::{agent_name, figures_path};
use crate::dashboard::access::Access;
use crate::dashboard::address::range::{
    self, ChooseDays, ChooseDirection, chosen_days as days_of, chosen_direction, client_today,
};
use crate::dashboard::address::{Address, api_query};
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{
    Better, Card, Change, DataTable, DateRange, Empty, Figure, Hue, LineChart, LineData, Measure,
    Series, format,
};
use crate::dashboard::views::answer::render_answer;
use crate::dashboard::views::figure_columns::{about_duration, rate};
use crate::dashboard::views::head::Head;
use crate::dashboard::views::paged_list::{Paged, load_pages};
use crate::dashboard::views::rows;
use crate::dashboard::views::saved_views::SaveView;
use call_ribbon_shared::wire::{AgentFigures, AgentRow, CallHistory, CallObject, Figures};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

const MILLIS_PER_DAY: f64 = 86_400_000.0;

/// The view.
#[component]
pub fn OneAgent() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("agent").unwrap_or_default());
    let now: Loaded<AgentFigures> = load_json(move || {
        let days = days_of(address);
        let ends = (&*days.start.to_iso(), &*days.end.to_iso());
        Some(figures_path(access, ends, &chosen_direction(address), ""))
    });
    let earlier = Memo::new(move |_| Earlier::than(days_of(address)));
    let before: Loaded<AgentFigures> = load_json(move || {
        let earlier = earlier.get();
        let (start, end) = (earlier.days.start.to_iso(), earlier.last_moment());
        Some(figures_path(access, (&start, &end), &chosen_direction(address), ""))
    });
    let calls: Paged<CallObject> = load_pages::<CallHistory>(move || {
        let (id, days, direction) = (id.get(), days_of(address), chosen_direction(address));
        let (start, end) = (days.start.to_iso(), days.end.to_iso());
        let fields = [
            ("list", "all"),
            ("agentId", id.as_str()),
            ("startDate", start.as_str()),
            ("endDate", end.as_str()),
            ("limit", "50"),
            ("callDirection", direction.as_str()),
        ];
        api_query(&access.records_path("calls"), &fields)
    });
    let title = move || {
        let found = now.answer().and_then(|figures| find_agent(figures, &id.get()));
        found.map_or_else(|| id.get(), |agent| agent_name(&agent))
    };
    let back = Signal::derive(move || {
        range::link_to("/dashboard/agents", days_of(address), range::NO_MORE)
    });
    let shown = move |figures: AgentFigures| {
        let all = figures.summary;
        let id = id.get();
        let before_figures = before
            .answer()
            .map(|before| find_agent(before, &id).map(|agent| agent.figures).unwrap_or_default());
        match find_agent(figures, &id) {
            Some(agent) => view! {
                {figure_tiles(&agent.figures, before_figures)}
                <p class="soft">{earlier.get().describe(&access.time_zone())}</p>
                {agent_charts(&agent, &all, days_of(address))}
            }
            .into_any(),
            None => view! {
                <div class="card"><Empty title="No calls of this agent in these days"><p>"Choose other days."</p></Empty></div>
            }
            .into_any(),
        }
    };
    view! {
        <Head title=Signal::derive(title) back=(back, "Agents")><SaveView /></Head>
        <div class="filters"><ChooseDays /><ChooseDirection /></div>
        {render_answer(now, shown)}
        <Card title="Which calls match?" flush=true>
            <DataTable
                name="agent-calls"
                caption="Calls of this agent"
                columns=rows::call_columns_without(access, "agent")
                rows=calls.rows
                key=rows::row_key
                href=Callback::new(|call: CallObject| Some(rows::call_link(&call)))
                busy=calls.busy
                empty=move || calls.render_placeholder(|| view! { <Empty title="No calls in these days" /> }.into_any())
                footer=move || calls.render_footer()
            />
        </Card>
    }
}

fn find_agent(figures: AgentFigures, id: &str) -> Option<AgentRow> {
    figures.agents.into_iter().find(|agent| agent.agent_id == id)
}

/// The time before the chosen days with which an agent's figures are compared.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Earlier {
    days: DateRange,
    /// When it ends within its last day, in milliseconds since 1970; `None` if that day counts whole.
    until: Option<f64>,
}

impl Earlier {
    /// Returns as many days before these. If today is among these, it ends at this time of day: the
    /// whole of an earlier day would make every morning a loss.
    #[expect(clippy::cast_precision_loss, reason = "days stay far below 2^53")]
    fn than(days: DateRange) -> Self {
        let length = days.day_count() as f64 * MILLIS_PER_DAY;
        let until = (days.end == client_today()).then(|| format::now_millis() - length);
        Self { days: days.preceding(), until }
    }

    /// Returns its last day, or its last moment, as the server takes it.
    fn last_moment(self) -> String {
        self.until.map_or_else(|| self.days.end.to_iso(), format::iso_of_millis)
    }

    /// Says with which days the figures are compared.
    fn describe(self, zone: &str) -> String {
        let days = self.days.to_text();
        match self.until {
            Some(until) => {
                let time = format::clock_time(&format::iso_of_millis(until), zone);
                format!("Compared with {days}, up to {time}.")
            }
            None => format!("Compared with {days}."),
        }
    }
}

fn agent_charts(agent: &AgentRow, all: &Figures, range: DateRange) -> impl IntoView + use<> {
    let calls = call_lines(agent, range);
    let handling = handling_lines(agent, range);
    let compared = describe_comparison(&agent.figures, all);
    view! {
        <div class="grid">
            <Card title="How many calls were there each day?" table=calls.table() answer=compared>
                <LineChart data=calls label="Calls of this agent by day" />
            </Card>
            <Card title="How long does a call take?" table=handling.table() answer=describe_spread(&agent.figures)>
                <LineChart data=handling label="Average talk time of this agent by day" />
            </Card>
        </div>
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts and seconds stay far below 2^53")]
fn figure_tiles(now: &Figures, before: Option<Figures>) -> impl IntoView + use<> {
    let counted = |of: fn(&Figures) -> i64, text: fn(i64) -> String| {
        before
            .map(|before| Change::of_number(of(now) as f64, of(&before) as f64, text(of(&before))))
    };
    let change = before.map(|before| Change::of_share(rate(now), rate(&before)));
    view! {
        <div class="figures">
            <Figure label="Calls" value=format::number(now.calls) change=counted(|sums| sums.calls, format::number) better=Better::Neither />
            <Figure label="Connect rate" value=format::percent(rate(now)) change=change hue=Hue::Connected />
            <Figure label="Missed" value=format::number(now.missed) change=counted(|sums| sums.missed, format::number) better=Better::Down hue=Hue::Missed />
            <Figure label="Talk time" value=format::duration(now.total_duration) change=counted(|sums| sums.total_duration, format::duration) better=Better::Neither hue=Hue::Time />
            <Figure label="Average talk time" value=format::duration(now.avg_handling_time) change=counted(|sums| sums.avg_handling_time, format::duration) better=Better::Neither hue=Hue::Time />
        </div>
    }
}

fn describe_comparison(own: &Figures, all: &Figures) -> String {
    format!(
        "Connects {} of the calls; all agents together {}.",
        format::percent(rate(own)),
        format::percent(rate(all))
    )
}

fn describe_spread(own: &Figures) -> String {
    format!(
        "Half of the calls are over within {}, nine in ten within {}.",
        about_duration(own.median_duration),
        about_duration(own.p90_duration)
    )
}

fn call_lines(agent: &AgentRow, range: DateRange) -> LineData {
    let id = agent.agent_id.clone();
    let href = move |day| range::calls_link(DateRange::new(day, day), &[("agentId", &id)]);
    let line = |name: &str, of: fn(&Figures) -> i64, hue| Series {
        name: name.to_owned(),
        values: daily_counts(&agent.days, range, of).into_iter().map(Some).collect(),
        hue,
        before: false,
    };
    LineData {
        of: "Day".to_owned(),
        stops: day_stops(range, href),
        lines: vec![
            line("Calls", |sums| sums.calls, Hue::Calls),
            line("Connected", |sums| sums.connected, Hue::Connected),
        ],
        measure: Measure::Count,
        is_last_partial: range.end == client_today(),
    }
}

fn handling_lines(agent: &AgentRow, range: DateRange) -> LineData {
    let mut lines = call_lines(agent, range);
    lines.measure = Measure::Seconds;
    lines.lines = vec![Series {
        name: "Average talk time".to_owned(),
        values: daily_values(&agent.days, range, |sums| sums.avg_handling_time),
        hue: Hue::Time,
        before: false,
    }];
    lines
}
