//! Stores the keys by which a client's own server proves who its agents are.

use super::audit::{Stamp, insert_audit};
use crate::storage::database::pools::{query_read, query_tx, retry_tx};
use crate::storage::locks::lock_client;
use crate::storage::{CredentialStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// A key for agent tokens.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct AgentTokenKeyRow {
    pub client_id: String,
    pub key_id: String,
    /// `secret`, `jwks` or `jwksUrl`.
    pub kind: String,
    /// The secret, encrypted; the key set as JSON; or its address.
    pub content: String,
    /// The name of the key that encrypted the content; empty if it is not secret.
    pub key_name: String,
    pub created_at: Millis,
}

/// The result of adding a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddedKey {
    Added,
    /// The client does not exist.
    UnknownClient,
    /// The client has as many keys as it may have.
    TooMany,
}

impl CredentialStore<'_> {
    /// Adds a key, unless the client has `most` already.
    pub async fn add_agent_token_key(
        self,
        row: &AgentTokenKeyRow,
        most: i64,
        stamp: Stamp<'_>,
    ) -> Result<AddedKey, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, &row.client_id).await? {
                return Ok(AddedKey::UnknownClient);
            }
            let has: i64 = query_tx!(tx, |db| sqlx::query_scalar(
                "SELECT COUNT(*) FROM agent_token_keys WHERE client_id = $1"
            )
            .bind(&row.client_id)
            .fetch_one(db))?;
            if has >= most {
                return Ok(AddedKey::TooMany);
            }
            query_tx!(tx, |db| sqlx::query(
                "INSERT INTO agent_token_keys
                        (client_id, key_id, kind, content, key_name, created_at)
                     VALUES ($1, $2, $3, $4, $5, $6)"
            )
            .bind(&row.client_id)
            .bind(&row.key_id)
            .bind(&row.kind)
            .bind(&row.content)
            .bind(&row.key_name)
            .bind(row.created_at)
            .execute(db))?;
            let (id, act) = (&row.client_id, "agent_token_key.created");
            insert_audit(&mut tx, id, act, Some(&row.key_id), stamp).await?;
            tx.commit().await?;
            Ok(AddedKey::Added)
        })
    }

    /// Returns a client's keys, oldest first.
    pub async fn list_agent_token_keys(
        self,
        client_id: &str,
    ) -> Result<Vec<AgentTokenKeyRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT client_id, key_id, kind, content, key_name, created_at
             FROM agent_token_keys WHERE client_id = $1 ORDER BY created_at, key_id"
        )
        .bind(client_id)
        .fetch_all(db))?)
    }

    /// Removes a key; returns false if the client has no such key.
    pub async fn remove_agent_token_key(
        self,
        client_id: &str,
        key_id: &str,
        stamp: Stamp<'_>,
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            let done = query_tx!(tx, |db| sqlx::query(
                "DELETE FROM agent_token_keys WHERE client_id = $1 AND key_id = $2"
            )
            .bind(client_id)
            .bind(key_id)
            .execute(db))?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            let act = "agent_token_key.removed";
            insert_audit(&mut tx, client_id, act, Some(key_id), stamp).await?;
            tx.commit().await?;
            Ok(true)
        })
    }

    /// Returns the encrypted keys of all clients.
    pub async fn system_list_sealed_agent_token_keys(
        self,
    ) -> Result<Vec<AgentTokenKeyRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT client_id, key_id, kind, content, key_name, created_at
             FROM agent_token_keys WHERE key_name <> '' ORDER BY client_id, key_id"
        )
        .fetch_all(db))?)
    }

    /// Replaces a key's encrypted content, which never changes otherwise.
    pub async fn reseal_agent_token_key(self, row: &AgentTokenKeyRow) -> Result<(), StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            query_tx!(tx, |db| sqlx::query(
                "UPDATE agent_token_keys SET content = $3, key_name = $4
                 WHERE client_id = $1 AND key_id = $2"
            )
            .bind(&row.client_id)
            .bind(&row.key_id)
            .bind(&row.content)
            .bind(&row.key_name)
            .execute(db))?;
            tx.commit().await?;
            Ok(())
        })
    }
}
