//! Calls that ring while the agent is in another call.
//!
//! An agent is in one call at a time. A call that rings meanwhile can be declined. It can be
//! answered as soon as the current call is over, whose place it then takes, or immediately if the
//! current call is also an unanswered inbound call. If it is answered during another call, that call
//! is ended first.

use super::{Effect, FeedEvent, control, feed_event};
use crate::ribbon::model::{Model, RibbonCall};
use call_ribbon_shared::call::{Action, FactKind, Phase};

/// Handles an event that is not about the current call.
#[inline(never)]
pub(super) fn handle_event(model: &mut Model, fed: &FeedEvent) -> Vec<Effect> {
    let known = |line: &RibbonCall| line.session_id == fed.session_id;
    if !model.call_waiting.iter().any(known) {
        if !matches!(fed.fact.what, FactKind::Incoming) || !feed_event::can_open_call(model, fed) {
            return Vec::new();
        }
        let line = feed_event::new_call(model, fed);
        model.call_waiting.push(line);
        feed_event::show_ribbon(model);
    }
    let line = model.call_waiting.iter_mut().find(|line| known(line));
    line.map(|line| feed_event::apply_to_call(line, &model.agent.id, fed)).unwrap_or_default()
}

/// Updates the waiting calls after any message: removes those that are over. If there is no current
/// call, or it only rings and a waiting one was answered, a waiting call becomes the current one.
///
/// Returns the request to answer it, if the agent ended the other call for it.
pub(super) fn update_waiting(model: &mut Model) -> Vec<Effect> {
    model.call_waiting.retain(RibbonCall::is_live);
    let next = match model.live_call().map(RibbonCall::phase) {
        None => (!model.call_waiting.is_empty()).then_some(0),
        Some(Phase::Incoming) => {
            model.call_waiting.iter().position(|line| line.phase() == Phase::Connected)
        }
        Some(_) => None,
    };
    let Some(next) = next else { return Vec::new() };
    let mut next = model.call_waiting.remove(next);
    let answers = std::mem::take(&mut next.answer_next) && next.phase() == Phase::Incoming;
    next.answering |= answers;
    let session_id = next.session_id.clone();
    if let Some(before) = make_current(model, next) {
        model.call_waiting.insert(0, before);
    }
    model.trouble = None;
    model.keypad = false;
    let answer = Effect::Act { session_id, action: Action::Answer, reply: None };
    answers.then_some(answer).into_iter().collect()
}

/// Makes this call the current one. Returns the previous one if it is not over. One whose notes are
/// open is set aside, to be shown again.
pub(super) fn make_current(model: &mut Model, next: RibbonCall) -> Option<RibbonCall> {
    let before = model.line.replace(next)?;
    if before.is_live() {
        return Some(before);
    }
    if model.has_open_notes_on(&before) {
        model.aside = Some(before);
    }
    None
}

/// Shows the call whose notes are open again, once the call that rang meanwhile is over. If that
/// was missed, it is shown after the notes.
pub(super) fn restore_aside(model: &mut Model) {
    match model.live_call().map(RibbonCall::phase) {
        Some(Phase::Incoming) => {}
        Some(_) => model.aside = None,
        None if model.aside.as_ref().is_some_and(|aside| model.has_open_notes_on(aside)) => {
            std::mem::swap(&mut model.line, &mut model.aside);
            model.aside.take_if(|line| !line.is_missed());
        }
        None => {}
    }
}

/// Answers or declines the call that rings during the current one. The result arrives by the live
/// stream. Answering first ends the current call, unless that only rings too.
#[inline(never)]
pub(super) fn act_on_waiting(model: &mut Model, action: Action) -> Vec<Effect> {
    let ends_current = action == Action::Answer
        && model.live_call().is_some_and(|line| line.phase() != Phase::Incoming);
    let calling = |line: &&mut RibbonCall| line.phase() == Phase::Incoming;
    let Some(line) =
        model.call_waiting.iter_mut().find(calling).filter(|line| !line.ending && !line.answering)
    else {
        return Vec::new();
    };
    if ends_current {
        line.answer_next = true;
        return control::act_on_current(model, Action::HangUp, None);
    }
    line.ending = action == Action::HangUp;
    line.answering = action == Action::Answer;
    vec![Effect::Act { session_id: line.session_id.clone(), action, reply: None }]
}

/// Returns the call with this id, current or waiting.
pub(super) fn find_call<'model>(
    model: &'model mut Model,
    session_id: &str,
) -> Option<&'model mut RibbonCall> {
    let waiting = model.call_waiting.iter_mut();
    model.line.iter_mut().chain(waiting).find(|line| line.session_id == session_id)
}
