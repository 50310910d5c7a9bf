//! Changes of the agent: the ribbon's agent is the last one that the page named, in `init` or in
//! `setCustomer`.

use super::Effect;
use crate::ribbon::model::{Agent, Model, Session};

/// Handles an agent that the page names. A name without an id belongs to the agent named before.
pub(super) fn name_agent(
    model: &mut Model,
    id: Option<String>,
    name: Option<String>,
) -> Vec<Effect> {
    let last = model.next_agent.as_mut().unwrap_or(&mut model.agent);
    match id {
        Some(id) if id != last.id => model.next_agent = Some(Agent { id, name }),
        _ if name.is_some() => last.name = name,
        _ => {}
    }
    change_if_idle(model)
}

/// Changes the agent if another one was named and no call is in progress. A call stays with its
/// agent, so that all of its events are received.
pub(super) fn change_if_idle(model: &mut Model) -> Vec<Effect> {
    if model.live_call().is_some() || !model.call_waiting.is_empty() {
        return Vec::new();
    }
    let Some(next) = model.next_agent.take() else { return Vec::new() };
    let same = next.id == model.agent.id;
    if same {
        // Another agent was named during the call, and then this one again.
        model.agent.name = next.name.or(model.agent.name.take());
        return Vec::new();
    }
    model.agent = next;
    model.session = Session::SigningIn;
    (model.due, model.missed) = (0, 0);
    // The new agent's call may have begun before this ribbon's feed position.
    model.last_seq = None;
    vec![Effect::ChangeAgent]
}
