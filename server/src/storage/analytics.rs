//! Reading totals. Where a range begins or ends within a bucket, the calls of that piece of a
//! bucket are counted anew; no other calls are read.

use super::pools::reading;
use super::totals::{Counted, Totals, ceil, floor};
use super::{CallRow, Store, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// What is asked for: a span of time, of all calls or of one customer's.
#[derive(Debug, Clone)]
pub struct Span {
    /// The first moment that counts.
    pub from: Millis,
    /// The first moment that does not count any more.
    pub until: Millis,
    pub customer_id: Option<String>,
}

/// Sums of calls that began at a time: those of a bucket, or of one call.
#[derive(Debug, Clone, Copy, FromRow)]
pub struct TotalsAt {
    #[sqlx(rename = "bucket")]
    pub at: Millis,
    #[sqlx(flatten)]
    pub totals: Totals,
}

/// A customer with the calls it had.
#[derive(Debug, Clone, FromRow)]
pub struct TopCustomer {
    pub customer_id: String,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub calls: i64,
    pub duration: i64,
}

/// A span taken apart at the borders of buckets.
struct Parts {
    /// The first whole bucket.
    first: Millis,
    /// The first bucket after the whole ones.
    last: Millis,
    /// What is left at the two ends, either of which may be empty.
    edges: [(Millis, Millis); 2],
}

impl Span {
    fn parts(&self) -> Parts {
        let (first, last) = (ceil(self.from), floor(self.until));
        if first > last {
            // It begins and ends within one bucket.
            let edges = [(self.from, self.until), (self.until, self.until)];
            return Parts { first, last: first, edges };
        }
        Parts { first, last, edges: [(self.from, first), (last, self.until)] }
    }
}

impl Store {
    /// The sums of a span, in pieces no longer than a bucket, in no order.
    pub async fn totals(&self, client_id: &str, span: &Span) -> Result<Vec<TotalsAt>, StoreError> {
        let Parts { first, last, edges } = span.parts();
        let mut found: Vec<TotalsAt> = match &span.customer_id {
            None => reading!(self, |db| sqlx::query_as(
                "SELECT bucket, calls, inbound, outbound, missed, connected, duration, to_30s,
                        to_1m, to_3m, to_5m, over_5m
                 FROM totals WHERE client_id = $1 AND bucket >= $2 AND bucket < $3"
            )
            .bind(client_id)
            .bind(first)
            .bind(last)
            .fetch_all(db))?,
            Some(customer_id) => reading!(self, |db| sqlx::query_as(
                "SELECT bucket, calls, inbound, outbound, missed, connected, duration, to_30s,
                        to_1m, to_3m, to_5m, over_5m
                 FROM customer_totals
                 WHERE client_id = $1 AND bucket >= $2 AND bucket < $3 AND customer_id = $4"
            )
            .bind(client_id)
            .bind(first)
            .bind(last)
            .bind(customer_id)
            .fetch_all(db))?,
        };
        found.retain(|piece| piece.totals.calls != 0);
        for (from, until) in edges {
            for call in self.calls_to_count(client_id, from, until).await? {
                if span.customer_id.is_none() || call.customer_id == span.customer_id {
                    found.push(TotalsAt { at: call.started_at, totals: call.totals() });
                }
            }
        }
        Ok(found)
    }

    /// The calls that began in a piece of a bucket.
    async fn calls_to_count(
        &self,
        client_id: &str,
        from: Millis,
        until: Millis,
    ) -> Result<Vec<Counted>, StoreError> {
        if from >= until {
            return Ok(Vec::new());
        }
        Ok(reading!(self, |db| sqlx::query_as(
            "SELECT started_at, direction, connected_at, ended_at, duration, customer_id
             FROM calls WHERE client_id = $1 AND started_at >= $2 AND started_at < $3"
        )
        .bind(client_id)
        .bind(from)
        .bind(until)
        .fetch_all(db))?)
    }

    /// The customers with the most calls, those with as many by how long they talked.
    pub async fn top_customers(
        &self,
        client_id: &str,
        span: &Span,
        most: i64,
    ) -> Result<Vec<TopCustomer>, StoreError> {
        let Parts { first, last, edges: [head, tail] } = span.parts();
        Ok(reading!(self, |db| sqlx::query_as(
            "SELECT t.customer_id, c.name, c.phone, t.calls, t.duration
             FROM (
                SELECT customer_id, CAST(SUM(calls) AS BIGINT) AS calls,
                    CAST(SUM(duration) AS BIGINT) AS duration
                FROM (
                    SELECT customer_id, calls, duration FROM customer_totals
                    WHERE client_id = $1 AND bucket >= $2 AND bucket < $3
                    UNION ALL
                    SELECT customer_id, 1, COALESCE(duration, 0) FROM calls
                    WHERE client_id = $1 AND started_at >= $4 AND started_at < $5
                      AND customer_id IS NOT NULL
                    UNION ALL
                    SELECT customer_id, 1, COALESCE(duration, 0) FROM calls
                    WHERE client_id = $1 AND started_at >= $6 AND started_at < $7
                      AND customer_id IS NOT NULL
                ) AS pieces
                GROUP BY customer_id HAVING SUM(calls) > 0
                ORDER BY SUM(calls) DESC, SUM(duration) DESC, customer_id LIMIT $8
             ) AS t
             LEFT JOIN customers c ON c.client_id = $1 AND c.customer_id = t.customer_id
             ORDER BY t.calls DESC, t.duration DESC, t.customer_id"
        )
        .bind(client_id)
        .bind(first)
        .bind(last)
        .bind(head.0)
        .bind(head.1)
        .bind(tail.0)
        .bind(tail.1)
        .bind(most)
        .fetch_all(db))?)
    }

    /// The calls that began last.
    pub async fn recent_calls(
        &self,
        client_id: &str,
        span: &Span,
        most: i64,
    ) -> Result<Vec<CallRow>, StoreError> {
        Ok(match &span.customer_id {
            None => reading!(self, |db| sqlx::query_as(
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
            .fetch_all(db))?,
            Some(customer_id) => reading!(self, |db| sqlx::query_as(
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
            .fetch_all(db))?,
        })
    }
}
