//! Recognizes repeated events.
//!
//! An event is the same as an earlier one if its sender gave both the same id or, without an id, if
//! call, name and time are the same. The index of events holds a number per event instead of these
//! texts. Events with one number may differ, so their keys are compared.

use call_ribbon_shared::Millis;
use sha2::{Digest as _, Sha256};

/// Bits of a number that tell apart events without an id of one millisecond.
const BITS_WITHIN_TIME: u32 = 20;

/// What identifies an event within its client.
#[derive(Debug, Clone, Copy)]
pub struct EventIdentity<'a> {
    /// The id that the sender gave the event.
    pub event_id: Option<&'a str>,
    pub at: Millis,
    pub event: &'a str,
    pub call_sid: &'a str,
}

impl EventIdentity<'_> {
    /// Returns the text that is equal for equal events.
    pub fn key(&self) -> String {
        match self.event_id {
            Some(id) => format!("id:{id}"),
            None => format!("at:{}:{}:{}", self.at, self.event, self.call_sid),
        }
    }
}

/// Returns the number under which an event is found, from its key.
///
/// Numbers of events without an id begin with the time, so that new ones follow each other in the
/// index. A stored number must never change: without it a repeated event is written again.
pub fn dedup_number(key: &str) -> i64 {
    let hash = Sha256::digest(key.as_bytes());
    let hash = hash.iter().take(8).fold(0_i64, |number, byte| (number << 8) | i64::from(*byte));
    let at = key.strip_prefix("at:").and_then(|rest| rest.split(':').next()?.parse::<i64>().ok());
    match at {
        Some(at) => (at << BITS_WITHIN_TIME) | (hash & ((1 << BITS_WITHIN_TIME) - 1)),
        None => hash,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(event_id: Option<&str>, at: Millis, call_sid: &str) -> i64 {
        dedup_number(&EventIdentity { event_id, at, event: "connected", call_sid }.key())
    }

    #[test]
    fn numbers_stay_as_they_are() {
        assert_eq!(number(Some("e1"), 0, "c1"), -1_174_728_543_756_588_195);
        assert_eq!(number(None, 1_760_265_000_000, "c1"), 1_845_771_632_640_350_461);
        // The time of an id that looks like a time does not count.
        assert_ne!(number(Some("at:5:x:y"), 0, "c1") >> BITS_WITHIN_TIME, 5);
    }

    #[test]
    fn later_events_without_an_id_have_greater_numbers() {
        let numbers: Vec<i64> = (0..100).map(|at| number(None, at, "c")).collect();
        assert!(numbers.is_sorted());
        assert_ne!(number(None, 7, "one"), number(None, 7, "other"));
        // Times at the ends of the range do not panic.
        number(None, Millis::MAX, "c");
        number(None, Millis::MIN, "c");
    }
}
