//! Creates, lists and revokes a client's dialer keys.

use super::audit::{Stamp, insert_audit};
use crate::secret::Secret;
use crate::storage::clients::changes::lock_client;
use crate::storage::database::pools::{query_read, query_tx, retry_tx};
use crate::storage::{CredentialStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// A dialer key without its secret.
#[derive(Debug, Clone, FromRow)]
pub struct DialerKeyRow {
    pub key_id: String,
    pub prefix: String,
    pub created_at: Millis,
    pub revoked_at: Option<Millis>,
}

impl CredentialStore<'_> {
    /// Returns all dialer keys of a client, oldest first.
    pub async fn list_dialer_keys(self, client_id: &str) -> Result<Vec<DialerKeyRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT key_id, prefix, created_at, revoked_at FROM dialer_keys
             WHERE client_id = $1 ORDER BY created_at, key_id"
        )
        .bind(client_id)
        .fetch_all(db))?)
    }

    /// Creates a dialer key. Returns false if the client does not exist.
    pub async fn create_dialer_key(
        self,
        client_id: &str,
        key_id: &str,
        key: &Secret,
        stamp: Stamp<'_>,
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(false);
            }
            query_tx!(tx, |db| sqlx::query(
                "INSERT INTO dialer_keys (client_id, key_id, key_hash, prefix, created_at)
                     VALUES ($1, $2, $3, $4, $5)"
            )
            .bind(client_id)
            .bind(key_id)
            .bind(key.hash())
            .bind(key.prefix())
            .bind(stamp.now)
            .execute(db))?;
            insert_audit(&mut tx, client_id, "dialer-key.created", Some(key_id), stamp).await?;
            tx.commit().await?;
            Ok(true)
        })
    }

    /// Revokes one of a client's dialer keys and returns it; `None` if it does not exist. A key
    /// that was already revoked keeps its time, and no second audit entry is written.
    pub async fn revoke_dialer_key(
        self,
        client_id: &str,
        key_id: &str,
        stamp: Stamp<'_>,
    ) -> Result<Option<DialerKeyRow>, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(None);
            }
            let done = query_tx!(tx, |db| sqlx::query(
                "UPDATE dialer_keys SET revoked_at = $3
                     WHERE client_id = $1 AND key_id = $2 AND revoked_at IS NULL"
            )
            .bind(client_id)
            .bind(key_id)
            .bind(stamp.now)
            .execute(db))?;
            if done.rows_affected() > 0 {
                insert_audit(&mut tx, client_id, "dialer-key.revoked", Some(key_id), stamp).await?;
            }
            let row = query_tx!(tx, |db| sqlx::query_as(
                "SELECT key_id, prefix, created_at, revoked_at FROM dialer_keys
                 WHERE client_id = $1 AND key_id = $2"
            )
            .bind(client_id)
            .bind(key_id)
            .fetch_optional(db))?;
            tx.commit().await?;
            Ok(row)
        })
    }
}
