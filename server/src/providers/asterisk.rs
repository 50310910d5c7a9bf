//! Asterisk, through its REST interface (ARI): the agent's phone rings first, then the customer's.
//!
//! Asterisk asks what to do with a call by events on a WebSocket, which another part of the server
//! keeps open. This adapter answers an event with requests and a report, and keeps nothing: the
//! names of channels say whose they are ([`leg::Leg`]), and all else is read from Asterisk. A name
//! that is taken is refused with a 409, so a repeated request dials nobody twice.
//!
//! The facts are from Asterisk's pages on ARI (docs.asterisk.org) and were tried with releases 16
//! and 22.

mod ari;
pub mod browser;
mod cause;
mod controls;
mod incoming;
mod leg;
mod outgoing;
mod running;
mod settings;
mod wire;

#[cfg(test)]
mod tests;

pub use running::RunningCall;
pub use settings::{SECRET_FIELDS, Settings};
pub use wire::Event;

use super::{DialOrder, EventStream, Placed, ProviderError, Report, Transport};
use ari::Ari;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Fact, FactKind};
use call_ribbon_shared::event::EventName;
use leg::Leg;
use serde_json::{Value, json};
use wire::{Channel, EventKind};

/// The provider's name in the API.
pub const NAME: &str = "asterisk";
/// The voice's name in the API: calls are heard on the agent's phone at the PBX.
pub const VOICE: &str = "asterisk";
/// The controls of this voice.
pub const FEATURES: &[&str] = &["call", "hangup", "mute", "hold", "dtmf"];

impl Settings {
    /// Returns the name of its voice.
    pub fn voice_name(&self) -> &'static str {
        if self.browser_calling.is_some() { browser::VOICE } else { VOICE }
    }

    /// Returns where Asterisk tells of events.
    pub fn event_stream(&self) -> EventStream<'_> {
        EventStream {
            url: format!("{}/events?app={}", self.base, self.app),
            user: &self.user,
            password: &self.password,
        }
    }

    /// Does what an event asks for, and returns what it says about calls.
    pub async fn handle_event(
        &self,
        transport: &impl Transport,
        event: &Event,
    ) -> Result<Vec<Report>, ProviderError> {
        let ari = Ari { settings: self, transport };
        let Some(channel) = &event.channel else { return Ok(Vec::new()) };
        let leg = Leg::parse(&channel.id);
        let result = answer_event(&ari, event, channel, leg).await;
        match (result, leg) {
            (Ok(report), _) => Ok(report.into_iter().collect()),
            // Otherwise the agent would listen to silence.
            (Err(error), Leg::Agent(session_id) | Leg::Customer(session_id))
                if event.kind == EventKind::Entered =>
            {
                Ok(vec![outgoing::give_up(&ari, session_id, &error).await])
            }
            (Err(error), _) => Err(error),
        }
    }

    /// Has Asterisk ring the agent. The customer is dialed when the agent has answered.
    pub async fn start_call(
        &self,
        transport: &impl Transport,
        order: &DialOrder<'_>,
    ) -> Result<Placed, ProviderError> {
        let ari = Ari { settings: self, transport };
        let endpoint = self.phone_of(order.agent)?;
        ari.check_connected().await?;
        outgoing::ring_agent(&ari, order, &endpoint).await
    }

    /// Tests the credentials, whether they allow changes, and whether events arrive.
    pub async fn check_credentials(&self, transport: &impl Transport) -> Result<(), ProviderError> {
        let ari = Ari { settings: self, transport };
        let mut reply = ari.get("validate", "asterisk/info").await?;
        if reply.is_success() {
            // Nothing has this name; without the right to change anything the answer is another.
            reply = ari.delete("validate", "channels/call-ribbon-validate").await?;
            if reply.status == 404 {
                ari.check_connected().await?;
                return browser::check_lines(&ari).await;
            }
        }
        let why = match reply.status {
            401 => "Asterisk did not accept user and password; compare them with ari.conf.",
            403 => "Asterisk lets this user only read; set read_only = no in ari.conf.",
            404 => {
                "Asterisk's REST interface is not at that address; check ariUrl, and enable ARI \
                 in ari.conf."
            }
            _ => return Err(ari.refusal(&reply)),
        };
        Err(ProviderError::Refused { status: Some(reply.status), detail: why.to_owned() })
    }
}

/// Does what an event asks for, and returns what it says about the call.
async fn answer_event<T: Transport>(
    ari: &Ari<'_, T>,
    event: &Event,
    channel: &Channel,
    leg: Leg<'_>,
) -> Result<Option<Report>, ProviderError> {
    let now = ari.transport.now();
    Ok(match (&event.kind, leg) {
        (EventKind::Replaced, _) | (_, Leg::FarHalf(_)) => None,
        (EventKind::Entered, Leg::Agent(session_id)) => {
            outgoing::call_customer(ari, session_id, event.args.get(2)).await?
        }
        (EventKind::Entered, Leg::Customer(session_id)) => {
            outgoing::dial_customer(ari, session_id).await?
        }
        (EventKind::Entered, Leg::Rung { caller, agent }) => {
            incoming::connect_agent(ari, caller, agent).await?
        }
        (EventKind::Entered, Leg::Caller(_)) => {
            incoming::ring_agents(ari, channel, &event.args).await?
        }
        (EventKind::Dial(word), leg) => dial_report(leg, word, now),
        (EventKind::Destroyed { .. }, Leg::Agent(session_id)) => {
            outgoing::end_by_agent(ari, session_id, event).await?
        }
        (EventKind::Destroyed { .. }, Leg::Customer(session_id)) => {
            outgoing::end_by_customer(ari, session_id, event).await?
        }
        (EventKind::Destroyed { .. }, Leg::Rung { caller, .. }) => {
            incoming::end_by_agent(ari, caller, event).await?;
            None
        }
        (EventKind::Left, Leg::Caller(_)) => Some(incoming::end_by_caller(ari, event).await?),
        (EventKind::Left | EventKind::Destroyed { .. }, _) => None,
        (EventKind::Held(on), leg) => held_report(leg, *on, now),
    })
}

/// Returns the report about how the customer's phone is dialed. How the agent's is dialed is a word
/// for the timeline.
fn dial_report(leg: Leg<'_>, word: &str, now: Millis) -> Option<Report> {
    let what = match (leg, word) {
        (Leg::Customer(_), "RINGING") => FactKind::Ringing,
        (Leg::Customer(_), "ANSWER") => FactKind::Connected,
        (Leg::Agent(_), "RINGING") => FactKind::Noted(noted("agent_ringing")),
        (Leg::Agent(_), "ANSWER") => FactKind::Noted(noted("agent_answered")),
        _ => return None,
    };
    let status = match leg {
        Leg::Agent(_) => format!("agent {word}"),
        _ => word.to_owned(),
    };
    Some(Report { facts: vec![Fact::new(what, now)], raw_status: Some(status), ..leg.report() })
}

/// Returns the report about a hold by the agent's phone.
fn held_report(leg: Leg<'_>, on: bool, now: Millis) -> Option<Report> {
    let (Leg::Agent(_) | Leg::Rung { .. }) = leg else { return None };
    Some(Report { facts: vec![Fact::new(FactKind::Held(on), now)], ..leg.report() })
}

fn noted(name: &str) -> EventName {
    EventName::Other(name.to_owned())
}

/// Returns the body of a request that names channels.
fn channel_body(ids: &[&str]) -> Value {
    json!({ "channel": ids.join(",") })
}

/// Returns whether a channel has been answered.
fn is_up(channel: &Channel) -> bool {
    channel.state == "Up"
}
