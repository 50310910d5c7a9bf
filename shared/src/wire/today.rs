//! The answer of the today endpoint: today against the usual day, and agents against their targets.

use super::OutcomeCounts;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The answer to `GET /api/ribbon/analytics/today`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Today {
    /// Today in the client's time zone.
    #[cfg_attr(feature = "openapi", schema(format = Date, examples("2025-10-12")))]
    pub date: String,
    /// The half hour of the day that is running, 0 to 47.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 47, examples(21)))]
    pub now: i64,
    /// How many of the last four same weekdays had calls; the usual numbers are their means.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 4, examples(4)))]
    pub weeks: i64,
    /// The 48 half hours of the day.
    pub half_hours: Vec<HalfHour>,
    /// Agents with calls today or a target of their own, by their ids.
    pub agents: Vec<AgentProgress>,
    /// The target of every agent without one of their own.
    pub every_agent: Target,
    /// The client's teams, in the order of their names.
    pub teams: Vec<TeamProgress>,
}

/// What the agents of a team have done today together, and what is expected of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TeamProgress {
    /// The team.
    #[cfg_attr(feature = "openapi", schema(examples("team_0199d7d2c5e07c3f9a3be2b1f0c44a10")))]
    pub team_id: String,
    /// The team's name.
    #[cfg_attr(feature = "openapi", schema(examples("Early reminders")))]
    pub team_name: String,
    /// Calls that began today.
    pub calls: i64,
    /// Those in which both sides talked.
    pub connected: i64,
    /// Seconds of talk.
    pub total_duration: i64,
    /// What came of them.
    #[serde(flatten)]
    pub outcomes: OutcomeCounts,
    /// What the team should reach today together.
    pub target: Target,
}

/// A half hour of today, and of the usual day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct HalfHour {
    /// Calls that began in it today.
    pub calls: i64,
    /// Those in which both sides talked.
    pub connected: i64,
    /// The mean of `calls` on the last same weekdays, to two digits.
    pub usual_calls: f64,
    /// The mean of `connected` on the last same weekdays, to two digits.
    pub usual_connected: f64,
}

/// What an agent has done today, and what is expected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AgentProgress {
    /// The agent.
    #[cfg_attr(feature = "openapi", schema(examples("agent1")))]
    pub agent_id: String,
    /// The agent's name, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("Ravi Kumar")))]
    pub agent_name: Option<String>,
    /// Calls that began today.
    pub calls: i64,
    /// Those in which both sides talked.
    pub connected: i64,
    /// Seconds of talk.
    pub total_duration: i64,
    /// What came of them.
    #[serde(flatten)]
    pub outcomes: OutcomeCounts,
    /// What the agent should reach today.
    pub target: Target,
}

/// What an agent should reach on a day; a missing number is no target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// Calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(minimum = 1, maximum = 10_000, examples(80), nullable = false)
    )]
    pub calls: Option<i64>,
    /// Calls in which both sides talk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(minimum = 1, maximum = 10_000, examples(40), nullable = false)
    )]
    pub connected: Option<i64>,
    /// Promises.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(minimum = 1, maximum = 10_000, examples(6), nullable = false)
    )]
    pub promises: Option<i64>,
}

impl Target {
    /// Returns the target with `otherwise` for each number that is missing.
    #[must_use]
    pub fn or(self, otherwise: Self) -> Self {
        Self {
            calls: self.calls.or(otherwise.calls),
            connected: self.connected.or(otherwise.connected),
            promises: self.promises.or(otherwise.promises),
        }
    }
}

/// A client's targets for its agents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Targets {
    /// The target of every agent.
    #[serde(default)]
    pub every_agent: Target,
    /// Agents' own targets, by their ids; a number that is missing is that of every agent.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(examples(json!({"agent1": {"calls": 100}}))))]
    pub agents: BTreeMap<String, Target>,
    /// What teams should reach together, by their ids.
    #[serde(default)]
    #[cfg_attr(
        feature = "openapi",
        schema(examples(json!({"team_0199d7d2c5e07c3f9a3be2b1f0c44a10": {"calls": 900}})))
    )]
    pub teams: BTreeMap<String, Target>,
}
