//! How many calls of a span have which disposition.

use super::{Parts, Span};
use crate::storage::pools::reading;
use crate::storage::totals::counted_as;
use crate::storage::{Store, StoreError};
use call_ribbon_shared::Millis;
use std::collections::BTreeMap;

impl Store {
    /// The calls of a span by their dispositions; of one customer's nothing is kept.
    pub async fn dispositions_of(
        &self,
        client_id: &str,
        span: &Span,
    ) -> Result<BTreeMap<String, i64>, StoreError> {
        let mut sums = BTreeMap::new();
        let Some(span) = self.with_calls(client_id, span).await? else { return Ok(sums) };
        let Parts { first, last, edges } = span.parts();
        let whole: Vec<(String, i64)> = reading!(self, |db| sqlx::query_as(
            "SELECT disposition, CAST(SUM(calls) AS BIGINT) FROM disposition_totals
             WHERE client_id = $1 AND bucket >= $2 AND bucket < $3
             GROUP BY disposition HAVING SUM(calls) <> 0"
        )
        .bind(client_id)
        .bind(first)
        .bind(last)
        .fetch_all(db))?;
        sums.extend(whole);
        for (from, until) in edges {
            for disposition in self.judged(client_id, from, until).await? {
                if let Some(counted) = counted_as(&disposition) {
                    *sums.entry(counted.to_owned()).or_default() += 1;
                }
            }
        }
        Ok(sums)
    }

    /// What agents said of the calls that began in a piece of a bucket.
    async fn judged(
        &self,
        client_id: &str,
        from: Millis,
        until: Millis,
    ) -> Result<Vec<String>, StoreError> {
        if from >= until {
            return Ok(Vec::new());
        }
        // `CROSS JOIN` keeps SQLite from beginning with all notes there are.
        Ok(reading!(self, |db| sqlx::query_scalar(
            "SELECT n.disposition FROM calls c CROSS JOIN call_notes n
             WHERE c.client_id = $1 AND c.started_at >= $2 AND c.started_at < $3
               AND n.client_id = c.client_id AND n.call_sid = c.call_sid
               AND n.disposition IS NOT NULL"
        )
        .bind(client_id)
        .bind(from)
        .bind(until)
        .fetch_all(db))?)
    }
}
