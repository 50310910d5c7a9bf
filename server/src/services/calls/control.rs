//! Starts and controls calls.

use super::dialing::{self, Dialing};
use super::records::{CallRef, from_provider};
use super::telephony::Telephony;
use super::{fingerprint, follow_ups, simulation, views};
use crate::customer::CustomerData;
use crate::permission::Overriding;
use crate::phone;
use crate::providers::simulator::Simulator;
use crate::providers::{self, ProviderError};
use crate::services::access::reach::Reach;
use crate::services::customers::matching::{self, Numbers};
use crate::services::permission::plan::{AskedCall, Planner};
use crate::services::providers::routing::{self, Carrier};
use crate::services::{ServiceError, require_feature};
use crate::storage::{CallRow, Client, Condition, Record, Store};
use call_ribbon_shared::call::{Action, Agent, Direction, Fact, FactKind, Status};
use call_ribbon_shared::phone::DialNumber;
use call_ribbon_shared::wire::{CallObject, CallStarted, RawValue};
use std::sync::Arc;

/// A request to start a call.
#[derive(Debug)]
pub struct StartCall {
    /// The number as it was written.
    pub to: String,
    pub agent: Agent,
    /// The agents for whom the caller may start calls.
    pub reach: Reach,
    /// The provider or account to carry it; `None` for the client's default.
    pub provider: Option<String>,
    /// `customerData` as it was sent.
    pub customer: Option<Box<RawValue>>,
    /// A rule to be overridden.
    pub overriding: Option<Overriding>,
    /// The request's idempotency key: a repeated key starts no second call.
    pub key: Option<String>,
}

/// Starts a call. However many starts arrive at once, no more calls start than the client's limit.
pub async fn start_call(
    telephony: &Arc<Telephony>,
    client: &Client,
    order: StartCall,
) -> Result<CallStarted, ServiceError> {
    require_feature(client, "call")?;
    let carrier =
        routing::choose_carrier(&telephony.accounts, client, order.provider.as_deref()).await?;
    let number = dial_number("to", &order.to)?;
    let now = telephony.now();
    let call_ref =
        CallRef::new(client, telephony.ids.new_id("call", now), telephony.ids.new_id("ses", now));
    let request_print = fingerprint::of_start(&order, &number);
    let (customer, matched_by) = match &order.customer {
        Some(customer) => (Some(customer.get().to_owned()), None),
        None => known_customer(telephony, client, &number).await?,
    };
    let agent = known_agent(telephony, client, order.agent, customer.as_deref()).await?;
    let agent = own_agent(&order.reach, agent)?;
    let asked = AskedCall {
        decision_id: telephony.ids.new_id("dec", now),
        number: &number,
        customer: customer.as_deref(),
        agent_id: agent.id.clone(),
        overriding: order.overriding,
    };
    let numbers = Numbers::of_client(&telephony.store, &telephony.accounts, client).await?;
    let planner = Planner::of_client(&telephony.store, client, numbers).await?;
    let permission = Some(Box::new(planner.plan_call(&carrier, asked)));
    let fact = Fact {
        phone: Some(phone::stored_form(&number)),
        direction: Some(Direction::Outbound),
        agent: Some(agent.clone()),
        customer: customer.clone(),
        ..Fact::new(FactKind::Initiated, now)
    };
    let condition = Condition::Start { limit: client.limit };
    let key = order.key.unwrap_or_else(|| telephony.ids.new_id("evt", now));
    let record = Record {
        event_id: Some(key),
        fingerprint: Some(request_print),
        permission,
        ..from_provider(telephony, &call_ref, carrier.origin(), fact, condition)
    };
    let recorded = match record_for(telephony, client, record).await {
        Err(refused @ ServiceError::NotPermitted { .. }) => {
            let of = (agent.id, &number, customer.as_deref());
            return Err(
                follow_ups::add_to_refusal(telephony, client, &order.reach, of, refused).await?
            );
        }
        recorded => recorded?,
    };
    let started = CallStarted {
        session_id: recorded.session_id,
        call_sid: recorded.call_sid,
        status: Status::Active,
    };
    if recorded.repeated {
        return Ok(started);
    }
    if let Some(account) = carrier.account() {
        let dialing = Dialing { call_ref, number, agent, matched_by };
        dialing::dial_call(telephony, client, Arc::clone(account), dialing).await?;
    } else {
        dialing::note_carrier(telephony, client, &carrier, &call_ref, matched_by).await?;
        simulation::play_call(telephony, call_ref);
    }
    Ok(started)
}

/// A request for a simulated incoming call.
#[derive(Debug)]
pub struct SimulatedIncoming {
    /// The caller's number as it was written.
    pub from: String,
    /// The agent it is for; without one it rings for all, or for the session's.
    pub agent: Agent,
    /// The agents whose phones the caller may ring.
    pub reach: Reach,
}

/// Simulates an incoming call, so that its effects can be seen. It rings real agents and counts
/// against the plan, so only a client that may call through the simulator has simulated calls.
pub async fn simulate_incoming(
    telephony: &Arc<Telephony>,
    client: &Client,
    order: SimulatedIncoming,
) -> Result<CallStarted, ServiceError> {
    if !routing::offers_simulator(&telephony.accounts, client).await? {
        return Err(ServiceError::Conflict(
            "Incoming calls are simulated only for a client whose calls the simulator may carry; \
             this client has accounts at other providers."
                .to_owned(),
        ));
    }
    let number = dial_number("from", &order.from)?;
    let now = telephony.now();
    let call_ref =
        CallRef::new(client, telephony.ids.new_id("call", now), telephony.ids.new_id("ses", now));
    let agent = known_agent(telephony, client, order.agent, None).await?;
    let agent = own_agent(&order.reach, agent)?;
    let fact = Fact {
        phone: Some(phone::stored_form(&number)),
        direction: Some(Direction::Inbound),
        customer: known_customer(telephony, client, &number).await?.0,
        agent: Some(agent),
        ..Fact::new(FactKind::Incoming, now)
    };
    let origin = Carrier::Simulated.origin();
    let condition = Condition::Ring { limit: client.limit };
    let record = from_provider(telephony, &call_ref, origin, fact, condition);
    record_for(telephony, client, record).await?;
    let started = CallStarted {
        session_id: call_ref.session_id.clone(),
        call_sid: call_ref.call_sid.clone(),
        status: Status::Active,
    };
    simulation::play_call(telephony, call_ref);
    Ok(started)
}

/// An agent's action on a call.
#[derive(Debug)]
pub struct CallControl {
    pub session_id: String,
    pub action: Action,
    /// The agent, if named. An agent who answers a call, or acts on one that has no agent, becomes
    /// its agent.
    pub agent: Agent,
    /// Why the call is ended, if given.
    pub reason: Option<String>,
}

/// Acts on a call and returns its new state.
pub async fn control_call(
    telephony: &Arc<Telephony>,
    client: &Client,
    reach: &Reach,
    order: CallControl,
) -> Result<CallObject, ServiceError> {
    let feature = providers::action_feature(order.action);
    if matches!(order.action, Action::Mute(_) | Action::Hold(_) | Action::Digit(_)) {
        require_feature(client, feature)?;
    }
    let row = find_call(&telephony.store, client, reach, &order.session_id).await?;
    let call = views::call_state(&row)?;
    call.check_action(order.action)
        .map_err(|refusal| ServiceError::Conflict(refusal.to_string()))?;
    // A call reported only by a page cannot be controlled here.
    if row.provider.is_none() {
        return Err(ProviderError::CannotDo.into());
    }
    // Checked before the provider acts.
    let takes = order.action == Action::Answer || call.agent_id().is_none();
    let agent = if takes { own_agent(reach, order.agent)? } else { Agent::default() };
    let now = telephony.now();
    let carrier =
        routing::carrier_of_call(&telephony.store, &telephony.accounts, client, &row.session_id)
            .await?;
    let mut fact = match carrier.account() {
        Some(account) => {
            let action = order.action;
            dialing::control_at_provider(telephony, client, account, &row.session_id, &call, action)
                .await?
        }
        None => Simulator::control_fact(&call, order.action, now),
    };
    if let (FactKind::Ended(end), Some(reason)) = (&mut fact.what, order.reason) {
        end.reason = Some(reason);
    }
    if agent.id.is_some() {
        fact.agent = Some(known_agent(telephony, client, agent, None).await?);
    }
    let call_ref = CallRef::new(client, row.call_sid, row.session_id);
    let record = Record {
        // Two equal digits in one millisecond are two events.
        event_id: Some(telephony.ids.new_id("evt", now)),
        ..from_provider(
            telephony,
            &call_ref,
            carrier.origin(),
            fact,
            Condition::Allows(order.action),
        )
    };
    record_for(telephony, client, record).await?;
    // Another instance may have started this call. This instance plays it as well from now on,
    // since the other does not learn of the agent's action; an event reported by both is recorded
    // once.
    if carrier.account().is_none() {
        simulation::play_call(telephony, call_ref.clone());
        telephony.runners.wake_runner(&call_ref.session_id);
    }
    views::controlled_call(&telephony.store, client, reach, &order.session_id).await
}

/// Returns a client's own call in reach; another client's is not found.
pub async fn find_call(
    store: &Store,
    client: &Client,
    reach: &Reach,
    session_id: &str,
) -> Result<CallRow, ServiceError> {
    let found = store.calls().find_call(&client.id, session_id).await?;
    let row = found.ok_or(ServiceError::NotFound)?;
    reach.check_call(row.agent_id.as_deref())?;
    Ok(row)
}

async fn record_for(
    telephony: &Telephony,
    client: &Client,
    record: Record,
) -> Result<crate::storage::RecordedEvent, ServiceError> {
    let now = record.received_at;
    telephony
        .store
        .record(record)
        .await
        .map_err(|error| ServiceError::of_record(error, client, now))
}

/// Reads a number to be dialed.
pub fn dial_number(field: &'static str, text: &str) -> Result<DialNumber, ServiceError> {
    DialNumber::parse(text).map_err(|error| {
        let sentence = format!("{field} cannot be dialed: {error}.");
        ServiceError::PhoneNumber { field, sentence }
    })
}

/// Returns the `customerData` of the customer with this number, and which of its numbers that is.
pub async fn known_customer(
    telephony: &Telephony,
    client: &Client,
    number: &DialNumber,
) -> Result<(Option<String>, Option<String>), ServiceError> {
    let numbers = Numbers::of_client(&telephony.store, &telephony.accounts, client).await?;
    let ours = matching::own_numbers(&telephony.store, &telephony.accounts, client).await?;
    let found =
        matching::find_customer(&telephony.store, client, &numbers, number.as_str(), &ours).await?;
    let phone = numbers.best_spelling(number);
    Ok(found.map_or((None, None), |found| {
        (found.customer_data(&phone), Some(found.by.as_str().to_owned()))
    }))
}

/// Returns the agent for whom the caller does something.
fn own_agent(reach: &Reach, agent: Agent) -> Result<Agent, ServiceError> {
    Ok(Agent { id: reach.acting_agent(agent.id)?, ..agent })
}

/// Returns the agent as requested, else as `customerData` names one; the name comes from the
/// client's list if none is given.
async fn known_agent(
    telephony: &Telephony,
    client: &Client,
    asked: Agent,
    customer: Option<&str>,
) -> Result<Agent, ServiceError> {
    let named = customer.map(CustomerData::read).unwrap_or_default();
    let id = asked.id.or(named.agent_id);
    let mut name = asked.name.or(named.agent_name);
    if let (None, Some(id)) = (&name, &id) {
        name = telephony.store.clients().find_agent_name(&client.id, id).await?;
    }
    Ok(Agent { id, name })
}
