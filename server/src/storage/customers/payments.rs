//! Stores what customers paid, and reads it beside what they promised.

use crate::storage::database::pools::{query_read, query_tx, retry_tx};
use crate::storage::{CustomerStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// A payment of a customer.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct PaymentRow {
    pub payment_id: String,
    pub customer_id: String,
    /// What it is for, if known.
    pub account: Option<String>,
    /// In ten-thousandths.
    pub amount: i64,
    pub currency: Option<String>,
    pub paid_at: Millis,
}

/// A promise to pay, and the call in which it was made.
#[derive(Debug, Clone, FromRow)]
pub struct PromiseRow {
    pub call_sid: String,
    pub session_id: String,
    pub at: Millis,
    pub customer_id: Option<String>,
    pub customer_name: Option<String>,
    pub account: Option<String>,
    pub campaign: Option<String>,
    pub agent_id: Option<String>,
    pub agent_name: Option<String>,
    /// In ten-thousandths.
    pub amount: i64,
    /// The last day, as `2026-12-01`.
    pub day: String,
}

impl CustomerStore<'_> {
    /// Stores a payment unless one with its id is stored. Returns the stored one if it was.
    pub async fn add_payment(
        self,
        client_id: &str,
        payment: &PaymentRow,
        now: Millis,
    ) -> Result<Option<PaymentRow>, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            let added = query_tx!(tx, |db| {
                sqlx::query(
                "INSERT INTO payments (client_id, payment_id, customer_id, account, amount, currency,
                    paid_at, received_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                 ON CONFLICT (client_id, payment_id) DO NOTHING"
            )
            .bind(client_id)
            .bind(&payment.payment_id)
            .bind(&payment.customer_id)
            .bind(&payment.account)
            .bind(payment.amount)
            .bind(&payment.currency)
            .bind(payment.paid_at)
            .bind(now)
            .execute(db)
            })?;
            if added.rows_affected() > 0 {
                tx.commit().await?;
                return Ok(None);
            }
            let stored: Option<PaymentRow> = query_tx!(tx, |db| {
                sqlx::query_as(
                "SELECT payment_id, customer_id, account, amount, currency, paid_at FROM payments
                 WHERE client_id = $1 AND payment_id = $2"
            )
            .bind(client_id)
            .bind(&payment.payment_id)
            .fetch_optional(db)
            })?;
            Ok(stored)
        })
    }

    /// Returns all payments of a customer, the earliest first.
    pub async fn list_payments(
        self,
        client_id: &str,
        customer_id: &str,
    ) -> Result<Vec<PaymentRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT payment_id, customer_id, account, amount, currency, paid_at FROM payments
             WHERE client_id = $1 AND customer_id = $2 ORDER BY paid_at, payment_id"
        )
        .bind(client_id)
        .bind(customer_id)
        .fetch_all(db))?)
    }

    /// Returns at most `most` promises: those made in `from..until`, and all others of the same
    /// customers, the earliest first.
    pub async fn list_promises(
        self,
        client_id: &str,
        (from, until): (Millis, Millis),
        most: i64,
    ) -> Result<Vec<PromiseRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT p.call_sid, c.session_id, p.at, p.customer_id, c.customer_name, p.account,
                p.campaign, c.agent_id, c.agent_name, p.amount, p.day
             FROM promises p
             JOIN calls c ON c.client_id = p.client_id AND c.call_sid = p.call_sid
             WHERE p.client_id = $1 AND ((p.at >= $2 AND p.at < $3) OR p.customer_id IN (
                SELECT q.customer_id FROM promises q
                WHERE q.client_id = $1 AND q.at >= $2 AND q.at < $3 AND q.customer_id IS NOT NULL))
             ORDER BY p.at, p.call_sid LIMIT $4"
        )
        .bind(client_id)
        .bind(from)
        .bind(until)
        .bind(most)
        .fetch_all(db))?)
    }

    /// Returns at most `most` payments of the customers who made promises in `from..until`, the
    /// earliest first.
    pub async fn list_payments_after_promises(
        self,
        client_id: &str,
        (from, until): (Millis, Millis),
        most: i64,
    ) -> Result<Vec<PaymentRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT payment_id, customer_id, account, amount, currency, paid_at FROM payments
             WHERE client_id = $1 AND customer_id IN (
                SELECT q.customer_id FROM promises q
                WHERE q.client_id = $1 AND q.at >= $2 AND q.at < $3 AND q.customer_id IS NOT NULL)
             ORDER BY paid_at, payment_id LIMIT $4"
        )
        .bind(client_id)
        .bind(from)
        .bind(until)
        .bind(most)
        .fetch_all(db))?)
    }
}
