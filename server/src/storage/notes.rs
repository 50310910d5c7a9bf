//! What an agent wrote down about a call. It stands beside the call's own row, which the writer
//! alone changes.

use super::group::lock_head;
use super::pools::{again, reading, within};
use super::totals::Deltas;
use super::{Store, StoreError};
use crate::patch::Patch;
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// What is to be kept. What it does not name stays.
#[derive(Debug, Clone)]
pub struct NotesChange {
    pub notes: Patch<String>,
    pub disposition: Patch<String>,
    /// When to speak again, and about what.
    pub follow_up: Patch<(Millis, Option<String>)>,
}

/// What is kept.
#[derive(Debug, Clone, Default, FromRow)]
pub struct NotesRow {
    pub notes: Option<String>,
    pub disposition: Option<String>,
    pub follow_up_at: Option<Millis>,
    pub follow_up_note: Option<String>,
}

/// A call with what an agent has judged of it so far.
#[derive(FromRow)]
struct Judged {
    call_sid: String,
    started_at: Millis,
    agent_id: Option<String>,
    disposition: Option<String>,
}

impl Store {
    /// Keeps what was written about a call; false where the client has no such call.
    pub async fn save_notes(
        &self,
        client_id: &str,
        session_id: &str,
        change: &NotesChange,
        now: Millis,
    ) -> Result<bool, StoreError> {
        again!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            let judged = change.disposition.named() == 1;
            if judged {
                // Until the end the call begins when it does now, and is not judged by another.
                lock_head(&mut tx, client_id).await?;
            }
            let found: Option<Judged> = within!(tx, |db| sqlx::query_as(
                "SELECT c.call_sid, c.started_at, c.agent_id, n.disposition FROM calls c
                 LEFT JOIN call_notes n ON n.client_id = c.client_id AND n.call_sid = c.call_sid
                 WHERE c.client_id = $1 AND c.session_id = $2"
            )
            .bind(client_id)
            .bind(session_id)
            .fetch_optional(db))?;
            let Some(Judged { call_sid, started_at, agent_id, disposition: before }) = found else {
                return Ok(false);
            };
            let follow_up = change.follow_up.value();
            within!(tx, |db| {
                sqlx::query(
                    "INSERT INTO call_notes (client_id, call_sid, notes, disposition, follow_up_at,
                        follow_up_note, updated_at, agent_id)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $11)
                     ON CONFLICT (client_id, call_sid) DO UPDATE SET
                        notes = CASE CAST($8 AS BIGINT) WHEN 1 THEN excluded.notes
                            ELSE call_notes.notes END,
                        disposition = CASE CAST($9 AS BIGINT) WHEN 1 THEN excluded.disposition
                            ELSE call_notes.disposition END,
                        follow_up_at = CASE CAST($10 AS BIGINT) WHEN 1 THEN excluded.follow_up_at
                            ELSE call_notes.follow_up_at END,
                        follow_up_note = CASE CAST($10 AS BIGINT) WHEN 1 THEN excluded.follow_up_note
                            ELSE call_notes.follow_up_note END,
                        agent_id = CASE CAST($10 AS BIGINT) WHEN 1 THEN excluded.agent_id
                            ELSE call_notes.agent_id END,
                        updated_at = excluded.updated_at"
                )
                .bind(client_id)
                .bind(call_sid)
                .bind(change.notes.value())
                .bind(change.disposition.value())
                .bind(follow_up.map(|(at, _)| *at))
                .bind(follow_up.and_then(|(_, note)| note.clone()))
                .bind(now)
                .bind(change.notes.named())
                .bind(change.disposition.named())
                .bind(change.follow_up.named())
                .bind(agent_id)
                .execute(db)
            })?;
            if judged {
                let mut deltas = Deltas::default();
                for (disposition, calls) in [(before.as_ref(), -1), (change.disposition.value(), 1)]
                {
                    if let Some(disposition) = disposition {
                        deltas.add_disposition(client_id, started_at, disposition, calls);
                    }
                }
                deltas.write(&mut tx).await?;
            }
            tx.commit().await?;
            Ok(true)
        })
    }

    /// What was written about a call.
    pub async fn notes(&self, client_id: &str, call_sid: &str) -> Result<NotesRow, StoreError> {
        let row: Option<NotesRow> = reading!(self, |db| sqlx::query_as(
            "SELECT notes, disposition, follow_up_at, follow_up_note FROM call_notes
             WHERE client_id = $1 AND call_sid = $2"
        )
        .bind(client_id)
        .bind(call_sid)
        .fetch_optional(db))?;
        Ok(row.unwrap_or_default())
    }
}
