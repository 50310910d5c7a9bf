//! Why a phone's part in a call ended (Q.850, as Asterisk numbers it).

use super::wire::{Event, EventKind};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{CallEnd, Fact, FactKind, Outcome};

/// The cause with which this server ends channels, so that their ends are told from those by
/// phones. Asterisk's word for it is `normal_unspecified`.
const OURS: u16 = 31;
/// The cause of phones that stop ringing because another agent has answered.
const ELSEWHERE: u16 = 26;

/// Returns whether this server ended the channel.
pub fn is_ours(event: &Event) -> bool {
    matches!(event.kind, EventKind::Destroyed { cause: OURS | ELSEWHERE, .. })
}

/// Returns how a call ended whose customer's phone, in this state, was last heard of by this event.
pub fn customer_end(event: &Event, at: Millis) -> Fact {
    let state = event.channel.as_ref().map_or("", |channel| channel.state.as_str());
    let EventKind::Destroyed { cause, words } = &event.kind else {
        return Fact::new(FactKind::Ended(CallEnd::default()), at);
    };
    let named = words.as_deref().unwrap_or("no reason given");
    match (state, cause) {
        ("Up", _) => Fact::new_end(at, Outcome::Completed, "hangup"),
        (_, 17) => Fact::new_end(at, Outcome::Busy, "busy"),
        (_, &OURS) => Fact::new_end(at, Outcome::NoAnswer, "cancelled"),
        (_, 21) => Fact::new_end(at, Outcome::NoAnswer, "the call was rejected"),
        (_, 18 | 19) | ("Ringing", 0 | 16) => {
            Fact::new_end(at, Outcome::NoAnswer, "nobody answered")
        }
        (_, 1 | 22 | 28) => {
            Fact::new_end(at, Outcome::Failed, &format!("the number is not in use ({named})"))
        }
        (_, 0 | 16) => Fact::new_end(at, Outcome::Failed, "the trunk did not answer"),
        (_, cause) => Fact::new_end(
            at,
            Outcome::Failed,
            &format!("the number could not be reached ({named}, cause {cause})"),
        ),
    }
}

/// Returns how a call ended whose agent did not answer their own phone.
pub fn agent_end(event: &Event, at: Millis) -> Fact {
    let cause = match event.kind {
        EventKind::Destroyed { cause, .. } => cause,
        _ => 0,
    };
    match cause {
        17 => Fact::new_end(at, Outcome::Failed, "the agent's phone is busy"),
        21 => Fact::new_end(at, Outcome::NoAnswer, "the agent's phone rejected the call"),
        0 | 16 | 18 | 19 => {
            Fact::new_end(at, Outcome::NoAnswer, "the agent's phone did not answer")
        }
        _ => Fact::new_end(at, Outcome::Failed, "the agent's phone could not be reached"),
    }
}
