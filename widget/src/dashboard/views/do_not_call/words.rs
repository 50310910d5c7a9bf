//! What entries and consents say, in words.

use call_ribbon_shared::wire::{Consent, Suppression};
use serde_json::Value;

/// The beginning of the source of entries from a register's file.
pub const REGISTER: &str = "registry:";

/// The purposes of calls: the word in the API, and the label.
pub const PURPOSES: [(&str, &str); 4] = [
    ("recovery", "Recovery of debts"),
    ("sales", "Sales"),
    ("service", "Service"),
    ("transactional", "Transactions"),
];

/// The kinds of consent: the word in the API, and the label.
pub const KINDS: [(&str, &str); 5] = [
    ("explicit", "Explicit"),
    ("inferred", "Inferred"),
    ("direct_prior", "Direct, given before the call"),
    ("purchase", "Purchase"),
    ("enquiry", "Enquiry"),
];

/// Returns the label of a word; the word itself if it has none.
fn label_of(list: &[(&str, &str)], word: &str) -> String {
    let known = list.iter().find(|(known, _)| *known == word);
    known.map_or_else(|| word.to_owned(), |(_, label)| (*label).to_owned())
}

/// Returns the label of a purpose.
pub fn purpose_name(purpose: &str) -> String {
    label_of(&PURPOSES, purpose)
}

/// Returns the label of a kind of consent.
pub fn kind_name(kind: &str) -> String {
    label_of(&KINDS, kind)
}

/// Returns what an entry forbids.
pub fn scope_text(scope: &str, value: Option<&str>) -> String {
    match (scope, value) {
        ("purpose", Some(purpose)) => format!("Calls for {}", purpose_name(purpose).to_lowercase()),
        ("account", Some(account)) => format!("Calls about account {account}"),
        _ => "All calls".to_owned(),
    }
}

/// Returns where an entry comes from.
pub fn source_text(source: &str) -> String {
    match source {
        "agent" => "Agent, after a call".to_owned(),
        "customer" => "Customer’s request".to_owned(),
        "staff" => "Staff".to_owned(),
        "import" => "File".to_owned(),
        other => other
            .strip_prefix(REGISTER)
            .map_or_else(|| other.to_owned(), |name| format!("Register {name}")),
    }
}

/// How an entry or a consent stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is in force.
    Active,
    /// It begins later.
    Later,
    /// Its time is over.
    Over,
    /// Somebody ended it.
    Ended,
}

/// Returns how something stands that is in force from a time until another; the times and `now` are
/// milliseconds since 1970.
fn standing_of(ended: bool, from: Option<f64>, until: Option<f64>, now: f64) -> Standing {
    if ended {
        Standing::Ended
    } else if until.is_some_and(|until| until <= now) {
        Standing::Over
    } else if from.is_some_and(|from| from > now) {
        Standing::Later
    } else {
        Standing::Active
    }
}

/// Returns a time of the server in milliseconds since 1970.
pub fn millis_of(time: &str) -> Option<f64> {
    let at = js_sys::Date::parse(time);
    (!at.is_nan()).then_some(at)
}

/// Returns how an entry stands.
pub fn entry_standing(entry: &Suppression, now: f64) -> Standing {
    let until = entry.until.as_deref().and_then(millis_of);
    standing_of(entry.removed.is_some(), millis_of(&entry.since), until, now)
}

/// Returns how a consent stands.
pub fn consent_standing(consent: &Consent, now: f64) -> Standing {
    let until = consent.expires_at.as_deref().and_then(millis_of);
    standing_of(consent.withdrawn.is_some(), millis_of(&consent.given_at), until, now)
}

/// Returns a proof as text: the fields of an object, one after another.
pub fn proof_text(json: &str) -> String {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match serde_json::from_str::<Value>(json) {
        Ok(Value::Object(fields)) => match fields.get("note") {
            Some(note) if fields.len() == 1 => text(note),
            _ => {
                let parts = fields.iter().map(|(name, value)| format!("{name}: {}", text(value)));
                parts.collect::<Vec<_>>().join(", ")
            }
        },
        Ok(other) => text(&other),
        Err(_) => json.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_and_proofs_are_written_in_words() {
        for (scope, value, said) in [
            ("all", None, "All calls"),
            ("purpose", Some("sales"), "Calls for sales"),
            ("purpose", Some("survey"), "Calls for survey"),
            ("account", Some("LN-1"), "Calls about account LN-1"),
        ] {
            assert_eq!(scope_text(scope, value), said);
        }
        assert_eq!(source_text("registry:in-preference"), "Register in-preference");
        for (proof, said) in [
            (r#"{"note": "Signed form"}"#, "Signed form"),
            (r#"{"channel": "web", "version": 3}"#, "channel: web, version: 3"),
            ("[1]", "[1]"),
            ("{", "{"),
        ] {
            assert_eq!(proof_text(proof), said);
        }
        for (ended, from, until, standing) in [
            (false, Some(1.0), None, Standing::Active),
            (false, Some(6.0), None, Standing::Later),
            (false, Some(1.0), Some(5.0), Standing::Over),
            (true, Some(6.0), Some(5.0), Standing::Ended),
        ] {
            assert_eq!(standing_of(ended, from, until, 5.0), standing);
        }
    }
}
