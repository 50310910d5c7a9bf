//! Reads what happened before a call: earlier calls to the same number and the same customer,
//! suppressions, consents, quiet times and holidays.

use crate::permission::{CallHistory, CallPlan, EarlierCall, find_text};
use crate::storage::analytics::fields::Context;
use crate::storage::database::pools::{Tx, query_read, query_tx};
use crate::storage::permission::consents::{ConsentRow, consents_for_call};
use crate::storage::permission::holidays::{HolidayRow, holidays_for_call};
use crate::storage::permission::quiet_times::{QuietTimeRow, WEEKLY, quiet_times_for_call};
use crate::storage::permission::suppressions::{SuppressionRow, suppressions_of_number};
use crate::storage::spellings::first_five_spellings;
use crate::storage::{PermissionStore, StoreError};
use crate::time;
use call_ribbon_rules::{
    AttemptResult, AttemptTo, Consent, Decision, Holiday, Occasion, Purpose, QuietTime, Registry,
    Scope, Suppression,
};
use call_ribbon_shared::Millis;
use chrono_tz::Tz;
use serde::de::DeserializeOwned;
use sqlx::FromRow;
use std::collections::BTreeMap;

const DAY: Millis = 24 * 60 * 60 * 1000;
/// How many days ahead holidays are read: as far as the next permitted time is looked for.
const HOLIDAYS_AHEAD: Millis = 432 * DAY;

/// How the source of an entry begins that comes from a register.
const REGISTER: &str = "registry:";

/// An earlier call.
#[derive(FromRow)]
struct EarlierRow {
    call_sid: String,
    started_at: Millis,
    connected_at: Option<Millis>,
    /// The length of the talk in seconds, as reported.
    duration: Option<i64>,
    customer: Option<String>,
    context: Option<String>,
    /// The decision about the call; `None` if this server did not dial it.
    decision_id: Option<String>,
    /// The account by which the call was judged.
    account: Option<String>,
    /// When the provider or this server found that the call failed. What a page says of that does
    /// not count: it could let a call that rang go uncounted.
    failed_at: Option<Millis>,
}

/// No rule counts more than 1000 calls.
const TO_NUMBER: &str = "
    SELECT c.call_sid, c.started_at, c.connected_at, c.duration, c.customer, c.context,
        d.decision_id, d.account,
        CASE WHEN c.status = 'failed' THEN (
            SELECT MAX(e.at) FROM events e WHERE e.client_id = c.client_id
                AND e.call_seq = c.call_seq AND e.event = 'failed' AND e.source <> 'page'
        ) END AS failed_at
    FROM calls c LEFT JOIN decisions d
        ON d.client_id = c.client_id AND d.session_id = c.session_id
    WHERE c.client_id = $1 AND c.phone IN ($2, $3, $4, $5, $6) AND c.started_at >= $7
        AND c.started_at <= $8 AND c.direction = 'outbound'
    ORDER BY c.started_at DESC LIMIT 1000";

const TO_CUSTOMER: &str = "
    SELECT c.call_sid, c.started_at, c.connected_at, c.duration, c.customer, c.context,
        d.decision_id, d.account,
        CASE WHEN c.status = 'failed' THEN (
            SELECT MAX(e.at) FROM events e WHERE e.client_id = c.client_id
                AND e.call_seq = c.call_seq AND e.event = 'failed' AND e.source <> 'page'
        ) END AS failed_at
    FROM calls c LEFT JOIN decisions d
        ON d.client_id = c.client_id AND d.session_id = c.session_id
    WHERE c.client_id = $1 AND c.customer_id = $2 AND c.started_at >= $3
        AND c.started_at <= $4 AND c.direction = 'outbound'
    ORDER BY c.started_at DESC LIMIT 1000";

/// The latest import of each register that counts as a copy of it, as `SuppressionImport::is_copy`
/// says: a file of which hardly a line could be read must not permit calls to its numbers.
const REGISTERS: &str = "
    SELECT source, MAX(as_of) FROM suppression_imports
    WHERE client_id = $1 AND finished_at IS NOT NULL AND source LIKE 'registry:%'
        AND entries > 0 AND bad_lines * 100 <= lines
    GROUP BY source";

/// What happened before a call, and the entries of the client's list about its number.
#[derive(Debug, Default)]
pub struct KnownHistory {
    pub history: CallHistory,
    pub entries: Vec<SuppressionRow>,
}

/// Why a call is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRefusal {
    pub decision: Decision,
    /// The entries of the client's list about the number.
    pub entries: Vec<SuppressionRow>,
}

/// The rows from which a history is built.
struct Rows {
    to_number: Vec<EarlierRow>,
    to_customer: Vec<EarlierRow>,
    suppressions: Vec<SuppressionRow>,
    consents: Vec<ConsentRow>,
    registers: Vec<(String, Millis)>,
    quiet_times: Vec<QuietTimeRow>,
    holidays: Vec<HolidayRow>,
}

impl PermissionStore<'_> {
    /// Returns what happened before a call that is made at `now`.
    pub async fn find_call_history(
        self,
        client_id: &str,
        plan: &CallPlan,
        now: Millis,
    ) -> Result<KnownHistory, StoreError> {
        let memory = plan.memory();
        let (mut to_number, mut to_customer, mut registers) = (Vec::new(), Vec::new(), Vec::new());
        if memory > 0 {
            let ways = first_five_spellings(&plan.spellings);
            to_number = query_read!(self, |db| sqlx::query_as(TO_NUMBER)
                .bind(client_id)
                .bind(ways[0])
                .bind(ways[1])
                .bind(ways[2])
                .bind(ways[3])
                .bind(ways[4])
                .bind(now - memory)
                .bind(now)
                .fetch_all(db))?;
            if let Some(customer_id) = &plan.customer_id {
                to_customer = query_read!(self, |db| sqlx::query_as(TO_CUSTOMER)
                    .bind(client_id)
                    .bind(customer_id)
                    .bind(now - memory)
                    .bind(now)
                    .fetch_all(db))?;
            }
        }
        if plan.reads_registers() {
            registers =
                query_read!(self, |db| sqlx::query_as(REGISTERS).bind(client_id).fetch_all(db))?;
        }
        let (numbers, customer_id) = (&plan.spellings, plan.customer_id.as_deref());
        let suppressions = self.find_suppressions(client_id, &plan.readings, now).await?;
        let consents = self.find_consents(client_id, numbers, customer_id, now).await?;
        let (mut quiet_times, mut holidays) = (Vec::new(), Vec::new());
        if plan.reads_quiet_times() {
            let numbers = &plan.readings;
            quiet_times = self.find_quiet_times(client_id, numbers, customer_id, now).await?;
        }
        if plan.reads_holidays() {
            let (from, to) = holiday_range(now);
            let regions = plan.two_regions();
            holidays = self.find_holidays(client_id, regions, (&from, &to)).await?;
        }
        let rows = Rows {
            to_number,
            to_customer,
            suppressions,
            consents,
            registers,
            quiet_times,
            holidays,
        };
        Ok(to_history(rows, plan, now))
    }
}

/// Returns the same as [`PermissionStore::find_call_history`], within a transaction that has locked
/// the client's feed: calls with later times, by another server's clock, are included.
pub(in crate::storage) async fn read_call_history(
    tx: &mut Tx,
    client_id: &str,
    plan: &CallPlan,
    now: Millis,
) -> Result<KnownHistory, sqlx::Error> {
    let memory = plan.memory();
    let (mut to_number, mut to_customer, mut registers) = (Vec::new(), Vec::new(), Vec::new());
    if memory > 0 {
        let ways = first_five_spellings(&plan.spellings);
        to_number = query_tx!(*tx, |db| sqlx::query_as(TO_NUMBER)
            .bind(client_id)
            .bind(ways[0])
            .bind(ways[1])
            .bind(ways[2])
            .bind(ways[3])
            .bind(ways[4])
            .bind(now - memory)
            .bind(Millis::MAX)
            .fetch_all(db))?;
        if let Some(customer_id) = &plan.customer_id {
            to_customer = query_tx!(*tx, |db| sqlx::query_as(TO_CUSTOMER)
                .bind(client_id)
                .bind(customer_id)
                .bind(now - memory)
                .bind(Millis::MAX)
                .fetch_all(db))?;
        }
    }
    if plan.reads_registers() {
        registers = query_tx!(*tx, |db| sqlx::query_as(REGISTERS).bind(client_id).fetch_all(db))?;
    }
    let (numbers, customer_id) = (&plan.spellings, plan.customer_id.as_deref());
    let suppressions = suppressions_of_number(tx, client_id, &plan.readings, now).await?;
    let consents = consents_for_call(tx, client_id, numbers, customer_id, now).await?;
    let (mut quiet_times, mut holidays) = (Vec::new(), Vec::new());
    if plan.reads_quiet_times() {
        let numbers = &plan.readings;
        quiet_times = quiet_times_for_call(tx, client_id, numbers, customer_id, now).await?;
    }
    if plan.reads_holidays() {
        let (from, to) = holiday_range(now);
        holidays = holidays_for_call(tx, client_id, plan.two_regions(), (&from, &to)).await?;
    }
    let rows =
        Rows { to_number, to_customer, suppressions, consents, registers, quiet_times, holidays };
    Ok(to_history(rows, plan, now))
}

fn to_history(rows: Rows, plan: &CallPlan, now: Millis) -> KnownHistory {
    let registries = rows.registers.into_iter().filter_map(|(source, as_of)| {
        Some(Registry { name: source.strip_prefix(REGISTER)?.to_owned(), as_of })
    });
    let history = CallHistory {
        calls: join_calls(rows.to_number, rows.to_customer, &plan.account_field),
        suppressions: rows.suppressions.iter().map(|row| to_suppression(row, plan, now)).collect(),
        consents: rows.consents.iter().filter_map(to_consent).collect(),
        registries: registries.collect(),
        quiet_times: rows.quiet_times.iter().filter_map(to_quiet_time).collect(),
        occasions: rows.quiet_times.iter().filter_map(to_occasion).collect(),
        holidays: rows.holidays.iter().filter_map(to_holiday).collect(),
    };
    KnownHistory { history, entries: rows.suppressions }
}

/// Reads an entry as the rules see it. An entry of a register that no pack of the client looks into
/// counts as the client's own. One that is in force has begun, whatever the clock shows.
fn to_suppression(row: &SuppressionRow, plan: &CallPlan, now: Millis) -> Suppression {
    let scope = match row.scope.as_str() {
        // A word that is no purpose forbids calls for all.
        "purpose" => Purpose::from_word(&row.scope_value).map_or(Scope::All, Scope::Purpose),
        "account" => Scope::Account(row.scope_value.clone()),
        _ => Scope::All,
    };
    let registry = row.source.strip_prefix(REGISTER).filter(|name| plan.looks_into(name));
    Suppression {
        scope,
        at: row.listed_at.min(now),
        until: row.until,
        registry: registry.map(str::to_owned),
    }
}

/// Reads a consent as the rules see it; one for an unknown purpose, or of an unknown kind, permits
/// nothing.
fn to_consent(row: &ConsentRow) -> Option<Consent> {
    let purpose = match row.purpose.as_str() {
        "" => None,
        word => Some(Purpose::from_word(word)?),
    };
    Some(Consent {
        kind: read_word(&row.kind.replace('_', "-"))?,
        purpose,
        given_at: row.given_at,
        expires_at: row.expires_at,
        withdrawn_at: row.withdrawn_at,
    })
}

/// Returns the first and the last day whose holidays matter to a call, in any zone.
fn holiday_range(now: Millis) -> (String, String) {
    (time::day(now - 2 * DAY, Tz::UTC), time::day(now + HOLIDAYS_AHEAD, Tz::UTC))
}

/// Reads a time of the week as the rules see it.
fn to_quiet_time(row: &QuietTimeRow) -> Option<QuietTime> {
    if row.kind != WEEKLY {
        return None;
    }
    Some(QuietTime {
        weekdays: u8::try_from(row.weekdays).ok()?,
        from: u32::try_from(row.from_minute).ok()?,
        to: u32::try_from(row.to_minute).ok()?,
        since: row.since,
        until: row.until,
    })
}

/// Reads an occasion as the rules see it.
fn to_occasion(row: &QuietTimeRow) -> Option<Occasion> {
    (row.kind != WEEKLY)
        .then_some(Occasion { from: row.since, until: row.until.unwrap_or(Millis::MAX) })
}

fn to_holiday(row: &HolidayRow) -> Option<Holiday> {
    Some(Holiday { region: row.region.clone(), date: row.day.parse().ok()? })
}

fn read_word<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}

/// Joins the calls to a number and those to a customer, each once.
fn join_calls(
    to_number: Vec<EarlierRow>,
    to_customer: Vec<EarlierRow>,
    account_field: &str,
) -> Vec<EarlierCall> {
    let mut calls = BTreeMap::new();
    for row in to_number {
        let call = to_earlier(row, AttemptTo::Number, account_field);
        calls.insert(call.call_sid.clone(), call);
    }
    for row in to_customer {
        let to =
            if calls.contains_key(&row.call_sid) { AttemptTo::Both } else { AttemptTo::Customer };
        let call = to_earlier(row, to, account_field);
        calls.insert(call.call_sid.clone(), call);
    }
    calls.into_values().collect()
}

fn to_earlier(row: EarlierRow, to: AttemptTo, account_field: &str) -> EarlierCall {
    // Providers report a call that the called person refuses as busy, so it may have rung.
    let result = match (row.connected_at, row.failed_at) {
        (Some(_), _) => AttemptResult::Talked,
        _ if row.duration.is_some_and(|seconds| seconds > 0) => AttemptResult::Talked,
        (None, Some(_)) => AttemptResult::Unreached,
        (None, None) => AttemptResult::Reached,
    };
    // What a page says later about a call that this server dialed does not change what it counts as.
    let account = match row.decision_id {
        Some(_) => row.account,
        None => find_account(row.customer.as_deref(), row.context.as_deref(), account_field),
    };
    EarlierCall { call_sid: row.call_sid, at: row.started_at, result, to, account }
}

/// Returns the account that a call was about.
fn find_account(customer: Option<&str>, kept: Option<&str>, path: &str) -> Option<String> {
    let context = Context::of_row(customer, kept);
    for (name, json) in context.named_parts() {
        let rest = path.strip_prefix(name).and_then(|rest| rest.strip_prefix('.'));
        if let (Some(json), Some(rest)) = (json, rest) {
            return find_text(json, rest);
        }
    }
    find_text(customer?, path)
}
