//! Reads seals.

use crate::storage::database::pools::query_read;
use crate::storage::{SealStore, StoreError};
use sqlx::FromRow;

/// A stored seal.
#[derive(Debug, Clone, FromRow)]
pub struct SealRow {
    pub first_decision: i64,
    pub last_decision: i64,
    pub text: String,
    pub signature: String,
    pub slots: String,
}

impl SealStore<'_> {
    /// Returns the seal with this number.
    pub async fn find_seal(
        self,
        client_id: &str,
        number: i64,
    ) -> Result<Option<SealRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT first_decision, last_decision, text, signature, slots
             FROM seals WHERE client_id = $1 AND number = $2"
        )
        .bind(client_id)
        .bind(number)
        .fetch_optional(db))?)
    }

    /// Returns the number of the seal that covers an event.
    pub async fn find_seal_of_event(
        self,
        client_id: &str,
        seq: i64,
    ) -> Result<Option<i64>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT number FROM seals
             WHERE client_id = $1 AND last_event >= $2 ORDER BY last_event, number LIMIT 1"
        )
        .bind(client_id)
        .bind(seq)
        .fetch_optional(db))?)
    }

    /// Returns the number of the seal that covers a decision.
    pub async fn find_seal_of_decision(
        self,
        client_id: &str,
        seq: i64,
    ) -> Result<Option<i64>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT number FROM seals
             WHERE client_id = $1 AND last_decision >= $2 ORDER BY last_decision, number LIMIT 1"
        )
        .bind(client_id)
        .bind(seq)
        .fetch_optional(db))?)
    }
}
