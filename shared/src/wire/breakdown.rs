//! Figures by what integrators sent along.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Figures over calls. Percentiles are of calls in which both sides talked, within 3 % of the
/// exact value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// Calls that began in the range.
    pub calls: i64,
    /// Calls that customers made.
    pub inbound: i64,
    /// Calls in which both sides talked.
    pub connected: i64,
    /// `connected` of `calls`, 0 to 1, to four digits; 0 without calls.
    #[cfg_attr(feature = "openapi", schema(examples(0.6125)))]
    pub connect_rate: f64,
    /// Inbound calls that ended without being connected.
    pub missed: i64,
    /// Seconds they took.
    pub total_duration: i64,
    /// Seconds a call, rounded; 0 without calls.
    pub avg_duration: i64,
    /// Seconds a connected call, hold included, rounded; 0 without one.
    pub avg_handling_time: i64,
    /// Half of the connected calls took no longer, in seconds; 0 without one.
    pub median_duration: i64,
    /// Nine in ten of the connected calls took no longer, in seconds; 0 without one.
    pub p90_duration: i64,
}

/// The answer to `GET /api/ribbon/analytics/breakdown`. Its rows, `other` and `missing` add up to
/// the calls of the range.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Breakdown {
    /// The field that was asked for.
    #[cfg_attr(feature = "openapi", schema(examples("context.daysOverdue")))]
    pub field: String,
    /// What its values are, most of them.
    pub r#type: FieldType,
    /// Numbers by their order, everything else by `calls`, the most first.
    pub rows: Vec<BreakdownRow>,
    /// Calls whose value has no row of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub other: Option<Figures>,
    /// Calls without the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub missing: Option<Figures>,
    /// Whether the field has more values than are told apart, so that `other` holds some that
    /// could not be listed.
    pub truncated: bool,
    /// Edges that do not lie between two bins in which the number is kept: what is on either side
    /// of them was shared out evenly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(examples(json!([12345]))))]
    pub interpolated: Vec<f64>,
    /// All calls of the range.
    pub summary: Figures,
}

/// A value, or numbers from one to below another, with the calls that have it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BreakdownRow {
    /// The value: a text, a number or true or false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub value: Option<Value>,
    /// The value as people read it, where that is another text: an agent's name, a disposition's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("Ravi Kumar")))]
    pub label: Option<String>,
    /// The least number of the row; not there where there is no least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub from: Option<f64>,
    /// The number below which all of the row are; not there where there is no such.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub to: Option<f64>,
    /// Its calls.
    #[serde(flatten)]
    pub figures: Figures,
}

/// What a field's values are.
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
    /// Whether there are more fields than are kept.
    pub truncated: bool,
}

/// A field by which calls can be told apart.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Field {
    /// Its name, as `breakdown` takes it for `by`.
    #[cfg_attr(feature = "openapi", schema(examples("context.daysOverdue")))]
    pub field: String,
    /// What its values are, most of them.
    pub r#type: FieldType,
    /// Calls of the range that have it.
    pub calls: i64,
    /// `calls` of all calls of the range, 0 to 1, to four digits.
    #[cfg_attr(feature = "openapi", schema(examples(0.975)))]
    pub coverage: f64,
    /// Values that were ever seen; with `truncated` there are more.
    pub distinct_values: i64,
    /// Whether there are more values than are told apart.
    pub truncated: bool,
    /// Fields whose names differ from this one's only in spelling.
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
    /// The agents, that with the most calls first.
    pub agents: Vec<AgentRow>,
    /// Calls of agents beyond those that are told apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub other: Option<Figures>,
    /// Calls of no agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub missing: Option<Figures>,
    /// All calls of the range.
    pub summary: Figures,
}

/// An agent with its calls.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AgentRow {
    /// The agent's id.
    #[cfg_attr(feature = "openapi", schema(examples("agent1")))]
    pub agent_id: String,
    /// The agent's name, where it is known.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("Ravi Kumar")))]
    pub agent_name: Option<String>,
    /// Its calls.
    #[serde(flatten)]
    pub figures: Figures,
    /// The same by the days on which it had calls.
    pub days: Vec<DayFigures>,
}

/// The calls of a day.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DayFigures {
    /// The day, in the zone that was asked for.
    #[cfg_attr(feature = "openapi", schema(format = Date, examples("2025-10-12")))]
    pub date: String,
    /// Its calls.
    #[serde(flatten)]
    pub figures: Figures,
}
