//! Types of the call event log.

use super::RawValue;
use crate::call::Status;
use serde::{Deserialize, Serialize};

/// The answer to `POST /api/ribbon/log-call`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Logged {
    /// Always true: the event is on disk.
    pub success: bool,
    /// The event's id in the log.
    #[cfg_attr(feature = "openapi", schema(examples("log_0199d7d2c8317d528a17c04fd21be0c5")))]
    pub log_id: String,
}

/// The answer to `GET /api/ribbon/call-logs`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallLogs {
    /// The rows of this page.
    pub logs: Vec<LogRow>,
    /// The position of this page.
    pub pagination: Pagination,
}

/// The position of a page among all pages.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Pagination {
    /// This page, from 1.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, examples(1)))]
    pub page: i64,
    /// Rows per page.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 500, examples(50)))]
    pub page_size: i64,
    /// Rows in total.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(1)))]
    pub total: i64,
    /// Pages in total.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, examples(1)))]
    pub total_pages: i64,
    /// The `cursor` to send for the rows after these; null on the last page.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// One row of the log, with both sets of names that integrations use.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogRow {
    /// The event's id in the log.
    #[serde(rename = "logId")]
    #[cfg_attr(feature = "openapi", schema(examples("log_0199d7d2c8317d528a17c04fd21be0c5")))]
    pub log_id: String,
    /// The id of the client that owns the call.
    #[serde(rename = "clientId")]
    #[cfg_attr(feature = "openapi", schema(examples("client-demo")))]
    pub client_id: String,
    /// The client's name.
    #[serde(rename = "clientName")]
    #[cfg_attr(feature = "openapi", schema(examples("Demo Client")))]
    pub client_name: String,
    /// The event's name.
    #[cfg_attr(feature = "openapi", schema(examples("callEnded")))]
    pub event: String,
    /// The data sent with the event; missing parts are filled in from the call.
    #[cfg_attr(feature = "openapi", schema(value_type = Object, examples(json!({"callSid": "CA-2025-10-12-0001", "phoneNumber": "+919876543210", "callDirection": "outbound", "duration": 125}))))]
    pub data: Box<RawValue>,
    /// When the event happened, RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:32:05Z")))]
    pub timestamp: String,
    /// The page's domain, if known.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("crm.example.com")))]
    pub domain: Option<String>,
    /// The server's id of the call.
    #[cfg_attr(feature = "openapi", schema(examples("ses_0199d7d2c5e07c3f9a3be2b1f0c44a10")))]
    pub session_id: String,
    /// The customer's name.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("Asha Rao")))]
    pub customer_name: Option<String>,
    /// The other side's number.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("+919876543210")))]
    pub customer_phone: Option<String>,
    /// The customer's id in the integrator's system.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("CUST-1001")))]
    pub customer_id_external: Option<String>,
    /// The business context that the page sent.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = Value))]
    pub customer_context: Option<Box<RawValue>>,
    /// The type of call, as the page named it.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("sales")))]
    pub call_type: Option<String>,
    /// The call's status.
    pub call_status: Status,
    /// Seconds of talk, once the call is over.
    #[cfg_attr(feature = "openapi", schema(required = true, minimum = 0, examples(125)))]
    pub duration: Option<i64>,
    /// When the call began, RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:00Z")))]
    pub initiated_at: String,
    /// The agent's name.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("Ravi Kumar")))]
    pub agent_name: Option<String>,
    /// The metadata that the page sent.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = Value))]
    pub metadata: Option<Box<RawValue>>,
}
