//! Lists, enters and withdraws consents.

use super::consents::ConsentRow;
use crate::storage::access::audit::{Stamp, insert_audit};
use crate::storage::database::columns::consent_columns;
use crate::storage::database::pools::{query_read, query_tx, retry_tx};
use crate::storage::locks::lock_client;
use crate::storage::spellings::first_five_spellings;
use crate::storage::{PermissionStore, StoreError};

/// Whose consents, or whose quiet times, a list has.
#[derive(Debug, Clone)]
pub enum PersonFilter {
    All,
    /// Those for a number, in up to five spellings.
    Number(Vec<String>),
    /// Those of a customer, by its id.
    Customer(String),
}

impl PermissionStore<'_> {
    /// Returns consents, the latest first, before the consent with this id. Withdrawn ones and
    /// those that have ended are among them.
    pub async fn list_consents(
        self,
        client_id: &str,
        filter: &PersonFilter,
        before: &str,
        most: i64,
    ) -> Result<Vec<ConsentRow>, StoreError> {
        Ok(match filter {
            PersonFilter::All => query_read!(self, |db| sqlx::query_as(concat!(
                "SELECT ",
                consent_columns!(),
                " FROM consents c WHERE c.client_id = $1 AND c.consent_id < $2
                 ORDER BY c.consent_id DESC LIMIT $3"
            ))
            .bind(client_id)
            .bind(before)
            .bind(most)
            .fetch_all(db))?,
            PersonFilter::Number(spellings) => {
                let ways = first_five_spellings(spellings);
                query_read!(self, |db| sqlx::query_as(concat!(
                    "SELECT ",
                    consent_columns!(),
                    " FROM consents c WHERE c.client_id = $1
                        AND c.number IN ($2, $3, $4, $5, $6) AND c.consent_id < $7
                     ORDER BY c.consent_id DESC LIMIT $8"
                ))
                .bind(client_id)
                .bind(ways[0])
                .bind(ways[1])
                .bind(ways[2])
                .bind(ways[3])
                .bind(ways[4])
                .bind(before)
                .bind(most)
                .fetch_all(db))?
            }
            PersonFilter::Customer(customer_id) => {
                query_read!(self, |db| sqlx::query_as(concat!(
                    "SELECT ",
                    consent_columns!(),
                    " FROM consents c WHERE c.client_id = $1 AND c.customer_id = $2
                    AND c.consent_id < $3 ORDER BY c.consent_id DESC LIMIT $4"
                ))
                .bind(client_id)
                .bind(customer_id)
                .bind(before)
                .bind(most)
                .fetch_all(db))?
            }
        })
    }

    /// Enters a consent; returns false if the client does not exist.
    pub async fn add_consent(
        self,
        client_id: &str,
        row: &ConsentRow,
        stamp: Stamp<'_>,
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(false);
            }
            query_tx!(tx, |db| sqlx::query(
                "INSERT INTO consents (client_id, consent_id, number, customer_id, purpose, kind,
                    given_at, expires_at, proof, by_name, by_id, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
            )
            .bind(client_id)
            .bind(&row.consent_id)
            .bind(&row.number)
            .bind(&row.customer_id)
            .bind(&row.purpose)
            .bind(&row.kind)
            .bind(row.given_at)
            .bind(row.expires_at)
            .bind(&row.proof)
            .bind(&row.by_name)
            .bind(&row.by_id)
            .bind(row.created_at)
            .execute(db))?;
            let subject = Some(row.consent_id.as_str());
            insert_audit(&mut tx, client_id, "consent.added", subject, stamp).await?;
            tx.commit().await?;
            Ok(true)
        })
    }

    /// Withdraws a consent, which stays as history; `None` if it does not exist. One that was
    /// withdrawn before stays as it is.
    pub async fn withdraw_consent(
        self,
        client_id: &str,
        consent_id: &str,
        reason: &str,
        stamp: Stamp<'_>,
    ) -> Result<Option<ConsentRow>, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(None);
            }
            let done = query_tx!(tx, |db| {
                sqlx::query(
                "UPDATE consents SET withdrawn_at = $3, withdrawn_by = $4, withdrawn_reason = $5
                 WHERE client_id = $1 AND consent_id = $2 AND withdrawn_at IS NULL"
            )
            .bind(client_id)
            .bind(consent_id)
            .bind(stamp.now)
            .bind(stamp.by.name)
            .bind(reason)
            .execute(db)
            })?;
            let row: Option<ConsentRow> = query_tx!(tx, |db| sqlx::query_as(concat!(
                "SELECT ",
                consent_columns!(),
                " FROM consents c WHERE c.client_id = $1 AND c.consent_id = $2"
            ))
            .bind(client_id)
            .bind(consent_id)
            .fetch_optional(db))?;
            if done.rows_affected() > 0 {
                let act = "consent.withdrawn";
                insert_audit(&mut tx, client_id, act, Some(consent_id), stamp).await?;
            }
            tx.commit().await?;
            Ok(row)
        })
    }
}
