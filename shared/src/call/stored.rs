//! The form in which a call is stored: JSON with short names and times relative to the call's start,
//! and without the customer's text, which is stored beside it. It has a third of the bytes.

use super::Call;
use serde_json::{Map, Value};

/// The names of a call's parts and their stored names. A stored name must never change.
const NAMES: [(&str, &str); 22] = [
    ("started", "s"),
    ("ringing", "g"),
    ("incoming", "i"),
    ("connected", "c"),
    ("ended", "e"),
    ("given_up", "u"),
    ("outcome", "o"),
    ("duration", "l"),
    ("talked", "t"),
    ("since_dialing", "w"),
    ("reason", "r"),
    ("direction", "d"),
    ("phone", "p"),
    ("customer", "k"),
    ("started_by", "b"),
    ("agent_id", "a"),
    ("agent_name", "n"),
    ("answered_by", "y"),
    ("rang", "x"),
    ("rang_name", "z"),
    ("muted", "m"),
    ("held", "h"),
];
/// The part whose time the others' times are relative to.
const START: &str = "s";

impl Call {
    /// Returns the stored form.
    ///
    /// # Errors
    ///
    /// Fails if the call has no JSON form, which never happens.
    pub fn to_stored(&self) -> Result<String, serde_json::Error> {
        let Value::Object(mut parts) = serde_json::to_value(self.without_customer_text())? else {
            return Ok("{}".to_owned());
        };
        let start = self.started_at().unwrap_or_default();
        let mut stored = Map::new();
        for (name, short) in NAMES {
            if let Some(part) = parts.remove(name) {
                let base = if short == START { 0 } else { start };
                stored.insert(short.to_owned(), shorten_part(part, base));
            }
        }
        stored.append(&mut parts);
        serde_json::to_string(&stored)
    }

    /// Reads the stored form and the customer's text.
    ///
    /// # Errors
    ///
    /// Fails if the text is not a stored call.
    pub fn from_stored(text: &str, customer: Option<&str>) -> Result<Self, serde_json::Error> {
        let mut stored: Map<String, Value> = serde_json::from_str(text)?;
        let start = stored.get(START).and_then(Value::as_i64).unwrap_or_default();
        for (name, short) in NAMES {
            if let Some(part) = stored.remove(short) {
                let base = if short == START { 0 } else { start };
                stored.insert(name.to_owned(), restore_part(part, base));
            }
        }
        let mut call: Self = serde_json::from_value(Value::Object(stored))?;
        if let Some(customer) = customer {
            call.restore_customer_text(customer);
        }
        Ok(call)
    }
}

/// Makes the time of a part relative. A part without a value becomes its time alone.
fn shorten_part(part: Value, base: i64) -> Value {
    match part {
        Value::Array(mut part) if part.len() == 2 => {
            let Some(at) = part[0].as_i64() else { return Value::Array(part) };
            part[0] = at.wrapping_sub(base).into();
            if part[1].is_null() { part.swap_remove(0) } else { Value::Array(part) }
        }
        part => part,
    }
}

/// Reverses [`shorten_part`].
fn restore_part(part: Value, base: i64) -> Value {
    let absolute = |at: i64| Value::from(at.wrapping_add(base));
    match part {
        Value::Number(at) => {
            Value::Array(vec![at.as_i64().map_or(Value::Null, absolute), Value::Null])
        }
        Value::Array(mut part) if part.len() == 2 => {
            if let Some(at) = part[0].as_i64() {
                part[0] = absolute(at);
            }
            Value::Array(part)
        }
        part => part,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::{Agent, AgentRole, CallEnd, Direction, Fact, FactKind, Outcome};

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
        let stored: Map<String, Value> = serde_json::from_str(&call.to_stored().unwrap()).unwrap();
        assert_eq!(stored.len(), NAMES.len());
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
