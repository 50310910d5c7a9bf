//! Has a provider dial a recorded call, and records the result.

use super::records::{CallRef, from_system};
use super::reports;
use super::telephony::Telephony;
use crate::providers::{AgentContact, DialOrder, OngoingCall, Placed, ProviderError};
use crate::request_trace;
use crate::services::ServiceError;
use crate::services::customers::matching::Numbers;
use crate::services::providers::accounts::Account;
use crate::services::providers::routing::Carrier;
use crate::storage::{Client, Condition, NewProviderCall, ProviderCallUpdate, RecordError};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Action, Agent, Call, Fact, Outcome};
use call_ribbon_shared::phone::DialNumber;
use std::sync::Arc;

/// How long a provider may send no report about a call before it is polled, in milliseconds.
pub const SILENT_FOR: Millis = 60_000;

/// A call that an account is to make.
pub struct Dialing {
    pub call_ref: CallRef,
    pub number: DialNumber,
    pub agent: Agent,
    /// How its customer was found.
    pub matched_by: Option<String>,
}

/// Records the account through which this server itself plays a call.
pub async fn note_carrier(
    telephony: &Telephony,
    client: &Client,
    carrier: &Carrier,
    call_ref: &CallRef,
    matched_by: Option<String>,
) -> Result<(), ServiceError> {
    let Carrier::Account(account) = carrier else { return Ok(()) };
    let new = NewProviderCall {
        session_id: call_ref.session_id.clone(),
        call_sid: call_ref.call_sid.clone(),
        account_id: account.account_id.clone(),
        provider_call_id: None,
        phone: None,
        matched_by,
        opened_at: telephony.now(),
        check_at: None,
    };
    telephony.store.providers().insert_provider_call(&client.id, &new).await?;
    Ok(())
}

/// Has the account's provider dial. The work continues if the caller disconnects: the provider's
/// answer must not be lost.
pub async fn dial_call(
    telephony: &Arc<Telephony>,
    client: &Client,
    account: Arc<Account>,
    dialing: Dialing,
) -> Result<(), ServiceError> {
    let (telephony, client) = (Arc::clone(telephony), client.clone());
    let work = telephony.background.spawn({
        let telephony = Arc::clone(&telephony);
        request_trace::keep_trace(
            async move { run_dial(&telephony, &client, &account, dialing).await },
        )
    });
    // A task that panicked or was stopped leaves the call on record; the caller tries again.
    work.await.unwrap_or(Err(ServiceError::Busy))
}

async fn run_dial(
    telephony: &Telephony,
    client: &Client,
    account: &Account,
    dialing: Dialing,
) -> Result<(), ServiceError> {
    let Dialing { call_ref, number, agent, matched_by } = dialing;
    let numbers = Numbers::of_client(&telephony.store, &telephony.accounts, client).await?;
    let to = numbers.best_spelling(&number);
    let now = telephony.now();
    let new = NewProviderCall {
        session_id: call_ref.session_id.clone(),
        call_sid: call_ref.call_sid.clone(),
        account_id: account.account_id.clone(),
        provider_call_id: None,
        phone: Some(to.clone()),
        matched_by,
        opened_at: now,
        check_at: Some(now + SILENT_FOR),
    };
    telephony.store.providers().insert_provider_call(&client.id, &new).await?;
    let agent = agent_contact(telephony, client, agent).await?;
    let callback = telephony.public_url.as_ref().map(|url| account.webhook_url(url));
    let order = DialOrder {
        session_id: &call_ref.session_id,
        to: &to,
        agent: &agent,
        callback: callback.as_deref(),
    };
    let transport = telephony.provider_client.to_account(account, Some(&call_ref.session_id));
    match account.settings.start_call(&transport, &order).await {
        Ok(placed) => record_placed(telephony, client, account, &call_ref, placed).await,
        Err(error) => {
            record_dial_failure(telephony, &call_ref, &error).await?;
            Err(error.into())
        }
    }
}

/// Records that the provider has accepted a call.
async fn record_placed(
    telephony: &Telephony,
    client: &Client,
    account: &Account,
    call_ref: &CallRef,
    placed: Placed,
) -> Result<(), ServiceError> {
    let learned = ProviderCallUpdate {
        provider_call_id: placed.provider_call_id,
        raw_status: placed.raw_status,
        recording_url: None,
    };
    telephony
        .store
        .providers()
        .update_provider_call(&client.id, &call_ref.session_id, &learned)
        .await?;
    let details = reports::ProviderDetails::of_placed(account, &learned);
    for fact in placed.facts {
        reports::record_fact(telephony, call_ref, account, &details, fact).await?;
    }
    Ok(())
}

/// Ends a call that the provider did not accept. If it may have been made all the same, it is ended
/// in a way that any later report outweighs.
async fn record_dial_failure(
    telephony: &Telephony,
    call_ref: &CallRef,
    error: &ProviderError,
) -> Result<(), ServiceError> {
    let outcome = match error {
        ProviderError::TimedOut | ProviderError::Unclear { .. } => Outcome::Abandoned,
        _ => Outcome::Failed,
    };
    let fact = Fact::new_end(telephony.now(), outcome, &error.reason());
    let record = from_system(telephony, call_ref, fact, Condition::None);
    telephony.store.record(record).await.map_err(ServiceError::of_system_record)?;
    if outcome == Outcome::Failed {
        telephony
            .store
            .providers()
            .claim_provider_check(&call_ref.client_id, &call_ref.session_id, 0, None)
            .await?;
    }
    Ok(())
}

/// Has the provider act on a call.
pub async fn control_at_provider(
    telephony: &Telephony,
    client: &Client,
    account: &Account,
    session_id: &str,
    call: &Call,
    action: Action,
) -> Result<Fact, ServiceError> {
    let row = telephony.store.providers().find_provider_call(&client.id, session_id).await?;
    let provider_call_id = row.as_ref().and_then(|row| row.provider_call_id.as_deref());
    let underway = OngoingCall { session_id, provider_call_id, call };
    let transport = telephony.provider_client.to_account(account, Some(session_id));
    Ok(account.settings.control_call(&transport, &underway, action, telephony.now()).await?)
}

/// Returns what a provider needs to know about an agent.
async fn agent_contact(
    telephony: &Telephony,
    client: &Client,
    agent: Agent,
) -> Result<AgentContact, ServiceError> {
    let known = match &agent.id {
        Some(id) => telephony.store.agents().find_agent(&client.id, id).await?,
        None => None,
    };
    let (phone, provider_user_id) =
        known.map_or((None, None), |known| (known.phone, known.provider_user_id));
    Ok(AgentContact { id: agent.id, name: agent.name, phone, provider_user_id })
}

impl ServiceError {
    /// Converts the refusal of a record that the server itself brings.
    pub(in crate::services) fn of_system_record(error: RecordError) -> Self {
        match error {
            RecordError::Unavailable => Self::Busy,
            other => Self::Conflict(other.to_string()),
        }
    }
}
