//! Computes a call's next state from a record, as pure functions without I/O.

use super::KnownCall;
use crate::storage::analytics::fields::Context;
use crate::storage::calls::feed::FeedRow;
use crate::storage::recording::record::Record;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{AgentRole, Call, Phase};
use call_ribbon_shared::event::EventName;
use std::cell::OnceCell;

/// The result of applying a record to a call.
pub struct CallStep {
    /// The call after the record.
    pub after: KnownCall,
    /// The start that was known before; `None` if the call is new.
    pub started_before: Option<Millis>,
    /// The ids of the agents that see the event, one per line; `None`: all.
    pub audience: Option<String>,
}

/// Applies a record to a call, creating it if `known` is `None`.
pub fn apply_to_call(record: &Record, known: Option<KnownCall>, seq: i64) -> CallStep {
    let started_before = known.as_ref().and_then(|known| known.call.started_at());
    let is_new = known.is_none();
    let mut after = known.unwrap_or_else(|| KnownCall {
        session_id: record.session_id.clone(),
        call_seq: seq,
        provider: None,
        voice: None,
        last_seq: seq,
        last_event: record.event.clone(),
        last_event_at: record.fact.at,
        last_activity_at: record.received_at,
        call: Call::default(),
        context: Context::default(),
        disposition: None,
        said: OnceCell::new(),
        counted_before: None,
        changed: false,
        stored_customer: None,
    });
    if !is_new && !after.changed {
        after.counted_before = after.current_counting();
    }
    after.changed = true;
    if let Some(customer) = &record.fact.customer {
        after.context.offer(record.fact.at, customer);
        after.said = OnceCell::new();
    }
    let agent_before = after.call.agent_id().map(str::to_owned);
    after.call.apply(&record.fact);
    let agent = after.call.agent_id().map(str::to_owned);
    // All agents see a call without an agent, and also the event that assigns it: then the others
    // stop ringing. A ring at one agent's phone is shown to that agent only.
    let audience = match find_rung_agent(record, &after.call) {
        Some(rung) => Some(rung.to_owned()),
        None if is_new || agent_before == agent => agent,
        None => None,
    };
    let audience = audience.map(|agent| add_starter(agent, &after.call));
    if event_order_key(record.fact.at, &record.event)
        >= event_order_key(after.last_event_at, &after.last_event)
    {
        after.last_seq = seq;
        after.last_event.clone_from(&record.event);
        after.last_event_at = record.fact.at;
    }
    after.last_activity_at = after.last_activity_at.max(record.received_at);
    if let Some(origin) = record.origin {
        after.provider = Some(origin.provider.to_owned());
        after.voice = Some(origin.voice.to_owned());
    }
    CallStep { after, started_before, audience }
}

/// Adds the agent who started the call: that agent's ribbon shows the call, even if it is assigned
/// to another agent by now.
fn add_starter(agent: String, call: &Call) -> String {
    match call.started_by().filter(|starter| *starter != agent) {
        Some(starter) => [&agent, "\n", starter].concat(),
        None => agent,
    }
}

/// Returns the agent whose phone the provider rings, while no agent has the call.
fn find_rung_agent<'a>(record: &'a Record, after: &Call) -> Option<&'a str> {
    let rings = record.event == EventName::Incoming.as_str()
        && record.fact.role == AgentRole::Rang
        && after.phase() == Phase::Incoming;
    record.agent_id().filter(|_| rings)
}

/// Returns a sort key that orders a call's events by time, and those of the same moment by the
/// order of a call's life, so that the latest event does not depend on the order of arrival.
fn event_order_key(at: Millis, event: &str) -> (Millis, u8, &str) {
    let rank = match event {
        "initiated" => 0,
        "ringing" | "incoming" => 1,
        "connected" => 2,
        "callEnded" | "missed" | "failed" => 4,
        _ => 3,
    };
    (at, rank, event)
}

/// Builds the event's row in the feed.
pub fn build_feed_row(
    record: &Record,
    after: &KnownCall,
    seq: i64,
    audience: Option<String>,
    data: String,
) -> FeedRow {
    let call = &after.call;
    FeedRow {
        seq,
        log_id: record.log_id.clone(),
        event_id: record.event_id.clone(),
        event: record.event.clone(),
        source: record.source.as_str().to_owned(),
        at: record.fact.at,
        session_id: after.session_id.clone(),
        call_sid: record.call_sid.clone(),
        status: call.status().as_str().to_owned(),
        audience,
        data,
        phone: call.phone().map(str::to_owned),
        direction: call.direction().as_str().to_owned(),
        agent_id: call.agent_id().map(str::to_owned),
        agent_name: call.agent_name().map(str::to_owned),
        provider: after.provider.clone(),
        voice: after.voice.clone(),
        duration: call.duration().map(i64::from),
        reason: call.reason().map(str::to_owned),
        customer: call.customer().map(str::to_owned),
    }
}
