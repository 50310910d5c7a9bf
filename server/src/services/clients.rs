//! Clients, as an operator makes and changes them. Every change leaves a line in the audit log.

use super::ServiceError;
use crate::app::App;
use crate::secret::Secret;
use crate::storage::{Client, ClientChange};
use crate::time;
use serde::Serialize;

/// Lines of the audit log in one answer.
const MOST_ACTS: i64 = 500;

/// The answer to a client that was made.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientMade {
    client_id: String,
    /// The key in full, this once.
    api_key: String,
}

/// A client as an operator sees it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientShown {
    client_id: String,
    name: String,
    plan: &'static str,
    limit: i64,
    features: Vec<String>,
    allowed_domains: Vec<String>,
    time_zone: &'static str,
    suspended: bool,
}

/// What operators did to a client.
#[derive(Debug, Serialize)]
pub struct AuditLog {
    /// The newest first.
    audit: Vec<AuditEntry>,
}

/// One thing that an operator did.
#[derive(Debug, Serialize)]
struct AuditEntry {
    at: String,
    act: String,
}

/// Makes a client with a key that may do everything.
pub async fn create(app: &App, change: ClientChange) -> Result<ClientMade, ServiceError> {
    let now = app.now();
    let client_id = app.ids.id("client", now);
    // The prefix lets those who look for leaked secrets know one when they see it.
    let key = Secret::new(format!("crk_{}", app.ids.hex::<32>()));
    let key_id = app.ids.id("key", now);
    app.store.create_client(&client_id, &change, &key_id, &key, now).await?;
    Ok(ClientMade { client_id, api_key: key.expose().to_owned() })
}

/// A client.
pub async fn look_at(app: &App, client_id: &str) -> Result<ClientShown, ServiceError> {
    Ok(shown(app.store.client(client_id).await?.ok_or_else(unknown)?))
}

/// Changes what is named of a client.
pub async fn change(
    app: &App,
    client_id: &str,
    change: ClientChange,
) -> Result<ClientShown, ServiceError> {
    if !app.store.change_client(client_id, &change, app.now()).await? {
        return Err(unknown());
    }
    look_at(app, client_id).await
}

/// What operators did to a client.
pub async fn audit(app: &App, client_id: &str) -> Result<AuditLog, ServiceError> {
    look_at(app, client_id).await?;
    let rows = app.store.audit_log(client_id, MOST_ACTS).await?;
    let entry = |(at, act)| AuditEntry { at: time::format(at), act };
    Ok(AuditLog { audit: rows.into_iter().map(entry).collect() })
}

fn unknown() -> ServiceError {
    ServiceError::Unknown("There is no such client.".to_owned())
}

fn shown(client: Client) -> ClientShown {
    ClientShown {
        client_id: client.id,
        name: client.name,
        plan: client.plan.as_str(),
        limit: client.limit,
        features: client.features,
        allowed_domains: client.allowed_domains,
        time_zone: client.time_zone.name(),
        suspended: client.suspended,
    }
}
