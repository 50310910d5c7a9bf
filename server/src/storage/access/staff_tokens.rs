//! Stores staff tokens, each valid for one client.

use super::audit::{Actor, Stamp, insert_audit};
use crate::secret::Secret;
use crate::storage::clients::changes::lock_client;
use crate::storage::database::pools::{query_read, query_tx, retry_tx};
use crate::storage::{CredentialStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// A staff token without its secret.
#[derive(Debug, Clone, FromRow)]
pub struct AdminTokenRow {
    pub token_id: String,
    pub name: String,
    /// `admin` or `viewer`.
    pub role: String,
    pub prefix: String,
    pub created_at: Millis,
    pub last_used_at: Option<Millis>,
    pub revoked_at: Option<Millis>,
}

/// A token as needed to authenticate a request, with data of its client.
#[derive(Debug, Clone, FromRow)]
pub struct FoundToken {
    pub client_id: String,
    pub client_name: String,
    pub token_id: String,
    pub name: String,
    pub role: String,
    pub token_hash: String,
    pub revoked_at: Option<Millis>,
    pub last_used_at: Option<Millis>,
    pub suspended_at: Option<Millis>,
}

impl CredentialStore<'_> {
    /// Returns the token with this hash, of any client: the caller is not known before.
    pub async fn system_find_admin_token(
        self,
        hash: &str,
    ) -> Result<Option<FoundToken>, StoreError> {
        Ok(query_read!(self, |db| {
            sqlx::query_as(
            "SELECT t.client_id, c.name AS client_name, t.token_id, t.name, t.role, t.token_hash, t.revoked_at, t.last_used_at,
                    c.suspended_at
             FROM admin_tokens t JOIN clients c ON c.client_id = t.client_id
             WHERE t.token_hash = $1"
        )
        .bind(hash)
        .fetch_optional(db)
        })?)
    }

    /// Creates a token for a client. Returns false if the client does not exist.
    pub async fn create_admin_token(
        self,
        client_id: &str,
        row: &AdminTokenRow,
        token: &Secret,
        by: Actor<'_>,
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(false);
            }
            query_tx!(tx, |db| sqlx::query(
                "INSERT INTO admin_tokens (client_id, token_id, name, role, token_hash, prefix,
                        created_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7)"
            )
            .bind(client_id)
            .bind(&row.token_id)
            .bind(&row.name)
            .bind(&row.role)
            .bind(token.hash())
            .bind(&row.prefix)
            .bind(row.created_at)
            .execute(db))?;
            let stamp = Stamp { by, now: row.created_at };
            insert_audit(&mut tx, client_id, "token.created", Some(&row.token_id), stamp).await?;
            tx.commit().await?;
            Ok(true)
        })
    }

    /// Returns all tokens of a client, oldest first.
    pub async fn list_admin_tokens(
        self,
        client_id: &str,
    ) -> Result<Vec<AdminTokenRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT token_id, name, role, prefix, created_at, last_used_at, revoked_at
             FROM admin_tokens WHERE client_id = $1 ORDER BY created_at, token_id"
        )
        .bind(client_id)
        .fetch_all(db))?)
    }

    /// Revokes one of a client's tokens and returns it; `None` if it does not exist. A token that
    /// was already revoked keeps its time, and no second audit entry is written.
    pub async fn revoke_admin_token(
        self,
        client_id: &str,
        token_id: &str,
        stamp: Stamp<'_>,
    ) -> Result<Option<AdminTokenRow>, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(None);
            }
            let done = query_tx!(tx, |db| sqlx::query(
                "UPDATE admin_tokens SET revoked_at = $3
                     WHERE client_id = $1 AND token_id = $2 AND revoked_at IS NULL"
            )
            .bind(client_id)
            .bind(token_id)
            .bind(stamp.now)
            .execute(db))?;
            if done.rows_affected() > 0 {
                insert_audit(&mut tx, client_id, "token.revoked", Some(token_id), stamp).await?;
            }
            let row = query_tx!(tx, |db| sqlx::query_as(
                "SELECT token_id, name, role, prefix, created_at, last_used_at, revoked_at
                     FROM admin_tokens WHERE client_id = $1 AND token_id = $2"
            )
            .bind(client_id)
            .bind(token_id)
            .fetch_optional(db))?;
            tx.commit().await?;
            Ok(row)
        })
    }

    /// Returns the ids of a client's valid tokens; none if the client is suspended.
    pub async fn list_valid_token_ids(self, client_id: &str) -> Result<Vec<String>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT t.token_id FROM admin_tokens t JOIN clients c ON c.client_id = t.client_id
             WHERE t.client_id = $1 AND t.revoked_at IS NULL AND c.suspended_at IS NULL"
        )
        .bind(client_id)
        .fetch_all(db))?)
    }

    /// Records the use of a token, unless a use after `before` is already recorded.
    pub async fn note_admin_token_use(
        self,
        client_id: &str,
        token_id: &str,
        now: Millis,
        before: Millis,
    ) -> Result<(), StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            query_tx!(tx, |db| sqlx::query(
                "UPDATE admin_tokens SET last_used_at = $3
                     WHERE client_id = $1 AND token_id = $2
                        AND (last_used_at IS NULL OR last_used_at <= $4)"
            )
            .bind(client_id)
            .bind(token_id)
            .bind(now)
            .bind(before)
            .execute(db))?;
            tx.commit().await?;
            Ok(())
        })
    }
}
