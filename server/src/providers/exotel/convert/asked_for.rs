//! Calls of two legs, told by status callbacks and by look-ups.

use super::{Clock, direction, ended};
use crate::providers::exotel::wire::{Call, Callback};
use crate::providers::exotel::word::Word;
use crate::providers::report::details;
use crate::providers::{Report, lenient};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Direction, Fact, Outcome, What};
use call_ribbon_shared::event::EventName;

/// What is known of the two legs.
struct Legs {
    /// How the whole call stands.
    whole: Option<Word>,
    first: Option<Word>,
    second: Option<Word>,
    /// Seconds they talked.
    talked: Option<u32>,
    direction: Direction,
}

/// What a status callback tells.
pub fn told(callback: Callback, clock: Clock) -> Report {
    let event = callback.event_type.as_deref().map(str::to_ascii_lowercase);
    let words: Vec<Option<&str>> = callback.legs.iter().map(|leg| leg.status.as_deref()).collect();
    let first = words.first().copied().flatten();
    let second = second_leg(words.get(1..).unwrap_or_default());
    let legs = Legs {
        whole: Word::read(callback.status.as_deref()),
        first: Word::read(first),
        second: Word::read(second),
        talked: callback.conversation_duration.or_else(|| {
            let after_first = callback.legs.iter().skip(1);
            after_first.filter_map(|leg| leg.on_call_duration).max()
        }),
        direction: direction(callback.direction.as_deref()).unwrap_or(Direction::Outbound),
    };
    let over = event.as_deref() == Some("terminal") || legs.whole.is_some_and(Word::is_over);
    let facts = if over {
        legs.end(clock.at(&[&callback.end_time, &callback.date_updated]))
    } else {
        legs.progress(event.as_deref() == Some("answered"), clock.at(&[&callback.date_updated]))
    };
    let details = details([
        ("EventType", callback.event_type.as_deref()),
        ("Leg1Status", first),
        ("Leg2Status", second),
    ]);
    let said = direction(callback.direction.as_deref());
    let began = clock.earliest(&[&callback.start_time, &callback.date_created]);
    let numbers = Numbers::of(said, callback.from, callback.to, callback.phone_number_sid);
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

/// The word of the second leg. Where several phones were tried for it, that of the one which
/// answered, else of the last.
fn second_leg<'a>(tried: &[Option<&'a str>]) -> Option<&'a str> {
    let mut words = tried.iter().copied().flatten();
    let answered = words.find(|word| Word::read(Some(word)).is_some_and(Word::is_answered));
    answered.or(tried.last().copied().flatten())
}

/// What a look-up says.
pub fn looked_up(call: Call, clock: Clock) -> Report {
    let said = direction(call.direction.as_deref());
    let began = clock.earliest(&[&call.start_time]);
    let legs = Legs {
        whole: Word::read(call.status.as_deref()),
        first: Word::read(call.details.leg1_status.as_deref()),
        second: Word::read(call.details.leg2_status.as_deref()),
        talked: call.details.conversation_duration,
        direction: said.unwrap_or(Direction::Outbound),
    };
    let over = legs.whole.is_some_and(Word::is_over);
    let facts = if over {
        legs.end(clock.at(&[&call.end_time, &call.date_updated]))
    } else {
        // Asked while it goes on, `DateUpdated` is not when a leg answered; now is as near.
        legs.progress(false, clock.received_at)
    };
    let details = details([
        ("Leg1Status", call.details.leg1_status.as_deref()),
        ("Leg2Status", call.details.leg2_status.as_deref()),
    ]);
    let numbers = Numbers::of(said, call.from, call.to, call.phone_number_sid);
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

    /// What has happened so far.
    fn progress(&self, answered_event: bool, at: Millis) -> Vec<Fact> {
        let mut facts = Vec::new();
        let inbound = self.direction == Direction::Inbound;
        if self.first.is_some_and(Word::is_answered) {
            // The first leg of a call that rings in is the customer, who waits for an agent.
            facts.push(if inbound {
                Fact::new(What::Incoming, at)
            } else {
                Fact::new(What::Noted(EventName::Other("agent_answered".to_owned())), at)
            });
        }
        // An account that tells nothing of its legs sends one `answered`, for the call as a whole.
        let as_a_whole = answered_event && self.first.is_none() && self.second.is_none();
        match self.second {
            Some(Word::Ringing) if !inbound => facts.push(Fact::new(What::Ringing, at)),
            Some(second) if second.is_answered() => facts.push(Fact::new(What::Connected, at)),
            _ if as_a_whole => facts.push(Fact::new(What::Connected, at)),
            _ => {}
        }
        facts
    }

    /// How it ended.
    fn end(&self, at: Millis) -> Vec<Fact> {
        if let Some(seconds) = self.talked.filter(|seconds| *seconds > 0) {
            return vec![ended(at, Some(Outcome::Completed), Some(seconds), "")];
        }
        let both_talked = match (self.talked, self.second, self.whole) {
            (Some(_), _, _) => false,
            (None, Some(second), _) => second == Word::Completed,
            (None, None, whole) => whole == Some(Word::Completed) && self.first.is_none(),
        };
        if both_talked {
            // They did, and nobody says how long: at least it is on record that they did.
            let connected = Fact::new(What::Connected, at);
            return vec![connected, ended(at, Some(Outcome::Completed), None, "")];
        }
        vec![self.unanswered(at)]
    }

    /// How a call ended in which the two did not talk.
    fn unanswered(&self, at: Millis) -> Fact {
        let unanswered = |word: &Word| word.is_over() && *word != Word::Completed;
        let first = self.first.filter(unanswered);
        let second = self.second.filter(unanswered);
        if self.direction == Direction::Inbound {
            let reason = second.or(self.whole.filter(unanswered)).map(|word| word.unanswered().1);
            return ended(at, Some(Outcome::Missed), None, reason.unwrap_or("nobody answered"));
        }
        match (first, second.or(self.whole.filter(unanswered))) {
            // The customer was never called: that is no answer of theirs.
            (Some(_), _) => {
                ended(at, Some(Outcome::Failed), None, "the agent's phone was not answered")
            }
            (None, Some(word)) => {
                let (outcome, reason) = word.unanswered();
                ended(at, Some(outcome), None, reason)
            }
            (None, None) if self.whole.is_some() => {
                ended(at, Some(Outcome::NoAnswer), None, "nobody answered")
            }
            // It is over, and how is said in a word that we do not know.
            (None, None) => ended(at, None, None, ""),
        }
    }
}

/// Whose numbers a call's two are.
struct Numbers {
    customer: Option<String>,
    own: Vec<String>,
}

impl Numbers {
    fn of(
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
