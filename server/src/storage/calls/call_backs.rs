//! Reads missed calls with what came of them, and stores what staff decide about missed calls and
//! follow-ups.

use super::follow_ups::{find_own, has_other};
use crate::storage::access::audit::{Stamp, insert_audit};
use crate::storage::access::teams::in_teams_of;
use crate::storage::database::columns::noted_call_columns;
use crate::storage::database::pools::{Tx, query_read, query_tx, retry_tx};
use crate::storage::database::portion::{LongRow, Portion, read_portion};
use crate::storage::locks::lock_client;
use crate::storage::{CallStore, CallWithNotes, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// Selects missed calls that began at `since` or later.
#[derive(Debug, Clone)]
pub struct CallBackFilter {
    /// Only calls that this agent has to call back.
    pub agent_id: Option<String>,
    /// Only calls that agents of this team, or of this supervisor's teams, have to call back.
    pub team: Option<String>,
    pub since: Millis,
    pub most: i64,
}

/// A missed call, and what came of it.
#[derive(Debug, Clone, FromRow)]
pub struct MissedRow {
    #[sqlx(flatten)]
    pub missed: CallWithNotes,
    pub owner_id: Option<String>,
    pub done_at: Option<Millis>,
    pub done_by: Option<String>,
    /// The first later call with the number or the customer in which both sides talked, or that is
    /// active.
    pub back_session_id: Option<String>,
    pub back_at: Option<Millis>,
    pub back_agent_id: Option<String>,
    pub back_agent_name: Option<String>,
}

/// What became of a change to a follow-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReassignOutcome {
    Changed,
    /// The agent has another open one for the customer.
    Present,
    Unknown,
}

/// A change to a missed call or a follow-up; `None` leaves a part as it is.
#[derive(Debug, Clone, Default)]
pub struct QueueChange {
    pub agent_id: Option<String>,
    pub done: Option<bool>,
    /// Only if an agent of this supervisor's teams has to make the call.
    pub supervisor: Option<String>,
}

impl LongRow for MissedRow {
    fn text_bytes(&self) -> usize {
        self.missed.text_bytes()
    }
}

/// The condition on a later call `l` in which somebody spoke with the caller of `c`, and the order
/// that puts the first one first.
macro_rules! first_spoken {
    () => {
        " AND l.started_at > c.started_at
          AND (l.connected_at IS NOT NULL OR l.duration > 0 OR l.status = 'active')
         ORDER BY l.started_at, l.call_sid LIMIT 1"
    };
}

/// A column of the earlier of two calls: `b` with the number, `p` with the customer.
macro_rules! of_earlier {
    ($column:literal) => {
        concat!(
            "CASE WHEN b.started_at IS NULL OR p.started_at < b.started_at THEN p.",
            $column,
            " ELSE b.",
            $column,
            " END"
        )
    };
}

impl CallStore<'_> {
    /// Returns missed calls whose caller can be called, newest first. Calls that the agent declined
    /// were not missed.
    pub async fn list_call_backs(
        self,
        client_id: &str,
        filter: &CallBackFilter,
    ) -> Result<Portion<MissedRow>, StoreError> {
        Ok(query_read!(self, |db| read_portion(
            sqlx::query_as(concat!(
                "SELECT ",
                noted_call_columns!(),
                ", COALESCE(m.agent_id, c.agent_id) AS owner_id, m.done_at, m.done_by, ",
                of_earlier!("session_id"),
                " AS back_session_id, ",
                of_earlier!("started_at"),
                " AS back_at, ",
                of_earlier!("agent_id"),
                " AS back_agent_id, ",
                of_earlier!("agent_name"),
                " AS back_agent_name
             FROM calls c
             LEFT JOIN call_notes n ON n.client_id = c.client_id AND n.call_sid = c.call_sid
             LEFT JOIN missed_calls m ON m.client_id = c.client_id AND m.call_sid = c.call_sid
             LEFT JOIN calls b ON b.client_id = c.client_id AND b.call_sid = (
                SELECT l.call_sid FROM calls l
                WHERE l.client_id = c.client_id AND l.phone = c.phone",
                first_spoken!(),
                ")
             LEFT JOIN calls p ON p.client_id = c.client_id AND p.call_sid = (
                SELECT l.call_sid FROM calls l
                WHERE l.client_id = c.client_id AND l.customer_id = c.customer_id",
                first_spoken!(),
                ")
             WHERE c.client_id = $1 AND c.started_at >= $2 AND c.direction = 'inbound'
               AND c.status IN ('missed', 'no_answer') AND c.phone IS NOT NULL
               AND COALESCE(c.reason, '') <> 'declined'
               AND ($3 = '' OR COALESCE(m.agent_id, c.agent_id) = $3)
               AND ",
                in_teams_of!("$5", "COALESCE(m.agent_id, c.agent_id)"),
                " ORDER BY c.started_at DESC, c.call_sid DESC LIMIT $4"
            ))
            .bind(client_id)
            .bind(filter.since)
            .bind(filter.agent_id.as_deref().unwrap_or_default())
            .bind(filter.most)
            .bind(filter.team.as_deref().unwrap_or_default())
            .fetch(db)
        ))?)
    }

    /// Changes who has to call back the number of a missed call, or whether somebody has to: for
    /// this call and all earlier missed calls from that number since `since`. Returns the number of
    /// calls, 0 if there is no such missed call.
    pub async fn change_call_back(
        self,
        client_id: &str,
        session_id: &str,
        since: Millis,
        change: &QueueChange,
        stamp: Stamp<'_>,
    ) -> Result<u64, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(0);
            }
            let done = change.done.map_or(0_i64, |done| if done { 1 } else { 2 });
            let changed = query_tx!(tx, |db| {
                sqlx::query(concat!(
                    "INSERT INTO missed_calls (client_id, call_sid, agent_id, done_at, done_by)
                     SELECT c.client_id, c.call_sid, $4,
                        CASE CAST($5 AS BIGINT) WHEN 1 THEN CAST($6 AS BIGINT) END,
                        CASE CAST($5 AS BIGINT) WHEN 1 THEN CAST($7 AS TEXT) END
                     FROM calls t JOIN calls c ON c.client_id = t.client_id AND c.phone = t.phone
                        AND c.started_at <= t.started_at
                     LEFT JOIN missed_calls m ON m.client_id = c.client_id
                        AND m.call_sid = c.call_sid
                     WHERE t.client_id = $1 AND t.session_id = $2 AND t.direction = 'inbound'
                        AND t.status IN ('missed', 'no_answer')
                        AND (c.started_at >= $3 OR c.call_sid = t.call_sid)
                        AND c.direction = 'inbound' AND c.status IN ('missed', 'no_answer')
                        AND ",
                    in_teams_of!("$8", "COALESCE(m.agent_id, c.agent_id)"),
                    " ON CONFLICT (client_id, call_sid) DO UPDATE SET
                        agent_id = COALESCE(excluded.agent_id, missed_calls.agent_id),
                        done_at = CASE CAST($5 AS BIGINT) WHEN 0 THEN missed_calls.done_at
                            ELSE excluded.done_at END,
                        done_by = CASE CAST($5 AS BIGINT) WHEN 0 THEN missed_calls.done_by
                            ELSE excluded.done_by END",
                ))
                .bind(client_id)
                .bind(session_id)
                .bind(since)
                .bind(&change.agent_id)
                .bind(done)
                .bind(stamp.now)
                .bind(stamp.by.name)
                .bind(change.supervisor.as_deref().unwrap_or_default())
                .execute(db)
            })?;
            if changed.rows_affected() == 0 {
                return Ok(0);
            }
            let act = match (change.done, &change.agent_id) {
                (Some(true), _) => "missed_call.done",
                (_, Some(_)) => "missed_call.assigned",
                _ => "missed_call.opened",
            };
            insert_audit(&mut tx, client_id, act, Some(session_id), stamp).await?;
            tx.commit().await?;
            Ok(changed.rows_affected())
        })
    }

    /// Removes the follow-up of a call, or one without a call, or changes who has to make it; nobody
    /// gets a second one without a call for a customer that is due at `from` or later.
    pub async fn change_follow_up(
        self,
        client_id: &str,
        session_id: &str,
        change: &QueueChange,
        from: Millis,
        stamp: Stamp<'_>,
    ) -> Result<ReassignOutcome, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(ReassignOutcome::Unknown);
            }
            if let Some(agent_id) = change.agent_id.as_deref().filter(|_| change.done != Some(true))
                && let Some(own) = find_own(&mut tx, client_id, session_id).await?
                && has_other(&mut tx, client_id, &own, Some(agent_id), from).await?
            {
                return Ok(ReassignOutcome::Present);
            }
            let is_done = change.done == Some(true);
            let changed = query_tx!(tx, |db| {
                sqlx::query(concat!(
                    "UPDATE call_notes SET agent_id = COALESCE($3, agent_id),
                        follow_up_at = CASE CAST($4 AS BIGINT) WHEN 1 THEN NULL
                            ELSE follow_up_at END,
                        follow_up_note = CASE CAST($4 AS BIGINT) WHEN 1 THEN NULL
                            ELSE follow_up_note END,
                        follow_up_by = NULL,
                        updated_at = CASE WHEN CAST($5 AS BIGINT) > updated_at
                            THEN CAST($5 AS BIGINT) ELSE updated_at + 1 END
                     WHERE client_id = $1 AND follow_up_at IS NOT NULL AND call_sid = (
                        SELECT call_sid FROM calls WHERE client_id = $1 AND session_id = $2)
                       AND ",
                    in_teams_of!("$6", "call_notes.agent_id"),
                ))
                .bind(client_id)
                .bind(session_id)
                .bind(&change.agent_id)
                .bind(i64::from(is_done))
                .bind(stamp.now)
                .bind(change.supervisor.as_deref().unwrap_or_default())
                .execute(db)
            })?;
            let is_found = changed.rows_affected() > 0
                || change_uncalled(&mut tx, client_id, session_id, change).await?;
            if !is_found {
                return Ok(ReassignOutcome::Unknown);
            }
            let act = if is_done { "follow_up.done" } else { "follow_up.assigned" };
            insert_audit(&mut tx, client_id, act, Some(session_id), stamp).await?;
            tx.commit().await?;
            Ok(ReassignOutcome::Changed)
        })
    }
}

/// Changes a follow-up without a call. Returns false if there is none.
async fn change_uncalled(
    tx: &mut Tx,
    client_id: &str,
    follow_up_id: &str,
    change: &QueueChange,
) -> Result<bool, sqlx::Error> {
    let changed = query_tx!(*tx, |db| {
        sqlx::query(concat!(
            "UPDATE follow_ups SET agent_id = COALESCE($3, agent_id),
                agent_name = CASE WHEN $3 IS NULL THEN agent_name END,
                follow_up_at = CASE CAST($4 AS BIGINT) WHEN 1 THEN NULL ELSE follow_up_at END,
                follow_up_note = CASE CAST($4 AS BIGINT) WHEN 1 THEN NULL
                    ELSE follow_up_note END
             WHERE client_id = $1 AND follow_up_id = $2 AND follow_up_at IS NOT NULL AND ",
            in_teams_of!("$5", "follow_ups.agent_id"),
        ))
        .bind(client_id)
        .bind(follow_up_id)
        .bind(&change.agent_id)
        .bind(i64::from(change.done == Some(true)))
        .bind(change.supervisor.as_deref().unwrap_or_default())
        .execute(db)
    })?;
    Ok(changed.rows_affected() > 0)
}
