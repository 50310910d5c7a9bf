//! Tests that name, number and state on the bar always belong to one call, or to one customer.

use super::*;
use crate::ribbon::words;

/// Returns the bar's texts: name, number, state, and who is next.
fn bar_texts(model: &Model) -> (String, String, &'static str, String) {
    let name = model.shown_customer().map_or("", |customer| customer.name.as_str());
    let next = model.next_customer().map_or("", |next| next.title());
    (name.to_owned(), model.shown_phone().to_owned(), words::state_key(model), next.to_owned())
}

fn assert_bar(
    name: &str,
    phone: &str,
    state: &'static str,
    next: &str,
) -> (String, String, &'static str, String) {
    (name.to_owned(), phone.to_owned(), state, next.to_owned())
}

const STRANGER: &str = "+911112223334";
const RAVI: &str = "+911234567890";

fn ring_msg(seq: i64, phone: &str, known: Option<Customer>) -> Msg {
    let rings = feed_event_of(seq, FactKind::Incoming, Status::Active);
    let (direction, phone) = (Some(Direction::Inbound), Some(phone.to_owned()));
    Msg::FeedEvent(Box::new(FeedEvent {
        fact: Fact { direction, phone, ..rings.fact.clone() },
        event_id: format!("in{seq}"),
        session_id: "in".to_owned(),
        customer: known,
        ..rings
    }))
}

fn end_msg(seq: i64, outcome: Outcome, status: Status, reason: &str) -> Msg {
    let ended = feed_event_of(seq, end_of(outcome, reason), status);
    Msg::FeedEvent(Box::new(FeedEvent { session_id: "in".to_owned(), ..ended }))
}

fn with_id(id: &str, customer: Customer) -> Customer {
    let json = format!("{{\"customerId\":\"{id}\"}}");
    Customer { id: id.to_owned(), json, ..customer }
}

#[test]
fn a_call_keeps_its_name_until_its_notes_are_left() {
    let mut model = talking_model();
    show_customer(&mut model, new_customer("Ravi", RAVI));
    assert_eq!(bar_texts(&model), assert_bar("Asha", NUMBER, "state.connected", "Ravi"));
    step(&mut model, feed_msg(3, end_of(Outcome::Completed, "hangup"), Status::Completed));
    assert_eq!(bar_texts(&model), assert_bar("Asha", NUMBER, "state.ended", "Ravi"));
    assert!(words::advice_line(&model).contains("Next: Ravi"));
    // A page that sets another customer meanwhile, and then the first one again.
    show_customer(&mut model, new_customer("Meera", STRANGER));
    assert_eq!(bar_texts(&model), assert_bar("Asha", NUMBER, "state.ended", "Meera"));
    show_customer(&mut model, new_customer("Asha", NUMBER));
    assert_eq!(bar_texts(&model), assert_bar("Asha", NUMBER, "state.ended", ""));
    show_customer(&mut model, new_customer("Ravi", RAVI));
    step(&mut model, Msg::WrapUp(WrapUpMsg::Done));
    assert_eq!(bar_texts(&model), assert_bar("Ravi", RAVI, "state.idle.customer", "Ravi"));
}

#[test]
fn a_stranger_s_call_is_the_stranger_s_until_it_is_left() {
    for (outcome, reason, state) in [
        (Outcome::Missed, "declined", "state.declined"),
        (Outcome::Missed, "", "state.missed"),
        (Outcome::Missed, super::super::ANSWERED_ELSEWHERE, "state.elsewhere"),
    ] {
        let mut model = ready_model();
        show_customer(&mut model, new_customer("Asha", NUMBER));
        step(&mut model, ring_msg(1, STRANGER, None));
        assert_eq!(bar_texts(&model), assert_bar("", STRANGER, "state.incoming", "Asha"));
        step(&mut model, end_msg(2, outcome, Status::Missed, reason));
        assert_eq!(bar_texts(&model), assert_bar("", STRANGER, state, "Asha"));
        step(&mut model, Msg::Dismiss);
        assert_eq!(bar_texts(&model).0, "Asha");
        assert_eq!(bar_texts(&model).2, "state.idle.customer");
    }
}

#[test]
fn the_call_whose_notes_are_open_is_shown_again_after_another_rang() {
    for (reason, missed, reloads) in [
        ("declined", false, false),
        ("", true, false),
        (super::super::ANSWERED_ELSEWHERE, false, false),
        ("declined", false, true),
    ] {
        let mut model = talking_model();
        step(&mut model, feed_msg(3, end_of(Outcome::Completed, "hangup"), Status::Completed));
        assert!(model.has_open_notes());
        step(&mut model, ring_msg(4, STRANGER, None));
        assert_eq!(bar_texts(&model), assert_bar("", STRANGER, "state.incoming", "Asha"));
        if reloads {
            let events =
                [&model.aside, &model.line].map(|line| line.as_ref().unwrap().events.len());
            assert_eq!(events, [3, 1], "the tab remembers both");
        }
        step(&mut model, end_msg(5, Outcome::Missed, Status::Missed, reason));
        assert_eq!(
            (bar_texts(&model), model.has_open_notes()),
            (assert_bar("Asha", NUMBER, "state.ended", ""), true)
        );
        let left = step(&mut model, Msg::WrapUp(WrapUpMsg::Done));
        assert!(matches!(left.last(), Some(Effect::Left(session)) if session == "s1"));
        // A missed caller is to be called back.
        let after = if missed { STRANGER } else { NUMBER };
        assert_eq!(
            (bar_texts(&model).1.as_str(), model.missed_call().is_some()),
            (after, missed),
            "{reason}"
        );
        step(&mut model, Msg::Dismiss);
        assert_eq!(bar_texts(&model).1, NUMBER);
    }
}

#[test]
fn a_call_that_is_answered_takes_the_place_of_the_notes() {
    let mut model = talking_model();
    step(&mut model, feed_msg(3, end_of(Outcome::Completed, "hangup"), Status::Completed));
    step(&mut model, ring_msg(4, STRANGER, None));
    assert!(model.aside.is_some());
    let answered = feed_event_of(5, FactKind::Connected, Status::Active);
    step(
        &mut model,
        Msg::FeedEvent(Box::new(FeedEvent { session_id: "in".to_owned(), ..answered })),
    );
    assert!(model.aside.is_none() && !model.wrap_up.as_ref().unwrap().open);
    assert_eq!(bar_texts(&model), assert_bar("", STRANGER, "state.connected", "Asha"));
}

#[test]
fn a_call_that_is_left_in_one_tab_is_left_in_the_others() {
    let mut model = talking_model();
    step(&mut model, feed_msg(3, end_of(Outcome::Completed, "hangup"), Status::Completed));
    step(&mut model, Msg::WrapUp(WrapUpMsg::Notes("half".to_owned(), None)));
    assert!(step(&mut model, Msg::WrapUp(WrapUpMsg::Left("another".to_owned()))).is_empty());
    assert!(model.has_open_notes());
    let effects = step(&mut model, Msg::WrapUp(WrapUpMsg::Left("s1".to_owned())));
    assert!(matches!(effects[..], [Effect::Save { .. }, Effect::Focus(_)]), "nothing is lost");
    assert_eq!(bar_texts(&model).2, "state.idle.customer");
    // A call in progress is not left.
    let mut model = talking_model();
    step(&mut model, Msg::WrapUp(WrapUpMsg::Left("s1".to_owned())));
    assert_eq!(bar_texts(&model).2, "state.connected");
}

#[test]
fn a_number_that_cannot_be_called_stands_beside_no_customer() {
    let mut model = ready_model();
    show_customer(&mut model, new_customer("Asha", NUMBER));
    make_call(&mut model, Some("98x65"));
    assert_eq!(bar_texts(&model), assert_bar("", "98x65", "state.trouble", "Asha"));
    step(&mut model, Msg::Dismiss);
    make_call(&mut model, Some(STRANGER));
    let trouble = RibbonError::new("monthly_limit_exceeded", "The plan's calls are used up.");
    step(&mut model, Msg::StartFailed { key: "k1".to_owned(), trouble: trouble.clone() });
    assert_eq!(bar_texts(&model), assert_bar("", STRANGER, "state.trouble", "Asha"));
    step(&mut model, Msg::Dismiss);
    make_call(&mut model, None);
    step(&mut model, Msg::StartFailed { key: "k1".to_owned(), trouble });
    assert_eq!(bar_texts(&model), assert_bar("Asha", NUMBER, "state.trouble", "Asha"));
}

#[test]
fn a_customer_without_a_number_is_shown_and_not_called() {
    let mut model = ready_model();
    show_customer(&mut model, new_customer("Asha", NUMBER));
    show_customer(&mut model, new_customer("Ravi", ""));
    assert_eq!(bar_texts(&model), assert_bar("Ravi", "", "state.no-number", "Ravi"));
    let effects = make_call(&mut model, None);
    let Some(Effect::Reject(7, trouble)) = effects.last() else { panic!() };
    assert!(trouble.message.contains("the customer has no phoneNumber"), "{}", trouble.message);
    assert_eq!(bar_texts(&model).2, "state.no-number");
    // Immediately or by the button: no one is called, least of all the previous customer.
    let at_once = Customer { auto_call: true, ..new_customer("Meera", "") };
    assert_eq!(error_codes(&show_customer(&mut model, at_once)), ["invalid_argument"]);
    step(&mut model, Msg::Settled);
    let press = Msg::Press(Press::Main { key: "k2".to_owned(), now: 0 });
    assert!(step(&mut model, press).is_empty());
    // A number passed explicitly is a call to that number.
    let effects = make_call(&mut model, Some(STRANGER));
    assert!(matches!(&effects[..], [Effect::Start { customer: None, .. }]));
    assert_eq!(bar_texts(&model), assert_bar("", STRANGER, "state.dialing", "Meera"));
}

#[test]
fn the_customer_on_screen_who_calls_is_known_and_never_next() {
    let asha = || with_id("1", new_customer("Asha", "+91 98765-43210"));
    let found = |id: &str, name: &str| Some(with_id(id, new_customer(name, NUMBER)));
    let bare = || Some(new_customer("", NUMBER));
    for (what, shown, known) in [
        ("nobody is known to the server", asha(), None),
        ("the server knows the number", asha(), bare()),
        ("the server knows her", asha(), found("1", "A. Rao")),
        ("another one shares the number", asha(), found("2", "Anil")),
        ("the page gave no id", new_customer("Asha", NUMBER), found("1", "A. Rao")),
    ] {
        // She is on screen before she calls, or after the page has looked up the caller.
        for before in [true, false] {
            if !before && what == "another one shares the number" {
                continue;
            }
            let mut model = ready_model();
            if before {
                show_customer(&mut model, shown.clone());
            }
            let told = step(&mut model, ring_msg(1, NUMBER, known.clone()));
            if !before {
                show_customer(&mut model, shown.clone());
            } else if let Some(Effect::Emit(event)) = told.last() {
                assert_eq!(event.customer.as_ref().unwrap().json, shown.json, "{what}");
            }
            let case = format!("{what}, before: {before}");
            assert_eq!(
                bar_texts(&model),
                assert_bar("Asha", NUMBER, "state.incoming", ""),
                "{case}"
            );
            assert_eq!(words::advice_line(&model), "", "{case}");
            let connected = feed_event_of(2, FactKind::Connected, Status::Active);
            let fed = FeedEvent { session_id: "in".to_owned(), ..connected };
            let told = step(&mut model, Msg::FeedEvent(Box::new(fed)));
            let Some(Effect::Emit(event)) = told.first() else { panic!("{case}") };
            assert_eq!(event.customer.as_ref().unwrap().json, shown.json, "{case}");
            assert_eq!(
                bar_texts(&model),
                assert_bar("Asha", NUMBER, "state.connected", ""),
                "{case}"
            );
        }
    }
}

#[test]
fn who_shares_a_number_is_another_customer() {
    let mut model = ready_model();
    step(&mut model, ring_msg(1, NUMBER, Some(with_id("2", new_customer("Anil", NUMBER)))));
    show_customer(&mut model, with_id("1", new_customer("Asha", NUMBER)));
    assert_eq!(bar_texts(&model), assert_bar("Anil", NUMBER, "state.incoming", "Asha"));
}

#[test]
fn a_call_that_one_made_stays_whose_it_was() {
    let mut model = talking_model();
    show_customer(&mut model, with_id("1", new_customer("Asha Rao", NUMBER)));
    assert_eq!(bar_texts(&model), assert_bar("Asha", NUMBER, "state.connected", ""));
    let over = step(&mut model, feed_msg(3, end_of(Outcome::Completed, ""), Status::Completed));
    let told = over.iter().rev().find_map(|effect| match effect {
        Effect::Emit(event) => event.customer.as_ref(),
        _ => None,
    });
    assert_eq!(told.unwrap().name, "Asha");
}

#[test]
fn notes_are_never_those_on_another_call() {
    let mut model = talking_model();
    step(&mut model, feed_msg(3, end_of(Outcome::Completed, ""), Status::Completed));
    step(&mut model, Msg::WrapUp(WrapUpMsg::Notes("SECRET".to_owned(), None)));
    assert_eq!(model.shown_notes().unwrap().notes, "SECRET");
    step(&mut model, Msg::WrapUp(WrapUpMsg::Done));
    let refused = |model: &mut Model, when: &str| {
        assert!(model.shown_notes().is_none(), "{when}");
        for note in [
            WrapUpMsg::Notes("x".to_owned(), Some(5)),
            WrapUpMsg::Disposition(Some("paid".to_owned()), Some(5)),
        ] {
            let effects = step(model, Msg::WrapUp(note));
            let last = effects.last();
            assert!(matches!(last, Some(Effect::Reject(5, t)) if t.code == "no_call"), "{when}");
        }
    };
    refused(&mut model, "after the call");
    show_customer(&mut model, new_customer("Ravi", RAVI));
    refused(&mut model, "another one is shown");
    let key = "k9".to_owned();
    step(&mut model, Msg::Call { to: None, key, now: 0, reply: None });
    refused(&mut model, "dialing, and the server has not answered");
}

#[test]
fn what_is_typed_while_somebody_rings_stays_with_the_call_it_is_about() {
    let mut model = talking_model();
    step(&mut model, feed_msg(3, end_of(Outcome::Completed, ""), Status::Completed));
    step(&mut model, ring_msg(4, STRANGER, None));
    step(&mut model, Msg::WrapUp(WrapUpMsg::Notes("half".to_owned(), None)));
    assert!(model.shown_notes().is_none(), "the stranger has no notes");
    step(&mut model, end_msg(5, Outcome::Missed, Status::Missed, "declined"));
    step(&mut model, Msg::WrapUp(WrapUpMsg::Notes("half a sentence".to_owned(), None)));
    let wrap = model.wrap_up.as_ref().unwrap();
    assert_eq!(
        (wrap.session_id.as_str(), wrap.notes.as_str(), wrap.open),
        ("s1", "half a sentence", true)
    );
}
