//! The ribbon's texts. An agent's texts are in one file per language in `words/`; the sentences
//! here are for the page's `onError`, and stay English.

pub(super) mod load;
mod table;

pub use table::Words;

use super::customer::Customer;
use super::model::{Look, Model, RibbonError, Session};
use super::step::ANSWERED_ELSEWHERE;
use call_ribbon_shared::call::{Phase, Status};
use call_ribbon_shared::phone::{Phone, PhoneError};

/// Returns the sentence for a server that does not answer.
#[must_use]
pub fn server_unreachable(base: &str) -> String {
    format!(
        "The calling server at {base} cannot be reached. Check the network connection; the ribbon keeps trying."
    )
}

/// Returns the sentence for a server that does not allow this page's origin.
#[must_use]
pub fn origin_refused(base: &str) -> String {
    format!("The calling server at {base} does not allow pages from this address.")
}

/// The sentence for a page whose `agentToken` gives no text.
pub const NO_AGENT_TOKEN: &str = "init: agentToken gave no token.";

/// The sentence for an agent that is not the one of the page's `agentToken`.
pub const OTHER_AGENT: &str = "setCustomer: agentId must be the agent of agentToken.";

/// The sentence for a call that could not be requested.
pub const NOT_STARTED: &str = "The calling server cannot be reached, so no call was started. Check the network connection and try again.";

/// The sentence for a question about a call that could not be sent.
pub const NOT_CHECKED: &str = "The calling server cannot be reached, so it is not known whether this call may be made. Check the network connection and try again.";

/// The sentence for any other request that could not be sent.
pub const NOT_DONE: &str = "The calling server cannot be reached, so nothing was changed. Check the network connection and try again.";

/// The sentence for notes that could not be saved yet.
pub const NOT_SAVED: &str = "The calling server cannot be reached, so the notes are not saved yet. They are kept here and saved when it is back.";

/// Returns the sentence for an answer that does not come from our server.
#[must_use]
pub fn unexpected_answer(base: &str, status: u16) -> String {
    format!(
        "The address {base} did not answer like a calling server (status {status}). Check apiUrl, or ask your administrator."
    )
}

/// Returns the key of the text for the current state.
#[must_use]
pub fn state_key(model: &Model) -> &'static str {
    let ended = model.line.as_ref().map(|line| (line.call.status(), line.call.reason()));
    match model.bar_look() {
        Look::SigningIn => "state.signing-in",
        Look::Offline => "state.offline",
        Look::Dialing => "state.dialing",
        Look::Ringing => "state.ringing",
        Look::Incoming => "state.incoming",
        Look::Held => "state.on-hold",
        Look::Connected if model.live_call().is_some_and(|line| line.call.is_muted()) => {
            "state.muted"
        }
        Look::Connected => "state.connected",
        Look::Idle if model.calls_left.is_some_and(|(left, _)| left <= 0) => "state.trouble",
        Look::Idle if model.permission.forbids() => "state.trouble",
        Look::Idle if model.customer.is_some() && model.shown_phone().is_empty() => {
            "state.no-number"
        }
        Look::Idle if model.customer.is_some() => "state.idle.customer",
        Look::Idle => "state.idle",
        Look::Ended | Look::Failed | Look::Dropped => match (&model.session, &model.trouble, ended)
        {
            (Session::Refused(_), _, _) => "state.refused",
            (_, Some(_), _) => "state.trouble",
            (_, _, Some((Status::Busy, _))) => "state.busy",
            (_, _, Some((Status::Missed, Some("declined")))) => "state.declined",
            (_, _, Some((Status::Missed, Some(ANSWERED_ELSEWHERE)))) => "state.elsewhere",
            (_, _, Some((Status::Missed, _))) => "state.missed",
            (_, _, Some((Status::Failed, _))) if model.bar_look() == Look::Dropped => {
                "state.dropped"
            }
            (_, _, Some((Status::Failed, _))) => "state.failed",
            (_, _, Some((Status::NoAnswer, Some("cancelled")))) => "state.cancelled",
            (_, _, Some((Status::NoAnswer, _))) => "state.no-answer",
            _ => "state.ended",
        },
    }
}

/// Returns the line under the state: the error and what to do, or who is next; and whether
/// something is still to be sent to the server.
#[must_use]
pub fn advice_line(model: &Model) -> String {
    let unsent = match model.unsent {
        0 => return next_step(model),
        1 => model.words.say("advice.unsent.one").to_owned(),
        calls => model.words.fill("advice.unsent", &calls.to_string()),
    };
    join_sentences(&unsent, &next_step(model))
}

fn next_step(model: &Model) -> String {
    let words = model.words;
    if let Some(trouble) = &model.trouble {
        let own = model.customer.as_ref().map(|customer| customer.phone.as_str());
        let number = Some(model.tried.as_str()).filter(|tried| !tried.is_empty()).or(own);
        let error = number.and_then(|number| Phone::parse(number).err());
        if trouble.code == "invalid_phone_number" && matches!(error, Some(PhoneError::Several(..)))
        {
            return words.say("advice.two-numbers").to_owned();
        }
        return for_agent(words, trouble);
    }
    if let Some(line) = model.live_call() {
        if model.feed_down && model.session == Session::Ready {
            return words.say("advice.restoring").to_owned();
        }
        if line.ending {
            return words.say("advice.ending").to_owned();
        }
        if line.phase() == Phase::Incoming {
            let customer = line.customer.as_ref();
            if let Some(count) = customer.and_then(|customer| shared_by(&customer.json)) {
                return words.fill("advice.shared", count);
            }
            // A caller who withholds the number may be a customer.
            let known = customer.is_some_and(Customer::is_known) || line.phone.is_empty();
            return words.say(if known { "" } else { "advice.unknown" }).to_owned();
        }
        return next_customer_line(model);
    }
    match &model.session {
        Session::Refused(trouble) => return for_agent(words, trouble),
        Session::Away(_) => return words.say("advice.away").to_owned(),
        Session::Out | Session::SigningIn | Session::Ready => {}
    }
    if model.feed_down && model.session == Session::Ready {
        // The state says it.
        return String::new();
    }
    let said = model.permission.said();
    if !said.is_empty() && (model.line.is_none() || model.permission.forbids()) {
        let next = model.line.as_ref().map(|_| next_customer_line(model));
        return join_sentences(&next.unwrap_or_default(), said);
    }
    let Some(line) = &model.line else {
        if let Some(warning) = plan_warning(model) {
            return warning;
        }
        let key = match &model.customer {
            None if model.session == Session::Ready => "advice.choose",
            Some(customer) if customer.phone.is_empty() => "advice.no-number",
            Some(customer) => match customer.number_error() {
                Some(PhoneError::Several(..)) => "advice.two-numbers",
                Some(_) => "trouble.invalid_phone_number",
                None => "",
            },
            None => "",
        };
        return words.say(key).to_owned();
    };
    let key = match (line.call.status(), line.call.reason().unwrap_or_default()) {
        (Status::Busy, _) => "advice.busy",
        (Status::Failed, "") if !line.call.was_connected() => "advice.failed",
        (Status::Failed, why) if !line.call.was_connected() => {
            return join_sentences(
                &words.fill("advice.failed.why", &to_sentence(words.translate(why))),
                &next_customer_line(model),
            );
        }
        // The state and the button say it.
        (Status::NoAnswer | Status::Missed | Status::Failed, _) | (_, "hangup" | "") => "",
        (_, why) => {
            let said = words.fill("advice.why", &to_sentence(words.translate(why)));
            return join_sentences(&said, &next_customer_line(model));
        }
    };
    join_sentences(words.say(key), &next_customer_line(model))
}

/// Returns the sentence about the plan's calls, once nine tenths of them are used.
fn plan_warning(model: &Model) -> Option<String> {
    match model.calls_left? {
        (..=0, _) => Some(model.words.say("advice.no-calls").to_owned()),
        (left, limit) if left <= limit / 10 => {
            Some(model.words.fill("advice.calls-left", &left.to_string()))
        }
        _ => None,
    }
}

/// Returns how many customers share the caller's number, if the server says so in `customerData`.
fn shared_by(json: &str) -> Option<&str> {
    let (_, after) = json.split_once("\"sharedBy\":")?;
    after.split(|c: char| !c.is_ascii_digit()).next().filter(|count| !count.is_empty())
}

/// Returns the line about the next customer, if the call that is shown is with another one.
fn next_customer_line(model: &Model) -> String {
    let next = model.next_customer();
    let Some(next) = next else { return String::new() };
    join_sentences(&model.words.fill("advice.next", next.title()), &next.brief)
}

/// Joins two sentences; either may be empty.
pub(super) fn join_sentences(one: &str, other: &str) -> String {
    if one.is_empty() || other.is_empty() {
        [one, other].concat()
    } else {
        [one, " · ", other].concat()
    }
}

/// Returns an error in an agent's words, without methods and fields, and with what to do about it.
fn for_agent(words: Words, trouble: &RibbonError) -> String {
    let said = &trouble.message;
    words.fill_known(&["trouble.", &trouble.code].concat(), said).unwrap_or_else(|| said.clone())
}

/// Formats a reason as the beginning of a sentence.
fn to_sentence(reason: &str) -> String {
    let mut text = reason.trim().trim_end_matches('.').replace('_', " ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// Formats seconds as `0:42`, `12:05` or `1:02:33`.
#[must_use]
pub fn format_duration(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let two = |n: i64| {
        if n < 10 { format!("0{n}") } else { n.to_string() }
    };
    if hours > 0 {
        format!("{hours}:{}:{}", two(minutes), two(seconds))
    } else {
        format!("{minutes}:{}", two(seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_shows_hours_only_when_there_are_some() {
        for (seconds, text) in [(-3, "0:00"), (7, "0:07"), (725, "12:05"), (3753, "1:02:33")] {
            assert_eq!(format_duration(seconds), text);
        }
    }
}
