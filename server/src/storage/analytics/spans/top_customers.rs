//! Finds the customers with the most calls in a span without reading all customers.
//!
//! An index lists each week's customers by calls. A customer that is not among the first entries of
//! any week has at most as many calls as the last entry of each week, summed over all weeks. So as
//! soon as the tenth best of the candidates has more calls than that, no other customer can precede
//! it (R. Fagin's threshold algorithm). If this never happens, because all customers call about as
//! often, all customers are summed.

use super::{Span, SpanParts};
use crate::storage::analytics::totals::{WEEK, WeekSums, week_floor};
use crate::storage::database::pools::query_read;
use crate::storage::{AnalyticsStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Up to this many calls, summing all customers is as fast as reading the lists.
const FEW: i64 = 1_000;
/// The most weeks whose lists are read; for more than two years all customers are summed.
const MOST_WEEKS: Millis = 110;
/// Customers read from each week's list; the second number if the first did not decide.
const LISTED: [i64; 2] = [40, 400];
/// Customers whose exact sums are read.
const MOST_CANDIDATES: usize = 500;
/// The most calls in a week of a customer that is not in the index (see migration 4).
const NOT_LISTED: i64 = 2;

/// A customer, and the sums of its calls.
#[derive(Debug, Clone)]
pub struct TopCustomer {
    pub customer_id: String,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub calls: i64,
    pub duration: i64,
}

#[derive(Debug, Clone, FromRow)]
struct RankedCustomer {
    customer_id: String,
    calls: i64,
    duration: i64,
}

impl RankedCustomer {
    /// Returns the sort key. Bytes of the id decide last, whatever the database's collation.
    fn sort_key(&self) -> (Reverse<i64>, Reverse<i64>, &str) {
        (Reverse(self.calls), Reverse(self.duration), &self.customer_id)
    }
}

/// Bounds that follow from the weeks' lists.
struct WeekLists {
    /// Upper bounds of calls, with the customer's id, the greatest first.
    candidates: Vec<(i64, String)>,
    /// Upper bound of the calls of any customer not listed.
    others: i64,
}

impl AnalyticsStore<'_> {
    /// Returns the customers with the most calls, ordered by talk time among equals. `calls` is the
    /// number of calls in the span.
    pub async fn find_top_customers(
        self,
        client_id: &str,
        span: &Span,
        calls: i64,
        most: usize,
    ) -> Result<Vec<TopCustomer>, StoreError> {
        let Some(span) = self.clip_to_calls(client_id, span).await? else { return Ok(Vec::new()) };
        let parts = span.split_at_buckets();
        let mut found = None;
        if calls > FEW && (span.until - span.from) / WEEK < MOST_WEEKS {
            for listed in LISTED {
                found = self.rank_by_lists(client_id, &span, parts, listed, most).await?;
                if found.is_some() {
                    break;
                }
            }
        }
        let found = match found {
            Some(found) => found,
            None => self.rank_all_customers(client_id, parts, most).await?,
        };
        let mut top = Vec::with_capacity(found.len());
        for RankedCustomer { customer_id, calls, duration } in found {
            let named: Option<(Option<String>, Option<String>)> =
                query_read!(self, |db| sqlx::query_as(
                    "SELECT name, phone FROM customers WHERE client_id = $1 AND customer_id = $2"
                )
                .bind(client_id)
                .bind(&customer_id)
                .fetch_optional(db))?;
            let (name, phone) = named.unwrap_or_default();
            top.push(TopCustomer { customer_id, name, phone, calls, duration });
        }
        Ok(top)
    }

    /// Ranks customers by the first `listed` entries of each week; `None` if those do not decide
    /// it.
    async fn rank_by_lists(
        self,
        client_id: &str,
        span: &Span,
        parts: SpanParts,
        listed: i64,
        most: usize,
    ) -> Result<Option<Vec<RankedCustomer>>, StoreError> {
        let WeekLists { candidates, others } =
            self.read_week_lists(client_id, span, listed).await?;
        let mut best: Vec<RankedCustomer> = Vec::new();
        for (n, (possible, customer_id)) in candidates.into_iter().enumerate() {
            if best.len() == most && best.last().is_some_and(|last| possible < last.calls) {
                break;
            }
            if n == MOST_CANDIDATES {
                return Ok(None);
            }
            let WeekSums { calls, duration } =
                self.sum_customer(client_id, parts, &customer_id).await?;
            if calls > 0 {
                best.push(RankedCustomer { customer_id, calls, duration });
                best.sort_by(|one, other| one.sort_key().cmp(&other.sort_key()));
                best.truncate(most);
            }
        }
        let decided = best.len() == most && best.last().is_some_and(|last| others < last.calls);
        Ok(decided.then_some(best))
    }

    async fn read_week_lists(
        self,
        client_id: &str,
        span: &Span,
        listed: i64,
    ) -> Result<WeekLists, StoreError> {
        let mut lists = Vec::new();
        let mut at = week_floor(span.from);
        while at < span.until {
            let list: Vec<(String, i64)> = query_read!(self, |db| sqlx::query_as(
                "SELECT customer_id, calls FROM customer_weeks
                 WHERE client_id = $1 AND week = $2 AND calls > 2
                 ORDER BY calls DESC LIMIT $3"
            )
            .bind(client_id)
            .bind(at)
            .bind(listed)
            .fetch_all(db))?;
            let full = i64::try_from(list.len()).is_ok_and(|len| len >= listed);
            let others = match list.last() {
                Some((_, calls)) if full => *calls,
                _ => NOT_LISTED,
            };
            lists.push((list, others));
            at += WEEK;
        }
        let others = lists.iter().map(|(_, others)| others).sum();
        // Being listed in a week adds the difference to the bound of an unlisted customer.
        let mut possible: BTreeMap<String, i64> = BTreeMap::new();
        for (list, unlisted) in lists {
            for (customer_id, calls) in list {
                *possible.entry(customer_id).or_insert(others) += calls - unlisted;
            }
        }
        let mut candidates: Vec<_> = possible.into_iter().map(|(id, calls)| (calls, id)).collect();
        candidates.sort_by(|one, other| other.cmp(one));
        Ok(WeekLists { candidates, others })
    }

    /// Returns one customer's sums in the span.
    async fn sum_customer(
        self,
        client_id: &str,
        parts: SpanParts,
        customer_id: &str,
    ) -> Result<WeekSums, StoreError> {
        let (weeks, quarters) = parts.split_at_weeks();
        let (calls, duration): (i64, i64) = query_read!(self, |db| sqlx::query_as(
            "WITH RECURSIVE whole (week) AS (
                SELECT CAST($3 AS BIGINT) WHERE $3 < $4
                UNION ALL
                SELECT week + 604800000 FROM whole WHERE week + 604800000 < $4
             )
             SELECT CAST(COALESCE(SUM(calls), 0) AS BIGINT),
                    CAST(COALESCE(SUM(duration), 0) AS BIGINT)
             FROM (
                SELECT t.calls, t.duration FROM whole CROSS JOIN customer_weeks t
                WHERE t.client_id = $1 AND t.week = whole.week AND t.customer_id = $2
                UNION ALL
                SELECT calls, duration FROM customer_totals
                WHERE client_id = $1 AND customer_id = $2 AND bucket >= $5 AND bucket < $6
                UNION ALL
                SELECT calls, duration FROM customer_totals
                WHERE client_id = $1 AND customer_id = $2 AND bucket >= $7 AND bucket < $8
                UNION ALL
                SELECT 1, COALESCE(duration, 0) FROM calls
                WHERE client_id = $1 AND customer_id = $2 AND started_at >= $9
                  AND started_at < $10
                UNION ALL
                SELECT 1, COALESCE(duration, 0) FROM calls
                WHERE client_id = $1 AND customer_id = $2 AND started_at >= $11
                  AND started_at < $12
             ) AS pieces"
        )
        .bind(client_id)
        .bind(customer_id)
        .bind(weeks.0)
        .bind(weeks.1)
        .bind(quarters[0].0)
        .bind(quarters[0].1)
        .bind(quarters[1].0)
        .bind(quarters[1].1)
        .bind(parts.edges[0].0)
        .bind(parts.edges[0].1)
        .bind(parts.edges[1].0)
        .bind(parts.edges[1].1)
        .fetch_one(db))?;
        Ok(WeekSums { calls, duration })
    }

    /// Ranks all customers of the span.
    async fn rank_all_customers(
        self,
        client_id: &str,
        parts: SpanParts,
        most: usize,
    ) -> Result<Vec<RankedCustomer>, StoreError> {
        /// The statement, with the collation by which ids are ordered.
        macro_rules! adding_up {
            ($collation:literal) => {
                concat!(
                    "SELECT customer_id, CAST(SUM(calls) AS BIGINT) AS calls,
                            CAST(SUM(duration) AS BIGINT) AS duration
                     FROM (
                        SELECT customer_id, calls, duration FROM customer_weeks
                        WHERE client_id = $1 AND week >= $2 AND week < $3
                        UNION ALL
                        SELECT customer_id, calls, duration FROM customer_totals
                        WHERE client_id = $1 AND bucket >= $4 AND bucket < $5
                        UNION ALL
                        SELECT customer_id, calls, duration FROM customer_totals
                        WHERE client_id = $1 AND bucket >= $6 AND bucket < $7
                        UNION ALL
                        SELECT customer_id, 1, COALESCE(duration, 0) FROM calls
                        WHERE client_id = $1 AND started_at >= $8 AND started_at < $9
                          AND customer_id IS NOT NULL
                        UNION ALL
                        SELECT customer_id, 1, COALESCE(duration, 0) FROM calls
                        WHERE client_id = $1 AND started_at >= $10 AND started_at < $11
                          AND customer_id IS NOT NULL
                     ) AS pieces
                     GROUP BY customer_id HAVING SUM(calls) > 0
                     ORDER BY SUM(calls) DESC, SUM(duration) DESC, customer_id ",
                    $collation,
                    " LIMIT $12"
                )
            };
        }
        let sql = match &self.pools {
            crate::storage::database::pools::Pools::Sqlite { .. } => adding_up!("COLLATE BINARY"),
            crate::storage::database::pools::Pools::Postgres(_) => adding_up!("COLLATE \"C\""),
        };
        let (weeks, quarters) = parts.split_at_weeks();
        Ok(query_read!(self, |db| sqlx::query_as(sql)
            .bind(client_id)
            .bind(weeks.0)
            .bind(weeks.1)
            .bind(quarters[0].0)
            .bind(quarters[0].1)
            .bind(quarters[1].0)
            .bind(quarters[1].1)
            .bind(parts.edges[0].0)
            .bind(parts.edges[0].1)
            .bind(parts.edges[1].0)
            .bind(parts.edges[1].1)
            .bind(i64::try_from(most).unwrap_or(i64::MAX))
            .fetch_all(db))?)
    }
}
