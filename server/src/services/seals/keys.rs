//! The keys that sign seals: made once, encrypted under the server's secret key, and replaced when
//! that is lost.

use crate::ids::Ids;
use crate::seal::signing::{SECRET, SigningKey};
use crate::seal::{decode, encode};
use crate::services::ServiceError;
use crate::storage::{SealKeyRow, Store};
use crate::time;
use crate::vault::{SealContext, Vault, VaultError};
use call_ribbon_shared::Millis;
use serde::Serialize;
use utoipa::ToSchema;

/// How often creating a key is tried if other servers create one at the same time.
const ATTEMPTS: usize = 5;

/// The public keys of this server, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicKeys {
    pub keys: Vec<PublicKey>,
}

/// A key by which signatures are checked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PublicKey {
    /// The first half of the key's SHA-256, in hexadecimal.
    pub key_id: String,
    /// The Ed25519 key, in Base64.
    #[serde(rename = "publicKey")]
    pub ed25519: String,
    pub created_at: String,
}

/// Returns the newest key that can be decrypted; makes one if none can.
pub async fn find_or_create_key(
    store: &Store,
    vault: &Vault,
    ids: &Ids,
    now: Millis,
) -> Result<SigningKey, ServiceError> {
    for _ in 0..ATTEMPTS {
        let rows = store.seals().system_list_seal_keys().await?;
        if let Some(key) = rows.iter().find_map(|row| open_key(vault, row)) {
            return Ok(key);
        }
        if let Some(row) = rows.first() {
            tracing::warn!(
                key = row.key_id,
                "the key that signs seals cannot be decrypted, so a new one is made"
            );
        }
        let secret: [u8; SECRET] = ids.random_bytes();
        let Some(key) = SigningKey::from_secret(&secret) else { continue };
        let mut row = SealKeyRow {
            number: rows.first().map_or(1, |row| row.number + 1),
            key_id: key.id().to_owned(),
            public_key: key.public_key(),
            secret: String::new(),
            key_name: String::new(),
            created_at: now,
        };
        encrypt_secret(vault, ids, &mut row, &secret)?;
        if store.seals().system_insert_seal_key(&row).await? {
            return Ok(key);
        }
    }
    Err(ServiceError::Busy)
}

/// Returns the public keys.
pub async fn list_public_keys(store: &Store) -> Result<PublicKeys, ServiceError> {
    let rows = store.seals().system_list_seal_keys().await?;
    let keys = rows.into_iter().map(|row| PublicKey {
        key_id: row.key_id,
        ed25519: row.public_key,
        created_at: time::format(row.created_at),
    });
    Ok(PublicKeys { keys: keys.collect() })
}

/// Encrypts the keys that are not under the newest secret key again. Returns how many were; one that
/// cannot be decrypted stays, for its public key.
pub async fn reencrypt_keys(
    store: &Store,
    vault: &Vault,
    ids: &Ids,
) -> Result<usize, ServiceError> {
    let mut done = 0;
    for mut row in store.seals().system_list_seal_keys().await? {
        if Some(row.key_name.as_str()) == vault.newest_key_name() {
            continue;
        }
        let Some(secret) = open_secret(vault, &row) else { continue };
        encrypt_secret(vault, ids, &mut row, &secret)?;
        store.seals().system_reseal_seal_key(&row).await?;
        done += 1;
    }
    Ok(done)
}

fn open_key(vault: &Vault, row: &SealKeyRow) -> Option<SigningKey> {
    let key = SigningKey::from_secret(&open_secret(vault, row)?)?;
    (key.id() == row.key_id).then_some(key)
}

fn open_secret(vault: &Vault, row: &SealKeyRow) -> Option<[u8; SECRET]> {
    if row.key_name.is_empty() {
        return decode(&row.secret)?.try_into().ok();
    }
    let open = vault.open(place_of(&row.key_id), &row.secret).ok()?;
    decode(open.expose())?.try_into().ok()
}

/// Encrypts a secret into its row. Without a secret key in the settings it stays as it is.
fn encrypt_secret(
    vault: &Vault,
    ids: &Ids,
    row: &mut SealKeyRow,
    secret: &[u8; SECRET],
) -> Result<(), ServiceError> {
    let text = encode(secret);
    match vault.seal(ids, place_of(&row.key_id), &text) {
        Ok(sealed) => {
            row.secret = sealed;
            vault.newest_key_name().unwrap_or_default().clone_into(&mut row.key_name);
        }
        Err(VaultError::NoKey) => {
            row.secret = text;
            row.key_name.clear();
        }
        Err(error) => {
            return Err(ServiceError::Conflict(format!(
                "The key that signs seals cannot be stored: {error}."
            )));
        }
    }
    Ok(())
}

fn place_of(key_id: &str) -> SealContext<'_> {
    SealContext { client_id: "", account_id: key_id, column: "seal_keys.secret" }
}
