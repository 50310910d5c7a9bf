//! The answer of the promises endpoint: promises to pay, kept and broken.

use serde::{Deserialize, Serialize};

/// The answer to `GET /api/ribbon/analytics/promises`. The rows add up to `summary`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Promises {
    /// What the rows are: `day`, `agentId` or `campaign`.
    #[cfg_attr(feature = "openapi", schema(examples("day")))]
    pub by: String,
    /// One row for each day, agent or campaign with promises: days in their order, everything else
    /// with the most promises first.
    pub rows: Vec<PromiseGroup>,
    /// All promises of the range.
    pub summary: PromiseFigures,
    /// With `list`: the promises themselves, the latest first; at most 500.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub promises: Option<Vec<Promise>>,
}

/// The promises of one day, agent or campaign.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PromiseGroup {
    /// The day, the agent's id or the campaign; null for calls that have none.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("2025-10-12")))]
    pub value: Option<String>,
    /// The agent's name, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("Ravi Kumar")))]
    pub name: Option<String>,
    /// Its figures.
    #[serde(flatten)]
    pub figures: PromiseFigures,
}

/// Figures over promises.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PromiseFigures {
    /// All promises: those kept, broken and open.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(12)))]
    pub made: i64,
    /// Promises whose amount was paid in time.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(7)))]
    pub kept: i64,
    /// Promises whose day is over and whose amount was not paid.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(3)))]
    pub broken: i64,
    /// Promises whose day is not over, and whose amount is not paid yet.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(2)))]
    pub open: i64,
    /// `kept` divided by those kept and broken, to four digits; 0 of nothing.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1, examples(0.7)))]
    pub kept_rate: f64,
    /// The sum of what was promised.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(60_000.0)))]
    pub amount: f64,
    /// The sum of what was paid for it in time.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(35_500.5)))]
    pub paid: f64,
}

/// What became of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum PromiseState {
    /// Its amount was paid in time.
    Kept,
    /// Its day is over, and its amount was not paid.
    Broken,
    /// Its day is not over.
    Open,
}

impl PromiseState {
    /// Returns its name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Broken => "broken",
            Self::Open => "open",
        }
    }
}

/// A promise to pay.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Promise {
    /// The call in which it was made.
    #[cfg_attr(feature = "openapi", schema(examples("ses_0199d7d2c5e07c3f9a3be2b1f0c44a10")))]
    pub session_id: String,
    /// When that call began, RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:00Z")))]
    pub at: String,
    /// Who promised; null if the call has no customer.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("CUST-1001")))]
    pub customer_id: Option<String>,
    /// The customer's name, if known.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("Asha Rao")))]
    pub customer_name: Option<String>,
    /// What it is about, such as a loan; null if the call did not say.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("LOAN-9")))]
    pub account: Option<String>,
    /// The call's campaign.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("early")))]
    pub campaign: Option<String>,
    /// The call's agent.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("agent1")))]
    pub agent_id: Option<String>,
    /// The agent's name.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("Ravi Kumar")))]
    pub agent_name: Option<String>,
    /// What was promised.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(5000.0)))]
    pub amount: f64,
    /// The last day on which it may be paid, in the client's time zone.
    #[cfg_attr(feature = "openapi", schema(format = Date, examples("2025-10-20")))]
    pub day: String,
    /// What was paid for it in time.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(1500.5)))]
    pub paid: f64,
    /// What became of it.
    pub state: PromiseState,
}
