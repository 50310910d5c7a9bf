//! Figures of agents, by day.

use super::breakdown::figures_if_any;
use super::dates::DateRange;
use super::overview;
use crate::services::access::teams::TeamView;
use crate::services::{ServiceError, require_feature};
use crate::storage::{Client, Span, Store, Tally};
use crate::time::day_start;
use call_ribbon_shared::call::Direction;
use call_ribbon_shared::wire::{AgentFigures, AgentRow, DayFigures};
use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The most agents in a response; all others are summed.
const MAX_AGENTS: usize = 500;
/// The most days that are listed, back from the last one with a call.
const MAX_DAYS: usize = 400;
/// The days that are listed however many agents there are.
const FEWEST_DAYS: usize = 31;
/// The most days of all agents together, as far as each has [`FEWEST_DAYS`].
const MAX_DAY_ROWS: usize = 20_000;

/// Returns the figures of each agent in a range, with their latest days in a time zone. For a
/// supervisor, these are the agents of the supervisor's teams, and `summary` is their sum.
pub async fn list_agent_figures(
    store: &Store,
    client: &Client,
    range: DateRange,
    zone: Tz,
    direction: Option<Direction>,
    team: Option<&TeamView>,
) -> Result<AgentFigures, ServiceError> {
    require_feature(client, overview::FEATURE)?;
    let span = Span { from: range.from, until: range.until, customer_id: None };
    let whole = store.fields().sum_by_field(&client.id, "agentId", &span).await?;
    let mut all = whole.all.tally(direction);
    let (mut other, mut missing) = (Tally::default(), all.clone());
    let mut agents: BTreeMap<String, Tally> = BTreeMap::new();
    for (value, line) in whole.values.nonzero_values() {
        let tally = line.tally(direction);
        // An agent may have no calls of this direction.
        if tally.calls == 0 {
            continue;
        }
        missing.add(&tally, -1);
        match value.strip_prefix('t') {
            Some(agent_id) => agents.entry(agent_id.to_owned()).or_default().add(&tally, 1),
            None => other.add(&tally, 1),
        }
    }
    if let Some(team) = team {
        let is_separate = |agent: &String| agents.contains_key(agent);
        if other.calls > 0 && !team.agents.iter().all(is_separate) {
            let sentence = "There are more agents than are counted separately, so the figures of \
                            your teams alone are not known.";
            return Err(ServiceError::OtherAgent(sentence));
        }
        agents.retain(|agent_id, _| team.has_agent(agent_id));
        (all, other, missing) = <_>::default();
        for tally in agents.values() {
            all.add(tally, 1);
        }
    }
    let mut order: Vec<_> = agents.into_iter().collect();
    order.sort_by(|(one, a), (two, b)| b.calls.cmp(&a.calls).then_with(|| one.cmp(two)));
    for (_, tally) in order.iter().skip(MAX_AGENTS) {
        other.add(tally, 1);
    }
    order.truncate(MAX_AGENTS);
    let ids: Vec<String> = order.iter().map(|(agent_id, _)| agent_id.clone()).collect();
    let mut names = store.fields().find_agent_names(&client.id, &ids).await?;
    let (mut days, days_from) = list_days(store, client, &span, zone, direction, &ids).await?;
    let row = |(agent_id, tally): (String, Tally)| AgentRow {
        agent_name: names.remove(&agent_id),
        days: days.remove(&agent_id).unwrap_or_default(),
        daily_calls: None,
        agent_id,
        figures: tally.figures(),
    };
    Ok(AgentFigures {
        agents: order.into_iter().map(row).collect(),
        other: figures_if_any(&other),
        missing: figures_if_any(&missing),
        summary: all.figures(),
        days_from,
        daily_calls_from: None,
    })
}

/// Replaces each agent's days by the number of calls on each, which is a tenth of the size.
pub fn count_days(mut found: AgentFigures) -> AgentFigures {
    let dates: BTreeSet<NaiveDate> = found
        .agents
        .iter()
        .flat_map(|agent| &agent.days)
        .filter_map(|day| day.date.parse().ok())
        .collect();
    let (Some(first), Some(last)) = (dates.first(), dates.last()) else { return found };
    let place = |date: NaiveDate| usize::try_from((date - *first).num_days()).unwrap_or(0);
    for agent in &mut found.agents {
        let mut counts = vec![0; place(*last) + 1];
        for day in std::mem::take(&mut agent.days) {
            let count = day.date.parse().ok().and_then(|date| counts.get_mut(place(date)));
            if let Some(count) = count {
                *count = day.figures.calls;
            }
        }
        agent.daily_calls = Some(counts);
    }
    found.daily_calls_from = Some(first.to_string());
    found
}

/// Returns the figures of these agents by day, and the first day if earlier ones are left out.
async fn list_days(
    store: &Store,
    client: &Client,
    span: &Span,
    zone: Tz,
    direction: Option<Direction>,
    ids: &[String],
) -> Result<(HashMap<String, Vec<DayFigures>>, Option<String>), ServiceError> {
    let mut days: HashMap<String, Vec<DayFigures>> =
        ids.iter().map(|id| (id.clone(), Vec::new())).collect();
    let Some(span) = store.analytics().clip_to_calls(&client.id, span).await? else {
        return Ok((days, None));
    };
    let local_day = |at| overview::to_local(at, zone).date_naive();
    let last = local_day(span.until - 1);
    let most = (MAX_DAY_ROWS / ids.len().max(1)).clamp(FEWEST_DAYS, MAX_DAYS);
    let first =
        u64::try_from(most - 1).ok().and_then(|most| last.checked_sub_days(Days::new(most)));
    let first = first.filter(|first| *first > local_day(span.from));
    let from = first.map_or(span.from, |first| day_start(first, zone));
    let listed = Span { from, ..span };
    let by_day = store.fields().sum_by_field_and_day(&client.id, "agentId", &listed, zone).await?;
    for (day, found) in &by_day {
        for (value, line) in found.values.nonzero_values() {
            let agent = value.strip_prefix('t').and_then(|agent_id| days.get_mut(agent_id));
            if let Some(agent) = agent {
                let date = overview::date_of_day(*day).to_string();
                let figures = line.tally(direction).figures();
                if figures.calls != 0 {
                    agent.push(DayFigures { date, figures });
                }
            }
        }
    }
    Ok((days, first.map(|first| first.to_string())))
}
