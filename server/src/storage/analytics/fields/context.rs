//! The business context of a call: that of the latest of its events that carried one.
//!
//! A call's `customerData` is that of its latest event with any, whole. Where that one has no
//! context or no metadata, those of an earlier event still count, and are kept beside the call.

use crate::customer::fields;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Call, Latest};
use serde::{Deserialize, Serialize};

/// Context and metadata as JSON texts, each with the time of its event. Merges, as all of a call:
/// the order in which events come makes no difference, nor how often they do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    context: Latest<String>,
    metadata: Latest<String>,
}

impl Context {
    /// What an event at a time carried.
    pub fn offer(&mut self, at: Millis, customer: &str) {
        let sent = fields(customer);
        for (name, held) in [("context", &mut self.context), ("metadata", &mut self.metadata)] {
            let carried = sent.get(name).map(|value| value.get());
            if let Some(object) = carried.filter(|json| json.starts_with('{')) {
                held.offer(at, object.to_owned());
            }
        }
    }

    /// That of a call, whose earlier events' is kept beside it where it is another one's.
    pub fn of(call: &Call, kept: Option<&str>) -> Self {
        if let Some(kept) = kept.and_then(|json| serde_json::from_str(json).ok()) {
            return kept;
        }
        let mut context = Self::default();
        if let (Some(at), Some(customer)) = (call.customer_at(), call.customer()) {
            context.offer(at, customer);
        }
        context
    }

    /// That of a call by its row.
    pub fn in_row(customer: Option<&str>, kept: Option<&str>) -> Self {
        if let Some(kept) = kept.and_then(|json| serde_json::from_str(json).ok()) {
            return kept;
        }
        let mut context = Self::default();
        if let Some(customer) = customer {
            // There is no other event with which it would have to be compared.
            context.offer(0, customer);
        }
        context
    }

    /// What has to be kept beside the call; `None` where it follows from the call itself.
    pub fn kept(&self, call: &Call) -> Option<String> {
        // Texts and numbers, which can always be written.
        (*self != Self::of(call, None)).then(|| serde_json::to_string(self).unwrap_or_default())
    }

    /// Forgets what an event at a time carried.
    pub fn forget(&mut self, at: Millis) {
        for held in [&mut self.context, &mut self.metadata] {
            if held.at() == Some(at) {
                *held = Latest::default();
            }
        }
    }

    /// Context and metadata by the names of their fields.
    pub fn parts(&self) -> [(&'static str, Option<&str>); 2] {
        [
            ("context", self.context.get().map(String::as_str)),
            ("metadata", self.metadata.get().map(String::as_str)),
        ]
    }
}
