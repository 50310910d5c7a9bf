//! Pages of the log: a row for each call, or a row for each event.

use super::pools::reading;
use super::{Store, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// Which rows are asked for.
#[derive(Debug, Clone, Default)]
pub struct LogFilter {
    /// The first moment that counts.
    pub from: Millis,
    /// The first moment that does not count any more.
    pub until: Millis,
    pub customer_id: Option<String>,
    pub direction: Option<String>,
    /// Rows a page.
    pub most: i64,
    /// Rows before the page.
    pub skip: i64,
}

/// An event with its call.
#[derive(Debug, Clone, FromRow)]
pub struct LogRecord {
    pub log_id: String,
    pub event: String,
    pub at: Millis,
    pub data: String,
    pub domain: Option<String>,
    pub call_sid: String,
    pub session_id: String,
    pub direction: String,
    pub phone: Option<String>,
    pub status: String,
    pub started_at: Millis,
    pub duration: Option<i64>,
    pub customer_id: Option<String>,
    pub customer_name: Option<String>,
    pub customer: Option<String>,
    pub call_type: Option<String>,
    pub agent_name: Option<String>,
}

impl Store {
    /// A page of calls by their start, the newest first, each with its latest event; and how
    /// many there are.
    pub async fn call_page(
        &self,
        client_id: &str,
        filter: &LogFilter,
    ) -> Result<(Vec<LogRecord>, i64), StoreError> {
        let rows = reading!(self, |db| sqlx::query_as(
            "SELECT e.log_id, e.event, e.at, e.data, e.domain, c.call_sid, c.session_id,
                    c.direction, c.phone, c.status, c.started_at, c.duration, c.customer_id,
                    c.customer_name, c.customer, c.call_type, c.agent_name
             FROM calls c JOIN events e ON e.client_id = c.client_id AND e.seq = c.last_seq
             WHERE c.client_id = $1 AND c.started_at >= $2 AND c.started_at < $3
               AND ($4 IS NULL OR c.customer_id = $4) AND ($5 IS NULL OR c.direction = $5)
             ORDER BY c.started_at DESC, c.call_sid DESC LIMIT $6 OFFSET $7"
        )
        .bind(client_id)
        .bind(filter.from)
        .bind(filter.until)
        .bind(&filter.customer_id)
        .bind(&filter.direction)
        .bind(filter.most)
        .bind(filter.skip)
        .fetch_all(db))?;
        let total = reading!(self, |db| sqlx::query_scalar(
            "SELECT COUNT(*) FROM calls c
             WHERE c.client_id = $1 AND c.started_at >= $2 AND c.started_at < $3
               AND ($4 IS NULL OR c.customer_id = $4) AND ($5 IS NULL OR c.direction = $5)"
        )
        .bind(client_id)
        .bind(filter.from)
        .bind(filter.until)
        .bind(&filter.customer_id)
        .bind(&filter.direction)
        .fetch_one(db))?;
        Ok((rows, total))
    }

    /// A page of events by their time, the newest first, of one name or of all; and how many
    /// there are.
    pub async fn event_page(
        &self,
        client_id: &str,
        event: Option<&str>,
        filter: &LogFilter,
    ) -> Result<(Vec<LogRecord>, i64), StoreError> {
        let rows = reading!(self, |db| sqlx::query_as(
            "SELECT e.log_id, e.event, e.at, e.data, e.domain, c.call_sid, c.session_id,
                    c.direction, c.phone, c.status, c.started_at, c.duration, c.customer_id,
                    c.customer_name, c.customer, c.call_type, c.agent_name
             FROM events e JOIN calls c ON c.client_id = e.client_id AND c.call_sid = e.call_sid
             WHERE e.client_id = $1 AND e.at >= $2 AND e.at < $3
               AND ($4 IS NULL OR c.customer_id = $4) AND ($5 IS NULL OR c.direction = $5)
               AND ($6 IS NULL OR e.event = $6)
             ORDER BY e.at DESC, e.seq DESC LIMIT $7 OFFSET $8"
        )
        .bind(client_id)
        .bind(filter.from)
        .bind(filter.until)
        .bind(&filter.customer_id)
        .bind(&filter.direction)
        .bind(event)
        .bind(filter.most)
        .bind(filter.skip)
        .fetch_all(db))?;
        let total = reading!(self, |db| sqlx::query_scalar(
            "SELECT COUNT(*)
             FROM events e JOIN calls c ON c.client_id = e.client_id AND c.call_sid = e.call_sid
             WHERE e.client_id = $1 AND e.at >= $2 AND e.at < $3
               AND ($4 IS NULL OR c.customer_id = $4) AND ($5 IS NULL OR c.direction = $5)
               AND ($6 IS NULL OR e.event = $6)"
        )
        .bind(client_id)
        .bind(filter.from)
        .bind(filter.until)
        .bind(&filter.customer_id)
        .bind(&filter.direction)
        .bind(event)
        .fetch_one(db))?;
        Ok((rows, total))
    }
}
