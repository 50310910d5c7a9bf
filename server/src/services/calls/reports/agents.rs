//! Determines an agent's part in a call from a provider's report: whose phones ring, who answered.

use super::Report;
use crate::services::ServiceError;
use crate::services::customers::matching::Numbers;
use crate::storage::{Client, ProviderCallRow, Store};
use call_ribbon_shared::call::{Agent, AgentRole, Call, Direction, Fact, FactKind};
use call_ribbon_shared::event::EventName;

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
    let mut found: Vec<Agent> = Vec::new();
    for said in said {
        let by_name = agents.iter().find(|agent| {
            let name = agent.provider_user_id.as_deref();
            name.is_some_and(|name| name.eq_ignore_ascii_case(said))
        });
        let by_phone = || {
            agents.iter().find(|agent| {
                let phone = agent.phone.as_deref();
                phone.is_some_and(|phone| numbers.is_same(said, phone))
            })
        };
        let Some(agent) = by_name.or_else(by_phone) else { continue };
        if found.iter().all(|known| known.id.as_ref() != Some(&agent.agent_id)) {
            found.push(Agent { id: Some(agent.agent_id.clone()), name: agent.name.clone() });
        }
    }
    Ok(found)
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
