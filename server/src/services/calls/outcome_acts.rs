//! Decides what a disposition does besides being stored.

use super::telephony::Telephony;
use crate::permission::{PermissionSettings, find_text};
use crate::services::ServiceError;
use crate::services::customers::matching::Numbers;
use crate::storage::{CallRow, Client, OutcomeActs, OutcomeSuppression, OutcomeWithdrawal};
use call_ribbon_shared::disposition::forbids_calls;
use call_ribbon_shared::phone::DialNumber;
use call_ribbon_shared::wire::{Disposition, OutcomeAct};

/// What a disposition does, and the reason that its suppression gives.
#[derive(Debug)]
pub struct FoundActs {
    acts: Vec<OutcomeAct>,
    reason: String,
}

/// Returns what a disposition does. Its entry is the one in the client's own list, if it has one.
pub fn find_acts(code: &str, entry: Option<&Disposition>) -> FoundActs {
    let mut acts = entry.map(|entry| entry.does.clone()).unwrap_or_default();
    if forbids_calls(code) {
        acts.push(OutcomeAct::Suppress);
    }
    let reason = entry.map_or_else(|| "Do not call".to_owned(), |entry| entry.label.clone());
    FoundActs { acts, reason }
}

/// Returns what a disposition of this call does, with the numbers and ids that it needs.
pub async fn plan_acts(
    telephony: &Telephony,
    client: &Client,
    call: &CallRow,
    found: FoundActs,
) -> Result<OutcomeActs, ServiceError> {
    let does = |act| found.acts.contains(&act);
    let mut acts = OutcomeActs {
        agent_name: call.agent_name.clone(),
        agent_id: call.agent_id.clone(),
        ..OutcomeActs::default()
    };
    if found.acts.is_empty() {
        return Ok(acts);
    }
    let numbers = Numbers::of_client(&telephony.store, &telephony.accounts, client).await?;
    if does(OutcomeAct::WithdrawConsent) {
        let spellings = call.phone.as_deref().map(|phone| numbers.all_spellings(phone));
        acts.withdraw = Some(OutcomeWithdrawal {
            spellings: spellings.unwrap_or_default(),
            customer_id: call.customer_id.clone(),
        });
    }
    if !does(OutcomeAct::Suppress) && !does(OutcomeAct::WrongNumber) {
        return Ok(acts);
    }
    // A number that is wrong for one account may be right for another.
    let account = match call.customer.as_deref() {
        Some(customer) if !does(OutcomeAct::Suppress) => {
            find_account(telephony, client, customer).await?
        }
        _ => None,
    };
    // A call whose number was hidden or erased has nothing to enter.
    let number = call.phone.as_deref().and_then(|phone| DialNumber::parse(phone).ok());
    acts.suppress = number.map(|number| OutcomeSuppression {
        entry_id: telephony.ids.new_id("sup", telephony.now()),
        number: numbers.best_spelling(&number),
        account,
        reason: found.reason,
    });
    Ok(acts)
}

/// Returns the account that a call is about, by the client's own path to it. A path that cannot be
/// read names no account, so that the number is suppressed for all calls.
async fn find_account(
    telephony: &Telephony,
    client: &Client,
    customer: &str,
) -> Result<Option<String>, ServiceError> {
    let stored = telephony.store.permission().find_call_rules(&client.id).await?;
    let settings = PermissionSettings::from_stored(stored.as_deref());
    Ok(settings.and_then(|settings| find_text(customer, &settings.account_field)))
}
