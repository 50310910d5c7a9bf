//! Tests what is requested of the calls before: once per customer, and again after a call.

use super::*;
use crate::ribbon::last_word::LastWord;

fn customer_with_id(id: &str) -> Customer {
    Customer { id: id.to_owned(), ..new_customer(id, NUMBER) }
}

fn requested(effects: &[Effect]) -> Vec<&str> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::LoadLastWord(id) => Some(id.as_str()),
            _ => None,
        })
        .collect()
}

#[test]
fn each_customer_is_requested_once_and_an_answer_for_another_is_not_shown() {
    let mut model = Model::default();
    let early = show_customer(&mut model, customer_with_id("a"));
    assert!(requested(&early).is_empty(), "nobody is signed in");
    step(&mut model, Msg::SignIn);
    let signed_in = step(&mut model, Msg::SignedIn { agent_id: "me".to_owned() });
    assert_eq!(requested(&signed_in), ["a"]);
    assert!(requested(&show_customer(&mut model, customer_with_id("a"))).is_empty());
    let word = |id: &str| LastWord {
        customer: id.to_owned(),
        when: "yesterday".to_owned(),
        ..LastWord::default()
    };
    step(&mut model, Msg::LastWord(Box::new(word("a"))));
    assert_eq!(model.last_word.when, "yesterday");
    assert_eq!(requested(&show_customer(&mut model, customer_with_id("b"))), ["b"]);
    step(&mut model, Msg::LastWord(Box::new(word("a"))));
    assert_eq!(model.last_word.when, "");
    // Without an id there is nothing to ask for; what runs is aborted.
    assert_eq!(requested(&show_customer(&mut model, new_customer("C", NUMBER))), [""]);
    // A renewed sign-in asks nothing.
    step(&mut model, Msg::SignIn);
    assert!(requested(&step(&mut model, Msg::SignedIn { agent_id: "me".to_owned() })).is_empty());
}

#[test]
fn it_is_requested_again_after_the_call_once_the_notes_are_saved() {
    let mut model = ready_model();
    show_customer(&mut model, customer_with_id("a"));
    assert!(requested(&make_call(&mut model, None)).is_empty());
    step(&mut model, feed_msg(1, FactKind::Initiated, Status::Active));
    step(&mut model, feed_msg(2, FactKind::Connected, Status::Active));
    let over = end_of(Outcome::Completed, "hangup");
    assert!(requested(&step(&mut model, feed_msg(3, over, Status::Completed))).is_empty());
    step(&mut model, Msg::WrapUp(WrapUpMsg::Notes("pays".to_owned(), None)));
    assert!(requested(&step(&mut model, Msg::WrapUp(WrapUpMsg::Done))).is_empty());
    let saved = WrapUpMsg::Saved { session_id: "s1".to_owned(), version: 1 };
    assert_eq!(requested(&step(&mut model, Msg::WrapUp(saved))), ["a"]);
}

#[test]
fn a_broken_line_is_amber_and_a_declined_call_neutral() {
    let mut model = talking_model();
    step(&mut model, feed_msg(3, end_of(Outcome::Failed, "network"), Status::Failed));
    assert_eq!((model.bar_look(), words::state_key(&model)), (Look::Dropped, "state.dropped"));
    step(&mut model, Msg::WrapUp(WrapUpMsg::Open(false)));
    assert_eq!((model.state_phase(), words::advice_line(&model).as_str()), ("failed", ""));
}

#[test]
fn a_call_that_nobody_answers_folds_the_ribbon_again() {
    for (outcome, folded) in [(Outcome::Missed, true), (Outcome::Completed, false)] {
        let mut model = ready_model();
        step(&mut model, Msg::Minimize(true));
        let mut ring = feed_event_of(2, FactKind::Incoming, Status::Active);
        ring.fact.direction = Some(Direction::Inbound);
        step(&mut model, Msg::FeedEvent(Box::new(ring)));
        assert!(!model.minimized);
        if !folded {
            step(&mut model, feed_msg(3, FactKind::Connected, Status::Active));
        }
        let status = if folded { Status::Missed } else { Status::Completed };
        step(&mut model, feed_msg(4, end_of(outcome, "declined"), status));
        assert_eq!(model.minimized, folded, "{outcome:?}");
    }
}
