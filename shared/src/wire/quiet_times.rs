//! When customers do not want to be called, and public holidays.

use super::Ended;
use serde::{Deserialize, Serialize};

/// A time at which a customer does not want to be called: a time of the week, or an occasion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct QuietTime {
    /// The entry's id.
    #[cfg_attr(feature = "openapi", schema(examples("qui_0199d7d2c5e07c3f9a3be2b1f0c44a10")))]
    pub entry_id: String,
    /// The number; absent: all numbers of the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("+919876543210")))]
    pub phone_number: Option<String>,
    /// The customer; absent: the number alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("CUST-1001")))]
    pub customer_id: Option<String>,
    /// `weekly`, or the kind of an occasion: `bereavement`, `calamity`, `wedding`, `festival` or
    /// `other`.
    #[cfg_attr(feature = "openapi", schema(examples("weekly")))]
    pub kind: String,
    /// The days on which it begins: 1 is Monday, 7 is Sunday. Only of `weekly`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples(json!([1, 2, 3, 4, 5]))))]
    pub weekdays: Option<Vec<u8>>,
    /// When it begins, as clocks where the customer is show it. Only of `weekly`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("09:00")))]
    pub from: Option<String>,
    /// The first minute after it, up to `24:00`; if it is before `from`, of the next day. Only of
    /// `weekly`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("17:00")))]
    pub to: Option<String>,
    /// Since when it holds.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:00Z")))]
    pub since: String,
    /// Until when; absent: without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(nullable = false, format = DateTime, examples("2026-10-12T10:30:00Z"))
    )]
    pub until: Option<String>,
    /// What was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("Works nights")))]
    pub reason: Option<String>,
    /// The call in which it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(nullable = false, examples("ses_0199d7d2c5e07c3f9a3be2b1f0c44a10"))
    )]
    pub session_id: Option<String>,
    /// The name, at that time, of the person who entered it; `API key` for the client's own server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("Asha Rao")))]
    pub by: Option<String>,
    /// When the entry was made.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:00Z")))]
    pub created_at: String,
    /// Who removed the entry; absent while it is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub removed: Option<Ended>,
}

/// A page of the times at which customers do not want to be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct QuietTimes {
    /// The latest first; removed ones and those that have ended are among them.
    pub quiet_times: Vec<QuietTime>,
    /// The packs by which they are judged.
    pub judged_by: JudgedBy,
    /// The cursor of the next page; null on the last one.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub next_cursor: Option<String>,
}

/// The names of the packs that are on and have a rule about them. Without one, an entry stops no
/// call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct JudgedBy {
    /// Packs with a rule about times of the week.
    #[cfg_attr(feature = "openapi", schema(examples(json!(["us-fdcpa-regf"]))))]
    pub weekly: Vec<String>,
    /// Packs with a rule about occasions.
    #[cfg_attr(feature = "openapi", schema(examples(json!(["in-rbi-recovery"]))))]
    pub occasions: Vec<String>,
}

/// A public holiday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicHoliday {
    /// The country, or a part of it as numbers tell it.
    #[cfg_attr(feature = "openapi", schema(examples("US-AL")))]
    pub region: String,
    /// The day.
    #[cfg_attr(feature = "openapi", schema(format = Date, examples("2026-12-25")))]
    pub date: String,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(examples("Christmas Day")))]
    pub name: String,
}

/// A client's public holidays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PublicHolidays {
    /// By date.
    pub holidays: Vec<PublicHoliday>,
    /// The packs that are on and have hours that are closed on holidays.
    #[cfg_attr(feature = "openapi", schema(examples(json!(["au-sales"]))))]
    pub judged_by: Vec<String>,
}
