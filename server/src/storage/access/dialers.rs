//! Looks up dialer keys, and the agents that dialers name.

use crate::secret::Secret;
use crate::storage::database::pools::{query_read, query_tx, retry_tx};
use crate::storage::{CredentialStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// A dialer key with its client.
#[derive(Debug, Clone)]
pub struct DialerKey {
    pub key_hash: String,
    pub client_id: String,
    pub revoked: bool,
}

/// A client's agent.
#[derive(Debug, Clone, FromRow)]
pub struct AgentRow {
    pub agent_id: String,
    pub name: Option<String>,
}

impl CredentialStore<'_> {
    /// Returns the dialer key with this hash, of any client.
    pub async fn system_find_dialer_key(self, hash: &str) -> Result<Option<DialerKey>, StoreError> {
        let row: Option<(String, String, Option<Millis>)> =
            query_read!(self, |db| sqlx::query_as(
                "SELECT key_hash, client_id, revoked_at FROM dialer_keys WHERE key_hash = $1"
            )
            .bind(hash)
            .fetch_optional(db))?;
        Ok(row.map(|(key_hash, client_id, revoked_at)| DialerKey {
            key_hash,
            client_id,
            revoked: revoked_at.is_some(),
        }))
    }

    /// Stores a client's dialer key under this id, replacing an earlier one.
    pub async fn upsert_dialer_key(
        self,
        client_id: &str,
        key_id: &str,
        key: &Secret,
        now: Millis,
    ) -> Result<(), StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            query_tx!(tx, |db| sqlx::query(
                "INSERT INTO dialer_keys (client_id, key_id, key_hash, prefix, created_at)
                     VALUES ($1, $2, $3, $4, $5)
                     ON CONFLICT (client_id, key_id) DO UPDATE SET key_hash = excluded.key_hash,
                        prefix = excluded.prefix"
            )
            .bind(client_id)
            .bind(key_id)
            .bind(key.hash())
            .bind(key.prefix())
            .bind(now)
            .execute(db))?;
            tx.commit().await?;
            Ok(())
        })
    }

    /// Returns the agent that has this id in the client's dialer. Vicidial's user names ignore
    /// case; if several agents differ only in case, the exact match comes first.
    pub async fn find_agent_of_dialer(
        self,
        client_id: &str,
        dialer_user_id: &str,
    ) -> Result<Option<AgentRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT agent_id, name FROM agents
             WHERE client_id = $1 AND LOWER(dialer_user_id) = LOWER($2)
             ORDER BY CASE WHEN dialer_user_id = $2 THEN 0 ELSE 1 END, agent_id LIMIT 1"
        )
        .bind(client_id)
        .bind(dialer_user_id)
        .fetch_optional(db))?)
    }

    /// Returns the agent with this user name, ignoring case: first by this server's id, then by the
    /// dialer's, since Vicidial's `user` is its own name for the agent.
    pub async fn find_agent_by_user_name(
        self,
        client_id: &str,
        name: &str,
    ) -> Result<Option<AgentRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT agent_id, name FROM agents
             WHERE client_id = $1
                AND (LOWER(agent_id) = LOWER($2) OR LOWER(dialer_user_id) = LOWER($2))
             ORDER BY CASE WHEN agent_id = $2 THEN 0 WHEN LOWER(agent_id) = LOWER($2) THEN 1
                WHEN dialer_user_id = $2 THEN 2 ELSE 3 END, agent_id LIMIT 1"
        )
        .bind(client_id)
        .bind(name)
        .fetch_optional(db))?)
    }

    /// Returns the URL template of the client's CRM page for a lead.
    pub async fn find_crm_url(self, client_id: &str) -> Result<Option<String>, StoreError> {
        let url: Option<Option<String>> = query_read!(self, |db| sqlx::query_scalar(
            "SELECT crm_url FROM clients WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_optional(db))?;
        Ok(url.flatten())
    }
}
