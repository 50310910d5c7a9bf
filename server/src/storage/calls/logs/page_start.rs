//! Finds where a page of the log begins, from the totals.
//!
//! Totals remain when calls are deleted (`storage/clients/retention.rs`), but a page shows existing
//! rows only. In the time whose calls have been deleted, remaining calls are counted one by one.

use super::{LogFilter, LogPosition, LogRowKey};
use crate::storage::analytics::totals::{BUCKET, bucket_ceil, bucket_floor};
use crate::storage::database::pools::query_read;
use crate::storage::{CallStore, Span, StoreError};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::Direction;
use std::collections::BTreeMap;

const DAY: Millis = 24 * 60 * 60 * 1000;
/// Skipping this many rows costs as much as a closer look at a day's totals.
const MAX_DIRECT_SKIP: i64 = 1_000;

/// Where a page begins: with the rows before a moment, or of that moment and before a key.
#[derive(Debug, Clone)]
pub struct PageStart {
    pub before: Millis,
    pub key: Option<LogRowKey>,
    /// Rows to skip first, which belong to earlier pages.
    pub skip: i64,
}

impl PageStart {
    /// Returns the beginning at the end of the range, or after a position.
    pub fn from_filter(filter: &LogFilter) -> Self {
        match filter.after.clone() {
            Some(LogPosition { at, key }) if at < filter.until => {
                Self { before: at, key: Some(key), skip: 0 }
            }
            Some(_) => Self { before: filter.until, key: None, skip: 0 },
            None => Self { before: filter.until, key: None, skip: filter.skip },
        }
    }
}

/// The number of rows in each period, by the period's start.
type PeriodCounts = BTreeMap<Millis, i64>;

/// Returns the period that contains the row after `skip` rows, newest first, and the number of rows
/// to skip within it.
fn find_period(counts: &PeriodCounts, mut skip: i64) -> Option<(Millis, i64)> {
    for (at, rows) in counts.iter().rev() {
        if skip < *rows {
            return Some((*at, skip));
        }
        skip -= rows;
    }
    None
}

impl CallStore<'_> {
    /// Returns where a page of calls begins, `None` past the last page, and the number of calls.
    pub(super) async fn find_call_page_start(
        self,
        client_id: &str,
        filter: &LogFilter,
    ) -> Result<(Option<PageStart>, i64), StoreError> {
        let Some(span) = self.analytics().clip_to_calls(client_id, &filter.to_span()).await? else {
            return Ok((None, 0));
        };
        let days = self.count_calls_by_period(client_id, &span, filter.direction, DAY).await?;
        let total = days.values().sum();
        let begin = PageStart::from_filter(filter);
        if begin.skip <= MAX_DIRECT_SKIP {
            return Ok(((begin.skip < total).then_some(begin), total));
        }
        let Some((day, skip)) = find_period(&days, begin.skip) else { return Ok((None, total)) };
        let in_day = Span {
            from: span.from.max(day),
            until: span.until.min(day + DAY),
            customer_id: span.customer_id,
        };
        let quarters =
            self.count_calls_by_period(client_id, &in_day, filter.direction, BUCKET).await?;
        Ok((start_within_day(&quarters, skip, filter.until), total))
    }

    /// Returns where a page of events begins, `None` past the last page, and the number of events.
    pub(super) async fn find_event_page_start(
        self,
        client_id: &str,
        event: Option<&str>,
        filter: &LogFilter,
    ) -> Result<(Option<PageStart>, i64), StoreError> {
        let (from, until) = (filter.from, filter.until);
        let days = self.count_events_by_period(client_id, event, (from, until), DAY).await?;
        let total = days.values().sum();
        let begin = PageStart::from_filter(filter);
        if begin.skip <= MAX_DIRECT_SKIP {
            return Ok(((begin.skip < total).then_some(begin), total));
        }
        let Some((day, skip)) = find_period(&days, begin.skip) else { return Ok((None, total)) };
        let in_day = (from.max(day), until.min(day + DAY));
        let quarters = self.count_events_by_period(client_id, event, in_day, BUCKET).await?;
        Ok((start_within_day(&quarters, skip, until), total))
    }

    /// Counts a span's calls in periods of a length, which is one or more whole buckets.
    async fn count_calls_by_period(
        self,
        client_id: &str,
        span: &Span,
        direction: Option<Direction>,
        length: Millis,
    ) -> Result<PeriodCounts, StoreError> {
        let kept_from =
            self.clients().find_counted_from(client_id).await?.min(span.until).max(span.from);
        let (whole, edges) = split_at_whole_buckets(kept_from, span.until);
        let rows: Vec<(Millis, i64, i64, i64)> = match &span.customer_id {
            None => query_read!(self, |db| {
                sqlx::query_as(
                "SELECT bucket - ((bucket % $4) + $4) % $4 AS piece, CAST(SUM(calls) AS BIGINT),
                        CAST(SUM(inbound) AS BIGINT), CAST(SUM(outbound) AS BIGINT)
                 FROM totals WHERE client_id = $1 AND bucket >= $2 AND bucket < $3
                 GROUP BY piece"
            )
            .bind(client_id)
            .bind(whole.0)
            .bind(whole.1)
            .bind(length)
            .fetch_all(db)
            })?,
            Some(customer_id) => query_read!(self, |db| {
                sqlx::query_as(
                "SELECT bucket - ((bucket % $4) + $4) % $4 AS piece, CAST(SUM(calls) AS BIGINT),
                        CAST(SUM(inbound) AS BIGINT), CAST(SUM(outbound) AS BIGINT)
                 FROM customer_totals
                 WHERE client_id = $1 AND customer_id = $5 AND bucket >= $2 AND bucket < $3
                 GROUP BY piece"
            )
            .bind(client_id)
            .bind(whole.0)
            .bind(whole.1)
            .bind(length)
            .bind(customer_id)
            .fetch_all(db)
            })?,
        };
        let mut counts = PeriodCounts::new();
        for (piece, all, inbound, outbound) in rows {
            *counts.entry(piece).or_default() += match direction {
                None => all,
                Some(Direction::Inbound) => inbound,
                Some(Direction::Outbound) => outbound,
            };
        }
        for (from, until) in [(span.from, kept_from)].into_iter().chain(edges) {
            for call in self.analytics().list_calls_to_count(client_id, span, from, until).await? {
                if direction.is_none_or(|direction| call.direction == direction.as_str()) {
                    *counts.entry(period_start(call.started_at, length)).or_default() += 1;
                }
            }
        }
        Ok(counts)
    }

    /// Counts the events between two moments, of one name or of all, in periods of a length.
    async fn count_events_by_period(
        self,
        client_id: &str,
        event: Option<&str>,
        between: (Millis, Millis),
        length: Millis,
    ) -> Result<PeriodCounts, StoreError> {
        let (whole, edges) = split_at_whole_buckets(between.0, between.1);
        let sql = match event {
            Some(_) => {
                "SELECT bucket - ((bucket % $4) + $4) % $4 AS piece, CAST(SUM(events) AS BIGINT)
                 FROM event_totals WHERE client_id = $1 AND bucket >= $2 AND bucket < $3
                   AND event = $5 GROUP BY piece"
            }
            None => {
                "SELECT bucket - ((bucket % $4) + $4) % $4 AS piece, CAST(SUM(events) AS BIGINT)
                 FROM event_totals WHERE client_id = $1 AND bucket >= $2 AND bucket < $3
                   AND CAST($5 AS TEXT) IS NULL GROUP BY piece"
            }
        };
        let rows: Vec<(Millis, i64)> = query_read!(self, |db| sqlx::query_as(sql)
            .bind(client_id)
            .bind(whole.0)
            .bind(whole.1)
            .bind(length)
            .bind(event)
            .fetch_all(db))?;
        let mut counts: PeriodCounts = rows.into_iter().collect();
        let sql = match event {
            Some(_) => {
                "SELECT COUNT(*) FROM events
                 WHERE client_id = $1 AND at >= $2 AND at < $3 AND event = $4"
            }
            None => {
                "SELECT COUNT(*) FROM events
                 WHERE client_id = $1 AND at >= $2 AND at < $3 AND CAST($4 AS TEXT) IS NULL"
            }
        };
        for (from, until) in edges.into_iter().filter(|(from, until)| from < until) {
            let events: i64 = query_read!(self, |db| sqlx::query_scalar(sql)
                .bind(client_id)
                .bind(from)
                .bind(until)
                .bind(event)
                .fetch_one(db))?;
            *counts.entry(period_start(from, length)).or_default() += events;
        }
        Ok(counts)
    }
}

/// Returns where a page begins within its day.
fn start_within_day(quarters: &PeriodCounts, skip: i64, until: Millis) -> Option<PageStart> {
    let (quarter, skip) = find_period(quarters, skip)?;
    Some(PageStart { before: until.min(quarter + BUCKET), key: None, skip })
}

/// Returns the start of the period that contains a moment.
fn period_start(at: Millis, length: Millis) -> Millis {
    at.saturating_sub(at.rem_euclid(length))
}

/// Returns the whole buckets of a range, and the partial buckets at both ends.
fn split_at_whole_buckets(
    from: Millis,
    until: Millis,
) -> ((Millis, Millis), [(Millis, Millis); 2]) {
    let (first, last) = (bucket_ceil(from), bucket_floor(until));
    if first > last {
        return ((first, first), [(from, until), (until, until)]);
    }
    ((first, last), [(from, first), (last, until)])
}
