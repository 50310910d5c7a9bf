//! Tests whether the customer that is shown may be called: when the server is asked, and what an
//! answer changes.

use super::*;
use crate::ribbon::model::MainAction;
use crate::ribbon::permission::Judgment;
use crate::ribbon::step::PermissionMsg;
use crate::ribbon::words::{advice_line, state_key};

const OTHER: &str = "+911122233344";

/// Returns a signed-in ribbon of a client that has rules.
fn judged_model() -> Model {
    let mut model = ready_model();
    plan(&mut model, true);
    model
}

fn plan(model: &mut Model, call_rules: bool) -> Vec<Effect> {
    step(model, Msg::Plan { calls_left: None, customer_search: false, call_rules })
}

/// Returns what is asked: the count of the question, the number, and whether the customer is sent.
fn asked(effects: &[Effect]) -> Vec<(u32, &str, bool)> {
    let questions = effects.iter().filter_map(|effect| match effect {
        Effect::Check { asked, to, customer, reply: None } => {
            Some((*asked, to.as_str(), customer.is_some()))
        }
        _ => None,
    });
    questions.collect()
}

fn refused(said: &str) -> Judgment {
    let decision = "{\"allowed\":false}".to_owned();
    Judgment { said: said.to_owned(), decision, next_allowed: Some(9_000), ..Judgment::default() }
}

fn answer(model: &mut Model, asked: u32, judgment: Option<Judgment>) -> Vec<Effect> {
    let judgment = judgment.map(Box::new);
    step(model, Msg::Permission(PermissionMsg::Judged { asked, judgment }))
}

fn refuse_dial(model: &mut Model) -> Vec<Effect> {
    let trouble = RibbonError {
        decision: Some("{\"allowed\":false}".to_owned()),
        ..RibbonError::new("call_not_permitted", "Not now.")
    };
    step(model, Msg::StartFailed { key: "k1".to_owned(), trouble })
}

fn press_main(model: &mut Model) -> Vec<Effect> {
    step(model, Msg::Settled);
    step(model, Msg::Press(Press::Main { key: "k1".to_owned(), now: 0 }))
}

#[test]
fn a_client_without_rules_asks_nothing() {
    let mut model = ready_model();
    assert!(asked(&show_customer(&mut model, new_customer("Asha", NUMBER))).is_empty());
    assert!(asked(&step(&mut model, Msg::Permission(PermissionMsg::Again))).is_empty());
    assert_eq!(asked(&plan(&mut model, true)), [(1, NUMBER, true)]);
    answer(&mut model, 1, Some(refused("No.")));
    // What was answered is forgotten with the rules.
    plan(&mut model, false);
    assert_eq!((model.permission.said(), state_key(&model)), ("", "state.idle.customer"));
}

#[test]
fn each_customer_is_asked_about_once_and_a_late_answer_is_not_shown() {
    let mut model = Model::default();
    plan(&mut model, true);
    let early = show_customer(&mut model, new_customer("Asha", NUMBER));
    assert!(asked(&early).is_empty(), "nobody is signed in");
    step(&mut model, Msg::SignIn);
    let signed_in = step(&mut model, Msg::SignedIn { agent_id: "me".to_owned() });
    let [(first, NUMBER, true)] = asked(&signed_in)[..] else { panic!("{signed_in:?}") };
    assert!(asked(&show_customer(&mut model, new_customer("Asha", NUMBER))).is_empty());
    let effects = show_customer(&mut model, new_customer("Ravi", OTHER));
    let [(second, OTHER, true)] = asked(&effects)[..] else { panic!("{effects:?}") };
    answer(&mut model, first, Some(refused("Not Asha.")));
    assert_eq!(model.permission.said(), "");
    assert!(MainAction::for_model(&model).is_possible(&model));
    answer(&mut model, second, Some(refused("Not Ravi.")));
    assert_eq!((state_key(&model), advice_line(&model).as_str()), ("state.trouble", "Not Ravi."));
    assert!(!MainAction::for_model(&model).is_possible(&model));
    assert!(press_main(&mut model).is_empty());
    // The same number may be another customer's.
    assert_eq!(asked(&show_customer(&mut model, new_customer("Uma", OTHER))).len(), 1);
    assert!(MainAction::for_model(&model).is_possible(&model));
}

#[test]
fn a_customer_without_a_number_that_can_be_dialed_is_not_asked_about() {
    let mut model = judged_model();
    for phone in ["", "call me", "98765"] {
        let question = show_customer(&mut model, new_customer("Asha", phone));
        assert!(asked(&question).len() <= usize::from(phone == "98765"), "{phone}: {question:?}");
        assert_eq!(model.permission.judgment, None);
    }
    assert_eq!(state_key(&model), "state.idle.customer");
}

#[test]
fn without_an_answer_call_stays_possible() {
    let mut model = judged_model();
    show_customer(&mut model, new_customer("Asha", NUMBER));
    answer(&mut model, 1, Some(refused("No.")));
    let again = step(&mut model, Msg::Permission(PermissionMsg::Again));
    assert_eq!(asked(&again), [(2, NUMBER, true)]);
    // The old answer counts until there is another one, or none.
    assert!(!MainAction::for_model(&model).is_possible(&model));
    answer(&mut model, 2, None);
    assert!(MainAction::for_model(&model).is_possible(&model));
}

#[test]
fn a_warning_is_shown_and_stops_nothing() {
    let mut model = judged_model();
    show_customer(&mut model, new_customer("Asha", NUMBER));
    let warned = Judgment { allowed: true, ..refused("Mind this.") };
    answer(&mut model, 1, Some(warned));
    assert_eq!(
        (state_key(&model), advice_line(&model).as_str()),
        ("state.idle.customer", "Mind this.")
    );
    assert!(matches!(&press_main(&mut model)[..], [Effect::Start { reason: None, .. }, ..]));
}

#[test]
fn nothing_is_asked_during_a_call_and_once_more_after_it() {
    let mut model = judged_model();
    show_customer(&mut model, new_customer("Asha", NUMBER));
    answer(&mut model, 1, Some(Judgment { allowed: true, ..refused("") }));
    assert!(asked(&make_call(&mut model, None)).is_empty());
    step(&mut model, feed_msg(1, FactKind::Initiated, Status::Active));
    // An answer that comes now stops nothing, and neither does the next customer.
    assert!(asked(&step(&mut model, Msg::Permission(PermissionMsg::Again))).is_empty());
    step(&mut model, feed_msg(2, FactKind::Connected, Status::Active));
    assert!(asked(&show_customer(&mut model, new_customer("Ravi", OTHER))).is_empty());
    assert_eq!(MainAction::for_model(&model), MainAction::HangUp);
    assert!(MainAction::HangUp.is_possible(&model));
    let over =
        step(&mut model, feed_msg(3, end_of(Outcome::Completed, "hangup"), Status::Completed));
    // The notes are open, and the next customer is the one to call.
    let [(count, OTHER, true)] = asked(&over)[..] else { panic!("{over:?}") };
    assert_eq!(MainAction::for_model(&model), MainAction::SaveAndCall);
    answer(&mut model, count, Some(refused("Not before eight.")));
    assert_eq!(MainAction::for_model(&model), MainAction::Save);
    assert!(advice_line(&model).ends_with("Not before eight."), "{}", advice_line(&model));
}

#[test]
fn a_refused_call_is_told_however_it_was_asked_for() {
    type Dial = fn(&mut Model) -> Vec<Effect>;
    let dials: [(&str, Dial); 5] = [
        ("makeCall", |model| make_call(model, None)),
        ("a number", |model| make_call(model, Some("+15550001111"))),
        ("the button", press_main),
        ("autoCall", |model| {
            let customer = Customer { auto_call: true, ..new_customer("Uma", OTHER) };
            step(model, Msg::SetCustomer { customer, key: "k1".to_owned(), now: 0 })
        }),
        ("the lists", |model| {
            let customer = new_customer("Uma", OTHER);
            step(model, Msg::CallCustomer { customer, key: "k1".to_owned(), now: 0 })
        }),
    ];
    for (how, dial) in dials {
        for rules in [false, true] {
            let mut model = ready_model();
            plan(&mut model, rules);
            show_customer(&mut model, new_customer("Asha", NUMBER));
            dial(&mut model);
            let effects = refuse_dial(&mut model);
            assert_eq!(error_codes(&effects), ["call_not_permitted"], "{how}");
            assert_eq!(event_names(&effects), ["notPermitted"], "{how}");
            let told = effects.iter().find_map(|effect| match effect {
                Effect::Emit(event) => Some(event),
                _ => None,
            });
            let told = told.unwrap();
            let decision = EventDetails::NotPermitted("{\"allowed\":false}".to_owned());
            assert_eq!((&told.more, told.phone.is_empty()), (&decision, false), "{how}");
            assert_eq!(told.customer.is_none(), how == "a number");
            // The question about the refused call is answered.
            assert!(asked(&effects).is_empty() && model.call_rules, "{how}");
            assert_eq!((model.bar_look(), state_key(&model)), (Look::Failed, "state.trouble"));
            assert_eq!(advice_line(&model), "Not now.");
            let explained = effects.iter().find_map(|effect| match effect {
                Effect::Explain { asked, .. } => Some(*asked),
                _ => None,
            });
            answer(&mut model, explained.unwrap(), Some(refused("अभी नहीं।")));
            assert_eq!(advice_line(&model), "अभी नहीं।", "{how}");
        }
    }
}

#[test]
fn the_agent_calls_all_the_same_with_a_reason() {
    let mut model = judged_model();
    show_customer(&mut model, new_customer("Asha", NUMBER));
    step(&mut model, Msg::Minimize(true));
    let asks = || Some(Judgment { asks_reason: true, ..refused("Asked not to be called now.") });
    let because = |model: &mut Model| {
        let (reason, key) = ("She called back".to_owned(), "k2".to_owned());
        step(model, Msg::Permission(PermissionMsg::Override { reason, key, now: 0 }))
    };
    // Not before the rule is known.
    assert!(!because(&mut model).iter().any(|effect| matches!(effect, Effect::Start { .. })));
    step(&mut model, Msg::Dismiss);
    answer(&mut model, 1, asks());
    assert!(MainAction::for_model(&model).is_possible(&model));
    assert!(matches!(&press_main(&mut model)[..], [Effect::AskReason]));
    assert!(!model.minimized);
    let effects = because(&mut model);
    let [Effect::Start { to, customer: Some(_), reason: Some(reason), .. }, ..] = &effects[..]
    else {
        panic!("{effects:?}")
    };
    assert_eq!((to.as_str(), reason.as_str()), (NUMBER, "She called back"));

    // Also a number that is not the customer's.
    let mut model = judged_model();
    show_customer(&mut model, new_customer("Asha", NUMBER));
    make_call(&mut model, Some("+15550001111"));
    refuse_dial(&mut model);
    let asked = model.permission.asked;
    answer(&mut model, asked, asks());
    assert!(matches!(&press_main(&mut model)[..], [Effect::AskReason]));
    let effects = because(&mut model);
    assert!(
        matches!(&effects[..], [Effect::Start { to, reason: Some(_), .. }, ..] if to == "+15550001111"),
        "{effects:?}"
    );
}

#[test]
fn the_page_asks_about_anybody() {
    let mut model = Model::default();
    let ask = |model: &mut Model, to: Option<&str>, customer: Option<Customer>| {
        let to = to.map(str::to_owned);
        step(model, Msg::Permission(PermissionMsg::CanCall { to, customer, reply: 5 }))
    };
    step(&mut model, Msg::SignIn);
    assert!(ask(&mut model, Some(NUMBER), None).is_empty());
    let ready = step(&mut model, Msg::SignedIn { agent_id: "me".to_owned() });
    let questions = |effects: &[Effect]| -> Vec<(String, bool)> {
        let some = effects.iter().filter_map(|effect| match effect {
            Effect::Check { to, customer, reply: Some(5), .. } => {
                Some((to.clone(), customer.is_some()))
            }
            _ => None,
        });
        some.collect()
    };
    assert_eq!(questions(&ready), [(NUMBER.to_owned(), false)]);
    for (to, customer, code) in [
        (None, None, "invalid_argument"),
        (None, Some(new_customer("Asha", "")), "invalid_argument"),
        (Some("call me"), None, "invalid_phone_number"),
    ] {
        let effects = ask(&mut model, to, customer);
        assert!(
            matches!(&effects[..], [Effect::Report(_), Effect::Reject(5, why)] if why.code == code),
            "{effects:?}"
        );
        assert_eq!(model.trouble, None);
    }
    let other = ask(&mut model, None, Some(new_customer("Ravi", OTHER)));
    assert_eq!(questions(&other), [(OTHER.to_owned(), true)]);
    show_customer(&mut model, new_customer("Asha", NUMBER));
    assert_eq!(questions(&ask(&mut model, None, None)), [(NUMBER.to_owned(), true)]);
}

#[test]
fn an_incoming_call_is_not_the_customer_that_was_asked_about() {
    let mut model = judged_model();
    show_customer(&mut model, new_customer("Asha", OTHER));
    answer(&mut model, 1, Some(refused("No.")));
    let mut ring = feed_event_of(2, FactKind::Incoming, Status::Active);
    ring.fact.direction = Some(Direction::Inbound);
    step(&mut model, Msg::FeedEvent(Box::new(ring)));
    assert_eq!(model.permission.judgment, None);
    assert!(MainAction::Answer.is_possible(&model));
}

#[test]
fn a_number_that_may_not_be_called_is_not_called_again() {
    let redial = |model: &mut Model| {
        step(model, Msg::Settled);
        step(model, Msg::Press(Press::Redial { key: "k3".to_owned(), now: 0 }))
    };
    let starts = |effects: &[Effect]| effects.iter().any(|one| matches!(one, Effect::Start { .. }));
    for (said, judgment, calls) in [
        ("refused", Some(refused("3 of 3 calls.")), false),
        ("permitted", Some(Judgment { allowed: true, ..refused("") }), true),
        ("unknown", None, true),
    ] {
        let mut model = judged_model();
        show_customer(&mut model, new_customer("Asha", NUMBER));
        answer(&mut model, 1, Some(Judgment { allowed: true, ..refused("") }));
        make_call(&mut model, None);
        step(&mut model, feed_msg(1, FactKind::Connected, Status::Active));
        let over =
            step(&mut model, feed_msg(2, end_of(Outcome::Completed, "hangup"), Status::Completed));
        let [(count, NUMBER, true)] = asked(&over)[..] else { panic!("{over:?}") };
        answer(&mut model, count, judgment);
        assert_eq!(starts(&redial(&mut model)), calls, "{said}");
    }
    // The answer about the next customer says nothing of the last one.
    let mut model = judged_model();
    show_customer(&mut model, new_customer("Asha", NUMBER));
    make_call(&mut model, None);
    step(&mut model, feed_msg(1, FactKind::Connected, Status::Active));
    show_customer(&mut model, new_customer("Ravi", OTHER));
    let over =
        step(&mut model, feed_msg(2, end_of(Outcome::Completed, "hangup"), Status::Completed));
    let [(count, OTHER, true)] = asked(&over)[..] else { panic!("{over:?}") };
    answer(&mut model, count, Some(refused("No.")));
    assert!(starts(&redial(&mut model)));
}
