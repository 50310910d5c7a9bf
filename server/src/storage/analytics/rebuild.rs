//! Recounts the totals from the calls.
//!
//! Each range of time is counted, compared and corrected in one transaction. SQLite runs one
//! writing transaction at a time, so no call changes meanwhile, and a server may keep running.

mod fields;
mod weekly;

use super::fields::{CallWithFields, CountedRow};
use super::totals::{BUCKET, Totals, TotalsDeltas, bucket_floor};
use crate::storage::analytics::counted_from::read_counted_from;
use crate::storage::database::pools::{query_read, query_tx, retry_tx};
use crate::storage::locks::lock_head;
use crate::storage::{AnalyticsStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// Result of recounting one range.
#[derive(Debug, Clone, Copy)]
pub struct RecountedRange {
    /// Calls in the range.
    pub calls: usize,
    /// Rows of totals that were wrong and have been corrected.
    pub repaired: usize,
    /// Where the next range begins; `None` after the last one.
    pub next: Option<Millis>,
}

#[derive(FromRow)]
struct StoredTotals {
    bucket: Millis,
    #[sqlx(flatten)]
    totals: Totals,
}

#[derive(FromRow)]
struct StoredCustomerTotals {
    bucket: Millis,
    customer_id: String,
    #[sqlx(flatten)]
    totals: Totals,
}

impl AnalyticsStore<'_> {
    /// Returns the ids of all clients.
    pub async fn system_list_client_ids(self) -> Result<Vec<String>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT client_id FROM clients ORDER BY client_id"
        )
        .fetch_all(db))?)
    }

    /// Counts about `about` of a client's calls from a time on, and corrects the totals of that
    /// range.
    pub async fn recount_calls(
        self,
        client_id: &str,
        from: Millis,
        about: i64,
    ) -> Result<RecountedRange, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            // The lock keeps every server from changing this client's calls.
            lock_head(&mut tx, client_id).await?;
            // Before this time the calls have been removed and their sums stay.
            let from = from.max(read_counted_from(&mut tx, client_id).await?);
            let last: Option<Millis> = query_tx!(tx, |db| sqlx::query_scalar(
                "SELECT started_at FROM calls WHERE client_id = $1 AND started_at >= $2
                     ORDER BY started_at LIMIT 1 OFFSET $3"
            )
            .bind(client_id)
            .bind(from)
            .bind(about)
            .fetch_optional(db))?;
            // A range ends at the end of a bucket.
            let next = last.map(|last| bucket_floor(last).saturating_add(BUCKET));
            let until = next.unwrap_or(Millis::MAX);
            let calls: Vec<CountedRow> = query_tx!(tx, |db| sqlx::query_as(
                "SELECT call_sid, started_at, disposition, context, customer, state
             FROM calls
                 WHERE client_id = $1 AND started_at >= $2 AND started_at < $3"
            )
            .bind(client_id)
            .bind(from)
            .bind(until)
            .fetch_all(db))?;
            let calls: Vec<CallWithFields> =
                calls.iter().map(CountedRow::with_fields).collect::<Result<_, _>>()?;
            let kept: Vec<StoredTotals> = query_tx!(tx, |db| {
                sqlx::query_as(
                    "SELECT bucket, calls, inbound, outbound, missed, connected, duration, to_30s, to_1m,
                            to_3m, to_5m, over_5m
                     FROM totals WHERE client_id = $1 AND bucket >= $2 AND bucket < $3"
                )
                .bind(client_id)
                .bind(from)
                .bind(until)
                .fetch_all(db)
            })?;
            let of_customers: Vec<StoredCustomerTotals> = query_tx!(tx, |db| {
                sqlx::query_as(
                "SELECT bucket, customer_id, calls, inbound, outbound, missed, connected, duration,
                            to_30s, to_1m, to_3m, to_5m, over_5m
                     FROM customer_totals WHERE client_id = $1 AND bucket >= $2 AND bucket < $3"
            )
            .bind(client_id)
            .bind(from)
            .bind(until)
            .fetch_all(db)
            })?;

            // The correction is the counted sums minus the stored ones.
            let mut missing = TotalsDeltas::default();
            for call in &calls {
                missing.count_in_bucket(client_id, &call.counted, 1);
            }
            for row in kept {
                missing.add_to_client(client_id, row.bucket, &row.totals, -1);
            }
            for row in of_customers {
                missing.add_to_customer(client_id, row.bucket, &row.customer_id, &row.totals, -1);
            }
            missing.write(&mut tx).await?;
            // Rows that no call belongs to any more.
            query_tx!(tx, |db| sqlx::query(
                "DELETE FROM totals
                     WHERE client_id = $1 AND bucket >= $2 AND bucket < $3 AND calls = 0"
            )
            .bind(client_id)
            .bind(from)
            .bind(until)
            .execute(db))?;
            query_tx!(tx, |db| sqlx::query(
                "DELETE FROM customer_totals
                     WHERE client_id = $1 AND bucket >= $2 AND bucket < $3 AND calls = 0"
            )
            .bind(client_id)
            .bind(from)
            .bind(until)
            .execute(db))?;
            let of_fields =
                fields::correct_field_rows(&mut tx, client_id, from, until, &calls).await?;
            tx.commit().await?;
            Ok(RecountedRange { calls: calls.len(), repaired: missing.len() + of_fields, next })
        })
    }
}
