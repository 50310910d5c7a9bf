//! Records events that a page reports about a call.

use super::fingerprint;
use super::telephony::Telephony;
use crate::customer::CustomerData;
use crate::services::ServiceError;
use crate::services::access::reach::Reach;
use crate::storage::{Client, Condition, FactSource, Record};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Action, Agent, CallEnd, Direction, Fact, FactKind, Outcome};
use call_ribbon_shared::event::EventName;
use call_ribbon_shared::wire::RawValue;

/// An event from a page, parsed and validated.
#[derive(Debug)]
pub struct PageEvent {
    pub event: EventName,
    /// When it happened; `None` for now.
    pub at: Option<Millis>,
    pub call_sid: String,
    pub phone: Option<String>,
    pub direction: Option<Direction>,
    /// Seconds of conversation, if the page says so.
    pub duration: Option<u32>,
    pub status: Option<String>,
    pub reason: Option<String>,
    pub muted: Option<bool>,
    pub on_hold: Option<bool>,
    pub digit: Option<String>,
    pub agent: Agent,
    /// `customerData` as it was sent.
    pub customer: Option<String>,
    /// All of `data` as it was sent.
    pub data: Box<RawValue>,
    /// The page's domain.
    pub domain: Option<String>,
    /// The id that the page gave it.
    pub event_id: Option<String>,
}

/// Writes an event to disk and returns its id in the log. It is never refused for quota, so that
/// nothing is lost.
pub async fn log_event(
    telephony: &Telephony,
    client: &Client,
    reach: &Reach,
    event: PageEvent,
) -> Result<String, ServiceError> {
    let now = telephony.now();
    let fact = to_fact(&event, now);
    reach.check_logged(fact.agent.as_ref().and_then(|agent| agent.id.as_deref()))?;
    let record = Record {
        client_id: client.id.clone(),
        time_zone: client.time_zone,
        event: event.event.as_str().to_owned(),
        fingerprint: event.event_id.is_some().then(|| fingerprint::of_event(&event)),
        fact,
        call_sid: event.call_sid,
        event_id: event.event_id,
        source: FactSource::Page,
        data: Some(event.data.get().to_owned()),
        domain: event.domain,
        received_at: now,
        log_id: telephony.ids.new_id("log", now),
        session_id: telephony.ids.new_id("ses", now),
        origin: None,
        condition: Condition::None,
        permission: None,
        told: None,
    };
    let recorded = telephony
        .store
        .record(record)
        .await
        .map_err(|error| ServiceError::of_record(error, client, now))?;
    telephony.runners.wake_runner(&recorded.session_id);
    Ok(recorded.log_id)
}

/// Converts an event into a fact about its call.
fn to_fact(event: &PageEvent, now: Millis) -> Fact {
    let customer = event.customer.as_deref().map(CustomerData::read).unwrap_or_default();
    let id = event.agent.id.clone().or(customer.agent_id);
    let name = event.agent.name.clone().or(customer.agent_name);
    let agent = (id.is_some() || name.is_some()).then_some(Agent { id, name });
    Fact {
        phone: event.phone.clone().or(customer.phone),
        direction: event.direction,
        customer: event.customer.clone(),
        agent,
        ..Fact::new(to_what(event), event.at.unwrap_or(now))
    }
}

fn to_what(event: &PageEvent) -> FactKind {
    let ended = |outcome, duration| {
        let reason = event.reason.clone();
        FactKind::Ended(CallEnd { outcome, duration, reason, ..CallEnd::default() })
    };
    // A toggle that does not say which way is only noted in the history.
    let noted = || FactKind::Noted(event.event.clone());
    match &event.event {
        EventName::Initiated => FactKind::Initiated,
        EventName::Ringing => FactKind::Ringing,
        EventName::Incoming => FactKind::Incoming,
        EventName::Connected => FactKind::Connected,
        EventName::CallEnded => {
            ended(event.status.as_deref().and_then(parse_outcome), event.duration)
        }
        EventName::Missed => ended(Some(Outcome::Missed), None),
        EventName::Failed => {
            let busy = event.status.as_deref().and_then(parse_outcome) == Some(Outcome::Busy);
            ended(Some(if busy { Outcome::Busy } else { Outcome::Failed }), None)
        }
        EventName::MuteToggle => event.muted.map_or_else(noted, FactKind::Muted),
        EventName::HoldToggle => event.on_hold.map_or_else(noted, FactKind::Held),
        EventName::Dtmf => {
            let mut digits = event.digit.as_deref().unwrap_or_default().chars();
            match (digits.next().and_then(Action::parse_digit), digits.next()) {
                (Some(Action::Digit(digit)), None) => FactKind::Digit(digit),
                _ => noted(),
            }
        }
        EventName::Other(_) => noted(),
    }
}

/// Parses how a call ended, in the words that pages and providers use. An unknown word changes
/// nothing.
fn parse_outcome(status: &str) -> Option<Outcome> {
    Some(match status {
        "completed" => Outcome::Completed,
        "missed" => Outcome::Missed,
        "failed" => Outcome::Failed,
        "busy" => Outcome::Busy,
        "no_answer" | "no-answer" | "cancelled" | "canceled" => Outcome::NoAnswer,
        _ => return None,
    })
}
