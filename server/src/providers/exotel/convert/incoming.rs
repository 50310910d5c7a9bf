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

use super::{Clock, end_fact, parse_direction};
use crate::providers::exotel::wire::Callback;
use crate::providers::exotel::word::Word;
use crate::providers::report::{Part, collect_details};
use crate::providers::{Report, lenient};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{CallEnd, Direction, Fact, FactKind, Outcome};

/// The state of an incoming call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum IncomingState {
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
pub fn convert_incoming(callback: Callback, clock: Clock) -> Report {
    // While the flow dials the agent it reports `outbound-dial`, which is a direction within the
    // call. Only calls requested by the API are outgoing.
    let way =
        callback.direction.as_deref().filter(|way| !way.eq_ignore_ascii_case("outbound-dial"));
    let direction = parse_direction(way).unwrap_or(Direction::Inbound);
    let talked = talk_seconds(&callback);
    let stands = incoming_state(&callback, talked);
    let began =
        clock.earliest_known(&[&callback.start_time, &callback.created, &callback.date_created]);
    let at = match stands {
        IncomingState::InMenu
        | IncomingState::Rings
        | IncomingState::Answered
        | IncomingState::Unknown => clock.first_known(&[&callback.current_time]),
        _ => {
            clock.first_known(&[&callback.end_time, &callback.current_time, &callback.date_updated])
        }
    };
    // A call that ended without a length of conversation has to be looked up.
    let settled = matches!(stands, IncomingState::Missed(_))
        || (stands == IncomingState::Talked
            && (talked.is_some() || callback.dial_call_duration.is_none()));
    let facts = incoming_facts(stands, direction, at, talked, callback.dial_call_duration);
    let details = collect_details([
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
        agent_answered: matches!(stands, IncomingState::Answered | IncomingState::Talked),
        part: match stands {
            IncomingState::AgentFree => Part::OneAgent,
            IncomingState::InMenu => Part::Menu,
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

fn incoming_facts(
    stands: IncomingState,
    direction: Direction,
    at: Millis,
    talked: Option<u32>,
    since_dialing: Option<u32>,
) -> Vec<Fact> {
    let inbound = direction == Direction::Inbound;
    match stands {
        IncomingState::Rings if inbound => vec![Fact::new(FactKind::Incoming, at)],
        IncomingState::Rings => vec![Fact::new(FactKind::Ringing, at)],
        IncomingState::Answered => vec![Fact::new(FactKind::Connected, at)],
        IncomingState::Talked if talked.is_some() => {
            vec![end_fact(at, Some(Outcome::Completed), talked, "")]
        }
        IncomingState::Talked if since_dialing.is_some_and(|seconds| seconds > 0) => {
            let end =
                CallEnd { outcome: Some(Outcome::Completed), since_dialing, ..CallEnd::default() };
            vec![Fact::new(FactKind::Ended(end), at)]
        }
        IncomingState::Talked => {
            let connected = Fact::new(FactKind::Connected, at);
            vec![connected, end_fact(at, Some(Outcome::Completed), None, "")]
        }
        IncomingState::Missed(reason) => {
            let outcome = if inbound { Outcome::Missed } else { Outcome::NoAnswer };
            vec![end_fact(at, Some(outcome), None, reason)]
        }
        // A look-up says whether they talked.
        IncomingState::AgentFree => vec![end_fact(at, None, None, "")],
        IncomingState::InMenu | IncomingState::Unknown => Vec::new(),
    }
}

/// Returns the seconds that the agent's leg was on the call, if measured. `DialCallDuration` is not
/// it: it includes the ringing.
fn talk_seconds(callback: &Callback) -> Option<u32> {
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
fn incoming_state(callback: &Callback, talked: Option<u32>) -> IncomingState {
    let lower = |word: &Option<String>| {
        word.as_deref().map(|word| word.to_ascii_lowercase().replace('_', "-"))
    };
    let (event, call_type) = (lower(&callback.event_type), lower(&callback.call_type));
    let call_type = call_type.as_deref();
    let talk = |missed: &'static str| match talked {
        Some(0) => IncomingState::Missed(missed),
        _ => IncomingState::Talked,
    };
    let sure_of_talk = talked.is_some_and(|seconds| seconds > 0);
    if let Some(dialed) = Word::parse(callback.dial_call_status.as_deref()) {
        return match dialed {
            Word::Queued | Word::Ringing => IncomingState::Rings,
            Word::InProgress => IncomingState::Answered,
            Word::Completed => talk("nobody answered"),
            // The last agent dialed did not answer, but an earlier one did.
            _ if sure_of_talk && call_type == Some("completed") => IncomingState::Talked,
            word => IncomingState::Missed(word.unanswered_outcome().1),
        };
    }
    let call_status = Word::parse(callback.call_status.as_deref());
    match call_type {
        Some("completed") => return talk("nobody answered"),
        Some("client-hangup") if sure_of_talk => return IncomingState::Talked,
        Some("client-hangup") => return IncomingState::Missed("the caller hung up"),
        Some("incomplete") => return IncomingState::Missed("nobody answered"),
        Some("voicemail") => return IncomingState::Missed("the caller was sent to voicemail"),
        Some("call-attempt") => {
            let over =
                call_status.is_some_and(Word::is_over) || event.as_deref() == Some("terminal");
            return if over {
                IncomingState::Missed("the caller left the menu")
            } else {
                IncomingState::InMenu
            };
        }
        Some(word) => match Word::parse(Some(word)) {
            Some(word) if word.is_over() => {
                return IncomingState::Missed(word.unanswered_outcome().1);
            }
            _ => {}
        },
        None => {}
    }
    match (event.as_deref(), lower(&callback.status).as_deref()) {
        (Some("answered"), _) => IncomingState::Answered,
        (Some("terminal"), _) | (None, Some("free")) if sure_of_talk => IncomingState::Talked,
        (Some("terminal"), _) | (None, Some("free")) => IncomingState::AgentFree,
        (Some("dial" | "ringing"), _) | (None, Some("busy")) => IncomingState::Rings,
        (None, None) => match call_status {
            Some(Word::Completed) if sure_of_talk => IncomingState::Talked,
            Some(Word::Completed) => IncomingState::AgentFree,
            Some(word) if word.is_over() => IncomingState::Missed(word.unanswered_outcome().1),
            _ => IncomingState::Rings,
        },
        // A state that is in neither list.
        _ => match Word::parse(callback.status.as_deref()) {
            Some(Word::Queued | Word::Ringing) => IncomingState::Rings,
            Some(Word::InProgress) => IncomingState::Answered,
            Some(Word::Completed) => talk("nobody answered"),
            Some(word) => IncomingState::Missed(word.unanswered_outcome().1),
            None => IncomingState::Unknown,
        },
    }
}
