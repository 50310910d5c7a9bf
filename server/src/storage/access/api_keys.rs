//! Creates, lists and revokes a client's API keys, and records their last use.

use super::audit::{Stamp, insert_audit};
use crate::secret::Secret;
use crate::storage::clients::changes::{encode_list, lock_client};
use crate::storage::clients::client::decode_list;
use crate::storage::database::pools::{query_read, query_tx, retry_tx};
use crate::storage::{CredentialStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// An API key without its secret.
#[derive(Debug, Clone)]
pub struct ApiKeyRow {
    pub key_id: String,
    pub prefix: String,
    pub scopes: Vec<String>,
    pub created_at: Millis,
    pub last_used_at: Option<Millis>,
    pub revoked_at: Option<Millis>,
}

#[derive(FromRow)]
struct StoredApiKeyRow {
    key_id: String,
    prefix: String,
    scopes: String,
    created_at: Millis,
    last_used_at: Option<Millis>,
    revoked_at: Option<Millis>,
}

impl CredentialStore<'_> {
    /// Creates a key for a client. Returns false if the client does not exist.
    pub async fn create_key(
        self,
        client_id: &str,
        key_id: &str,
        key: &Secret,
        scopes: &[String],
        stamp: Stamp<'_>,
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(false);
            }
            query_tx!(tx, |db| sqlx::query(
                "INSERT INTO api_keys (client_id, key_id, key_hash, prefix, scopes, created_at)
                     VALUES ($1, $2, $3, $4, $5, $6)"
            )
            .bind(client_id)
            .bind(key_id)
            .bind(key.hash())
            .bind(key.prefix())
            .bind(encode_list(scopes))
            .bind(stamp.now)
            .execute(db))?;
            insert_audit(&mut tx, client_id, "key.created", Some(key_id), stamp).await?;
            tx.commit().await?;
            Ok(true)
        })
    }

    /// Returns all keys of a client, oldest first.
    pub async fn list_api_keys(self, client_id: &str) -> Result<Vec<ApiKeyRow>, StoreError> {
        let rows: Vec<StoredApiKeyRow> = query_read!(self, |db| sqlx::query_as(
            "SELECT key_id, prefix, scopes, created_at, last_used_at, revoked_at
             FROM api_keys WHERE client_id = $1 ORDER BY created_at, key_id"
        )
        .bind(client_id)
        .fetch_all(db))?;
        rows.into_iter().map(ApiKeyRow::try_from).collect()
    }

    /// Revokes one of a client's keys and returns it; `None` if it does not exist. A key that was
    /// already revoked keeps its time, and no second audit entry is written.
    pub async fn revoke_key(
        self,
        client_id: &str,
        key_id: &str,
        stamp: Stamp<'_>,
    ) -> Result<Option<ApiKeyRow>, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(None);
            }
            let done = query_tx!(tx, |db| sqlx::query(
                "UPDATE api_keys SET revoked_at = $3
                     WHERE client_id = $1 AND key_id = $2 AND revoked_at IS NULL"
            )
            .bind(client_id)
            .bind(key_id)
            .bind(stamp.now)
            .execute(db))?;
            if done.rows_affected() > 0 {
                insert_audit(&mut tx, client_id, "key.revoked", Some(key_id), stamp).await?;
            }
            let row: Option<StoredApiKeyRow> = query_tx!(tx, |db| sqlx::query_as(
                "SELECT key_id, prefix, scopes, created_at, last_used_at, revoked_at
                     FROM api_keys WHERE client_id = $1 AND key_id = $2"
            )
            .bind(client_id)
            .bind(key_id)
            .fetch_optional(db))?;
            tx.commit().await?;
            row.map(ApiKeyRow::try_from).transpose()
        })
    }

    /// Returns the ids of a client's valid keys; none if the client is suspended.
    pub async fn list_valid_key_ids(self, client_id: &str) -> Result<Vec<String>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT k.key_id FROM api_keys k JOIN clients c ON c.client_id = k.client_id
             WHERE k.client_id = $1 AND k.revoked_at IS NULL AND c.suspended_at IS NULL"
        )
        .bind(client_id)
        .fetch_all(db))?)
    }

    /// Records the use of a key, unless a use after `before` is already recorded: another server
    /// may have written one.
    pub async fn note_key_use(
        self,
        client_id: &str,
        key_hash: &str,
        now: Millis,
        before: Millis,
    ) -> Result<(), StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            query_tx!(tx, |db| sqlx::query(
                "UPDATE api_keys SET last_used_at = $3
                     WHERE client_id = $1 AND key_hash = $2
                        AND (last_used_at IS NULL OR last_used_at <= $4)"
            )
            .bind(client_id)
            .bind(key_hash)
            .bind(now)
            .bind(before)
            .execute(db))?;
            tx.commit().await?;
            Ok(())
        })
    }
}

impl TryFrom<StoredApiKeyRow> for ApiKeyRow {
    type Error = StoreError;

    fn try_from(row: StoredApiKeyRow) -> Result<Self, StoreError> {
        Ok(Self {
            scopes: decode_list(&row.scopes)?,
            key_id: row.key_id,
            prefix: row.prefix,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            revoked_at: row.revoked_at,
        })
    }
}
