//! Tests hanging up while the server is away.

use super::*;
use crate::ribbon::outbox::Entry;
use crate::ribbon::step::ActionFailure;

fn hang_up_failed(why: ActionFailure) -> Msg {
    let trouble = RibbonError::new("server_unreachable", "The server cannot be reached.");
    let session_id = "s1".to_owned();
    Msg::ActFailed { session_id, action: Action::HangUp, trouble, why, now: 9_000 }
}

#[test]
fn a_hang_up_that_the_server_does_not_hear_ends_the_call_here_and_is_kept() {
    let mut model = talking_model();
    step(&mut model, Msg::Act { action: Action::HangUp, reply: None });
    let effects = step(&mut model, hang_up_failed(ActionFailure::Away));
    let kept =
        |effect: &Effect| matches!(effect, Effect::Keep(entry) if *entry == Entry::hang_up("s1"));
    assert_eq!(effects.iter().filter(|effect| kept(effect)).count(), 1);
    assert_eq!((event_names(&effects), error_codes(&effects).len()), (vec!["callEnded"], 0));
    assert_eq!(model.line.as_ref().unwrap().call.duration(), Some(7));
    assert_eq!(model.bar_look(), Look::Ended);
    // Later events of the server change nothing and are not reported again.
    let late = feed_msg(3, FactKind::Muted(true), Status::Active);
    step(&mut model, late);
    let end = feed_msg(4, end_of(Outcome::Completed, "hangup"), Status::Completed);
    assert!(event_names(&step(&mut model, end)).is_empty());
    assert!(model.live_call().is_none());
}

#[test]
fn a_hang_up_that_the_server_refuses_leaves_the_call_as_it_is() {
    let mut model = talking_model();
    step(&mut model, Msg::Act { action: Action::HangUp, reply: None });
    let effects = step(&mut model, hang_up_failed(ActionFailure::Refused));
    assert_eq!(
        (event_names(&effects).len(), error_codes(&effects)),
        (0, vec!["server_unreachable"])
    );
    assert_eq!(model.bar_look(), Look::Connected);
}

#[test]
fn what_waits_is_told_in_words() {
    let mut model = ready_model();
    let said = |model: &Model| crate::ribbon::words::advice_line(model);
    assert_eq!(said(&model), "Choose a customer to call.");
    step(&mut model, Msg::Unsent(1));
    assert_eq!(said(&model), "1 call waiting to be sent · Choose a customer to call.");
    show_customer(&mut model, new_customer("Asha", NUMBER));
    step(&mut model, Msg::Unsent(2));
    assert_eq!(said(&model), "2 calls waiting to be sent");
}
