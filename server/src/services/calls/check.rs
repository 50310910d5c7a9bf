//! Answers whether calls may be made, without making them.

use super::telephony::Telephony;
use super::{control, follow_ups};
use crate::services::ServiceError;
use crate::services::access::reach::Reach;
use crate::services::customers::matching::Numbers;
use crate::services::permission::explain;
use crate::services::permission::plan::{AskedCall, Planner};
use crate::services::providers::routing;
use crate::storage::Client;
use call_ribbon_rules::Decision;
use call_ribbon_shared::call::Agent;
use call_ribbon_shared::wire::{FollowUp, RawValue};

/// A call that might be made.
#[derive(Debug)]
pub struct CheckedCall {
    /// The number as it was written.
    pub to: String,
    pub agent: Agent,
    pub provider: Option<String>,
    /// `customerData` as it was sent.
    pub customer: Option<Box<RawValue>>,
}

/// Whether a call may be made at this moment.
#[derive(Debug)]
pub struct Checked {
    pub decision: Decision,
    /// What an agent reads: why not, or what to mind; `None` if no rule objects.
    pub said: Option<String>,
    /// The agent's open follow-up for the customer, if the call is not permitted.
    pub follow_up: Option<FollowUp>,
}

/// Decides about each call as if it were made now. The decisions are not stored; the call itself is
/// decided about once more.
pub async fn check_calls(
    telephony: &Telephony,
    client: &Client,
    reach: &Reach,
    calls: Vec<CheckedCall>,
) -> Result<Vec<Result<Checked, ServiceError>>, ServiceError> {
    let numbers = Numbers::of_client(&telephony.store, &telephony.accounts, client).await?;
    let planner = Planner::of_client(&telephony.store, client, numbers).await?;
    let mut results = Vec::with_capacity(calls.len());
    for call in calls {
        results.push(match check_call(telephony, client, reach, &planner, call).await {
            Err(failed @ (ServiceError::Unavailable(_) | ServiceError::Busy)) => {
                return Err(failed);
            }
            result => result,
        });
    }
    Ok(results)
}

async fn check_call(
    telephony: &Telephony,
    client: &Client,
    reach: &Reach,
    planner: &Planner,
    call: CheckedCall,
) -> Result<Checked, ServiceError> {
    let carrier =
        routing::choose_carrier(&telephony.accounts, client, call.provider.as_deref()).await?;
    let number = control::dial_number("to", &call.to)?;
    let customer = match call.customer {
        Some(customer) => Some(customer.get().to_owned()),
        None => control::known_customer(telephony, client, &number).await?.0,
    };
    let asked = AskedCall {
        decision_id: String::new(),
        number: &number,
        customer: customer.as_deref(),
        agent_id: reach.acting_agent(call.agent.id.clone())?,
        overriding: None,
    };
    let plan = planner.plan_call(&carrier, asked);
    let now = telephony.now();
    let known = telephony.store.permission().find_call_history(&client.id, &plan, now).await?;
    let decision = plan.judge(&known.history, now).decision;
    let decision = explain::name_entry(decision, &known.entries, client.time_zone);
    let follow_up = if decision.allowed {
        None
    } else {
        let (agent_id, customer) = (call.agent.id, customer.as_deref());
        follow_ups::find_follow_up(telephony, client, reach, agent_id, &number, customer).await?
    };
    Ok(Checked { said: explain::explain(&decision), decision, follow_up })
}
