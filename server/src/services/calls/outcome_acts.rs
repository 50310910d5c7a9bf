//! Decides what a disposition does besides being stored.

use super::telephony::Telephony;
use crate::services::ServiceError;
use crate::services::customers::matching::Numbers;
use crate::storage::{CallRow, Client, OutcomeActs, OutcomeSuppression};
use call_ribbon_shared::phone::DialNumber;

/// The disposition that forbids calls to the number, whether or not the client has a list.
pub const DO_NOT_CALL: &str = "do_not_call";

/// Returns what a disposition of this call does.
pub async fn plan_acts(
    telephony: &Telephony,
    client: &Client,
    call: &CallRow,
    disposition: &str,
) -> Result<OutcomeActs, ServiceError> {
    let mut acts = OutcomeActs {
        agent_name: call.agent_name.clone(),
        agent_id: call.agent_id.clone(),
        ..OutcomeActs::default()
    };
    // A call whose number was hidden or erased has nothing to enter.
    let number = call.phone.as_deref().and_then(|phone| DialNumber::parse(phone).ok());
    let (Some(number), DO_NOT_CALL) = (number, disposition) else { return Ok(acts) };
    let numbers = Numbers::of_client(&telephony.store, &telephony.accounts, client).await?;
    acts.suppress = Some(OutcomeSuppression {
        entry_id: telephony.ids.new_id("sup", telephony.now()),
        number: numbers.best_spelling(&number),
        reason: "Do not call".to_owned(),
    });
    Ok(acts)
}
