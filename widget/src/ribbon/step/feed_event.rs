//! Events of the live stream: they update the call and are passed on to the page.

use super::{Effect, EventDetails, PageEvent, call_waiting, control, page_event};
use crate::ribbon::customer::Customer;
use crate::ribbon::model::{Model, RibbonCall, Session};
use call_ribbon_shared::call::{Direction, Fact, FactKind, Outcome, Phase, Status};
use call_ribbon_shared::event::EventName;

/// The reason with which a call ends here that another agent answered.
pub const ANSWERED_ELSEWHERE: &str = "answered by another agent";

/// One event of the live stream.
#[derive(Debug, Clone)]
pub struct FeedEvent {
    /// Its number in the feed.
    pub seq: i64,
    /// Its id; for the start of a call, the key of the request that started it.
    pub event_id: String,
    /// The server's id of the call.
    pub session_id: String,
    /// The provider's id of the call.
    pub call_sid: String,
    /// What happened, with the number, the direction and the time.
    pub fact: Fact,
    /// The call's status after it.
    pub status: Status,
    /// The agent to whom the call now belongs.
    pub agent_id: Option<String>,
    /// The features of the call's voice.
    pub features: Vec<String>,
    /// The customer, according to the server.
    pub customer: Option<Customer>,
    /// The event as JSON, as received.
    pub json: String,
}

/// Handles one event of the live stream.
pub(super) fn handle_event(model: &mut Model, fed: &FeedEvent) -> Vec<Effect> {
    // It was sent before the agent changed, and belongs to the last agent.
    if model.last_seq.is_none() && model.session == Session::SigningIn {
        return Vec::new();
    }
    // A restored stream may repeat events.
    if model.last_seq.is_some_and(|last| fed.seq <= last) {
        return Vec::new();
    }
    model.last_seq = Some(fed.seq);
    apply_event(model, fed)
}

/// Applies an event, regardless of its number.
#[inline(never)]
pub(super) fn apply_event(model: &mut Model, fed: &FeedEvent) -> Vec<Effect> {
    if !is_about_current(model, fed) {
        return call_waiting::handle_event(model, fed);
    }
    let other_call = |line: &RibbonCall| line.session_id != fed.session_id;
    if model.line.as_ref().is_none_or(|line| other_call(line) || returns_to_agent(line, model, fed))
    {
        adopt_call(model, fed);
    }
    let Some(line) = model.line.as_mut() else {
        return Vec::new();
    };
    let effects = apply_to_call(line, &model.agent.id, fed);
    if !line.is_live() {
        model.keypad = false;
    } else if matches!(fed.fact.what, FactKind::Incoming) {
        show_ribbon(model);
    }
    effects
}

/// Shows the ribbon for an inbound call, even if the page or the agent has hidden or folded it. It
/// does not take the keyboard focus: an Enter meant for a form would answer the call.
pub(super) fn show_ribbon(model: &mut Model) {
    model.hidden = false;
    model.unfolded |= std::mem::take(&mut model.minimized);
}

/// Applies an event to its call. Returns the effects that notify the page.
pub(super) fn apply_to_call(line: &mut RibbonCall, agent_id: &str, fed: &FeedEvent) -> Vec<Effect> {
    line.events.push(fed.json.clone());
    if line.phase() == Phase::Incoming && is_taken_elsewhere(agent_id, fed) {
        let fact = Fact::new_end(fed.fact.at, Outcome::Missed, ANSWERED_ELSEWHERE);
        line.call.apply(&fact);
        return notify_end(line, &fact);
    }
    if line.own.contains(&fed.event_id) {
        // This page observed it first, and was notified.
        line.call.apply(&fed.fact);
        return Vec::new();
    }
    if line.features.is_empty() {
        line.features.clone_from(&fed.features);
    }
    if line.customer.is_none() {
        line.customer.clone_from(&fed.customer);
    }
    let mut effects = control::end_if_asked(line);
    effects.extend(apply_fact(line, &fed.fact));
    effects
}

/// Returns whether the event shows that another agent has a call that rings here. If it does not
/// say who answered, it was not at this ribbon.
fn is_taken_elsewhere(agent_id: &str, fed: &FeedEvent) -> bool {
    let other = fed.agent_id.as_ref().map(|agent| agent != agent_id);
    match fed.fact.what {
        // It rings at a colleague's phone as well.
        FactKind::Incoming => false,
        FactKind::Connected => other.unwrap_or(true),
        FactKind::Ended(_) => other == Some(true) && fed.status == Status::Completed,
        _ => other == Some(true),
    }
}

/// Returns whether a call that ended here as answered elsewhere turns out to be this agent's.
fn returns_to_agent(line: &RibbonCall, model: &Model, fed: &FeedEvent) -> bool {
    line.call.reason() == Some(ANSWERED_ELSEWHERE)
        && fed.status == Status::Active
        && fed.agent_id.as_deref() == Some(model.agent.id.as_str())
}

/// Handles a fact that only this page has observed, before the server knows it.
#[inline(never)]
pub(super) fn handle_page_fact(
    model: &mut Model,
    event_id: String,
    call_sid: &str,
    fact: &Fact,
) -> Vec<Effect> {
    let mut lines = model.line.iter_mut().chain(&mut model.call_waiting);
    let Some(line) = lines.find(|line| line.call_sid == call_sid) else {
        return Vec::new();
    };
    line.own.push(event_id);
    let effects = apply_fact(line, fact);
    if model.live_call().is_none() {
        model.keypad = false;
    }
    effects
}

/// Applies a fact to its call. Returns the effects that notify the page.
fn apply_fact(line: &mut RibbonCall, fact: &Fact) -> Vec<Effect> {
    let (was_live, before) = (line.is_live(), line.phase());
    line.call.apply(fact);
    let more = match &fact.what {
        FactKind::Noted(_) => return Vec::new(),
        FactKind::Ended(_) => return notify_end(line, fact),
        FactKind::Muted(on) => EventDetails::Muted(*on),
        FactKind::Held(on) => EventDetails::OnHold(*on),
        FactKind::Digit(digit) => {
            line.digits.push(*digit);
            let mut effects = vec![emit_event(page_event(
                line,
                &fact.event_name(),
                fact.at,
                EventDetails::Digit(*digit),
            ))];
            effects.extend(control::digit_sent(line, *digit));
            return effects;
        }
        // A late fact does not reopen an ended call, and the page is not notified.
        _ if !was_live => return Vec::new(),
        // Already reported: a second phone rings, or the same answer is reported again.
        FactKind::Incoming if before != Phase::Dialing => return Vec::new(),
        FactKind::Connected if before == Phase::Connected => return Vec::new(),
        _ => EventDetails::None,
    };
    vec![emit_event(page_event(line, &fact.event_name(), fact.at, more))]
}

fn emit_event(event: PageEvent) -> Effect {
    Effect::Emit(event)
}

/// Returns whether the event is about the current call, or about a call that may become it.
fn is_about_current(model: &Model, fed: &FeedEvent) -> bool {
    match &model.line {
        Some(line) if !line.session_id.is_empty() => {
            line.session_id == fed.session_id || (!line.is_live() && can_open_call(model, fed))
        }
        // The call was requested and the server has not answered yet.
        Some(line) => line.key == fed.event_id || (!line.is_live() && can_open_call(model, fed)),
        None => can_open_call(model, fed),
    }
}

/// Returns whether the event can be the first one about a call. An inbound call is a colleague's if
/// another agent is named, or if it was answered and no agent is named.
pub(super) fn can_open_call(model: &Model, fed: &FeedEvent) -> bool {
    let came_in = fed.fact.direction == Some(Direction::Inbound);
    let mine = match &fed.agent_id {
        Some(agent) => *agent == model.agent.id,
        None => !matches!(fed.fact.what, FactKind::Connected),
    };
    fed.status == Status::Active
        && !matches!(fed.fact.what, FactKind::Noted(_))
        && (mine || !came_in)
}

/// Makes the event's call the current one.
fn adopt_call(model: &mut Model, fed: &FeedEvent) {
    let ours = |line: &&mut RibbonCall| line.key == fed.event_id && !line.key.is_empty();
    if let Some(line) = model.line.as_mut().filter(ours) {
        line.session_id.clone_from(&fed.session_id);
        line.call_sid.clone_from(&fed.call_sid);
        return;
    }
    model.trouble = None;
    model.keypad = false;
    let next = new_call(model, fed);
    call_waiting::make_current(model, next);
}

/// Creates the event's call, before any fact is applied. The customer that the page shows takes
/// precedence over the one that the server found by the number.
pub(super) fn new_call(model: &Model, fed: &FeedEvent) -> RibbonCall {
    let mut line = RibbonCall {
        session_id: fed.session_id.clone(),
        call_sid: fed.call_sid.clone(),
        phone: fed.fact.phone.clone().unwrap_or_default(),
        customer: fed.customer.clone(),
        features: fed.features.clone(),
        ..RibbonCall::default()
    };
    if let Some(shown) = &model.customer {
        line.recognize_customer(shown, fed.fact.direction == Some(Direction::Inbound));
    }
    line
}

/// Notifies the page of the end of the call, once: first how it ended (`missed`, `failed`), if it
/// was no ordinary end, then `callEnded`, on which integrations close their call windows.
pub(super) fn notify_end(line: &mut RibbonCall, fact: &Fact) -> Vec<Effect> {
    if line.told_end {
        return Vec::new();
    }
    line.told_end = true;
    let (event, at) = (fact.event_name(), fact.at);
    let more = EventDetails::End {
        status: line.call.status().as_str(),
        reason: line.call.reason().unwrap_or_default().to_owned(),
    };
    let mut effects = Vec::new();
    if event != EventName::CallEnded {
        effects.push(emit_event(page_event(line, &event, at, more.clone())));
    }
    effects.push(emit_event(page_event(line, &EventName::CallEnded, at, more)));
    effects
}
