//! Reads the inbound calls that an agent missed and has not called back.

use crate::storage::database::columns::noted_call_columns;
use crate::storage::database::pools::query_read;
use crate::storage::database::portion::{Portion, read_portion};
use crate::storage::{CallStore, CallWithNotes, StoreError};
use call_ribbon_shared::Millis;

/// Selects missed calls that began at `since` or later.
#[derive(Debug, Clone)]
pub struct MissedFilter {
    /// Calls to this agent, calls that rang for every agent, and calls that staff have given to this
    /// agent.
    pub agent_id: String,
    pub since: Millis,
    pub most: i64,
}

/// The condition on a call `c` from which nobody has spoken with the caller yet: no later call with
/// that number, or with that customer, is active or was answered. A call that the agent declined was
/// not missed, a caller without a number cannot be called, and staff may have marked it as done or
/// given it to an agent other than `$2`.
macro_rules! not_called_back {
    () => {
        "c.phone IS NOT NULL AND COALESCE(c.reason, '') <> 'declined'
           AND NOT EXISTS (SELECT l.call_sid FROM calls l
            WHERE l.client_id = c.client_id AND l.phone = c.phone
              AND l.started_at > c.started_at
              AND (l.connected_at IS NOT NULL OR l.duration > 0 OR l.status = 'active'))
           AND NOT EXISTS (SELECT l.call_sid FROM calls l
            WHERE l.client_id = c.client_id AND l.customer_id = c.customer_id
              AND l.started_at > c.started_at
              AND (l.connected_at IS NOT NULL OR l.duration > 0 OR l.status = 'active'))
           AND NOT EXISTS (SELECT m.call_sid FROM missed_calls m
            WHERE m.client_id = c.client_id AND m.call_sid = c.call_sid
              AND (m.done_at IS NOT NULL OR m.agent_id <> $2))
         ORDER BY c.started_at DESC, c.call_sid DESC LIMIT $4"
    };
}

impl CallStore<'_> {
    /// Returns the missed calls that were not called back, newest first.
    pub async fn list_missed_calls(
        self,
        client_id: &str,
        filter: &MissedFilter,
    ) -> Result<Portion<CallWithNotes>, StoreError> {
        // Merge three lists, each read from its own index: calls that rang for this agent, calls
        // that rang for every agent, and calls that staff have given to this agent.
        Ok(query_read!(self, |db| read_portion(
            sqlx::query_as(concat!(
                "SELECT * FROM (SELECT ",
                noted_call_columns!(),
                " FROM calls c
             LEFT JOIN call_notes n ON n.client_id = c.client_id AND n.call_sid = c.call_sid
             WHERE c.client_id = $1 AND c.agent_id = $2 AND c.started_at >= $3
               AND c.direction = 'inbound' AND c.status IN ('missed', 'no_answer') AND ",
                not_called_back!(),
                ") AS own
             UNION ALL SELECT * FROM (SELECT ",
                noted_call_columns!(),
                " FROM calls c
             LEFT JOIN call_notes n ON n.client_id = c.client_id AND n.call_sid = c.call_sid
             WHERE c.client_id = $1 AND c.agent_id IS NULL AND c.status = 'missed'
               AND c.started_at >= $3 AND c.direction = 'inbound' AND ",
                not_called_back!(),
                ") AS everybodys
             UNION ALL SELECT * FROM (SELECT ",
                noted_call_columns!(),
                " FROM missed_calls g
             JOIN calls c ON c.client_id = g.client_id AND c.call_sid = g.call_sid
             LEFT JOIN call_notes n ON n.client_id = c.client_id AND n.call_sid = c.call_sid
             WHERE g.client_id = $1 AND g.agent_id = $2 AND c.started_at >= $3
               AND c.direction = 'inbound' AND c.status IN ('missed', 'no_answer')
               AND COALESCE(c.agent_id, '') <> $2
               AND (c.agent_id IS NOT NULL OR c.status <> 'missed') AND ",
                not_called_back!(),
                ") AS given
             ORDER BY started_at DESC, call_sid DESC LIMIT $4"
            ))
            .bind(client_id)
            .bind(&filter.agent_id)
            .bind(filter.since)
            .bind(filter.most)
            .fetch(db)
        ))?)
    }
}
