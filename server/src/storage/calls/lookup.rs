//! Reads single calls, and the active calls.

use crate::storage::client_row::parse_zone;
use crate::storage::database::columns::call_columns;
use crate::storage::database::pools::query_read;
use crate::storage::database::portion::{Portion, read_portion};
use crate::storage::{CallRow, CallStore, StoreError};
use call_ribbon_shared::Millis;
use chrono_tz::Tz;
use sqlx::FromRow;

/// An active call without recent activity.
#[derive(Debug, Clone, FromRow)]
pub struct SilentCall {
    pub client_id: String,
    pub call_sid: String,
    pub session_id: String,
    time_zone: String,
    pub last_event_at: Millis,
}

/// An active call that a provider carries.
#[derive(Debug, Clone, FromRow)]
pub struct RunningCall {
    pub client_id: String,
    pub call_sid: String,
    pub session_id: String,
}

impl SilentCall {
    /// Returns the time zone of the call's client.
    pub fn parse_time_zone(&self) -> Result<Tz, StoreError> {
        parse_zone(&self.time_zone)
    }
}

impl CallStore<'_> {
    /// Returns a client's call by its session id.
    pub async fn find_call(
        self,
        client_id: &str,
        session_id: &str,
    ) -> Result<Option<CallRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            call_columns!(),
            " FROM calls WHERE client_id = $1 AND session_id = $2"
        ))
        .bind(client_id)
        .bind(session_id)
        .fetch_optional(db))?)
    }

    /// Returns a client's active calls, newest first, after a call if one is given.
    pub async fn list_active_calls(
        self,
        client_id: &str,
        after: Option<(Millis, &str)>,
        most: i64,
    ) -> Result<Portion<CallRow>, StoreError> {
        let (at, call_sid) = after.unwrap_or((Millis::MAX, ""));
        Ok(query_read!(self, |db| read_portion(
            sqlx::query_as(concat!(
                "SELECT ",
                call_columns!(),
                " FROM calls WHERE client_id = $1 AND status = 'active' AND started_at <= $2
               AND (started_at < $2 OR call_sid < $3)
             ORDER BY started_at DESC, call_sid DESC LIMIT $4"
            ))
            .bind(client_id)
            .bind(at)
            .bind(call_sid)
            .bind(most)
            .fetch(db)
        ))?)
    }

    /// Returns the number of a client's active calls.
    pub async fn count_active_calls(self, client_id: &str) -> Result<i64, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT COUNT(*) FROM calls WHERE client_id = $1 AND status = 'active'"
        )
        .bind(client_id)
        .fetch_one(db))?)
    }

    /// Returns when a client's first call ever began, rounded down to a quarter of an hour.
    pub async fn find_first_call_time(self, client_id: &str) -> Result<Option<Millis>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT MIN(bucket) FROM totals WHERE client_id = $1 AND calls > 0"
        )
        .bind(client_id)
        .fetch_one(db))?)
    }

    /// Returns the active calls of all clients without activity since `then`.
    pub async fn system_list_silent_calls(
        self,
        then: Millis,
        most: i64,
    ) -> Result<Vec<SilentCall>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT c.client_id, c.call_sid, c.session_id, k.time_zone, c.last_event_at
             FROM calls c JOIN clients k ON k.client_id = c.client_id
             WHERE c.status = 'active' AND c.last_activity_at <= $1
             ORDER BY c.last_activity_at LIMIT $2"
        )
        .bind(then)
        .bind(most)
        .fetch_all(db))?)
    }

    /// Returns the active calls of all clients that a provider carries.
    pub async fn system_list_running_calls(
        self,
        provider: &str,
    ) -> Result<Vec<RunningCall>, StoreError> {
        Ok(query_read!(self, |db| {
            sqlx::query_as(
            "SELECT client_id, call_sid, session_id FROM calls WHERE status = 'active' AND provider = $1"
        )
        .bind(provider)
        .fetch_all(db)
        })?)
    }
}
