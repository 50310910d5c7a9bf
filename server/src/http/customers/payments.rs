//! Handler for `POST /api/ribbon/customer/{customerId}/payments`.

use crate::app::App;
use crate::http::openapi::{ByBody, Conflict, WithKey};
use crate::http::request::auth::{KeyedBody, Write};
use crate::http::request::body::id_text;
use crate::http::request::paths::CustomerPath;
use crate::http::request::problem::Problem;
use crate::services::customers::payments::{self, PaymentSaved};
use crate::services::money::{parse_amount, parse_written_amount};
use crate::storage::PaymentRow;
use crate::time;
use axum::Json;
use axum::extract::{Path, State};
use call_ribbon_shared::wire::RawValue;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A payment of the customer, beside key and domain.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentBody {
    /// The payment's id in your own system; the same id is the same payment.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 200, pattern = r"^[^\u0000]*$", examples("PAY-77"))]
    payment_id: Option<String>,
    /// The amount: 0 or more, with at most 11 digits and 4 decimals, as a number or as a text such as
    /// `1,500.50`.
    #[schema(value_type = f64, required = true, minimum = 0, maximum = 99_999_999_999_i64, multiple_of = 0.0001, examples(1500.5))]
    amount: Option<Box<RawValue>>,
    /// Three capital letters. It is kept, but amounts are compared without it.
    #[schema(max_length = 3, pattern = "^[A-Z]{3}$", examples("INR"))]
    currency: Option<String>,
    /// When it was paid.
    #[schema(value_type = String, required = true, format = DateTime, examples("2025-10-14T09:00:00Z"))]
    paid_at: Option<String>,
    /// What it is for, such as a loan. A payment without an account counts for promises about any.
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^\u0000]*$", examples("LOAN-9"))]
    account: Option<String>,
}

type PaymentRequest = WithKey<PaymentBody>;

/// Report a payment
///
/// Payments make promises to pay kept (`GET /api/ribbon/analytics/promises`). Repeating a request
/// changes nothing; another payment with the same id is refused.
#[utoipa::path(
    post,
    path = "/api/ribbon/customer/{customerId}/payments",
    operation_id = "addPayment",
    tag = "Customers",
    params(CustomerPath),
    request_body = PaymentRequest,
    responses(
        (status = 200, description = "The payment is stored.", body = PaymentSaved),
        ByBody, Conflict,
    ),
    security(("apiKey" = []), ()),
)]
pub async fn add_payment(
    State(app): State<Arc<App>>,
    Path(CustomerPath { customer_id }): Path<CustomerPath>,
    caller: KeyedBody<Write, PaymentBody>,
) -> Result<Json<PaymentSaved>, Problem> {
    let body = caller.body;
    let now = app.now();
    let missing =
        |field: &'static str| move || Problem::invalid(field, format!("{field} is missing."));
    let amount = body.amount.ok_or_else(missing("amount"))?;
    // A number is read as it was written, so no digit of it is lost.
    let text = serde_json::from_str::<String>(amount.get()).ok();
    let read = text.map_or_else(|| parse_amount(amount.get()), |text| parse_written_amount(&text));
    let amount = read.ok_or_else(|| {
        let sentence = "amount must be 0 or more, with at most 11 digits and 4 decimals, like \
                        1500.50.";
        Problem::invalid("amount", sentence)
    })?;
    let paid_at = body.paid_at.ok_or_else(missing("paidAt"))?;
    let paid_at = time::parse(&paid_at).filter(|at| time::is_plausible(*at, now));
    let paid_at = paid_at.ok_or_else(|| {
        let sentence = "paidAt must be a time since 2000 that is not in the future, like \
                        2025-10-12T10:30:00Z.";
        Problem::invalid("paidAt", sentence)
    })?;
    let is_currency =
        |text: &String| text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase());
    if body.currency.as_ref().is_some_and(|text| !is_currency(text)) {
        let sentence = "currency must be three capital letters, like INR.";
        return Err(Problem::invalid("currency", sentence));
    }
    let payment = PaymentRow {
        payment_id: id_text("paymentId", body.payment_id.ok_or_else(missing("paymentId"))?)?,
        customer_id: id_text("customerId", customer_id)?,
        account: body.account.map(|account| id_text("account", account)).transpose()?,
        amount,
        currency: body.currency,
        paid_at,
    };
    Ok(Json(payments::add_payment(&app.store, &caller.client, payment, now).await?))
}
