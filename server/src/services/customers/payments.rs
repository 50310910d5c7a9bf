//! Takes the payments that a client's own system reports.

use crate::services::ServiceError;
use crate::services::money::to_number;
use crate::storage::{Client, PaymentRow, Store};
use crate::time;
use call_ribbon_shared::Millis;
use serde::Serialize;
use utoipa::ToSchema;

/// The answer to a payment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentSaved {
    #[schema(examples("PAY-77"))]
    payment_id: String,
    #[schema(examples("CUST-1001"))]
    customer_id: String,
    /// What it is for; null if unknown.
    #[schema(required = true, examples("LOAN-9"))]
    account: Option<String>,
    #[schema(minimum = 0, examples(1500.5))]
    amount: f64,
    #[schema(required = true, examples("INR"))]
    currency: Option<String>,
    #[schema(format = DateTime, examples("2025-10-14T09:00:00Z"))]
    paid_at: String,
    /// Whether the payment was known before.
    repeated: bool,
}

/// Stores a payment. The same payment once more changes nothing.
pub async fn add_payment(
    store: &Store,
    client: &Client,
    payment: PaymentRow,
    now: Millis,
) -> Result<PaymentSaved, ServiceError> {
    let stored = store.customers().add_payment(&client.id, &payment, now).await?;
    if stored.as_ref().is_some_and(|stored| *stored != payment) {
        return Err(ServiceError::Conflict(
            "A payment with this paymentId is stored with other values; give a new payment an id of \
             its own."
                .to_owned(),
        ));
    }
    Ok(PaymentSaved {
        payment_id: payment.payment_id,
        customer_id: payment.customer_id,
        account: payment.account,
        amount: to_number(payment.amount),
        currency: payment.currency,
        paid_at: time::format(payment.paid_at),
        repeated: stored.is_some(),
    })
}
