//! The simulated provider: it plays the other party, as the last four digits of the number say.
//!
//! | digits | what happens |
//! | --- | --- |
//! | 0001 | the line is busy |
//! | 0002 | it rings and nobody answers |
//! | 0003 | the call fails at once |
//! | 0004 | it connects and drops after a few seconds |
//! | all others | it rings, connects, and the other side hangs up after a while |
//!
//! It is pure: the next fact and its time follow from the call's state. So a call continues after a
//! restart of the server as if nothing had happened.

use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Action, Call, Fact, FactKind, Outcome, Phase};
use clap::Args;

/// The provider's name in the API.
pub const NAME: &str = "simulator";
/// The voice's name in the API.
pub const VOICE: &str = "simulator";

/// How long the simulated other side takes, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
#[command(next_help_heading = "Simulator")]
pub struct Settings {
    /// Until the other side's phone rings.
    #[arg(
        id = "simulator_ring_after",
        long = "simulator-ring-after",
        env = "CALL_RIBBON_SIMULATOR_RING_AFTER",
        default_value_t = 600,
        value_name = "MS"
    )]
    pub ring_after: u32,
    /// From ringing to the answer.
    #[arg(
        id = "simulator_answer_after",
        long = "simulator-answer-after",
        env = "CALL_RIBBON_SIMULATOR_ANSWER_AFTER",
        default_value_t = 2_500,
        value_name = "MS"
    )]
    pub answer_after: u32,
    /// From ringing until nobody will answer any more, at a number ending in 0002.
    #[arg(
        id = "simulator_no_answer_after",
        long = "simulator-no-answer-after",
        env = "CALL_RIBBON_SIMULATOR_NO_ANSWER_AFTER",
        default_value_t = 20_000,
        value_name = "MS"
    )]
    pub no_answer_after: u32,
    /// From the moment a call rings in until its caller gives up.
    #[arg(
        id = "simulator_caller_gives_up_after",
        long = "simulator-caller-gives-up-after",
        env = "CALL_RIBBON_SIMULATOR_CALLER_GIVES_UP_AFTER",
        default_value_t = 20_000,
        value_name = "MS"
    )]
    pub caller_gives_up_after: u32,
    /// From the answer until a line ending in 0004 drops.
    #[arg(
        id = "simulator_drop_after",
        long = "simulator-drop-after",
        env = "CALL_RIBBON_SIMULATOR_DROP_AFTER",
        default_value_t = 4_000,
        value_name = "MS"
    )]
    pub drop_after: u32,
    /// From the answer until the other side hangs up.
    #[arg(
        id = "simulator_talk_for",
        long = "simulator-talk-for",
        env = "CALL_RIBBON_SIMULATOR_TALK_FOR",
        default_value_t = 180_000,
        value_name = "MS"
    )]
    pub talk_for: u32,
}

/// The simulated provider.
#[derive(Debug, Clone)]
pub struct Simulator {
    settings: Settings,
}

impl Simulator {
    /// Creates a simulator with these delays.
    pub fn new(settings: Settings) -> Self {
        Self { settings }
    }

    /// Returns the other side's next action, with its time; `None` once the call is over.
    pub fn next_fact(&self, call: &Call) -> Option<Fact> {
        let begun = call.started_at()?;
        let digits: String =
            call.phone().unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
        let script = digits.get(digits.len().saturating_sub(4)..).unwrap_or_default();
        let rings = begun + Millis::from(self.settings.ring_after);
        match (call.phase(), script) {
            (Phase::Ended, _) => None,
            (Phase::Dialing, "0003") => {
                Some(Fact::new_end(begun, Outcome::Failed, "the number cannot be reached"))
            }
            (Phase::Dialing, "0001") => Some(Fact::new_end(rings, Outcome::Busy, "busy")),
            (Phase::Dialing, _) => Some(Fact::new(FactKind::Ringing, rings)),
            (Phase::Ringing, "0002") => {
                let until = rings + Millis::from(self.settings.no_answer_after);
                Some(Fact::new_end(until, Outcome::NoAnswer, "nobody answered"))
            }
            (Phase::Ringing, _) => Some(Fact::new(
                FactKind::Connected,
                rings + Millis::from(self.settings.answer_after),
            )),
            (Phase::Incoming, _) => {
                let until = begun + Millis::from(self.settings.caller_gives_up_after);
                Some(Fact::new_end(until, Outcome::Missed, "nobody answered"))
            }
            (Phase::Connected, script) => {
                let connected = call.connected_at()?;
                Some(if script == "0004" {
                    let drops = connected + Millis::from(self.settings.drop_after);
                    Fact::new_end(drops, Outcome::Failed, "the line dropped")
                } else {
                    let ends = connected + Millis::from(self.settings.talk_for);
                    Fact::new_end(ends, Outcome::Completed, "the other side hung up")
                })
            }
        }
    }

    /// Returns the fact that an agent's action leads to. Whether the call allows the action is not
    /// checked here.
    pub fn control_fact(call: &Call, action: Action, now: Millis) -> Fact {
        match action {
            Action::Answer => Fact::new(FactKind::Connected, now),
            Action::Mute(on) => Fact::new(FactKind::Muted(on), now),
            Action::Hold(on) => Fact::new(FactKind::Held(on), now),
            Action::Digit(digit) => Fact::new(FactKind::Digit(digit), now),
            Action::HangUp => match call.phase() {
                Phase::Incoming => Fact::new_end(now, Outcome::Missed, "declined"),
                Phase::Dialing | Phase::Ringing => {
                    Fact::new_end(now, Outcome::NoAnswer, "cancelled")
                }
                Phase::Connected | Phase::Ended => Fact::new_end(now, Outcome::Completed, "hangup"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use call_ribbon_shared::call::Status;

    const SETTINGS: Settings = Settings {
        ring_after: 10,
        answer_after: 100,
        no_answer_after: 1_000,
        caller_gives_up_after: 2_000,
        drop_after: 5_000,
        talk_for: 60_000,
    };

    /// Plays a call to its end and returns the times at which something happened.
    fn play_through(number: &str, first: FactKind) -> (Call, Vec<Millis>) {
        let mut call = Call::default();
        call.apply(&Fact { phone: Some(number.to_owned()), ..Fact::new(first, 0) });
        let mut times = Vec::new();
        while let Some(fact) = Simulator::new(SETTINGS).next_fact(&call) {
            times.push(fact.at);
            call.apply(&fact);
        }
        (call, times)
    }

    #[test]
    fn each_number_plays_its_part() {
        for (number, status, times) in [
            ("+919876543210", Status::Completed, vec![10, 110, 60_110]),
            ("+910000000001", Status::Busy, vec![10]),
            ("+910000000002", Status::NoAnswer, vec![10, 1_010]),
            ("+910000000003", Status::Failed, vec![0]),
            ("+910000000004", Status::Failed, vec![10, 110, 5_110]),
            ("112", Status::Completed, vec![10, 110, 60_110]),
        ] {
            let (call, when) = play_through(number, FactKind::Initiated);
            assert_eq!((call.status(), when), (status, times), "{number}");
        }
    }

    #[test]
    fn an_incoming_call_is_missed_unless_it_is_answered() {
        let (call, when) = play_through("+919876543210", FactKind::Incoming);
        assert_eq!((call.status(), when), (Status::Missed, vec![2_000]));
    }
}
