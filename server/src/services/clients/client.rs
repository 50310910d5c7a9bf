//! Creates and changes clients for an operator. Every change adds a line to the audit log.

use super::retention::RetentionShown;
use super::summaries::StoredObject;
use crate::services::ServiceError;
use crate::services::access::credentials;
use crate::services::access::operator::Operator;
use crate::storage::ClientChange;
use call_ribbon_shared::plan::Plan;
use call_ribbon_shared::wire::{Disposition, FieldLabel, Targets};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The answer to the creation of a client.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatedClient {
    #[schema(examples("client_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    pub client_id: String,
    /// The key in full; it is shown only this once.
    #[schema(examples("crk_…"))]
    pub api_key: String,
}

/// A client as an operator sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClientShown {
    #[schema(examples("client_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    client_id: String,
    #[schema(examples("Rao Traders"))]
    name: String,
    #[schema(value_type = Plan)]
    plan: &'static str,
    /// Calls it may start per month.
    #[schema(minimum = 0, examples(5000))]
    limit: i64,
    /// The features it may use.
    #[schema(examples(json!(["call", "mute", "hold", "dtmf", "analytics", "api"])))]
    features: Vec<String>,
    /// Domains whose pages may use its keys; all pages if empty.
    #[schema(examples(json!(["crm.example.com", "*.example.com"])))]
    allowed_domains: Vec<String>,
    /// The time zone that bounds its days and months.
    #[schema(examples("Asia/Kolkata"))]
    time_zone: &'static str,
    #[schema(required = true, examples("IN"))]
    default_country: Option<String>,
    /// The URL of the page in its CRM that shows a lead.
    #[schema(required = true, examples("https://crm.example.com/leads"))]
    crm_url: Option<String>,
    /// The client's own list of dispositions for its agents; null for the product's list.
    #[schema(required = true)]
    dispositions: Option<Vec<Disposition>>,
    /// The bounds between which its calls are counted, by field, as far as it has set them.
    #[schema(examples(json!({"context.daysOverdue": [0, 30, 60, 90]})))]
    field_edges: BTreeMap<String, Vec<f64>>,
    /// What its agents should reach on a day.
    targets: Targets,
    /// Whether its keys are refused at present.
    suspended: bool,
    /// Whether an agent's id counts only with an agent token that the client's server has signed.
    require_agent_token: bool,
    /// Whether viewers may export calls, as admins may.
    viewers_may_export: bool,
    /// The names and units of fields, in the order in which they are shown.
    field_labels: Vec<FieldLabel>,
    retention: RetentionShown,
    stored: StoredObject,
}

/// Creates a client with a key that has all scopes.
pub async fn create_client(
    operator: &Operator<'_>,
    change: ClientChange,
) -> Result<CreatedClient, ServiceError> {
    let now = operator.now;
    let client_id = operator.ids.new_id("client", now);
    let key = credentials::generate_credential(operator.ids, now, credentials::all_scopes());
    operator.store.clients().create_client(&client_id, &change, &key, operator.stamp()).await?;
    Ok(CreatedClient { client_id, api_key: key.secret.expose().to_owned() })
}

/// Returns a client.
pub async fn find_client(
    operator: &Operator<'_>,
    client_id: &str,
) -> Result<ClientShown, ServiceError> {
    let client = operator
        .store
        .clients()
        .find_client(client_id)
        .await?
        .ok_or_else(ServiceError::unknown_client)?;
    let (default_country, crm_url) = operator.store.clients().find_client_extras(client_id).await?;
    let retention = operator.store.clients().find_retention(client_id).await?.into();
    let dispositions = operator.store.clients().find_dispositions(client_id).await?;
    let field_labels = operator.store.clients().find_field_labels(client_id).await?;
    let field_edges = operator.store.fields().find_field_edges(client_id).await?;
    let stored = operator.store.clients().estimate_stored(client_id).await?.into();
    let targets = operator.store.clients().find_targets(client_id).await?;
    Ok(ClientShown {
        client_id: client.id,
        name: client.name,
        plan: client.plan.as_str(),
        limit: client.limit,
        features: client.features,
        allowed_domains: client.allowed_domains,
        time_zone: client.time_zone.name(),
        default_country,
        crm_url,
        dispositions,
        field_edges,
        targets,
        suspended: client.suspended,
        require_agent_token: client.require_agent_token,
        viewers_may_export: client.viewers_export,
        field_labels,
        retention,
        stored,
    })
}

/// Changes the named fields of a client.
pub async fn change_client(
    operator: &Operator<'_>,
    client_id: &str,
    change: ClientChange,
) -> Result<ClientShown, ServiceError> {
    if !operator.store.clients().change_client(client_id, &change, operator.stamp()).await? {
        return Err(ServiceError::unknown_client());
    }
    find_client(operator, client_id).await
}
