//! Converts reports of incoming calls, from a flow's passthru and from the classic popup.
//!
//! The fields of a passthru (support.exotel.com, "Working with Passthru applet"): `CallStatus` is
//! the state of the caller's own leg, so `ringing` and `in-progress` are both sent for a caller who
//! is still in the menu. `CallType` is the result of the flow so far: `call-attempt` (no agent was
//! dialed yet), `completed` (they talked), `incomplete` (no agent answered), `client-hangup` (the
//! caller hung up while an agent was dialed), `voicemail`. `DialCallStatus` is how the agent's leg
//! ended. `DialCallDuration` counts from when the agent was dialed; only the dialed leg's
//! `OnCallDuration` is the conversation. The popup sends `EventType` (`Dial`, `Answered`,
//! `Terminal`) and `Status` (`busy`, `free`) of each agent that the call rings.

use super::{Clock, direction, ended};
use crate::providers::exotel::wire::Callback;
use crate::providers::exotel::word::Word;
use crate::providers::report::{Part, details};
use crate::providers::{Report, lenient};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Direction, End, Fact, Outcome, What};

/// The state of an incoming call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// The caller is in a menu; no agent is dialed yet.
    InMenu,
    /// It rings at an agent's phone.
    Rings,
    Answered,
    /// It is over and they talked.
    Talked,
    /// It is over and no agent answered.
    Missed(&'static str),
    /// The agent's part is over; whether they talked is not reported.
    AgentFree,
    /// The word is unknown.
    Unknown,
}

/// Converts a message of a passthru or the popup.
pub fn report(callback: Callback, clock: Clock) -> Report {
    // While the flow dials the agent it reports `outbound-dial`, which is a direction within the
    // call. Only calls requested by the API are outgoing.
    let way =
        callback.direction.as_deref().filter(|way| !way.eq_ignore_ascii_case("outbound-dial"));
    let direction = direction(way).unwrap_or(Direction::Inbound);
    let talked = talked(&callback);
    let stands = stands(&callback, talked);
    let began = clock.earliest(&[&callback.start_time, &callback.created, &callback.date_created]);
    let at = match stands {
        Stands::InMenu | Stands::Rings | Stands::Answered | Stands::Unknown => {
            clock.at(&[&callback.current_time])
        }
        _ => clock.at(&[&callback.end_time, &callback.current_time, &callback.date_updated]),
    };
    // A call that ended without a length of conversation has to be looked up.
    let settled = matches!(stands, Stands::Missed(_))
        || (stands == Stands::Talked
            && (talked.is_some() || callback.dial_call_duration.is_none()));
    let facts = facts(stands, direction, at, talked, callback.dial_call_duration);
    let details = details([
        ("EventType", callback.event_type.as_deref()),
        ("Status", callback.status.as_deref()),
        ("CallStatus", callback.call_status.as_deref()),
        ("DialCallStatus", callback.dial_call_status.as_deref()),
        ("CallType", callback.call_type.as_deref()),
    ]);
    let from = callback.call_from.or(callback.from);
    let to = callback.call_to.or(callback.to);
    let dialed = callback.dial_whom_number;
    let (customer_number, own) = match direction {
        Direction::Inbound => (from, [to, dialed.clone()]),
        Direction::Outbound => (to, [from, dialed.clone()]),
    };
    let customer_number = customer_number.filter(|number| !lenient::is_withheld(number));
    // A group rung at once arrives as several numbers in one field.
    let numbers = dialed.iter().flat_map(|numbers| numbers.split([',', ';']));
    let numbers = numbers.map(|number| number.trim().to_owned()).filter(|one| !one.is_empty());
    Report {
        session_id: callback.custom_field,
        provider_call_id: callback.call_sid,
        facts,
        direction: Some(direction),
        customer_number,
        own_numbers: own.into_iter().chain([callback.phone_number_sid]).flatten().collect(),
        agent_at_provider: callback.agent_email.into_iter().chain(numbers).collect(),
        agent_answered: matches!(stands, Stands::Answered | Stands::Talked),
        part: match stands {
            Stands::AgentFree => Part::OneAgent,
            Stands::InMenu => Part::Menu,
            _ => Part::Call,
        },
        began,
        raw_status: callback
            .dial_call_status
            .or(callback.call_type)
            .or(callback.status)
            .or(callback.call_status),
        recording_url: callback.recording_url,
        details,
        settled,
        ..Report::default()
    }
}

fn facts(
    stands: Stands,
    direction: Direction,
    at: Millis,
    talked: Option<u32>,
    since_dialing: Option<u32>,
) -> Vec<Fact> {
    let inbound = direction == Direction::Inbound;
    match stands {
        Stands::Rings if inbound => vec![Fact::new(What::Incoming, at)],
        Stands::Rings => vec![Fact::new(What::Ringing, at)],
        Stands::Answered => vec![Fact::new(What::Connected, at)],
        Stands::Talked if talked.is_some() => {
            vec![ended(at, Some(Outcome::Completed), talked, "")]
        }
        Stands::Talked if since_dialing.is_some_and(|seconds| seconds > 0) => {
            let end = End { outcome: Some(Outcome::Completed), since_dialing, ..End::default() };
            vec![Fact::new(What::Ended(end), at)]
        }
        Stands::Talked => {
            let connected = Fact::new(What::Connected, at);
            vec![connected, ended(at, Some(Outcome::Completed), None, "")]
        }
        Stands::Missed(reason) => {
            let outcome = if inbound { Outcome::Missed } else { Outcome::NoAnswer };
            vec![ended(at, Some(outcome), None, reason)]
        }
        // A look-up says whether they talked.
        Stands::AgentFree => vec![ended(at, None, None, "")],
        Stands::InMenu | Stands::Unknown => Vec::new(),
    }
}

/// Returns the seconds that the agent's leg was on the call, if measured. `DialCallDuration` is not
/// it: it includes the ringing.
fn talked(callback: &Callback) -> Option<u32> {
    // The legs of a flow are those that it dialed, each with its number or its cause. Those of a
    // status callback are all legs, the caller's first.
    let of_flow = callback.legs.len() < 2
        || callback
            .legs
            .iter()
            .any(|leg| leg.number.is_some() || leg.cause.is_some() || leg.kind.is_some());
    let from = callback.call_from.as_deref().or(callback.from.as_deref());
    let dialed = callback.legs.iter().skip(usize::from(!of_flow));
    let dialed = dialed.filter(|leg| leg.number.is_none() || leg.number.as_deref() != from);
    dialed.filter_map(|leg| leg.on_call_duration).max().or(callback.conversation_duration)
}

/// Combines the fields: the end first, since it alone says how the call went.
fn stands(callback: &Callback, talked: Option<u32>) -> Stands {
    let lower = |word: &Option<String>| {
        word.as_deref().map(|word| word.to_ascii_lowercase().replace('_', "-"))
    };
    let (event, call_type) = (lower(&callback.event_type), lower(&callback.call_type));
    let call_type = call_type.as_deref();
    let talk = |missed: &'static str| match talked {
        Some(0) => Stands::Missed(missed),
        _ => Stands::Talked,
    };
    let sure_of_talk = talked.is_some_and(|seconds| seconds > 0);
    if let Some(dialed) = Word::read(callback.dial_call_status.as_deref()) {
        return match dialed {
            Word::Queued | Word::Ringing => Stands::Rings,
            Word::InProgress => Stands::Answered,
            Word::Completed => talk("nobody answered"),
            // The last agent dialed did not answer, but an earlier one did.
            _ if sure_of_talk && call_type == Some("completed") => Stands::Talked,
            word => Stands::Missed(word.unanswered().1),
        };
    }
    let call_status = Word::read(callback.call_status.as_deref());
    match call_type {
        Some("completed") => return talk("nobody answered"),
        Some("client-hangup") if sure_of_talk => return Stands::Talked,
        Some("client-hangup") => return Stands::Missed("the caller hung up"),
        Some("incomplete") => return Stands::Missed("nobody answered"),
        Some("voicemail") => return Stands::Missed("the caller was sent to voicemail"),
        Some("call-attempt") => {
            let over =
                call_status.is_some_and(Word::is_over) || event.as_deref() == Some("terminal");
            return if over { Stands::Missed("the caller left the menu") } else { Stands::InMenu };
        }
        Some(word) => match Word::read(Some(word)) {
            Some(word) if word.is_over() => return Stands::Missed(word.unanswered().1),
            _ => {}
        },
        None => {}
    }
    match (event.as_deref(), lower(&callback.status).as_deref()) {
        (Some("answered"), _) => Stands::Answered,
        (Some("terminal"), _) | (None, Some("free")) if sure_of_talk => Stands::Talked,
        (Some("terminal"), _) | (None, Some("free")) => Stands::AgentFree,
        (Some("dial" | "ringing"), _) | (None, Some("busy")) => Stands::Rings,
        (None, None) => match call_status {
            Some(Word::Completed) if sure_of_talk => Stands::Talked,
            Some(Word::Completed) => Stands::AgentFree,
            Some(word) if word.is_over() => Stands::Missed(word.unanswered().1),
            _ => Stands::Rings,
        },
        // A state that is in neither list.
        _ => match Word::read(callback.status.as_deref()) {
            Some(Word::Queued | Word::Ringing) => Stands::Rings,
            Some(Word::InProgress) => Stands::Answered,
            Some(Word::Completed) => talk("nobody answered"),
            Some(word) => Stands::Missed(word.unanswered().1),
            None => Stands::Unknown,
        },
    }
}
