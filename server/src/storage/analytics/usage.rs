//! Reads how many calls a client has made in a month.

use crate::storage::database::pools::query_read;
use crate::storage::{AnalyticsStore, StoreError};

impl AnalyticsStore<'_> {
    /// Returns how many of the client's calls began in a month (`YYYY-MM` in its time zone).
    pub async fn count_calls_in_month(
        self,
        client_id: &str,
        month: &str,
    ) -> Result<i64, StoreError> {
        let calls: Option<i64> = query_read!(self, |db| sqlx::query_scalar(
            "SELECT calls FROM usage WHERE client_id = $1 AND month = $2"
        )
        .bind(client_id)
        .bind(month)
        .fetch_optional(db))?;
        Ok(calls.unwrap_or(0))
    }
}
