//! Creates, lists and revokes a client's API keys for an operator.

use super::operator::Operator;
use crate::ids::Ids;
use crate::secret::Secret;
use crate::services::ServiceError;
use crate::services::clients::client;
use crate::storage::ApiKeyRow;
use crate::time;
use serde::Serialize;
use utoipa::ToSchema;

/// All scopes of a key. A key created without scopes has all of them.
pub const SCOPES: [&str; 4] = ["ribbon", "read", "export", "write"];

/// The answer to the creation of a key.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyMade {
    #[schema(examples("key_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    pub key_id: String,
    /// The key in full; it is shown only this once.
    #[schema(examples("crk_…"))]
    pub api_key: String,
    /// What the key may be used for.
    scopes: Vec<String>,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    created_at: String,
}

/// A key as it is listed later.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyShown {
    #[schema(examples("key_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    pub key_id: String,
    /// Its first ten characters, to tell keys apart.
    #[schema(examples("demo-api-k..."))]
    pub api_key: String,
    /// What the key may be used for.
    pub scopes: Vec<String>,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    pub created_at: String,
    /// Accurate to about a minute; null if it was never used.
    #[schema(required = true, format = DateTime, examples("2025-10-12T10:30:00Z"))]
    pub last_used_at: Option<String>,
    #[schema(required = true, format = DateTime, examples("2025-10-12T10:30:00Z"))]
    pub revoked_at: Option<String>,
}

/// All keys of a client.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyList {
    /// The oldest first.
    pub keys: Vec<KeyShown>,
}

/// Generates a key. The prefix lets scanners for leaked secrets recognise it.
pub fn generate_key(ids: &Ids) -> Secret {
    Secret::new(format!("crk_{}", ids.random_hex::<32>()))
}

/// Creates a key for a client; without scopes, it may do everything.
pub async fn create_key(
    operator: &Operator<'_>,
    client_id: &str,
    scopes: Option<Vec<String>>,
) -> Result<KeyMade, ServiceError> {
    let scopes = check_scopes(scopes)?;
    let now = operator.now;
    let key = generate_key(operator.ids);
    let key_id = operator.ids.new_id("key", now);
    if !operator
        .store
        .credentials()
        .create_key(client_id, &key_id, &key, &scopes, operator.stamp())
        .await?
    {
        return Err(client::unknown_client());
    }
    let api_key = key.expose().to_owned();
    Ok(KeyMade { key_id, api_key, scopes, created_at: time::format(now) })
}

/// Lists all keys of a client, including revoked ones.
pub async fn list_keys(operator: &Operator<'_>, client_id: &str) -> Result<KeyList, ServiceError> {
    client::find_client(operator, client_id).await?;
    let rows = operator.store.credentials().list_api_keys(client_id).await?;
    Ok(KeyList { keys: rows.into_iter().map(show_key).collect() })
}

/// Revokes a key permanently. A key revoked before stays as it is.
pub async fn revoke_key(
    operator: &Operator<'_>,
    client_id: &str,
    key_id: &str,
) -> Result<KeyShown, ServiceError> {
    let row = operator.store.credentials().revoke_key(client_id, key_id, operator.stamp()).await?;
    row.map(show_key).ok_or_else(|| ServiceError::Unknown("There is no such key.".to_owned()))
}

/// Validates the scopes of a new key and returns each once, in the usual order.
fn check_scopes(scopes: Option<Vec<String>>) -> Result<Vec<String>, ServiceError> {
    let all = || SCOPES.iter().map(|&scope| scope.to_owned());
    let Some(named) = scopes else { return Ok(all().collect()) };
    if named.is_empty() || named.iter().any(|scope| !SCOPES.contains(&scope.as_str())) {
        let sentence = format!("scopes must be some of {}.", SCOPES.join(", "));
        return Err(ServiceError::Invalid { field: "scopes", sentence });
    }
    Ok(all().filter(|scope| named.contains(scope)).collect())
}

fn show_key(row: ApiKeyRow) -> KeyShown {
    KeyShown {
        key_id: row.key_id,
        api_key: row.prefix + "...",
        scopes: row.scopes,
        created_at: time::format(row.created_at),
        last_used_at: row.last_used_at.map(time::format),
        revoked_at: row.revoked_at.map(time::format),
    }
}
