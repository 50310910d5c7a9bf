//! Does what a disposition does besides being stored: it enters the number among those that must
//! not be called, and withdraws consents. Another disposition soon afterwards undoes that.

use crate::storage::StoreError;
use crate::storage::access::audit::{Actor, Stamp, insert_audit};
use crate::storage::database::pools::{Tx, query_tx};
use crate::storage::locks::lock_client;
use crate::storage::permission::consents::consents_for_call;
use call_ribbon_shared::Millis;

/// How long after its entry another disposition of the same call removes a suppression, in
/// milliseconds. Later, only a person does, with a reason.
const UNDO_WITHIN: Millis = 3_600_000;

/// What a disposition does.
#[derive(Debug, Clone, Default)]
pub struct OutcomeActs {
    /// The number that must not be called any more.
    pub suppress: Option<OutcomeSuppression>,
    /// Whose consents are withdrawn.
    pub withdraw: Option<OutcomeWithdrawal>,
    /// The follow-up that the call gets.
    pub follow_up: Option<OutcomeFollowUp>,
    /// What was promised.
    pub promise: Option<OutcomePromise>,
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
    /// The account that it must not be called about; `None`: no call at all.
    pub account: Option<String>,
    pub reason: String,
}

/// The follow-up that a disposition makes.
#[derive(Debug, Clone)]
pub struct OutcomeFollowUp {
    pub at: Millis,
    pub note: String,
}

/// A promise to pay.
#[derive(Debug, Clone)]
pub struct OutcomePromise {
    /// In ten-thousandths.
    pub amount: i64,
    /// The last day, as `2026-12-01`.
    pub day: String,
    /// The account that it is about, if the call names one.
    pub account: Option<String>,
    /// The campaign of the call, if it names one.
    pub campaign: Option<String>,
}

/// Whose consents are withdrawn: the number's, in all its spellings, and the customer's.
#[derive(Debug, Clone)]
pub struct OutcomeWithdrawal {
    pub spellings: Vec<String>,
    pub customer_id: Option<String>,
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
    let new = acts.suppress.as_ref();
    let number = new.map_or("", |new| new.number.as_str());
    let account = new.and_then(|new| new.account.as_deref());
    let scope = if account.is_some() { "account" } else { "all" };
    let account = account.unwrap_or_default();
    let undone: Vec<String> = query_tx!(*tx, |db| sqlx::query_scalar(
        "UPDATE suppressions SET removed_at = $4, removed_by = $5,
            removed_reason = 'The outcome of the call was changed.'
         WHERE client_id = $1 AND source = 'agent' AND removed_at IS NULL
            AND (number <> $3 OR scope <> $7 OR scope_value <> $8)
            AND session_id = $2 AND session_id <> '' AND created_at > $6
         RETURNING entry_id"
    )
    .bind(client_id)
    .bind(session_id)
    .bind(number)
    .bind(now)
    .bind(name)
    .bind(now - UNDO_WITHIN)
    .bind(scope)
    .bind(account)
    .fetch_all(db))?;
    let mut changes: Vec<(&str, String)> =
        undone.into_iter().map(|entry_id| ("suppression.removed", entry_id)).collect();
    if let Some(OutcomeSuppression { entry_id, number, reason, .. }) = &acts.suppress {
        let done = query_tx!(*tx, |db| sqlx::query(
            "INSERT INTO suppressions (client_id, entry_id, number, scope, scope_value, reason,
                source, session_id, import_id, listed_at, until, by_name, by_id, created_at)
             VALUES ($1, $2, $3, $9, $10, $4, 'agent', $5, '', $6, NULL, $7, $8, $6)
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
        .bind(scope)
        .bind(account)
        .execute(db))?;
        if done.rows_affected() > 0 {
            changes.push(("suppression.added", entry_id.clone()));
        }
    }
    let (restored, withdrawn) =
        change_consents(tx, client_id, session_id, acts.withdraw.as_ref(), (name, now)).await?;
    changes.extend(restored.into_iter().map(|id| ("consent.restored", id)));
    changes.extend(withdrawn.into_iter().map(|id| ("consent.withdrawn", id)));
    if !changes.is_empty() {
        lock_client(tx, client_id).await?;
    }
    for (act, entry_id) in &changes {
        insert_audit(tx, client_id, act, Some(entry_id), stamp).await?;
    }
    Ok(())
}

/// Restores the consents that an earlier outcome of the call withdrew, and withdraws those of this
/// one. Returns the ids of both; a consent that stays withdrawn is in neither.
async fn change_consents(
    tx: &mut Tx,
    client_id: &str,
    session_id: &str,
    withdraw: Option<&OutcomeWithdrawal>,
    (name, now): (&str, Millis),
) -> Result<(Vec<String>, Vec<String>), StoreError> {
    let restored: Vec<String> = query_tx!(*tx, |db| sqlx::query_scalar(
        "UPDATE consents SET withdrawn_at = NULL, withdrawn_by = NULL, withdrawn_reason = NULL,
            withdrawn_in = NULL
         WHERE client_id = $1 AND withdrawn_in = $2 AND withdrawn_at > $3 RETURNING consent_id"
    )
    .bind(client_id)
    .bind(session_id)
    .bind(now - UNDO_WITHIN)
    .fetch_all(db))?;
    let mut withdrawn = Vec::new();
    if let Some(OutcomeWithdrawal { spellings, customer_id }) = withdraw {
        let customer_id = customer_id.as_deref();
        let found = consents_for_call(tx, client_id, spellings, customer_id, now).await?;
        for consent in found {
            query_tx!(*tx, |db| sqlx::query(
                "UPDATE consents SET withdrawn_at = $3, withdrawn_by = $4, withdrawn_in = $5,
                    withdrawn_reason = 'The outcome of a call.'
                 WHERE client_id = $1 AND consent_id = $2"
            )
            .bind(client_id)
            .bind(&consent.consent_id)
            .bind(now)
            .bind(name)
            .bind(session_id)
            .execute(db))?;
            withdrawn.push(consent.consent_id);
        }
    }
    let only_restored = restored.iter().filter(|id| !withdrawn.contains(id)).cloned().collect();
    withdrawn.retain(|id| !restored.contains(id));
    Ok((only_restored, withdrawn))
}
