//! Finds what customers agreed to.

use crate::storage::database::columns::consent_columns;
use crate::storage::database::pools::{Tx, query_read, query_tx};
use crate::storage::spellings::first_five_spellings;
use crate::storage::{PermissionStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// A customer's consent to calls.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ConsentRow {
    pub consent_id: String,
    /// The number as E.164; `None`: all numbers of the customer.
    pub number: Option<String>,
    pub customer_id: Option<String>,
    /// The purpose of the calls; empty for every purpose.
    pub purpose: String,
    /// `explicit`, `inferred`, `direct_prior`, `purchase` or `enquiry`.
    pub kind: String,
    pub given_at: Millis,
    /// When it ends; `None`: it has no end.
    pub expires_at: Option<Millis>,
    /// How it was given, as a JSON object.
    pub proof: Option<String>,
    pub by_name: Option<String>,
    pub by_id: Option<String>,
    pub created_at: Millis,
    pub withdrawn_at: Option<Millis>,
    pub withdrawn_by: Option<String>,
    pub withdrawn_reason: Option<String>,
    /// The call whose disposition withdrew it.
    pub withdrawn_in: Option<String>,
}

const BY_NUMBER: &str = concat!(
    "SELECT ",
    consent_columns!(),
    " FROM consents c WHERE c.client_id = $1 AND c.number IN ($2, $3, $4, $5, $6)
        AND c.given_at <= $7 AND c.withdrawn_at IS NULL
        AND (c.expires_at IS NULL OR c.expires_at > $7)
     ORDER BY c.consent_id DESC LIMIT 200"
);

const BY_CUSTOMER: &str = concat!(
    "SELECT ",
    consent_columns!(),
    " FROM consents c WHERE c.client_id = $1 AND c.customer_id = $2
        AND c.number IS NULL AND c.given_at <= $3 AND c.withdrawn_at IS NULL
        AND (c.expires_at IS NULL OR c.expires_at > $3)
     ORDER BY c.consent_id DESC LIMIT 200"
);

impl PermissionStore<'_> {
    /// Returns the consents that are valid for one number, in up to five spellings, or for all
    /// numbers of a customer: at most 200 of each.
    pub async fn find_consents(
        self,
        client_id: &str,
        numbers: &[String],
        customer_id: Option<&str>,
        now: Millis,
    ) -> Result<Vec<ConsentRow>, StoreError> {
        let ways = first_five_spellings(numbers);
        let mut found: Vec<ConsentRow> = query_read!(self, |db| sqlx::query_as(BY_NUMBER)
            .bind(client_id)
            .bind(ways[0])
            .bind(ways[1])
            .bind(ways[2])
            .bind(ways[3])
            .bind(ways[4])
            .bind(now)
            .fetch_all(db))?;
        if let Some(customer_id) = customer_id {
            let more: Vec<ConsentRow> = query_read!(self, |db| sqlx::query_as(BY_CUSTOMER)
                .bind(client_id)
                .bind(customer_id)
                .bind(now)
                .fetch_all(db))?;
            found.extend(more);
        }
        Ok(found)
    }
}

/// Returns the same as [`PermissionStore::find_consents`], within a transaction.
pub(in crate::storage) async fn consents_for_call(
    tx: &mut Tx,
    client_id: &str,
    numbers: &[String],
    customer_id: Option<&str>,
    now: Millis,
) -> Result<Vec<ConsentRow>, sqlx::Error> {
    let ways = first_five_spellings(numbers);
    let mut found: Vec<ConsentRow> = query_tx!(*tx, |db| sqlx::query_as(BY_NUMBER)
        .bind(client_id)
        .bind(ways[0])
        .bind(ways[1])
        .bind(ways[2])
        .bind(ways[3])
        .bind(ways[4])
        .bind(now)
        .fetch_all(db))?;
    if let Some(customer_id) = customer_id {
        let more: Vec<ConsentRow> = query_tx!(*tx, |db| sqlx::query_as(BY_CUSTOMER)
            .bind(client_id)
            .bind(customer_id)
            .bind(now)
            .fetch_all(db))?;
        found.extend(more);
    }
    Ok(found)
}
