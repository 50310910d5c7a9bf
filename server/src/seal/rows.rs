//! The public and the personal part of each sealed row, as texts.

use super::slot::{RowKind, RowSecret, RowSlot, SALT, Slot, commit, hash_content};
use call_ribbon_shared::Millis;
use call_ribbon_shared::wire::RawValue;
use serde::Serialize;

/// A row that can be sealed, as texts.
#[derive(Debug, Clone)]
pub struct SealableRow {
    pub kind: RowKind,
    pub number: i64,
    pub call: i64,
    pub at: Millis,
    /// JSON that stays when a person is erased.
    pub public: String,
    /// What is erased with a person, as JSON.
    pub personal: String,
}

/// The public part of an event. The order of the fields is part of its hash.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicEvent<'a> {
    pub number: i64,
    pub call_number: i64,
    pub call_sid: &'a str,
    pub session_id: &'a str,
    pub log_id: &'a str,
    pub event_id: Option<&'a str>,
    pub event: &'a str,
    pub source: &'a str,
    pub at: Millis,
    pub received_at: Millis,
    pub status: &'a str,
    pub agents: Option<&'a str>,
    pub domain: Option<&'a str>,
}

/// The public part of a decision. The order of the fields is part of its hash.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicDecision<'a> {
    pub number: i64,
    pub decision_id: &'a str,
    pub session_id: Option<&'a str>,
    pub at: Millis,
    pub agent_id: Option<&'a str>,
    pub outcome: &'a str,
    pub packs: Box<RawValue>,
    pub facts_hash: &'a str,
    pub decision: Box<RawValue>,
}

/// The personal part of a decision.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonalDecision<'a> {
    pub customer_id: Option<&'a str>,
    pub number: Option<&'a str>,
    pub override_reason: Option<&'a str>,
}

impl SealableRow {
    /// Returns its slot under a fresh salt.
    pub fn to_slot(&self, salt: [u8; SALT]) -> Slot {
        Slot::Row(RowSlot {
            kind: self.kind,
            number: self.number,
            call: self.call,
            at: self.at,
            content: hash_content(&self.public, &commit(&salt, &self.personal)),
            secret: RowSecret::Salt(salt),
        })
    }
}
