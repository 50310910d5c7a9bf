//! Reads labels of values, and the edges of number ranges.

use crate::storage::database::pools::query_read;
use crate::storage::{FieldStore, StoreError};
use std::collections::BTreeMap;

impl FieldStore<'_> {
    /// Returns the names of agents: the configured one, else that of the agent's latest call.
    pub async fn find_agent_names(
        self,
        client_id: &str,
        agent_ids: &[String],
    ) -> Result<BTreeMap<String, String>, StoreError> {
        let agents = self.agents().list_agents(client_id).await?;
        let mut names: BTreeMap<String, String> =
            agents.into_iter().filter_map(|agent| Some((agent.agent_id, agent.name?))).collect();
        for agent_id in agent_ids {
            if names.contains_key(agent_id) {
                continue;
            }
            let name: Option<String> = query_read!(self, |db| sqlx::query_scalar(
                "SELECT agent_name FROM calls
                 WHERE client_id = $1 AND agent_id = $2 AND agent_name IS NOT NULL
                 ORDER BY started_at DESC LIMIT 1"
            )
            .bind(client_id)
            .bind(agent_id)
            .fetch_optional(db))?;
            if let Some(name) = name {
                names.insert(agent_id.clone(), name);
            }
        }
        Ok(names)
    }

    /// Returns the edges that a client has configured, by field.
    pub async fn find_field_edges(
        self,
        client_id: &str,
    ) -> Result<BTreeMap<String, Vec<f64>>, StoreError> {
        let json: Option<Option<String>> = query_read!(self, |db| sqlx::query_scalar(
            "SELECT field_edges FROM clients WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_optional(db))?;
        let Some(json) = json.flatten() else { return Ok(BTreeMap::new()) };
        Ok(serde_json::from_str(&json).map_err(|error| sqlx::Error::Decode(error.into()))?)
    }
}
