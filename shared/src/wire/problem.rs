//! Errors in the format of RFC 9457.

use serde::{Deserialize, Serialize};

/// The body of every error answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Always `about:blank`: the status and the code say what is wrong.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schema(examples("about:blank")))]
    pub kind: String,
    /// The status in words.
    #[cfg_attr(feature = "openapi", schema(examples("Unauthorized")))]
    pub title: String,
    /// The HTTP status.
    #[cfg_attr(feature = "openapi", schema(minimum = 400, maximum = 599, examples(401)))]
    pub status: u16,
    /// A sentence for people.
    #[cfg_attr(feature = "openapi", schema(examples("This API key is not valid.")))]
    pub error: String,
    /// A code for programs, such as `invalid_api_key`.
    #[cfg_attr(feature = "openapi", schema(examples("invalid_api_key")))]
    pub code: String,
    /// The id of this request, as in the server's log.
    #[cfg_attr(feature = "openapi", schema(examples("req_0199d7d2c4fb7e0c8a52f3a1b9c0d7e6")))]
    pub request_id: String,
    /// The field that is wrong, if the error is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub field: Option<String>,
    /// Details, such as the provider's own error text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub detail: Option<String>,
    /// With `call_not_permitted`: the whole decision, with every rule that objects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, value_type = Object))]
    pub decision: Option<serde_json::Value>,
    /// With `monthly_limit_exceeded`: when calls are possible again, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, format = DateTime, examples("2025-11-01T00:00:00Z")))]
    pub resets_at: Option<String>,
}
