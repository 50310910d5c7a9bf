//! Reads an agent's or customer's recent calls with their notes, and the open follow-ups.

use crate::storage::access::teams::in_teams_of;
use crate::storage::calls::due::{and_uncalled, due_calls, end_of_due, not_spoken_since};
use crate::storage::database::columns::{noted_call_columns, uncalled_columns};
use crate::storage::database::pools::query_read;
use crate::storage::database::portion::{Portion, read_portion};
use crate::storage::{CallStore, CallWithNotes, StoreError};
use call_ribbon_shared::Millis;

/// Selects calls of an agent, a customer, or both.
#[derive(Debug, Clone)]
pub struct HistoryFilter {
    /// Calls of this agent, and missed calls that rang for every agent.
    pub agent_id: Option<String>,
    pub customer_id: Option<String>,
    /// Only calls with this status; empty: all.
    pub status: &'static str,
    /// Calls that started before this time, or at it with an id that sorts before `call_sid`.
    pub before: Millis,
    pub call_sid: String,
    pub most: i64,
}

/// Selects follow-ups due from `from` (inclusive) to `before` (exclusive).
#[derive(Debug, Clone)]
pub struct FollowUpFilter {
    pub agent_id: Option<String>,
    /// Only follow-ups of agents of this team, or of this supervisor's teams. Applies if `agent_id` is
    /// not set.
    pub team: Option<String>,
    pub from: Millis,
    pub before: Millis,
    pub most: i64,
}

impl CallStore<'_> {
    /// Returns the selected calls, newest first.
    pub async fn list_call_history(
        self,
        client_id: &str,
        filter: &HistoryFilter,
    ) -> Result<Portion<CallWithNotes>, StoreError> {
        Ok(match &filter.customer_id {
            Some(customer_id) => query_read!(self, |db| read_portion(
                sqlx::query_as(concat!(
                    "SELECT ",
                    noted_call_columns!(),
                    " FROM calls c
                 LEFT JOIN call_notes n ON n.client_id = c.client_id AND n.call_sid = c.call_sid
                 WHERE c.client_id = $1 AND c.customer_id = $2 AND c.started_at <= $3
                   AND (c.started_at < $3 OR c.call_sid < $4) AND ($5 = '' OR c.status = $5)
                   AND ($7 = '' OR c.agent_id = $7
                        OR (c.agent_id IS NULL AND c.status = 'missed'))
                 ORDER BY c.started_at DESC, c.call_sid DESC LIMIT $6"
                ))
                .bind(client_id)
                .bind(customer_id)
                .bind(filter.before)
                .bind(&filter.call_sid)
                .bind(filter.status)
                .bind(filter.most)
                .bind(filter.agent_id.as_deref().unwrap_or_default())
                .fetch(db)
            ))?,
            // Merge two lists, each read from its own index.
            None => query_read!(self, |db| read_portion(
                sqlx::query_as(concat!(
                    "SELECT * FROM (SELECT ",
                    noted_call_columns!(),
                    " FROM calls c
                 LEFT JOIN call_notes n ON n.client_id = c.client_id AND n.call_sid = c.call_sid
                 WHERE c.client_id = $1 AND c.agent_id = $2 AND c.started_at <= $3
                   AND (c.started_at < $3 OR c.call_sid < $4) AND ($5 = '' OR c.status = $5)
                 ORDER BY c.started_at DESC, c.call_sid DESC LIMIT $6) AS own
                 UNION ALL SELECT * FROM (SELECT ",
                    noted_call_columns!(),
                    " FROM calls c
                 LEFT JOIN call_notes n ON n.client_id = c.client_id AND n.call_sid = c.call_sid
                 WHERE c.client_id = $1 AND c.agent_id IS NULL AND c.status = 'missed'
                   AND c.started_at <= $3 AND (c.started_at < $3 OR c.call_sid < $4)
                   AND $5 IN ('', 'missed')
                 ORDER BY c.started_at DESC, c.call_sid DESC LIMIT $6) AS everybodys
                 ORDER BY started_at DESC, call_sid DESC LIMIT $6"
                ))
                .bind(client_id)
                .bind(filter.agent_id.as_deref().unwrap_or_default())
                .bind(filter.before)
                .bind(&filter.call_sid)
                .bind(filter.status)
                .bind(filter.most)
                .fetch(db)
            ))?,
        })
    }

    /// Returns the open follow-ups by due time, those without a call among them. A follow-up is done
    /// once a later call exists with the same customer (without a customer, with the same number) in
    /// which both sides talked, or that is active.
    pub async fn list_follow_ups(
        self,
        client_id: &str,
        filter: &FollowUpFilter,
    ) -> Result<Portion<CallWithNotes>, StoreError> {
        Ok(match &filter.agent_id {
            Some(agent_id) => query_read!(self, |db| read_portion(
                sqlx::query_as(concat!(
                    due_calls!(),
                    "n.agent_id = $5 AND ",
                    and_uncalled!(),
                    "f.agent_id = $5 AND ",
                    end_of_due!()
                ))
                .bind(client_id)
                .bind(filter.from)
                .bind(filter.before)
                .bind(filter.most)
                .bind(agent_id)
                .fetch(db)
            ))?,
            None => query_read!(self, |db| read_portion(
                sqlx::query_as(concat!(
                    due_calls!(),
                    in_teams_of!("$5", "n.agent_id"),
                    " AND ",
                    and_uncalled!(),
                    in_teams_of!("$5", "f.agent_id"),
                    " AND ",
                    end_of_due!()
                ))
                .bind(client_id)
                .bind(filter.from)
                .bind(filter.before)
                .bind(filter.most)
                .bind(filter.team.as_deref().unwrap_or_default())
                .fetch(db)
            ))?,
        })
    }
}
