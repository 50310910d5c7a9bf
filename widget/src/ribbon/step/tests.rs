//! Tests sequences of messages, and what the page and the server receive.

use super::{Effect, EventDetails, FeedEvent, Msg, Press, WrapUpMsg, step};
use crate::ribbon::customer::Customer;
use crate::ribbon::model::{Look, Model, RibbonError, Session};
use crate::ribbon::words;
use call_ribbon_shared::call::{Action, CallEnd, Direction, Fact, FactKind, Outcome, Status};
use std::rc::Rc;
use wasm_bindgen::JsValue;

mod agent;
mod call_waiting;
mod companion;
mod extension;
mod groups;
mod last_word;
mod outbox;
mod page_facts;
mod permission;
mod press;
mod reload;
mod replay;
mod shown_party;
mod tabs;

const NUMBER: &str = "+919876543210";

fn new_customer(name: &str, phone: &str) -> Customer {
    Customer {
        name: name.to_owned(),
        id: String::new(),
        phone: phone.to_owned(),
        call_type: String::new(),
        brief: String::new(),
        auto_call: false,
        agent_id: None,
        agent_name: None,
        data: Rc::new(JsValue::UNDEFINED),
        json: format!("{{\"name\":\"{name}\"}}"),
    }
}

fn ready_model() -> Model {
    let mut model = Model::default();
    step(&mut model, Msg::SignIn);
    step(&mut model, Msg::SignedIn { agent_id: "me".to_owned() });
    model
}

fn show_customer(model: &mut Model, customer: Customer) -> Vec<Effect> {
    step(model, Msg::SetCustomer { customer, key: "k".to_owned(), now: 0 })
}

fn make_call(model: &mut Model, to: Option<&str>) -> Vec<Effect> {
    step(
        model,
        Msg::Call { to: to.map(str::to_owned), key: "k1".to_owned(), now: 0, reply: Some(7) },
    )
}

fn feed_msg(seq: i64, what: FactKind, status: Status) -> Msg {
    Msg::FeedEvent(Box::new(feed_event_of(seq, what, status)))
}

fn feed_event_of(seq: i64, what: FactKind, status: Status) -> FeedEvent {
    FeedEvent {
        seq,
        event_id: if seq == 1 { "k1".to_owned() } else { format!("e{seq}") },
        session_id: "s1".to_owned(),
        call_sid: "c1".to_owned(),
        fact: Fact {
            phone: Some(NUMBER.to_owned()),
            direction: Some(Direction::Outbound),
            ..Fact::new(what, seq * 1_000)
        },
        status,
        agent_id: Some("me".to_owned()),
        features: vec!["mute".to_owned(), "hold".to_owned(), "dtmf".to_owned()],
        customer: None,
        json: format!("{{\"seq\":{seq}}}"),
    }
}

fn end_of(outcome: Outcome, reason: &str) -> FactKind {
    FactKind::Ended(CallEnd {
        outcome: Some(outcome),
        reason: Some(reason.to_owned()),
        ..CallEnd::default()
    })
}

/// Returns the names of the events that the page receives.
fn event_names(effects: &[Effect]) -> Vec<&'static str> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Emit(event) => Some(event.name),
            _ => None,
        })
        .collect()
}

/// Returns a ribbon with a connected call.
fn talking_model() -> Model {
    let mut model = ready_model();
    show_customer(&mut model, new_customer("Asha", NUMBER));
    make_call(&mut model, None);
    step(&mut model, feed_msg(1, FactKind::Initiated, Status::Active));
    step(&mut model, feed_msg(2, FactKind::Connected, Status::Active));
    model
}

fn error_codes(effects: &[Effect]) -> Vec<&str> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Report(trouble) => Some(trouble.code.as_str()),
            _ => None,
        })
        .collect()
}

#[test]
fn a_call_is_told_to_the_page_in_order() {
    let mut model = ready_model();
    show_customer(&mut model, new_customer("Asha", NUMBER));
    let effects = make_call(&mut model, None);
    assert!(
        matches!(&effects[..], [Effect::Start { to, customer: Some(_), reply: Some(7), .. }] if to == NUMBER)
    );
    assert_eq!(model.bar_look(), Look::Dialing);
    let mut names = Vec::new();
    for msg in [
        feed_msg(1, FactKind::Initiated, Status::Active),
        Msg::Started {
            key: "k1".to_owned(),
            session_id: "s1".to_owned(),
            call_sid: "c1".to_owned(),
        },
        feed_msg(2, FactKind::Ringing, Status::Active),
        feed_msg(3, FactKind::Connected, Status::Active),
        feed_msg(4, FactKind::Muted(true), Status::Active),
        feed_msg(5, FactKind::Digit('5'), Status::Active),
        feed_msg(6, end_of(Outcome::Completed, "hangup"), Status::Completed),
    ] {
        names.extend(event_names(&step(&mut model, msg)));
    }
    assert_eq!(names, ["dialing", "ringing", "connected", "mutetoggle", "dtmf", "callEnded"]);
    let line = model.line.as_ref().unwrap();
    assert_eq!((line.call.duration(), line.digits.as_str()), (Some(3), "5"));
    assert_eq!(model.bar_look(), Look::Ended);
}

#[test]
fn the_answer_may_come_before_the_first_event() {
    let mut model = ready_model();
    make_call(&mut model, Some(NUMBER));
    step(
        &mut model,
        Msg::Started {
            key: "k1".to_owned(),
            session_id: "s1".to_owned(),
            call_sid: "c1".to_owned(),
        },
    );
    assert_eq!(
        event_names(&step(&mut model, feed_msg(1, FactKind::Initiated, Status::Active))),
        ["dialing"]
    );
}

#[test]
fn what_the_stream_repeats_is_not_told_again() {
    let mut model = talking_model();
    assert!(step(&mut model, feed_msg(2, FactKind::Connected, Status::Active)).is_empty());
    step(&mut model, feed_msg(3, end_of(Outcome::Completed, ""), Status::Completed));
    assert!(
        event_names(&step(
            &mut model,
            feed_msg(4, end_of(Outcome::Completed, ""), Status::Completed)
        ))
        .is_empty()
    );
    assert!(
        event_names(&step(&mut model, feed_msg(5, FactKind::Connected, Status::Completed)))
            .is_empty()
    );
}

#[test]
fn a_busy_number_is_told_as_failed_and_ended() {
    let mut model = ready_model();
    make_call(&mut model, Some(NUMBER));
    step(&mut model, feed_msg(1, FactKind::Initiated, Status::Active));
    let effects = step(&mut model, feed_msg(2, end_of(Outcome::Busy, "busy"), Status::Busy));
    assert_eq!(event_names(&effects), ["failed", "callEnded"]);
    let Some(Effect::Emit(event)) = effects.last() else { panic!("no event") };
    assert_eq!(event.more, EventDetails::End { status: "busy", reason: "busy".to_owned() });
    assert_eq!(model.bar_look(), Look::Failed);
}

#[test]
fn a_customer_set_during_a_call_is_the_next_one() {
    let mut model = talking_model();
    let effects = show_customer(
        &mut model,
        Customer { auto_call: true, ..new_customer("Ravi", "+911234567890") },
    );
    assert!(effects.is_empty());
    assert_eq!(model.shown_customer().unwrap().name, "Asha");
    let effects = step(&mut model, feed_msg(3, end_of(Outcome::Completed, ""), Status::Completed));
    let Some(Effect::Emit(event)) = effects.last() else { panic!("no event") };
    assert_eq!(event.customer.as_ref().unwrap().name, "Asha");
    // The bar shows Asha until the notes on her call are left.
    assert_eq!(model.shown_customer().unwrap().name, "Asha");
    step(&mut model, Msg::WrapUp(WrapUpMsg::Done));
    assert_eq!(model.shown_customer().unwrap().name, "Ravi");
}

#[test]
fn hang_up_before_the_server_has_answered_is_kept() {
    let mut model = ready_model();
    make_call(&mut model, Some(NUMBER));
    assert!(step(&mut model, Msg::Act { action: Action::HangUp, reply: None }).is_empty());
    let effects = step(
        &mut model,
        Msg::Started {
            key: "k1".to_owned(),
            session_id: "s1".to_owned(),
            call_sid: "c1".to_owned(),
        },
    );
    assert!(
        matches!(&effects[..], [Effect::Act { session_id, action: Action::HangUp, .. }] if session_id == "s1")
    );
}

#[test]
fn an_incoming_call_shows_itself() {
    let mut model = ready_model();
    step(&mut model, Msg::SetVisible(false));
    step(&mut model, Msg::Minimize(true));
    let incoming = feed_event_of(9, FactKind::Incoming, Status::Active);
    let fact = Fact { direction: Some(Direction::Inbound), ..incoming.fact.clone() };
    let effects = step(&mut model, Msg::FeedEvent(Box::new(FeedEvent { fact, ..incoming })));
    assert_eq!(event_names(&effects), ["incoming"]);
    assert_eq!((model.hidden, model.minimized, model.bar_look()), (false, false, Look::Incoming));
    let answer = step(&mut model, Msg::Act { action: Action::Answer, reply: None });
    assert!(matches!(&answer[..], [Effect::Act { action: Action::Answer, .. }]));
}

#[test]
fn a_second_call_is_refused_while_one_runs() {
    let mut model = talking_model();
    let effects = make_call(&mut model, Some(NUMBER));
    assert_eq!(error_codes(&effects), ["call_in_progress"]);
    assert!(matches!(effects.last(), Some(Effect::Reject(7, _))));
    assert_eq!(model.bar_look(), Look::Connected);
}

#[test]
fn what_cannot_be_dialed_is_refused_in_words() {
    let mut model = ready_model();
    assert_eq!(error_codes(&make_call(&mut model, None)), ["invalid_argument"]);
    assert_eq!(error_codes(&make_call(&mut model, Some("98x65"))), ["invalid_phone_number"]);
    assert_eq!(model.bar_look(), Look::Failed);
    step(&mut model, Msg::Dismiss);
    assert_eq!(model.bar_look(), Look::Idle);
}

#[test]
fn a_failed_start_leaves_no_call_behind() {
    let mut model = ready_model();
    make_call(&mut model, Some(NUMBER));
    let trouble = RibbonError::new("monthly_limit_exceeded", "The plan's calls are used up.");
    let effects = step(&mut model, Msg::StartFailed { key: "k1".to_owned(), trouble });
    assert_eq!(
        (error_codes(&effects), event_names(&effects).len()),
        (vec!["monthly_limit_exceeded"], 0)
    );
    assert!(model.line.is_none());
}

#[test]
fn an_outage_is_reported_once_and_tried_again() {
    let mut model = Model::default();
    step(&mut model, Msg::SignIn);
    let away = || Msg::SignInFailed {
        trouble: RibbonError::new("server_unreachable", "…"),
        again: true,
    };
    assert_eq!(error_codes(&step(&mut model, away())), ["server_unreachable"]);
    let again = step(&mut model, away());
    assert!(matches!(&again[..], [Effect::SignIn { again: true }]));
    assert!(matches!(
        &step(&mut model, Msg::SignedIn { agent_id: "me".to_owned() })[..],
        [Effect::Ready]
    ));
    assert_eq!(model.session, Session::Ready);
}

#[test]
fn a_number_of_the_shown_customer_is_a_call_to_that_customer() {
    let mut model = ready_model();
    show_customer(&mut model, new_customer("Asha", "+91 98765-43210"));
    let effects = make_call(&mut model, Some("+919876543210"));
    assert!(matches!(&effects[..], [Effect::Start { customer: Some(_), .. }]));
    let mut other = ready_model();
    show_customer(&mut other, new_customer("Asha", "+91 98765-43210"));
    let effects = make_call(&mut other, Some("+911112223334"));
    assert!(matches!(&effects[..], [Effect::Start { customer: None, .. }]));
}

#[test]
fn after_a_reload_the_call_is_there_and_the_page_is_not_told_again() {
    let mut model = ready_model();
    let history = vec![
        feed_event_of(1, FactKind::Initiated, Status::Active),
        feed_event_of(2, FactKind::Connected, Status::Active),
    ];
    assert!(
        step(&mut model, Msg::Restore { agent_id: "me".to_owned(), history, position: 2 })
            .is_empty()
    );
    assert_eq!(model.bar_look(), Look::Connected);
    let end = step(&mut model, feed_msg(3, end_of(Outcome::Completed, ""), Status::Completed));
    assert_eq!(event_names(&end), ["callEnded"]);
}

#[test]
fn a_call_that_a_colleague_took_stops_ringing() {
    let mut model = ready_model();
    let incoming =
        FeedEvent { agent_id: None, ..feed_event_of(1, FactKind::Incoming, Status::Active) };
    step(&mut model, Msg::FeedEvent(Box::new(incoming)));
    assert_eq!(model.bar_look(), Look::Incoming);
    let other = Some("colleague".to_owned());
    let taken =
        FeedEvent { agent_id: other, ..feed_event_of(2, FactKind::Connected, Status::Active) };
    let effects = step(&mut model, Msg::FeedEvent(Box::new(taken)));
    assert_eq!(event_names(&effects), ["missed", "callEnded"]);
    assert!(model.live_call().is_none());
}

#[test]
fn a_call_asked_for_while_signing_in_is_made_afterwards() {
    let mut model = Model::default();
    step(&mut model, Msg::SignIn);
    assert!(make_call(&mut model, Some(NUMBER)).is_empty());
    let effects = step(&mut model, Msg::SignedIn { agent_id: "me".to_owned() });
    assert!(matches!(&effects[..], [Effect::Ready, Effect::Start { .. }]));

    let mut refused = Model::default();
    step(&mut refused, Msg::SignIn);
    make_call(&mut refused, Some(NUMBER));
    let trouble = RibbonError::new("invalid_api_key", "This API key is not valid.");
    let effects = step(&mut refused, Msg::SignInFailed { trouble, again: false });
    assert!(
        matches!(effects.last(), Some(Effect::Reject(7, trouble)) if trouble.code == "invalid_api_key")
    );
}

#[test]
fn a_later_sign_in_leaves_what_was_missed_to_the_stream() {
    let mut model = ready_model();
    step(&mut model, Msg::Restore { agent_id: "me".to_owned(), history: Vec::new(), position: 0 });
    make_call(&mut model, Some(NUMBER));
    step(&mut model, feed_msg(1, FactKind::Initiated, Status::Active));
    let history = vec![
        feed_event_of(1, FactKind::Initiated, Status::Active),
        feed_event_of(2, FactKind::Connected, Status::Active),
    ];
    step(&mut model, Msg::Restore { agent_id: "me".to_owned(), history, position: 2 });
    assert_eq!(
        event_names(&step(&mut model, feed_msg(2, FactKind::Connected, Status::Active))),
        ["connected"]
    );
}
