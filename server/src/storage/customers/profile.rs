//! Stores customers, and reads one with its calls and events.

use super::numbers::{first_dial_number, store_further_numbers};
use crate::patch::Patch;
use crate::storage::database::columns::call_columns;
use crate::storage::database::pools::{query_read, query_tx, retry_tx};
use crate::storage::database::portion::{Portion, read_portion};
use crate::storage::{CallRow, CustomerStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// Events that are returned at most for a customer's calls.
const MOST_EVENTS: i64 = 5_000;

/// Custom fields in which CRMs store a customer's further phone numbers, as one number or a list.
pub const FURTHER_NUMBERS: &[&str] = &[
    "alternatePhone",
    "alternatePhones",
    "altPhone",
    "secondaryPhone",
    "phone2",
    "mobile",
    "phones",
];

/// Changes of a customer. Fields that are not set keep their value.
#[derive(Debug, Clone)]
pub struct CustomerChange {
    pub customer_id: String,
    pub name: Patch<String>,
    pub email: Patch<String>,
    pub phone: Patch<String>,
    pub company: Patch<String>,
    /// A JSON list.
    pub tags: Patch<String>,
    /// A JSON object. Numbers under a name of [`FURTHER_NUMBERS`] identify the customer in incoming
    /// calls.
    pub custom_fields: Patch<String>,
}

/// A customer with all of its columns.
#[derive(Debug, Clone, FromRow)]
pub struct CustomerProfile {
    pub customer_id: String,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub company: Option<String>,
    pub tags: Option<String>,
    pub custom_fields: Option<String>,
    pub created_at: Millis,
    pub updated_at: Millis,
}

/// The number of calls, and their length in seconds.
#[derive(Debug, Clone, Copy, FromRow)]
pub struct CustomerCallTotals {
    pub calls: i64,
    pub duration: i64,
}

/// The name and time of an event.
#[derive(Debug, Clone, FromRow)]
pub struct EventEntry {
    pub log_id: String,
    pub event: String,
    pub at: Millis,
}

impl CustomerStore<'_> {
    /// Creates a customer, or changes the given fields of an existing one, in one statement, so
    /// that concurrent changes of different fields both survive.
    pub async fn save_customer(
        self,
        client_id: &str,
        change: &CustomerChange,
        now: Millis,
    ) -> Result<(), StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            let phone = change.phone.value();
            query_tx!(tx, |db| {
                sqlx::query(
                    "INSERT INTO customers (client_id, customer_id, name, phone, dial_number, email,
                        company, tags, custom_fields, created_at, updated_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
                     ON CONFLICT (client_id, customer_id) DO UPDATE SET
                        name = CASE CAST($11 AS BIGINT) WHEN 1 THEN excluded.name
                            ELSE customers.name END,
                        phone = CASE CAST($12 AS BIGINT) WHEN 1 THEN excluded.phone
                            ELSE customers.phone END,
                        dial_number = CASE CAST($12 AS BIGINT) WHEN 1 THEN excluded.dial_number
                            ELSE customers.dial_number END,
                        email = CASE CAST($13 AS BIGINT) WHEN 1 THEN excluded.email
                            ELSE customers.email END,
                        company = CASE CAST($14 AS BIGINT) WHEN 1 THEN excluded.company
                            ELSE customers.company END,
                        tags = CASE CAST($15 AS BIGINT) WHEN 1 THEN excluded.tags
                            ELSE customers.tags END,
                        custom_fields = CASE CAST($16 AS BIGINT) WHEN 1 THEN excluded.custom_fields
                            ELSE customers.custom_fields END,
                        updated_at = excluded.updated_at"
                )
                .bind(client_id)
                .bind(&change.customer_id)
                .bind(change.name.value())
                .bind(phone)
                .bind(first_dial_number(phone.map(String::as_str)))
                .bind(change.email.value())
                .bind(change.company.value())
                .bind(change.tags.value())
                .bind(change.custom_fields.value())
                .bind(now)
                .bind(change.name.set_flag())
                .bind(change.phone.set_flag())
                .bind(change.email.set_flag())
                .bind(change.company.set_flag())
                .bind(change.tags.set_flag())
                .bind(change.custom_fields.set_flag())
                .execute(db)
            })?;
            if change.phone.set_flag() == 1 || change.custom_fields.set_flag() == 1 {
                store_further_numbers(&mut tx, client_id, &change.customer_id).await?;
            }
            tx.commit().await?;
            Ok(())
        })
    }

    /// Returns the customer with this id, which the client gave it.
    pub async fn find_customer(
        self,
        client_id: &str,
        customer_id: &str,
    ) -> Result<Option<CustomerProfile>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT customer_id, name, phone, email, company, tags, custom_fields, created_at,
                    updated_at
             FROM customers WHERE client_id = $1 AND customer_id = $2"
        )
        .bind(client_id)
        .bind(customer_id)
        .fetch_optional(db))?)
    }

    /// Returns a customer's calls, the newest first.
    pub async fn list_customer_calls(
        self,
        client_id: &str,
        customer_id: &str,
        most: i64,
    ) -> Result<Portion<CallRow>, StoreError> {
        Ok(query_read!(self, |db| read_portion(
            sqlx::query_as(concat!(
                "SELECT ",
                call_columns!(),
                " FROM calls WHERE client_id = $1 AND customer_id = $2
             ORDER BY started_at DESC, call_sid DESC LIMIT $3"
            ))
            .bind(client_id)
            .bind(customer_id)
            .bind(most)
            .fetch(db)
        ))?)
    }

    /// Returns the events of a customer's latest calls, the newest first.
    pub async fn list_customer_events(
        self,
        client_id: &str,
        customer_id: &str,
        calls: i64,
    ) -> Result<Vec<EventEntry>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT e.log_id, e.event, e.at
             FROM events e JOIN (
                SELECT client_id, call_seq FROM calls WHERE client_id = $1 AND customer_id = $2
                ORDER BY started_at DESC, call_sid DESC LIMIT $3
             ) c ON e.client_id = c.client_id AND e.call_seq = c.call_seq
             ORDER BY e.at DESC, e.seq DESC LIMIT $4"
        )
        .bind(client_id)
        .bind(customer_id)
        .bind(calls)
        .bind(MOST_EVENTS)
        .fetch_all(db))?)
    }

    /// Returns the number and length of a customer's calls, read from the totals.
    pub async fn sum_customer_calls(
        self,
        client_id: &str,
        customer_id: &str,
    ) -> Result<CustomerCallTotals, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT CAST(COALESCE(SUM(calls), 0) AS BIGINT) AS calls,
                    CAST(COALESCE(SUM(duration), 0) AS BIGINT) AS duration
             FROM customer_totals WHERE client_id = $1 AND customer_id = $2"
        )
        .bind(client_id)
        .bind(customer_id)
        .fetch_one(db))?)
    }
}
