//! Reads the rows that seals cover, as the texts that are hashed.

use crate::customer::raw_json;
use crate::seal::rows::{PersonalDecision, PublicDecision, PublicEvent, SealableRow};
use crate::seal::slot::RowKind;
use crate::storage::database::portion::LongRow;
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// An event, with what is sealed of it.
#[derive(Debug, FromRow)]
pub struct SealableEvent {
    seq: i64,
    call_seq: i64,
    call_sid: String,
    session_id: String,
    log_id: String,
    event_id: Option<String>,
    event: String,
    source: String,
    at: Millis,
    received_at: Millis,
    status: String,
    audience: Option<String>,
    domain: Option<String>,
    data: String,
}

/// A decision, with what is sealed of it.
#[derive(Debug, FromRow)]
pub struct SealableDecision {
    seq: i64,
    decision_id: String,
    session_id: Option<String>,
    at: Millis,
    agent_id: Option<String>,
    customer_id: Option<String>,
    number: Option<String>,
    outcome: String,
    packs: String,
    facts_hash: String,
    decision: String,
    override_reason: Option<String>,
}

impl LongRow for SealableEvent {
    fn text_bytes(&self) -> usize {
        self.data.len()
    }
}

impl From<SealableEvent> for SealableRow {
    fn from(row: SealableEvent) -> Self {
        let public = PublicEvent {
            number: row.seq,
            call_number: row.call_seq,
            call_sid: &row.call_sid,
            session_id: &row.session_id,
            log_id: &row.log_id,
            event_id: row.event_id.as_deref(),
            event: &row.event,
            source: &row.source,
            at: row.at,
            received_at: row.received_at,
            status: &row.status,
            agents: row.audience.as_deref(),
            domain: row.domain.as_deref(),
        };
        Self {
            kind: RowKind::Event,
            number: row.seq,
            call: row.call_seq,
            at: row.at,
            // Texts and numbers always serialise.
            public: serde_json::to_string(&public).unwrap_or_default(),
            personal: row.data,
        }
    }
}

impl From<SealableDecision> for SealableRow {
    fn from(row: SealableDecision) -> Self {
        let public = PublicDecision {
            number: row.seq,
            decision_id: &row.decision_id,
            session_id: row.session_id.as_deref(),
            at: row.at,
            agent_id: row.agent_id.as_deref(),
            outcome: &row.outcome,
            packs: raw_json(&row.packs),
            facts_hash: &row.facts_hash,
            decision: raw_json(&row.decision),
        };
        let personal = PersonalDecision {
            customer_id: row.customer_id.as_deref(),
            number: row.number.as_deref(),
            override_reason: row.override_reason.as_deref(),
        };
        Self {
            kind: RowKind::Decision,
            number: row.seq,
            call: 0,
            at: row.at,
            // Texts and numbers always serialise.
            public: serde_json::to_string(&public).unwrap_or_default(),
            personal: serde_json::to_string(&personal).unwrap_or_default(),
        }
    }
}
