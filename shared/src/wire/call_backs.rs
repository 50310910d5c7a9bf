//! Missed calls, and whether their callers were called back.

use super::CallObject;
use serde::{Deserialize, Serialize};

/// The answer to `GET /api/ribbon/call-backs`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CallBacks {
    /// The callers, the latest missed call first.
    pub callers: Vec<CallBackCaller>,
    /// How callers were called back: all callers of the period, however many are listed.
    pub figures: CallBackFigures,
    /// Whether missed calls are left out: one request examines the latest 2,000.
    pub truncated: bool,
}

/// The missed calls from one number until somebody spoke with the caller.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CallBackCaller {
    /// How many calls were missed.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, examples(2)))]
    pub count: u32,
    /// When the first of them began, RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:00Z")))]
    pub first_missed: String,
    /// The latest of them.
    pub last_call: CallObject,
    /// The agent who has to call back: the one for whom the latest call rang, until staff reassign
    /// it. Absent if it rang for everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("agent1")))]
    pub owner_id: Option<String>,
    /// The call in which somebody spoke with the caller; absent until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub called_back: Option<CalledBack>,
    /// When staff marked it as done, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, format = DateTime, examples("2025-10-12T11:00:00Z")))]
    pub done_at: Option<String>,
    /// The name of the person who did so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("Asha Rao")))]
    pub done_by: Option<String>,
}

/// The first later call with the number or the customer that was answered, or that is in progress.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CalledBack {
    /// The server's id of the call.
    #[cfg_attr(feature = "openapi", schema(examples("ses_0199d7d2c5e07c3f9a3be2b1f0c44a10")))]
    pub session_id: String,
    /// When it began, RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:42:00Z")))]
    pub at: String,
    /// Seconds from the first missed call to this call.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(720)))]
    pub after_seconds: i64,
    /// The call's agent.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("agent1")))]
    pub agent_id: Option<String>,
    /// The agent's name.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("Ravi Kumar")))]
    pub agent_name: Option<String>,
}

/// How many callers of missed calls were called back, and how soon.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CallBackFigures {
    /// All callers. A number that is missed again after somebody spoke with it counts again.
    pub callers: i64,
    /// Callers with whom somebody spoke later.
    pub called_back: i64,
    /// Callers that staff marked as done without a call.
    pub done: i64,
    /// Callers who wait for a call.
    pub waiting: i64,
    /// Callers with whom somebody spoke within 15 minutes of their first missed call.
    pub within_15_minutes: i64,
    /// The same within one hour.
    pub within_1_hour: i64,
    /// The same within 24 hours.
    pub within_1_day: i64,
    /// The median time until then, in seconds; 0 if nobody was called back.
    pub median_seconds: i64,
}
