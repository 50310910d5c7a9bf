//! The answer of the outcomes endpoint: contacts, promises and payments.

use super::{BreakdownRow, Figures, GroupKind};
use serde::{Deserialize, Serialize};

/// The answer to `GET /api/ribbon/analytics/outcomes`. The groups add up to `summary`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Outcomes {
    /// The field whose values are the groups.
    #[cfg_attr(feature = "openapi", schema(examples("agentId")))]
    pub field: String,
    /// The groups: numbers in ascending order, everything else by `calls`, most first; then `other`
    /// and `missing`, if any.
    pub groups: Vec<OutcomeGroup>,
    /// All counted calls.
    pub summary: OutcomeFigures,
    /// The time from which calls are counted; present if the range begins earlier. The calls before
    /// it were deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(nullable = false, format = DateTime, examples("2025-10-06T00:00:00.000Z"))
    )]
    pub counted_from: Option<String>,
}

/// The calls with one value, and what came of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OutcomeGroup {
    /// What the group holds.
    pub kind: GroupKind,
    /// Its value or range, and the figures of its calls.
    #[serde(flatten)]
    pub row: BreakdownRow,
    /// What came of them.
    #[serde(flatten)]
    pub outcomes: OutcomeCounts,
}

/// Figures over calls, and what came of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OutcomeFigures {
    /// The figures of the calls.
    #[serde(flatten)]
    pub figures: Figures,
    /// What came of them.
    #[serde(flatten)]
    pub outcomes: OutcomeCounts,
}

/// What came of calls, by the kinds of their dispositions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OutcomeCounts {
    /// Calls with a disposition.
    pub recorded: i64,
    /// Calls that reached the right person: those of all three kinds, as only the right person can
    /// promise or pay.
    pub contacts: i64,
    /// Calls with a promise.
    pub promises: i64,
    /// Calls with a payment.
    pub payments: i64,
    /// `contacts` divided by `calls`.
    pub contact_rate: Rate,
    /// `promises` divided by `contacts`.
    pub promise_rate: Rate,
    /// `payments` divided by `contacts`.
    pub payment_rate: Rate,
}

/// A share, and the range in which the true share lies with 95 % certainty (Wilson's interval). Two
/// groups whose ranges overlap may well be equally good.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rate {
    /// The share, 0 to 1, to four digits; 0 of nothing.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1, examples(0.25)))]
    pub rate: f64,
    /// The lower end of the range; 0 of nothing.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1, examples(0.1878)))]
    pub low: f64,
    /// The upper end of the range; 1 of nothing.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1, examples(0.3246)))]
    pub high: f64,
}
