//! Answers to signing in, and what a client may use.

use super::{CallEvent, Disposition};
use crate::Millis;
use serde::{Deserialize, Serialize};

/// The answer to `POST /api/ribbon/init`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct InitAnswer {
    /// The token for Exotel's browser SDK; for any other voice the session's own token.
    pub exotel_token: String,
    /// The agent's id; for Exotel's browser calling, the agent's name at Exotel.
    #[cfg_attr(feature = "openapi", schema(examples("agent1")))]
    pub user_id: String,
    /// The agent's id: the one of the request, or of the agent token.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(examples("agent1")))]
    pub agent_id: String,
    /// The features that the plan includes and the voice supports.
    #[cfg_attr(feature = "openapi", schema(examples(json!(["call", "mute", "hold", "dtmf"]))))]
    pub features: Vec<String>,
    /// The client that owns the ribbon.
    pub client_info: ClientInfo,
    /// The token of the agent's session, for the header `X-Session-Token`.
    pub session_token: String,
    /// Until when the token and the ticket in `eventsUrl` are valid, RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:40:00Z")))]
    pub expires_at: String,
    /// The provider that carries calls.
    #[cfg_attr(feature = "openapi", schema(examples("simulator")))]
    pub provider: String,
    /// How the voice travels.
    #[cfg_attr(feature = "openapi", schema(examples("simulated")))]
    pub voice: String,
    /// With browser audio: whether only the page learns that a call was answered.
    #[serde(default)]
    pub leg_connects: bool,
    /// The URL of the live stream, with a ticket in it.
    #[cfg_attr(feature = "openapi", schema(examples("/api/ribbon/events?ticket=…")))]
    pub events_url: String,
    /// The server's clock in milliseconds, for a page with a wrong clock.
    #[cfg_attr(feature = "openapi", schema(value_type = i64, examples(1_760_265_000_000_i64)))]
    pub server_time: Millis,
    /// The agent's name, if known.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("Ravi Kumar")))]
    pub agent_name: Option<String>,
    /// The client's latest feed number: where the stream at `eventsUrl` begins.
    pub feed_position: i64,
    /// The events so far of the agent's current call, in order, so that a ribbon that starts in the
    /// middle of it (the page was reloaded) can show it. If the agent has no call, the events of
    /// calls that ring for any agent.
    #[serde(default)]
    pub active_call: Vec<CallEvent>,
    /// The dispositions from which the agent chooses, in this order.
    #[serde(default)]
    pub dispositions: Vec<Disposition>,
    /// Whether the agent may search the client's customers by name (`GET customers`).
    #[serde(default)]
    pub customer_search: bool,
    /// Whether a call of this client may be forbidden: it has rules of calling, or numbers that must
    /// not be called. Otherwise there is no need to ask `calls/check`.
    #[serde(default)]
    pub call_rules: bool,
    /// The accounts that can carry the agent's calls, the default first. If there are several and
    /// none is the default, a call's `provider` must name one: by its `accountId`, or by `provider`
    /// if only one account has that provider.
    #[serde(default)]
    pub providers: Vec<ProviderOffer>,
}

/// An account that can carry calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProviderOffer {
    /// The account's id; null for the simulator of a client without accounts.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub account_id: Option<String>,
    /// The account's display name.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("Exotel, Mumbai")))]
    pub name: Option<String>,
    /// The provider's name.
    #[cfg_attr(feature = "openapi", schema(examples("simulator")))]
    pub provider: String,
    /// How the voice travels.
    #[cfg_attr(feature = "openapi", schema(examples("simulator")))]
    pub voice: String,
    /// Whether it carries calls that name no provider.
    pub default: bool,
    /// The features of its calls.
    #[cfg_attr(feature = "openapi", schema(examples(json!(["call", "hangup"]))))]
    pub features: Vec<String>,
}

/// The answer to `POST /api/ribbon/voice-line`: what an agent's browser needs to register at a PBX.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct VoiceLine {
    /// The address of SIP over WebSocket.
    #[cfg_attr(feature = "openapi", schema(examples("wss://pbx.example.com:8089/ws")))]
    pub web_socket_url: String,
    /// The SIP domain.
    #[cfg_attr(feature = "openapi", schema(examples("pbx.example.com")))]
    pub domain: String,
    /// The agent's name at the PBX.
    #[cfg_attr(feature = "openapi", schema(examples("1001")))]
    pub user: String,
    /// The agent's password at the PBX. The next answer for the same agent replaces it.
    pub password: String,
    /// The STUN and TURN servers, as `RTCPeerConnection` takes them.
    pub ice_servers: Vec<IceServer>,
}

/// A STUN or TURN server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IceServer {
    /// Its address.
    #[cfg_attr(feature = "openapi", schema(examples("turn:turn.example.com:3478")))]
    pub urls: String,
    /// The user's name, of a TURN server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub username: Option<String>,
    /// The user's password, valid for twelve hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub credential: Option<String>,
}

/// How a client names a field of its calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldLabel {
    /// The field, as `by` of `breakdown` takes it.
    #[cfg_attr(feature = "openapi", schema(examples("context.amountDue")))]
    pub field: String,
    /// The name that people see.
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 60, examples("Amount due"))
    )]
    pub name: String,
    /// The unit of its numbers. A currency's three-letter code, such as `INR`, is written as that
    /// currency is; any other unit follows the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(nullable = false, min_length = 1, max_length = 20, examples("INR"))
    )]
    pub unit: Option<String>,
    /// Values that count as one, by all of their spellings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub values: Vec<MergedValue>,
}

/// A value of a field, and its other spellings: figures and filters treat all of them as the value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MergedValue {
    /// The value that people see.
    #[cfg_attr(feature = "openapi", schema(examples("Hindi")))]
    pub value: String,
    /// The spellings that pages also send.
    #[cfg_attr(feature = "openapi", schema(examples(json!(["hi", "HI"]))))]
    pub spellings: Vec<String>,
}

/// The client, for display.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ClientInfo {
    /// The client's name.
    #[cfg_attr(feature = "openapi", schema(examples("Demo Client")))]
    pub name: String,
    /// The client's plan.
    #[cfg_attr(feature = "openapi", schema(examples("trial")))]
    pub plan: String,
    /// Calls that the client may still start this month.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(88)))]
    pub remaining_calls: i64,
    /// Calls that the client may start in a month.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(100)))]
    pub call_limit: i64,
}

/// The answer to `GET /api/ribbon/config`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConfigAnswer {
    /// The features that the client may use.
    #[cfg_attr(feature = "openapi", schema(examples(json!(["call", "mute", "hold", "dtmf"]))))]
    pub features: Vec<String>,
    /// The client's plan.
    #[cfg_attr(feature = "openapi", schema(examples("trial")))]
    pub plan: String,
    /// The client's usage this month.
    pub usage: Usage,
}

/// The answer to `GET /api/ribbon/client`: the client's details for readers of its records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ClientAbout {
    /// The client's id.
    #[cfg_attr(feature = "openapi", schema(examples("client-demo")))]
    pub client_id: String,
    /// The client's name.
    #[cfg_attr(feature = "openapi", schema(examples("Demo Client")))]
    pub name: String,
    /// The client's plan.
    #[cfg_attr(feature = "openapi", schema(examples("trial")))]
    pub plan: String,
    /// The features that the client may use.
    #[cfg_attr(feature = "openapi", schema(examples(json!(["call", "analytics"]))))]
    pub features: Vec<String>,
    /// The time zone in which its days begin: an IANA name.
    #[cfg_attr(feature = "openapi", schema(examples("Asia/Kolkata")))]
    pub time_zone: String,
    /// The country in whose manner numbers and dates are written, if the client has set it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true, examples("IN")))]
    pub country: Option<String>,
    /// The client's dispositions.
    pub dispositions: Vec<Disposition>,
    /// The names and units of fields, in the order in which they are shown.
    #[serde(default)]
    pub field_labels: Vec<FieldLabel>,
    /// Whether viewers may export calls, as admins may.
    #[serde(default)]
    pub viewers_may_export: bool,
}

/// A client's calls this month and its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Calls that began in the client's current calendar month.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(12)))]
    pub calls_this_month: i64,
    /// Calls that the client may start in a month.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(100)))]
    pub limit: i64,
    /// Calls that the client may still start this month; never below 0.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(88)))]
    pub remaining: i64,
}

/// The answer to `GET /health`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// Always `healthy`: an unhealthy server does not answer.
    #[cfg_attr(feature = "openapi", schema(examples("healthy")))]
    pub status: String,
    /// The server's version.
    #[cfg_attr(feature = "openapi", schema(examples("0.1.0")))]
    pub version: String,
    /// Seconds since it started.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(86400)))]
    pub uptime: i64,
}
