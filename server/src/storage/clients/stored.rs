//! Estimates what a client stores, from a few rows: counting all of them would take as long as they
//! are many.

use crate::storage::analytics::totals::bucket_floor;
use crate::storage::database::pools::query_read;
use crate::storage::{ClientStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// The rows whose sizes are read, evenly spaced from the oldest to the newest.
const SAMPLES: usize = 8;
/// The bytes that an event takes beside its data, with its part of the indexes.
const EVENT: i64 = 500;
/// The same for a call.
const CALL: i64 = 900;

/// About what a client stores.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StoredAmount {
    pub calls: i64,
    pub events: i64,
    /// The bytes of calls and events in the database.
    pub bytes: i64,
}

/// The oldest and the newest rows of a client.
#[derive(FromRow)]
struct Ends {
    first_seq: Option<i64>,
    last_seq: Option<i64>,
    first_start: Option<Millis>,
    last_start: Option<Millis>,
}

/// Reads the sizes of the rows at or after eight positions.
macro_rules! sizes_at {
    ($size:literal, $table:literal, $order:literal) => {
        concat!(
            "SELECT CAST((SELECT ",
            $size,
            " FROM ",
            $table,
            " r WHERE r.client_id = $1 AND r.",
            $order,
            " >= p.place ORDER BY r.",
            $order,
            " LIMIT 1) AS BIGINT) FROM (
                SELECT CAST($2 AS BIGINT) AS place UNION ALL SELECT $3 UNION ALL SELECT $4
                UNION ALL SELECT $5 UNION ALL SELECT $6 UNION ALL SELECT $7 UNION ALL SELECT $8
                UNION ALL SELECT $9) p"
        )
    };
}

impl ClientStore<'_> {
    /// Returns about how many calls and events a client stores, and their bytes.
    ///
    /// Events are numbered without gaps, so the oldest and the newest give their number; calls that
    /// began since the oldest stored one are in the totals. Erased customers' events count until the
    /// events before them are removed too.
    pub async fn estimate_stored(self, client_id: &str) -> Result<StoredAmount, StoreError> {
        let ends: Ends = query_read!(self, |db| sqlx::query_as(
            "SELECT (SELECT MIN(seq) FROM events WHERE client_id = $1) AS first_seq,
                    (SELECT MAX(seq) FROM events WHERE client_id = $1) AS last_seq,
                    (SELECT MIN(started_at) FROM calls WHERE client_id = $1) AS first_start,
                    (SELECT MAX(started_at) FROM calls WHERE client_id = $1) AS last_start"
        )
        .bind(client_id)
        .fetch_one(db))?;
        let mut stored = StoredAmount::default();
        if let (Some(first), Some(last)) = (ends.first_seq, ends.last_seq) {
            stored.events = last - first + 1;
            let sizes = sizes_at!("OCTET_LENGTH(r.data)", "events", "seq");
            stored.bytes +=
                stored.events * self.mean_size(sizes, client_id, first, last, EVENT).await?;
        }
        if let (Some(first), Some(last)) = (ends.first_start, ends.last_start) {
            stored.calls = query_read!(self, |db| sqlx::query_scalar(
                "SELECT CAST(COALESCE(SUM(calls), 0) AS BIGINT) FROM totals
                 WHERE client_id = $1 AND bucket >= $2"
            )
            .bind(client_id)
            .bind(bucket_floor(first))
            .fetch_one(db))?;
            let sizes = sizes_at!(
                "OCTET_LENGTH(r.state) + COALESCE(OCTET_LENGTH(r.customer), 0)
                 + COALESCE(OCTET_LENGTH(r.context), 0)",
                "calls",
                "started_at"
            );
            stored.bytes +=
                stored.calls * self.mean_size(sizes, client_id, first, last, CALL).await?;
        }
        Ok(stored)
    }

    /// Returns the mean size of rows between two positions, `beside` included.
    async fn mean_size(
        self,
        sql: &'static str,
        client_id: &str,
        first: i64,
        last: i64,
        beside: i64,
    ) -> Result<i64, StoreError> {
        let step = (last - first) / i64::try_from(SAMPLES - 1).unwrap_or(1);
        let at = |sample: i64| first.saturating_add(step.saturating_mul(sample));
        let sizes: Vec<Option<i64>> = query_read!(self, |db| sqlx::query_scalar(sql)
            .bind(client_id)
            .bind(at(0))
            .bind(at(1))
            .bind(at(2))
            .bind(at(3))
            .bind(at(4))
            .bind(at(5))
            .bind(at(6))
            .bind(last)
            .fetch_all(db))?;
        let sizes: Vec<i64> = sizes.into_iter().flatten().collect();
        let count = i64::try_from(sizes.len()).unwrap_or(1).max(1);
        Ok(beside + sizes.iter().sum::<i64>() / count)
    }
}
