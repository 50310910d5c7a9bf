//! Creates, lists and revokes a client's dialer keys for its admins and the operator.

use super::operator::Operator;
use crate::config::PublicUrl;
use crate::secret::Secret;
use crate::services::ServiceError;
use crate::services::clients::client;
use crate::storage::DialerKeyRow;
use crate::time;
use serde::Serialize;
use utoipa::ToSchema;

/// The answer to the creation of a dialer key.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DialerKeyMade {
    #[schema(examples("key_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    key_id: String,
    /// The key in full; it is shown only this once.
    #[schema(examples("crd_…"))]
    dialer_key: String,
    /// The URL to which a dialer that can set no header sends a GET or a form. It contains the key
    /// and is shown only this once. Without `--public-url` it is a path on this server.
    #[schema(examples("https://calls.example.com/api/leads/from-dialer/crd_…"))]
    lead_url: String,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    created_at: String,
}

/// A dialer key as it is listed later.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DialerKey)]
pub struct DialerKeyShown {
    #[schema(examples("key_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    key_id: String,
    /// Its first ten characters, to tell keys apart.
    #[schema(examples("crd_0a1b2c..."))]
    dialer_key: String,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    created_at: String,
    #[schema(required = true, format = DateTime, examples("2025-10-12T10:30:00Z"))]
    revoked_at: Option<String>,
}

/// All dialer keys of a client.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DialerKeyList {
    /// The oldest first.
    dialer_keys: Vec<DialerKeyShown>,
}

/// Creates a dialer key. `public_url` is where dialers reach the server.
pub async fn create_key(
    operator: &Operator<'_>,
    client_id: &str,
    public_url: Option<&PublicUrl>,
) -> Result<DialerKeyMade, ServiceError> {
    let now = operator.now;
    // The prefix lets scanners for leaked secrets recognise it.
    let key = Secret::new(format!("crd_{}", operator.ids.random_hex::<32>()));
    let key_id = operator.ids.new_id("key", now);
    if !operator
        .store
        .credentials()
        .create_dialer_key(client_id, &key_id, &key, operator.stamp())
        .await?
    {
        return Err(client::unknown_client());
    }
    let dialer_key = key.expose().to_owned();
    let path = format!("/api/leads/from-dialer/{dialer_key}");
    let lead_url =
        public_url.map_or_else(|| path.clone(), |public_url| public_url.join_path(&path));
    Ok(DialerKeyMade { key_id, dialer_key, lead_url, created_at: time::format(now) })
}

/// Lists all dialer keys of a client, including revoked ones.
pub async fn list_keys(
    operator: &Operator<'_>,
    client_id: &str,
) -> Result<DialerKeyList, ServiceError> {
    operator.store.clients().find_client(client_id).await?.ok_or_else(client::unknown_client)?;
    let rows = operator.store.credentials().list_dialer_keys(client_id).await?;
    Ok(DialerKeyList { dialer_keys: rows.into_iter().map(show_key).collect() })
}

/// Revokes a dialer key permanently. A key revoked before stays as it is.
pub async fn revoke_key(
    operator: &Operator<'_>,
    client_id: &str,
    key_id: &str,
) -> Result<DialerKeyShown, ServiceError> {
    let row =
        operator.store.credentials().revoke_dialer_key(client_id, key_id, operator.stamp()).await?;
    row.map(show_key)
        .ok_or_else(|| ServiceError::Unknown("There is no such dialer key.".to_owned()))
}

fn show_key(row: DialerKeyRow) -> DialerKeyShown {
    DialerKeyShown {
        key_id: row.key_id,
        dialer_key: row.prefix + "...",
        created_at: time::format(row.created_at),
        revoked_at: row.revoked_at.map(time::format),
    }
}
