//! Answers of the analytics endpoints: sums over a range.

use super::{CallObject, Usage};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The answer to `GET /api/ribbon/analytics`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Analytics {
    /// Sums over the range.
    pub summary: Summary,
    /// Calls by the day (`2025-10-12`) on which they began.
    #[cfg_attr(feature = "openapi", schema(examples(json!({"2025-10-12": 25}))))]
    pub calls_by_date: BTreeMap<String, i64>,
    /// The most recent calls.
    pub recent_calls: Vec<CallObject>,
    /// Whether recent calls are missing because their data exceed 4 MiB.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub truncated: bool,
    /// This month's calls, regardless of the range.
    pub usage: Usage,
}

/// The answer to `GET /api/ribbon/analytics/detailed`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DetailedAnalytics {
    /// Sums over the range.
    pub summary: Summary,
    /// Calls by the hour of the day, 0 to 23, in which they began.
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, i64>))]
    pub calls_by_hour: BTreeMap<u32, i64>,
    /// Calls by the day of the week, 0 (Sunday) to 6, on which they began.
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, i64>))]
    pub calls_by_day_of_week: BTreeMap<u32, i64>,
    /// The customers with the most calls.
    pub top_customers: Vec<TopCustomer>,
    /// Calls by duration. Calls that were not connected have none, and count as under 30 seconds.
    pub duration_buckets: DurationBuckets,
    /// Calls in which both sides talked.
    pub connected_calls: i64,
    /// The most recent calls.
    pub recent_activity: Vec<CallObject>,
    /// Calls by disposition; calls without one are left out. Dispositions beyond the 200 most
    /// frequent, or longer than 64 characters, count as `other`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(examples(json!({"promise_to_pay": 12}))))]
    pub dispositions: BTreeMap<String, i64>,
}

/// Sums over calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Calls that began in the range.
    pub total_calls: i64,
    /// Their duration in seconds.
    pub total_duration: i64,
    /// Average seconds per call, rounded; 0 without calls.
    pub avg_duration: i64,
    /// Calls made by customers.
    pub inbound_calls: i64,
    /// Calls made by agents.
    pub outbound_calls: i64,
    /// Inbound calls that ended without being connected.
    pub missed_calls: i64,
}

/// A customer and its calls in the range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TopCustomer {
    /// The customer's id in the integrator's system.
    #[cfg_attr(feature = "openapi", schema(examples("CUST-1001")))]
    pub customer_id: String,
    /// The customer's name.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("Asha Rao")))]
    pub customer_name: Option<String>,
    /// The customer's number.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("+919876543210")))]
    pub phone_number: Option<String>,
    /// Calls with this customer.
    pub call_count: i64,
    /// Their duration in seconds.
    pub total_duration: i64,
}

/// Calls by duration; each bucket includes its lower edge and excludes its upper edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DurationBuckets {
    /// Shorter than 30 seconds; includes calls that were never connected or are not over.
    #[serde(rename = "0-30s")]
    pub to_30s: i64,
    /// From 30 seconds.
    #[serde(rename = "30s-1m")]
    pub to_1m: i64,
    /// From 1 minute.
    #[serde(rename = "1m-3m")]
    pub to_3m: i64,
    /// From 3 minutes.
    #[serde(rename = "3m-5m")]
    pub to_5m: i64,
    /// 5 minutes or more.
    #[serde(rename = "5m+")]
    pub over_5m: i64,
}
