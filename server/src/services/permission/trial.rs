//! Tries a pack on past calls: which of them it would have stopped, and why.
//!
//! Each call is judged at its own time, by the calls before it. The number that a past call showed is
//! not known any more, so rules about it are left out; suppressions, consents, quiet times and
//! holidays are those of today.

use super::explain;
use super::packs::find_pack;
use super::plan::{AskedCall, Planner};
use crate::permission::PermissionSettings;
use crate::services::customers::matching::Numbers;
use crate::services::providers::routing::Carrier;
use crate::services::{ServiceError, csv, cursor};
use crate::storage::{Client, LogPosition, PastCall, Store};
use crate::time;
use call_ribbon_rules::{Decision, Effect, Pack};
use call_ribbon_shared::Millis;
use call_ribbon_shared::phone::DialNumber;
use futures_util::Stream;
use futures_util::stream::try_unfold;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// Calls read at once: each may carry 64 KiB of `customerData`.
const PAGE: i64 = 100;
/// The most calls that one answer judges.
const MOST_JUDGED: u64 = 5_000;
/// The most calls that one answer names.
const MOST_NAMED: usize = 200;
const CSV_HEADER: [&str; 8] =
    ["Time", "Session ID", "Agent", "Customer ID", "Phone Number", "Effect", "Rules", "Said"];

/// The result of a pack on past calls.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrialReport {
    #[schema(examples("in-rbi-recovery"))]
    pub pack: String,
    pub version: u32,
    /// The calls that were judged.
    pub calls: u64,
    /// Those that would have been stopped.
    pub stopped: u64,
    /// Those that would have been made with a warning.
    pub warned: u64,
    /// How many calls each rule objects to, the most first.
    pub rules: Vec<RuleCount>,
    /// The first calls to which a rule objects, up to 200.
    pub found: Vec<TriedCall>,
    /// Send it as `cursor` to judge the calls after these; null: these are all.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

/// How many calls a rule objects to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RuleCount {
    #[schema(examples("hours"))]
    pub rule: String,
    pub effect: Effect,
    pub said: String,
    pub calls: u64,
}

/// A past call to which a rule objects.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TriedCall {
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    pub at: String,
    pub session_id: String,
    #[schema(required = true)]
    pub agent_id: Option<String>,
    #[schema(required = true)]
    pub customer_id: Option<String>,
    pub phone_number: String,
    /// Whether it would have been stopped; else an agent would have been warned.
    pub stopped: bool,
    /// The rules that object.
    #[schema(examples(json!(["hours"])))]
    pub rules: Vec<String>,
    /// What the agent would have read.
    pub said: String,
}

/// A trial, page by page.
pub struct Trial {
    store: Arc<Store>,
    client_id: String,
    planner: Planner,
    pack: Arc<Pack>,
    range: (Millis, Millis),
    after: Option<LogPosition>,
    is_over: bool,
}

/// A judged call; a number that cannot be read has no decision.
type JudgedCall = (PastCall, Option<(Decision, Option<String>)>);

impl Trial {
    /// Begins to try a pack on the calls that began in a range, after a place.
    pub async fn begin(
        store: &Arc<Store>,
        client: &Client,
        pack: &str,
        range: (Millis, Millis),
        after: Option<LogPosition>,
    ) -> Result<Self, ServiceError> {
        let pack = find_pack(store, &client.id, pack).await?;
        let (country, _) = store.clients().find_client_extras(&client.id).await?;
        let stored = store.permission().find_call_rules(&client.id).await?;
        let settings = PermissionSettings::from_stored(stored.as_deref()).unwrap_or_default();
        let numbers = Numbers::of_country(country.as_deref());
        let planner = Planner::new(client, settings, vec![Arc::clone(&pack)], numbers);
        Ok(Self {
            store: Arc::clone(store),
            client_id: client.id.clone(),
            planner,
            pack,
            range,
            after,
            is_over: false,
        })
    }

    /// Judges the next calls; an empty list ends the trial.
    async fn judge_page(&mut self) -> Result<Vec<JudgedCall>, ServiceError> {
        if self.is_over {
            return Ok(Vec::new());
        }
        let after = self.after.as_ref();
        let calls = self.store.calls();
        let page = calls.list_past_calls(&self.client_id, self.range, after, PAGE).await?;
        self.is_over = i64::try_from(page.len()).unwrap_or(PAGE) < PAGE;
        self.after = page.last().map(PastCall::position);
        let mut judged = Vec::with_capacity(page.len());
        for call in page {
            let decision = self.judge_call(&call).await?;
            judged.push((call, decision));
        }
        Ok(judged)
    }

    async fn judge_call(
        &self,
        call: &PastCall,
    ) -> Result<Option<(Decision, Option<String>)>, ServiceError> {
        let number = call.phone.as_deref().and_then(|phone| DialNumber::parse(phone).ok());
        let Some(number) = number else { return Ok(None) };
        let asked = AskedCall {
            decision_id: String::new(),
            number: &number,
            customer: call.customer.as_deref(),
            agent_id: None,
            overriding: None,
        };
        let plan = self.planner.plan_call(&Carrier::Simulated, asked);
        let at = call.started_at;
        let known = self.store.permission().find_call_history(&self.client_id, &plan, at).await?;
        let mut history = known.history;
        history.calls.retain(|earlier| earlier.call_sid != call.call_sid);
        let decision = plan.judge(&history, at).decision;
        Ok(Some((decision, plan.customer_id)))
    }
}

/// Judges calls up to a bound, and counts what the rules object to.
pub async fn report_trial(mut trial: Trial) -> Result<TrialReport, ServiceError> {
    let mut report = TrialReport {
        pack: trial.pack.name.clone(),
        version: trial.pack.version,
        calls: 0,
        stopped: 0,
        warned: 0,
        rules: Vec::new(),
        found: Vec::new(),
        next_cursor: None,
    };
    let mut rules: BTreeMap<String, RuleCount> = BTreeMap::new();
    while report.calls < MOST_JUDGED {
        let page = trial.judge_page().await?;
        if page.is_empty() {
            break;
        }
        for (call, decision) in page {
            report.calls += 1;
            let Some((decision, customer_id)) = decision else { continue };
            for found in &decision.because {
                let count = rules.entry(found.rule.clone()).or_insert_with(|| RuleCount {
                    rule: found.rule.clone(),
                    effect: found.effect,
                    said: found.said.clone(),
                    calls: 0,
                });
                count.calls += 1;
            }
            let Some(tried) = to_tried(&call, &decision, customer_id) else { continue };
            if tried.stopped {
                report.stopped += 1;
            } else {
                report.warned += 1;
            }
            if report.found.len() < MOST_NAMED {
                report.found.push(tried);
            }
        }
    }
    report.rules = rules.into_values().collect();
    report.rules.sort_by_key(|rule| Reverse(rule.calls));
    let next = trial.after.filter(|_| !trial.is_over);
    report.next_cursor = next.as_ref().map(cursor::write_place);
    Ok(report)
}

/// Returns all calls to which a rule objects as CSV, in pieces. The first page is judged before the
/// answer begins.
pub async fn export_trial(
    mut trial: Trial,
) -> Result<impl Stream<Item = Result<String, ServiceError>> + Send + use<>, ServiceError> {
    let mut first = String::new();
    csv::write_row(&mut first, CSV_HEADER);
    let page = trial.judge_page().await?;
    write_page(&mut first, &page);
    let start = (trial, Some(first));
    Ok(try_unfold(start, async |(mut trial, first)| {
        if let Some(first) = first {
            return Ok(Some((first, (trial, None))));
        }
        let page = trial.judge_page().await?;
        if page.is_empty() {
            return Ok(None);
        }
        let mut text = String::new();
        write_page(&mut text, &page);
        Ok(Some((text, (trial, None))))
    }))
}

fn write_page(out: &mut String, page: &[JudgedCall]) {
    for (call, decision) in page {
        let Some((decision, customer_id)) = decision else { continue };
        let Some(tried) = to_tried(call, decision, customer_id.clone()) else { continue };
        csv::write_row(
            out,
            [
                tried.at.as_str(),
                &tried.session_id,
                tried.agent_id.as_deref().unwrap_or_default(),
                tried.customer_id.as_deref().unwrap_or_default(),
                &tried.phone_number,
                if tried.stopped { "stopped" } else { "warned" },
                &tried.rules.join(" "),
                &tried.said,
            ],
        );
    }
}

/// Describes a call to which a rule objects; `None` if none does.
fn to_tried(
    call: &PastCall,
    decision: &Decision,
    customer_id: Option<String>,
) -> Option<TriedCall> {
    let said = explain::explain(decision)?;
    Some(TriedCall {
        at: time::format(call.started_at),
        session_id: call.session_id.clone(),
        agent_id: call.agent_id.clone(),
        customer_id,
        phone_number: call.phone.clone().unwrap_or_default(),
        stopped: !decision.allowed,
        rules: decision.because.iter().map(|found| found.rule.clone()).collect(),
        said,
    })
}
