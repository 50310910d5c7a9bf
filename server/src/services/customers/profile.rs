//! A client's customers: those it saves, and those that its calls bring.

use crate::customer::raw_json;
use crate::missing_value::is_missing_value;
use crate::services::ServiceError;
use crate::services::call_object::{call_object, noted_call};
use crate::storage::{Client, CustomerChange, Portion, Store};
use crate::time;
use call_ribbon_shared::Millis;
use call_ribbon_shared::wire::{CallObject, FollowUp, RawValue};
use serde::Serialize;
use utoipa::ToSchema;

/// Calls shown with a customer; the totals count all.
const MAX_SHOWN_CALLS: i64 = 500;

/// The answer to a saved customer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerSaved {
    /// Always true.
    success: bool,
    customer_id: String,
    message: &'static str,
}

/// A customer with its calls.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerSeen {
    customer: CustomerObject,
    /// The newest first; the latest 500, or fewer if their data exceed 4 MiB.
    call_history: Vec<CallObject>,
    /// Whether calls are missing because of their size.
    #[schema(required = false)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    truncated: bool,
    #[schema(minimum = 0, examples(3))]
    total_calls: i64,
    /// Seconds.
    #[schema(minimum = 0, examples(372))]
    total_duration: i64,
    /// The first open follow-up of any agent for the customer, with or without a call.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    next_follow_up: Option<FollowUp>,
}

/// A customer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Customer)]
struct CustomerObject {
    customer_id: String,
    client_id: String,
    #[schema(required = true, examples("Asha Rao"))]
    name: Option<String>,
    #[schema(required = true, examples("asha@example.com"))]
    email: Option<String>,
    #[schema(required = true, examples("+919876543210"))]
    phone: Option<String>,
    #[schema(required = true, examples("Rao Traders"))]
    company: Option<String>,
    #[schema(value_type = Vec<Value>, examples(json!(["vip"])))]
    tags: Box<RawValue>,
    #[schema(value_type = Object, examples(json!({"tier": "gold"})))]
    custom_fields: Box<RawValue>,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    created_at: String,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    last_updated: String,
}

/// A customer's calls.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerCalls {
    customer_id: String,
    /// The newest first; fewer than requested if their data exceed 4 MiB.
    calls: Vec<CallObject>,
    /// Whether calls are missing because of their size.
    #[schema(required = false)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    truncated: bool,
    /// The events of these calls, the newest first.
    events: Vec<EventObject>,
    #[schema(minimum = 0, examples(3))]
    total_calls: i64,
    /// Seconds.
    #[schema(minimum = 0, examples(372))]
    total_duration: i64,
    /// A remark if something about the request is odd.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// One event of one of the calls.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CustomerEvent)]
struct EventObject {
    log_id: String,
    event: String,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    timestamp: String,
}

/// Creates a customer or changes the named fields of an existing one.
pub async fn save_customer(
    store: &Store,
    client: &Client,
    change: CustomerChange,
    now: Millis,
) -> Result<CustomerSaved, ServiceError> {
    // A customer must have a name; an existing one keeps the name it has.
    if change.name.value().is_none()
        && store.customers().find_customer(&client.id, &change.customer_id).await?.is_none()
    {
        return Err(ServiceError::Invalid {
            field: "customerData.name",
            sentence: "customerData.name is missing; a new customer needs one.".to_owned(),
        });
    }
    store.customers().save_customer(&client.id, &change, now).await?;
    Ok(CustomerSaved {
        success: true,
        customer_id: change.customer_id,
        message: "Customer information saved",
    })
}

/// Returns a customer with its calls, and with the next follow-up that is due at `due_from` or later.
pub async fn find_customer(
    store: &Store,
    client: &Client,
    customer_id: &str,
    due_from: Millis,
) -> Result<CustomerSeen, ServiceError> {
    let row = store.customers().find_customer(&client.id, customer_id).await?.ok_or_else(|| {
        let sentence = "There is no such customer.".to_owned();
        ServiceError::Unknown(missing_id_note(customer_id).unwrap_or(sentence))
    })?;
    let Portion { rows, cut } =
        store.customers().list_customer_calls(&client.id, customer_id, MAX_SHOWN_CALLS).await?;
    let totals = store.customers().sum_customer_calls(&client.id, customer_id).await?;
    let next = store.calls().find_next_follow_up(&client.id, customer_id, due_from).await?;
    Ok(CustomerSeen {
        customer: CustomerObject {
            customer_id: row.customer_id,
            client_id: client.id.clone(),
            name: row.name,
            email: row.email,
            phone: row.phone,
            company: row.company,
            tags: raw_json(row.tags.as_deref().unwrap_or("[]")),
            custom_fields: raw_json(row.custom_fields.as_deref().unwrap_or("{}")),
            created_at: time::format(row.created_at),
            last_updated: time::format(row.updated_at),
        },
        call_history: rows.into_iter().map(call_object).collect(),
        truncated: cut,
        total_calls: totals.calls,
        total_duration: totals.duration,
        next_follow_up: next.and_then(|row| noted_call(row).follow_up),
    })
}

/// Returns a customer's latest calls; none if the customer is unknown.
pub async fn customer_calls(
    store: &Store,
    client: &Client,
    customer_id: &str,
    most: i64,
) -> Result<CustomerCalls, ServiceError> {
    let Portion { rows, cut } =
        store.customers().list_customer_calls(&client.id, customer_id, most).await?;
    let events = store.customers().list_customer_events(&client.id, customer_id, most).await?;
    let totals = store.customers().sum_customer_calls(&client.id, customer_id).await?;
    let events = events.into_iter().map(|row| EventObject {
        log_id: row.log_id,
        event: row.event,
        timestamp: time::format(row.at),
    });
    Ok(CustomerCalls {
        customer_id: customer_id.to_owned(),
        calls: rows.into_iter().map(call_object).collect(),
        truncated: cut,
        events: events.collect(),
        total_calls: totals.calls,
        total_duration: totals.duration,
        note: if totals.calls == 0 { missing_id_note(customer_id) } else { None },
    })
}

/// Returns a note if the page evidently asked before it had the customer's id.
fn missing_id_note(customer_id: &str) -> Option<String> {
    is_missing_value(customer_id).then(|| {
        format!(
            "The customer's id in the path is \"{customer_id}\": the page sent this request \
             before it knew the id."
        )
    })
}
