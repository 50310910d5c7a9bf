//! Reads pages of the log: one row per call, or one row per event.
//!
//! The totals give the number of rows and the quarter of an hour in which a page begins; the rows
//! before it are not read. Only events filtered by their calls' direction or customer are counted
//! one by one, since no totals exist for these.

mod page_start;

use crate::storage::database::columns::event_data;
use crate::storage::database::pools::query_read;
use crate::storage::database::portion::{LongRow, Portion, bytes_of, read_portion};
use crate::storage::{CallStore, Span, StoreError};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::Direction;
use page_start::PageStart;
use sqlx::FromRow;

/// Selects the rows of a page.
#[derive(Debug, Clone, Default)]
pub struct LogFilter {
    /// The start of the range, inclusive.
    pub from: Millis,
    /// The end of the range, exclusive.
    pub until: Millis,
    pub customer_id: Option<String>,
    pub direction: Option<Direction>,
    /// Rows per page.
    pub most: i64,
    /// Rows to skip before the page, if `after` is not set.
    pub skip: i64,
    /// The last row of the previous page.
    pub after: Option<LogPosition>,
}

/// The position of a row in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPosition {
    pub at: Millis,
    /// Distinguishes rows of the same time.
    pub key: LogRowKey,
}

/// Distinguishes the rows of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogRowKey {
    /// A call's id (`call_sid`).
    Call(String),
    /// An event's sequence number.
    Event(i64),
}

/// An event with its call.
#[derive(Debug, Clone, FromRow)]
pub struct LogRecord {
    pub seq: i64,
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

/// The first portion of a page's rows, and the number of rows on all pages.
pub type LogPage = (Portion<LogRecord>, i64);

impl LongRow for LogRecord {
    fn text_bytes(&self) -> usize {
        self.data.len() + bytes_of(self.customer.as_ref())
    }
}

impl LogFilter {
    fn to_span(&self) -> Span {
        Span { from: self.from, until: self.until, customer_id: self.customer_id.clone() }
    }

    /// Returns the selected directions; both if none is set.
    fn direction_parameters(&self) -> [&'static str; 2] {
        let either = [Direction::Inbound, Direction::Outbound].map(Direction::as_str);
        self.direction.map_or(either, |direction| [direction.as_str(); 2])
    }
}

/// The columns of a [`LogRecord`]: from `events` as `e` and their `calls` as `c`.
macro_rules! log_columns {
    () => {
        concat!(
            "e.seq, e.log_id, e.event, e.at, ",
            event_data!(),
            ", e.domain, c.call_sid, c.session_id, c.direction, c.phone, c.status, c.started_at, \
             c.duration, c.customer_id, c.customer_name, c.customer, c.call_type, c.agent_name"
        )
    };
}

/// The query for a page of calls, each with its latest event. An unused condition still binds its
/// parameter.
macro_rules! calls_where {
    ($customer:literal) => {
        concat!(
            "SELECT ",
            log_columns!(),
            " FROM (
                SELECT client_id, call_sid, session_id, direction, phone, status, started_at,
                    duration, customer_id, customer_name, customer, call_type, agent_name, last_seq
                FROM calls
                WHERE client_id = $1 AND started_at >= $2 AND started_at <= $3
                  AND (started_at < $3 OR call_sid < $4) AND direction IN ($5, $6) AND ",
            $customer,
            "   ORDER BY started_at DESC, call_sid DESC LIMIT $8 OFFSET $9
             ) c JOIN events e ON e.client_id = c.client_id AND e.seq = c.last_seq
             ORDER BY c.started_at DESC, c.call_sid DESC"
        )
    };
}

/// The query for a page of events, without conditions on their calls.
macro_rules! events_where {
    ($name:literal) => {
        concat!(
            "SELECT ",
            log_columns!(),
            " FROM (
                SELECT client_id, seq, call_seq, log_id, event, at, data, customer_at, domain
                FROM events
                WHERE client_id = $1 AND at >= $2 AND at <= $3 AND (at < $3 OR seq < $4) AND ",
            $name,
            "   ORDER BY at DESC, seq DESC LIMIT $6 OFFSET $7
             ) e JOIN calls c ON c.client_id = e.client_id AND c.call_seq = e.call_seq
             ORDER BY e.at DESC, e.seq DESC"
        )
    };
}

/// A query on events with conditions on their calls' direction or customer.
macro_rules! events_of_calls {
    ($what:literal, $customer:literal, $name:literal, $end:literal) => {
        concat!(
            $what,
            " FROM events e JOIN calls c ON c.client_id = e.client_id AND c.call_seq = e.call_seq
              WHERE e.client_id = $1 AND c.client_id = $1 AND e.at >= $2 AND e.at <= $3
                AND (e.at < $3 OR e.seq < $4) AND c.direction IN ($5, $6) AND ",
            $customer,
            " AND ",
            $name,
            $end
        )
    };
}

macro_rules! count_of_calls {
    ($customer:literal, $name:literal) => {
        events_of_calls!("SELECT COUNT(*)", $customer, $name, "")
    };
}

macro_rules! page_of_calls {
    ($customer:literal, $name:literal) => {
        concat!(
            "SELECT ",
            log_columns!(),
            events_of_calls!(
                "",
                $customer,
                $name,
                " ORDER BY e.at DESC, e.seq DESC LIMIT $9 OFFSET $10"
            )
        )
    };
}

impl CallStore<'_> {
    /// Returns a page of calls by start, newest first, each with its latest event, and the number
    /// of calls on all pages.
    pub async fn read_call_page(
        self,
        client_id: &str,
        filter: &LogFilter,
    ) -> Result<LogPage, StoreError> {
        let (begin, total) = self.find_call_page_start(client_id, filter).await?;
        let Some(PageStart { before, key, skip }) = begin else {
            return Ok((Portion::default(), total));
        };
        let sql = match filter.customer_id {
            Some(_) => calls_where!("customer_id = $7"),
            None => calls_where!("CAST($7 AS TEXT) IS NULL"),
        };
        let call_sid = match key {
            Some(LogRowKey::Call(call_sid)) => call_sid,
            _ => String::new(),
        };
        let [one, other] = filter.direction_parameters();
        let rows = query_read!(self, |db| read_portion(
            sqlx::query_as(sql)
                .bind(client_id)
                .bind(filter.from)
                .bind(before)
                .bind(&call_sid)
                .bind(one)
                .bind(other)
                .bind(&filter.customer_id)
                .bind(filter.most)
                .bind(skip)
                .fetch(db)
        ))?;
        Ok((rows, total))
    }

    /// Returns a page of events by time, newest first, of one name or of all, and the number of
    /// events on all pages.
    pub async fn read_event_page(
        self,
        client_id: &str,
        event: Option<&str>,
        filter: &LogFilter,
    ) -> Result<LogPage, StoreError> {
        if filter.customer_id.is_some() || filter.direction.is_some() {
            return self.read_event_page_by_call(client_id, event, filter).await;
        }
        let (begin, total) = self.find_event_page_start(client_id, event, filter).await?;
        let Some(PageStart { before, key, skip }) = begin else {
            return Ok((Portion::default(), total));
        };
        let sql = match event {
            Some(name) if is_in_most_calls(name) => events_where!("event = $5"),
            Some(_) => events_where!("event = $5 AND event NOT IN ('connected', 'callEnded')"),
            None => events_where!("CAST($5 AS TEXT) IS NULL"),
        };
        let rows = query_read!(self, |db| read_portion(
            sqlx::query_as(sql)
                .bind(client_id)
                .bind(filter.from)
                .bind(before)
                .bind(seq_before(key.as_ref()))
                .bind(event)
                .bind(filter.most)
                .bind(skip)
                .fetch(db)
        ))?;
        Ok((rows, total))
    }

    async fn read_event_page_by_call(
        self,
        client_id: &str,
        event: Option<&str>,
        filter: &LogFilter,
    ) -> Result<LogPage, StoreError> {
        let (count, page) = match (&filter.customer_id, event) {
            (Some(_), Some(_)) => (
                count_of_calls!("c.customer_id = $7", "e.event = $8"),
                page_of_calls!("c.customer_id = $7", "e.event = $8"),
            ),
            (Some(_), None) => (
                count_of_calls!("c.customer_id = $7", "CAST($8 AS TEXT) IS NULL"),
                page_of_calls!("c.customer_id = $7", "CAST($8 AS TEXT) IS NULL"),
            ),
            (None, Some(name)) if is_in_most_calls(name) => (
                count_of_calls!("CAST($7 AS TEXT) IS NULL", "e.event = $8"),
                page_of_calls!("CAST($7 AS TEXT) IS NULL", "e.event = $8"),
            ),
            (None, Some(_)) => (
                count_of_calls!(
                    "CAST($7 AS TEXT) IS NULL",
                    "e.event = $8 AND e.event NOT IN ('connected', 'callEnded')"
                ),
                page_of_calls!(
                    "CAST($7 AS TEXT) IS NULL",
                    "e.event = $8 AND e.event NOT IN ('connected', 'callEnded')"
                ),
            ),
            (None, None) => (
                count_of_calls!("CAST($7 AS TEXT) IS NULL", "CAST($8 AS TEXT) IS NULL"),
                page_of_calls!("CAST($7 AS TEXT) IS NULL", "CAST($8 AS TEXT) IS NULL"),
            ),
        };
        let [one, other] = filter.direction_parameters();
        let total = query_read!(self, |db| sqlx::query_scalar(count)
            .bind(client_id)
            .bind(filter.from)
            .bind(filter.until)
            .bind(0_i64)
            .bind(one)
            .bind(other)
            .bind(&filter.customer_id)
            .bind(event)
            .fetch_one(db))?;
        let PageStart { before, key, skip } = PageStart::from_filter(filter);
        let rows = query_read!(self, |db| read_portion(
            sqlx::query_as(page)
                .bind(client_id)
                .bind(filter.from)
                .bind(before)
                .bind(seq_before(key.as_ref()))
                .bind(one)
                .bind(other)
                .bind(&filter.customer_id)
                .bind(event)
                .bind(filter.most)
                .bind(skip)
                .fetch(db)
        ))?;
        Ok((rows, total))
    }
}

/// Returns whether most calls have an event of this name. `events_by_name` leaves these out, and
/// the queries for the other names repeat its condition.
fn is_in_most_calls(event: &str) -> bool {
    matches!(event, "connected" | "callEnded")
}

/// Returns the sequence number that a page's events of its first moment must be below; 0 matches
/// none.
fn seq_before(key: Option<&LogRowKey>) -> i64 {
    match key {
        Some(LogRowKey::Event(seq)) => *seq,
        _ => 0,
    }
}
