//! Answers of the breakdown endpoints: figures by the values of a field.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Figures over calls. Percentiles cover calls in which both sides talked, within 3 % of the exact
/// value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// Calls that began in the range.
    pub calls: i64,
    /// Calls made by customers.
    pub inbound: i64,
    /// Calls in which both sides talked.
    pub connected: i64,
    /// `connected` divided by `calls`, 0 to 1, to four digits; 0 without calls.
    #[cfg_attr(feature = "openapi", schema(examples(0.6125)))]
    pub connect_rate: f64,
    /// Inbound calls that ended without being connected.
    pub missed: i64,
    /// Their duration in seconds.
    pub total_duration: i64,
    /// Average seconds per call, rounded; 0 without calls.
    pub avg_duration: i64,
    /// Average seconds per connected call, hold included, rounded; 0 without connected calls.
    pub avg_handling_time: i64,
    /// The median duration of connected calls, in seconds; 0 without any.
    pub median_duration: i64,
    /// The 90th percentile of the duration of connected calls, in seconds; 0 without any.
    pub p90_duration: i64,
}

/// The answer to `GET /api/ribbon/analytics/breakdown`. Its rows, `other` and `missing` add up to
/// the calls of the range.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Breakdown {
    /// The requested field.
    #[cfg_attr(feature = "openapi", schema(examples("context.daysOverdue")))]
    pub field: String,
    /// The type of most of its values.
    pub r#type: FieldType,
    /// The rows: numbers in ascending order, everything else by `calls`, most first.
    pub rows: Vec<BreakdownRow>,
    /// Calls whose value has no row of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub other: Option<Figures>,
    /// Calls without the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub missing: Option<Figures>,
    /// Whether the field has more values than are counted separately, so that `other` includes some
    /// that could not be listed.
    pub truncated: bool,
    /// Edges that do not coincide with the bins in which the number is counted: calls on either
    /// side of them are distributed evenly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(examples(json!([12345]))))]
    pub interpolated: Vec<f64>,
    /// All calls of the range.
    pub summary: Figures,
    /// The time from which calls are counted; present if hours of the day were chosen and the range
    /// begins earlier. The calls before it were deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(nullable = false, format = DateTime, examples("2025-10-06T00:00:00.000Z"))
    )]
    pub counted_from: Option<String>,
}

/// The calls with a value, or with numbers from one edge to below the next.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BreakdownRow {
    /// The value: a text, a number, true or false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub value: Option<Value>,
    /// The value's display name, if different: an agent's name, a disposition's label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("Ravi Kumar")))]
    pub label: Option<String>,
    /// The row's lower edge, inclusive; absent if the row has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub from: Option<f64>,
    /// The row's upper edge, exclusive; absent if the row has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub to: Option<f64>,
    /// Its calls.
    #[serde(flatten)]
    pub figures: Figures,
}

/// The type of a field's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    /// Numbers.
    Number,
    /// Texts, and lists of values.
    Text,
    /// True or false.
    Boolean,
}

/// The answer to `GET /api/ribbon/analytics/fields`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Fields {
    /// The fields that calls of the range have, the product's own first, then by coverage.
    pub fields: Vec<Field>,
    /// Calls of the range.
    pub total_calls: i64,
    /// Whether there are more fields than are counted.
    pub truncated: bool,
}

/// A property by which calls are counted separately.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Field {
    /// Its name, as `by` of `breakdown` takes it.
    #[cfg_attr(feature = "openapi", schema(examples("context.daysOverdue")))]
    pub field: String,
    /// The type of most of its values.
    pub r#type: FieldType,
    /// Calls of the range that have it.
    pub calls: i64,
    /// `calls` divided by all calls of the range, 0 to 1, to four digits.
    #[cfg_attr(feature = "openapi", schema(examples(0.975)))]
    pub coverage: f64,
    /// The number of values ever seen; with `truncated` there are more.
    pub distinct_values: i64,
    /// Whether there are more values than are counted separately.
    pub truncated: bool,
    /// Fields whose names differ from this one only in spelling.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(examples(json!(["context.loan_amt"]))))]
    pub spelled_like: Vec<String>,
    /// The edges that the client has declared for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples(json!([0, 30, 60, 90]))))]
    pub edges: Option<Vec<f64>>,
}

/// The answer to `GET /api/ribbon/analytics/agents`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AgentFigures {
    /// The agents, most calls first.
    pub agents: Vec<AgentRow>,
    /// Calls of agents beyond those counted separately.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub other: Option<Figures>,
    /// Calls without an agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub missing: Option<Figures>,
    /// All calls of the range.
    pub summary: Figures,
    /// The first day in `days`, `YYYY-MM-DD`, if earlier days of the range are left out: `days` lists
    /// at most 400 days, and fewer for many agents. The other figures are those of the whole range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, format = Date, examples("2025-10-12")))]
    pub days_from: Option<String>,
    /// The day of the first number in each agent's `dailyCalls`; absent without them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, format = Date, examples("2025-10-01")))]
    pub daily_calls_from: Option<String>,
}

/// An agent and its calls.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AgentRow {
    /// The agent's id.
    #[cfg_attr(feature = "openapi", schema(examples("agent1")))]
    pub agent_id: String,
    /// The agent's name, if known.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("Ravi Kumar")))]
    pub agent_name: Option<String>,
    /// Its calls.
    #[serde(flatten)]
    pub figures: Figures,
    /// The same by day, for days with calls.
    pub days: Vec<DayFigures>,
    /// The number of calls on each day since `dailyCallsFrom`, in place of `days`; only with
    /// `days=counts`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples(json!([4, 0, 7]))))]
    pub daily_calls: Option<Vec<i64>>,
}

/// The calls of one day.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DayFigures {
    /// The day, in the requested time zone.
    #[cfg_attr(feature = "openapi", schema(format = Date, examples("2025-10-12")))]
    pub date: String,
    /// Its calls.
    #[serde(flatten)]
    pub figures: Figures,
}
