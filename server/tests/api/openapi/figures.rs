//! Requests for figures whose answers are compared with the OpenAPI document.

/// Paths and queries.
pub const ASKED: [(&str, &str); 13] = [
    ("/api/ribbon/analytics", ""),
    ("/api/ribbon/analytics/detailed", ""),
    ("/api/ribbon/analytics/breakdown", "?by=status"),
    ("/api/ribbon/analytics/breakdown", "?by=name"),
    ("/api/ribbon/analytics/pivot", "?by=agentId&across=status"),
    ("/api/ribbon/analytics/outcomes", "?by=agentId"),
    ("/api/ribbon/analytics/funnel", ""),
    ("/api/ribbon/analytics/today", ""),
    ("/api/ribbon/analytics/fields", ""),
    ("/api/ribbon/analytics/agents", ""),
    ("/api/ribbon/analytics/decisions", ""),
    ("/api/ribbon/analytics/call-limits", ""),
    ("/api/ribbon/decisions", ""),
];
