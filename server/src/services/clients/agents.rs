//! Creates, changes and removes a client's agents for an operator.

use super::client;
use crate::services::ServiceError;
use crate::services::access::operator::Operator;
use crate::services::access::teams::TeamView;
use crate::storage::{AgentChange, AgentOutcome, AgentRow};
use call_ribbon_shared::phone::DialNumber;
use serde::Serialize;
use utoipa::ToSchema;

/// The fewest digits of a number with its country code (some islands have seven).
const MIN_DIGITS: usize = 7;

/// An agent as an operator sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentShown {
    #[schema(examples("agent1"))]
    pub agent_id: String,
    #[schema(required = true, examples("Ravi Kumar"))]
    pub name: Option<String>,
    /// The agent's id at the client's dialer.
    #[schema(required = true, examples("vicidial_user_123"))]
    pub dialer_user_id: Option<String>,
    /// The agent's own telephone, which click-to-call rings first.
    #[schema(required = true, examples("+919811122233"))]
    pub phone: Option<String>,
    /// The agent's id at the telephony provider.
    #[schema(required = true, examples("ravi.kumar"))]
    pub provider_user_id: Option<String>,
}

/// All agents of a client.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentList {
    /// In the order of their ids.
    pub agents: Vec<AgentShown>,
}

/// Validates the number of an agent's telephone: it must mean the same everywhere, as a provider
/// dials it without knowing where the agent is.
pub fn parse_phone(field: &'static str, text: &str) -> Result<String, ServiceError> {
    let wrong = |sentence| ServiceError::PhoneNumber { field, sentence };
    let number = DialNumber::parse(text).map_err(|error| wrong(format!("{field}: {error}.")))?;
    let digits = number.as_str().strip_prefix('+').unwrap_or_default();
    if digits.len() < MIN_DIGITS || digits.starts_with('0') {
        let example = "write it with its country's code, like +919811122233.";
        return Err(wrong(format!("{field} must be a whole number: {example}")));
    }
    Ok(number.as_str().to_owned())
}

/// Creates an agent.
pub async fn create_agent(
    operator: &Operator<'_>,
    client_id: &str,
    agent_id: &str,
    change: AgentChange,
) -> Result<AgentShown, ServiceError> {
    client::find_client(operator, client_id).await?;
    let done = operator
        .store
        .agents()
        .create_agent(client_id, agent_id, &change, operator.stamp())
        .await?;
    check_outcome(&done)?;
    find_agent(operator, client_id, agent_id).await
}

/// Lists all agents of a client; for a supervisor, those of the supervisor's teams.
pub async fn list_agents(
    operator: &Operator<'_>,
    client_id: &str,
    team: Option<&TeamView>,
) -> Result<AgentList, ServiceError> {
    client::find_client(operator, client_id).await?;
    let rows = operator.store.agents().list_agents(client_id).await?;
    let is_seen = |row: &AgentRow| team.is_none_or(|team| team.has_agent(&row.agent_id));
    Ok(AgentList { agents: rows.into_iter().filter(is_seen).map(show_agent).collect() })
}

/// Returns one of a client's agents.
pub async fn find_agent(
    operator: &Operator<'_>,
    client_id: &str,
    agent_id: &str,
) -> Result<AgentShown, ServiceError> {
    operator
        .store
        .agents()
        .find_agent(client_id, agent_id)
        .await?
        .map(show_agent)
        .ok_or_else(unknown_agent)
}

/// Changes the named fields of an agent.
pub async fn change_agent(
    operator: &Operator<'_>,
    client_id: &str,
    agent_id: &str,
    change: AgentChange,
) -> Result<AgentShown, ServiceError> {
    let done = operator
        .store
        .agents()
        .change_agent(client_id, agent_id, &change, operator.stamp())
        .await?;
    check_outcome(&done)?;
    find_agent(operator, client_id, agent_id).await
}

/// Removes an agent and returns it as it was.
pub async fn remove_agent(
    operator: &Operator<'_>,
    client_id: &str,
    agent_id: &str,
) -> Result<AgentShown, ServiceError> {
    let agent = find_agent(operator, client_id, agent_id).await?;
    if !operator.store.agents().remove_agent(client_id, agent_id, operator.stamp()).await? {
        return Err(unknown_agent());
    }
    Ok(agent)
}

/// Converts the outcome of a change into an error for the caller.
fn check_outcome(done: &AgentOutcome) -> Result<(), ServiceError> {
    match done {
        AgentOutcome::Done => Ok(()),
        AgentOutcome::NotFound => Err(unknown_agent()),
        AgentOutcome::IdTaken => {
            Err(ServiceError::Conflict("An agent with this agentId already exists.".to_owned()))
        }
        AgentOutcome::DialerUserTaken => {
            let sentence = "Another agent of this client already has this dialerUserId.";
            Err(ServiceError::Conflict(sentence.to_owned()))
        }
    }
}

fn unknown_agent() -> ServiceError {
    ServiceError::Unknown("There is no such agent.".to_owned())
}

fn show_agent(row: AgentRow) -> AgentShown {
    AgentShown {
        agent_id: row.agent_id,
        name: row.name,
        dialer_user_id: row.dialer_user_id,
        phone: row.phone,
        provider_user_id: row.provider_user_id,
    }
}
