//! The keys for a client's agent tokens: secrets that the server made, and public keys of the
//! client's own.
//!
//! A client may have several at once. To replace a key, add the next one, sign with it, and remove
//! the old one: until then tokens of both are accepted.

use super::{TokenChecks, key_set};
use crate::ids::Ids;
use crate::secret::Secret;
use crate::services::ServiceError;
use crate::services::access::operator::Operator;
use crate::storage::{AddedKey, AgentTokenKeyRow, Client, Store};
use crate::time;
use crate::vault::{SealContext, Vault, VaultError};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// The most keys of a client.
const MOST_KEYS: i64 = 5;
const SECRET: &str = "secret";
const KEY_SET: &str = "jwks";
/// The most bytes of a key set.
const MOST_KEY_SET_BYTES: usize = 16 * 1024;

/// A key that verifies tokens.
pub struct VerifyingKey {
    pub algorithm: Algorithm,
    pub key: DecodingKey,
    /// The key's name in its set.
    id: Option<String>,
}

impl VerifyingKey {
    /// Returns whether a token that names this key, or none, can be signed with it.
    pub fn may_be(&self, kid: Option<&str>) -> bool {
        match (&self.id, kid) {
            (Some(id), Some(kid)) => id == kid,
            _ => true,
        }
    }
}

/// A key for agent tokens, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenKeyShown {
    #[schema(examples("atk_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    pub key_id: String,
    /// `secret` or `jwks`.
    #[schema(pattern = "^(secret|jwks)$", examples("secret"))]
    kind: String,
    /// The public keys; null for a secret.
    #[schema(required = true, value_type = Option<Object>)]
    jwks: Option<Value>,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    created_at: String,
}

/// A key that was just added.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenKeyMade {
    #[serde(flatten)]
    key: TokenKeyShown,
    /// The secret to sign with, by HS256: the text itself, not decoded. It is shown only this once.
    /// Null for public keys.
    #[schema(required = true, examples("ats_…"))]
    secret: Option<String>,
}

/// All keys of a client for agent tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenKeyList {
    /// The oldest first.
    keys: Vec<TokenKeyShown>,
}

/// Adds a secret that the server makes, or the client's own public keys.
pub async fn add_key(
    operator: &Operator<'_>,
    vault: &Vault,
    client_id: &str,
    jwks: Option<Value>,
) -> Result<TokenKeyMade, ServiceError> {
    let now = operator.now;
    let mut row = AgentTokenKeyRow {
        client_id: client_id.to_owned(),
        key_id: operator.ids.new_id("atk", now),
        kind: KEY_SET.to_owned(),
        content: String::new(),
        key_name: String::new(),
        created_at: now,
    };
    let mut secret = None;
    if let Some(jwks) = jwks {
        row.content = jwks.to_string();
        if row.content.len() > MOST_KEY_SET_BYTES {
            let sentence = "jwks must have at most 16 KiB.".to_owned();
            return Err(ServiceError::Invalid { field: "jwks", sentence });
        }
        key_set::read_key_set(&row.content).map_err(|what| ServiceError::Invalid {
            field: "jwks",
            sentence: format!("jwks {what}."),
        })?;
    } else {
        SECRET.clone_into(&mut row.kind);
        let made = Secret::new(format!("ats_{}", operator.ids.random_hex::<32>()));
        seal_secret(vault, operator.ids, &mut row, &made)?;
        secret = Some(made.expose().to_owned());
    }
    let credentials = operator.store.credentials();
    match credentials.add_agent_token_key(&row, MOST_KEYS, operator.stamp()).await? {
        AddedKey::Added => Ok(TokenKeyMade { key: show_key(row), secret }),
        AddedKey::UnknownClient => Err(ServiceError::unknown_client()),
        AddedKey::TooMany => Err(ServiceError::Conflict(format!(
            "A client has at most {MOST_KEYS} keys for agent tokens; remove one that is no longer \
             used."
        ))),
    }
}

/// Lists a client's keys.
pub async fn list_keys(store: &Store, client_id: &str) -> Result<TokenKeyList, ServiceError> {
    store.clients().find_client(client_id).await?.ok_or_else(ServiceError::unknown_client)?;
    let rows = store.credentials().list_agent_token_keys(client_id).await?;
    Ok(TokenKeyList { keys: rows.into_iter().map(show_key).collect() })
}

/// Removes a key: tokens that it signed are refused from now on.
pub async fn remove_key(
    operator: &Operator<'_>,
    client_id: &str,
    key_id: &str,
) -> Result<(), ServiceError> {
    let credentials = operator.store.credentials();
    if credentials.remove_agent_token_key(client_id, key_id, operator.stamp()).await? {
        return Ok(());
    }
    Err(ServiceError::Unknown("There is no such key.".to_owned()))
}

/// Returns the keys that verify a client's tokens.
pub async fn list_verifying_keys(
    checks: &TokenChecks<'_>,
    client: &Client,
) -> Result<Vec<VerifyingKey>, ServiceError> {
    let mut keys = Vec::new();
    for row in checks.store.credentials().list_agent_token_keys(&client.id).await? {
        match read_row(checks.vault, &row) {
            Ok(mut read) => keys.append(&mut read),
            // The others may do; the operator has to see it.
            Err(why) => tracing::error!(key = row.key_id, "a key for agent tokens {why}"),
        }
    }
    Ok(keys)
}

/// Encrypts the secrets that are not under the newest key again. Returns how many were.
pub async fn reseal_secrets(
    store: &Store,
    vault: &Vault,
    ids: &Ids,
) -> Result<usize, ServiceError> {
    let mut resealed = 0;
    for mut row in store.credentials().system_list_sealed_agent_token_keys().await? {
        if Some(row.key_name.as_str()) == vault.newest_key_name() {
            continue;
        }
        let secret = vault.open(place_of(&row), &row.content).map_err(cannot_store)?;
        seal_secret(vault, ids, &mut row, &secret)?;
        store.credentials().reseal_agent_token_key(&row).await?;
        resealed += 1;
    }
    Ok(resealed)
}

fn read_row(vault: &Vault, row: &AgentTokenKeyRow) -> Result<Vec<VerifyingKey>, String> {
    if row.kind == KEY_SET {
        let keys = key_set::read_key_set(&row.content)?.into_iter();
        return Ok(keys
            .map(|key_set::PublicKey { id, algorithm, key }| VerifyingKey { algorithm, key, id })
            .collect());
    }
    let secret = vault.open(place_of(row), &row.content);
    let secret = secret.map_err(|error| format!("cannot be decrypted: {error}"))?;
    let key = DecodingKey::from_secret(secret.expose().as_bytes());
    let key = key.map_err(|_| "is empty".to_owned())?;
    // A token may name this key by its id.
    Ok(vec![VerifyingKey { algorithm: Algorithm::HS256, key, id: Some(row.key_id.clone()) }])
}

fn seal_secret(
    vault: &Vault,
    ids: &Ids,
    row: &mut AgentTokenKeyRow,
    secret: &Secret,
) -> Result<(), ServiceError> {
    row.content = vault.seal(ids, place_of(row), secret.expose()).map_err(cannot_store)?;
    vault.newest_key_name().unwrap_or_default().clone_into(&mut row.key_name);
    Ok(())
}

fn place_of(row: &AgentTokenKeyRow) -> SealContext<'_> {
    SealContext {
        client_id: &row.client_id,
        account_id: &row.key_id,
        column: "agent_token_keys.content",
    }
}

fn cannot_store(error: VaultError) -> ServiceError {
    ServiceError::Conflict(match error {
        VaultError::NoKey => {
            "Set CALL_RIBBON_SECRET_KEY and restart the server before you create a \
                              secret for agent tokens, or give public keys (jwks) instead."
                .to_owned()
        }
        error => format!("This secret cannot be stored: {error}."),
    })
}

fn show_key(row: AgentTokenKeyRow) -> TokenKeyShown {
    TokenKeyShown {
        jwks: (row.kind == KEY_SET).then(|| serde_json::from_str(&row.content).unwrap_or_default()),
        key_id: row.key_id,
        kind: row.kind,
        created_at: time::format(row.created_at),
    }
}
