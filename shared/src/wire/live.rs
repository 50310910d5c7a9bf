//! Types of the live stream of call events.

use super::{CallObject, RawValue};
use crate::Millis;
use crate::call::{Direction, Status};
use serde::{Deserialize, Serialize};

/// Notes, outcome or follow-up of a call were saved (the SSE event is named `updated`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CallUpdate {
    /// The server's id of the call.
    pub session_id: String,
    /// The agent's id.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub agent_id: Option<String>,
    /// The outcome; null if none is set.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub disposition: Option<String>,
    /// When to call again, RFC 3339 in UTC; null if no follow-up is set.
    #[cfg_attr(feature = "openapi", schema(required = true, format = DateTime))]
    pub follow_up_at: Option<String>,
    /// Whether the call has notes.
    pub has_notes: bool,
}

impl From<&CallObject> for CallUpdate {
    fn from(call: &CallObject) -> Self {
        Self {
            session_id: call.session_id.clone(),
            agent_id: call.agent_id.clone(),
            disposition: call.disposition.clone(),
            follow_up_at: call.follow_up.as_ref().map(|follow_up| follow_up.at.clone()),
            has_notes: call.notes.as_ref().is_some_and(|notes| !notes.is_empty()),
        }
    }
}

/// One event of `GET /api/ribbon/events` (the SSE event is named `call`, its id is `seq`).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CallEvent {
    /// The number in the client's feed: 1, 2, 3 and so on, without gaps.
    pub seq: i64,
    /// The event's id in the log.
    pub log_id: String,
    /// The sender's id of the event; for a started call the `Idempotency-Key` of the request.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub event_id: Option<String>,
    /// The event's name.
    pub event: String,
    /// When it happened, RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:08Z")))]
    pub timestamp: String,
    /// When it happened, in milliseconds.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub at: Millis,
    /// The server's id of the call.
    pub session_id: String,
    /// The provider's or the page's id of the call.
    pub call_sid: String,
    /// The other side's number.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub phone_number: Option<String>,
    /// The direction of the call.
    pub call_direction: Direction,
    /// The agent's id.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub agent_id: Option<String>,
    /// The agent's name.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub agent_name: Option<String>,
    /// The provider that carries the call; null if only the page reported the call.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub provider: Option<String>,
    /// How the voice travels; null if only the page reported the call.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub voice: Option<String>,
    /// The features of calls with this voice.
    pub features: Vec<String>,
    /// The source of the event: `page`, `provider` or `system`.
    pub source: String,
    /// The call's status after the event.
    pub status: Status,
    /// Seconds of talk, once the call is over.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub duration: Option<i64>,
    /// Why it ended, if known.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub reason: Option<String>,
    /// With `mutetoggle`: whether the microphone is now muted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub muted: Option<bool>,
    /// With `holdtoggle`: whether the other side is now on hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub on_hold: Option<bool>,
    /// With `dtmf`: the digit that was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub digit: Option<String>,
    /// The data that the page passed to `setCustomer`; at least `{phoneNumber}`.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub customer_data: Box<RawValue>,
}

/// The answer to `GET /api/ribbon/events/ticket`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EventsUrl {
    /// Where to open the stream, with a ticket that is valid for ten minutes.
    #[cfg_attr(feature = "openapi", schema(examples("/api/ribbon/events?ticket=…")))]
    pub events_url: String,
    /// Until when the ticket is valid, RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:40:00Z")))]
    pub expires_at: String,
}
