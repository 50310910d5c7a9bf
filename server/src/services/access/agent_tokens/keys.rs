//! The keys for a client's agent tokens: secrets that the server made, and public keys of the
//! client's own.
//!
//! A client may have several at once. To replace a key, add the next one, sign with it, and remove
//! the old one: until then tokens of both are accepted.

use super::remote::{KnownSet, RemoteKeySets};
use super::{TokenChecks, key_set};
use crate::ids::Ids;
use crate::secret::Secret;
use crate::services::ServiceError;
use crate::services::access::operator::Operator;
use crate::storage::{AddedKey, AgentTokenKeyRow, Client, Store};
use crate::time;
use crate::vault::{SealContext, Vault, VaultError};
use call_ribbon_shared::Millis;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// The most keys of a client.
const MOST_KEYS: i64 = 5;
const SECRET: &str = "secret";
const KEY_SET: &str = "jwks";
const KEY_SET_URL: &str = "jwksUrl";
/// The most bytes of an address.
const MOST_URL_BYTES: usize = 2_000;
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
    /// `secret`, `jwks` or `jwksUrl`.
    #[schema(pattern = "^(secret|jwks|jwksUrl)$", examples("secret"))]
    kind: String,
    /// The public keys; null for a secret and for an address.
    #[schema(required = true, value_type = Option<Object>)]
    jwks: Option<Value>,
    /// The address of the public keys; null for the other kinds.
    #[schema(required = true, examples("https://crm.example.com/jwks.json"))]
    jwks_url: Option<String>,
    /// When this server last read the keys at the address.
    #[schema(required = true, format = DateTime, examples("2025-10-12T10:30:00Z"))]
    read_at: Option<String>,
    /// Why the keys at the address could not be read the last time, and what follows; null if they
    /// could.
    #[schema(
        required = true,
        examples("The public keys could not be read: the address answered with status 404.")
    )]
    problem: Option<String>,
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

/// The key to add.
#[derive(Debug)]
pub enum NewTokenKey {
    /// A secret that the server makes.
    Secret,
    /// The client's public keys.
    KeySet(Value),
    /// The address of the client's public keys.
    Url(String),
}

/// Adds a key. An address is read first, so that a wrong one is noticed now.
pub async fn add_key(
    operator: &Operator<'_>,
    vault: &Vault,
    remote: &RemoteKeySets,
    client_id: &str,
    new: NewTokenKey,
) -> Result<TokenKeyMade, ServiceError> {
    let now = operator.now;
    let mut row = AgentTokenKeyRow {
        client_id: client_id.to_owned(),
        key_id: operator.ids.new_id("atk", now),
        kind: String::new(),
        content: String::new(),
        key_name: String::new(),
        created_at: now,
    };
    let mut secret = None;
    match new {
        NewTokenKey::KeySet(jwks) => {
            KEY_SET.clone_into(&mut row.kind);
            row.content = jwks.to_string();
            if row.content.len() > MOST_KEY_SET_BYTES {
                let sentence = "jwks must have at most 16 KiB.".to_owned();
                return Err(ServiceError::Invalid { field: "jwks", sentence });
            }
            key_set::read_key_set(&row.content).map_err(|what| ServiceError::Invalid {
                field: "jwks",
                sentence: format!("jwks {what}."),
            })?;
        }
        NewTokenKey::Url(url) => {
            KEY_SET_URL.clone_into(&mut row.kind);
            let client = operator.store.clients().find_client(client_id).await?;
            client.ok_or_else(ServiceError::unknown_client)?;
            check_url(remote, &url).await?;
            row.content = url;
        }
        NewTokenKey::Secret => {
            SECRET.clone_into(&mut row.kind);
            let made = Secret::new(format!("ats_{}", operator.ids.random_hex::<32>()));
            seal_secret(vault, operator.ids, &mut row, &made)?;
            secret = Some(made.expose().to_owned());
        }
    }
    let credentials = operator.store.credentials();
    match credentials.add_agent_token_key(&row, MOST_KEYS, operator.stamp()).await? {
        AddedKey::Added => Ok(TokenKeyMade { key: show_key(row, None), secret }),
        AddedKey::UnknownClient => Err(ServiceError::unknown_client()),
        AddedKey::TooMany => Err(ServiceError::Conflict(format!(
            "A client has at most {MOST_KEYS} keys for agent tokens; remove one that is no longer \
             used."
        ))),
    }
}

/// Refuses an address that cannot be read now, or holds no public keys.
async fn check_url(remote: &RemoteKeySets, url: &str) -> Result<(), ServiceError> {
    let why = if url.len() > MOST_URL_BYTES {
        "the address has more than 2,000 bytes".to_owned()
    } else {
        match remote.read(url).await {
            Ok(_) => return Ok(()),
            Err(why) => why,
        }
    };
    let sentence = format!("The public keys at jwksUrl cannot be used: {why}.");
    Err(ServiceError::Invalid { field: "jwksUrl", sentence })
}

/// Lists a client's keys, with what is known of those at addresses.
pub async fn list_keys(
    store: &Store,
    remote: &RemoteKeySets,
    client_id: &str,
    now: Millis,
) -> Result<TokenKeyList, ServiceError> {
    store.clients().find_client(client_id).await?.ok_or_else(ServiceError::unknown_client)?;
    let mut keys = Vec::new();
    for row in store.credentials().list_agent_token_keys(client_id).await? {
        let known = if row.kind == KEY_SET_URL {
            Some(remote.find_set(&row.key_id, &row.content, None, now).await)
        } else {
            None
        };
        keys.push(show_key(row, known.as_ref()));
    }
    Ok(TokenKeyList { keys })
}

/// Removes a key: tokens that it signed are refused from now on.
pub async fn remove_key(
    operator: &Operator<'_>,
    remote: &RemoteKeySets,
    client_id: &str,
    key_id: &str,
) -> Result<(), ServiceError> {
    let credentials = operator.store.credentials();
    if credentials.remove_agent_token_key(client_id, key_id, operator.stamp()).await? {
        remote.forget(key_id);
        return Ok(());
    }
    Err(ServiceError::Unknown("There is no such key.".to_owned()))
}

/// The keys that may have signed a token.
pub struct VerifyingKeys {
    pub keys: Vec<VerifyingKey>,
    /// What is wrong with the keys at an address, if something is.
    pub problem: Option<String>,
}

/// Returns the keys that verify a client's tokens. `named` is the algorithm and the key that the
/// token names.
pub async fn list_verifying_keys(
    checks: &TokenChecks<'_>,
    client: &Client,
    named: (Algorithm, Option<&str>),
) -> Result<VerifyingKeys, ServiceError> {
    let (mut keys, mut problem) = (Vec::new(), None);
    for row in checks.store.credentials().list_agent_token_keys(&client.id).await? {
        if row.kind == KEY_SET_URL {
            let known =
                checks.remote.find_set(&row.key_id, &row.content, Some(named), checks.now).await;
            let found = known.keys.iter().flat_map(|(keys, _)| keys.iter().cloned());
            keys.extend(found.map(to_verifying_key));
            problem = problem.or(known.problem());
            continue;
        }
        match read_row(checks.vault, &row) {
            Ok(mut read) => keys.append(&mut read),
            // The others may do; the operator has to see it.
            Err(why) => tracing::error!(key = row.key_id, "a key for agent tokens {why}"),
        }
    }
    Ok(VerifyingKeys { keys, problem })
}

fn to_verifying_key(key: key_set::PublicKey) -> VerifyingKey {
    let key_set::PublicKey { id, algorithm, key } = key;
    VerifyingKey { algorithm, key, id }
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
        return Ok(keys.map(to_verifying_key).collect());
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

fn show_key(row: AgentTokenKeyRow, known: Option<&KnownSet>) -> TokenKeyShown {
    let read_at = known.and_then(|known| known.keys.as_ref()).map(|(_, read_at)| *read_at);
    TokenKeyShown {
        jwks: (row.kind == KEY_SET).then(|| serde_json::from_str(&row.content).unwrap_or_default()),
        jwks_url: (row.kind == KEY_SET_URL).then_some(row.content),
        read_at: read_at.map(time::format),
        problem: known.and_then(KnownSet::problem),
        key_id: row.key_id,
        kind: row.kind,
        created_at: time::format(row.created_at),
    }
}
