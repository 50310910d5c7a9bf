//! Signing in, and what a client may do.

use super::CallEvent;
use crate::Millis;
use serde::{Deserialize, Serialize};

/// The answer to `POST /api/ribbon/init`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct InitAnswer {
    /// What Exotel's browser SDK needs; for any other voice the session's own token.
    pub exotel_token: String,
    /// The agent's id; for Exotel's browser calling, the agent's name at Exotel.
    #[cfg_attr(feature = "openapi", schema(examples("agent1")))]
    pub user_id: String,
    /// What the client may use and its voice can do.
    #[cfg_attr(feature = "openapi", schema(examples(json!(["call", "mute", "hold", "dtmf"]))))]
    pub features: Vec<String>,
    /// Whose ribbon this is.
    pub client_info: ClientInfo,
    /// The session's own token.
    pub session_token: String,
    /// Until when the token and the ticket in `eventsUrl` are good, RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:40:00Z")))]
    pub expires_at: String,
    /// Who carries calls.
    #[cfg_attr(feature = "openapi", schema(examples("simulator")))]
    pub provider: String,
    /// How the voice travels.
    #[cfg_attr(feature = "openapi", schema(examples("simulated")))]
    pub voice: String,
    /// With the sound in the page: nobody but the page learns that a call was answered.
    #[serde(default)]
    pub leg_connects: bool,
    /// Where the live stream is, with a ticket in it.
    #[cfg_attr(feature = "openapi", schema(examples("/api/ribbon/events?ticket=…")))]
    pub events_url: String,
    /// The server's clock in milliseconds, for a page whose own clock is wrong.
    #[cfg_attr(feature = "openapi", schema(value_type = i64, examples(1_760_265_000_000_i64)))]
    pub server_time: Millis,
    /// The agent's name, where it is known.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("Ravi Kumar")))]
    pub agent_name: Option<String>,
    /// How far the client's feed had come: where the stream at `eventsUrl` begins.
    pub feed_position: i64,
    /// What happened so far to the call the agent is in, in order: a ribbon that comes up in
    /// the middle of it (the page was reloaded) takes it up again. Without one, those of the calls
    /// that ring in for any agent.
    #[serde(default)]
    pub active_call: Vec<CallEvent>,
    /// From which the agent chooses what came of a call, in this order.
    #[serde(default)]
    pub dispositions: Vec<Disposition>,
    /// Those who can carry the agent's calls, the default first. Where there are several and none
    /// is the default, a call's `provider` names one: by its `accountId`, or by `provider` where
    /// that is one alone.
    #[serde(default)]
    pub providers: Vec<ProviderOffer>,
}

/// One who can carry calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProviderOffer {
    /// The account's id; null for the simulator of a client without accounts.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub account_id: Option<String>,
    /// The account's name for people.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("Exotel, Mumbai")))]
    pub name: Option<String>,
    /// The provider's name.
    #[cfg_attr(feature = "openapi", schema(examples("simulator")))]
    pub provider: String,
    /// How the voice travels.
    #[cfg_attr(feature = "openapi", schema(examples("simulator")))]
    pub voice: String,
    /// Whether it carries a call for which none is named.
    pub default: bool,
    /// What can be done to its calls.
    #[cfg_attr(feature = "openapi", schema(examples(json!(["call", "hangup"]))))]
    pub features: Vec<String>,
}

/// What may come of a call, in the client's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Disposition {
    /// By which it is kept and counted.
    #[cfg_attr(
        feature = "openapi",
        schema(pattern = "^[A-Za-z0-9_-]{1,64}$", examples("promise_to_pay"))
    )]
    pub code: String,
    /// As agents read it.
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 60, examples("Promise to pay"))
    )]
    pub label: String,
}

/// Whose ribbon it is, for people.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ClientInfo {
    /// The client's name.
    #[cfg_attr(feature = "openapi", schema(examples("Demo Client")))]
    pub name: String,
    /// The plan it is on.
    #[cfg_attr(feature = "openapi", schema(examples("trial")))]
    pub plan: String,
    /// Calls it may still start this month.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(88)))]
    pub remaining_calls: i64,
}

/// The answer to `GET /api/ribbon/config`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConfigAnswer {
    /// What the client may use.
    #[cfg_attr(feature = "openapi", schema(examples(json!(["call", "mute", "hold", "dtmf"]))))]
    pub features: Vec<String>,
    /// The plan it is on.
    #[cfg_attr(feature = "openapi", schema(examples("trial")))]
    pub plan: String,
    /// How much of it is used.
    pub usage: Usage,
}

/// The answer to `GET /api/ribbon/client`: what whoever reads a client's records has to know of it.
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
    /// The plan it is on.
    #[cfg_attr(feature = "openapi", schema(examples("trial")))]
    pub plan: String,
    /// What it may use.
    #[cfg_attr(feature = "openapi", schema(examples(json!(["call", "analytics"]))))]
    pub features: Vec<String>,
    /// In which its days begin: an IANA name.
    #[cfg_attr(feature = "openapi", schema(examples("Asia/Kolkata")))]
    pub time_zone: String,
    /// What may come of a call, in its own words.
    pub dispositions: Vec<Disposition>,
}

/// A client's calls of this month, against its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Calls that began in the client's current calendar month.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(12)))]
    pub calls_this_month: i64,
    /// Calls it may start in a month.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(100)))]
    pub limit: i64,
    /// Calls it may still start this month; never below 0.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(88)))]
    pub remaining: i64,
}

/// The answer to `GET /health`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// Always `healthy`: a server that cannot say so says nothing.
    #[cfg_attr(feature = "openapi", schema(examples("healthy")))]
    pub status: String,
    /// The server's version.
    #[cfg_attr(feature = "openapi", schema(examples("0.1.0")))]
    pub version: String,
    /// Seconds since it started.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(86400)))]
    pub uptime: i64,
}
