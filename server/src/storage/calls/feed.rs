//! Reads the event log as a feed, and the timeline of a call.

use crate::storage::database::columns::{event_data, feed_columns};
use crate::storage::database::pools::query_read;
use crate::storage::database::portion::{LongRow, Portion, bytes_of, read_portion, read_shortened};
use crate::storage::{CallStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// An event, with the identifying data of its call.
#[derive(Debug, Clone, FromRow)]
pub struct FeedRow {
    pub seq: i64,
    pub log_id: String,
    pub event_id: Option<String>,
    pub event: String,
    pub source: String,
    pub at: Millis,
    pub session_id: String,
    pub call_sid: String,
    /// The call's status after this event.
    pub status: String,
    /// The ids of the agents that see it, one per line; `None`: all.
    pub audience: Option<String>,
    /// The event's data, as JSON.
    pub data: String,
    pub phone: Option<String>,
    pub direction: String,
    pub agent_id: Option<String>,
    pub agent_name: Option<String>,
    pub provider: Option<String>,
    pub voice: Option<String>,
    pub duration: Option<i64>,
    pub reason: Option<String>,
    /// `customerData` of the call, as JSON.
    pub customer: Option<String>,
}

/// An event in the timeline of its call.
#[derive(Debug, Clone, FromRow)]
pub struct TimelineRow {
    pub log_id: String,
    pub event: String,
    pub source: String,
    pub at: Millis,
    pub received_at: Millis,
    pub data: String,
}

/// The position of an event in the timeline of its call.
#[derive(Debug, Clone, Copy)]
pub struct TimelineSpot {
    pub at: Millis,
    /// The event's sequence number in the client's feed.
    pub seq: i64,
}

/// An event with its sequence number.
#[derive(FromRow)]
struct PlacedRow {
    seq: i64,
    #[sqlx(flatten)]
    row: TimelineRow,
}

impl LongRow for FeedRow {
    fn text_bytes(&self) -> usize {
        self.data.len() + bytes_of(self.customer.as_ref())
    }
}

impl LongRow for TimelineRow {
    fn text_bytes(&self) -> usize {
        self.data.len()
    }
}

impl TimelineRow {
    /// Removes the data, which may be long.
    pub fn remove_data(&mut self) {
        "{}".clone_into(&mut self.data);
    }
}

impl CallStore<'_> {
    /// Returns the last sequence number of the client's feed.
    pub async fn find_feed_head(self, client_id: &str) -> Result<i64, StoreError> {
        let seq: Option<i64> = query_read!(self, |db| sqlx::query_scalar(
            "SELECT seq FROM feed_heads WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_optional(db))?;
        Ok(seq.unwrap_or(0))
    }

    /// Returns the events after a position in the feed, in feed order.
    pub async fn list_feed_after(
        self,
        client_id: &str,
        seq: i64,
        most: i64,
    ) -> Result<Portion<FeedRow>, StoreError> {
        Ok(query_read!(self, |db| read_portion(
            sqlx::query_as(concat!(
            "SELECT ",
            feed_columns!(),
            " FROM events e JOIN calls c ON c.client_id = e.client_id AND c.call_seq = e.call_seq
             WHERE e.client_id = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $3"
        ))
            .bind(client_id)
            .bind(seq)
            .bind(most)
            .fetch(db)
        ))?)
    }

    /// Returns the events of the agent's active call and of the calls that are ringing for any
    /// agent, in feed order. Returns none if no such call exists. Events beyond a portion of bounded
    /// size lack their data.
    ///
    /// Calls that only a page reported are left out: no ribbon can resume them.
    pub async fn list_feed_of_agents_call(
        self,
        client_id: &str,
        agent_id: &str,
        most: i64,
    ) -> Result<Vec<FeedRow>, StoreError> {
        Ok(query_read!(self, |db| read_shortened(
            sqlx::query_as(concat!(
            "SELECT ",
            feed_columns!(),
            " FROM events e JOIN calls c ON c.client_id = e.client_id AND c.call_seq = e.call_seq
             WHERE c.client_id = $1 AND c.status = 'active' AND c.provider IS NOT NULL
               AND (c.agent_id = $2 OR (c.agent_id IS NULL AND c.direction = 'inbound'
                 AND c.connected_at IS NULL))
             ORDER BY e.seq LIMIT $3"
        ))
            .bind(client_id)
            .bind(agent_id)
            .bind(most)
            .fetch(db),
            |row: &mut FeedRow| {
                "{}".clone_into(&mut row.data);
                row.customer = None;
            }
        ))?)
    }

    /// Returns at most so many of a call's events after a position, in order of time, each with its
    /// own position.
    pub async fn list_timeline_page(
        self,
        client_id: &str,
        call_sid: &str,
        after: Option<TimelineSpot>,
        most: usize,
    ) -> Result<Vec<(TimelineSpot, TimelineRow)>, StoreError> {
        let TimelineSpot { at, seq } = after.unwrap_or(TimelineSpot { at: i64::MIN, seq: -1 });
        let rows: Vec<PlacedRow> = query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT e.seq, e.log_id, e.event, e.source, e.at, e.received_at, ",
            event_data!(),
            " FROM calls c JOIN events e ON e.client_id = c.client_id
                   AND e.call_seq = c.call_seq
                 WHERE c.client_id = $1 AND c.call_sid = $2
                   AND (e.at > $3 OR (e.at = $3 AND e.seq > $4))
                 ORDER BY e.at, e.seq LIMIT $5"
        ))
        .bind(client_id)
        .bind(call_sid)
        .bind(at)
        .bind(seq)
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .fetch_all(db))?;
        let placed = |PlacedRow { seq, row }| (TimelineSpot { at: row.at, seq }, row);
        Ok(rows.into_iter().map(placed).collect())
    }

    /// Returns a call's events in order of time. `shorten` is applied to those beyond a portion of
    /// bounded size.
    pub async fn list_timeline(
        self,
        client_id: &str,
        call_sid: &str,
        most: i64,
        shorten: impl Fn(&mut TimelineRow),
    ) -> Result<Vec<TimelineRow>, StoreError> {
        Ok(query_read!(self, |db| read_shortened(
            sqlx::query_as(concat!(
                "SELECT e.log_id, e.event, e.source, e.at, e.received_at, ",
                event_data!(),
                " FROM calls c JOIN events e ON e.client_id = c.client_id
                       AND e.call_seq = c.call_seq
                     WHERE c.client_id = $1 AND c.call_sid = $2 ORDER BY e.at, e.seq LIMIT $3"
            ))
            .bind(client_id)
            .bind(call_sid)
            .bind(most)
            .fetch(db),
            shorten
        ))?)
    }
}
