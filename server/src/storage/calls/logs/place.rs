//! Finds where a page of the log begins, from the totals.
//!
//! Totals remain when calls are deleted (`storage/clients/retention.rs`), but a page shows existing
//! rows only. In the time whose calls have been deleted, remaining calls are counted one by one.

use super::{Key, LogFilter, Place};
use crate::storage::analytics::totals::{QUARTER, ceil, floor};
use crate::storage::database::pools::reading;
use crate::storage::{Span, Store, StoreError};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::Direction;
use std::collections::BTreeMap;

const DAY: Millis = 24 * 60 * 60 * 1000;
/// Skipping this many rows costs as much as a closer look at a day's totals.
const FEW: i64 = 1_000;

/// Where a page begins: with the rows before a moment, or of that moment and before a key.
#[derive(Debug, Clone)]
pub struct Begin {
    pub before: Millis,
    pub key: Option<Key>,
    /// Rows to skip first, which belong to earlier pages.
    pub skip: i64,
}

impl Begin {
    /// Returns the beginning at the end of the range, or after a position.
    pub fn of(filter: &LogFilter) -> Self {
        match filter.after.clone() {
            Some(Place { at, key }) if at < filter.until => {
                Self { before: at, key: Some(key), skip: 0 }
            }
            Some(_) => Self { before: filter.until, key: None, skip: 0 },
            None => Self { before: filter.until, key: None, skip: filter.skip },
        }
    }
}

/// The number of rows in each period, by the period's start.
type Counts = BTreeMap<Millis, i64>;

/// Returns the period that contains the row after `skip` rows, newest first, and the number of rows
/// to skip within it.
fn find(counts: &Counts, mut skip: i64) -> Option<(Millis, i64)> {
    for (at, rows) in counts.iter().rev() {
        if skip < *rows {
            return Some((*at, skip));
        }
        skip -= rows;
    }
    None
}

impl Store {
    /// Returns where a page of calls begins, `None` past the last page, and the number of calls.
    pub(super) async fn begin_of_calls(
        &self,
        client_id: &str,
        filter: &LogFilter,
    ) -> Result<(Option<Begin>, i64), StoreError> {
        let Some(span) = self.with_calls(client_id, &filter.span()).await? else {
            return Ok((None, 0));
        };
        let days = self.calls_in(client_id, &span, filter.direction, DAY).await?;
        let total = days.values().sum();
        let begin = Begin::of(filter);
        if begin.skip <= FEW {
            return Ok(((begin.skip < total).then_some(begin), total));
        }
        let Some((day, skip)) = find(&days, begin.skip) else { return Ok((None, total)) };
        let in_day = Span {
            from: span.from.max(day),
            until: span.until.min(day + DAY),
            customer_id: span.customer_id,
        };
        let quarters = self.calls_in(client_id, &in_day, filter.direction, QUARTER).await?;
        Ok((closer(&quarters, skip, filter.until), total))
    }

    /// Returns where a page of events begins, `None` past the last page, and the number of events.
    pub(super) async fn begin_of_events(
        &self,
        client_id: &str,
        event: Option<&str>,
        filter: &LogFilter,
    ) -> Result<(Option<Begin>, i64), StoreError> {
        let (from, until) = (filter.from, filter.until);
        let days = self.events_in(client_id, event, (from, until), DAY).await?;
        let total = days.values().sum();
        let begin = Begin::of(filter);
        if begin.skip <= FEW {
            return Ok(((begin.skip < total).then_some(begin), total));
        }
        let Some((day, skip)) = find(&days, begin.skip) else { return Ok((None, total)) };
        let in_day = (from.max(day), until.min(day + DAY));
        let quarters = self.events_in(client_id, event, in_day, QUARTER).await?;
        Ok((closer(&quarters, skip, until), total))
    }

    /// Counts a span's calls in periods of a length, which is one or more whole buckets.
    async fn calls_in(
        &self,
        client_id: &str,
        span: &Span,
        direction: Option<Direction>,
        length: Millis,
    ) -> Result<Counts, StoreError> {
        let kept_from = self.kept_from(client_id).await?.min(span.until).max(span.from);
        let (whole, edges) = whole_and_edges(kept_from, span.until);
        let rows: Vec<(Millis, i64, i64, i64)> = match &span.customer_id {
            None => reading!(self, |db| {
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
            Some(customer_id) => reading!(self, |db| {
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
        let mut counts = Counts::new();
        for (piece, all, inbound, outbound) in rows {
            *counts.entry(piece).or_default() += match direction {
                None => all,
                Some(Direction::Inbound) => inbound,
                Some(Direction::Outbound) => outbound,
            };
        }
        for (from, until) in [(span.from, kept_from)].into_iter().chain(edges) {
            for call in self.calls_to_count(client_id, span, from, until).await? {
                if direction.is_none_or(|direction| call.direction == direction.as_str()) {
                    *counts.entry(piece(call.started_at, length)).or_default() += 1;
                }
            }
        }
        Ok(counts)
    }

    /// Counts the events between two moments, of one name or of all, in periods of a length.
    async fn events_in(
        &self,
        client_id: &str,
        event: Option<&str>,
        between: (Millis, Millis),
        length: Millis,
    ) -> Result<Counts, StoreError> {
        let (whole, edges) = whole_and_edges(between.0, between.1);
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
        let rows: Vec<(Millis, i64)> = reading!(self, |db| sqlx::query_as(sql)
            .bind(client_id)
            .bind(whole.0)
            .bind(whole.1)
            .bind(length)
            .bind(event)
            .fetch_all(db))?;
        let mut counts: Counts = rows.into_iter().collect();
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
            let events: i64 = reading!(self, |db| sqlx::query_scalar(sql)
                .bind(client_id)
                .bind(from)
                .bind(until)
                .bind(event)
                .fetch_one(db))?;
            *counts.entry(piece(from, length)).or_default() += events;
        }
        Ok(counts)
    }
}

/// Returns where a page begins within its day.
fn closer(quarters: &Counts, skip: i64, until: Millis) -> Option<Begin> {
    let (quarter, skip) = find(quarters, skip)?;
    Some(Begin { before: until.min(quarter + QUARTER), key: None, skip })
}

/// Returns the start of the period that contains a moment.
fn piece(at: Millis, length: Millis) -> Millis {
    at.saturating_sub(at.rem_euclid(length))
}

/// Returns the whole buckets of a range, and the partial buckets at both ends.
fn whole_and_edges(from: Millis, until: Millis) -> ((Millis, Millis), [(Millis, Millis); 2]) {
    let (first, last) = (ceil(from), floor(until));
    if first > last {
        return ((first, first), [(from, until), (until, until)]);
    }
    ((first, last), [(from, first), (last, until)])
}
