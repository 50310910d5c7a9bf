//! What `calls.json` has, in the order in which it is written.

use call_ribbon_shared::wire::{CallObject, Consent, QuietTime, RawValue, Suppression};
use serde::Serialize;

/// The whole content.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    pub file: FileFacts,
    pub about: About,
    /// What limits the proof, one sentence each.
    pub remarks: Vec<String>,
    /// Every call with the person, oldest first.
    pub attempts: Vec<Attempt>,
    /// Decisions about calls that were asked for and not made.
    pub decisions: Vec<SealedEntry>,
    pub suppressions: Vec<Suppression>,
    pub consents: Vec<Consent>,
    pub quiet_times: Vec<QuietTime>,
    /// Follow-ups without a call that agents have planned.
    pub follow_ups: Vec<PlannedCall>,
    /// Who exported, saw or erased the person's data, as the audit log has it.
    pub audit: Vec<AuditLine>,
}

/// When, why and by whom the file was made.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileFacts {
    pub file_id: String,
    pub made_at: String,
    pub made_by: String,
    pub reason: String,
    pub client: String,
    pub client_name: String,
    /// Times in the report are in this zone; those in this member are in UTC.
    pub time_zone: String,
    pub program: String,
    /// Events up to this number are sealed.
    pub sealed_events: i64,
    /// Decisions up to this number are sealed.
    pub sealed_decisions: i64,
}

/// About whom the file is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct About {
    pub customer_id: Option<String>,
    pub name: Option<String>,
    pub numbers: Vec<String>,
    /// The first and the last moment at which its calls may have begun; null: any.
    pub from: Option<String>,
    pub until: Option<String>,
}

/// One call.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// The call as it is now. The events prove it.
    pub call: CallObject,
    /// When it was asked for, dialed, rang, both sides talked, and ended: from its events.
    pub times: Times,
    /// How it was known who the agent is.
    pub agent_known_by: &'static str,
    /// The decision by which it was permitted; none for a call that came in or was only logged.
    pub decisions: Vec<SealedEntry>,
    pub events: Vec<SealedEntry>,
    pub notes: Notes,
}

/// The moments of a call, RFC 3339 in UTC.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Times {
    pub asked: Option<String>,
    pub rang: Option<String>,
    pub talked: Option<String>,
    pub ended: Option<String>,
}

/// A follow-up without a call: nobody called then, for example because rules forbade it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedCall {
    pub follow_up_id: String,
    pub planned_at: String,
    pub agent_id: Option<String>,
    pub phone_number: Option<String>,
    /// When it is due; null: it is marked as done.
    pub at: Option<String>,
    pub note: Option<String>,
}

/// What the agent wrote after the call. It can be changed, so no seal proves it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Notes {
    #[serde(rename = "notes")]
    pub text: Option<String>,
    pub disposition: Option<String>,
    pub follow_up_at: Option<String>,
    pub follow_up_note: Option<String>,
}

/// An event or a decision.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SealedEntry {
    /// The number of its seal; null: it was too new to be sealed.
    pub seal: Option<i64>,
    /// What stays when a person is erased.
    pub public: Box<RawValue>,
    /// What is erased with a person; null: it was.
    pub personal: Option<Box<RawValue>>,
}

/// An entry of the audit log.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditLine {
    pub at: String,
    pub act: String,
    pub by: Option<String>,
}
