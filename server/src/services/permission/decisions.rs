//! Figures about decisions, and lists of them.

use crate::services::access::teams::TeamView;
use crate::services::{ServiceError, cursor};
use crate::storage::{Client, DecisionFilter, DecisionRow, ScannedDecision, Store};
use crate::time;
use call_ribbon_rules::{Decision, Effect, Finding};
use call_ribbon_shared::Millis;
use call_ribbon_shared::wire::{
    DecidedCall, DecisionCounts, DecisionDay, DecisionFigures, Decisions, Objection, RuleFigures,
};
use chrono_tz::Tz;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The most decisions that one request counts.
const MOST_COUNTED: i64 = 100_000;
/// Decisions read at once for a list.
const BATCH: i64 = 500;
/// The most decisions that one page of a list examines.
const MOST_EXAMINED: usize = 10_000;

/// The words for what came of a decision.
pub const OUTCOMES: [&str; 4] = ["allowed", "warned", "overridden", "refused"];

/// Which decisions to list.
#[derive(Debug)]
pub struct ListRequest {
    pub filter: DecisionFilter,
    /// When they were made: from a time up to and without another.
    pub range: (Millis, Millis),
    /// Only decisions to which this rule objected.
    pub rule: Option<String>,
    /// Only those of this pack.
    pub pack: Option<String>,
    /// Only decisions about calls of this agent.
    pub agent_id: Option<String>,
    /// Only decisions before this place.
    pub before: Option<(Millis, String)>,
    pub most: usize,
}

/// Counts the decisions of a range by day and by rule; for a supervisor, only those about calls of
/// the agents of their teams.
pub async fn count_decisions(
    store: &Store,
    client: &Client,
    team: Option<&TeamView>,
    (from, until): (Millis, Millis),
    zone: Tz,
) -> Result<DecisionFigures, ServiceError> {
    let counted_from = store.clients().find_counted_from(&client.id).await?;
    let span = (from.max(counted_from), until);
    let decisions = store.permission();
    let found = decisions.count_decisions_up_to(&client.id, span, MOST_COUNTED + 1).await?;
    if found > MOST_COUNTED {
        return Err(ServiceError::Invalid {
            field: "startDate",
            sentence: format!(
                "startDate and endDate span more than {MOST_COUNTED} decisions, which is the most \
                 that can be counted at once; choose fewer days."
            ),
        });
    }
    let mut counts = Counts::default();
    let mut last: Option<ScannedDecision> = None;
    loop {
        let mut page = decisions.scan_decisions(&client.id, span, last.as_ref()).await?;
        for row in page.iter().filter(|row| is_seen(row.agent_id.as_deref(), team)) {
            counts.add(row, zone);
        }
        match page.pop() {
            Some(row) => last = Some(row),
            None => break,
        }
    }
    let whose = team.map(|team| team.id.as_str()).unwrap_or_default();
    let only_logged =
        decisions.count_logged_calls_up_to(&client.id, span, whose, MOST_COUNTED).await?;
    let cut = from < counted_from;
    Ok(counts.into_figures(only_logged, cut.then(|| time::format(counted_from))))
}

/// Lists decisions, the latest first. A page may be short although more follow: only a limited
/// number is examined.
pub async fn list_decisions(
    store: &Store,
    client: &Client,
    team: Option<&TeamView>,
    asked: ListRequest,
) -> Result<Decisions, ServiceError> {
    let (from, until) = asked.range;
    let (mut at, mut id) = match &asked.before {
        Some((at, id)) if *at < until => (*at, id.clone()),
        _ => (until, String::new()),
    };
    let mut found = Vec::new();
    let mut examined = 0;
    loop {
        let rows = store
            .permission()
            .list_decisions(&client.id, &asked.filter, from, (at, &id), BATCH)
            .await?;
        let is_last = i64::try_from(rows.len()).unwrap_or(BATCH) < BATCH;
        for row in rows {
            if found.len() == asked.most {
                // There may be more: this one at least was not examined.
                let next_cursor = Some(cursor::write_decision(at, &id));
                return Ok(Decisions { decisions: found, next_cursor });
            }
            examined += 1;
            (at, id) = (row.at, row.decision_id.clone());
            if asked.has(&row) && is_seen(row.agent_id.as_deref(), team) {
                let decision = read_decision(&row.decision);
                if asked.objects(decision.as_ref()) {
                    found.push(show_read_decision(row, decision));
                }
            }
        }
        if is_last {
            return Ok(Decisions { decisions: found, next_cursor: None });
        }
        if examined >= MOST_EXAMINED {
            let next_cursor = Some(cursor::write_decision(at, &id));
            return Ok(Decisions { decisions: found, next_cursor });
        }
    }
}

/// Returns whether the calls of an agent are seen. A call without an agent is of no team.
fn is_seen(agent_id: Option<&str>, team: Option<&TeamView>) -> bool {
    team.is_none_or(|team| agent_id.is_some_and(|agent| team.has_agent(agent)))
}

impl ListRequest {
    fn has(&self, row: &DecisionRow) -> bool {
        let outcome = match &self.filter {
            DecisionFilter::Customer(_) | DecisionFilter::All => true,
            DecisionFilter::Outcome(outcome) => row.outcome == *outcome,
        };
        outcome && (self.agent_id.is_none() || self.agent_id == row.agent_id)
    }

    /// Returns whether the rule that is asked for objected.
    fn objects(&self, decision: Option<&Decision>) -> bool {
        if self.rule.is_none() && self.pack.is_none() {
            return true;
        }
        let is_asked = |found: &Finding| {
            self.rule.as_ref().is_none_or(|rule| found.rule == *rule)
                && self.pack.as_ref().is_none_or(|pack| found.pack == *pack)
        };
        decision.is_some_and(|decision| decision.because.iter().any(is_asked))
    }
}

/// Reads a stored decision. One of a version that this one cannot read names no rules.
fn read_decision(json: &str) -> Option<Decision> {
    serde_json::from_str(json)
        .inspect_err(|error| tracing::warn!(%error, "a stored decision cannot be read"))
        .ok()
}

/// Shows a stored decision.
pub fn show_decision(row: DecisionRow) -> DecidedCall {
    let decision = read_decision(&row.decision);
    show_read_decision(row, decision)
}

fn show_read_decision(row: DecisionRow, decision: Option<Decision>) -> DecidedCall {
    let because = decision.map(|decision| decision.because).unwrap_or_default();
    DecidedCall {
        decision_id: row.decision_id,
        at: time::format(row.at),
        outcome: row.outcome,
        session_id: row.session_id,
        agent_id: row.agent_id,
        agent_name: row.agent_name,
        customer_id: row.customer_id,
        phone_number: row.number,
        override_reason: row.override_reason,
        rules: because.into_iter().map(show_finding).collect(),
    }
}

fn show_finding(found: Finding) -> Objection {
    Objection {
        pack: found.pack,
        version: found.version,
        rule: found.rule,
        effect: effect_word(found.effect).to_owned(),
        overridden: found.overridden,
        said: found.said,
    }
}

/// Returns the word for an effect.
pub fn effect_word(effect: Effect) -> &'static str {
    match effect {
        Effect::Warn => "warn",
        Effect::Block => "block",
    }
}

/// Decisions, counted.
#[derive(Debug, Default)]
struct Counts {
    total: DecisionCounts,
    days: BTreeMap<String, DecisionCounts>,
    /// By pack and rule.
    rules: BTreeMap<(String, String), RuleFigures>,
}

impl Counts {
    fn add(&mut self, row: &ScannedDecision, zone: Tz) {
        add_one(&mut self.total, &row.outcome);
        add_one(self.days.entry(time::day(row.at, zone)).or_default(), &row.outcome);
        let decision = row.decision.as_deref().and_then(read_decision);
        for found in decision.map(|decision| decision.because).unwrap_or_default() {
            let key = (found.pack, found.rule);
            let figures = self.rules.entry(key.clone()).or_insert_with(|| RuleFigures {
                pack: key.0,
                rule: key.1,
                said: String::new(),
                forbade: 0,
                warned: 0,
                overridden: 0,
            });
            figures.said = found.said;
            match (found.overridden, found.effect) {
                (true, _) => figures.overridden += 1,
                (false, Effect::Block) => figures.forbade += 1,
                (false, Effect::Warn) => figures.warned += 1,
            }
        }
    }

    fn into_figures(self, only_logged: i64, counted_from: Option<String>) -> DecisionFigures {
        let days = self.days.into_iter().map(|(date, counts)| DecisionDay { date, counts });
        let mut rules: Vec<RuleFigures> = self.rules.into_values().collect();
        rules.sort_by_key(|rule| Reverse(rule.forbade + rule.warned + rule.overridden));
        DecisionFigures {
            total: self.total,
            days: days.collect(),
            rules,
            only_logged,
            counted_from,
        }
    }
}

fn add_one(counts: &mut DecisionCounts, outcome: &str) {
    match outcome {
        "warned" => counts.warned += 1,
        "overridden" => counts.overridden += 1,
        "refused" => counts.refused += 1,
        _ => counts.allowed += 1,
    }
}
