//! Reads what a file for a complaint has: a person's calls, and the rows about them.

use super::rows::{SealableDecision, SealableEvent};
use crate::seal::rows::SealableRow;
use crate::storage::database::columns::{event_data, sealable_decision, sealable_event};
use crate::storage::database::pools::query_read;
use crate::storage::spellings::first_five_spellings;
use crate::storage::{AuditRow, CallRow, SealStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// A call with the numbers of its first and last event.
#[derive(Debug, Clone, FromRow)]
pub struct ComplaintCall {
    #[sqlx(flatten)]
    pub call: CallRow,
    pub call_seq: i64,
    pub last_seq: i64,
}

impl SealStore<'_> {
    /// Returns the calls of a customer that began in a range of time, oldest first.
    pub async fn list_calls_of_customer(
        self,
        client_id: &str,
        customer_id: &str,
        (from, until): (Millis, Millis),
        most: i64,
    ) -> Result<Vec<ComplaintCall>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT client_id, call_sid, session_id, direction, phone, status, started_at,
                connected_at, ended_at, duration, customer, customer_id, customer_name, agent_id,
                agent_name, reason, provider, state, call_seq, last_seq
             FROM calls WHERE client_id = $1 AND customer_id = $2
                AND started_at >= $3 AND started_at < $4
             ORDER BY started_at, call_sid LIMIT $5"
        )
        .bind(client_id)
        .bind(customer_id)
        .bind(from)
        .bind(until)
        .bind(most)
        .fetch_all(db))?)
    }

    /// Returns the calls with a number, in up to five spellings, that began in a range of time.
    pub async fn list_calls_with_number(
        self,
        client_id: &str,
        spellings: &[String],
        (from, until): (Millis, Millis),
        most: i64,
    ) -> Result<Vec<ComplaintCall>, StoreError> {
        let ways = first_five_spellings(spellings);
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT client_id, call_sid, session_id, direction, phone, status, started_at,
                connected_at, ended_at, duration, customer, customer_id, customer_name, agent_id,
                agent_name, reason, provider, state, call_seq, last_seq
             FROM calls WHERE client_id = $1 AND phone IN ($2, $3, $4, $5, $6)
                AND started_at >= $7 AND started_at < $8
             ORDER BY started_at, call_sid LIMIT $9"
        )
        .bind(client_id)
        .bind(ways[0])
        .bind(ways[1])
        .bind(ways[2])
        .bind(ways[3])
        .bind(ways[4])
        .bind(from)
        .bind(until)
        .bind(most)
        .fetch_all(db))?)
    }

    /// Returns a customer's numbers, as they are dialed.
    pub async fn list_numbers_of_customer(
        self,
        client_id: &str,
        customer_id: &str,
    ) -> Result<Vec<String>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT dial_number FROM customers
             WHERE client_id = $1 AND customer_id = $2 AND dial_number IS NOT NULL
             UNION SELECT dial_number FROM customer_numbers
             WHERE client_id = $1 AND customer_id = $2
             ORDER BY dial_number LIMIT 20"
        )
        .bind(client_id)
        .bind(customer_id)
        .fetch_all(db))?)
    }

    /// Returns a call's events in the order of the feed.
    pub async fn list_sealable_events_of_call(
        self,
        client_id: &str,
        call_seq: i64,
        most: i64,
    ) -> Result<Vec<SealableRow>, StoreError> {
        let rows: Vec<SealableEvent> = query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            sealable_event!(),
            " FROM events e JOIN calls c ON c.client_id = e.client_id AND c.call_seq = e.call_seq
             WHERE e.client_id = $1 AND e.call_seq = $2 ORDER BY e.seq LIMIT $3"
        ))
        .bind(client_id)
        .bind(call_seq)
        .bind(most)
        .fetch_all(db))?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Returns the decisions about a call.
    pub async fn list_sealable_decisions_of_call(
        self,
        client_id: &str,
        session_id: &str,
    ) -> Result<Vec<SealableRow>, StoreError> {
        let rows: Vec<SealableDecision> = query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            sealable_decision!(),
            " FROM decisions WHERE client_id = $1 AND session_id = $2 ORDER BY seq LIMIT 10"
        ))
        .bind(client_id)
        .bind(session_id)
        .fetch_all(db))?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Returns the decisions about calls that were not made, to a customer or to a number in up to
    /// five spellings.
    pub async fn list_refusals(
        self,
        client_id: &str,
        customer_id: Option<&str>,
        spellings: &[String],
        (from, until): (Millis, Millis),
        most: i64,
    ) -> Result<Vec<SealableRow>, StoreError> {
        let ways = first_five_spellings(spellings);
        let rows: Vec<SealableDecision> = query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            sealable_decision!(),
            " FROM decisions WHERE client_id = $1 AND session_id IS NULL
                AND (customer_id = $2 OR number IN ($3, $4, $5, $6, $7))
                AND at >= $8 AND at < $9 ORDER BY at, seq LIMIT $10"
        ))
        .bind(client_id)
        .bind(customer_id)
        .bind(ways[0])
        .bind(ways[1])
        .bind(ways[2])
        .bind(ways[3])
        .bind(ways[4])
        .bind(from)
        .bind(until)
        .bind(most)
        .fetch_all(db))?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Returns which of these decisions are still stored.
    pub async fn list_decision_numbers(
        self,
        client_id: &str,
        first: i64,
        last: i64,
    ) -> Result<Vec<i64>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT seq FROM decisions WHERE client_id = $1 AND seq >= $2 AND seq <= $3"
        )
        .bind(client_id)
        .bind(first)
        .bind(last)
        .fetch_all(db))?)
    }

    /// Returns the latest audit entries whose subject begins with a text.
    pub async fn list_audit_of_subject(
        self,
        client_id: &str,
        subject: &str,
        most: i64,
    ) -> Result<Vec<AuditRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT seq, at, act, by_name, by_id FROM audit_log
             WHERE client_id = $1 AND act LIKE $2 ORDER BY seq DESC LIMIT $3"
        )
        .bind(client_id)
        .bind(format!("% {subject}%"))
        .bind(most)
        .fetch_all(db))?)
    }
}
