//! The types of messages.

use crate::services::ServiceError;
use crate::services::permission::decisions::OUTCOMES;
use call_ribbon_shared::event::EventName;
use std::collections::BTreeSet;

/// Notes, outcome or follow-up of a call were saved.
pub const NOTES_SAVED: &str = "notes.saved";
/// A message that an admin asked for.
pub const TEST: &str = "test";
/// The most types that a receiver may name.
pub const MOST_TYPES: usize = 50;
/// How the types about events of calls begin.
const CALL: &str = "call.";
/// How the types about decisions begin.
const DECISION: &str = "decision.";

/// Returns the type of the message about an event.
pub fn type_of_event(event: &str) -> String {
    format!("{CALL}{event}")
}

/// Returns the type of the message about a decision.
pub fn type_of_decision(outcome: &str) -> String {
    format!("{DECISION}{outcome}")
}

/// Returns whether a type is about a decision.
pub fn is_decision(kind: &str) -> bool {
    kind.starts_with(DECISION)
}

/// Returns whether a type is about an event of a call.
pub fn is_event(kind: &str) -> bool {
    kind.starts_with(CALL)
}

/// The types that a receiver has asked for; none: all.
#[derive(Debug, Clone, Default)]
pub struct WantedTypes(BTreeSet<String>);

impl WantedTypes {
    /// Reads the stored JSON list.
    pub fn from_stored(json: &str) -> Self {
        Self(serde_json::from_str(json).unwrap_or_default())
    }

    /// Returns whether a message of this type is sent.
    pub fn has(&self, kind: &str) -> bool {
        self.0.is_empty() || self.0.contains(kind)
    }

    /// Returns the types in order.
    pub fn into_list(self) -> Vec<String> {
        self.0.into_iter().collect()
    }
}

/// Checks the types that a receiver asks for, and returns them as they are stored.
pub fn check_types(types: Vec<String>) -> Result<String, ServiceError> {
    let wrong = |sentence: String| Err(ServiceError::Invalid { field: "types", sentence });
    if types.len() > MOST_TYPES {
        return wrong(format!("types must have at most {MOST_TYPES} entries."));
    }
    let is_known = |kind: &str| match (kind.strip_prefix(CALL), kind.strip_prefix(DECISION)) {
        (Some(event), _) => EventName::parse(event).is_ok(),
        (_, Some(outcome)) => OUTCOMES.contains(&outcome),
        _ => kind == NOTES_SAVED,
    };
    if let Some(unknown) = types.iter().find(|kind| !is_known(kind)) {
        let shown: String = unknown.chars().take(80).collect();
        return wrong(format!(
            "types has {shown:?}; write call. and an event's name (call.connected), {NOTES_SAVED}, \
             or decision. and an outcome ({}).",
            OUTCOMES.join(", ")
        ));
    }
    let types: BTreeSet<String> = types.into_iter().collect();
    // Texts always serialise.
    Ok(serde_json::to_string(&types).unwrap_or_default())
}
