//! Reads totals. Partial buckets at either end of a range are counted from raw calls.

mod top_customers;

use super::totals::{BUCKET, CountedCall, Totals, WEEK, bucket_ceil, bucket_floor, week_floor};
use crate::storage::database::pools::query_read;
use crate::storage::database::portion::{Portion, read_portion};
use crate::storage::{AnalyticsStore, CallRow, StoreError};
use crate::time::{self, SameOffset};
use call_ribbon_shared::Millis;
use chrono_tz::Tz;
use sqlx::FromRow;
use std::collections::BTreeMap;

const HOUR: Millis = 60 * 60 * 1000;
const DAY: Millis = 24 * HOUR;
/// Added to times to make all of them positive, because databases round negative quotients
/// differently. It is a whole number of weeks, more than between the year -300 and 1970.
const SHIFT: Millis = 120_000 * WEEK;

/// A range of time, for all calls or for one customer's.
#[derive(Debug, Clone)]
pub struct Span {
    /// Start of the range, inclusive.
    pub from: Millis,
    /// End of the range, exclusive.
    pub until: Millis,
    pub customer_id: Option<String>,
}

/// The unit by which sums are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Days, numbered from the first day of 1970.
    Day,
    /// The 48 half hours of a day.
    HalfHour,
    /// The 168 hours of a week that begins on Thursday, as 1970 did.
    HourOfWeek,
}

impl Unit {
    /// Returns the unit's length, and after how many units the numbers start at 0 again.
    fn length_and_cycle(self) -> (Millis, i64) {
        match self {
            Self::Day => (DAY, i64::MAX),
            Self::HalfHour => (HOUR / 2, 2 * DAY / HOUR),
            Self::HourOfWeek => (HOUR, WEEK / HOUR),
        }
    }

    /// Returns the number of the unit that contains a time, with clocks ahead of UTC by `offset`.
    pub fn slot_of(self, at: Millis, offset: Millis) -> i64 {
        let (length, number) = self.length_and_cycle();
        let slot = (at + offset).div_euclid(length);
        if self == Self::Day { slot } else { slot.rem_euclid(number) }
    }
}

#[derive(FromRow)]
struct SlotRow {
    slot: i64,
    #[sqlx(flatten)]
    totals: Totals,
}

/// A span split at the borders of buckets.
#[derive(Debug, Clone, Copy)]
pub(super) struct SpanParts {
    /// Start of the first whole bucket.
    pub first: Millis,
    /// End of the last whole bucket.
    pub last: Millis,
    /// The partial buckets at both ends; either may be empty.
    pub edges: [(Millis, Millis); 2],
}

impl Span {
    pub(super) fn split_at_buckets(&self) -> SpanParts {
        let (first, last) = (bucket_ceil(self.from), bucket_floor(self.until));
        if first > last {
            // The span begins and ends within one bucket.
            let edges = [(self.from, self.until), (self.until, self.until)];
            return SpanParts { first, last: first, edges };
        }
        SpanParts { first, last, edges: [(self.from, first), (last, self.until)] }
    }
}

impl SpanParts {
    /// Returns the range of whole weeks, and the whole buckets before and after them.
    fn split_at_weeks(&self) -> ((Millis, Millis), [(Millis, Millis); 2]) {
        let from = week_floor(self.first.saturating_add(WEEK - 1));
        let until = week_floor(self.last);
        if from >= until {
            return ((from, from), [(self.first, self.last), (self.last, self.last)]);
        }
        ((from, until), [(self.first, from), (until, self.last)])
    }
}

impl AnalyticsStore<'_> {
    /// Returns the sums of a span by day or hour of the week in a time zone. Units without a call
    /// are omitted.
    pub async fn sum_calls_by_unit(
        self,
        client_id: &str,
        span: &Span,
        zone: Tz,
        unit: Unit,
    ) -> Result<BTreeMap<i64, Totals>, StoreError> {
        let mut sums: BTreeMap<i64, Totals> = BTreeMap::new();
        let Some(span) = self.clip_to_calls(client_id, span).await? else { return Ok(sums) };
        let SpanParts { first, last, edges } = span.split_at_buckets();
        // No call began between the last bucket that was read and this one.
        let mut next_call = first;
        for part in time::same_offsets(first, last, BUCKET, zone) {
            if part.until <= next_call {
                continue;
            }
            let slots = self.sum_buckets_by_slot(client_id, &span, part, unit).await?;
            if slots.is_empty() {
                next_call =
                    self.find_next_bucket(client_id, part.until, last).await?.unwrap_or(last);
            }
            for SlotRow { slot, totals } in slots {
                let slot = if unit == Unit::Day { slot - SHIFT / DAY } else { slot };
                sums.entry(slot).or_default().add(&totals, 1);
            }
        }
        for (from, until) in edges {
            for call in self.list_calls_to_count(client_id, &span, from, until).await? {
                let slot = unit.slot_of(call.started_at, time::utc_offset(call.started_at, zone));
                sums.entry(slot).or_default().add(&call.totals(), 1);
            }
        }
        Ok(sums)
    }

    /// Clips a span to the time in which the client has calls; `None` if it has none there.
    pub async fn clip_to_calls(
        self,
        client_id: &str,
        span: &Span,
    ) -> Result<Option<Span>, StoreError> {
        let ends: (Option<Millis>, Option<Millis>) = query_read!(self, |db| sqlx::query_as(
            "SELECT (SELECT MIN(bucket) FROM totals WHERE client_id = $1),
                    (SELECT MAX(bucket) FROM totals WHERE client_id = $1)"
        )
        .bind(client_id)
        .fetch_one(db))?;
        let (Some(first), Some(last)) = ends else { return Ok(None) };
        let from = span.from.max(first);
        let until = span.until.min(last.saturating_add(BUCKET));
        Ok((from < until).then(|| Span { from, until, customer_id: span.customer_id.clone() }))
    }

    /// Returns the first bucket in a range in which a call of the client began.
    pub(super) async fn find_next_bucket(
        self,
        client_id: &str,
        from: Millis,
        until: Millis,
    ) -> Result<Option<Millis>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT MIN(bucket) FROM totals
             WHERE client_id = $1 AND bucket >= $2 AND bucket < $3"
        )
        .bind(client_id)
        .bind(from)
        .bind(until)
        .fetch_one(db))?)
    }

    /// Returns the sums of whole buckets, grouped by the database.
    async fn sum_buckets_by_slot(
        self,
        client_id: &str,
        span: &Span,
        part: SameOffset,
        unit: Unit,
    ) -> Result<Vec<SlotRow>, StoreError> {
        let (length, number) = unit.length_and_cycle();
        Ok(match &span.customer_id {
            None => query_read!(self, |db| sqlx::query_as(
                "SELECT ((bucket + $4) / $5) % $6 AS slot, CAST(SUM(calls) AS BIGINT) AS calls,
                        CAST(SUM(inbound) AS BIGINT) AS inbound,
                        CAST(SUM(outbound) AS BIGINT) AS outbound,
                        CAST(SUM(missed) AS BIGINT) AS missed,
                        CAST(SUM(connected) AS BIGINT) AS connected,
                        CAST(SUM(duration) AS BIGINT) AS duration,
                        CAST(SUM(to_30s) AS BIGINT) AS to_30s, CAST(SUM(to_1m) AS BIGINT) AS to_1m,
                        CAST(SUM(to_3m) AS BIGINT) AS to_3m, CAST(SUM(to_5m) AS BIGINT) AS to_5m,
                        CAST(SUM(over_5m) AS BIGINT) AS over_5m
                 FROM totals WHERE client_id = $1 AND bucket >= $2 AND bucket < $3
                 GROUP BY slot HAVING SUM(calls) <> 0"
            )
            .bind(client_id)
            .bind(part.from)
            .bind(part.until)
            .bind(part.offset + SHIFT)
            .bind(length)
            .bind(number)
            .fetch_all(db))?,
            Some(customer_id) => query_read!(self, |db| sqlx::query_as(
                "SELECT ((bucket + $4) / $5) % $6 AS slot, CAST(SUM(calls) AS BIGINT) AS calls,
                        CAST(SUM(inbound) AS BIGINT) AS inbound,
                        CAST(SUM(outbound) AS BIGINT) AS outbound,
                        CAST(SUM(missed) AS BIGINT) AS missed,
                        CAST(SUM(connected) AS BIGINT) AS connected,
                        CAST(SUM(duration) AS BIGINT) AS duration,
                        CAST(SUM(to_30s) AS BIGINT) AS to_30s, CAST(SUM(to_1m) AS BIGINT) AS to_1m,
                        CAST(SUM(to_3m) AS BIGINT) AS to_3m, CAST(SUM(to_5m) AS BIGINT) AS to_5m,
                        CAST(SUM(over_5m) AS BIGINT) AS over_5m
                 FROM customer_totals
                 WHERE client_id = $1 AND customer_id = $7 AND bucket >= $2 AND bucket < $3
                 GROUP BY slot HAVING SUM(calls) <> 0"
            )
            .bind(client_id)
            .bind(part.from)
            .bind(part.until)
            .bind(part.offset + SHIFT)
            .bind(length)
            .bind(number)
            .bind(customer_id)
            .fetch_all(db))?,
        })
    }

    /// Returns the calls of a span that began in a part of a bucket.
    pub(in crate::storage) async fn list_calls_to_count(
        self,
        client_id: &str,
        span: &Span,
        from: Millis,
        until: Millis,
    ) -> Result<Vec<CountedCall>, StoreError> {
        if from >= until {
            return Ok(Vec::new());
        }
        Ok(match &span.customer_id {
            None => query_read!(self, |db| sqlx::query_as(
                "SELECT started_at, direction, connected_at, ended_at, duration, customer_id
                 FROM calls WHERE client_id = $1 AND started_at >= $2 AND started_at < $3"
            )
            .bind(client_id)
            .bind(from)
            .bind(until)
            .fetch_all(db))?,
            Some(customer_id) => query_read!(self, |db| sqlx::query_as(
                "SELECT started_at, direction, connected_at, ended_at, duration, customer_id
                 FROM calls WHERE client_id = $1 AND customer_id = $4 AND started_at >= $2
                   AND started_at < $3"
            )
            .bind(client_id)
            .bind(from)
            .bind(until)
            .bind(customer_id)
            .fetch_all(db))?,
        })
    }

    /// Returns the latest calls.
    pub async fn list_recent_calls(
        self,
        client_id: &str,
        span: &Span,
        most: i64,
    ) -> Result<Portion<CallRow>, StoreError> {
        Ok(match &span.customer_id {
            None => query_read!(self, |db| {
                read_portion(sqlx::query_as(
                "SELECT client_id, call_sid, session_id, direction, phone, status, started_at,
                        connected_at, ended_at, duration, customer, customer_id, customer_name,
                        agent_id, agent_name, reason, provider, state
                 FROM calls WHERE client_id = $1 AND started_at >= $2 AND started_at < $3
                 ORDER BY started_at DESC, call_sid DESC LIMIT $4"
            )
            .bind(client_id)
            .bind(span.from)
            .bind(span.until)
            .bind(most)
            .fetch(db))
            })?,
            Some(customer_id) => query_read!(self, |db| {
                read_portion(sqlx::query_as(
                "SELECT client_id, call_sid, session_id, direction, phone, status, started_at,
                        connected_at, ended_at, duration, customer, customer_id, customer_name,
                        agent_id, agent_name, reason, provider, state
                 FROM calls WHERE client_id = $1 AND started_at >= $2 AND started_at < $3
                   AND customer_id = $5
                 ORDER BY started_at DESC, call_sid DESC LIMIT $4"
            )
            .bind(client_id)
            .bind(span.from)
            .bind(span.until)
            .bind(most)
            .bind(customer_id)
            .fetch(db))
            })?,
        })
    }
}
