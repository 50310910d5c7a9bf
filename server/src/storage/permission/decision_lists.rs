//! Reads stored decisions: for figures in the order of time, and for lists the latest first.

use crate::storage::access::teams::in_teams_of;
use crate::storage::database::pools::query_read;
use crate::storage::{PermissionStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// Decisions read at once for figures.
const BATCH: i64 = 1000;

/// A decision, as far as figures need it.
#[derive(Debug, FromRow)]
pub struct ScannedDecision {
    pub at: Millis,
    decision_id: String,
    pub outcome: String,
    pub agent_id: Option<String>,
    /// The decision as JSON; `None` if no rule objected.
    pub decision: Option<String>,
}

/// A stored decision.
#[derive(Debug, Clone, FromRow)]
pub struct DecisionRow {
    pub decision_id: String,
    pub at: Millis,
    pub outcome: String,
    pub session_id: Option<String>,
    pub agent_id: Option<String>,
    pub agent_name: Option<String>,
    pub customer_id: Option<String>,
    pub number: Option<String>,
    pub override_reason: Option<String>,
    /// JSON (`call_ribbon_rules::Decision`).
    pub decision: String,
}

/// Which decisions a list has. Each way is read from an index of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecisionFilter {
    All,
    Outcome(String),
    Customer(String),
}

impl PermissionStore<'_> {
    /// Returns how many decisions were made in `from..until`, at most `most`.
    pub async fn count_decisions_up_to(
        self,
        client_id: &str,
        (from, until): (Millis, Millis),
        most: i64,
    ) -> Result<i64, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT COUNT(*) FROM (SELECT decision_id FROM decisions
             WHERE client_id = $1 AND at >= $2 AND at < $3 LIMIT $4) AS counted"
        )
        .bind(client_id)
        .bind(from)
        .bind(until)
        .bind(most)
        .fetch_one(db))?)
    }

    /// Returns how many outbound calls began in `from..until` that were only logged, at most `most`;
    /// if `team` is not empty, calls of agents of this team, or of this supervisor's teams.
    pub async fn count_logged_calls_up_to(
        self,
        client_id: &str,
        (from, until): (Millis, Millis),
        team: &str,
        most: i64,
    ) -> Result<i64, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(concat!(
            "SELECT COUNT(*) FROM (SELECT c.call_sid FROM calls c
             WHERE c.client_id = $1 AND c.started_at >= $2 AND c.started_at < $3
               AND c.direction = 'outbound' AND c.provider IS NULL AND ",
            in_teams_of!("$5", "c.agent_id"),
            " AND NOT EXISTS (SELECT d.decision_id FROM decisions d
                 WHERE d.client_id = c.client_id AND d.session_id = c.session_id)
             LIMIT $4) AS counted"
        ))
        .bind(client_id)
        .bind(from)
        .bind(until)
        .bind(most)
        .bind(team)
        .fetch_one(db))?)
    }

    /// Returns the next decisions of `from..until` in the order of time; none after the last one.
    pub async fn scan_decisions(
        self,
        client_id: &str,
        (from, until): (Millis, Millis),
        after: Option<&ScannedDecision>,
    ) -> Result<Vec<ScannedDecision>, StoreError> {
        let (at, id) = match after {
            Some(last) => (last.at, last.decision_id.as_str()),
            None => (from, ""),
        };
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT at, decision_id, outcome, agent_id,
                    CASE WHEN outcome <> 'allowed' THEN decision END AS decision
             FROM decisions
             WHERE client_id = $1 AND (at, decision_id) > ($2, $3) AND at < $4
             ORDER BY at, decision_id LIMIT $5"
        )
        .bind(client_id)
        .bind(at)
        .bind(id)
        .bind(until)
        .bind(BATCH)
        .fetch_all(db))?)
    }

    /// Returns decisions that were made at `from` or later and before a place, the latest first.
    pub async fn list_decisions(
        self,
        client_id: &str,
        filter: &DecisionFilter,
        from: Millis,
        (at, id): (Millis, &str),
        most: i64,
    ) -> Result<Vec<DecisionRow>, StoreError> {
        Ok(match filter {
            DecisionFilter::All => query_read!(self, |db| sqlx::query_as(
                "SELECT d.decision_id, d.at, d.outcome, d.session_id, d.agent_id,
                        a.name AS agent_name, d.customer_id, d.number, d.override_reason, d.decision
                 FROM decisions d
                 LEFT JOIN agents a ON a.client_id = d.client_id AND a.agent_id = d.agent_id
                 WHERE d.client_id = $1 AND (d.at, d.decision_id) < ($2, $3) AND d.at >= $4
                 ORDER BY d.at DESC, d.decision_id DESC LIMIT $5"
            )
            .bind(client_id)
            .bind(at)
            .bind(id)
            .bind(from)
            .bind(most)
            .fetch_all(db))?,
            DecisionFilter::Outcome(outcome) => query_read!(self, |db| sqlx::query_as(
                "SELECT d.decision_id, d.at, d.outcome, d.session_id, d.agent_id,
                        a.name AS agent_name, d.customer_id, d.number, d.override_reason, d.decision
                 FROM decisions d
                 LEFT JOIN agents a ON a.client_id = d.client_id AND a.agent_id = d.agent_id
                 WHERE d.client_id = $1 AND d.outcome = $2 AND (d.at, d.decision_id) < ($3, $4)
                   AND d.at >= $5
                 ORDER BY d.at DESC, d.decision_id DESC LIMIT $6"
            )
            .bind(client_id)
            .bind(outcome)
            .bind(at)
            .bind(id)
            .bind(from)
            .bind(most)
            .fetch_all(db))?,
            DecisionFilter::Customer(customer_id) => query_read!(self, |db| sqlx::query_as(
                "SELECT d.decision_id, d.at, d.outcome, d.session_id, d.agent_id,
                        a.name AS agent_name, d.customer_id, d.number, d.override_reason, d.decision
                 FROM decisions d
                 LEFT JOIN agents a ON a.client_id = d.client_id AND a.agent_id = d.agent_id
                 WHERE d.client_id = $1 AND d.customer_id = $2
                   AND (d.at, d.decision_id) < ($3, $4) AND d.at >= $5
                 ORDER BY d.at DESC, d.decision_id DESC LIMIT $6"
            )
            .bind(client_id)
            .bind(customer_id)
            .bind(at)
            .bind(id)
            .bind(from)
            .bind(most)
            .fetch_all(db))?,
        })
    }
}
