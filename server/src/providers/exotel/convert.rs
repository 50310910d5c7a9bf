//! From Exotel's shapes to what happened.
//!
//! In a call that we ask for, the agent's phone is the first leg and the customer's the second;
//! in one that rings in it is the other way round. Either way both talk once the second leg has
//! answered. Nothing here fails: what is not known is left out.

mod asked_for;
mod rings_in;

use super::wire::{Call, Callback};
use crate::providers::{Report, lenient};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Direction, End, Fact, Outcome, What};
use chrono_tz::Tz;

/// What times are read by.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// The zone of times that carry none.
    pub zone: Tz,
    /// When the message came: the time of whatever carries no time of its own.
    pub received_at: Millis,
}

impl Clock {
    /// The first time that is known, else when the message came.
    fn at(self, times: &[&Option<String>]) -> Millis {
        let known =
            |time: &&Option<String>| lenient::moment(time.as_deref(), self.zone, self.received_at);
        times.iter().find_map(known).unwrap_or(self.received_at)
    }

    /// The earliest time that is known, if one is: when a call began.
    fn earliest(self, times: &[&Option<String>]) -> Option<Millis> {
        let known =
            |time: &&Option<String>| lenient::moment(time.as_deref(), self.zone, self.received_at);
        times.iter().filter_map(known).min()
    }
}

/// What a callback tells.
pub fn callback(callback: Callback, clock: Clock) -> Report {
    let rings_in = callback.call_from.is_some()
        || callback.call_to.is_some()
        || callback.call_status.is_some()
        || callback.dial_call_status.is_some()
        || callback.dial_whom_number.is_some()
        || callback.call_type.is_some();
    if rings_in { rings_in::report(callback, clock) } else { asked_for::told(callback, clock) }
}

/// What Exotel says of a call when it is asked.
pub fn looked_up(call: Call, clock: Clock) -> Report {
    asked_for::looked_up(call, clock)
}

/// Which way a call goes: `inbound`, `incoming`, `outbound-api`, `outbound-dial`.
fn direction(word: Option<&str>) -> Option<Direction> {
    let word = word?.to_ascii_lowercase();
    if word.starts_with("in") {
        Some(Direction::Inbound)
    } else if word.starts_with("out") {
        Some(Direction::Outbound)
    } else {
        None
    }
}

fn ended(at: Millis, outcome: Option<Outcome>, duration: Option<u32>, reason: &str) -> Fact {
    let reason = Some(reason.to_owned()).filter(|reason| !reason.is_empty());
    Fact::new(What::Ended(End { outcome, duration, since_dialing: None, reason }), at)
}
