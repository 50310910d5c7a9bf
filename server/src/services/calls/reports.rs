//! Records what a provider reports about a call: in a webhook, in its answer to a dial request, or
//! when polled. Reports may come in any way, in any order and repeatedly; the record ends up the
//! same.

mod agents;
pub mod events;
pub mod polling;
pub mod webhooks;

use super::records::{CallRef, from_provider};
use super::telephony::Telephony;
use super::{dialing, views};
use crate::providers::{Part, Report};
use crate::secret::sha256;
use crate::services::ServiceError;
use crate::services::customers::matching::{self, Numbers};
use crate::services::providers::accounts::Account;
use crate::services::providers::routing;
use crate::storage::{
    Client, Condition, NewProviderCall, ProviderCallRow, ProviderCallUpdate, Record,
};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Call, Direction, Fact, FactKind};
use call_ribbon_shared::event::EventName;
use serde::Serialize;
use serde_json::{Map, Value};

/// How long a provider may take to report a call that was requested of it, in milliseconds. A later
/// report counts as one of another call.
const MATCH_WINDOW: Millis = 120_000;
/// The longest time between a call's beginning and a report about it, in milliseconds. A reported
/// beginning further away was written in another time zone.
const MAX_CALL_AGE: Millis = 5 * 3_600_000;
/// Trailing digits by which two spellings of a number are compared if nothing better is known.
const COMPARED_DIGITS: usize = 8;

/// What came of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportOutcome {
    /// It was recorded for the call with this session id; `events` are new in its record. `events`
    /// is empty if all of it was known.
    Recorded { session_id: String, events: Vec<String> },
    /// It belongs to no call, for this reason.
    NoCall(&'static str),
}

/// What the provider said along with a fact, as stored in the event's data.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProviderDetails {
    name: &'static str,
    account_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recording_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    matched_by: Option<String>,
    #[serde(flatten)]
    details: Map<String, Value>,
}

impl ProviderDetails {
    /// Returns the details from the answer to a dial request.
    pub fn of_placed(account: &Account, learned: &ProviderCallUpdate) -> Self {
        Self {
            name: account.settings.provider_name(),
            account_id: account.account_id.clone(),
            call_id: learned.provider_call_id.clone(),
            status: learned.raw_status.clone(),
            recording_url: None,
            matched_by: None,
            details: Map::new(),
        }
    }

    fn of_report(account: &Account, report: &Report, matched_by: Option<String>) -> Self {
        Self {
            name: account.settings.provider_name(),
            account_id: account.account_id.clone(),
            call_id: report.provider_call_id.clone(),
            status: report.raw_status.clone(),
            recording_url: report.recording_url.clone(),
            matched_by,
            details: report.details.clone(),
        }
    }
}

/// Records a report.
pub async fn record_report(
    telephony: &Telephony,
    client: &Client,
    account: &Account,
    report: Report,
    received_at: Millis,
) -> Result<ReportOutcome, ServiceError> {
    let numbers = Numbers::of_client(&telephony.store, &telephony.accounts, client).await?;
    let theirs = numbers.of_provider(account);
    let agents = agents::find_named(&telephony.store, client, &theirs, &report).await?;
    let (row, mut facts, matched_by) =
        match find_call(telephony, client, account, &report, received_at).await? {
            Some(row) => {
                let facts = report_facts(&report, Some(&row), received_at);
                (row, facts, None)
            }
            None => {
                match open_call(telephony, client, account, &report, &numbers, received_at).await? {
                    Ok(opened) => (opened.row, opened.facts, opened.matched_by),
                    Err(reason) => return Ok(ReportOutcome::NoCall(reason)),
                }
            }
        };
    let call = known_call(telephony, client, &row.session_id).await?;
    let mut ask_soon = false;
    if report.part == Part::OneAgent && !agents::ends_call(&report, &agents, call.as_ref()) {
        agents::keep_call_open(&mut facts);
        ask_soon = true;
    }
    agents::add_agents(&mut facts, &report, &agents, &row, call.as_ref());
    let call_ref = CallRef::new(client, row.call_sid.clone(), row.session_id.clone());
    let learned = ProviderCallUpdate {
        provider_call_id: report.provider_call_id.clone(),
        raw_status: report.raw_status.clone(),
        recording_url: report.recording_url.clone(),
    };
    telephony.store.providers().update_provider_call(&client.id, &row.session_id, &learned).await?;
    let details = ProviderDetails::of_report(account, &report, matched_by);
    let mut events = Vec::new();
    for fact in facts {
        let event = fact.event_name().as_str().to_owned();
        let known = record_fact(telephony, &call_ref, account, &details, fact.clone()).await?;
        if !known || record_news(telephony, client, &call_ref, account, &details, &fact).await? {
            events.push(event);
        }
    }
    if report.settled {
        telephony
            .store
            .providers()
            .claim_provider_check(&client.id, &row.session_id, row.checks, None)
            .await?;
    } else if ask_soon {
        let now = Some(telephony.now());
        telephony
            .store
            .providers()
            .claim_provider_check(&client.id, &row.session_id, row.checks, now)
            .await?;
    }
    Ok(ReportOutcome::Recorded { session_id: row.session_id, events })
}

/// Returns the recorded call, if there is one.
async fn known_call(
    telephony: &Telephony,
    client: &Client,
    session_id: &str,
) -> Result<Option<Call>, ServiceError> {
    let row = telephony.store.calls().find_call(&client.id, session_id).await?;
    Ok(row.as_ref().map(views::call_state).transpose()?)
}

/// Returns the facts of a report, with what else of it belongs in the call's history.
fn report_facts(report: &Report, row: Option<&ProviderCallRow>, received_at: Millis) -> Vec<Fact> {
    let mut facts = report.facts.clone();
    let noted =
        |name: &str| Fact::new(FactKind::Noted(EventName::Other(name.to_owned())), received_at);
    let raw_status = row.and_then(|row| row.raw_status.as_ref());
    let new_word = report.raw_status.is_some() && report.raw_status.as_ref() != raw_status;
    if facts.is_empty() && report.part != Part::Menu && (new_word || report.agent_answered) {
        facts.push(noted("provider_status"));
    }
    let recording_url = row.and_then(|row| row.recording_url.as_ref());
    if report.recording_url.is_some() && report.recording_url.as_ref() != recording_url {
        facts.push(noted("recording_ready"));
    }
    // For a call started here, the server knows its beginning better.
    let theirs = row.is_none_or(|row| Some(&row.call_sid) == row.provider_call_id.as_ref());
    for fact in facts.iter_mut().filter(|_| theirs) {
        fact.began = plausible_beginning(report, fact.at);
    }
    facts
}

/// Returns when the call began, if the report says so and the time is plausible.
fn plausible_beginning(report: &Report, at: Millis) -> Option<Millis> {
    report.began.filter(|began| (0..=MAX_CALL_AGE).contains(&(at - began)))
}

/// Records what a repeated fact adds: an agent, or an earlier beginning. Returns whether it added
/// anything.
async fn record_news(
    telephony: &Telephony,
    client: &Client,
    call_ref: &CallRef,
    account: &Account,
    details: &ProviderDetails,
    fact: &Fact,
) -> Result<bool, ServiceError> {
    if fact.agent.is_none() && fact.began.is_none() {
        return Ok(false);
    }
    let Some(before) = known_call(telephony, client, &call_ref.session_id).await? else {
        return Ok(false);
    };
    let news = Fact {
        what: FactKind::Noted(EventName::Other("details_added".to_owned())),
        ..fact.clone()
    };
    let mut after = before.clone();
    after.apply(&news);
    if after == before {
        return Ok(false);
    }
    Ok(!record_fact(telephony, call_ref, account, details, news).await?)
}

/// Records a fact that the account's provider reported. If the fact is known already, nothing
/// changes and true is returned.
pub async fn record_fact(
    telephony: &Telephony,
    call_ref: &CallRef,
    account: &Account,
    details: &ProviderDetails,
    fact: Fact,
) -> Result<bool, ServiceError> {
    let event_id = event_id(call_ref, details, &fact);
    let origin = routing::origin_of(&account.settings);
    let record = Record {
        event_id: Some(event_id),
        told: serde_json::to_string(details).ok(),
        ..from_provider(telephony, call_ref, origin, fact, Condition::None)
    };
    let recorded = telephony.store.record(record).await.map_err(ServiceError::of_system_record)?;
    Ok(recorded.repeated)
}

/// Returns the id that identifies a fact: its call, its name, and what it says except the time,
/// which differs on each repetition if the provider sends none.
fn event_id(call_ref: &CallRef, details: &ProviderDetails, fact: &Fact) -> String {
    let agent = fact.agent.as_ref().and_then(|agent| agent.id.as_deref());
    let agent = agent.map(|id| format!("{:?}:{id}", fact.role)).unwrap_or_default();
    let says = match &fact.what {
        FactKind::Ended(end) => match end.since_dialing {
            None => format!("{:?}:{:?}", end.outcome, end.duration),
            Some(seconds) => format!("{:?}:{:?}:{seconds}", end.outcome, end.duration),
        },
        FactKind::Noted(EventName::Other(name)) if name == "details_added" => {
            format!("{agent}:{:?}", fact.began)
        }
        FactKind::Noted(_) => format!("{:?}:{:?}", details.status, details.recording_url),
        // It rings at one agent's phone after the other's, and the agent who answered is new
        // information.
        FactKind::Incoming | FactKind::Connected => agent,
        // A phone may do so more than once.
        FactKind::Held(on) | FactKind::Muted(on) => format!("{on}:{}", fact.at),
        _ => String::new(),
    };
    let text = format!("{}:{}:{says}", call_ref.session_id, fact.event_name().as_str());
    format!("told-{}", &sha256(text.as_bytes())[..32])
}

/// Finds the call that a report is about, if it is known.
async fn find_call(
    telephony: &Telephony,
    client: &Client,
    account: &Account,
    report: &Report,
    received_at: Millis,
) -> Result<Option<ProviderCallRow>, ServiceError> {
    if let Some(session_id) = &report.session_id
        && let Some(row) =
            telephony.store.providers().find_provider_call(&client.id, session_id).await?
        && row.account_id == account.account_id
    {
        return Ok(Some(row));
    }
    for their_id in [&report.provider_call_id, &report.also_called].into_iter().flatten() {
        let known = telephony
            .store
            .providers()
            .find_provider_call_by_id(&client.id, &account.account_id, their_id)
            .await?;
        if known.is_some() {
            return Ok(known);
        }
    }
    if report.provider_call_id.is_none() || report.direction == Some(Direction::Inbound) {
        return Ok(None);
    }
    // A report can arrive before the answer to the dial request, which says the call's id.
    let digits: String = report
        .customer_number
        .iter()
        .flat_map(|number| number.chars())
        .filter(char::is_ascii_digit)
        .collect();
    let Some(ending) = digits.get(digits.len().saturating_sub(COMPARED_DIGITS)..) else {
        return Ok(None);
    };
    if ending.len() < COMPARED_DIGITS {
        return Ok(None);
    }
    let since = received_at - MATCH_WINDOW;
    Ok(telephony
        .store
        .providers()
        .find_unidentified_provider_call(&client.id, &account.account_id, ending, since)
        .await?)
}

/// A call opened for a report.
struct OpenedCall {
    row: ProviderCallRow,
    /// The facts to record of it; the first has the customer, the number and the direction.
    facts: Vec<Fact>,
    matched_by: Option<String>,
}

/// Opens a record for a call that the provider reports first: an incoming call, or one made outside
/// this server. A caller may withhold the number. The error says why no call is opened.
async fn open_call(
    telephony: &Telephony,
    client: &Client,
    account: &Account,
    report: &Report,
    numbers: &Numbers,
    received_at: Millis,
) -> Result<Result<OpenedCall, &'static str>, ServiceError> {
    let Some(their_id) = &report.provider_call_id else {
        return Ok(Err("it does not name a call"));
    };
    let number = report.customer_number.as_deref();
    let theirs = numbers.of_provider(account);
    let e164 = |number: &str| theirs.to_e164(number).unwrap_or_else(|| number.to_owned());
    let number = number.map(e164);
    if number.is_none() && report.direction != Some(Direction::Inbound) {
        return Ok(Err("it names an unknown call and no number"));
    }
    let found = match &number {
        Some(number) => {
            let mut ours =
                matching::own_numbers(&telephony.store, &telephony.accounts, client).await?;
            ours.extend(report.own_numbers.iter().map(|own| e164(own)));
            matching::find_customer(&telephony.store, client, numbers, number, &ours).await?
        }
        None => None,
    };
    let matched_by = found.as_ref().map(|found| found.by.as_str().to_owned());
    let phone = number.map(|number| numbers.to_e164(&number).unwrap_or(number));
    let direction = report.direction.unwrap_or(Direction::Inbound);
    let new = NewProviderCall {
        session_id: telephony.ids.new_id("ses", received_at),
        call_sid: their_id.clone(),
        account_id: account.account_id.clone(),
        provider_call_id: Some(their_id.clone()),
        phone: phone.clone(),
        matched_by: matched_by.clone(),
        opened_at: received_at,
        check_at: (!report.settled).then_some(received_at + dialing::SILENT_FOR),
    };
    telephony.store.providers().insert_provider_call(&client.id, &new).await?;
    // If another server opened it at the same moment, that server's row counts.
    let row = telephony
        .store
        .providers()
        .find_provider_call_by_id(&client.id, &account.account_id, their_id)
        .await?;
    let Some(row) = row else { return Err(ServiceError::Busy) };
    let mut facts = report_facts(report, None, received_at);
    if report.facts.is_empty() {
        let what = match direction {
            Direction::Inbound if report.part == Part::Menu => {
                FactKind::Noted(EventName::Other("in_menu".to_owned()))
            }
            Direction::Inbound => FactKind::Incoming,
            Direction::Outbound => FactKind::Initiated,
        };
        let opening = Fact {
            began: plausible_beginning(report, received_at),
            ..Fact::new(what, received_at)
        };
        facts.insert(0, opening);
    }
    if let Some(first) = facts.first_mut() {
        first.customer = found.zip(phone.as_deref()).and_then(|(one, to)| one.customer_data(to));
        first.phone = phone;
        first.direction = Some(direction);
    }
    Ok(Ok(OpenedCall { row, facts, matched_by }))
}
