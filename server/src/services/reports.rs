//! What a provider tells of a call, taken into the call's record: by itself, in its answer to a
//! dial, or because it was asked. Whatever the way and the order, and however often, the record
//! ends up the same.

use super::accounts::Account;
use super::matching::{self, Numbers};
use super::recording::{About, from_provider};
use super::{ServiceError, carriers, dialing};
use crate::app::App;
use crate::providers::Report;
use crate::secret::sha256;
use crate::storage::{Client, Condition, Learned, NewProviderCall, ProviderCallRow, Record};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Agent, Direction, Fact, What};
use call_ribbon_shared::event::EventName;
use serde::Serialize;
use serde_json::{Map, Value};

/// How long a provider may take to tell of a call that it was asked for before the word counts as
/// one of another call, in milliseconds.
const SOON: Millis = 120_000;
/// Digits by which two spellings of a number are told to be one, where nothing better is known.
const ENDING: usize = 8;

/// What came of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It stands in a call's record.
    Recorded,
    /// It is about no call that we know, and names nobody who could be calling.
    NobodysCall,
}

/// What the provider said along with a fact, as it stands in the event's data.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
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

impl Told {
    /// What was said in the answer to a dial.
    pub fn of_placed(account: &Account, learned: &Learned) -> Self {
        Self {
            name: account.settings.provider(),
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
            name: account.settings.provider(),
            account_id: account.account_id.clone(),
            call_id: report.provider_call_id.clone(),
            status: report.raw_status.clone(),
            recording_url: report.recording_url.clone(),
            matched_by,
            details: report.details.clone(),
        }
    }
}

/// Takes a report in.
pub async fn take(
    app: &App,
    client: &Client,
    account: &Account,
    report: Report,
    received_at: Millis,
) -> Result<Taken, ServiceError> {
    let (row, matched_by) = match find(app, client, account, &report, received_at).await? {
        Some(row) => (row, None),
        None => match open(app, client, account, &report, received_at).await? {
            Some(opened) => opened,
            None => return Ok(Taken::NobodysCall),
        },
    };
    let about = About::of(client, row.call_sid.clone(), row.session_id.clone());
    let learned = Learned {
        provider_call_id: report.provider_call_id.clone(),
        raw_status: report.raw_status.clone(),
        recording_url: report.recording_url.clone(),
    };
    app.store.learn_of_provider_call(&client.id, &row.session_id, &learned).await?;
    let told = Told::of_report(account, &report, matched_by);
    for fact in facts(&report, &row, received_at) {
        record_fact(app, &about, account, &told, fact).await?;
    }
    if report.settled {
        app.store.set_provider_check(&client.id, &row.session_id, row.checks, None).await?;
    }
    Ok(Taken::Recorded)
}

/// What a report says, and what else of it belongs into the call's history.
fn facts(report: &Report, row: &ProviderCallRow, received_at: Millis) -> Vec<Fact> {
    let mut facts = report.facts.clone();
    let noted = |name: &str| Fact::new(What::Noted(EventName::Other(name.to_owned())), received_at);
    let new_word = report.raw_status.is_some() && report.raw_status != row.raw_status;
    if facts.is_empty() && new_word {
        facts.push(noted("provider_status"));
    }
    if report.recording_url.is_some() && report.recording_url != row.recording_url {
        facts.push(noted("recording_ready"));
    }
    facts
}

/// Writes down a fact that the account's provider told. The same again changes nothing.
pub async fn record_fact(
    app: &App,
    about: &About,
    account: &Account,
    told: &Told,
    fact: Fact,
) -> Result<(), ServiceError> {
    let event_id = event_id(about, told, &fact);
    let origin = carriers::origin(&account.settings);
    let record = Record {
        event_id: Some(event_id),
        told: serde_json::to_string(told).ok(),
        ..from_provider(app, about, origin, fact, Condition::None)
    };
    app.store.record(record).await.map_err(ServiceError::of_system_record)?;
    Ok(())
}

/// By what a fact is known again: its call, its name, and what it says beside the time, which is
/// another one each time where the provider says none.
fn event_id(about: &About, told: &Told, fact: &Fact) -> String {
    let says = match &fact.what {
        What::Ended(end) => format!("{:?}:{:?}", end.outcome, end.duration),
        What::Noted(_) => format!("{:?}:{:?}", told.status, told.recording_url),
        _ => String::new(),
    };
    let text = format!("{}:{}:{says}", about.session_id, fact.event().as_str());
    format!("told-{}", &sha256(text.as_bytes())[..32])
}

/// The call that a report is about, if we know it.
async fn find(
    app: &App,
    client: &Client,
    account: &Account,
    report: &Report,
    received_at: Millis,
) -> Result<Option<ProviderCallRow>, ServiceError> {
    if let Some(session_id) = &report.session_id
        && let Some(row) = app.store.provider_call(&client.id, session_id).await?
        && row.account_id == account.account_id
    {
        return Ok(Some(row));
    }
    for their_id in [&report.provider_call_id, &report.also_called].into_iter().flatten() {
        let known =
            app.store.provider_call_by_their_id(&client.id, &account.account_id, their_id).await?;
        if known.is_some() {
            return Ok(known);
        }
    }
    if report.provider_call_id.is_none() || report.direction == Some(Direction::Inbound) {
        return Ok(None);
    }
    // Word of a call can come before the answer to the request for it, which says its name.
    let digits: String = report
        .customer_number
        .iter()
        .flat_map(|number| number.chars())
        .filter(char::is_ascii_digit)
        .collect();
    let Some(ending) = digits.get(digits.len().saturating_sub(ENDING)..) else {
        return Ok(None);
    };
    if ending.len() < ENDING {
        return Ok(None);
    }
    let since = received_at - SOON;
    Ok(app.store.nameless_provider_call(&client.id, &account.account_id, ending, since).await?)
}

/// Opens a record for a call that the provider brings: one that rings in, or one that was made
/// past us. `None` where it does not say with whom, or has no name for it.
async fn open(
    app: &App,
    client: &Client,
    account: &Account,
    report: &Report,
    received_at: Millis,
) -> Result<Option<(ProviderCallRow, Option<String>)>, ServiceError> {
    let (Some(their_id), Some(number)) = (&report.provider_call_id, &report.customer_number) else {
        return Ok(None);
    };
    let numbers = Numbers::of(app, client).await?;
    let mut ours = matching::own_numbers(app, client).await?;
    ours.extend(report.own_numbers.iter().cloned());
    let found = matching::customer_of(app, client, &numbers, number, &ours).await?;
    let matched_by = found.as_ref().map(|found| found.by.as_str().to_owned());
    let phone = numbers.e164(number).unwrap_or_else(|| number.clone());
    let direction = report.direction.unwrap_or(Direction::Inbound);
    let at = report.facts.iter().map(|fact| fact.at).min().unwrap_or(received_at);
    let new = NewProviderCall {
        session_id: app.ids.id("ses", received_at),
        call_sid: their_id.clone(),
        account_id: account.account_id.clone(),
        provider_call_id: Some(their_id.clone()),
        phone: Some(phone.clone()),
        matched_by: matched_by.clone(),
        opened_at: received_at,
        check_at: (!report.settled).then_some(received_at + dialing::SILENT_FOR),
    };
    app.store.open_provider_call(&client.id, &new).await?;
    // Another server may have opened it at the same moment: then its row counts.
    let row =
        app.store.provider_call_by_their_id(&client.id, &account.account_id, their_id).await?;
    let Some(row) = row else { return Err(ServiceError::Busy) };
    let about = About::of(client, row.call_sid.clone(), row.session_id.clone());
    let what = match direction {
        Direction::Inbound => What::Incoming,
        Direction::Outbound => What::Initiated,
    };
    let fact = Fact {
        phone: Some(phone),
        direction: Some(direction),
        customer: found.as_ref().and_then(matching::Match::customer_data),
        agent: agent(app, client, &numbers, report).await?,
        ..Fact::new(what, at)
    };
    let told = Told::of_report(account, report, matched_by.clone());
    record_fact(app, &about, account, &told, fact).await?;
    Ok(Some((row, matched_by)))
}

/// The client's agent whom a report names: by the name at the provider, else by the phone.
async fn agent(
    app: &App,
    client: &Client,
    numbers: &Numbers,
    report: &Report,
) -> Result<Option<Agent>, ServiceError> {
    let agents = app.store.agents(&client.id).await?;
    let by_name = agents.iter().find(|agent| {
        report.agent_at_provider.is_some() && agent.provider_user_id == report.agent_at_provider
    });
    let by_phone = || {
        agents.iter().find(|agent| {
            let phone = agent.phone.as_deref();
            phone.is_some_and(|phone| report.own_numbers.iter().any(|own| numbers.same(own, phone)))
        })
    };
    let found = by_name.or_else(by_phone);
    Ok(found.map(|agent| Agent { id: Some(agent.agent_id.clone()), name: agent.name.clone() }))
}
