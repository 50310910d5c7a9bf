//! Calls that ring in, told by a flow's passthru and by the classic popup.

use super::super::wire::Callback;
use super::super::word::Word;
use super::{Clock, direction, ended};
use crate::providers::Report;
use crate::providers::report::details;
use call_ribbon_shared::call::{Direction, Fact, Outcome, What};

/// How a call that rings in stands.
enum Stands {
    /// It rings at an agent's phone.
    Rings,
    Answered,
    /// It is over and they talked, for so many seconds where that is said.
    Talked(Option<u32>),
    /// It is over and nobody took it up.
    Missed(&'static str),
    /// The agent's part is over; whether they talked is not said.
    AgentFree,
    /// In a word that we do not know.
    Unknown,
}

/// What a passthru or the popup tells.
pub fn report(callback: Callback, clock: Clock) -> Report {
    // While the flow dials the agent it calls that `outbound-dial`, which is a way within the
    // call. Only what was asked for by the API goes out.
    let way =
        callback.direction.as_deref().filter(|way| !way.eq_ignore_ascii_case("outbound-dial"));
    let direction = direction(way).unwrap_or(Direction::Inbound);
    let stands = stands(&callback);
    let at = match stands {
        Stands::Rings | Stands::Answered | Stands::Unknown => clock.at(&[&callback.current_time]),
        _ => clock.at(&[&callback.end_time, &callback.current_time, &callback.date_updated]),
    };
    let (facts, settled) = match stands {
        Stands::Rings if direction == Direction::Inbound => {
            (vec![Fact::new(What::Incoming, at)], false)
        }
        Stands::Rings => (vec![Fact::new(What::Ringing, at)], false),
        Stands::Answered => (vec![Fact::new(What::Connected, at)], false),
        Stands::Talked(Some(seconds)) => {
            (vec![ended(at, Some(Outcome::Completed), Some(seconds), "")], true)
        }
        Stands::Talked(None) => {
            let connected = Fact::new(What::Connected, at);
            (vec![connected, ended(at, Some(Outcome::Completed), None, "")], true)
        }
        Stands::Missed(reason) if direction == Direction::Inbound => {
            (vec![ended(at, Some(Outcome::Missed), None, reason)], true)
        }
        Stands::Missed(reason) => (vec![ended(at, Some(Outcome::NoAnswer), None, reason)], true),
        // Not settled: a look-up says whether they talked.
        Stands::AgentFree => (vec![ended(at, None, None, "")], false),
        Stands::Unknown => (Vec::new(), false),
    };
    let details = details([
        ("EventType", callback.event_type.as_deref()),
        ("Status", callback.status.as_deref()),
        ("DialCallStatus", callback.dial_call_status.as_deref()),
        ("CallType", callback.call_type.as_deref()),
    ]);
    let from = callback.call_from.or(callback.from);
    let to = callback.call_to.or(callback.to);
    let agent = callback.dial_whom_number;
    let (customer_number, own) = match direction {
        Direction::Inbound => (from, [to, agent]),
        Direction::Outbound => (to, [from, agent]),
    };
    Report {
        session_id: callback.custom_field,
        provider_call_id: callback.call_sid,
        also_called: None,
        facts,
        direction: Some(direction),
        customer_number,
        own_numbers: own.into_iter().chain([callback.phone_number_sid]).flatten().collect(),
        agent_at_provider: callback.agent_email,
        raw_status: callback.dial_call_status.or(callback.call_type).or(callback.status),
        recording_url: callback.recording_url,
        details,
        settled,
    }
}

/// What the several fields say together: the end first, since it alone says how the call went.
fn stands(callback: &Callback) -> Stands {
    let lower = |word: &Option<String>| word.as_deref().map(str::to_ascii_lowercase);
    let talked = callback.dial_call_duration.or(callback.conversation_duration);
    let (event, call_type) = (lower(&callback.event_type), lower(&callback.call_type));
    if let Some(dialed) = Word::read(callback.dial_call_status.as_deref()) {
        return match dialed {
            Word::Queued | Word::Ringing => Stands::Rings,
            Word::InProgress => Stands::Answered,
            Word::Completed if talked == Some(0) => Stands::Missed("nobody answered"),
            Word::Completed => Stands::Talked(talked),
            word => Stands::Missed(word.unanswered().1),
        };
    }
    match call_type.as_deref() {
        Some("completed") if talked == Some(0) => return Stands::Missed("nobody answered"),
        Some("completed") => return Stands::Talked(talked),
        Some("client-hangup") => return Stands::Missed("the caller hung up"),
        Some("incomplete" | "call-attempt") => return Stands::Missed("nobody answered"),
        _ => {}
    }
    match (event.as_deref(), lower(&callback.status).as_deref()) {
        (Some("answered"), _) => Stands::Answered,
        (Some("terminal"), _) | (None, Some("free")) => match talked {
            Some(seconds) if seconds > 0 => Stands::Talked(Some(seconds)),
            _ => Stands::AgentFree,
        },
        (Some("dial" | "ringing"), _) | (None, None | Some("busy")) => Stands::Rings,
        // A word about how it stands that is in neither list.
        _ => match Word::read(callback.status.as_deref()) {
            Some(Word::Queued | Word::Ringing) => Stands::Rings,
            Some(Word::InProgress) => Stands::Answered,
            Some(Word::Completed) => Stands::Talked(talked),
            Some(word) => Stands::Missed(word.unanswered().1),
            None => Stands::Unknown,
        },
    }
}
