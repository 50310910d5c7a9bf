//! The answer of the funnel endpoint: what became of leads, and which attempt reaches people.

use serde::{Deserialize, Serialize};

/// The answer to `GET /api/ribbon/analytics/funnel`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Funnel {
    /// What became of the leads of the range, until its end.
    pub leads: LeadFunnel,
    /// The same by the field that the query names; empty if it names none. The 200 values with the most
    /// leads, or all weeks in order.
    #[serde(default)]
    pub cohorts: Vec<LeadCohort>,
    /// Outbound calls by attempt: 1 is the first call of the range to a customer; the last group
    /// also holds all later attempts.
    pub attempts: Vec<AttemptFigures>,
    /// Outbound calls by the hour of the day in which they began, 0 to 23.
    pub hours: Vec<HourFigures>,
    /// Outbound calls by attempt and hour; cells without calls are left out.
    pub cells: Vec<AttemptHour>,
    /// Outbound calls to nobody known, such as those of erased customers; they are in no other
    /// number.
    pub unattributed: i64,
    /// The time from which calls are counted; present if the range begins earlier. The calls before
    /// it were deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(nullable = false, format = DateTime, examples("2025-10-06T00:00:00.000Z"))
    )]
    pub counted_from: Option<String>,
}

/// Customers whose lead came in the range, and how far each got with calls after it. A customer
/// counts once, with all leads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LeadFunnel {
    /// Customers with a lead.
    pub leads: i64,
    /// Customers who were called.
    pub called: i64,
    /// Customers with a call in which both sides talked.
    pub connected: i64,
    /// Customers with a call that reached the right person.
    pub contacts: i64,
    /// Customers who promised.
    pub promises: i64,
    /// Customers who paid.
    pub payments: i64,
    /// The median of the seconds from a lead to the first call; null if nobody was called.
    #[cfg_attr(feature = "openapi", schema(required = true, examples(540)))]
    pub median_seconds_to_call: Option<i64>,
}

/// The customers whose first lead of the range has one value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LeadCohort {
    /// The campaign, the agent's id, or the Monday of the week; null if the lead names none.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("renewals")))]
    pub value: Option<String>,
    /// The agent's name, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("Ravi Kumar")))]
    pub label: Option<String>,
    /// What became of them.
    #[serde(flatten)]
    pub leads: LeadFunnel,
}

/// Calls of one attempt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttemptFigures {
    /// The number of the attempt, from 1.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 6, examples(1)))]
    pub attempt: i64,
    /// Its calls.
    #[serde(flatten)]
    pub reached: ReachCounts,
}

/// Calls of one hour of the day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HourFigures {
    /// The hour.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 23, examples(10)))]
    pub hour: i64,
    /// Its calls.
    #[serde(flatten)]
    pub reached: ReachCounts,
}

/// Calls of one attempt in one hour of the day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttemptHour {
    /// The number of the attempt, from 1.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 6, examples(1)))]
    pub attempt: i64,
    /// The hour.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 23, examples(10)))]
    pub hour: i64,
    /// Their calls.
    #[serde(flatten)]
    pub reached: ReachCounts,
}

/// How many calls reached somebody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReachCounts {
    /// Calls.
    pub calls: i64,
    /// Calls in which both sides talked.
    pub connected: i64,
    /// Calls that reached the right person.
    pub contacts: i64,
}

impl ReachCounts {
    /// Adds other counts.
    pub fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.connected += other.connected;
        self.contacts += other.contacts;
    }
}
