//! Lists, enters and withdraws consents.

use super::lists::{LAST, read_number};
use crate::services::access::operator::Operator;
use crate::services::customers::matching::Numbers;
use crate::services::{ServiceError, cursor};
use crate::storage::{Client, ConsentRow, PersonFilter, Store};
use crate::time;
use call_ribbon_shared::Millis;
use call_ribbon_shared::wire::{Consent, Consents, Ended, RawValue};

/// The kinds of a consent.
pub const KINDS: [&str; 5] = ["explicit", "inferred", "direct_prior", "purchase", "enquiry"];

/// The purposes of calls.
const PURPOSES: [&str; 4] = ["recovery", "sales", "service", "transactional"];

/// A consent to enter, as it was sent.
#[derive(Debug)]
pub struct ConsentOrder {
    pub number: Option<String>,
    pub customer_id: Option<String>,
    pub purpose: Option<String>,
    pub kind: String,
    pub given_at: Option<Millis>,
    pub expires_at: Option<Millis>,
    pub proof: Option<Box<RawValue>>,
}

/// Returns a page of a client's consents.
pub async fn list_consents(
    store: &Store,
    client: &Client,
    filter: PersonFilter,
    before: Option<&str>,
    most: i64,
) -> Result<Consents, ServiceError> {
    let size = usize::try_from(most).unwrap_or(usize::MAX);
    let before = before.unwrap_or(LAST);
    let permission = store.permission();
    let mut rows = permission.list_consents(&client.id, &filter, before, most + 1).await?;
    let more = rows.len() > size;
    rows.truncate(size);
    let next_cursor =
        rows.last().filter(|_| more).map(|row| cursor::write_customer(&row.consent_id));
    Ok(Consents { consents: rows.into_iter().map(show_consent).collect(), next_cursor })
}

/// Enters a consent.
pub async fn add_consent(
    operator: &Operator<'_>,
    client: &Client,
    numbers: &Numbers,
    order: ConsentOrder,
) -> Result<Consent, ServiceError> {
    let invalid = |field: &'static str, what: &str| ServiceError::Invalid {
        field,
        sentence: format!("{field} {what}."),
    };
    if !KINDS.contains(&order.kind.as_str()) {
        return Err(invalid("kind", &format!("must be one of {}", KINDS.join(", "))));
    }
    // One for another word would permit nothing.
    if order.purpose.as_deref().is_some_and(|purpose| !PURPOSES.contains(&purpose)) {
        return Err(invalid("purpose", "must be recovery, sales, service or transactional"));
    }
    if order.number.is_none() && order.customer_id.is_none() {
        return Err(invalid("phoneNumber", "is missing, and so is customerId; send one of them"));
    }
    let number = order
        .number
        .map(|number| read_number(numbers, &number).map_err(|what| invalid("phoneNumber", &what)));
    let given_at = order.given_at.unwrap_or(operator.now);
    if order.expires_at.is_some_and(|end| end <= given_at) {
        return Err(invalid("expiresAt", "must be later than givenAt"));
    }
    let row = ConsentRow {
        consent_id: operator.ids.new_id("con", operator.now),
        number: number.transpose()?,
        customer_id: order.customer_id,
        purpose: order.purpose.unwrap_or_default(),
        kind: order.kind,
        given_at,
        expires_at: order.expires_at,
        proof: order.proof.map(|proof| proof.get().to_owned()),
        by_name: Some(operator.by.name.to_owned()),
        by_id: operator.by.id.map(str::to_owned),
        created_at: operator.now,
        withdrawn_at: None,
        withdrawn_by: None,
        withdrawn_reason: None,
        withdrawn_in: None,
    };
    if !operator.store.permission().add_consent(&client.id, &row, operator.stamp()).await? {
        return Err(ServiceError::unknown_client());
    }
    Ok(show_consent(row))
}

/// Withdraws a consent, and returns it.
pub async fn withdraw_consent(
    operator: &Operator<'_>,
    client_id: &str,
    consent_id: &str,
    reason: &str,
) -> Result<Consent, ServiceError> {
    let stamp = operator.stamp();
    let permission = operator.store.permission();
    let row = permission.withdraw_consent(client_id, consent_id, reason, stamp).await?;
    row.map(show_consent)
        .ok_or_else(|| ServiceError::Unknown("There is no such consent.".to_owned()))
}

fn show_consent(row: ConsentRow) -> Consent {
    let withdrawn = row.withdrawn_at.map(|at| Ended {
        at: time::format(at),
        by: row.withdrawn_by.unwrap_or_default(),
        reason: row.withdrawn_reason.unwrap_or_default(),
    });
    Consent {
        consent_id: row.consent_id,
        phone_number: row.number,
        customer_id: row.customer_id,
        purpose: Some(row.purpose).filter(|purpose| !purpose.is_empty()),
        kind: row.kind,
        given_at: time::format(row.given_at),
        expires_at: row.expires_at.map(time::format),
        proof: row.proof.and_then(|proof| RawValue::from_string(proof).ok()),
        by: row.by_name,
        withdrawn,
    }
}
