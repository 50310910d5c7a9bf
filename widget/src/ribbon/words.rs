//! The ribbon's words, in English. Everything an agent reads stands here.

use super::model::{Look, Model, Session, Trouble};
use super::step::ANSWERED_ELSEWHERE;
use call_ribbon_shared::call::{Phase, Status};

/// A server that does not answer.
#[must_use]
pub fn server_unreachable(base: &str) -> String {
    format!(
        "The calling server at {base} cannot be reached. Check the network connection; it is tried again by itself."
    )
}

/// A server that does not let this page's origin in.
#[must_use]
pub fn not_let_in(base: &str) -> String {
    format!("The calling server at {base} answers, but does not let pages of this address in.")
}

/// A call that could not be asked for.
pub const NOT_STARTED: &str = "The calling server cannot be reached, so no call was started. Check the network connection and try again.";

/// Something else that could not be asked for.
pub const NOT_DONE: &str = "The calling server cannot be reached, so nothing was changed. Check the network connection and try again.";

/// Something that is not our server answered.
#[must_use]
pub fn unexpected_answer(base: &str, status: u16) -> String {
    format!(
        "The address {base} did not answer like a calling server (status {status}). Check apiUrl, or ask your administrator."
    )
}

/// The state in a word or two.
#[must_use]
pub fn state(model: &Model) -> &'static str {
    let ended = model.line.as_ref().map(|line| (line.call.status(), line.call.reason()));
    match model.look() {
        Look::SigningIn => "Connecting",
        Look::Offline => "Offline",
        Look::Dialing => "Dialing",
        Look::Ringing => "Ringing",
        Look::Incoming => "Incoming call",
        Look::Held => "On hold",
        Look::Connected if model.live().is_some_and(|line| line.call.is_muted()) => "Muted",
        Look::Connected => "In call",
        Look::Idle if model.customer.is_some() => "Ready to call",
        Look::Idle => "Ready",
        Look::Ended | Look::Failed => match (&model.session, &model.trouble, ended) {
            (Session::Refused(_), _, _) => "Signed out",
            (_, Some(_), _) => "Not possible",
            (_, _, Some((Status::Busy, _))) => "Busy",
            (_, _, Some((Status::Missed, Some("declined")))) => "Declined",
            (_, _, Some((Status::Missed, Some(ANSWERED_ELSEWHERE)))) => "Answered elsewhere",
            (_, _, Some((Status::Missed, _))) => "Missed call",
            (_, _, Some((Status::Failed, _))) => "Call failed",
            (_, _, Some((Status::NoAnswer, Some("cancelled")))) => "Cancelled",
            (_, _, Some((Status::NoAnswer, _))) => "No answer",
            _ => "Call ended",
        },
    }
}

/// The line under the state: what went wrong and what to do, or who is next.
#[must_use]
pub fn advice(model: &Model) -> String {
    if let Some(trouble) = &model.trouble {
        return for_agent(trouble);
    }
    if model.feed_down && model.session == Session::Ready {
        return "The connection to the server is broken; restoring it.".to_owned();
    }
    if let Some(line) = model.live() {
        if line.ending {
            return "Ending the call…".to_owned();
        }
        return match &model.customer {
            Some(next)
                if line.phase() != Phase::Incoming
                    && line.customer.as_ref().is_none_or(|now| now.json != next.json) =>
            {
                format!("Next: {}", if next.name.is_empty() { &next.phone } else { &next.name })
            }
            _ => String::new(),
        };
    }
    match &model.session {
        Session::Refused(trouble) | Session::Away(trouble) => return for_agent(trouble),
        Session::Out | Session::SigningIn | Session::Ready => {}
    }
    let Some(line) = &model.line else {
        return if model.customer.is_none() && model.session == Session::Ready {
            "Choose a customer to call.".to_owned()
        } else {
            String::new()
        };
    };
    match (line.call.status(), line.call.reason().unwrap_or_default()) {
        (Status::Busy, _) => "The number is on another call. Try again in a minute.".to_owned(),
        (Status::NoAnswer, "cancelled") | (Status::Missed, "declined") => String::new(),
        (Status::NoAnswer, _) => "Nobody answered. Try again later.".to_owned(),
        (Status::Missed, ANSWERED_ELSEWHERE) => "A colleague took the call.".to_owned(),
        (Status::Missed, _) => "Call back with the button on the right.".to_owned(),
        (Status::Failed, "") => "The call could not be made. Try again.".to_owned(),
        (Status::Failed, why) => format!("{}. Try again.", sentence(why)),
        (_, "hangup" | "") => String::new(),
        (_, why) => format!("{}.", sentence(why)),
    }
}

/// A trouble in the words of an agent, who knows nothing of methods and fields, with what to
/// do about it.
fn for_agent(trouble: &Trouble) -> String {
    let said = trouble.message.as_str();
    let more = match trouble.code.as_str() {
        "invalid_phone_number" => {
            let why = said.rsplit_once(": ").map_or(said, |(_, why)| why);
            return ["This number cannot be dialed: ", why].concat();
        }
        "missing_api_key" | "invalid_api_key" | "revoked_api_key" => {
            " Ask your administrator for the key of this page."
        }
        "domain_not_allowed" => " Ask your administrator to allow this page's address.",
        "client_suspended" | "feature_not_in_plan" | "monthly_limit_exceeded" => {
            " Ask your administrator."
        }
        _ => "",
    };
    [said, more].concat()
}

/// A reason as the beginning of a sentence.
fn sentence(reason: &str) -> String {
    let mut text = reason.trim().trim_end_matches('.').replace('_', " ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// Seconds as `0:42`, `12:05` or `1:02:33`.
#[must_use]
pub fn clock(seconds: i64) -> String {
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
            assert_eq!(clock(seconds), text);
        }
    }
}
