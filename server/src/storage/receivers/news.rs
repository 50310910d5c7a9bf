//! Reads what happened to a client's calls, for messages to its receivers.

use crate::storage::database::columns::{event_data, feed_columns};
use crate::storage::database::pools::query_read;
use crate::storage::{DecisionRow, FeedRow, ReceiverStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// An event or a decision, as far as a delivery needs it.
#[derive(Debug, Clone, FromRow)]
pub struct NewsRow {
    /// Its number within the client.
    pub seq: i64,
    /// The id of the message about it.
    pub message_id: String,
    /// An event's name, or a decision's outcome.
    pub name: String,
    /// The call's session; else the decision's own id.
    pub subject: String,
}

impl ReceiverStore<'_> {
    /// Returns the numbers of a client's latest event and decision, as of one moment.
    pub async fn find_heads(self, client_id: &str) -> Result<(i64, i64), StoreError> {
        let heads: Option<(i64, i64)> = query_read!(self, |db| sqlx::query_as(
            "SELECT seq, decisions FROM feed_heads WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_optional(db))?;
        Ok(heads.unwrap_or_default())
    }

    /// Returns the events after one number, up to another, in their order.
    pub async fn list_event_news(
        self,
        client_id: &str,
        (after, until): (i64, i64),
        most: i64,
    ) -> Result<Vec<NewsRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT e.seq, e.log_id AS message_id, e.event AS name, c.session_id AS subject
             FROM events e JOIN calls c ON c.client_id = e.client_id AND c.call_seq = e.call_seq
             WHERE e.client_id = $1 AND e.seq > $2 AND e.seq <= $3 ORDER BY e.seq LIMIT $4"
        )
        .bind(client_id)
        .bind(after)
        .bind(until)
        .bind(most)
        .fetch_all(db))?)
    }

    /// Returns the decisions after one number, up to another, in their order.
    pub async fn list_decision_news(
        self,
        client_id: &str,
        (after, until): (i64, i64),
        most: i64,
    ) -> Result<Vec<NewsRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT seq, decision_id AS message_id, outcome AS name,
                COALESCE(session_id, decision_id) AS subject
             FROM decisions WHERE client_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4"
        )
        .bind(client_id)
        .bind(after)
        .bind(until)
        .bind(most)
        .fetch_all(db))?)
    }

    /// Returns the events that happened in a time, after a number, in the order of their numbers.
    pub async fn list_event_news_of_time(
        self,
        client_id: &str,
        (from, until): (Millis, Millis),
        after: i64,
        most: i64,
    ) -> Result<Vec<NewsRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT e.seq, e.log_id AS message_id, e.event AS name, c.session_id AS subject
             FROM events e JOIN calls c ON c.client_id = e.client_id AND c.call_seq = e.call_seq
             WHERE e.client_id = $1 AND e.at >= $2 AND e.at < $3 AND e.seq > $4
             ORDER BY e.seq LIMIT $5"
        )
        .bind(client_id)
        .bind(from)
        .bind(until)
        .bind(after)
        .bind(most)
        .fetch_all(db))?)
    }

    /// Returns an event of the feed.
    pub async fn find_event(
        self,
        client_id: &str,
        seq: i64,
    ) -> Result<Option<FeedRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            feed_columns!(),
            " FROM events e JOIN calls c ON c.client_id = e.client_id AND c.call_seq = e.call_seq
             WHERE e.client_id = $1 AND e.seq = $2"
        ))
        .bind(client_id)
        .bind(seq)
        .fetch_optional(db))?)
    }

    /// Returns a decision.
    pub async fn find_decision(
        self,
        client_id: &str,
        decision_id: &str,
    ) -> Result<Option<DecisionRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT d.decision_id, d.at, d.outcome, d.session_id, d.agent_id, a.name AS agent_name,
                d.customer_id, d.number, d.override_reason, d.decision
             FROM decisions d
             LEFT JOIN agents a ON a.client_id = d.client_id AND a.agent_id = d.agent_id
             WHERE d.client_id = $1 AND d.decision_id = $2"
        )
        .bind(client_id)
        .bind(decision_id)
        .fetch_optional(db))?)
    }
}
