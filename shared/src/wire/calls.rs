//! Calls, as they are started, listed and looked at.

use super::RawValue;
use crate::call::{Direction, Status};
use serde::{Deserialize, Serialize};

/// The answer to `POST /api/ribbon/calls` and to a simulated incoming call.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallStarted {
    /// The server's name for the call.
    pub session_id: String,
    /// The call's name at its provider.
    pub call_sid: String,
    /// Always `active`: the call has only begun.
    pub status: Status,
}

/// A call wherever the API shows one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallObject {
    /// The server's name for the call.
    pub session_id: String,
    /// The call's name at its provider, or the page's.
    pub call_sid: String,
    /// The client whose call it is.
    pub client_id: String,
    /// When it began, RFC 3339 in UTC.
    pub start_time: String,
    /// When it was over, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_time: Option<String>,
    /// Seconds they talked, once it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<i64>,
    /// The other side's number.
    pub phone_number: Option<String>,
    /// Which way it goes.
    pub call_direction: Direction,
    /// What the page gave to `setCustomer`; at the least `{phoneNumber}`.
    pub customer_data: Box<RawValue>,
    /// How it stands.
    pub status: Status,
    /// Why it ended, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The agent's id.
    pub agent_id: Option<String>,
    /// The agent's name.
    pub agent_name: Option<String>,
    /// Who carries the call; null where only the page told of it.
    pub provider: Option<String>,
    /// When both sides began to talk, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connected_time: Option<String>,
    /// Whether the agent's microphone is shut; only where the call stands by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted: Option<bool>,
    /// Whether the other side is on hold; only where the call stands by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_hold: Option<bool>,
    /// What the agent wrote down; only where the call stands by itself, like the next two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// How the agent judges the outcome, in the client's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<String>,
    /// When to speak again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up: Option<FollowUp>,
    /// Every fact of the call in the order of their times; only in the answer to a GET of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Vec<TimelineEntry>>,
}

/// When to speak with the other side again, and about what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    /// RFC 3339 in UTC.
    pub at: String,
    /// What about.
    pub note: Option<String>,
}

/// The answer to `GET /api/ribbon/active-calls`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActiveCalls {
    /// The calls in progress, the newest first.
    pub active_calls: Vec<CallObject>,
    /// How many there are.
    pub count: usize,
}

/// One fact of a call, with who told of it and when.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEntry {
    /// The event's id in the log.
    pub log_id: String,
    /// The event's name.
    pub event: String,
    /// Who told of it: `page`, `provider` or `system`.
    pub source: String,
    /// When it happened, RFC 3339 in UTC.
    pub timestamp: String,
    /// When the server heard of it, RFC 3339 in UTC.
    pub received_at: String,
    /// What came with it.
    pub data: Box<RawValue>,
}
