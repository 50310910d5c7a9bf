//! The form in which a call is stored: JSON with short names and times relative to the call's start,
//! and without the customer's text, which is stored beside it. It has a third of the bytes.

use super::Call;
use crate::Millis;
use crate::call::{Agent, Direction, Earliest, Latest, Outcome, Sole};
use serde::{Deserialize, Serialize};

/// A value with its time.
type Part<T> = Option<(Millis, T)>;

/// The parts of a call: texts and agents are borrowed when written and owned when read. A stored
/// name must never change.
#[derive(Serialize, Deserialize)]
struct StoredCall<Text, Person> {
    #[serde(rename = "s", skip_serializing_if = "Option::is_none")]
    started: Option<Millis>,
    #[serde(rename = "g", skip_serializing_if = "Option::is_none")]
    ringing: Option<Millis>,
    #[serde(rename = "i", skip_serializing_if = "Option::is_none")]
    incoming: Option<Millis>,
    #[serde(rename = "c", skip_serializing_if = "Option::is_none")]
    connected: Option<Millis>,
    #[serde(rename = "e", skip_serializing_if = "Option::is_none")]
    ended: Option<Millis>,
    #[serde(rename = "u", skip_serializing_if = "Option::is_none")]
    given_up: Option<Millis>,
    #[serde(rename = "o", skip_serializing_if = "Option::is_none")]
    outcome: Part<Outcome>,
    #[serde(rename = "l", skip_serializing_if = "Option::is_none")]
    duration: Part<u32>,
    #[serde(rename = "t", skip_serializing_if = "Option::is_none")]
    talked: Part<u32>,
    #[serde(rename = "w", skip_serializing_if = "Option::is_none")]
    since_dialing: Part<u32>,
    #[serde(rename = "r", skip_serializing_if = "Option::is_none")]
    reason: Part<Text>,
    #[serde(rename = "d", skip_serializing_if = "Option::is_none")]
    direction: Part<Direction>,
    #[serde(rename = "p", skip_serializing_if = "Option::is_none")]
    phone: Part<Text>,
    /// When the customer was sent.
    #[serde(rename = "k", skip_serializing_if = "Option::is_none")]
    customer: Option<Millis>,
    #[serde(rename = "b", skip_serializing_if = "Option::is_none")]
    started_by: Part<Text>,
    #[serde(rename = "a", skip_serializing_if = "Option::is_none")]
    agent_id: Part<Text>,
    #[serde(rename = "n", skip_serializing_if = "Option::is_none")]
    agent_name: Part<Text>,
    #[serde(rename = "y", skip_serializing_if = "Option::is_none")]
    answered_by: Part<Person>,
    #[serde(rename = "x", skip_serializing_if = "Option::is_none")]
    rang: Option<Sole<Text>>,
    #[serde(rename = "z", skip_serializing_if = "Option::is_none")]
    rang_name: Part<Text>,
    #[serde(rename = "m", skip_serializing_if = "Option::is_none")]
    muted: Part<bool>,
    #[serde(rename = "h", skip_serializing_if = "Option::is_none")]
    held: Part<bool>,
}

impl Call {
    /// Returns the stored form.
    ///
    /// # Errors
    ///
    /// Fails if the call has no JSON form, which never happens.
    pub fn to_stored(&self) -> Result<String, serde_json::Error> {
        let start = self.started_at().unwrap_or_default();
        let since = |at: Option<Millis>| at.map(|at| at.wrapping_sub(start));
        serde_json::to_string(&StoredCall::<&str, &Agent> {
            started: self.started.at(),
            ringing: since(self.ringing.at()),
            incoming: since(self.incoming.at()),
            connected: since(self.connected.at()),
            ended: since(self.ended.at()),
            given_up: since(self.given_up.at()),
            outcome: since(self.outcome.at()).zip(self.outcome.get().copied()),
            duration: since(self.duration.at()).zip(self.duration.get().copied()),
            talked: since(self.talked.at()).zip(self.talked.get().copied()),
            since_dialing: since(self.since_dialing.at()).zip(self.since_dialing.get().copied()),
            reason: since(self.reason.at()).zip(as_text(self.reason.get())),
            direction: since(self.direction.at()).zip(self.direction.get().copied()),
            phone: since(self.phone.at()).zip(as_text(self.phone.get())),
            customer: since(self.customer.at()),
            started_by: since(self.started_by.at()).zip(as_text(self.started_by.get())),
            agent_id: since(self.agent_id.at()).zip(as_text(self.agent_id.get())),
            agent_name: since(self.agent_name.at()).zip(as_text(self.agent_name.get())),
            answered_by: since(self.answered_by.at()).zip(self.answered_by.get()),
            rang: match &self.rang {
                Sole::None => None,
                Sole::One(id) => Some(Sole::One(id.as_str())),
                Sole::Several => Some(Sole::Several),
            },
            rang_name: since(self.rang_name.at()).zip(as_text(self.rang_name.get())),
            muted: since(self.muted.at()).zip(self.muted.get().copied()),
            held: since(self.held.at()).zip(self.held.get().copied()),
        })
    }

    /// Reads the stored form and the customer's text.
    ///
    /// # Errors
    ///
    /// Fails if the text is not a stored call.
    pub fn from_stored(text: &str, customer: Option<&str>) -> Result<Self, serde_json::Error> {
        let stored: StoredCall<String, Agent> = serde_json::from_str(text)?;
        let start = stored.started.unwrap_or_default();
        let time = |at: Option<Millis>| at.map(|at| (at.wrapping_add(start), ()));
        let customer = customer.map(str::to_owned);
        Ok(Self {
            started: Earliest::holding(stored.started.map(|at| (at, ()))),
            ringing: Earliest::holding(time(stored.ringing)),
            incoming: Earliest::holding(time(stored.incoming)),
            connected: Earliest::holding(time(stored.connected)),
            ended: Earliest::holding(time(stored.ended)),
            given_up: Earliest::holding(time(stored.given_up)),
            outcome: Earliest::holding(after(start, stored.outcome)),
            duration: Earliest::holding(after(start, stored.duration)),
            talked: Earliest::holding(after(start, stored.talked)),
            since_dialing: Earliest::holding(after(start, stored.since_dialing)),
            reason: Earliest::holding(after(start, stored.reason)),
            direction: Earliest::holding(after(start, stored.direction)),
            phone: Earliest::holding(after(start, stored.phone)),
            customer: Latest::holding(after(start, stored.customer.zip(customer))),
            started_by: Earliest::holding(after(start, stored.started_by)),
            agent_id: Latest::holding(after(start, stored.agent_id)),
            agent_name: Latest::holding(after(start, stored.agent_name)),
            answered_by: Latest::holding(after(start, stored.answered_by)),
            rang: stored.rang.unwrap_or_default(),
            rang_name: Latest::holding(after(start, stored.rang_name)),
            muted: Latest::holding(after(start, stored.muted)),
            held: Latest::holding(after(start, stored.held)),
        })
    }
}

fn as_text(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str)
}

/// Returns a part whose time is no longer relative to the start.
fn after<T>(start: Millis, part: Part<T>) -> Part<T> {
    part.map(|(at, value)| (at.wrapping_add(start), value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::{AgentRole, CallEnd, Fact, FactKind};

    /// Returns facts that together set every part of a call.
    fn facts() -> Vec<Fact> {
        let end = |outcome| CallEnd {
            outcome,
            duration: Some(12),
            since_dialing: Some(15),
            reason: Some("busy".to_owned()),
        };
        let kinds = [
            FactKind::Initiated,
            FactKind::Ringing,
            FactKind::Incoming,
            FactKind::Connected,
            FactKind::Muted(true),
            FactKind::Held(false),
            FactKind::Ended(end(None)),
            FactKind::Ended(end(Some(Outcome::Completed))),
            FactKind::Ended(end(Some(Outcome::Abandoned))),
        ];
        let roles = [AgentRole::Named, AgentRole::Rang, AgentRole::Answered];
        let mut facts = Vec::new();
        for (at, kind) in (1_760_265_000_000..).step_by(700).zip(&kinds) {
            for role in roles {
                let agent = Agent { id: Some("a1".to_owned()), name: Some("Zoë".to_owned()) };
                facts.push(Fact {
                    agent: Some(agent),
                    role,
                    phone: Some("+919876543210".to_owned()),
                    direction: Some(Direction::Outbound),
                    customer: Some(r#"{"customerId":"C1"}"#.to_owned()),
                    ..Fact::new(kind.clone(), at)
                });
            }
        }
        facts
    }

    #[test]
    fn a_call_is_read_as_it_was_stored() {
        let mut call = Call::default();
        assert_eq!(call.to_stored().unwrap(), "{}");
        for fact in facts() {
            call.apply(&fact);
            let stored = call.to_stored().unwrap();
            assert!(!stored.contains("customerId"), "{stored}");
            assert_eq!(Call::from_stored(&stored, call.customer()).unwrap(), call, "{stored}");
        }
        let stored: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&call.to_stored().unwrap()).unwrap();
        assert_eq!(stored.len(), 22);
        assert!(stored.keys().all(|name| name.len() == 1), "{stored:?}");
    }

    #[test]
    fn times_at_the_ends_of_the_range_are_kept() {
        let mut call = Call::default();
        for at in [i64::MAX, 0, i64::MIN] {
            call.apply(&Fact::new(FactKind::Ringing, at));
            call.apply(&Fact::new(FactKind::Muted(true), at));
            assert_eq!(Call::from_stored(&call.to_stored().unwrap(), None).unwrap(), call);
        }
    }
}
