//! Has a provider dial a recorded call, and records the result.

use super::records::{About, from_system};
use crate::app::App;
use crate::providers::{AgentLine, Order, Placed, ProviderError, Underway};
use crate::services::ServiceError;
use crate::services::customers::matching::Numbers;
use crate::services::providers::accounts::Account;
use crate::services::providers::reports;
use crate::services::providers::routing::Carrier;
use crate::storage::{Client, Condition, Learned, NewProviderCall, RecordError};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Action, Agent, Call, Fact, Outcome};
use call_ribbon_shared::phone::DialNumber;
use std::sync::Arc;

/// How long a provider may send no report about a call before it is polled, in milliseconds.
pub const SILENT_FOR: Millis = 60_000;

/// A call that an account is to make.
pub struct Dialing {
    pub about: About,
    pub number: DialNumber,
    pub agent: Agent,
    /// How its customer was found.
    pub matched_by: Option<String>,
}

/// Records the account through which this server itself plays a call.
pub async fn note_carrier(
    app: &App,
    client: &Client,
    carrier: &Carrier,
    about: &About,
    matched_by: Option<String>,
) -> Result<(), ServiceError> {
    let Carrier::Account(account) = carrier else { return Ok(()) };
    let new = NewProviderCall {
        session_id: about.session_id.clone(),
        call_sid: about.call_sid.clone(),
        account_id: account.account_id.clone(),
        provider_call_id: None,
        phone: None,
        matched_by,
        opened_at: app.now(),
        check_at: None,
    };
    app.store.open_provider_call(&client.id, &new).await?;
    Ok(())
}

/// Has the account's provider dial. The work continues if the caller disconnects: the provider's
/// answer must not be lost.
pub async fn dial(
    app: &Arc<App>,
    client: &Client,
    account: Arc<Account>,
    dialing: Dialing,
) -> Result<(), ServiceError> {
    let (app, client) = (Arc::clone(app), client.clone());
    let work = app.tasks.spawn({
        let app = Arc::clone(&app);
        async move { run(&app, &client, &account, dialing).await }
    });
    // A task that panicked or was stopped leaves the call on record; the caller tries again.
    work.await.unwrap_or(Err(ServiceError::Busy))
}

async fn run(
    app: &App,
    client: &Client,
    account: &Account,
    dialing: Dialing,
) -> Result<(), ServiceError> {
    let Dialing { about, number, agent, matched_by } = dialing;
    let numbers = Numbers::of(app, client).await?;
    let to = numbers.best(&number);
    let now = app.now();
    let new = NewProviderCall {
        session_id: about.session_id.clone(),
        call_sid: about.call_sid.clone(),
        account_id: account.account_id.clone(),
        provider_call_id: None,
        phone: Some(to.clone()),
        matched_by,
        opened_at: now,
        check_at: Some(now + SILENT_FOR),
    };
    app.store.open_provider_call(&client.id, &new).await?;
    let agent = agent_line(app, client, agent).await?;
    let callback = app.config.public_url.as_ref().map(|url| account.webhook_url(url));
    let order = Order {
        session_id: &about.session_id,
        to: &to,
        agent: &agent,
        callback: callback.as_deref(),
    };
    let line = app.lines.to(account, Some(&about.session_id));
    match account.settings.start(&line, &order).await {
        Ok(placed) => placed_call(app, client, account, &about, placed).await,
        Err(error) => {
            failed_to_dial(app, &about, &error).await?;
            Err(error.into())
        }
    }
}

/// Records that the provider has accepted a call.
async fn placed_call(
    app: &App,
    client: &Client,
    account: &Account,
    about: &About,
    placed: Placed,
) -> Result<(), ServiceError> {
    let learned = Learned {
        provider_call_id: placed.provider_call_id,
        raw_status: placed.raw_status,
        recording_url: None,
    };
    app.store.learn_of_provider_call(&client.id, &about.session_id, &learned).await?;
    let told = reports::Told::of_placed(account, &learned);
    for fact in placed.facts {
        reports::record_fact(app, about, account, &told, fact).await?;
    }
    Ok(())
}

/// Ends a call that the provider did not accept. If it may have been made all the same, it is ended
/// in a way that any later report outweighs.
async fn failed_to_dial(
    app: &App,
    about: &About,
    error: &ProviderError,
) -> Result<(), ServiceError> {
    let outcome = match error {
        ProviderError::TimedOut | ProviderError::Unclear { .. } => Outcome::Abandoned,
        _ => Outcome::Failed,
    };
    let fact = Fact::ended(app.now(), outcome, &error.reason());
    let record = from_system(app, about, fact, Condition::None);
    app.store.record(record).await.map_err(ServiceError::of_system_record)?;
    if outcome == Outcome::Failed {
        app.store.set_provider_check(&about.client_id, &about.session_id, 0, None).await?;
    }
    Ok(())
}

/// Has the provider act on a call.
pub async fn control(
    app: &App,
    client: &Client,
    account: &Account,
    session_id: &str,
    call: &Call,
    action: Action,
) -> Result<Fact, ServiceError> {
    let row = app.store.provider_call(&client.id, session_id).await?;
    let provider_call_id = row.as_ref().and_then(|row| row.provider_call_id.as_deref());
    let underway = Underway { session_id, provider_call_id, call };
    let line = app.lines.to(account, Some(session_id));
    Ok(account.settings.control(&line, &underway, action, app.now()).await?)
}

/// Returns what a provider needs to know about an agent.
async fn agent_line(app: &App, client: &Client, agent: Agent) -> Result<AgentLine, ServiceError> {
    let known = match &agent.id {
        Some(id) => app.store.agent(&client.id, id).await?,
        None => None,
    };
    let (phone, provider_user_id) =
        known.map_or((None, None), |known| (known.phone, known.provider_user_id));
    Ok(AgentLine { id: agent.id, name: agent.name, phone, provider_user_id })
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
