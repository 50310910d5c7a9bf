//! Converts Smartflo's webhooks into reports.
//!
//! The operator writes a webhook's body, so its meaning is derived from whatever fields it has: the
//! trigger's name if our guide was followed, else the state's word and which times are filled in.
//! Nothing here fails: unknown values are left out.

use super::wire::Webhook;
use crate::providers::report::{MAX_WORD_CHARS, collect_details};
use crate::providers::{Report, lenient};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{CallEnd, Direction, Fact, FactKind, Outcome};
use call_ribbon_shared::event::EventName;
use chrono_tz::Tz;

/// The prefix of the server's own ids of calls: Smartflo returns one as `custom_identifier`, or as
/// `ref_id`, which on other accounts is an id of its own.
const OUR_NAMES: &str = "ses_";

/// The state of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WebhookState {
    /// It has come in, or rings at an agent's phone.
    Dialed,
    AgentAnswered,
    CustomerRings,
    /// Both talk.
    Answered,
    /// Over, after both talked.
    EndedAnswered,
    /// Over, and nobody answered.
    EndedUnanswered,
    /// Over, and the other fields say how.
    Ended,
}

/// Converts a webhook.
pub fn convert_webhook(hook: Webhook, zone: Tz, received_at: Millis) -> Report {
    let direction = parse_direction(hook.direction.as_deref());
    let inbound = direction == Some(Direction::Inbound);
    let stands = webhook_state(&hook, inbound);
    let at = |time: &Option<String>| lenient::parse_time(time.as_deref(), zone, received_at);
    let now_or = |time: &Option<String>| at(time).unwrap_or(received_at);
    let facts = match stands {
        Some(WebhookState::Dialed) if inbound => {
            vec![Fact::new(FactKind::Incoming, now_or(&hook.start_stamp))]
        }
        None | Some(WebhookState::Dialed) => Vec::new(),
        Some(WebhookState::AgentAnswered) => {
            let name = EventName::Other("agent_answered".to_owned());
            vec![Fact::new(FactKind::Noted(name), now_or(&hook.answer_stamp))]
        }
        Some(WebhookState::CustomerRings) => vec![Fact::new(FactKind::Ringing, received_at)],
        Some(WebhookState::Answered) => {
            vec![Fact::new(FactKind::Connected, now_or(&hook.answer_stamp))]
        }
        Some(over) => end_facts(over, &hook, inbound, now_or(&hook.end_stamp)),
    };
    let settled = matches!(
        stands,
        Some(WebhookState::Ended | WebhookState::EndedAnswered | WebhookState::EndedUnanswered)
    );
    let ours = |name: &Option<String>| name.clone().filter(|name| name.starts_with(OUR_NAMES));
    let theirs = |name: Option<String>| name.filter(|name| !name.starts_with(OUR_NAMES));
    let session_id = hook.custom_identifier.clone().or_else(|| ours(&hook.ref_id));
    let (customer_number, own_numbers) = split_numbers(&hook, inbound);
    let began = at(&hook.start_stamp);
    let agent = hook.answered_agent;
    let agents = [hook.answered_agent_number, agent.number, agent.id, hook.answered_agent_name];
    let agents = agents.into_iter().chain([agent.name]).flatten().collect();
    let mut names = [hook.call_id, hook.id, hook.uuid, theirs(hook.ref_id)].into_iter().flatten();
    let (provider_call_id, also_called) = (names.next(), names.last());
    Report {
        session_id,
        details: collect_details([
            ("call_status", hook.call_status.as_deref()),
            ("hangup_cause", hook.hangup_cause.as_deref()),
            ("event", hook.event.as_deref().or(hook.trigger.as_deref())),
        ]),
        provider_call_id,
        also_called,
        facts,
        direction,
        customer_number,
        own_numbers,
        agent_answered: !matches!(
            stands,
            Some(WebhookState::Dialed | WebhookState::EndedUnanswered)
        ),
        agent_at_provider: agents,
        began,
        raw_status: hook.call_status.or(hook.status).or(hook.event).or(hook.trigger),
        recording_url: hook.recording_url,
        settled,
        ..Report::default()
    }
}

/// Parses `inbound`, `outbound`, `clicktocall`, or the numbers 1 and 2, which mean the first two.
fn parse_direction(word: Option<&str>) -> Option<Direction> {
    let word = word?.to_ascii_lowercase();
    match word.as_str() {
        "1" => Some(Direction::Inbound),
        "2" => Some(Direction::Outbound),
        word if word.starts_with("in") => Some(Direction::Inbound),
        word if word.starts_with("out") || word.starts_with("click") => Some(Direction::Outbound),
        _ => None,
    }
}

/// Combines the fields.
fn webhook_state(hook: &Webhook, inbound: bool) -> Option<WebhookState> {
    let trigger = hook.event.as_deref().or(hook.trigger.as_deref()).and_then(parse_trigger);
    let mut words = [&hook.call_status, &hook.status].into_iter().flatten();
    let word = words.find_map(|word| parse_state(word));
    // A time or a cause of its end is present only when it is over. But the webhook of another
    // trigger may have the same body, and then has these filled in, too.
    let has_ended = hook.end_stamp.is_some() || hook.hangup_cause.is_some();
    match (trigger.or(word), word) {
        // For a call that is over the state's word decides, whichever trigger reports it.
        (Some(WebhookState::Ended), Some(WebhookState::Answered)) => {
            Some(WebhookState::EndedAnswered)
        }
        (Some(WebhookState::Ended), Some(WebhookState::EndedUnanswered)) => {
            Some(WebhookState::EndedUnanswered)
        }
        (Some(WebhookState::Answered | WebhookState::AgentAnswered), _) if has_ended => {
            Some(if word == Some(WebhookState::Answered) {
                WebhookState::EndedAnswered
            } else {
                WebhookState::Ended
            })
        }
        // In an incoming call, the agent who answers is the party that the customer waits for.
        (Some(WebhookState::AgentAnswered), _) if inbound => Some(WebhookState::Answered),
        (Some(stands), _) => Some(stands),
        (None, _) => None,
    }
}

/// Parses a trigger's name in the portal or in our guide: `Call answered by Agent`,
/// `answered_by_agent`.
fn parse_trigger(name: &str) -> Option<WebhookState> {
    let name = name.to_ascii_lowercase().replace(['_', '-'], " ");
    let has = |word: &str| name.contains(word);
    Some(if has("hangup") || has("hang up") || has("ended") {
        WebhookState::Ended
    } else if has("missed") {
        WebhookState::EndedUnanswered
    } else if has("answered") && has("agent") {
        WebhookState::AgentAnswered
    } else if has("answered") && (has("ivr") || has("department")) {
        // A machine answered.
        WebhookState::Dialed
    } else if has("answered") {
        WebhookState::Answered
    } else if has("ringing") && has("customer") {
        WebhookState::CustomerRings
    } else if has("received") || has("dialed") || has("ringing") {
        WebhookState::Dialed
    } else {
        return None;
    })
}

/// Parses a state's word.
fn parse_state(word: &str) -> Option<WebhookState> {
    let word = word.to_ascii_lowercase().replace(['_', '-'], " ");
    Some(match word.as_str() {
        "answered" | "connected" | "answered by customer" | "in progress" => WebhookState::Answered,
        "answered by agent" | "agent answered" => WebhookState::AgentAnswered,
        "missed" | "missed by customer" | "not answered" | "no answer" | "noanswer"
        | "unanswered" | "busy" | "failed" | "cancelled" | "canceled" => {
            WebhookState::EndedUnanswered
        }
        "completed" => WebhookState::EndedAnswered,
        "hangup" | "ended" => WebhookState::Ended,
        "ringing" | "initiated" | "dialing" => WebhookState::Dialed,
        _ => return None,
    })
}

/// Returns how a call ended.
fn end_facts(stands: WebhookState, hook: &Webhook, inbound: bool, at: Millis) -> Vec<Fact> {
    let ended = |outcome, duration| {
        let reason = hook.hangup_cause.as_deref().and_then(describe_cause).map(str::to_owned);
        Fact::new(FactKind::Ended(CallEnd { outcome, duration, since_dialing: None, reason }), at)
    };
    // `duration` includes the ringing, and so does not show whether they talked.
    let talked = match (hook.billsec, stands) {
        (Some(seconds), _) => Some(seconds),
        (None, WebhookState::EndedAnswered) => hook.duration,
        (None, _) => None,
    };
    match (talked, stands) {
        (_, WebhookState::EndedUnanswered)
        | (Some(0), WebhookState::Ended | WebhookState::EndedAnswered) => {
            vec![ended(Some(unanswered_outcome(hook, inbound)), None)]
        }
        (Some(seconds), _) => vec![ended(Some(Outcome::Completed), Some(seconds))],
        (None, WebhookState::EndedAnswered) => {
            vec![Fact::new(FactKind::Connected, at), ended(Some(Outcome::Completed), None)]
        }
        (None, _) => vec![ended(None, None)],
    }
}

/// Returns the outcome of a call without conversation.
fn unanswered_outcome(hook: &Webhook, inbound: bool) -> Outcome {
    if inbound {
        return Outcome::Missed;
    }
    let said = [&hook.hangup_cause, &hook.call_status, &hook.status];
    let said = said.into_iter().flatten().map(|word| word.to_ascii_lowercase());
    for word in said {
        if word.contains("busy") {
            return Outcome::Busy;
        }
        if word.contains("failed") || word.contains("unallocated") || word.contains("invalid") {
            return Outcome::Failed;
        }
    }
    Outcome::NoAnswer
}

/// Describes the telephone network's causes of an end (ITU-T Q.850) in words.
fn describe_cause(cause: &str) -> Option<&str> {
    let known = match cause.to_ascii_uppercase().replace([' ', '-'], "_").as_str() {
        "NORMAL_CLEARING" => "hangup",
        "USER_BUSY" => "busy",
        "NO_ANSWER" | "NO_USER_RESPONSE" => "nobody answered",
        "CALL_REJECTED" => "declined",
        "ORIGINATOR_CANCEL" => "cancelled",
        "UNALLOCATED_NUMBER" => "the number cannot be reached",
        _ => return Some(cause).filter(|cause| cause.len() <= MAX_WORD_CHARS),
    };
    Some(known)
}

/// Returns the customer's number, and those of the client's side.
fn split_numbers(hook: &Webhook, inbound: bool) -> (Option<String>, Vec<String>) {
    let (from, to) = (hook.caller_id_number.clone(), hook.call_to_number.clone());
    let (customer, own) = if inbound { (from, to) } else { (to, from) };
    let known = |number: &String| !inbound || !lenient::is_withheld(number);
    let customer = hook.customer_number.clone().filter(known).or(customer.filter(known));
    let own = [own, hook.answered_agent_number.clone()];
    let own = own.into_iter().flatten().filter(|number| Some(number) != customer.as_ref());
    (customer.clone(), own.collect())
}
