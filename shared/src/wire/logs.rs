//! The log of call events.

use super::RawValue;
use crate::call::Status;
use serde::{Deserialize, Serialize};

/// The answer to `POST /api/ribbon/log-call`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Logged {
    /// Always true: the event is on disk.
    pub success: bool,
    /// The event's id in the log.
    pub log_id: String,
}

/// The answer to `GET /api/ribbon/call-logs`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CallLogs {
    /// The rows of this page.
    pub logs: Vec<LogRow>,
    /// Which page it is, of how many.
    pub pagination: Pagination,
}

/// Which page of how many.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pagination {
    /// This page, from 1.
    pub page: i64,
    /// Rows a page.
    pub page_size: i64,
    /// Rows on all pages.
    pub total: i64,
    /// Pages.
    pub total_pages: i64,
}

/// One row of the log, under both sets of names that integrations use.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LogRow {
    /// The event's id in the log.
    #[serde(rename = "logId")]
    pub log_id: String,
    /// The client whose call it is.
    #[serde(rename = "clientId")]
    pub client_id: String,
    /// That client's name.
    #[serde(rename = "clientName")]
    pub client_name: String,
    /// The event's name.
    pub event: String,
    /// What came with the event; what it did not say is filled in from the call.
    pub data: Box<RawValue>,
    /// When the event happened, RFC 3339 in UTC.
    pub timestamp: String,
    /// The page's domain, where it is known.
    pub domain: Option<String>,
    /// The server's name for the call.
    pub session_id: String,
    /// The customer's name.
    pub customer_name: Option<String>,
    /// The other side's number.
    pub customer_phone: Option<String>,
    /// The customer's id in the integrator's system.
    pub customer_id_external: Option<String>,
    /// The business context the page gave.
    pub customer_context: Option<Box<RawValue>>,
    /// The kind of call, as the page named it.
    pub call_type: Option<String>,
    /// How the call stands.
    pub call_status: Status,
    /// Seconds they talked, once the call is over.
    pub duration: Option<i64>,
    /// When the call began, RFC 3339 in UTC.
    pub initiated_at: String,
    /// The agent's name.
    pub agent_name: Option<String>,
    /// The metadata the page gave.
    pub metadata: Option<Box<RawValue>>,
}
