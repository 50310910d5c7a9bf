//! Converts Exotel's messages into reports.
//!
//! In an outgoing call the agent's phone is the first leg and the customer's the second; in an
//! incoming call it is the other way round. In both, the parties talk once the second leg has
//! answered. Nothing here fails: unknown values are left out.

mod incoming;
mod two_legs;

use super::wire::{Call, Callback};
use crate::providers::{Report, lenient};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{CallEnd, Direction, Fact, FactKind, Outcome};
use chrono_tz::Tz;

/// How times are read.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// The zone of times without one.
    pub zone: Tz,
    /// When the message arrived: the time of anything that has no time of its own.
    pub received_at: Millis,
}

impl Clock {
    /// Returns the first known time, else when the message arrived.
    fn first_known(self, times: &[&Option<String>]) -> Millis {
        let known = |time: &&Option<String>| {
            lenient::parse_time(time.as_deref(), self.zone, self.received_at)
        };
        times.iter().find_map(known).unwrap_or(self.received_at)
    }

    /// Returns the earliest known time, if any: when a call began.
    fn earliest_known(self, times: &[&Option<String>]) -> Option<Millis> {
        let known = |time: &&Option<String>| {
            lenient::parse_time(time.as_deref(), self.zone, self.received_at)
        };
        times.iter().filter_map(known).min()
    }
}

/// Converts a callback.
pub fn convert_callback(callback: Callback, clock: Clock) -> Report {
    let rings_in = callback.call_from.is_some()
        || callback.call_to.is_some()
        || callback.call_status.is_some()
        || callback.dial_call_status.is_some()
        || callback.dial_whom_number.is_some()
        || callback.call_type.is_some();
    if rings_in {
        incoming::convert_incoming(callback, clock)
    } else {
        two_legs::convert_status_callback(callback, clock)
    }
}

/// Converts the answer to a look-up.
pub fn convert_lookup(call: Call, clock: Clock) -> Report {
    two_legs::convert_lookup(call, clock)
}

/// Parses the direction of a call: `inbound`, `incoming`, `outbound-api`, `outbound-dial`.
fn parse_direction(word: Option<&str>) -> Option<Direction> {
    let word = word?.to_ascii_lowercase();
    if word.starts_with("in") {
        Some(Direction::Inbound)
    } else if word.starts_with("out") {
        Some(Direction::Outbound)
    } else {
        None
    }
}

fn end_fact(at: Millis, outcome: Option<Outcome>, duration: Option<u32>, reason: &str) -> Fact {
    let reason = Some(reason.to_owned()).filter(|reason| !reason.is_empty());
    Fact::new(FactKind::Ended(CallEnd { outcome, duration, since_dialing: None, reason }), at)
}
