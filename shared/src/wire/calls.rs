//! Calls as the API starts, lists and returns them.

use super::RawValue;
use crate::Millis;
use crate::call::{Direction, Status};
use serde::{Deserialize, Serialize};

/// The answer to `POST /api/ribbon/calls` and to a simulated incoming call.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CallStarted {
    /// The server's id of the call.
    #[cfg_attr(feature = "openapi", schema(examples("ses_0199d7d2c5e07c3f9a3be2b1f0c44a10")))]
    pub session_id: String,
    /// The provider's id of the call.
    #[cfg_attr(feature = "openapi", schema(examples("CA-2025-10-12-0001")))]
    pub call_sid: String,
    /// Always `active`: the call has only begun.
    pub status: Status,
}

/// A call, in every answer that contains one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CallObject {
    /// The server's id of the call.
    #[cfg_attr(feature = "openapi", schema(examples("ses_0199d7d2c5e07c3f9a3be2b1f0c44a10")))]
    pub session_id: String,
    /// The provider's or the page's id of the call.
    #[cfg_attr(feature = "openapi", schema(examples("CA-2025-10-12-0001")))]
    pub call_sid: String,
    /// The id of the client that owns the call.
    #[cfg_attr(feature = "openapi", schema(examples("client-demo")))]
    pub client_id: String,
    /// When it began, RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:00Z")))]
    pub start_time: String,
    /// When it ended, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, format = DateTime, examples("2025-10-12T10:32:05Z")))]
    pub end_time: Option<String>,
    /// Seconds of talk, once the call is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, minimum = 0, examples(125)))]
    pub duration: Option<i64>,
    /// The other side's number; null if the caller withheld it.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("+919876543210")))]
    pub phone_number: Option<String>,
    /// The direction of the call.
    pub call_direction: Direction,
    /// The data that the page passed to `setCustomer`; at least `{phoneNumber}`.
    #[cfg_attr(feature = "openapi", schema(value_type = Object, examples(json!({"customerId": "CUST-1001", "name": "Asha Rao"}))))]
    pub customer_data: Box<RawValue>,
    /// The call's status.
    pub status: Status,
    /// Why it ended, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("hangup")))]
    pub reason: Option<String>,
    /// The agent's id.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("agent1")))]
    pub agent_id: Option<String>,
    /// The agent's name.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("Ravi Kumar")))]
    pub agent_name: Option<String>,
    /// The provider that carries the call; null if only the page reported the call.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("simulator")))]
    pub provider: Option<String>,
    /// When both sides began to talk, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, format = DateTime, examples("2025-10-12T10:30:08Z")))]
    pub connected_time: Option<String>,
    /// Whether the agent's microphone is muted; only in an answer about this call alone and among
    /// active calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub muted: Option<bool>,
    /// Whether the other side is on hold; only in an answer about this call alone and among active
    /// calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub on_hold: Option<bool>,
    /// The agent's notes. This and the next three fields are only in an answer about this call alone,
    /// in a history, in an export and among follow-ups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(nullable = false, examples("Wants the quotation by Friday"))
    )]
    pub notes: Option<String>,
    /// The outcome according to the agent, in the client's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("interested")))]
    pub disposition: Option<String>,
    /// What the agent entered with the outcome, by the names of the fields that its entry asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Object, nullable = false,
            examples(json!({"amount": 5000, "date": "2025-10-20"})))
    )]
    pub disposition_fields: Option<Box<RawValue>>,
    /// When to call again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub follow_up: Option<FollowUp>,
    /// The version of notes, disposition and follow-up; it grows with each change. Only in an
    /// answer about this call alone, and only if one of them is set. Milliseconds since 1970, or
    /// slightly more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(nullable = false, minimum = 1, examples(1_760_268_725_000_i64))
    )]
    pub notes_version: Option<Millis>,
    /// The account that carries the call. This and the next four fields are only in an answer about
    /// this call alone, and only if an account carries the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub account_id: Option<String>,
    /// The provider's own id of the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub provider_call_id: Option<String>,
    /// The provider's own latest status, as received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("in-progress")))]
    pub provider_status: Option<String>,
    /// Where the recording is, according to the provider's account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub recording_url: Option<String>,
    /// Why the call is attributed to this customer: its number is the customer's `phone` or a
    /// `further_number`. `several`: customers share the number and the call is attributed to none;
    /// `customerData` then has `sharedBy` and `sharedCustomers`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("phone")))]
    pub matched_by: Option<String>,
    /// Every fact of the call, in order of time; only in the answer to a GET of the call. Once the
    /// facts' data exceed 4 MiB, later facts have an empty `data`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub timeline: Option<Vec<TimelineEntry>>,
}

/// The answer to `GET /api/ribbon/calls`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CallHistory {
    /// The calls, each with its notes, disposition and follow-up. A page may be short, or empty,
    /// although more follow: it ends once its calls' data exceed 4 MiB, and a search reads a limited
    /// number of calls at a time.
    pub calls: Vec<CallObject>,
    /// The cursor of the next page; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub next_cursor: Option<String>,
    /// With `total=true`: how many calls match, on all pages; absent if the server would have to read
    /// too many calls to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, minimum = 0, examples(537)))]
    pub total: Option<i64>,
    /// How far a search that continues with `nextCursor` has come: the start of the last call that
    /// was read, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, format = DateTime, examples("2025-10-12T10:30:00Z")))]
    pub searched_to: Option<String>,
}

/// The answer to `GET /api/ribbon/follow-ups`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FollowUps {
    /// The calls to follow up, the earliest due first; fewer than requested if their data exceed
    /// 4 MiB. A follow-up without a call has the form of a call that failed for the reason `no_call`:
    /// `callSid` is empty, `sessionId` is the follow-up's own id, and `startTime` is when it was made.
    pub follow_ups: Vec<CallObject>,
    /// Whether calls are missing because of their size.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub truncated: bool,
}

/// The answer to `GET /api/ribbon/missed-calls`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct MissedCalls {
    /// The callers to call back, the latest first.
    pub missed_calls: Vec<MissedCaller>,
    /// Whether callers are missing: only the newest 500 calls are examined, as far as their data
    /// have at most 4 MiB.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub truncated: bool,
}

/// A caller whose calls were missed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct MissedCaller {
    /// How many calls from this number were missed.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, examples(2)))]
    pub count: u32,
    /// The latest of them.
    pub last_call: CallObject,
}

/// When to speak with the other side again, and about what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FollowUp {
    /// RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-14T09:00:00Z")))]
    pub at: String,
    /// What to speak about.
    #[cfg_attr(
        feature = "openapi",
        schema(required = true, examples("Send the quotation before"))
    )]
    pub note: Option<String>,
    /// The agent who has to make it: the call's, until staff reassign it. Absent if there is no
    /// agent.
    #[serde(default, rename = "agentId", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("agent1")))]
    pub agent_id: Option<String>,
}

/// The answer to `GET /api/ribbon/active-calls`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ActiveCalls {
    /// The calls in progress, newest first.
    pub active_calls: Vec<CallObject>,
    /// The number of calls.
    #[cfg_attr(feature = "openapi", schema(examples(1)))]
    pub count: usize,
}

/// One fact of a call, with its source and times.
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
    /// A sentence in English that says what happened and who reported it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(examples("Exotel: connected (in-progress).")))]
    pub summary: String,
    /// The source of the fact: `page`, `provider` or `system`.
    #[cfg_attr(feature = "openapi", schema(examples("page")))]
    pub source: String,
    /// When it happened, RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:08Z")))]
    pub timestamp: String,
    /// When the server received it, RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:08.210Z")))]
    pub received_at: String,
    /// The data sent with it.
    #[cfg_attr(feature = "openapi", schema(value_type = Object, examples(json!({"callSid": "CA-2025-10-12-0001"}))))]
    pub data: Box<RawValue>,
}
