//! Summaries of all clients for an operator.

use crate::services::ServiceError;
use crate::storage::{ClientHealth, ClientSummary, ProviderHealth, Store, StoredAmount};
use crate::time;
use call_ribbon_shared::Millis;
use call_ribbon_shared::plan::Plan;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

const DAY: Millis = 24 * 60 * 60 * 1000;

/// A client in the operator's list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClientObject {
    #[schema(examples("client-demo"))]
    client_id: String,
    #[schema(examples("Demo Client"))]
    name: String,
    #[schema(value_type = Plan)]
    plan: &'static str,
    /// Calls that began in the client's current calendar month.
    #[schema(minimum = 0, examples(12))]
    calls_this_month: i64,
    /// Calls it may start per month.
    #[schema(minimum = 0, examples(100))]
    limit: i64,
    /// The beginning of its oldest valid key; null if it has none.
    #[schema(required = true, examples("demo-api-k..."))]
    api_key: Option<String>,
}

/// All clients with their calls.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AllAnalytics {
    clients: Vec<ClientAnalytics>,
    total_clients: usize,
    total_calls_all_clients: i64,
}

/// A client with its calls.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ClientAnalytics {
    #[schema(examples("client-demo"))]
    client_id: String,
    #[schema(examples("Demo Client"))]
    client_name: String,
    #[schema(value_type = Plan)]
    plan: &'static str,
    /// Calls of all time.
    #[schema(minimum = 0, examples(1250))]
    total_calls: i64,
    /// Seconds.
    #[schema(minimum = 0, examples(98000))]
    total_duration: i64,
    /// Calls that began in the client's current calendar month.
    #[schema(minimum = 0, examples(12))]
    calls_this_month: i64,
    /// Calls it may start per month.
    #[schema(minimum = 0, examples(100))]
    limit: i64,
    /// The share of this month's limit that is used, to two decimals.
    #[schema(minimum = 0, examples(12.0))]
    utilization_percent: f64,
    stored: StoredObject,
    health: HealthObject,
}

/// What a client does now: the last 24 hours.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ClientHealth)]
struct HealthObject {
    /// Whether the client is suspended.
    suspended: bool,
    /// When its latest call began; null if it has none.
    #[schema(required = true, format = DateTime, examples("2025-10-12T10:30:00Z"))]
    last_call_at: Option<String>,
    /// Calls that began in the last 24 hours, to a quarter of an hour.
    #[schema(minimum = 0, examples(210))]
    calls_last_day: i64,
    /// Calls of each of the last 28 times 24 hours, the latest last.
    #[schema(examples(json!([180, 190, 210])))]
    calls_by_day: Vec<i64>,
    /// Calls in progress.
    #[schema(minimum = 0, examples(3))]
    active_calls: i64,
    /// Requests to and from its providers in the last 24 hours; of more than 10,000, the latest.
    providers: Vec<ProviderHealthObject>,
}

/// Requests to and from a provider.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProviderHealth)]
struct ProviderHealthObject {
    #[schema(examples("exotel"))]
    provider: String,
    #[schema(minimum = 0, examples(410))]
    requests: i64,
    /// Requests without an answer, or with a status of 400 or above.
    #[schema(minimum = 0, examples(2))]
    failed: i64,
}

/// About what a client stores now. Retention and erasure reduce it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Stored)]
pub struct StoredObject {
    #[schema(minimum = 0, examples(1250))]
    calls: i64,
    #[schema(minimum = 0, examples(6100))]
    events: i64,
    /// The bytes of its calls and events in the database, estimated from a few of them.
    #[schema(minimum = 0, examples(9_400_000))]
    bytes: i64,
}

impl From<StoredAmount> for StoredObject {
    fn from(StoredAmount { calls, events, bytes }: StoredAmount) -> Self {
        Self { calls, events, bytes }
    }
}

/// Lists all clients in the order of their ids.
pub async fn list_clients(store: &Store, now: Millis) -> Result<Vec<ClientObject>, ServiceError> {
    let clients = store.clients().system_list_clients().await?;
    let used = used_this_month(store, &clients, now).await?;
    Ok(clients
        .into_iter()
        .map(|ClientSummary { client, key_prefix }| ClientObject {
            calls_this_month: used.get(&client.id).copied().unwrap_or(0),
            client_id: client.id,
            name: client.name,
            plan: client.plan.as_str(),
            limit: client.limit,
            api_key: key_prefix.map(|prefix| prefix + "..."),
        })
        .collect())
}

/// Lists all clients with their calls of all time.
pub async fn list_analytics(store: &Store, now: Millis) -> Result<AllAnalytics, ServiceError> {
    let clients = store.clients().system_list_clients().await?;
    let used = used_this_month(store, &clients, now).await?;
    let totals = store.clients().system_sum_calls().await?;
    let mut rows = Vec::new();
    for ClientSummary { client, .. } in clients {
        let used = used.get(&client.id).copied().unwrap_or(0);
        let (total_calls, total_duration) = totals.get(&client.id).copied().unwrap_or((0, 0));
        let stored = store.clients().estimate_stored(&client.id).await?.into();
        let health = store.clients().find_client_health(&client.id, now - DAY).await?;
        let health = health_object(health, client.suspended);
        rows.push(ClientAnalytics {
            client_id: client.id,
            client_name: client.name,
            plan: client.plan.as_str(),
            total_calls,
            total_duration,
            calls_this_month: used,
            limit: client.limit,
            utilization_percent: percent_used(used, client.limit),
            stored,
            health,
        });
    }
    Ok(AllAnalytics {
        total_clients: rows.len(),
        total_calls_all_clients: rows.iter().map(|client| client.total_calls).sum(),
        clients: rows,
    })
}

fn health_object(health: ClientHealth, suspended: bool) -> HealthObject {
    let provider = |ProviderHealth { provider, requests, failed }: ProviderHealth| {
        ProviderHealthObject { provider, requests, failed }
    };
    HealthObject {
        suspended,
        last_call_at: health.last_call_at.map(time::format),
        calls_last_day: health.calls,
        calls_by_day: health.calls_by_day,
        active_calls: health.active_calls,
        providers: health.providers.into_iter().map(provider).collect(),
    }
}

/// Counts each client's calls in its own current month. That month depends on the time zone, so
/// there are at most two, and each is read once.
async fn used_this_month(
    store: &Store,
    clients: &[ClientSummary],
    now: Millis,
) -> Result<HashMap<String, i64>, ServiceError> {
    let mut months: HashMap<String, HashMap<String, i64>> = HashMap::new();
    let mut used = HashMap::new();
    for ClientSummary { client, .. } in clients {
        let month = time::month(now, client.time_zone);
        if !months.contains_key(&month) {
            let calls = store.clients().system_count_calls_in_month(&month).await?;
            months.insert(month.clone(), calls);
        }
        let calls = months.get(&month).and_then(|calls| calls.get(&client.id));
        used.insert(client.id.clone(), calls.copied().unwrap_or(0));
    }
    Ok(used)
}

/// Returns the share of a limit that is used, in percent. A limit of zero is always used up.
fn percent_used(used: i64, limit: i64) -> f64 {
    if limit <= 0 {
        return 100.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "far fewer calls than a double can count")]
    let share = used as f64 / limit as f64;
    (share * 10_000.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_in_percent_with_two_decimals() {
        for (used, limit, expected) in
            [(0, 100, 0.0), (25, 100, 25.0), (1, 3, 33.33), (150, 100, 150.0), (0, 0, 100.0)]
        {
            assert!((percent_used(used, limit) - expected).abs() < 1e-9, "{used} of {limit}");
        }
    }
}
