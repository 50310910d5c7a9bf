//! Reads past outbound calls in the order of time, for trying rules on them.

use crate::storage::database::pools::query_read;
use crate::storage::{CallStore, LogPosition, LogRowKey, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// A past call.
#[derive(Debug, Clone, FromRow)]
pub struct PastCall {
    pub call_sid: String,
    pub session_id: String,
    pub phone: Option<String>,
    pub started_at: Millis,
    pub agent_id: Option<String>,
    pub customer: Option<String>,
}

impl PastCall {
    /// Returns the call's place in the order.
    pub fn position(&self) -> LogPosition {
        LogPosition { at: self.started_at, key: LogRowKey::Call(self.call_sid.clone()) }
    }
}

impl CallStore<'_> {
    /// Returns up to `most` outbound calls that began in `from..until`, after a place.
    pub async fn list_past_calls(
        self,
        client_id: &str,
        (from, until): (Millis, Millis),
        after: Option<&LogPosition>,
        most: i64,
    ) -> Result<Vec<PastCall>, StoreError> {
        let (at, call_sid) = match after {
            Some(LogPosition { at, key: LogRowKey::Call(call_sid) }) => (*at, call_sid.as_str()),
            _ => (from, ""),
        };
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT call_sid, session_id, phone, started_at, agent_id, customer FROM calls
             WHERE client_id = $1 AND (started_at, call_sid) > ($2, $3) AND started_at < $4
                AND direction = 'outbound'
             ORDER BY started_at, call_sid LIMIT $5"
        )
        .bind(client_id)
        .bind(at.max(from))
        .bind(call_sid)
        .bind(until)
        .bind(most)
        .fetch_all(db))?)
    }
}
