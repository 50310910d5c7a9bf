//! Reads across all clients, for the operator.

use crate::storage::client_row::ClientRow;
use crate::storage::database::pools::query_read;
use crate::storage::{Client, ClientStore, StoreError};
use sqlx::FromRow;
use std::collections::HashMap;

/// A client, and the prefix of its oldest valid API key.
#[derive(Debug, Clone)]
pub struct ClientSummary {
    pub client: Client,
    pub key_prefix: Option<String>,
}

#[derive(FromRow)]
struct SummaryColumns {
    #[sqlx(flatten)]
    client: ClientRow,
    key_prefix: Option<String>,
}

impl ClientStore<'_> {
    /// Returns all clients, in the order of their ids.
    pub async fn system_list_clients(self) -> Result<Vec<ClientSummary>, StoreError> {
        let rows: Vec<SummaryColumns> = query_read!(self, |db| sqlx::query_as(
            "SELECT c.client_id, c.name, c.plan, c.call_limit, c.features, c.allowed_domains,
                    c.time_zone, c.suspended_at, c.accounts_version, c.require_agent_token,
                    c.viewers_export,
                    (SELECT k.prefix FROM credentials k
                     WHERE k.client_id = c.client_id AND k.kind = 'api_key'
                        AND k.revoked_at IS NULL
                     ORDER BY k.created_at, k.credential_id LIMIT 1) AS key_prefix
             FROM clients c ORDER BY c.client_id"
        )
        .fetch_all(db))?;
        rows.into_iter()
            .map(|row| {
                Ok(ClientSummary { client: row.client.try_into()?, key_prefix: row.key_prefix })
            })
            .collect()
    }

    /// Returns how many calls of each client began in a month (`YYYY-MM`, in the client's time
    /// zone).
    pub async fn system_count_calls_in_month(
        self,
        month: &str,
    ) -> Result<HashMap<String, i64>, StoreError> {
        let rows: Vec<(String, i64)> = query_read!(self, |db| sqlx::query_as(
            "SELECT client_id, calls FROM usage WHERE month = $1"
        )
        .bind(month)
        .fetch_all(db))?;
        Ok(rows.into_iter().collect())
    }

    /// Returns the number of calls of each client, including removed ones, and their length in
    /// seconds.
    pub async fn system_sum_calls(self) -> Result<HashMap<String, (i64, i64)>, StoreError> {
        let rows: Vec<(String, i64, i64)> = query_read!(self, |db| sqlx::query_as(
            "SELECT client_id, CAST(SUM(calls) AS BIGINT), CAST(SUM(duration) AS BIGINT)
             FROM totals GROUP BY client_id HAVING SUM(calls) > 0"
        )
        .fetch_all(db))?;
        Ok(rows.into_iter().map(|(id, calls, duration)| (id, (calls, duration))).collect())
    }
}
