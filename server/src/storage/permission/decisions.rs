//! Stores each decision whether a call may be made, in the transaction of the call.

use crate::permission::{CallPlan, Judged};
use crate::storage::database::pools::Column::{Int, Text};
use crate::storage::database::pools::{BulkInsert, SqlValue, Tx, query_tx};
use crate::storage::seals::erase::forget_decisions_of_customer;
use call_ribbon_rules::Effect;
use call_ribbon_shared::Millis;
use serde_json::json;

const DECISIONS: BulkInsert = BulkInsert {
    table: "decisions",
    columns: &[
        Text("client_id"),
        Text("decision_id"),
        Int("seq"),
        Text("session_id"),
        Int("at"),
        Text("agent_id"),
        Text("customer_id"),
        Text("number"),
        Text("account"),
        Text("outcome"),
        Text("packs"),
        Text("facts_hash"),
        Text("decision"),
        Text("override_reason"),
    ],
    conflict: "",
};

/// A decision to be written.
pub struct NewDecision {
    client_id: String,
    decision_id: String,
    /// Its number within the client.
    seq: i64,
    session_id: Option<String>,
    at: Millis,
    agent_id: Option<String>,
    customer_id: Option<String>,
    number: String,
    account: Option<String>,
    outcome: &'static str,
    packs: String,
    facts_hash: String,
    decision: String,
    override_reason: Option<String>,
}

impl NewDecision {
    /// Describes a decision, with its number, about a call, which exists only if it was allowed.
    pub fn new(
        (client_id, seq): (&str, i64),
        session_id: &str,
        plan: &CallPlan,
        judged: &Judged,
        at: Millis,
    ) -> Self {
        let decision = &judged.decision;
        let is_overridden = decision.because.iter().any(|found| found.overridden);
        let warns = decision.because.iter().any(|found| found.effect == Effect::Warn);
        let outcome = match (decision.allowed, is_overridden, warns) {
            (false, _, _) => "refused",
            (true, true, _) => "overridden",
            (true, false, true) => "warned",
            (true, false, false) => "allowed",
        };
        let packs: Vec<_> = plan
            .packs
            .iter()
            .map(|pack| json!({"name": pack.name, "version": pack.version}))
            .collect();
        let reason = plan.overriding.as_ref().filter(|_| is_overridden);
        Self {
            client_id: client_id.to_owned(),
            decision_id: plan.decision_id.clone(),
            seq,
            session_id: decision.allowed.then(|| session_id.to_owned()),
            at,
            agent_id: plan.agent_id.clone(),
            customer_id: plan.customer_id.clone(),
            number: plan.number.clone(),
            account: plan.account.clone(),
            outcome,
            packs: serde_json::Value::Array(packs).to_string(),
            facts_hash: judged.facts_hash.clone(),
            // Texts and numbers always serialise.
            decision: serde_json::to_string(decision).unwrap_or_default(),
            override_reason: reason.map(|one| one.reason.clone()),
        }
    }
}

/// Writes decisions, each with an id of its own.
pub(in crate::storage) async fn insert_decisions(
    tx: &mut Tx,
    decisions: &[NewDecision],
) -> Result<(), sqlx::Error> {
    let cells = decisions.iter().flat_map(|new| {
        [
            SqlValue::from(&new.client_id),
            (&new.decision_id).into(),
            new.seq.into(),
            new.session_id.as_ref().into(),
            new.at.into(),
            new.agent_id.as_ref().into(),
            new.customer_id.as_ref().into(),
            (&new.number).into(),
            new.account.as_ref().into(),
            new.outcome.into(),
            (&new.packs).into(),
            (&new.facts_hash).into(),
            (&new.decision).into(),
            new.override_reason.as_ref().into(),
        ]
    });
    DECISIONS.insert_rows(tx, cells.collect()).await
}

/// Removes the called person from the decision about a call.
pub(in crate::storage) async fn erase_decision_of_call(
    tx: &mut Tx,
    client_id: &str,
    call_sid: &str,
) -> Result<(), sqlx::Error> {
    query_tx!(*tx, |db| sqlx::query(
        "UPDATE decisions SET customer_id = NULL, number = NULL, account = NULL,
            override_reason = NULL
         WHERE client_id = $1 AND session_id IN (
            SELECT session_id FROM calls WHERE client_id = $1 AND call_sid = $2)"
    )
    .bind(client_id)
    .bind(call_sid)
    .execute(db))?;
    Ok(())
}

/// Removes a customer from the decisions about calls that were not made. One that names no customer
/// belongs to the customer who has the number; it is called before the customer is deleted.
pub(in crate::storage) async fn erase_decisions_of_customer(
    tx: &mut Tx,
    client_id: &str,
    customer_id: &str,
) -> Result<(), sqlx::Error> {
    forget_decisions_of_customer(tx, client_id, customer_id).await?;
    for which in [
        "UPDATE decisions SET customer_id = NULL, number = NULL, account = NULL,
            override_reason = NULL
         WHERE client_id = $1 AND customer_id = $2",
        "UPDATE decisions SET number = NULL, account = NULL, override_reason = NULL
         WHERE client_id = $1 AND customer_id IS NULL AND number IN (
            SELECT dial_number FROM customers WHERE client_id = $1 AND customer_id = $2
            UNION SELECT dial_number FROM customer_numbers
            WHERE client_id = $1 AND customer_id = $2)",
    ] {
        query_tx!(*tx, |db| sqlx::query(which).bind(client_id).bind(customer_id).execute(db))?;
    }
    Ok(())
}
