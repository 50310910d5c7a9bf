//! Signing in, and what a client may do.

use super::CallEvent;
use crate::Millis;
use serde::{Deserialize, Serialize};

/// The answer to `POST /api/ribbon/init`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InitAnswer {
    /// What Exotel's browser SDK needs; for any other voice the session's own token.
    pub exotel_token: String,
    /// The agent's id.
    pub user_id: String,
    /// What the client may use and its voice can do.
    pub features: Vec<String>,
    /// Whose ribbon this is.
    pub client_info: ClientInfo,
    /// The session's own token.
    pub session_token: String,
    /// Until when the token and the ticket in `eventsUrl` are good, RFC 3339 in UTC.
    pub expires_at: String,
    /// Who carries calls.
    pub provider: String,
    /// How the voice travels.
    pub voice: String,
    /// Where the live stream is, with a ticket in it.
    pub events_url: String,
    /// The server's clock in milliseconds, for a page whose own clock is wrong.
    pub server_time: Millis,
    /// The agent's name, where it is known.
    pub agent_name: Option<String>,
    /// How far the client's feed had come: where the stream at `eventsUrl` begins.
    pub feed_position: i64,
    /// What happened so far to the call the agent is in, in order: a ribbon that comes up in
    /// the middle of it (the page was reloaded) takes it up again. Empty without a call.
    #[serde(default)]
    pub active_call: Vec<CallEvent>,
}

/// Whose ribbon it is, for people.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientInfo {
    /// The client's name.
    pub name: String,
    /// The plan it is on.
    pub plan: String,
    /// Calls it may still start this month.
    pub remaining_calls: i64,
}

/// The answer to `GET /api/ribbon/config`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConfigAnswer {
    /// What the client may use.
    pub features: Vec<String>,
    /// The plan it is on.
    pub plan: String,
    /// How much of it is used.
    pub usage: Usage,
}

/// A client's calls of this month, against its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Calls that began in the client's current calendar month.
    pub calls_this_month: i64,
    /// Calls it may start in a month.
    pub limit: i64,
    /// Calls it may still start this month; never below 0.
    pub remaining: i64,
}

/// The answer to `GET /health`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Health {
    /// Always `healthy`: a server that cannot say so says nothing.
    pub status: String,
    /// The server's version.
    pub version: String,
    /// Seconds since it started.
    pub uptime: i64,
}
