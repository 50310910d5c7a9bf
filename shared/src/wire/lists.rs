//! Lists of customers, leads and campaigns.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The answer to `GET /api/ribbon/customers`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CustomerList {
    /// The customers of this page, ordered by id.
    pub customers: Vec<ListedCustomer>,
    /// The cursor of the next page; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub next_cursor: Option<String>,
}

/// A customer in a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ListedCustomer {
    /// The customer's id in the integrator's system.
    #[cfg_attr(feature = "openapi", schema(examples("CUST-1001")))]
    pub customer_id: String,
    /// The name.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("Asha Rao")))]
    pub name: Option<String>,
    /// The phone number.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("+919876543210")))]
    pub phone: Option<String>,
    /// The e-mail address.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("asha@example.com")))]
    pub email: Option<String>,
    /// The company.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("Rao Traders")))]
    pub company: Option<String>,
    /// All calls with the customer.
    pub total_calls: i64,
    /// Their duration in seconds.
    pub total_duration: i64,
    /// How many other customers have the same phone number; at most 100 are counted.
    pub same_number: i64,
    /// When it was last changed, RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:00Z")))]
    pub last_updated: String,
}

/// The answer to `GET /api/ribbon/leads`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LeadList {
    /// The leads of this page, newest first.
    pub leads: Vec<ListedLead>,
    /// The cursor of the next page; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub next_cursor: Option<String>,
}

/// A lead in a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ListedLead {
    /// The lead's number.
    pub id: i64,
    /// The dialer's own id of the lead.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("4711")))]
    pub dialer_lead_id: Option<String>,
    /// The lead's name.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("Asha Rao")))]
    pub full_name: Option<String>,
    /// The phone number.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("+919876543210")))]
    pub phone: Option<String>,
    /// The e-mail address.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("asha@example.com")))]
    pub email: Option<String>,
    /// The campaign that the dialer named.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("renewals")))]
    pub campaign: Option<String>,
    /// The id of the agent to whom the lead is assigned.
    #[cfg_attr(feature = "openapi", schema(examples("agent1")))]
    pub agent_id: String,
    /// The agent's name.
    #[cfg_attr(feature = "openapi", schema(required = true, examples("Ravi Kumar")))]
    pub agent_name: Option<String>,
    /// The id of the customer that was created from the lead.
    #[cfg_attr(feature = "openapi", schema(examples("CUST-1001")))]
    pub customer_id: String,
    /// Calls with that customer.
    pub total_calls: i64,
    /// What has come of it.
    pub status: LeadStatus,
    /// When the lead first arrived, RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:00Z")))]
    pub created_at: String,
    /// When the lead arrived again, RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:00Z")))]
    pub updated_at: String,
}

/// What has come of a lead, by the calls with its customer since it first arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum LeadStatus {
    /// There was no call.
    New,
    /// There were calls, but none was connected.
    Called,
    /// Somebody spoke with the customer.
    Reached,
}

impl LeadStatus {
    /// All of them, in the order in which a lead passes them.
    pub const ALL: [Self; 3] = [Self::New, Self::Called, Self::Reached];

    /// Returns its word in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Called => "called",
            Self::Reached => "reached",
        }
    }
}

/// The answer to `GET /api/ribbon/customer/{customerId}/leads`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomerLeads {
    /// The newest first, at most 20.
    pub leads: Vec<CustomerLead>,
}

/// A lead with what the dialer sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomerLead {
    /// The lead.
    #[serde(flatten)]
    pub lead: ListedLead,
    /// What the dialer sent, by its own names.
    #[cfg_attr(feature = "openapi", schema(examples(json!({"city": "Kochi"}))))]
    pub fields: BTreeMap<String, String>,
}

/// The answer to `GET /api/ribbon/campaigns`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CampaignList {
    /// The campaigns named by leads or by calls of the range, most calls first.
    pub campaigns: Vec<Campaign>,
}

/// A campaign and its results.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Campaign {
    /// The name, as in leads (`campaign`) and calls (`metadata.campaign`).
    #[cfg_attr(feature = "openapi", schema(examples("renewals")))]
    pub campaign: String,
    /// All leads of the campaign, regardless of the range.
    pub leads: i64,
    /// Calls of the range that name it.
    #[serde(flatten)]
    pub figures: super::Figures,
}
