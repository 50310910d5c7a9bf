//! The client's agents, as several views read them.

use serde::Deserialize;

/// The answer to `GET …/agents`.
#[derive(Debug, Clone, Deserialize)]
pub struct AgentList {
    pub agents: Vec<Agent>,
}

/// An agent of the client.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Agent {
    pub agent_id: String,
    pub name: Option<String>,
}

impl Agent {
    /// Returns the agent's id and the name to show: the id if there is no name.
    pub fn into_id_and_name(self) -> (String, String) {
        let name = self.name.unwrap_or_else(|| self.agent_id.clone());
        (self.agent_id, name)
    }
}
