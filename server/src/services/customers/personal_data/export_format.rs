//! The form in which all data on a customer is exported.

use crate::customer::raw_json;
use crate::event_data::{CallContext, fill_in_data};
use crate::services::money::to_number;
use crate::storage::{CustomerLead, CustomerProfile, NotesRow, PaymentRow, TimelineRow};
use crate::time;
use call_ribbon_shared::wire::{CallObject, QuietTime, RawValue};
use serde::Serialize;
use utoipa::ToSchema;

/// All data on a customer. It is written piece by piece, so this type exists in the document only.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "stands for the file in the document")]
pub struct CustomerData {
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    pub exported_at: String,
    #[schema(examples("client-demo"))]
    pub client_id: String,
    #[schema(examples("CUST-1001"))]
    pub customer_id: String,
    /// The customer itself; null if only calls or leads name it.
    #[schema(required = true)]
    pub customer: Option<ExportedCustomer>,
    /// Its calls, with their events and notes.
    pub calls: Vec<ExportedCall>,
    /// Events that name the customer, in calls of other customers.
    #[schema(minimum = 0)]
    pub events_of_other_calls: usize,
    pub leads: Vec<ExportedLead>,
    /// What the customer paid, as far as the client's own system reported it.
    pub payments: Vec<ExportedPayment>,
    /// Follow-ups without a call, in the form in which they are listed.
    pub follow_ups: Vec<CallObject>,
    /// When the customer does not want to be called; removed entries, too.
    pub quiet_times: Vec<QuietTime>,
    /// Calls with the same number and no customer id; among `calls` if they are included.
    #[schema(minimum = 0)]
    pub calls_with_same_number: usize,
}

/// The beginning of the file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportHead<'c> {
    pub exported_at: String,
    pub client_id: &'c str,
    pub customer_id: &'c str,
    pub customer: Option<ExportedCustomer>,
}

/// The end of the file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportTail {
    pub events_of_other_calls: usize,
    pub leads: Vec<ExportedLead>,
    pub payments: Vec<ExportedPayment>,
    pub follow_ups: Vec<CallObject>,
    pub quiet_times: Vec<QuietTime>,
    pub calls_with_same_number: usize,
}

/// A customer's own fields.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportedCustomer {
    #[schema(required = true, examples("Asha Rao"))]
    name: Option<String>,
    #[schema(required = true, examples("+919876543210"))]
    phone: Option<String>,
    #[schema(required = true, examples("asha@example.com"))]
    email: Option<String>,
    #[schema(required = true, examples("Rao Traders"))]
    company: Option<String>,
    #[schema(value_type = Option<Vec<serde_json::Value>>, required = true, examples(json!(["vip"])))]
    tags: Option<Box<RawValue>>,
    #[schema(value_type = Option<Object>, required = true, examples(json!({"tier": "gold"})))]
    custom_fields: Option<Box<RawValue>>,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    created_at: String,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    last_updated: String,
}

/// A call with all that belongs to it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "stands for a part of the file in the document")]
pub struct ExportedCall {
    call: CallObject,
    /// In the order of their times; at most ten thousand.
    events: Vec<ExportedEvent>,
    notes: ExportedNotes,
}

/// One event of a call.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportedEvent {
    #[schema(examples("log_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    log_id: String,
    #[schema(examples("connected"))]
    event: String,
    /// What reported it.
    #[schema(examples("page"))]
    source: String,
    #[schema(format = DateTime, examples("2025-10-12T10:30:08Z"))]
    timestamp: String,
    /// The event's data.
    #[schema(value_type = Object, examples(json!({"callSid": "CA-2025-10-12-0001"})))]
    data: Box<RawValue>,
}

/// What an agent wrote after a call.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportedNotes {
    #[schema(required = true, examples("Wants the quotation by Friday"))]
    notes: Option<String>,
    #[schema(required = true, examples("interested"))]
    disposition: Option<String>,
    /// What the agent entered with it.
    #[schema(value_type = Option<Object>, required = true, examples(json!({"amount": 5000})))]
    disposition_fields: Option<Box<RawValue>>,
    #[schema(required = true, format = DateTime, examples("2025-10-14T09:00:00Z"))]
    follow_up_at: Option<String>,
    #[schema(required = true, examples("Send the quotation before"))]
    follow_up_note: Option<String>,
}

/// A lead that a dialer sent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportedLead {
    #[schema(examples(7))]
    id: i64,
    #[schema(required = true, examples("Asha Rao"))]
    full_name: Option<String>,
    #[schema(required = true, examples("+919876543210"))]
    phone: Option<String>,
    #[schema(required = true, examples("asha@example.com"))]
    email: Option<String>,
    /// What the dialer sent, under its own names.
    #[schema(value_type = Object, examples(json!({"lead_id": "4711", "city": "Pune"})))]
    fields: Box<RawValue>,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    created_at: String,
}

/// A payment of the customer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportedPayment {
    #[schema(examples("PAY-77"))]
    payment_id: String,
    #[schema(required = true, examples("LOAN-9"))]
    account: Option<String>,
    #[schema(minimum = 0, examples(1500.5))]
    amount: f64,
    #[schema(required = true, examples("INR"))]
    currency: Option<String>,
    #[schema(format = DateTime, examples("2025-10-14T09:00:00Z"))]
    paid_at: String,
}

impl From<PaymentRow> for ExportedPayment {
    fn from(payment: PaymentRow) -> Self {
        Self {
            payment_id: payment.payment_id,
            account: payment.account,
            amount: to_number(payment.amount),
            currency: payment.currency,
            paid_at: time::format(payment.paid_at),
        }
    }
}

impl From<CustomerProfile> for ExportedCustomer {
    fn from(customer: CustomerProfile) -> Self {
        Self {
            name: customer.name,
            phone: customer.phone,
            email: customer.email,
            company: customer.company,
            tags: customer.tags.as_deref().map(raw_json),
            custom_fields: customer.custom_fields.as_deref().map(raw_json),
            created_at: time::format(customer.created_at),
            last_updated: time::format(customer.updated_at),
        }
    }
}

impl From<CustomerLead> for ExportedLead {
    fn from(lead: CustomerLead) -> Self {
        Self {
            id: lead.id,
            full_name: lead.full_name,
            phone: lead.phone,
            email: lead.email,
            fields: raw_json(&lead.fields),
            created_at: time::format(lead.created_at),
        }
    }
}

impl ExportedEvent {
    /// Describes an event of a call.
    pub fn from_row(event: TimelineRow, of_call: &CallContext<'_>) -> Self {
        Self {
            data: fill_in_data(&event.data, of_call),
            log_id: event.log_id,
            event: event.event,
            source: event.source,
            timestamp: time::format(event.at),
        }
    }
}

impl From<NotesRow> for ExportedNotes {
    fn from(notes: NotesRow) -> Self {
        Self {
            notes: notes.notes,
            disposition: notes.disposition,
            disposition_fields: notes.fields.as_deref().map(raw_json),
            follow_up_at: notes.follow_up_at.map(time::format),
            follow_up_note: notes.follow_up_note,
        }
    }
}
