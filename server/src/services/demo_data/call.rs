//! Generates one call: its events, and the notes after it.

use super::business::Business;
use super::people::{Customer, CustomerBook};
use super::random::Random;
use crate::ids::Ids;
use crate::storage::{Condition, FactSource, NewCallHistory, NewCallNotes, Record};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Agent, CallEnd, Direction, Fact, FactKind, Outcome};
use serde_json::json;

/// The longest conversation, in seconds.
const LONGEST: u64 = 2 * 60 * 60;
const DAY: Millis = 24 * 60 * 60 * 1000;

/// Generates the history of a call that begins at this time.
pub fn generate_history(
    book: &CustomerBook<'_>,
    ids: &Ids,
    call_sid: &str,
    at: Millis,
    random: &mut Random,
) -> NewCallHistory {
    let business = book.business;
    let campaign = random.pick_one(business.campaigns).unwrap_or_default();
    let customer = book.pick_customer(random, campaign);
    let direction = if random.chance_percent(business.outbound) {
        Direction::Outbound
    } else {
        Direction::Inbound
    };
    let facts = generate_facts(business, direction, customer, at, random);
    let talked = facts.iter().any(|fact| fact.what == FactKind::Connected);
    let over = facts.last().map_or(at, |fact| fact.at);
    let notes = talked.then(|| generate_notes(business, over, random)).flatten();
    let session_id = ids.new_id("ses", at);
    let records = facts.into_iter().map(|fact| Record {
        client_id: business.id.to_owned(),
        time_zone: business.zone,
        call_sid: call_sid.to_owned(),
        event: fact.event_name().as_str().to_owned(),
        event_id: None,
        fingerprint: None,
        source: FactSource::Page,
        data: Some(sent_data(&fact)),
        domain: Some(business.domain.to_owned()),
        received_at: fact.at + 40,
        log_id: ids.new_id("log", fact.at),
        session_id: session_id.clone(),
        origin: None,
        condition: Condition::None,
        permission: None,
        told: None,
        fact,
    });
    NewCallHistory { records: records.collect(), notes }
}

/// Returns the data a page sends with an event. Number and direction are left out, as the call's
/// row has them: with millions of events the space matters.
fn sent_data(fact: &Fact) -> String {
    match (&fact.customer, &fact.what) {
        (Some(customer), _) => format!("{{\"customerData\":{customer}}}"),
        (None, FactKind::Ended(end)) => {
            json!({"duration": end.duration.unwrap_or(0), "reason": end.reason}).to_string()
        }
        (None, FactKind::Held(on)) => json!({"onHold": on}).to_string(),
        _ => "{}".to_owned(),
    }
}

/// Generates the facts of a call, in order.
fn generate_facts(
    business: &Business,
    direction: Direction,
    customer: Customer,
    at: Millis,
    random: &mut Random,
) -> Vec<Fact> {
    let outbound = direction == Direction::Outbound;
    let number = random.skewed_below(u64::try_from(business.agents.len()).unwrap_or(1), 1.4);
    let name = usize::try_from(number).ok().and_then(|place| business.agents.get(place));
    let agent = Agent { id: Some(agent_id(number)), name: name.map(|name| (*name).to_owned()) };
    let first = Fact {
        phone: Some(customer.phone),
        direction: Some(direction),
        customer: customer.data,
        // A call that is only ringing in has no agent.
        agent: outbound.then(|| agent.clone()),
        ..Fact::new(if outbound { FactKind::Initiated } else { FactKind::Incoming }, at)
    };
    let mut facts = vec![first];
    let rings = at + 300 + random.next_millis(900);
    // Connected, not answered or missed, busy, failed.
    let chances = if outbound { [57, 29, 9, 5] } else { [83, 14, 0, 3] };
    let outcome = random.weighted_index(&chances);
    if outcome == 3 {
        facts.push(Fact::new_end(rings, Outcome::Failed, "the number cannot be reached"));
        return facts;
    }
    if outcome == 2 {
        facts.push(Fact::new_end(rings, Outcome::Busy, "busy"));
        return facts;
    }
    if outcome == 1 {
        if outbound {
            facts.push(Fact::new(FactKind::Ringing, rings));
        }
        let gives_up = rings + 12_000 + random.next_millis(28_000);
        let how = if outbound { Outcome::NoAnswer } else { Outcome::Missed };
        facts.push(Fact::new_end(gives_up, how, "nobody answered"));
        return facts;
    }
    let connected = rings + 2_000 + random.next_millis(16_000);
    facts.push(Fact { agent: Some(agent), ..Fact::new(FactKind::Connected, connected) });
    let seconds = random.log_normal(business.median_talk, 0.95).clamp(2, LONGEST);
    let talk = i64::try_from(seconds).unwrap_or(0) * 1000;
    if seconds > 60 && random.chance_percent(6) {
        let from = connected + talk / 3;
        facts.push(Fact::new(FactKind::Held(true), from));
        facts.push(Fact::new(FactKind::Held(false), from + talk / 5));
    }
    let end = CallEnd {
        outcome: Some(Outcome::Completed),
        duration: u32::try_from(seconds).ok(),
        reason: Some(
            if random.chance_percent(60) { "hangup" } else { "the other side hung up" }.into(),
        ),
        ..CallEnd::default()
    };
    facts.push(Fact::new(FactKind::Ended(end), connected + talk));
    facts
}

/// Returns the code of a disposition by its label.
pub fn code_of_label(label: &str) -> String {
    label.to_lowercase().replace(' ', "_")
}

/// Generates the notes an agent writes after a conversation, if any.
fn generate_notes(business: &Business, over: Millis, random: &mut Random) -> Option<NewCallNotes> {
    if !random.chance_percent(40) {
        return None;
    }
    let label = random.pick_one(business.dispositions).unwrap_or_default();
    let again = random.chance_percent(20);
    Some(NewCallNotes {
        notes: random
            .chance_percent(30)
            .then(|| format!("Spoke at length; {}.", label.to_lowercase())),
        disposition: Some(code_of_label(label)),
        follow_up_at: again.then(|| over + DAY + random.next_millis(6 * DAY)),
        follow_up_note: again.then(|| "Ask again".to_owned()),
        at: over + 20_000,
    })
}

/// Returns an agent's id.
pub fn agent_id(number: u64) -> String {
    format!("agent-{:02}", number + 1)
}
