//! Makes and changes follow-ups for customers without a call: rules may forbid a call until later.

use super::control;
use super::history::SHOWN_FOR;
use super::telephony::Telephony;
use crate::customer::CustomerData;
use crate::phone;
use crate::services::ServiceError;
use crate::services::access::numbers::text;
use crate::services::access::reach::Reach;
use crate::services::call_object::noted_call;
use crate::storage::{Client, FollowUpOf, MOST_OF_AGENT, NewFollowUp, PlanOutcome};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::Agent;
use call_ribbon_shared::phone::DialNumber;
use call_ribbon_shared::wire::{CallObject, FollowUp, RawValue};

/// A follow-up to make.
#[derive(Debug)]
pub struct FollowUpOrder {
    /// The number as it was written.
    pub to: String,
    pub agent: Agent,
    /// `customerData` as it was sent.
    pub customer: Option<Box<RawValue>>,
    /// When it is due.
    pub at: Millis,
    /// The subject.
    pub note: Option<String>,
}

/// Makes a follow-up, and returns it in the form in which it is listed and whether it is new: an open
/// follow-up of the agent for the customer stays as it is, and there is no second one.
pub async fn plan_follow_up(
    telephony: &Telephony,
    client: &Client,
    reach: &Reach,
    order: FollowUpOrder,
) -> Result<(CallObject, bool), ServiceError> {
    let number = control::dial_number("to", &order.to)?;
    let agent_id = acting_agent(reach, order.agent.id)?.ok_or_else(|| {
        let sentence = "agentId is missing; name the agent who calls again.".to_owned();
        ServiceError::Invalid { field: "agentId", sentence }
    })?;
    let customer = match order.customer {
        Some(customer) => Some(customer.get().to_owned()),
        None => control::known_customer(telephony, client, &number).await?.0,
    };
    let now = telephony.now();
    let since = now.saturating_sub(SHOWN_FOR);
    if order.at <= since {
        let sentence = "followUp.at is so long past that it would not be listed.".to_owned();
        return Err(ServiceError::Invalid { field: "followUp.at", sentence });
    }
    let new = NewFollowUp {
        id: telephony.ids.new_id("flw", now),
        of: follow_up_of(agent_id, &number, customer.as_deref()),
        agent_name: order.agent.name,
        customer,
        at: order.at,
        note: order.note,
    };
    let planned = telephony.store.calls().plan_follow_up(&client.id, &new, since, now).await?;
    match planned {
        PlanOutcome::Planned(row) => Ok((noted_call(row), true)),
        PlanOutcome::Present(row) => Ok((noted_call(row), false)),
        PlanOutcome::TooMany => Err(ServiceError::Conflict(format!(
            "This agent has {MOST_OF_AGENT} follow-ups without a call. Mark some of them as done first."
        ))),
    }
}

/// Returns when an agent has planned to follow up with a customer: the earliest open follow-up, with
/// or without a call.
pub async fn find_follow_up(
    telephony: &Telephony,
    client: &Client,
    reach: &Reach,
    agent_id: Option<String>,
    number: &DialNumber,
    customer: Option<&str>,
) -> Result<Option<FollowUp>, ServiceError> {
    let Some(agent_id) = acting_agent(reach, agent_id)? else { return Ok(None) };
    let of = follow_up_of(agent_id, number, customer);
    let since = telephony.now().saturating_sub(SHOWN_FOR);
    let found = telephony.store.calls().find_follow_up(&client.id, &of, since).await?;
    Ok(found.and_then(|row| noted_call(row).follow_up))
}

/// Adds the agent's follow-up for the customer to a refused call, so that no second one is offered:
/// `(agent, number, customer)`.
pub async fn add_to_refusal(
    telephony: &Telephony,
    client: &Client,
    reach: &Reach,
    (agent_id, number, customer): (Option<String>, &DialNumber, Option<&str>),
    refused: ServiceError,
) -> Result<ServiceError, ServiceError> {
    let found = find_follow_up(telephony, client, reach, agent_id, number, customer).await?;
    Ok(match refused {
        ServiceError::NotPermitted { sentence, decision, .. } => {
            ServiceError::NotPermitted { sentence, decision, follow_up: found.map(Box::new) }
        }
        other => other,
    })
}

/// Sets the time and subject of a follow-up without a call, or marks it as done. `is_masked` says that
/// the author does not see phone numbers, and sends hidden ones back in the subject.
pub async fn change_follow_up(
    telephony: &Telephony,
    client: &Client,
    reach: &Reach,
    follow_up_id: &str,
    mut follow_up: Option<(Millis, Option<String>)>,
    is_masked: bool,
) -> Result<CallObject, ServiceError> {
    let unknown = || ServiceError::Unknown("There is no such follow-up.".to_owned());
    let calls = telephony.store.calls();
    let found = calls.find_uncalled(&client.id, follow_up_id).await?.ok_or_else(unknown)?;
    reach.check_call(found.call.agent_id.as_deref())?;
    if let Some((_, Some(note))) = follow_up.as_mut().filter(|_| is_masked) {
        let stored = found.written.follow_up_note.as_deref().unwrap_or_default();
        *note = text::restore_numbers(note, stored).ok_or_else(|| {
            let field = "followUp.note";
            let sentence = format!(
                "{field} contains a hidden number that the saved text does not have once; write \
                 the number in full or leave it out."
            );
            ServiceError::Invalid { field, sentence }
        })?;
    }
    let since = telephony.now().saturating_sub(SHOWN_FOR);
    if !calls.set_uncalled(&client.id, follow_up_id, follow_up.as_ref(), since).await? {
        let sentence = "The agent has another open follow-up for this customer; change that one.";
        return Err(ServiceError::Conflict(sentence.to_owned()));
    }
    let changed = calls.find_uncalled(&client.id, follow_up_id).await?;
    Ok(noted_call(changed.ok_or_else(unknown)?))
}

/// Returns the agent who is named, else the session's.
fn acting_agent(reach: &Reach, named: Option<String>) -> Result<Option<String>, ServiceError> {
    let own = || reach.session().map(|session| session.agent_id.clone());
    Ok(reach.acting_agent(named)?.or_else(own))
}

fn follow_up_of(agent_id: String, number: &DialNumber, customer: Option<&str>) -> FollowUpOf {
    let customer_id = customer.and_then(|customer| CustomerData::read(customer).id);
    FollowUpOf { agent_id, customer_id, phone: phone::stored_form(number) }
}
