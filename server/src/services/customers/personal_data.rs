//! Exports and erases the personal data of a customer.

mod export;
mod export_format;

pub use export::export_customer;
pub use export_format::CustomerData;

use crate::ids::to_hex;
use crate::services::ServiceError;
use crate::services::access::operator::Operator;
use crate::storage::{CallWithNotes, CustomerCall, CustomerProfile, FoundCustomerData, Store};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

/// Whose data to export.
#[derive(Debug, Clone, Copy)]
pub struct ExportRequest<'r> {
    pub client_id: &'r str,
    pub customer_id: &'r str,
    /// Includes calls with the customer's number and without a customer's id.
    pub include_same_number: bool,
}

/// What was erased, or would be.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Erasure {
    /// Whether nothing was changed.
    pub dry_run: bool,
    /// 1 if the customer has a row of its own.
    pub customers: usize,
    pub calls: usize,
    pub events: i64,
    pub notes: i64,
    pub leads: usize,
    /// Follow-ups without a call.
    pub follow_ups: usize,
    /// Times at which the customer did not want to be called: those that are erased, and hours of a
    /// number that stay without the customer and the words.
    pub quiet_times: usize,
    /// Consents of the customer and of the customer's numbers.
    pub consents: i64,
    /// Calls with the same number and no customer id; among the other calls if they are included.
    pub calls_with_same_number: usize,
    pub same_number_included: bool,
    /// What replaces the customer's id in the audit log.
    pub mark: String,
}

/// Erases a customer, or says what that would erase.
pub async fn erase_customer(
    operator: &Operator<'_>,
    client_id: &str,
    customer_id: &str,
    include_same_number: bool,
    dry_run: bool,
) -> Result<Erasure, ServiceError> {
    let (customer, found) = find_data(operator.store, client_id, customer_id).await?;
    let calls = included_calls(&found, include_same_number);
    let follow_ups = included_follow_ups(&found, include_same_number);
    let (events, notes) =
        operator.store.customers().count_events_and_notes(client_id, &calls).await?;
    let mark = erasure_mark(client_id, customer_id);
    if !dry_run {
        // Its next event would bring back what was just erased.
        if calls.iter().any(|call| call.status == "active") {
            let sentence = "A call with this customer is in progress; erase the customer when it \
                            is over.";
            return Err(ServiceError::Conflict(sentence.to_owned()));
        }
        operator.store.customers().erase_calls(client_id, &calls, &found.other_events).await?;
        operator.store.customers().erase_uncalled(client_id, &follow_ups).await?;
        operator
            .store
            .customers()
            .remove_customer(client_id, customer_id, &mark, operator.stamp())
            .await?;
    }
    Ok(Erasure {
        dry_run,
        customers: usize::from(customer.is_some()),
        calls: calls.len(),
        events: events + i64::try_from(found.other_events.len()).unwrap_or(i64::MAX),
        notes,
        leads: found.leads.len(),
        follow_ups: follow_ups.len(),
        quiet_times: found.quiet_times.len(),
        consents: found.consents,
        calls_with_same_number: found.same_number.len(),
        same_number_included: include_same_number,
        mark,
    })
}

/// Returns the text that replaces a customer's id in the audit log. Anyone with both ids can
/// compute it and find the line; the id cannot be derived from it.
pub fn erasure_mark(client_id: &str, customer_id: &str) -> String {
    let hash = Sha256::digest(format!("{client_id}\n{customer_id}"));
    to_hex(&hash).chars().take(16).collect()
}

async fn find_data(
    store: &Store,
    client_id: &str,
    customer_id: &str,
) -> Result<(Option<CustomerProfile>, FoundCustomerData), ServiceError> {
    store.clients().find_client(client_id).await?.ok_or_else(ServiceError::unknown_client)?;
    let customer = store.customers().find_customer(client_id, customer_id).await?;
    let found = store.customers().find_customer_data(client_id, customer_id).await?;
    let nothing = found.calls.is_empty()
        && found.leads.is_empty()
        && found.payments.is_empty()
        && found.follow_ups.is_empty()
        && found.quiet_times.is_empty()
        && found.consents == 0
        && found.other_events.is_empty();
    if customer.is_none() && nothing {
        return Err(ServiceError::Unknown("There is no such customer.".to_owned()));
    }
    Ok((customer, found))
}

fn included_calls(found: &FoundCustomerData, include_same_number: bool) -> Vec<CustomerCall> {
    let same_number = found.same_number.iter().filter(|_| include_same_number);
    found.calls.iter().chain(same_number).cloned().collect()
}

fn included_follow_ups(found: &FoundCustomerData, include_same_number: bool) -> Vec<CallWithNotes> {
    let same_number = found.same_number_follow_ups.iter().filter(|_| include_same_number);
    found.follow_ups.iter().chain(same_number).cloned().collect()
}
