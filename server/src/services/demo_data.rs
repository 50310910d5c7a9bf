//! Generates a plausible year of calls of three invented businesses, for demonstrations and
//! measurements.
//!
//! All of it follows from the order alone: seed, number of calls, number of days and the last day.
//! So interrupted work resumes when the same order is repeated.

mod business;
mod call;
mod days;
mod people;
mod random;

use super::ServiceError;
use super::access::credentials;
use super::access::operator::Operator;
use super::calls::dispositions::usual_kind;
use crate::ids::Ids;
use crate::patch::Patch;
use crate::storage::{AgentChange, ClientChange, LeadChange, NewCallHistory, Store, StoreError};
use crate::time::day_start;
use business::{Business, Kind};
use call_ribbon_shared::plan::Plan as ClientPlan;
use call_ribbon_shared::wire::{Disposition, FieldLabel, OutcomeKind};
use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc};
use days::Plan;
use people::CustomerBook;
use random::Random;
use std::collections::BTreeMap;

/// Calls in one transaction, or those of one day if it has more. Rows of customers are spread all
/// over their indexes: the more of them are written at once, the fewer pages are written twice.
const BATCH: u64 = 20_000;
/// Leads from the dialer of the business that sells.
const LEADS: u64 = 60;
/// The setting that stores the last day if the order named none.
const UNTIL_SETTING: &str = "demo_data_until";

/// What to generate.
#[derive(Debug, Clone, Copy)]
pub struct DemoOrder {
    /// Calls of all businesses together.
    pub calls: u64,
    pub days: u64,
    pub seed: u64,
    /// The last day; `None` for the day before the first run.
    pub until: Option<NaiveDate>,
}

/// The progress so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    /// Calls in the database.
    pub done: u64,
    /// Of these, the calls that the latest transaction wrote.
    pub written: u64,
    /// Calls in total when finished.
    pub all: u64,
}

/// A client whose data was generated.
pub struct DemoClient {
    pub client_id: &'static str,
    pub name: &'static str,
    /// Its key in full, if the client is new.
    pub key: Option<String>,
}

/// Generates clients and calls; calls `progress` after each transaction.
pub async fn generate_all(
    operator: &Operator<'_>,
    order: DemoOrder,
    mut progress: impl FnMut(Progress),
) -> Result<Vec<DemoClient>, ServiceError> {
    let until = resolve_last_day(operator, order).await?;
    let mut so_far = Progress { all: order.calls, ..Progress::default() };
    let mut made = Vec::new();
    let mut left = order.calls;
    for (n, business) in business::ALL.iter().enumerate() {
        let last = n + 1 == business::ALL.len();
        let calls = if last { left } else { order.calls * business.share / 100 };
        left -= calls;
        made.push(ensure_client(operator, business, calls).await?);
        let work = BusinessWork { business, order, calls, until };
        work.write_calls(operator.store, &mut so_far, &mut progress).await?;
        if business.kind == Kind::Sales {
            let book = CustomerBook::new(business, order.seed, calls);
            save_leads(operator.store, &book, until).await?;
        }
    }
    Ok(made)
}

async fn resolve_last_day(
    operator: &Operator<'_>,
    order: DemoOrder,
) -> Result<NaiveDate, ServiceError> {
    if let Some(until) = order.until {
        return Ok(until);
    }
    let today = DateTime::<Utc>::from_timestamp_millis(operator.now).unwrap_or_default();
    let yesterday = today.date_naive() - Days::new(1);
    let kept =
        operator.store.system_get_or_insert_setting(UNTIL_SETTING, &yesterday.to_string()).await?;
    Ok(kept.parse().unwrap_or(yesterday))
}

/// Creates the client and its agents if they are new.
async fn ensure_client(
    operator: &Operator<'_>,
    business: &'static Business,
    calls: u64,
) -> Result<DemoClient, ServiceError> {
    let Operator { store, ids, now, .. } = *operator;
    let mut made = DemoClient { client_id: business.id, name: business.name, key: None };
    if store.clients().find_client(business.id).await?.is_some() {
        return Ok(made);
    }
    // Far more than it uses, so that a demonstration never runs out of calls.
    let limit = i64::try_from(calls / 4).unwrap_or(i64::MAX).max(20_000);
    let change = ClientChange {
        name: Some(business.name.to_owned()),
        plan: Some(ClientPlan::Enterprise),
        limit: Patch::Value(limit),
        time_zone: Some(business.zone),
        default_country: Patch::Value(business.country.to_owned()),
        crm_url: Patch::Value(business.crm_url.to_owned()),
        dispositions: Patch::Value(
            business
                .dispositions
                .iter()
                .map(|label| Disposition {
                    kind: kind_of(label),
                    code: call::code_of_label(label),
                    label: (*label).to_owned(),
                    ..Disposition::default()
                })
                .collect(),
        ),
        field_labels: Patch::Value(
            business
                .fields
                .iter()
                .map(|(field, name, unit)| FieldLabel {
                    field: (*field).to_owned(),
                    name: (*name).to_owned(),
                    unit: unit.map(str::to_owned),
                    values: Vec::new(),
                })
                .collect(),
        ),
        ..ClientChange::default()
    };
    let key = credentials::generate_credential(ids, now, credentials::all_scopes());
    store.clients().create_client(business.id, &change, &key, operator.stamp()).await?;
    made.key = Some(key.secret.expose().to_owned());
    for (n, name) in (0..).zip(business.agents) {
        let change = AgentChange {
            name: Patch::Value((*name).to_owned()),
            dialer_user_id: Patch::Value(format!("dialer-{}", n + 1)),
            ..AgentChange::default()
        };
        store
            .agents()
            .create_agent(business.id, &call::agent_id(n), &change, operator.stamp())
            .await?;
    }
    Ok(made)
}

/// The generation of one business's calls.
struct BusinessWork {
    business: &'static Business,
    order: DemoOrder,
    calls: u64,
    until: NaiveDate,
}

impl BusinessWork {
    /// Writes the calls, some days at a time.
    async fn write_calls(
        &self,
        store: &Store,
        so_far: &mut Progress,
        progress: &mut impl FnMut(Progress),
    ) -> Result<(), StoreError> {
        let Self { business, order, calls, until } = self;
        let plan = Plan::new(business, order.seed, *calls, order.days, *until);
        let (mut first, mut from, mut days) = (0, 0, Vec::new());
        for (n, day) in plan.days.iter().enumerate() {
            days.push(*day);
            let gathered: u64 = days.iter().map(|(_, calls)| calls).sum();
            if gathered < BATCH && n + 1 < plan.days.len() {
                continue;
            }
            let histories = self.day_histories(&days, first, from);
            let written = store.insert_histories(business.id, &histories).await?;
            first += gathered;
            from = n + 1;
            days.clear();
            so_far.done += gathered;
            so_far.written += if written { gathered } else { 0 };
            progress(*so_far);
        }
        Ok(())
    }

    /// Generates the calls of some days; `first` is the index of the first call, `from` that of the
    /// first day.
    fn day_histories(
        &self,
        days: &[(NaiveDate, u64)],
        first: u64,
        from: usize,
    ) -> Vec<NewCallHistory> {
        let Self { business, order, calls, until } = self;
        let last_day = u64::try_from(until.num_days_from_ce()).unwrap_or(0);
        // Another order means other calls, with other names.
        let mut tag = Random::from_parts(&[order.seed, order.calls, order.days, last_day]);
        let tag = tag.next_u64() >> 32;
        let from = u64::try_from(from).unwrap_or(0);
        let mut random = Random::from_parts(&[order.seed, business.share, tag, from]);
        let ids = Ids::seeded(random.next_u64());
        let book = CustomerBook::new(business, order.seed, *calls);
        let mut histories = Vec::new();
        let mut number = first;
        for (day, calls) in days {
            for at in days::start_times(business, *day, *calls, &mut random) {
                let call_sid = format!("{tag:08x}-{number:08}");
                histories.push(call::generate_history(&book, &ids, &call_sid, at, &mut random));
                number += 1;
            }
        }
        histories
    }
}

/// Returns what an outcome of a business means.
fn kind_of(label: &str) -> Option<OutcomeKind> {
    match label {
        "Demo booked" => Some(OutcomeKind::Promise),
        "Won" => Some(OutcomeKind::Payment),
        "Not now" | "No budget" | "Solved" | "Ticket opened" => Some(OutcomeKind::Contact),
        _ => usual_kind(&call::code_of_label(label)),
    }
}

/// Saves leads as a dialer sends them; the same leads again change nothing. Most are customers who
/// are called.
async fn save_leads(
    store: &Store,
    book: &CustomerBook<'_>,
    until: NaiveDate,
) -> Result<(), StoreError> {
    let business = book.business;
    let mut random = Random::from_parts(&[business.share, LEADS]);
    for n in 1..=LEADS {
        let first = random.pick_one(business.first_names).unwrap_or_default();
        let last = random.pick_one(business.last_names).unwrap_or_default();
        let agent = random.next_below(4);
        let campaign = random.pick_one(business.campaigns).unwrap_or_default();
        let customer = book.pick_customer(&mut random, campaign);
        let known = customer.name().filter(|_| n % 4 > 0);
        let (name, phone) = if let Some(name) = known {
            (name, customer.phone)
        } else {
            let phone = format!("{}{:09}", business.prefix, 900_000_000 + n);
            (format!("{first} {last}"), phone)
        };
        let text = str::to_owned;
        let (first, last) = name.split_once(' ').unwrap_or((name.as_str(), ""));
        let fields = BTreeMap::from([
            (text("first_name"), text(first)),
            (text("last_name"), text(last)),
            (text("phone_number"), phone.clone()),
            (text("campaign"), text(campaign)),
        ]);
        let change = LeadChange {
            dialer_lead_id: Some(format!("demo-{n}")),
            full_name: Some(name.clone()),
            spellings: vec![phone.clone()],
            phone: Some(phone),
            email: None,
            agent_id: call::agent_id(agent),
            agent_name: usize::try_from(agent)
                .ok()
                .and_then(|place| business.agents.get(place))
                .map(|name| text(name)),
            fields,
        };
        let at = day_start(until, business.zone) - random.next_millis(20 * 24 * 60 * 60 * 1000);
        store.leads().save_lead(business.id, change, at).await?;
    }
    Ok(())
}
