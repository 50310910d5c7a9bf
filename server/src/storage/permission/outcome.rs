//! Does what a disposition does besides being stored: it enters the number among those that must
//! not be called. Another disposition soon afterwards undoes that.

use crate::storage::StoreError;
use crate::storage::access::audit::{Actor, Stamp, insert_audit};
use crate::storage::database::pools::{Tx, query_tx};
use crate::storage::locks::lock_client;
use call_ribbon_shared::Millis;

/// How long after its entry another disposition of the same call removes a suppression, in
/// milliseconds. Later, only a person does, with a reason.
const UNDO_WITHIN: Millis = 3_600_000;

/// What a disposition does.
#[derive(Debug, Clone, Default)]
pub struct OutcomeActs {
    /// The number that must not be called any more.
    pub suppress: Option<OutcomeSuppression>,
    /// The agent who chose the disposition.
    pub agent_name: Option<String>,
    pub agent_id: Option<String>,
}

/// The suppression that a disposition makes.
#[derive(Debug, Clone)]
pub struct OutcomeSuppression {
    pub entry_id: String,
    /// The number as E.164.
    pub number: String,
    pub reason: String,
}

/// Does what the new disposition of a call does, and undoes what its earlier one did. The feed's
/// head of the client is locked.
pub(in crate::storage) async fn act_on_outcome(
    tx: &mut Tx,
    client_id: &str,
    session_id: &str,
    acts: &OutcomeActs,
    now: Millis,
) -> Result<(), StoreError> {
    let name = acts.agent_name.as_deref().or(acts.agent_id.as_deref()).unwrap_or("agent");
    let stamp = Stamp { by: Actor { name, id: acts.agent_id.as_deref() }, now };
    let number = acts.suppress.as_ref().map_or("", |new| new.number.as_str());
    let undone: Vec<String> = query_tx!(*tx, |db| sqlx::query_scalar(
        "UPDATE suppressions SET removed_at = $4, removed_by = $5,
            removed_reason = 'The outcome of the call was changed.'
         WHERE client_id = $1 AND source = 'agent' AND removed_at IS NULL AND number <> $3
            AND session_id = $2 AND session_id <> '' AND created_at > $6
         RETURNING entry_id"
    )
    .bind(client_id)
    .bind(session_id)
    .bind(number)
    .bind(now)
    .bind(name)
    .bind(now - UNDO_WITHIN)
    .fetch_all(db))?;
    let mut changes: Vec<(&str, String)> =
        undone.into_iter().map(|entry_id| ("suppression.removed", entry_id)).collect();
    if let Some(OutcomeSuppression { entry_id, number, reason }) = &acts.suppress {
        let done = query_tx!(*tx, |db| sqlx::query(
            "INSERT INTO suppressions (client_id, entry_id, number, scope, scope_value, reason,
                source, session_id, import_id, listed_at, until, by_name, by_id, created_at)
             VALUES ($1, $2, $3, 'all', '', $4, 'agent', $5, '', $6, NULL, $7, $8, $6)
             ON CONFLICT (client_id, number, scope, scope_value, source, session_id)
                WHERE removed_at IS NULL DO NOTHING"
        )
        .bind(client_id)
        .bind(entry_id)
        .bind(number)
        .bind(reason)
        .bind(session_id)
        .bind(now)
        .bind(name)
        .bind(&acts.agent_id)
        .execute(db))?;
        if done.rows_affected() > 0 {
            changes.push(("suppression.added", entry_id.clone()));
        }
    }
    if !changes.is_empty() {
        lock_client(tx, client_id).await?;
    }
    for (act, entry_id) in &changes {
        insert_audit(tx, client_id, act, Some(entry_id), stamp).await?;
    }
    Ok(())
}
