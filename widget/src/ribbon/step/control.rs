//! An agent's actions on the current call.

use super::feed_event::notify_end;
use super::recall::end_here;
use super::{ActionFailure, Effect, Reply, call_waiting, refuse_msg};
use crate::ribbon::model::{Model, RibbonCall, RibbonError};
use crate::ribbon::outbox::Entry;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Action, Fact, Outcome, Phase};

/// Requests an action on the current call. The result arrives by the live stream, so that the bar
/// never shows a mute that did not happen.
#[inline(never)]
pub(super) fn act_on_current(
    model: &mut Model,
    action: Action,
    reply: Option<Reply>,
) -> Vec<Effect> {
    let over = model.line.is_some();
    let Some(line) = model.line.as_mut().filter(|line| line.is_live()) else {
        if over && action == Action::HangUp {
            return reply.map(Effect::Resolve).into_iter().collect();
        }
        let trouble = RibbonError::new("no_call", "There is no call in progress.");
        return refuse_msg(model, trouble, reply);
    };
    if let Err(refusal) = line.call.check_action(action) {
        return refuse_msg(model, RibbonError::new("conflict", refusal.to_string()), reply);
    }
    if let Action::Digit(digit) = action {
        return send_digit(line, digit, reply);
    }
    if action == Action::Answer {
        if line.answering && reply.is_none() {
            return Vec::new();
        }
        line.answering = true;
    }
    if action == Action::HangUp {
        if line.session_id.is_empty() {
            // The server has not named the call yet; it is ended as soon as it has.
            line.end_when_known = true;
            line.ending = true;
            return reply.map(Effect::Resolve).into_iter().collect();
        }
        if line.ending && reply.is_none() {
            return Vec::new();
        }
        line.ending = true;
    }
    vec![Effect::Act { session_id: line.session_id.clone(), action, reply }]
}

/// Sends digits. Each one is requested after the previous one was sent, so they arrive in order
/// however slow the network is.
#[inline(never)]
pub(super) fn send_digits(model: &mut Model, digits: &str) -> Vec<Effect> {
    let Some(line) = model.line.as_mut().filter(|line| line.phase() == Phase::Connected) else {
        return Vec::new();
    };
    digits.chars().flat_map(|digit| send_digit(line, digit, None)).collect()
}

fn send_digit(line: &mut RibbonCall, digit: char, reply: Option<Reply>) -> Vec<Effect> {
    line.to_send.push((digit, reply));
    if line.to_send.len() == 1 { send_first_digit(line) } else { Vec::new() }
}

/// Continues with the waiting digits after this one was sent.
pub(super) fn digit_sent(line: &mut RibbonCall, digit: char) -> Vec<Effect> {
    // Another tab may send digits of its own in between.
    if line.to_send.first().is_none_or(|(first, _)| *first != digit) {
        return Vec::new();
    }
    line.to_send.remove(0);
    send_first_digit(line)
}

fn send_first_digit(line: &mut RibbonCall) -> Vec<Effect> {
    let session_id = line.session_id.clone();
    let Some((digit, reply)) = line.to_send.first_mut() else { return Vec::new() };
    vec![Effect::Act { session_id, action: Action::Digit(*digit), reply: reply.take() }]
}

/// Rejects the unsent digits of a call that is over.
pub(super) fn refuse_digits(model: &mut Model) -> Vec<Effect> {
    let over = model.line.as_mut().filter(|line| !line.is_live());
    let trouble = || RibbonError::new("no_call", "There is no call in progress.");
    over.map(|line| drop_digits(line, &trouble())).unwrap_or_default()
}

#[inline(never)]
fn drop_digits(line: &mut RibbonCall, trouble: &RibbonError) -> Vec<Effect> {
    let replies = std::mem::take(&mut line.to_send).into_iter().filter_map(|(_, reply)| reply);
    replies.map(|reply| Effect::Reject(reply, trouble.clone())).collect()
}

/// Ends a call whose hang-up was pressed before the server had named it.
pub(super) fn end_if_asked(line: &mut RibbonCall) -> Vec<Effect> {
    if !line.end_when_known || line.session_id.is_empty() {
        return Vec::new();
    }
    line.end_when_known = false;
    vec![Effect::Act { session_id: line.session_id.clone(), action: Action::HangUp, reply: None }]
}

/// Handles a failed action. A hang-up that cannot reach the server is stored, and the call is over
/// here, so that the agent can continue.
#[inline(never)]
pub(super) fn act_failed(
    model: &mut Model,
    session_id: &str,
    action: Action,
    trouble: RibbonError,
    why: ActionFailure,
    now: Millis,
) -> Vec<Effect> {
    if action == Action::HangUp && why == ActionFailure::Away {
        let mut effects = vec![Effect::Keep(Entry::hang_up(session_id))];
        effects.extend(end_without_server(model, session_id, now));
        return effects;
    }
    let mut effects = vec![Effect::Report(trouble.clone())];
    if action == Action::HangUp && why == ActionFailure::Refused {
        // The agent may try again to answer the call that waits.
        for waiting in &mut model.call_waiting {
            waiting.answer_next = false;
        }
    }
    let Some(line) = call_waiting::find_call(model, session_id) else {
        return effects;
    };
    line.answering = false;
    // The digits after an unsent one would reach the wrong person.
    effects.extend(drop_digits(line, &trouble));
    if action == Action::HangUp {
        line.ending = false;
        if why == ActionFailure::Gone {
            // The server no longer knows such a call: then it is over here too.
            let at = line.call.connected_at().or(line.call.started_at()).unwrap_or_default();
            let fact = Fact::new_end(at, Outcome::Abandoned, "unknown to the server");
            line.call.apply(&fact);
            return notify_end(line, &fact);
        }
        model.trouble = Some(trouble);
        return effects;
    }
    model.trouble = Some(trouble);
    effects
}

/// Ends a call here, before the server knows.
#[inline(never)]
pub(super) fn end_without_server(model: &mut Model, session_id: &str, at: Millis) -> Vec<Effect> {
    let line = call_waiting::find_call(model, session_id);
    let Some((line, end)) = line.and_then(|line| end_here(line, at).map(|end| (line, end))) else {
        return Vec::new();
    };
    let effects = notify_end(line, &end);
    if model.live_call().is_none() {
        model.keypad = false;
    }
    effects
}
