//! Finds the customers who were called most often in some time.

use crate::storage::database::pools::query_read;
use crate::storage::{CallStore, PastCall, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// The most calls that are counted: the latest ones.
pub const MOST_COUNTED: i64 = 100_000;

/// A customer, or the number of nobody known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, FromRow)]
pub struct CalledOne {
    pub customer_id: Option<String>,
    /// The number, if the customer is not known.
    pub phone: Option<String>,
}

/// Somebody, with the number of calls.
#[derive(Debug, Clone, FromRow)]
pub struct CalledOften {
    #[sqlx(flatten)]
    pub called: CalledOne,
    pub calls: i64,
}

impl CallStore<'_> {
    /// Returns up to `most` customers and numbers with outbound calls in `from..=until`, the most
    /// called first.
    pub async fn list_called_often(
        self,
        client_id: &str,
        (from, until): (Millis, Millis),
        most: i64,
    ) -> Result<Vec<CalledOften>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT customer_id, phone, COUNT(*) AS calls FROM (
                SELECT customer_id, CASE WHEN customer_id IS NULL THEN phone END AS phone,
                       started_at
                FROM calls WHERE client_id = $1 AND started_at >= $2 AND started_at <= $3
                    AND direction = 'outbound'
                ORDER BY started_at DESC LIMIT $4) AS recent
             WHERE customer_id IS NOT NULL OR phone IS NOT NULL
             GROUP BY customer_id, phone
             ORDER BY COUNT(*) DESC, MAX(started_at) DESC LIMIT $5"
        )
        .bind(client_id)
        .bind(from)
        .bind(until)
        .bind(MOST_COUNTED)
        .bind(most)
        .fetch_all(db))?)
    }

    /// Returns how many outbound calls began in `from..=until`, at most `most`.
    pub async fn count_attempts_up_to(
        self,
        client_id: &str,
        (from, until): (Millis, Millis),
        most: i64,
    ) -> Result<i64, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT COUNT(*) FROM (SELECT call_sid FROM calls
             WHERE client_id = $1 AND started_at >= $2 AND started_at <= $3
                AND direction = 'outbound' LIMIT $4) AS counted"
        )
        .bind(client_id)
        .bind(from)
        .bind(until)
        .bind(most)
        .fetch_one(db))?)
    }

    /// Returns the last outbound call to somebody that began in `from..=until`.
    pub async fn find_last_attempt(
        self,
        client_id: &str,
        called: &CalledOne,
        (from, until): (Millis, Millis),
    ) -> Result<Option<PastCall>, StoreError> {
        Ok(match &called.customer_id {
            Some(customer_id) => query_read!(self, |db| sqlx::query_as(
                "SELECT call_sid, session_id, phone, started_at, agent_id, customer FROM calls
                 WHERE client_id = $1 AND customer_id = $2 AND started_at >= $3
                    AND started_at <= $4 AND direction = 'outbound'
                 ORDER BY started_at DESC, call_sid DESC LIMIT 1"
            )
            .bind(client_id)
            .bind(customer_id)
            .bind(from)
            .bind(until)
            .fetch_optional(db))?,
            None => query_read!(self, |db| sqlx::query_as(
                "SELECT call_sid, session_id, phone, started_at, agent_id, customer FROM calls
                 WHERE client_id = $1 AND phone = $2 AND customer_id IS NULL AND started_at >= $3
                    AND started_at <= $4 AND direction = 'outbound'
                 ORDER BY started_at DESC, call_sid DESC LIMIT 1"
            )
            .bind(client_id)
            .bind(called.phone.as_deref().unwrap_or_default())
            .bind(from)
            .bind(until)
            .fetch_optional(db))?,
        })
    }
}
