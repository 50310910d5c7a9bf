//! Figures of agents, by day.

use super::breakdown::figures_if_any;
use super::dates::DateRange;
use super::overview;
use crate::services::{ServiceError, require_feature};
use crate::storage::{Client, Span, Store, Tally};
use call_ribbon_shared::wire::{AgentFigures, AgentRow, DayFigures};
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// The most agents in a response; all others are summed.
const MAX_AGENTS: usize = 500;

/// Returns the figures of each agent in a range, with their days in a time zone.
pub async fn list_agent_figures(
    store: &Store,
    client: &Client,
    range: DateRange,
    zone: Tz,
) -> Result<AgentFigures, ServiceError> {
    require_feature(client, overview::FEATURE)?;
    let span = Span { from: range.from, until: range.until, customer_id: None };
    let by_day = store.fields().sum_by_field_and_day(&client.id, "agentId", &span, zone).await?;
    let (mut all, mut other) = (Tally::default(), Tally::default());
    let mut agents: BTreeMap<String, (Tally, Vec<DayFigures>)> = BTreeMap::new();
    for (day, found) in &by_day {
        all.add(&found.all.tally(None), 1);
        for (value, line) in found.values.nonzero_values() {
            let tally = line.tally(None);
            let Some(agent_id) = value.strip_prefix('t') else {
                other.add(&tally, 1);
                continue;
            };
            let (sums, days) = agents.entry(agent_id.to_owned()).or_default();
            sums.add(&tally, 1);
            let date = overview::date_of_day(*day).to_string();
            days.push(DayFigures { date, figures: tally.figures() });
        }
    }
    let mut missing = all.clone();
    missing.add(&other, -1);
    for (tally, _) in agents.values() {
        missing.add(tally, -1);
    }
    let mut order: Vec<_> = agents.into_iter().collect();
    order.sort_by(|(one, (a, _)), (two, (b, _))| b.calls.cmp(&a.calls).then_with(|| one.cmp(two)));
    for (_, (tally, _)) in order.iter().skip(MAX_AGENTS) {
        other.add(tally, 1);
    }
    order.truncate(MAX_AGENTS);
    let ids: Vec<String> = order.iter().map(|(agent_id, _)| agent_id.clone()).collect();
    let mut names = store.fields().find_agent_names(&client.id, &ids).await?;
    let row = |(agent_id, (tally, days)): (String, (Tally, Vec<DayFigures>))| AgentRow {
        agent_name: names.remove(&agent_id),
        agent_id,
        figures: tally.figures(),
        days,
    };
    Ok(AgentFigures {
        agents: order.into_iter().map(row).collect(),
        other: figures_if_any(&other),
        missing: figures_if_any(&missing),
        summary: all.figures(),
    })
}
