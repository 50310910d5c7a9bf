//! Reads, creates, changes and removes a client's agents.

use crate::patch::Patch;
use crate::storage::access::audit::{Stamp, insert_audit};
use crate::storage::database::columns::agent_columns;
use crate::storage::database::pools::{Tx, query_read, query_tx, retry_tx};
use crate::storage::locks::lock_client;
use crate::storage::{AgentStore, StoreError};
use sqlx::FromRow;

/// A client's agent.
#[derive(Debug, Clone, FromRow)]
pub struct AgentRow {
    pub agent_id: String,
    pub name: Option<String>,
    pub dialer_user_id: Option<String>,
    /// The agent's own telephone, in E.164.
    pub phone: Option<String>,
    /// The agent's user id at the telephony provider.
    pub provider_user_id: Option<String>,
}

/// Changes of an agent. Fields that are not set keep their value, or are empty in a new agent.
#[derive(Debug, Clone, Default)]
pub struct AgentChange {
    pub name: Patch<String>,
    pub dialer_user_id: Patch<String>,
    pub phone: Patch<String>,
    pub provider_user_id: Patch<String>,
}

/// Outcome of a change of an agent.
#[derive(Debug)]
pub enum AgentOutcome {
    Done,
    /// The client or the agent does not exist.
    NotFound,
    /// Another agent has this id.
    IdTaken,
    /// Another agent has this dialer user id.
    DialerUserTaken,
}

impl AgentStore<'_> {
    /// Returns all agents of a client, in the order of their ids.
    pub async fn list_agents(self, client_id: &str) -> Result<Vec<AgentRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            agent_columns!(),
            " FROM agents WHERE client_id = $1
             ORDER BY agent_id"
        ))
        .bind(client_id)
        .fetch_all(db))?)
    }

    /// Returns the agent with this id.
    pub async fn find_agent(
        self,
        client_id: &str,
        agent_id: &str,
    ) -> Result<Option<AgentRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            agent_columns!(),
            " FROM agents
             WHERE client_id = $1 AND agent_id = $2"
        ))
        .bind(client_id)
        .bind(agent_id)
        .fetch_optional(db))?)
    }

    /// Returns the agent that has this id in the client's dialer. Vicidial's user names ignore
    /// case; if several agents differ only in case, the exact match comes first.
    pub async fn find_agent_of_dialer(
        self,
        client_id: &str,
        dialer_user_id: &str,
    ) -> Result<Option<AgentRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            agent_columns!(),
            " FROM agents
             WHERE client_id = $1 AND LOWER(dialer_user_id) = LOWER($2)
             ORDER BY CASE WHEN dialer_user_id = $2 THEN 0 ELSE 1 END, agent_id LIMIT 1"
        ))
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
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            agent_columns!(),
            " FROM agents
             WHERE client_id = $1
                AND (LOWER(agent_id) = LOWER($2) OR LOWER(dialer_user_id) = LOWER($2))
             ORDER BY CASE WHEN agent_id = $2 THEN 0 WHEN LOWER(agent_id) = LOWER($2) THEN 1
                WHEN dialer_user_id = $2 THEN 2 ELSE 3 END, agent_id LIMIT 1"
        ))
        .bind(client_id)
        .bind(name)
        .fetch_optional(db))?)
    }

    /// Creates an agent.
    pub async fn create_agent(
        self,
        client_id: &str,
        agent_id: &str,
        change: &AgentChange,
        stamp: Stamp<'_>,
    ) -> Result<AgentOutcome, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(AgentOutcome::NotFound);
            }
            if is_dialer_user_taken(&mut tx, client_id, agent_id, change).await? {
                return Ok(AgentOutcome::DialerUserTaken);
            }
            let done = query_tx!(tx, |db| sqlx::query(
                "INSERT INTO agents (client_id, agent_id, name, dialer_user_id, phone,
                        provider_user_id)
                     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (client_id, agent_id) DO NOTHING"
            )
            .bind(client_id)
            .bind(agent_id)
            .bind(change.name.value())
            .bind(change.dialer_user_id.value())
            .bind(change.phone.value())
            .bind(change.provider_user_id.value())
            .execute(db))?;
            if done.rows_affected() == 0 {
                return Ok(AgentOutcome::IdTaken);
            }
            insert_audit(&mut tx, client_id, "agent.created", Some(agent_id), stamp).await?;
            tx.commit().await?;
            Ok(AgentOutcome::Done)
        })
    }

    /// Changes the given fields of an agent.
    pub async fn change_agent(
        self,
        client_id: &str,
        agent_id: &str,
        change: &AgentChange,
        stamp: Stamp<'_>,
    ) -> Result<AgentOutcome, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(AgentOutcome::NotFound);
            }
            if is_dialer_user_taken(&mut tx, client_id, agent_id, change).await? {
                return Ok(AgentOutcome::DialerUserTaken);
            }
            let done = query_tx!(tx, |db| sqlx::query(
                "UPDATE agents SET
                        name = CASE CAST($3 AS BIGINT) WHEN 1 THEN $4 ELSE name END,
                        dialer_user_id = CASE CAST($5 AS BIGINT) WHEN 1 THEN $6
                            ELSE dialer_user_id END,
                        phone = CASE CAST($7 AS BIGINT) WHEN 1 THEN $8 ELSE phone END,
                        provider_user_id = CASE CAST($9 AS BIGINT) WHEN 1 THEN $10
                            ELSE provider_user_id END
                     WHERE client_id = $1 AND agent_id = $2"
            )
            .bind(client_id)
            .bind(agent_id)
            .bind(change.name.set_flag())
            .bind(change.name.value())
            .bind(change.dialer_user_id.set_flag())
            .bind(change.dialer_user_id.value())
            .bind(change.phone.set_flag())
            .bind(change.phone.value())
            .bind(change.provider_user_id.set_flag())
            .bind(change.provider_user_id.value())
            .execute(db))?;
            if done.rows_affected() == 0 {
                return Ok(AgentOutcome::NotFound);
            }
            insert_audit(&mut tx, client_id, "agent.changed", Some(agent_id), stamp).await?;
            tx.commit().await?;
            Ok(AgentOutcome::Done)
        })
    }

    /// Removes an agent; returns false if it does not exist. Its calls keep its id and name.
    pub async fn remove_agent(
        self,
        client_id: &str,
        agent_id: &str,
        stamp: Stamp<'_>,
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(false);
            }
            let done = query_tx!(tx, |db| sqlx::query(
                "DELETE FROM agents WHERE client_id = $1 AND agent_id = $2"
            )
            .bind(client_id)
            .bind(agent_id)
            .execute(db))?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            insert_audit(&mut tx, client_id, "agent.removed", Some(agent_id), stamp).await?;
            tx.commit().await?;
            Ok(true)
        })
    }
}

/// Returns whether another agent has the dialer user id of a change; two such agents would make it
/// random which of them gets a lead.
async fn is_dialer_user_taken(
    tx: &mut Tx,
    client_id: &str,
    agent_id: &str,
    change: &AgentChange,
) -> Result<bool, sqlx::Error> {
    let Some(dialer_user_id) = change.dialer_user_id.value() else { return Ok(false) };
    let others: i64 = query_tx!(*tx, |db| sqlx::query_scalar(
        "SELECT COUNT(*) FROM agents
         WHERE client_id = $1 AND LOWER(dialer_user_id) = LOWER($2) AND agent_id <> $3"
    )
    .bind(client_id)
    .bind(dialer_user_id)
    .bind(agent_id)
    .fetch_one(db))?;
    Ok(others > 0)
}
