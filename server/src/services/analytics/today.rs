//! Today against the usual day, and agents against their targets.

use super::dates::DateRange;
use super::outcomes::{OutcomeKinds, OutcomeTally};
use super::overview;
use super::scan::{self, ScanRequest};
use crate::services::access::teams::TeamView;
use crate::services::{ServiceError, require_feature};
use crate::storage::{Client, Span, Store, TeamWithMembers, Unit};
use crate::time::{day_start, utc_offset};
use call_ribbon_shared::Millis;
use call_ribbon_shared::wire::{AgentProgress, HalfHour, Target, Targets, TeamProgress, Today};
use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// The same weekdays before today whose mean is usual.
const WEEKS: u64 = 4;
const HALF_HOURS: usize = 48;

/// What an agent has done.
#[derive(Debug, Default)]
struct AgentDay {
    calls: i64,
    connected: i64,
    duration: i64,
    outcomes: OutcomeTally,
}

/// Reads the client's current day, or that of a team.
pub async fn read_today(
    store: &Store,
    client: &Client,
    team: Option<TeamView>,
    now: Millis,
) -> Result<Today, ServiceError> {
    require_feature(client, overview::FEATURE)?;
    let zone = client.time_zone;
    let today = overview::to_local(now, zone).date_naive();
    let mut half_hours = vec![HalfHour::default(); HALF_HOURS];
    for (slot, counts) in half_hours_of(store, client, team.as_ref(), today, zone).await? {
        if let Some(of) = place(slot).and_then(|place| half_hours.get_mut(place)) {
            (of.calls, of.connected) = counts;
        }
    }
    let mut before: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    let mut weeks = 0;
    for week in 1..=WEEKS {
        let Some(day) = today.checked_sub_days(Days::new(7 * week)) else { continue };
        let slots = half_hours_of(store, client, team.as_ref(), day, zone).await?;
        // A holiday, or a day before the first call, says nothing about a usual day.
        weeks += i64::from(!slots.is_empty());
        for (slot, (calls, connected)) in slots {
            let sums = before.entry(slot).or_default();
            *sums = (sums.0 + calls, sums.1 + connected);
        }
    }
    for (slot, (calls, connected)) in before {
        if let Some(of) = place(slot).and_then(|place| half_hours.get_mut(place)) {
            (of.usual_calls, of.usual_connected) = (mean(calls, weeks), mean(connected, weeks));
        }
    }
    let (agents, teams, every_agent) = list_progress(store, client, team, today, zone).await?;
    Ok(Today {
        date: today.to_string(),
        now: Unit::HalfHour.slot_of(now, utc_offset(now, zone)),
        weeks,
        half_hours,
        agents,
        every_agent,
        teams,
    })
}

/// Returns the calls and the connected calls of each half hour of a day that has any.
async fn half_hours_of(
    store: &Store,
    client: &Client,
    team: Option<&TeamView>,
    day: NaiveDate,
    zone: Tz,
) -> Result<BTreeMap<i64, (i64, i64)>, ServiceError> {
    let range = day_range(day, zone);
    if let Some(team) = team {
        let scan = day_scan(range, Some(team.clone()));
        let found = scan::sum_by_unit(store, client, &scan, zone, Unit::HalfHour).await?;
        let counts = found.into_iter().map(|(slot, sums)| (slot, sums.tally(None)));
        return Ok(counts.map(|(slot, tally)| (slot, (tally.calls, tally.connected))).collect());
    }
    let span = Span { from: range.from, until: range.until, customer_id: None };
    let found =
        store.analytics().sum_calls_by_unit(&client.id, &span, zone, Unit::HalfHour).await?;
    let found = found.into_iter().filter(|(_, totals)| totals.calls > 0);
    Ok(found.map(|(slot, totals)| (slot, (totals.calls, totals.connected))).collect())
}

fn day_scan(range: DateRange, team: Option<TeamView>) -> ScanRequest {
    ScanRequest { range, hours: None, direction: None, team, with_sent: false }
}

fn day_range(day: NaiveDate, zone: Tz) -> DateRange {
    let next = day.succ_opt().unwrap_or(day);
    DateRange { from: day_start(day, zone), until: day_start(next, zone) }
}

fn place(slot: i64) -> Option<usize> {
    usize::try_from(slot).ok()
}

/// Returns a mean to two digits.
fn mean(sum: i64, days: i64) -> f64 {
    let hundredths = (200 * sum + days) / (2 * days).max(1);
    i32::try_from(hundredths).map_or(0.0, f64::from) / 100.0
}

/// Returns the agents and the teams of a day with their targets, and the target of every agent.
async fn list_progress(
    store: &Store,
    client: &Client,
    team: Option<TeamView>,
    today: NaiveDate,
    zone: Tz,
) -> Result<(Vec<AgentProgress>, Vec<TeamProgress>, Target), ServiceError> {
    let kinds = OutcomeKinds::of_client(store, client).await?;
    let targets = store.clients().find_targets(&client.id).await?;
    let mut agents: BTreeMap<String, AgentDay> =
        targets.agents.keys().map(|id| (id.clone(), AgentDay::default())).collect();
    if let Some(team) = &team {
        agents.retain(|id, _| team.has_agent(id));
    }
    let only = team.as_ref().map(|team| team.id.clone());
    let scan = day_scan(day_range(today, zone), team);
    scan::for_each_call(store, client, &scan, |call| {
        let Some(key) = call.fields.field_value("agentId") else { return };
        let Some(agent_id) = key.strip_prefix('t') else { return };
        let totals = call.fields.counted.totals();
        let of = agents.entry(agent_id.to_owned()).or_default();
        of.calls += 1;
        of.connected += totals.connected;
        of.duration += totals.duration;
        of.outcomes.add(&kinds.tally_of(call));
    })
    .await?;
    let all_teams = store.teams().list_teams(&client.id).await?.into_iter();
    let teams = all_teams
        .filter(|team| only.as_ref().is_none_or(|only| *only == team.team.team_id))
        .map(|team| sum_team(team, &agents, &targets))
        .collect();
    let ids: Vec<String> = agents.keys().cloned().collect();
    let mut names = store.fields().find_agent_names(&client.id, &ids).await?;
    let progress = |(agent_id, of): (String, AgentDay)| AgentProgress {
        agent_name: names.remove(&agent_id),
        calls: of.calls,
        connected: of.connected,
        total_duration: of.duration,
        outcomes: of.outcomes.counts(of.calls),
        target: targets.agents.get(&agent_id).copied().unwrap_or_default().or(targets.every_agent),
        agent_id,
    };
    Ok((agents.into_iter().map(progress).collect(), teams, targets.every_agent))
}

/// Adds up what the agents of a team have done.
fn sum_team(
    team: TeamWithMembers,
    agents: &BTreeMap<String, AgentDay>,
    targets: &Targets,
) -> TeamProgress {
    let mut sums = AgentDay::default();
    for day in team.agents.iter().filter_map(|id| agents.get(id)) {
        sums.calls += day.calls;
        sums.connected += day.connected;
        sums.duration += day.duration;
        sums.outcomes.add(&day.outcomes);
    }
    TeamProgress {
        target: targets.teams.get(&team.team.team_id).copied().unwrap_or_default(),
        team_id: team.team.team_id,
        team_name: team.team.name,
        calls: sums.calls,
        connected: sums.connected,
        total_duration: sums.duration,
        outcomes: sums.outcomes.counts(sums.calls),
    }
}
