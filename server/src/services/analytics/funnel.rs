//! What became of leads, and which attempt at which hour reaches people.

use super::dates::DateRange;
use super::outcomes::OutcomeKinds;
use super::overview;
use super::scan::{self, ScanRequest};
use crate::services::{ServiceError, require_feature};
use crate::storage::{Client, LeadArrival, ScannedCall, Store};
use crate::time::utc_offset;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::Direction;
use call_ribbon_shared::wire::{
    AttemptFigures, AttemptHour, Funnel, HourFigures, LeadCohort, LeadFunnel, ReachCounts,
};
use chrono::{Datelike as _, Days};
use chrono_tz::Tz;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

/// The last attempt that is counted separately; later ones count with it.
const LAST_ATTEMPT: i64 = 6;
/// The most leads that one request counts.
const MOST_LEADS: i64 = 100_000;
const HOUR: Millis = 60 * 60 * 1000;

/// The most cohorts of agents or campaigns in an answer.
const MOST_COHORTS: usize = 200;

/// By what leads are divided into cohorts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CohortBy {
    Campaign,
    Agent,
    /// The week in which the lead came, from Monday on.
    Week,
}

impl CohortBy {
    /// Reads a word of the API.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "campaign" => Self::Campaign,
            "agentId" => Self::Agent,
            "week" => Self::Week,
            _ => return None,
        })
    }

    /// Returns the cohort of a lead.
    fn value_of(self, lead: &LeadArrival, zone: Tz) -> Option<String> {
        match self {
            Self::Campaign => lead.campaign.clone(),
            Self::Agent => Some(lead.agent_id.clone()),
            Self::Week => {
                let day = overview::to_local(lead.created_at, zone).date_naive();
                let since = u64::from(day.weekday().num_days_from_monday());
                Some(day.checked_sub_days(Days::new(since)).unwrap_or(day).to_string())
            }
        }
    }
}

/// How far a lead got.
#[expect(clippy::struct_excessive_bools, reason = "a lead may be at several of these steps")]
#[derive(Debug, Clone, Default)]
struct LeadProgress {
    arrived: Millis,
    cohort: Option<String>,
    first_call: Option<Millis>,
    connected: bool,
    contact: bool,
    promise: bool,
    payment: bool,
}

/// Counts of outbound calls.
#[derive(Debug, Default)]
struct Attempts {
    /// The attempts at each customer so far.
    made: HashMap<String, i64>,
    cells: BTreeMap<(i64, i64), ReachCounts>,
    unattributed: i64,
}

/// Counts the leads and the attempts of a range; the leads also by cohort.
pub async fn read_funnel(
    store: &Store,
    client: &Client,
    range: DateRange,
    zone: Tz,
    by: Option<CohortBy>,
) -> Result<Funnel, ServiceError> {
    require_feature(client, overview::FEATURE)?;
    let found = store
        .leads()
        .list_lead_arrivals(&client.id, range.from, range.until, MOST_LEADS + 1)
        .await?;
    if i64::try_from(found.len()).is_ok_and(|found| found > MOST_LEADS) {
        return Err(ServiceError::Invalid {
            field: "startDate",
            sentence: format!(
                "startDate and endDate span more than {MOST_LEADS} leads, which is the most that \
                 can be counted at once; choose fewer days."
            ),
        });
    }
    let mut leads: HashMap<String, LeadProgress> = HashMap::new();
    // In the order of time, so a customer has the time and the cohort of the first lead.
    for lead in found {
        let cohort = by.and_then(|by| by.value_of(&lead, zone));
        let LeadArrival { customer_id, created_at: arrived, .. } = lead;
        let first = LeadProgress { arrived, cohort, ..Default::default() };
        leads.entry(customer_id).or_insert(first);
    }
    let kinds = OutcomeKinds::of_client(store, client).await?;
    let mut attempts = Attempts::default();
    let scan = ScanRequest { range, hours: None, direction: None, team: None, with_sent: false };
    let counted_from = scan::for_each_call(store, client, &scan, |call| {
        let tally = kinds.tally_of(call);
        let totals = call.fields.counted.totals();
        let reached =
            ReachCounts { calls: 1, connected: totals.connected, contacts: tally.contacts };
        if totals.outbound == 1 {
            attempts.add(call, reached, zone);
        }
        let at = call.fields.counted.started_at;
        let customer = call.fields.counted.customer_id.as_ref();
        let Some(lead) = customer.and_then(|id| leads.get_mut(id)) else { return };
        if at < lead.arrived {
            return;
        }
        if call.fields.counted.direction == Direction::Outbound.as_str() {
            lead.first_call.get_or_insert(at);
        }
        lead.connected |= totals.connected == 1;
        lead.contact |= tally.contacts == 1;
        lead.promise |= tally.promises == 1;
        lead.payment |= tally.payments == 1;
    })
    .await?;
    let Attempts { cells, unattributed, .. } = attempts;
    Ok(Funnel {
        leads: sum_leads(leads.values()),
        cohorts: match by {
            Some(by) => list_cohorts(store, client, &leads, by).await?,
            None => Vec::new(),
        },
        attempts: sum_attempts(&cells),
        hours: sum_hours(&cells),
        cells: cells
            .into_iter()
            .map(|((attempt, hour), reached)| AttemptHour { attempt, hour, reached })
            .collect(),
        unattributed,
        counted_from,
    })
}

impl Attempts {
    /// Adds an outbound call.
    fn add(&mut self, call: &ScannedCall, reached: ReachCounts, zone: Tz) {
        let counted = &call.fields.counted;
        // An id and a number are told apart, as an id may look like a number.
        let whom = match (&counted.customer_id, &call.phone) {
            (Some(id), _) => format!("c{id}"),
            (None, Some(phone)) => format!("p{phone}"),
            (None, None) => {
                self.unattributed += 1;
                return;
            }
        };
        let made = self.made.entry(whom).or_default();
        *made += 1;
        let at = counted.started_at;
        let hour = at.saturating_add(utc_offset(at, zone)).div_euclid(HOUR).rem_euclid(24);
        self.cells.entry(((*made).min(LAST_ATTEMPT), hour)).or_default().add(reached);
    }
}

fn sum_attempts(cells: &BTreeMap<(i64, i64), ReachCounts>) -> Vec<AttemptFigures> {
    let mut all: Vec<AttemptFigures> = (1..=LAST_ATTEMPT)
        .map(|attempt| AttemptFigures { attempt, reached: ReachCounts::default() })
        .collect();
    for ((attempt, _), reached) in cells {
        if let Some(of) = all.iter_mut().find(|of| of.attempt == *attempt) {
            of.reached.add(*reached);
        }
    }
    all
}

fn sum_hours(cells: &BTreeMap<(i64, i64), ReachCounts>) -> Vec<HourFigures> {
    let mut all: Vec<HourFigures> =
        (0..24).map(|hour| HourFigures { hour, reached: ReachCounts::default() }).collect();
    for ((_, hour), reached) in cells {
        if let Some(of) = all.iter_mut().find(|of| of.hour == *hour) {
            of.reached.add(*reached);
        }
    }
    all
}

/// Sums the leads of each cohort.
async fn list_cohorts(
    store: &Store,
    client: &Client,
    leads: &HashMap<String, LeadProgress>,
    by: CohortBy,
) -> Result<Vec<LeadCohort>, ServiceError> {
    let mut members: BTreeMap<Option<&str>, Vec<&LeadProgress>> = BTreeMap::new();
    for lead in leads.values() {
        members.entry(lead.cohort.as_deref()).or_default().push(lead);
    }
    let mut cohorts: Vec<LeadCohort> = members
        .into_iter()
        .map(|(value, members)| LeadCohort {
            value: value.map(str::to_owned),
            label: None,
            leads: sum_leads(members.into_iter()),
        })
        .collect();
    if by != CohortBy::Week {
        cohorts.sort_by_key(|cohort| Reverse(cohort.leads.leads));
        cohorts.truncate(MOST_COHORTS);
    }
    if by == CohortBy::Agent {
        let ids: Vec<String> = cohorts.iter().filter_map(|cohort| cohort.value.clone()).collect();
        let mut names = store.fields().find_agent_names(&client.id, &ids).await?;
        for cohort in &mut cohorts {
            cohort.label = cohort.value.as_ref().and_then(|id| names.remove(id));
        }
    }
    Ok(cohorts)
}

fn sum_leads<'l>(leads: impl Iterator<Item = &'l LeadProgress>) -> LeadFunnel {
    let mut sums = LeadFunnel::default();
    let mut waits = Vec::new();
    for lead in leads {
        // A later step includes the earlier ones.
        let payment = lead.payment;
        let promise = lead.promise;
        let contact = lead.contact || promise || payment;
        let connected = lead.connected || contact;
        sums.leads += 1;
        sums.called += i64::from(lead.first_call.is_some() || connected);
        sums.connected += i64::from(connected);
        sums.contacts += i64::from(contact);
        sums.promises += i64::from(promise);
        sums.payments += i64::from(payment);
        waits.extend(lead.first_call.map(|at| (at - lead.arrived) / 1000));
    }
    waits.sort_unstable();
    sums.median_seconds_to_call = waits.get(waits.len().saturating_sub(1) / 2).copied();
    sums
}
