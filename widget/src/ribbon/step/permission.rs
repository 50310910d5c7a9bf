//! Whether the customer that is shown may be called: asked before the agent presses Call. The server
//! decides once more about each call, so a missing answer stops nothing.

use super::{Effect, EventDetails, PageEvent, Reply, page_event, read_number, report_refusal};
use super::{refuse_msg, start_call_to};
use crate::ribbon::customer::Customer;
use crate::ribbon::model::{Model, RibbonCall, RibbonError, Session};
use crate::ribbon::permission::{Judgment, Permission};
use call_ribbon_shared::Millis;
use call_ribbon_shared::event::EventName;

/// The code of the error of a call that is not permitted.
pub const NOT_PERMITTED: &str = "call_not_permitted";

/// A message about permission to call.
#[derive(Debug, Clone)]
pub enum PermissionMsg {
    /// Ask again: the answer may have changed.
    Again,
    /// The answer to a question; `None` if there is none.
    Judged { asked: u32, judgment: Option<Box<Judgment>> },
    /// The page asks about a number, or a customer; about the one that is shown if neither is given.
    CanCall { to: Option<String>, customer: Option<Customer>, reply: Reply },
    /// The agent has said why to call all the same.
    Override { reason: String, key: String, now: Millis },
}

/// Asks about another customer that is shown, and again after a call.
pub(super) fn follow_shown(model: &mut Model) -> Option<Effect> {
    if model.call_rules { ask_about_shown(model) } else { None }
}

#[inline(never)]
fn ask_about_shown(model: &mut Model) -> Option<Effect> {
    if model.session != Session::Ready {
        forget(model);
        return None;
    }
    let (to, customer) = who_is_next(model);
    let dialed = read_number(&to).ok();
    let subject = dialed.as_ref().map_or_else(String::new, |_| {
        let json = customer.as_ref().map_or("", |customer| &customer.json);
        [&to, "\n", json, "\n", model.words.tag].concat()
    });
    if model.live_call().is_some() {
        if model.permission.subject != subject {
            forget(model);
        }
        model.permission.in_call = true;
        return None;
    }
    let permission = &mut model.permission;
    if !std::mem::take(&mut permission.in_call) && permission.subject == subject {
        return None;
    }
    let asked = permission.asked.wrapping_add(1);
    model.permission =
        Permission { asked, subject, to, customer: customer.clone(), ..Permission::default() };
    let to = dialed?.0;
    Some(Effect::Check { asked, to, customer, reply: None })
}

/// Returns whom the agent would call now: the next customer while the notes on a call are open.
fn who_is_next(model: &Model) -> (String, Option<Customer>) {
    let of = |customer: &Customer| (customer.phone.clone(), Some(customer.clone()));
    let next = model.next_customer().filter(|_| model.has_open_notes());
    match (next, model.failed_number(), &model.line) {
        (Some(next), ..) => of(next),
        (_, Some(tried), _) => (tried.to_owned(), None),
        (.., Some(line)) => (line.phone.clone(), line.customer.clone()),
        _ => model.customer.as_ref().map(of).unwrap_or_default(),
    }
}

/// Forgets what was answered; a running question counts no more.
pub(super) fn forget(model: &mut Model) {
    let asked = model.permission.asked.wrapping_add(1);
    model.permission = Permission { asked, ..Permission::default() };
}

#[inline(never)]
pub(super) fn update_permission(model: &mut Model, msg: PermissionMsg) -> Vec<Effect> {
    match msg {
        PermissionMsg::Again => ask_again(model).into_iter().collect(),
        PermissionMsg::Judged { asked, judgment } => {
            take_answer(model, asked, judgment);
            Vec::new()
        }
        PermissionMsg::CanCall { to, customer, reply } => can_call(model, to, customer, reply),
        PermissionMsg::Override { reason, key, now } => call_all_the_same(model, &reason, key, now),
    }
}

/// Asks once more about the same customer. The old answer counts until the new one is there.
fn ask_again(model: &mut Model) -> Option<Effect> {
    let idle = model.session == Session::Ready && model.live_call().is_none();
    let permission = &mut model.permission;
    let to = read_number(&permission.to).ok().filter(|_| idle && !permission.subject.is_empty())?.0;
    permission.asked = permission.asked.wrapping_add(1);
    let customer = permission.customer.clone();
    Some(Effect::Check { asked: permission.asked, to, customer, reply: None })
}

fn take_answer(model: &mut Model, asked: u32, judgment: Option<Box<Judgment>>) {
    if model.permission.asked != asked {
        return;
    }
    let refused = |trouble: &&mut RibbonError| trouble.code == NOT_PERMITTED;
    match (&judgment, model.trouble.as_mut().filter(refused)) {
        (Some(judgment), Some(_)) if judgment.allowed => model.trouble = None,
        // The agent reads it in the agent's language.
        (Some(judgment), Some(trouble)) => trouble.message.clone_from(&judgment.said),
        _ => {}
    }
    model.permission.judgment = judgment;
}

fn can_call(
    model: &mut Model,
    to: Option<String>,
    customer: Option<Customer>,
    reply: Reply,
) -> Vec<Effect> {
    if let Session::Refused(trouble) | Session::Away(trouble) = &model.session {
        return report_refusal(trouble.clone(), Some(reply));
    }
    if model.session != Session::Ready {
        let msg = PermissionMsg::CanCall { to, customer, reply };
        model.waiting.push(super::Msg::Permission(msg));
        return Vec::new();
    }
    let (number, customer) = match (to, customer) {
        (Some(number), customer) => (number, customer),
        (None, Some(customer)) => (customer.phone.clone(), Some(customer)),
        (None, None) => {
            let shown = model.shown_customer().or(model.customer.as_ref()).cloned();
            (shown.as_ref().map(|shown| shown.phone.clone()).unwrap_or_default(), shown)
        }
    };
    let code = if number.is_empty() { "invalid_argument" } else { "invalid_phone_number" };
    match read_number(&number) {
        Ok((to, _)) => vec![Effect::Check { asked: 0, to, customer, reply: Some(reply) }],
        Err(_) if number.is_empty() => {
            let missing = "canCall: phoneNumber is missing; give a number or a customer, or call setCustomer before.";
            report_refusal(RibbonError::new(code, missing), Some(reply))
        }
        Err(why) => {
            let text = format!("canCall: phoneNumber is not a number to dial: {why}.");
            report_refusal(RibbonError::new(code, text), Some(reply))
        }
    }
}

/// Calls although a rule objects, with the agent's reason.
fn call_all_the_same(model: &mut Model, reason: &str, key: String, now: Millis) -> Vec<Effect> {
    if !model.permission.asks_reason() {
        let trouble = RibbonError::new("no_call", "There is nobody to call with a reason.");
        return refuse_msg(model, trouble, None);
    }
    let (to, customer) = (model.permission.to.clone(), model.permission.customer.clone());
    let mut effects = start_call_to(model, Some(to), customer, key, now, None);
    for effect in &mut effects {
        if let Effect::Start { reason: given, .. } = effect {
            *given = Some(reason.to_owned());
        }
    }
    effects
}

/// Handles a call that the server did not permit: shows why, and tells the page.
#[inline(never)]
pub(super) fn refuse_call(
    model: &mut Model,
    line: &RibbonCall,
    said: &str,
    decision: &str,
) -> Vec<Effect> {
    let event = PageEvent {
        name: "notPermitted",
        ..page_event(
            line,
            &EventName::Failed,
            line.call.started_at().unwrap_or_default(),
            EventDetails::NotPermitted(decision.to_owned()),
        )
    };
    model.call_rules = true;
    // What was asked before the call is answered by now.
    ask_about_shown(model);
    model.permission.customer = line.customer.clone().or(model.permission.customer.take());
    model.permission.judgment = Some(Box::new(Judgment {
        said: said.to_owned(),
        decision: decision.to_owned(),
        ..Judgment::default()
    }));
    let asked = model.permission.asked;
    vec![
        Effect::Emit(event),
        Effect::Explain { asked, said: said.to_owned(), decision: decision.to_owned() },
    ]
}
