//! Calls, as they are started, listed and looked at.

use super::RawValue;
use crate::Millis;
use crate::call::{Direction, Status};
use serde::{Deserialize, Serialize};

/// The answer to `POST /api/ribbon/calls` and to a simulated incoming call.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CallStarted {
    /// The server's name for the call.
    #[cfg_attr(feature = "openapi", schema(examples("ses_0199d7d2c5e07c3f9a3be2b1f0c44a10")))]
    pub session_id: String,
    /// The call's name at its provider.
    #[cfg_attr(feature = "openapi", schema(examples("CA-2025-10-12-0001")))]
    pub call_sid: String,
    /// Always `active`: the call has only begun.
    pub status: Status,
}

/// A call wherever the API shows one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CallObject {
    /// The server's name for the call.
    #[cfg_attr(feature = "openapi", schema(examples("ses_0199d7d2c5e07c3f9a3be2b1f0c44a10")))]
    pub session_id: String,
    /// The call's name at its provider, or the page's.
    #[cfg_attr(feature = "openapi", schema(examples("CA-2025-10-12-0001")))]
    pub call_sid: String,
    /// The client whose call it is.
    #[cfg_attr(feature = "openapi", schema(examples("client-demo")))]
    pub client_id: String,
    /// When it began, RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:00Z")))]
    pub start_time: String,
    /// When it was over, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, format = DateTime, examples("2025-10-12T10:32:05Z")))]
    pub end_time: Option<String>,
    /// Seconds they talked, once it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, minimum = 0, examples(125)))]
    pub duration: Option<i64>,
    /// The other side's number; null where the caller withheld it.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("+919876543210")))]
    pub phone_number: Option<String>,
    /// Which way it goes.
    pub call_direction: Direction,
    /// What the page gave to `setCustomer`; at the least `{phoneNumber}`.
    #[cfg_attr(feature = "openapi", schema(value_type = Object, examples(json!({"customerId": "CUST-1001", "name": "Asha Rao"}))))]
    pub customer_data: Box<RawValue>,
    /// How it stands.
    pub status: Status,
    /// Why it ended, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("hangup")))]
    pub reason: Option<String>,
    /// The agent's id.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("agent1")))]
    pub agent_id: Option<String>,
    /// The agent's name.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("Ravi Kumar")))]
    pub agent_name: Option<String>,
    /// Who carries the call; null where only the page told of it.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("simulator")))]
    pub provider: Option<String>,
    /// When both sides began to talk, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, format = DateTime, examples("2025-10-12T10:30:08Z")))]
    pub connected_time: Option<String>,
    /// Whether the agent's microphone is shut; only where the call stands by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub muted: Option<bool>,
    /// Whether the other side is on hold; only where the call stands by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub on_hold: Option<bool>,
    /// What the agent wrote down; like the next two only where the call stands by itself, in a
    /// history and among follow-ups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(nullable = false, examples("Wants the quotation by Friday"))
    )]
    pub notes: Option<String>,
    /// How the agent judges the outcome, in the client's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("interested")))]
    pub disposition: Option<String>,
    /// When to speak again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub follow_up: Option<FollowUp>,
    /// Grows with each change of what is written down; only where the call stands by itself and
    /// something is written. Milliseconds since 1970, or a little more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(nullable = false, minimum = 1, examples(1_760_268_725_000_i64))
    )]
    pub notes_version: Option<Millis>,
    /// The account that carries the call; this and the next four only where the call stands by
    /// itself and an account carries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub account_id: Option<String>,
    /// The provider's own name for the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub provider_call_id: Option<String>,
    /// The provider's own latest word for how it stands, as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("in-progress")))]
    pub provider_status: Option<String>,
    /// Where the recording is, by the provider's account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub recording_url: Option<String>,
    /// Why it is taken for this customer's call: its number is the customer's `phone`, or a
    /// `further_number` of it. `several`: customers share the number, and it is taken for nobody's;
    /// `customerData` then has `sharedBy` and `sharedCustomers`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("phone")))]
    pub matched_by: Option<String>,
    /// Every fact of the call in the order of their times; only in the answer to a GET of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub timeline: Option<Vec<TimelineEntry>>,
}

/// The answer to `GET /api/ribbon/calls`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CallHistory {
    /// The calls, each with what was written about it. A page may be short, or empty, although
    /// more follow: a search looks at so many calls at a time.
    pub calls: Vec<CallObject>,
    /// Where the next page begins; not there on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub next_cursor: Option<String>,
    /// How far a search has come that goes on with `nextCursor`: the start of the last call that
    /// was looked at, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, format = DateTime, examples("2025-10-12T10:30:00Z")))]
    pub searched_to: Option<String>,
}

/// The answer to `GET /api/ribbon/follow-ups`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FollowUps {
    /// The calls to follow up, the one that is due first in front.
    pub follow_ups: Vec<CallObject>,
}

/// When to speak with the other side again, and about what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FollowUp {
    /// RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-14T09:00:00Z")))]
    pub at: String,
    /// What about.
    #[cfg_attr(
        feature = "openapi",
        schema(required = true, examples("Send the quotation before"))
    )]
    pub note: Option<String>,
}

/// The answer to `GET /api/ribbon/active-calls`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ActiveCalls {
    /// The calls in progress, the newest first.
    pub active_calls: Vec<CallObject>,
    /// How many there are.
    #[cfg_attr(feature = "openapi", schema(examples(1)))]
    pub count: usize,
}

/// One fact of a call, with who told of it and when.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TimelineEntry {
    /// The event's id in the log.
    #[cfg_attr(feature = "openapi", schema(examples("log_0199d7d2c8317d528a17c04fd21be0c5")))]
    pub log_id: String,
    /// The event's name.
    #[cfg_attr(feature = "openapi", schema(examples("connected")))]
    pub event: String,
    /// What happened and who says so, as a sentence in English.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(examples("Exotel: both sides talk (in-progress).")))]
    pub summary: String,
    /// Who told of it: `page`, `provider` or `system`.
    #[cfg_attr(feature = "openapi", schema(examples("page")))]
    pub source: String,
    /// When it happened, RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:08Z")))]
    pub timestamp: String,
    /// When the server heard of it, RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:08.210Z")))]
    pub received_at: String,
    /// What came with it.
    #[cfg_attr(feature = "openapi", schema(value_type = Object, examples(json!({"callSid": "CA-2025-10-12-0001"}))))]
    pub data: Box<RawValue>,
}
