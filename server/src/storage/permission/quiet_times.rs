//! Finds when customers do not want to be called: times of the week, and occasions.

use crate::storage::database::columns::quiet_time_columns;
use crate::storage::database::pools::{Tx, query_read, query_tx};
use crate::storage::spellings::first_five_spellings;
use crate::storage::{CustomerStore, PermissionStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// The kind of an entry that holds each week; every other kind is an occasion.
pub const WEEKLY: &str = "weekly";

/// A time at which a customer does not want to be called.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct QuietTimeRow {
    pub entry_id: String,
    /// The number as E.164; `None`: all numbers of the customer.
    pub number: Option<String>,
    /// `None`: the number alone.
    pub customer_id: Option<String>,
    /// [`WEEKLY`], or the kind of an occasion.
    pub kind: String,
    /// The days on which it begins: bit 0 is Monday; 0 for an occasion.
    pub weekdays: i64,
    /// In minutes after midnight, where the customer is.
    pub from_minute: i64,
    pub to_minute: i64,
    pub since: Millis,
    /// `None`: without end.
    pub until: Option<Millis>,
    /// What was said.
    pub reason: Option<String>,
    /// The call in which it was said.
    pub session_id: Option<String>,
    pub by_name: Option<String>,
    pub by_id: Option<String>,
    pub created_at: Millis,
    pub removed_at: Option<Millis>,
    pub removed_by: Option<String>,
    pub removed_reason: Option<String>,
}

/// Those of a number and those of a customer, of which a client enters a limited number.
const OF_CALL: &str = concat!(
    "SELECT ",
    quiet_time_columns!(),
    " FROM quiet_times q WHERE q.client_id = $1 AND q.number IN ($2, $3, $4, $5, $6)
        AND q.removed_at IS NULL AND (q.until IS NULL OR q.until > $7)
     UNION SELECT ",
    quiet_time_columns!(),
    " FROM quiet_times q WHERE q.client_id = $1 AND q.customer_id = $8
        AND q.removed_at IS NULL AND (q.until IS NULL OR q.until > $7)
     ORDER BY entry_id LIMIT 500"
);

impl PermissionStore<'_> {
    /// Returns the entries about one number, in up to five spellings, and about a customer, that
    /// are in force or will be.
    pub async fn find_quiet_times(
        self,
        client_id: &str,
        numbers: &[String],
        customer_id: Option<&str>,
        now: Millis,
    ) -> Result<Vec<QuietTimeRow>, StoreError> {
        let ways = first_five_spellings(numbers);
        Ok(query_read!(self, |db| sqlx::query_as(OF_CALL)
            .bind(client_id)
            .bind(ways[0])
            .bind(ways[1])
            .bind(ways[2])
            .bind(ways[3])
            .bind(ways[4])
            .bind(now)
            .bind(customer_id)
            .fetch_all(db))?)
    }
}

impl CustomerStore<'_> {
    /// Returns all entries about a customer, and about the customer's numbers alone, the earliest
    /// first.
    pub async fn list_quiet_times_of_customer(
        self,
        client_id: &str,
        customer_id: &str,
    ) -> Result<Vec<QuietTimeRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            quiet_time_columns!(),
            " FROM quiet_times q WHERE q.client_id = $1 AND (q.customer_id = $2
                OR q.customer_id IS NULL AND q.number IN (
                    SELECT dial_number FROM customers WHERE client_id = $1 AND customer_id = $2
                    UNION SELECT dial_number FROM customer_numbers
                    WHERE client_id = $1 AND customer_id = $2))
             ORDER BY q.entry_id"
        ))
        .bind(client_id)
        .bind(customer_id)
        .fetch_all(db))?)
    }
}

/// Removes a customer from the entries about them and about their numbers alone. A wish about hours
/// stays with its number, without its words: erasing the data of a person who asked for no calls at
/// a time must not bring these calls back. It is called before the customer is deleted.
pub(in crate::storage) async fn erase_quiet_times_of_customer(
    tx: &mut Tx,
    client_id: &str,
    customer_id: &str,
) -> Result<(), sqlx::Error> {
    for sql in [
        "DELETE FROM quiet_times WHERE client_id = $1
            AND (kind <> 'weekly' OR removed_at IS NOT NULL OR number IS NULL)
            AND (customer_id = $2 OR customer_id IS NULL AND number IN (
                SELECT dial_number FROM customers WHERE client_id = $1 AND customer_id = $2
                UNION SELECT dial_number FROM customer_numbers
                WHERE client_id = $1 AND customer_id = $2))",
        "UPDATE quiet_times SET customer_id = NULL, reason = NULL, session_id = NULL
         WHERE client_id = $1 AND (customer_id = $2 OR customer_id IS NULL AND number IN (
            SELECT dial_number FROM customers WHERE client_id = $1 AND customer_id = $2
            UNION SELECT dial_number FROM customer_numbers
            WHERE client_id = $1 AND customer_id = $2))",
    ] {
        query_tx!(*tx, |db| sqlx::query(sql).bind(client_id).bind(customer_id).execute(db))?;
    }
    Ok(())
}

/// Returns the same as [`PermissionStore::find_quiet_times`], within a transaction.
pub(in crate::storage) async fn quiet_times_for_call(
    tx: &mut Tx,
    client_id: &str,
    numbers: &[String],
    customer_id: Option<&str>,
    now: Millis,
) -> Result<Vec<QuietTimeRow>, sqlx::Error> {
    let ways = first_five_spellings(numbers);
    query_tx!(*tx, |db| sqlx::query_as(OF_CALL)
        .bind(client_id)
        .bind(ways[0])
        .bind(ways[1])
        .bind(ways[2])
        .bind(ways[3])
        .bind(ways[4])
        .bind(now)
        .bind(customer_id)
        .fetch_all(db))
}
