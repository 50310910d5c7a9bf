//! The answer of the pivot endpoint: calls by two fields at once.

use super::{BreakdownRow, FieldType, Figures};
use serde::{Deserialize, Serialize};

/// The answer to `GET /api/ribbon/analytics/pivot`. The cells add up to the groups of both axes, and
/// these to `summary`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Pivot {
    /// The groups of the field `by`.
    pub rows: PivotAxis,
    /// The groups of the field `across`.
    pub columns: PivotAxis,
    /// The cells that have calls, row by row.
    pub cells: Vec<PivotCell>,
    /// All counted calls.
    pub summary: Figures,
    /// The time from which calls are counted; present if the range begins earlier. The calls before
    /// it were deleted, and what is left of them are sums by single fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(nullable = false, format = DateTime, examples("2025-10-06T00:00:00.000Z"))
    )]
    pub counted_from: Option<String>,
}

/// One of the two fields, and the groups of its values.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PivotAxis {
    /// The field.
    #[cfg_attr(feature = "openapi", schema(examples("agentId")))]
    pub field: String,
    /// The type of most of its values.
    pub r#type: FieldType,
    /// The groups: numbers in ascending order, everything else by `calls`, most first; then `other`
    /// and `missing`, if any.
    pub groups: Vec<PivotGroup>,
}

/// The calls of one row or column.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PivotGroup {
    /// What the group holds.
    pub kind: GroupKind,
    /// Its value or range, and its calls.
    #[serde(flatten)]
    pub row: BreakdownRow,
}

/// What a group of calls has in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum GroupKind {
    /// One value.
    Value,
    /// Numbers in one range.
    Range,
    /// Values without a group of their own.
    Other,
    /// No value.
    Missing,
}

/// The calls of one row and one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PivotCell {
    /// The place of its row in `rows.groups`, from 0.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(0)))]
    pub row: usize,
    /// The place of its column in `columns.groups`, from 0.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(2)))]
    pub column: usize,
    /// Calls of both groups.
    pub calls: i64,
    /// Calls in which both sides talked.
    pub connected: i64,
    /// Inbound calls that ended without being connected.
    pub missed: i64,
    /// Their duration in seconds.
    pub total_duration: i64,
}
