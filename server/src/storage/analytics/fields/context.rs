//! The business context of a call: that of its latest event that carried one.
//!
//! A call's `customerData` is that of its latest event with any, as a whole. If that one has no
//! context or no metadata, those of an earlier event still count and are stored beside the call.

use crate::customer::read_fields;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Call, Latest};
use serde::{Deserialize, Serialize};

/// Context and metadata as JSON texts, each with the time of its event. Merges like all of a call:
/// the order and repetition of events make no difference.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    context: Latest<String>,
    metadata: Latest<String>,
}

impl Context {
    /// Adds what an event carried at a time.
    pub fn offer(&mut self, at: Millis, customer: &str) {
        let sent = read_fields(customer);
        for (name, held) in [("context", &mut self.context), ("metadata", &mut self.metadata)] {
            let carried = sent.get(name).map(|value| value.get());
            if let Some(object) = carried.filter(|json| json.starts_with('{')) {
                held.offer(at, object.to_owned());
            }
        }
    }

    /// Returns the context of a call; `kept` is the stored context of an earlier event, if any.
    pub fn of_call(call: &Call, kept: Option<&str>) -> Self {
        if let Some(kept) = kept.and_then(|json| serde_json::from_str(json).ok()) {
            return kept;
        }
        let mut context = Self::default();
        if let (Some(at), Some(customer)) = (call.customer_at(), call.customer()) {
            context.offer(at, customer);
        }
        context
    }

    /// Returns the context of a call's row.
    pub fn of_row(customer: Option<&str>, kept: Option<&str>) -> Self {
        if let Some(kept) = kept.and_then(|json| serde_json::from_str(json).ok()) {
            return kept;
        }
        let mut context = Self::default();
        if let Some(customer) = customer {
            // No other event's context is compared with it, so its time does not matter.
            context.offer(0, customer);
        }
        context
    }

    /// Returns what must be stored beside the call; `None` if it follows from the call itself.
    pub fn to_stored(&self, call: &Call) -> Option<String> {
        // Texts and numbers always serialise.
        (*self != Self::of_call(call, None))
            .then(|| serde_json::to_string(self).unwrap_or_default())
    }

    /// Removes what the event at a time carried.
    pub fn remove_event(&mut self, at: Millis) {
        for held in [&mut self.context, &mut self.metadata] {
            if held.at() == Some(at) {
                *held = Latest::default();
            }
        }
    }

    /// Returns context and metadata with their names as field prefixes.
    pub fn named_parts(&self) -> [(&'static str, Option<&str>); 2] {
        [
            ("context", self.context.get().map(String::as_str)),
            ("metadata", self.metadata.get().map(String::as_str)),
        ]
    }
}
