//! Converts reports of two-leg calls, from status callbacks and look-ups.

use super::{Clock, end_fact, parse_direction};
use crate::providers::exotel::wire::{Call, Callback};
use crate::providers::exotel::word::Word;
use crate::providers::report::collect_details;
use crate::providers::{Report, lenient};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Direction, Fact, FactKind, Outcome};
use call_ribbon_shared::event::EventName;

/// What is known about the two legs.
struct Legs {
    /// The state of the whole call.
    whole: Option<Word>,
    first: Option<Word>,
    second: Option<Word>,
    /// Seconds of conversation.
    talked: Option<u32>,
    direction: Direction,
}

/// Converts a status callback.
pub fn convert_status_callback(callback: Callback, clock: Clock) -> Report {
    let event = callback.event_type.as_deref().map(str::to_ascii_lowercase);
    let words: Vec<Option<&str>> = callback.legs.iter().map(|leg| leg.status.as_deref()).collect();
    let first = words.first().copied().flatten();
    let second = second_leg(words.get(1..).unwrap_or_default());
    let legs = Legs {
        whole: Word::parse(callback.status.as_deref()),
        first: Word::parse(first),
        second: Word::parse(second),
        talked: callback.conversation_duration.or_else(|| {
            let after_first = callback.legs.iter().skip(1);
            after_first.filter_map(|leg| leg.on_call_duration).max()
        }),
        direction: parse_direction(callback.direction.as_deref()).unwrap_or(Direction::Outbound),
    };
    let over = event.as_deref() == Some("terminal") || legs.whole.is_some_and(Word::is_over);
    let facts = if over {
        legs.end_facts(clock.first_known(&[&callback.end_time, &callback.date_updated]))
    } else {
        legs.progress_facts(
            event.as_deref() == Some("answered"),
            clock.first_known(&[&callback.date_updated]),
        )
    };
    let details = collect_details([
        ("EventType", callback.event_type.as_deref()),
        ("Leg1Status", first),
        ("Leg2Status", second),
    ]);
    let said = parse_direction(callback.direction.as_deref());
    let began = clock.earliest_known(&[&callback.start_time, &callback.date_created]);
    let numbers =
        Numbers::by_direction(said, callback.from, callback.to, callback.phone_number_sid);
    Report {
        session_id: callback.custom_field,
        provider_call_id: callback.call_sid,
        facts,
        direction: said,
        customer_number: numbers.customer,
        own_numbers: numbers.own,
        agent_answered: legs.agent_answered(),
        began,
        raw_status: callback.status,
        recording_url: callback.recording_url,
        details,
        settled: over,
        ..Report::default()
    }
}

/// Returns the state of the second leg. If several phones were tried for it, that of the one which
/// answered, else of the last.
fn second_leg<'a>(tried: &[Option<&'a str>]) -> Option<&'a str> {
    let mut words = tried.iter().copied().flatten();
    let answered = words.find(|word| Word::parse(Some(word)).is_some_and(Word::is_answered));
    answered.or(tried.last().copied().flatten())
}

/// Converts the answer to a look-up.
pub fn convert_lookup(call: Call, clock: Clock) -> Report {
    let said = parse_direction(call.direction.as_deref());
    let began = clock.earliest_known(&[&call.start_time]);
    let legs = Legs {
        whole: Word::parse(call.status.as_deref()),
        first: Word::parse(call.details.leg1_status.as_deref()),
        second: Word::parse(call.details.leg2_status.as_deref()),
        talked: call.details.conversation_duration,
        direction: said.unwrap_or(Direction::Outbound),
    };
    let over = legs.whole.is_some_and(Word::is_over);
    let facts = if over {
        legs.end_facts(clock.first_known(&[&call.end_time, &call.date_updated]))
    } else {
        // During a call, `DateUpdated` is not when a leg answered; the current time is as close.
        legs.progress_facts(false, clock.received_at)
    };
    let details = collect_details([
        ("Leg1Status", call.details.leg1_status.as_deref()),
        ("Leg2Status", call.details.leg2_status.as_deref()),
    ]);
    let numbers = Numbers::by_direction(said, call.from, call.to, call.phone_number_sid);
    Report {
        session_id: call.custom_field,
        provider_call_id: call.sid,
        facts,
        direction: said,
        customer_number: numbers.customer,
        own_numbers: numbers.own,
        agent_answered: legs.agent_answered(),
        began,
        raw_status: call.status,
        recording_url: call.recording_url,
        details,
        settled: over,
        ..Report::default()
    }
}

impl Legs {
    /// Whether the agent's own phone was answered.
    fn agent_answered(&self) -> bool {
        let leg = if self.direction == Direction::Inbound { self.second } else { self.first };
        leg.is_some_and(Word::is_answered)
    }

    /// Returns the facts so far.
    fn progress_facts(&self, answered_event: bool, at: Millis) -> Vec<Fact> {
        let mut facts = Vec::new();
        let inbound = self.direction == Direction::Inbound;
        if self.first.is_some_and(Word::is_answered) {
            // The first leg of an incoming call is the customer, who waits for an agent.
            facts.push(if inbound {
                Fact::new(FactKind::Incoming, at)
            } else {
                Fact::new(FactKind::Noted(EventName::Other("agent_answered".to_owned())), at)
            });
        }
        // An account that reports no legs sends one `answered`, for the call as a whole.
        let as_a_whole = answered_event && self.first.is_none() && self.second.is_none();
        match self.second {
            Some(Word::Ringing) if !inbound => facts.push(Fact::new(FactKind::Ringing, at)),
            Some(second) if second.is_answered() => facts.push(Fact::new(FactKind::Connected, at)),
            _ if as_a_whole => facts.push(Fact::new(FactKind::Connected, at)),
            _ => {}
        }
        facts
    }

    /// Returns how the call ended.
    fn end_facts(&self, at: Millis) -> Vec<Fact> {
        if let Some(seconds) = self.talked.filter(|seconds| *seconds > 0) {
            return vec![end_fact(at, Some(Outcome::Completed), Some(seconds), "")];
        }
        let both_talked = match (self.talked, self.second, self.whole) {
            (Some(_), _, _) => false,
            (None, Some(second), _) => second == Word::Completed,
            (None, None, whole) => whole == Some(Word::Completed) && self.first.is_none(),
        };
        if both_talked {
            // They talked, but the length is unknown: at least record that they did.
            let connected = Fact::new(FactKind::Connected, at);
            return vec![connected, end_fact(at, Some(Outcome::Completed), None, "")];
        }
        vec![self.unanswered_fact(at)]
    }

    /// Returns how a call without conversation ended.
    fn unanswered_fact(&self, at: Millis) -> Fact {
        let unanswered = |word: &Word| word.is_over() && *word != Word::Completed;
        let first = self.first.filter(unanswered);
        let second = self.second.filter(unanswered);
        if self.direction == Direction::Inbound {
            let reason =
                second.or(self.whole.filter(unanswered)).map(|word| word.unanswered_outcome().1);
            return end_fact(at, Some(Outcome::Missed), None, reason.unwrap_or("nobody answered"));
        }
        match (first, second.or(self.whole.filter(unanswered))) {
            // The customer was never called, so the customer did not decline.
            (Some(_), _) => {
                end_fact(at, Some(Outcome::Failed), None, "the agent's phone was not answered")
            }
            (None, Some(word)) => {
                let (outcome, reason) = word.unanswered_outcome();
                end_fact(at, Some(outcome), None, reason)
            }
            (None, None) if self.whole.is_some() => {
                end_fact(at, Some(Outcome::NoAnswer), None, "nobody answered")
            }
            // It is over, and the word that says how is unknown.
            (None, None) => end_fact(at, None, None, ""),
        }
    }
}

/// Which of a call's two numbers belongs to whom.
struct Numbers {
    customer: Option<String>,
    own: Vec<String>,
}

impl Numbers {
    fn by_direction(
        direction: Option<Direction>,
        from: Option<String>,
        to: Option<String>,
        virtual_number: Option<String>,
    ) -> Self {
        let (customer, agent) =
            if direction == Some(Direction::Inbound) { (from, to) } else { (to, from) };
        let customer = customer.filter(|number| !lenient::is_withheld(number));
        Self { customer, own: [agent, virtual_number].into_iter().flatten().collect() }
    }
}
