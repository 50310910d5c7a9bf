//! Lists of those whom a client speaks with, and how it finds them.

use serde::{Deserialize, Serialize};

/// The answer to `GET /api/ribbon/customers`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CustomerList {
    /// The customers of this page, by their ids.
    pub customers: Vec<ListedCustomer>,
    /// Where the next page begins; not there on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub next_cursor: Option<String>,
}

/// A customer in a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ListedCustomer {
    /// Its id in the integrator's system.
    #[cfg_attr(feature = "openapi", schema(examples("CUST-1001")))]
    pub customer_id: String,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("Asha Rao")))]
    pub name: Option<String>,
    /// Its number.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("+919876543210")))]
    pub phone: Option<String>,
    /// Its address for e-mail.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("asha@example.com")))]
    pub email: Option<String>,
    /// Where it works.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("Rao Traders")))]
    pub company: Option<String>,
    /// All calls with it.
    pub total_calls: i64,
    /// Seconds they took.
    pub total_duration: i64,
    /// When it was last changed, RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:00Z")))]
    pub last_updated: String,
}

/// The answer to `GET /api/ribbon/leads`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LeadList {
    /// The leads of this page, the latest first.
    pub leads: Vec<ListedLead>,
    /// Where the next page begins; not there on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub next_cursor: Option<String>,
}

/// A lead in a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ListedLead {
    /// Its number.
    pub id: i64,
    /// The dialer's own id of it.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("4711")))]
    pub dialer_lead_id: Option<String>,
    /// Who it is.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("Asha Rao")))]
    pub full_name: Option<String>,
    /// The number.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("+919876543210")))]
    pub phone: Option<String>,
    /// The address for e-mail.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("asha@example.com")))]
    pub email: Option<String>,
    /// The campaign that the dialer named.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("renewals")))]
    pub campaign: Option<String>,
    /// Whose it is.
    #[cfg_attr(feature = "openapi", schema(examples("agent1")))]
    pub agent_id: String,
    /// The agent's name.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("Ravi Kumar")))]
    pub agent_name: Option<String>,
    /// The customer that it has become.
    #[cfg_attr(feature = "openapi", schema(examples("CUST-1001")))]
    pub customer_id: String,
    /// Calls with that customer.
    pub total_calls: i64,
    /// When it came, RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:00Z")))]
    pub created_at: String,
    /// When it came again, RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:00Z")))]
    pub updated_at: String,
}

/// The answer to `GET /api/ribbon/campaigns`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CampaignList {
    /// The campaigns that leads or calls of the range name, that with the most calls first.
    pub campaigns: Vec<Campaign>,
}

/// A campaign, with what came of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Campaign {
    /// Its name, as leads (`campaign`) and calls (`metadata.campaign`) have it.
    #[cfg_attr(feature = "openapi", schema(examples("renewals")))]
    pub campaign: String,
    /// Leads of it, whenever they came.
    pub leads: i64,
    /// Calls of the range that name it.
    #[serde(flatten)]
    pub figures: super::Figures,
}
