//! What an operator looks at first of each client: whether calls come, and whether providers answer.

use crate::storage::analytics::totals::bucket_floor;
use crate::storage::database::pools::query_read;
use crate::storage::{ClientStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

const DAY: Millis = 24 * 60 * 60 * 1000;
/// How many times 24 hours the trend of a client has.
const HEALTH_DAYS: i64 = 28;
/// The most requests of a client that are counted.
const MOST_REQUESTS: i64 = 10_000;

/// The recent calls and requests of a client.
#[derive(Debug, Default)]
pub struct ClientHealth {
    /// When its latest call began.
    pub last_call_at: Option<Millis>,
    /// Calls since the requested time, to a quarter of an hour.
    pub calls: i64,
    /// Calls of each of the last 28 times 24 hours, the latest last.
    pub calls_by_day: Vec<i64>,
    /// Calls in progress.
    pub active_calls: i64,
    pub providers: Vec<ProviderHealth>,
}

/// Requests to and from one kind of provider.
#[derive(Debug, FromRow)]
pub struct ProviderHealth {
    /// The provider's name in the API.
    pub provider: String,
    pub requests: i64,
    /// Requests without an answer, or with a status of 400 or above.
    pub failed: i64,
}

impl ClientStore<'_> {
    /// Returns a client's calls and requests since a time. Of more than ten thousand requests, the
    /// latest are counted.
    pub async fn find_client_health(
        self,
        client_id: &str,
        since: Millis,
    ) -> Result<ClientHealth, StoreError> {
        let last_call_at: Option<Millis> = query_read!(self, |db| sqlx::query_scalar(
            "SELECT MAX(started_at) FROM calls WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_one(db))?;
        let first_day = bucket_floor(since).saturating_sub((HEALTH_DAYS - 1) * DAY);
        let days: Vec<(i64, i64)> = query_read!(self, |db| sqlx::query_as(
            "SELECT (bucket - $2) / $3 AS day, CAST(SUM(calls) AS BIGINT) FROM totals
             WHERE client_id = $1 AND bucket >= $2 GROUP BY day"
        )
        .bind(client_id)
        .bind(first_day)
        .bind(DAY)
        .fetch_all(db))?;
        // Calls that began since then, also those that a wrong clock puts into the future.
        let mut calls_by_day: Vec<i64> = (0..HEALTH_DAYS - 1)
            .map(|day| days.iter().filter(|(of, _)| *of == day).map(|(_, calls)| calls).sum())
            .collect();
        let last_days = days.iter().filter(|(day, _)| *day >= HEALTH_DAYS - 1);
        let calls: i64 = last_days.map(|(_, calls)| calls).sum();
        calls_by_day.push(calls);
        let providers: Vec<ProviderHealth> = query_read!(self, |db| sqlx::query_as(
            "SELECT a.provider, COUNT(*) AS requests,
                    CAST(SUM(CASE WHEN r.status IS NULL OR r.status >= 400 THEN 1 ELSE 0 END)
                        AS BIGINT) AS failed
             FROM (SELECT account_id, status FROM provider_requests
                   WHERE client_id = $1 AND at >= $2 ORDER BY at DESC LIMIT $3) r
             JOIN provider_accounts a ON a.client_id = $1 AND a.account_id = r.account_id
             GROUP BY a.provider ORDER BY a.provider"
        )
        .bind(client_id)
        .bind(since)
        .bind(MOST_REQUESTS)
        .fetch_all(db))?;
        let active_calls = self.calls().count_active_calls(client_id).await?;
        Ok(ClientHealth { last_call_at, calls, calls_by_day, active_calls, providers })
    }
}
