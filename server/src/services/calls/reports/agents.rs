//! Determines an agent's part in a call from a provider's report: whose phones ring, who answered.

use super::Report;
use crate::services::ServiceError;
use crate::services::customers::matching::Numbers;
use crate::storage::{AgentRow, Client, ProviderCallRow, Store};
use call_ribbon_shared::call::{Agent, AgentRole, Call, Direction, Fact, FactKind};
use call_ribbon_shared::event::EventName;
use std::collections::{BTreeSet, HashMap};

/// Returns the client's agents whom a report names, by their ids at the provider or by their
/// phones. No agent appears twice.
pub async fn find_named(
    store: &Store,
    client: &Client,
    numbers: &Numbers,
    report: &Report,
) -> Result<Vec<Agent>, ServiceError> {
    let outbound = report.direction == Some(Direction::Outbound);
    let own = report.own_numbers.iter().filter(|_| outbound && report.agent_at_provider.is_empty());
    let said: Vec<&String> = report.agent_at_provider.iter().chain(own).collect();
    if said.is_empty() {
        return Ok(Vec::new());
    }
    let agents = store.agents().list_agents(&client.id).await?;
    Ok(match_agents(&agents, numbers, &said))
}

/// Returns the agents that ids and numbers name, in the order of those. A group may be rung by many
/// numbers, so each number is read once.
fn match_agents(agents: &[AgentRow], numbers: &Numbers, said: &[&String]) -> Vec<Agent> {
    let mut by_id: HashMap<String, &AgentRow> = HashMap::new();
    let mut by_phone: HashMap<String, &AgentRow> = HashMap::new();
    for agent in agents {
        if let Some(id) = &agent.provider_user_id {
            by_id.entry(id.to_ascii_lowercase()).or_insert(agent);
        }
        if let Some(phone) = agent.phone.as_deref().and_then(|phone| numbers.comparable(phone)) {
            by_phone.entry(phone).or_insert(agent);
        }
    }
    let mut seen = BTreeSet::new();
    let named = said.iter().filter_map(|said| {
        let by_phone = || by_phone.get(&numbers.comparable(said)?);
        by_id.get(&said.to_ascii_lowercase()).or_else(by_phone)
    });
    named
        .filter(|agent| seen.insert(&agent.agent_id))
        .map(|agent| Agent { id: Some(agent.agent_id.clone()), name: agent.name.clone() })
        .collect()
}

/// Whether the end of one agent's part ends the call: if that agent talked, or if no agent is named
/// at all.
pub fn ends_call(report: &Report, agents: &[Agent], call: Option<&Call>) -> bool {
    if report.agent_at_provider.is_empty() {
        return true;
    }
    let Some(call) = call.filter(|call| call.connected_at().is_some()) else { return false };
    agents.is_empty() || agents.iter().any(|agent| agent.id.as_deref() == call.agent_id())
}

/// Turns ends of the call into ends of one agent's part: another agent may have the call, or be
/// rung next.
pub fn keep_call_open(facts: &mut [Fact]) {
    for fact in facts {
        if matches!(fact.what, FactKind::Ended(_)) {
            fact.what = FactKind::Noted(EventName::Other("agent_free".to_owned()));
        }
    }
}

/// Adds the agents to the facts of a report.
pub fn add_agents(
    facts: &mut Vec<Fact>,
    report: &Report,
    agents: &[Agent],
    row: &ProviderCallRow,
    call: Option<&Call>,
) {
    // A call started here belongs to the agent who started it.
    let ours = Some(&row.call_sid) != row.provider_call_id.as_ref();
    if ours && call.is_some_and(|call| call.agent_id().is_some()) {
        return;
    }
    let Some(first) = agents.first() else { return };
    if report.agent_answered {
        for fact in facts {
            (fact.agent, fact.role) = (Some(first.clone()), AgentRole::Answered);
        }
        return;
    }
    let mut rings = Vec::new();
    for fact in facts.iter_mut() {
        // Whose part it was in the end of an unanswered call is known only if a single agent is
        // named.
        if fact.what == FactKind::Incoming || agents.len() == 1 {
            (fact.agent, fact.role) = (Some(first.clone()), AgentRole::Rang);
        }
        if fact.what == FactKind::Incoming {
            let others = agents.iter().skip(1);
            rings.extend(others.map(|agent| Fact { agent: Some(agent.clone()), ..fact.clone() }));
        }
    }
    facts.append(&mut rings);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::steps::count;

    fn row(number: usize) -> AgentRow {
        AgentRow {
            agent_id: format!("agent{number}"),
            phone: Some(format!("+9198{number:08}")),
            provider_user_id: Some(format!("User{number}")),
            name: None,
            dialer_user_id: None,
        }
    }

    #[test]
    fn each_number_of_a_group_is_read_once() {
        let numbers = Numbers::of_country(Some("IN"));
        let steps = [50, 100, 200].map(|size| {
            let agents: Vec<AgentRow> = (0..size).map(row).collect();
            let said: Vec<String> =
                (0..size).map(|number| format!("098{:08}", number + size / 2)).collect();
            let said: Vec<&String> = said.iter().collect();
            count(|| assert_eq!(match_agents(&agents, &numbers, &said).len(), size / 2))
        });
        assert_eq!(steps, [100, 200, 400]);
    }

    #[test]
    fn agents_are_named_by_id_or_phone_and_once() {
        let numbers = Numbers::of_country(Some("IN"));
        let agents: Vec<AgentRow> = (0..3).map(row).collect();
        let said = ["USER2", "+91 98 0000 0001", "x", "", "09800000001", "user2"];
        let said = said.map(str::to_owned);
        let found = match_agents(&agents, &numbers, &said.iter().collect::<Vec<_>>());
        let ids: Vec<_> = found.iter().filter_map(|agent| agent.id.as_deref()).collect();
        assert_eq!(ids, ["agent2", "agent1"]);
    }
}
