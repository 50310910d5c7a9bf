//! Recounts the sums by week and customer, and the totals of events.

use super::RecountedRange;
use crate::storage::analytics::totals::{
    BUCKET, TotalsDeltas, WEEK, WeekSums, bucket_floor, week_floor,
};
use crate::storage::database::pools::{query_tx, retry_tx};
use crate::storage::locks::lock_head;
use crate::storage::{AnalyticsStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

#[derive(FromRow)]
struct CustomerWeekRow {
    customer_id: String,
    calls: i64,
    duration: i64,
}

#[derive(FromRow)]
struct EventRow {
    bucket: Millis,
    event: String,
    events: i64,
}

impl AnalyticsStore<'_> {
    /// Recounts one week, the first from a time on, from the customers' buckets, which must have
    /// been recounted before.
    pub async fn recount_week(
        self,
        client_id: &str,
        from: Millis,
    ) -> Result<RecountedRange, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            lock_head(&mut tx, client_id).await?;
            let first: Option<Millis> = query_tx!(tx, |db| sqlx::query_scalar(
                "SELECT MIN(at) FROM (
                    SELECT MIN(bucket) AS at FROM customer_totals
                    WHERE client_id = $1 AND bucket >= $2
                    UNION ALL
                    SELECT MIN(week) FROM customer_weeks WHERE client_id = $1 AND week >= $2
                 ) AS firsts"
            )
            .bind(client_id)
            .bind(from)
            .fetch_one(db))?;
            let Some(first) = first.map(week_floor) else {
                return Ok(RecountedRange { calls: 0, repaired: 0, next: None });
            };
            let counted: Vec<CustomerWeekRow> = query_tx!(tx, |db| sqlx::query_as(
                "SELECT customer_id, CAST(SUM(calls) AS BIGINT) AS calls,
                        CAST(SUM(duration) AS BIGINT) AS duration
                 FROM customer_totals WHERE client_id = $1 AND bucket >= $2 AND bucket < $3
                 GROUP BY customer_id"
            )
            .bind(client_id)
            .bind(first)
            .bind(first.saturating_add(WEEK))
            .fetch_all(db))?;
            let kept: Vec<CustomerWeekRow> = query_tx!(tx, |db| sqlx::query_as(
                "SELECT customer_id, calls, duration FROM customer_weeks
                 WHERE client_id = $1 AND week = $2"
            )
            .bind(client_id)
            .bind(first)
            .fetch_all(db))?;
            let mut missing = TotalsDeltas::default();
            for (rows, times) in [(counted, 1), (kept, -1)] {
                for CustomerWeekRow { customer_id, calls, duration } in rows {
                    let busy = WeekSums { calls, duration };
                    missing.add_to_week(client_id, first, &customer_id, busy, times);
                }
            }
            missing.write(&mut tx).await?;
            query_tx!(tx, |db| sqlx::query(
                "DELETE FROM customer_weeks WHERE client_id = $1 AND week = $2 AND calls = 0"
            )
            .bind(client_id)
            .bind(first)
            .execute(db))?;
            tx.commit().await?;
            let next = first.checked_add(WEEK);
            Ok(RecountedRange { calls: 0, repaired: missing.len(), next })
        })
    }

    /// Counts about `about` of a client's events from a time on, and corrects the totals of that
    /// range.
    pub async fn recount_events(
        self,
        client_id: &str,
        from: Millis,
        about: i64,
    ) -> Result<RecountedRange, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            lock_head(&mut tx, client_id).await?;
            let last: Option<Millis> = query_tx!(tx, |db| sqlx::query_scalar(
                "SELECT at FROM events WHERE client_id = $1 AND at >= $2
                 ORDER BY at LIMIT 1 OFFSET $3"
            )
            .bind(client_id)
            .bind(from)
            .bind(about)
            .fetch_optional(db))?;
            let next = last.map(|last| bucket_floor(last).saturating_add(BUCKET));
            let until = next.unwrap_or(Millis::MAX);
            let counted: Vec<EventRow> = query_tx!(tx, |db| sqlx::query_as(
                "SELECT at AS bucket, event, COUNT(*) AS events FROM events
                 WHERE client_id = $1 AND at >= $2 AND at < $3 GROUP BY at, event"
            )
            .bind(client_id)
            .bind(from)
            .bind(until)
            .fetch_all(db))?;
            let kept: Vec<EventRow> = query_tx!(tx, |db| sqlx::query_as(
                "SELECT bucket, event, events FROM event_totals
                 WHERE client_id = $1 AND bucket >= $2 AND bucket < $3"
            )
            .bind(client_id)
            .bind(from)
            .bind(until)
            .fetch_all(db))?;
            let mut missing = TotalsDeltas::default();
            for (rows, times) in [(counted, 1), (kept, -1)] {
                for EventRow { bucket, event, events } in rows {
                    missing.add_events(client_id, bucket, &event, times * events);
                }
            }
            missing.write(&mut tx).await?;
            query_tx!(tx, |db| sqlx::query(
                "DELETE FROM event_totals
                 WHERE client_id = $1 AND bucket >= $2 AND bucket < $3 AND events = 0"
            )
            .bind(client_id)
            .bind(from)
            .bind(until)
            .execute(db))?;
            tx.commit().await?;
            Ok(RecountedRange { calls: 0, repaired: missing.len(), next })
        })
    }
}
