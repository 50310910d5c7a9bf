//! The ribbon's update function: message and model in, new model and effects out.
//!
//! It uses no DOM, network or clock: times, keys and answers arrive with the messages, and
//! everything that reaches outside is returned as an [`Effect`].

mod agent;
mod call_waiting;
mod control;
mod feed_event;
mod last_word;
mod message;
mod page_event;
mod permission;
mod press;
mod recall;
mod replay;
#[cfg(test)]
mod tests;
mod wrap_up;

use super::customer::{Customer, same_number};
use super::hidden_number::split_handle;
use super::model::{Model, RibbonCall, RibbonError, Session};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Call, Direction, Fact, FactKind, Phase};
use call_ribbon_shared::phone::{Phone, PhoneError};
use page_event::page_event;

pub use feed_event::{ANSWERED_ELSEWHERE, FeedEvent};
pub use message::{ActionFailure, Effect, EventDetails, Msg, PageEvent, Press, Reply};
pub use permission::PermissionMsg;
pub use recall::{RecalledCall, RecalledState};
pub use replay::replay_event;
pub use wrap_up::WrapUpMsg;

/// Handles a message. Returns the effects to run, in order.
pub fn step(model: &mut Model, msg: Msg) -> Vec<Effect> {
    let heard = matches!(
        msg,
        Msg::FeedEvent(_) | Msg::Seen { .. } | Msg::Act { .. } | Msg::ActFailed { .. }
    );
    let mut effects = update(model, msg);
    let mut notes = wrap_up::open_after_call(model, heard);
    notes.append(&mut call_waiting::update_waiting(model));
    call_waiting::restore_aside(model);
    notes.append(&mut control::refuse_digits(model));
    let check = permission::follow_shown(model);
    press::update_main(model);
    if heard {
        // The page is notified last: its listeners may call the API.
        notes.append(&mut effects);
        effects = notes;
    } else {
        effects.append(&mut notes);
    }
    effects.append(&mut agent::change_if_idle(model));
    effects.extend(last_word::follow_customer(model));
    effects.extend(check);
    effects
}

fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::WrapUp(msg) => wrap_up::update_notes(model, msg),
        Msg::Permission(msg) => permission::update_permission(model, msg),
        Msg::SignIn => {
            model.session = Session::SigningIn;
            model.trouble = None;
            vec![Effect::SignIn { again: false }]
        }
        Msg::SignedIn { agent_id } => {
            model.agent.id = agent_id;
            let first = model.session != Session::Ready;
            model.session = Session::Ready;
            model.trouble = None;
            let mut effects = if first { vec![Effect::Ready] } else { Vec::new() };
            effects.extend(start_waiting_call(model));
            effects
        }
        Msg::SignInFailed { trouble, again } => sign_in_failed(model, trouble, again),
        Msg::FeedEvent(fed) => feed_event::handle_event(model, &fed),
        Msg::NameAgent { id, name } => agent::name_agent(model, id, name),
        Msg::Seen { event_id, call_sid, fact } => {
            feed_event::handle_page_fact(model, event_id, &call_sid, &fact)
        }
        Msg::Restore { agent_id, history, position } => {
            recall::restore_call(model, agent_id, &history, position)
        }
        Msg::Recall(recalled) => {
            recall::recall_state(model, *recalled);
            Vec::new()
        }
        Msg::SetCustomer { customer, key, now } => set_customer(model, customer, key, now),
        Msg::Call { to, key, now, reply } => start_call(model, to, key, now, reply),
        Msg::Started { key, session_id, call_sid } => {
            call_started(model, &key, session_id, call_sid)
        }
        Msg::StartFailed { key, trouble } => start_failed(model, &key, &trouble),
        Msg::Press(press) => press::handle_press(model, press),
        Msg::Act { action, reply } => control::act_on_current(model, action, reply),
        Msg::ActOnWaiting(action) => call_waiting::act_on_waiting(model, action),
        Msg::ActFailed { session_id, action, trouble, why, now } => {
            control::act_failed(model, &session_id, action, trouble, why, now)
        }
        Msg::EndedInOtherTab { session_id, at } => {
            control::end_without_server(model, &session_id, at)
        }
        Msg::Minimize(minimized) => {
            model.minimized = minimized;
            model.unfolded = false;
            if minimized {
                model.keypad = false;
            }
            Vec::new()
        }
        Msg::Keypad(open) => open_keypad(model, open),
        Msg::Digits(digits) => control::send_digits(model, &digits),
        Msg::CallCustomer { customer, key, now } => {
            let to = Some(customer.phone.clone());
            start_call_to(model, to, Some(customer), key, now, None)
        }
        Msg::Dismiss if model.has_open_notes() => {
            model.trouble = None;
            Vec::new()
        }
        Msg::Dismiss => wrap_up::leave_notes(model),
        msg => {
            set_value(model, msg);
            Vec::new()
        }
    }
}

/// Handles a message that only changes a value of the model.
fn set_value(model: &mut Model, msg: Msg) {
    match msg {
        Msg::FeedUp => model.feed_down = false,
        Msg::FeedDown => model.feed_down = true,
        Msg::Settled => model.settling = false,
        Msg::OwnsStream(owns) => model.owns_stream = owns,
        Msg::Unsent(calls) => model.unsent = calls,
        Msg::SetPosition(position) => model.position = position,
        Msg::SetVisible(visible) => model.hidden = !visible,
        Msg::LastWord(word) => last_word::show_last_word(model, *word),
        Msg::Counts { due, missed } => (model.due, model.missed) = (due, missed),
        Msg::Plan { calls_left, customer_search, call_rules } => {
            (model.calls_left, model.customer_search) = (calls_left, customer_search);
            if model.call_rules && !call_rules {
                permission::forget(model);
            }
            model.call_rules = call_rules;
        }
        Msg::MayAsk(may) => model.may_ask = may,
        Msg::SetLanguage(words) => model.words = words,
        _ => {}
    }
}

/// Opens or closes the keypad. It opens only while a call is connected.
#[inline(never)]
fn open_keypad(model: &mut Model, open: bool) -> Vec<Effect> {
    let was_open = model.keypad;
    model.keypad = open && model.live_call().is_some_and(|line| line.phase() == Phase::Connected);
    let focus = if model.keypad { ".keypad" } else { "[data-act=\"keypad\"]" };
    let changes = was_open != model.keypad;
    changes.then_some(Effect::Focus(focus)).into_iter().collect()
}

#[inline(never)]
fn sign_in_failed(model: &mut Model, trouble: RibbonError, again: bool) -> Vec<Effect> {
    // One report per outage or refusal: the sign-in is tried again and again.
    let known = matches!(
        &model.session,
        Session::Away(old) | Session::Refused(old) if old.code == trouble.code
    );
    let mut effects = Vec::new();
    if !known {
        effects.push(Effect::Report(trouble.clone()));
    }
    if again {
        model.session = Session::Away(trouble);
        effects.push(Effect::SignIn { again: true });
    } else {
        model.session = Session::Refused(trouble);
    }
    effects.extend(start_waiting_call(model));
    effects
}

/// Makes, or refuses, the calls that were requested while signing in. A customer to be called
/// immediately becomes the next one if a call turns out to be in progress: the page was reloaded
/// during it and repeats what it requested before.
fn start_waiting_call(model: &mut Model) -> Vec<Effect> {
    let mut waiting = std::mem::take(&mut model.waiting);
    if model.live_call().is_some() {
        waiting.retain(|msg| !matches!(msg, Msg::Call { reply: None, .. }));
    }
    waiting.into_iter().flat_map(|msg| step(model, msg)).collect()
}

fn set_customer(model: &mut Model, customer: Customer, key: String, now: Millis) -> Vec<Effect> {
    let at_once = customer.auto_call || model.auto_call;
    for line in model.line.iter_mut().chain(&mut model.call_waiting) {
        if line.is_live() {
            // The page looks up the caller.
            let instead = line.is_inbound() && line.is_with(&customer);
            line.recognize_customer(&customer, instead);
        }
    }
    let mut effects =
        agent::name_agent(model, customer.agent_id.clone(), customer.agent_name.clone());
    model.customer = Some(customer);
    if model.live_call().is_some() {
        // This is the next customer; the call in progress keeps its own.
        return effects;
    }
    model.trouble = None;
    if at_once {
        effects.extend(start_call(model, None, key, now, None));
        return effects;
    }
    if !model.has_open_notes() {
        (model.line, model.aside) = (None, None);
    }
    effects
}

/// Leaves the last call and its error, and turns to the customer that the page set.
fn leave_call(model: &mut Model) {
    model.trouble = None;
    if model.live_call().is_none() {
        model.line = model.aside.take_if(|line| line.is_missed());
    }
}

/// Sets the number that could not be called for display, unless it is the customer's.
#[inline(never)]
fn show_tried(model: &mut Model, number: &str) {
    let own = model.customer.as_ref().is_some_and(|own| same_number(&own.phone, number));
    model.tried = if own { String::new() } else { number.to_owned() };
}

/// Refuses a message. The agent sees why, unless it is a mistake of the page's program.
#[inline(never)]
fn refuse_msg(model: &mut Model, trouble: RibbonError, reply: Option<Reply>) -> Vec<Effect> {
    if reply.is_none() || trouble.code == "invalid_phone_number" {
        model.trouble = Some(trouble.clone());
    }
    report_refusal(trouble, reply)
}

#[inline(never)]
fn report_refusal(trouble: RibbonError, reply: Option<Reply>) -> Vec<Effect> {
    let mut effects = vec![Effect::Report(trouble.clone())];
    effects.extend(reply.map(|reply| Effect::Reject(reply, trouble)));
    effects
}

fn start_call(
    model: &mut Model,
    to: Option<String>,
    key: String,
    now: Millis,
    reply: Option<Reply>,
) -> Vec<Effect> {
    start_call_to(model, to, None, key, now, reply)
}

/// Starts a call to a number, which is this customer's if one is given.
fn start_call_to(
    model: &mut Model,
    to: Option<String>,
    customer: Option<Customer>,
    key: String,
    now: Millis,
    reply: Option<Reply>,
) -> Vec<Effect> {
    if let Session::Refused(trouble) | Session::Away(trouble) = &model.session {
        return report_refusal(trouble.clone(), reply);
    }
    if model.session == Session::SigningIn {
        // Not before the sign-in is complete: the stream must begin before the call does.
        model.waiting.push(Msg::Call { to, key, now, reply });
        return Vec::new();
    }
    if model.session == Session::Out {
        let trouble =
            RibbonError::new("not_initialised", "makeCall: call init with an apiKey first.");
        return refuse_msg(model, trouble, reply);
    }
    if model.live_call().is_some() {
        let trouble = RibbonError::new(
            "call_in_progress",
            "makeCall: a call is in progress; hang up before you start another.",
        );
        return report_refusal(trouble, reply);
    }
    let own = || model.customer.as_ref().map(|c| c.phone.clone()).unwrap_or_default();
    let number = to.unwrap_or_else(own);
    if number.is_empty() {
        let missing = if model.customer.is_some() {
            "makeCall: the customer has no phoneNumber; give makeCall a number, or setCustomer one."
        } else {
            "makeCall: phoneNumber is missing; give a number or call setCustomer before."
        };
        let trouble = RibbonError::new("invalid_argument", missing);
        return report_refusal(trouble, reply);
    }
    let dialed = match read_number(&number) {
        Ok(dialed) => dialed,
        Err(why) => {
            let text = format!("makeCall: phoneNumber is not a number to dial: {why}.");
            show_tried(model, &number);
            return refuse_msg(model, RibbonError::new("invalid_phone_number", text), reply);
        }
    };
    // A bare number is a call to that number. It is a call to a customer if it is the number of the
    // customer that is shown, or of the last call.
    let last = model.line.as_ref().and_then(|line| line.customer.as_ref());
    let mut known = model.customer.iter().chain(last);
    let customer =
        customer.or_else(|| known.find(|customer| same_number(&customer.phone, &number)).cloned());
    let mut state = Call::default();
    state.apply(&Fact {
        direction: Some(Direction::Outbound),
        ..Fact::new(FactKind::Initiated, now)
    });
    model.trouble = None;
    model.keypad = false;
    // A tel: link is written for programs.
    let (to, extension) = dialed;
    let shown = match extension {
        _ if !number.contains(['%', ';']) => number,
        Some(extension) => [&to, " x", &extension].concat(),
        None => to.clone(),
    };
    model.line = Some(RibbonCall {
        key: key.clone(),
        phone: shown,
        customer: customer.clone(),
        call: state,
        ..RibbonCall::default()
    });
    vec![Effect::Start { key, to, customer, reply, reason: None }]
}

/// Returns the number to dial, or its handle, and the extension written with it.
fn read_number(number: &str) -> Result<(String, Option<String>), PhoneError> {
    if let Some(handle) = split_handle(number).1 {
        return Ok((handle.to_owned(), None));
    }
    let Phone { number, extension } = Phone::parse(number)?;
    Ok((number.as_str().to_owned(), extension))
}

fn call_started(model: &mut Model, key: &str, session_id: String, call_sid: String) -> Vec<Effect> {
    let Some(line) = model.line.as_mut().filter(|line| line.key == key) else {
        return Vec::new();
    };
    line.session_id = session_id;
    line.call_sid = call_sid;
    if let Some((left, _)) = &mut model.calls_left {
        *left = (*left - 1).max(0);
    }
    control::end_if_asked(line)
}

#[inline(never)]
fn start_failed(model: &mut Model, key: &str, trouble: &RibbonError) -> Vec<Effect> {
    let mut effects = vec![Effect::Report(trouble.clone())];
    if let Some(line) = model.line.take_if(|line| line.key == key) {
        // Nothing was dialed, so there is no call to show; the error is shown.
        show_tried(model, &line.phone);
        model.trouble = Some(trouble.clone());
        if let Some(decision) = &trouble.decision {
            effects.extend(permission::refuse_call(model, &line, &trouble.message, decision));
        }
    }
    effects
}
