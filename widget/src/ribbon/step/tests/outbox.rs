//! Tests hanging up while the server is away.

use super::*;
use crate::ribbon::outbox::Entry;
use crate::ribbon::step::NotDone;

fn hang_up_failed(why: NotDone) -> Msg {
    let trouble = Trouble::new("server_unreachable", "The server cannot be reached.");
    let session_id = "s1".to_owned();
    Msg::ActFailed { session_id, action: Action::HangUp, trouble, why, now: 9_000 }
}

#[test]
fn a_hang_up_that_the_server_does_not_hear_ends_the_call_here_and_is_kept() {
    let mut model = talking();
    step(&mut model, Msg::Act { action: Action::HangUp, reply: None });
    let effects = step(&mut model, hang_up_failed(NotDone::Away));
    let kept =
        |effect: &Effect| matches!(effect, Effect::Keep(entry) if *entry == Entry::hang_up("s1"));
    assert_eq!(effects.iter().filter(|effect| kept(effect)).count(), 1);
    assert_eq!((told(&effects), codes(&effects).len()), (vec!["callEnded"], 0));
    assert_eq!(model.line.as_ref().unwrap().call.duration(), Some(7));
    assert_eq!(model.look(), Look::Ended);
    // Later events of the server change nothing and are not reported again.
    let late = fed(3, What::Muted(true), Status::Active);
    step(&mut model, late);
    let end = fed(4, ended(Outcome::Completed, "hangup"), Status::Completed);
    assert!(told(&step(&mut model, end)).is_empty());
    assert!(model.live().is_none());
}

#[test]
fn a_hang_up_that_the_server_refuses_leaves_the_call_as_it_is() {
    let mut model = talking();
    step(&mut model, Msg::Act { action: Action::HangUp, reply: None });
    let effects = step(&mut model, hang_up_failed(NotDone::Refused));
    assert_eq!((told(&effects).len(), codes(&effects)), (0, vec!["server_unreachable"]));
    assert_eq!(model.look(), Look::Connected);
}

#[test]
fn what_waits_is_told_in_words() {
    let mut model = ready();
    let said = |model: &Model| crate::ribbon::words::advice(model);
    assert_eq!(said(&model), "Choose a customer to call.");
    step(&mut model, Msg::Unsent(1));
    assert_eq!(said(&model), "1 call waiting to be sent · Choose a customer to call.");
    set(&mut model, customer("Asha", NUMBER));
    step(&mut model, Msg::Unsent(2));
    assert_eq!(said(&model), "2 calls waiting to be sent");
}
